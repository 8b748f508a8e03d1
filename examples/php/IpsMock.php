<?php
// The mock as a test has it: started, driven through its control interface, ended.
declare(strict_types=1);

final class IpsMock
{
    /** Where it is: `wsdl`, `endpoint`, `control` … */
    public readonly array $place;
    private $process;
    private array $pipes = [];

    /** Starts `ips-contract serve`; it ends with this process, however that ends. */
    public function __construct(string ...$options)
    {
        $ready = tempnam(sys_get_temp_dir(), 'ips');
        unlink($ready);
        $command = ['ips-contract', 'serve', '--exit-with-stdin', '--ready-file', $ready, ...$options];
        $this->process = proc_open($command, [['pipe', 'r'], ['file', '/dev/null', 'w']], $this->pipes);
        while (!file_exists($ready)) {
            if (!proc_get_status($this->process)['running']) {
                throw new RuntimeException('the mock did not start');
            }
            usleep(20_000);
            clearstatcache();
        }
        $this->place = json_decode(file_get_contents($ready), true, flags: JSON_THROW_ON_ERROR);
    }

    /** Asks the control interface; the status, and what it says. */
    public function control(string $method, string $path, ?array $body = null): array
    {
        $http = ['method' => $method, 'header' => 'Content-Type: application/json', 'ignore_errors' => true];
        if ($body !== null) {
            $http['content'] = json_encode($body ?: new stdClass(), JSON_THROW_ON_ERROR);
        }
        $text = file_get_contents($this->place['control'] . $path, context: stream_context_create(['http' => $http]));
        return [(int) explode(' ', $http_response_header[0])[1], json_decode($text, true)];
    }

    /** Ends it; its exit status. */
    public function stop(): int
    {
        fclose($this->pipes[0]);
        return proc_close($this->process);
    }
}
