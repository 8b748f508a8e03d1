<?php
// A client of IPS, which the test is about. It knows the WSDL of the service, and nothing of the mock.
declare(strict_types=1);

final class Publisher
{
    private SoapClient $ips;

    public function __construct(string $wsdl)
    {
        $this->ips = new SoapClient($wsdl, ['cache_wsdl' => WSDL_CACHE_NONE]);
        $namespace = 'http://www.scene7.com/IpsApi/xsd/2014-04-03';
        $credentials = new SoapVar([
            new SoapVar('me@example.com', XSD_STRING, null, null, 'user', $namespace),
            new SoapVar('secret', XSD_STRING, null, null, 'password', $namespace),
            new SoapVar('Publisher', XSD_STRING, null, null, 'appName', $namespace),
            new SoapVar('1.0', XSD_STRING, null, null, 'appVersion', $namespace),
        ], SOAP_ENC_OBJECT);
        $this->ips->__setSoapHeaders(new SoapHeader($namespace, 'authHeader', $credentials));
    }

    /** Has all images published at a time of each day; the handle of the job. */
    public function publishDaily(string $jobName, string $schedule): string
    {
        return $this->ips->submitJob([
            'companyHandle' => 'c|47',
            'jobName' => $jobName,
            'execSchedule' => $schedule,
            'imageServingPublishJob' => ['publishType' => 'Full', 'emailSetting' => 'None'],
        ])->jobHandle;
    }
}
