# SOAP::WSDL with the classes of wsdl2perl, as its users write it, for ips-contract fuzz.
use strict;
use warnings;
use Encode qw(decode_utf8);
use IpsInterfaces::IpsApiService::IpsApiSoapPort;
use JSON::PP;

sub submit {
    my (%task) = @_;
    my $client = IpsInterfaces::IpsApiService::IpsApiSoapPort->new();
    $client->set_proxy($task{IPS_ENDPOINT}, timeout => 3);    # Seconds from one read to the next.
    my $answer = $client->submitJob(
        {
            companyHandle => $task{IPS_COMPANY},
            jobName => $task{IPS_JOB_NAME},
            imageServingPublishJob => { publishType => 'Full', emailSetting => 'None' },
        },
        {
            user => $task{IPS_USER},
            password => $task{IPS_PASSWORD},
            appName => 'driver',
            appVersion => '1',
        });
    die $answer->get_faultstring(), "\n" if !$answer;         # A fault is false.
    my $handle = $answer->get_jobHandle();
    die "no handle\n" if !defined $handle || $handle !~ /\S/;
    return "$handle";
}

# The task is in the environment, or with --persistent a line for each.
if (defined $ENV{IPS_ENDPOINT}) {
    binmode STDOUT, ':utf8';
    print submit(map { $_ => decode_utf8($ENV{$_}) } keys %ENV), "\n";
} else {
    my $json = JSON::PP->new->utf8;
    $| = 1;
    while (my $line = <STDIN>) {
        my $task = $json->decode($line);
        my $handle = eval { submit(%$task) };
        my %answer = defined $handle ? (output => $handle) : (error => "$@");
        print $json->encode({ case => $task->{IPS_CASE}, %answer }), "\n";
    }
}
