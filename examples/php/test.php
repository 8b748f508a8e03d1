<?php
declare(strict_types=1);

require __DIR__ . '/IpsMock.php';
require __DIR__ . '/Publisher.php';

const AT_TWO = '0 0 2 * * ?';

function check(bool $isSo, string $what): void
{
    if (!$isSo) {
        throw new Exception("FAILED: $what");
    }
}

$mock = new IpsMock('--clock', '2014-04-03T00:00:00Z');
$publisher = new Publisher($mock->place['wsdl']);

// The job runs each night.
$handle = $publisher->publishDaily('Nightly', AT_TWO);
check(str_contains($handle, '|Nightly|'), "the handle is $handle");
$mock->control('POST', 'clock/advance', ['hours' => 3]);
[, $found] = $mock->control('GET', 'jobs?job_name=Nightly');
$runs = array_filter($found['jobs'], fn ($job) => $job['state'] === 'ended');
$times = array_map(fn ($run) => [substr($run['started'], 0, 16), $run['outcome']], array_values($runs));
check($times === [['2014-04-03T02:00', 'success']], 'it ran at ' . json_encode($times));

// A refusal is told to the caller.
$mock->control('POST', 'reset', []);
$mock->control('POST', 'scripts', ['fault' => 20003]); // For the next submission.
try {
    $publisher->publishDaily('Nightly', AT_TWO);
    check(false, 'the refusal was not noticed');
} catch (SoapFault $fault) {
    check(str_contains(json_encode($fault->detail), '20003'), 'another fault');
}

// What was submitted is what was meant.
$mock->control('POST', 'reset', []);
$publisher->publishDaily('Nightly', AT_TWO);
$meant = ['job_name' => 'Nightly', 'job' => 'imageServingPublishJob', 'execSchedule' => AT_TWO];
[$status, $said] = $mock->control('POST', 'verify', ['submitted' => $meant, 'times' => 1]);
check($status === 200, $said['detail'] ?? '');
[$status, $said] = $mock->control('POST', 'verify', ['submitted' => ['job_name' => 'Weekly']]);
check($status === 409 && str_contains($said['detail'], 'Nightly'), 'there is no Weekly');

check($mock->stop() === 0, 'the mock failed');
echo "all passed\n";
