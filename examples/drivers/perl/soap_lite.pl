# SOAP::Lite, as its users write it: ips-contract fuzz -- perl soap_lite.pl
use strict;
use warnings;
use Encode qw(decode_utf8);
use SOAP::Lite;

my $namespace = 'http://www.scene7.com/IpsApi/xsd';
my ($user, $password, $company, $name) =
    map { decode_utf8($ENV{"IPS_$_"}) } qw(USER PASSWORD COMPANY JOB_NAME);

# Without a type it would guess one, and without 'string' it would not escape.
sub text { return SOAP::Data->name(@_)->type('string') }

my $header = SOAP::Header->name(
    authHeader => \SOAP::Data->value(text(user => $user), text(password => $password)));
my $job = SOAP::Data->name(
    imageServingPublishJob =>
        \SOAP::Data->value(text(publishType => 'Full'), text(emailSetting => 'None')));
# Its limit of time is 180 s otherwise.
my $client = SOAP::Lite->proxy($ENV{IPS_ENDPOINT}, timeout => ($ENV{IPS_TIMEOUT} // 10) / 2)->default_ns($namespace)->on_action(sub { '"submitJob"' });
my $answer = $client->call(
    'submitJobParam', $header->attr({ xmlns => $namespace }),
    text(companyHandle => $company), text(jobName => $name), $job);
die $answer->faultstring if $answer->fault;
my $handle = $answer->valueof('//submitJobReturn/jobHandle');
die 'no handle in the answer' unless defined $handle && $handle =~ /\S/;
binmode STDOUT, ':utf8';
print "$handle\n";
