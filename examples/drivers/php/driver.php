<?php
// PHP's SoapClient (Debian: php-cli, php-soap), as its users write it:
//   ips-contract fuzz --api-version 6.8 -- php driver.php

const IPS = 'http://www.scene7.com/IpsApi/xsd/2014-04-03';

// Fields given as an object have no namespace; SoapVar gives them one.
function text(string $name, string $value): SoapVar
{
    return new SoapVar($value, XSD_STRING, null, null, $name, IPS);
}

ini_set('display_errors', 'stderr');
ini_set('default_socket_timeout', '3');  // Seconds from one read to the next.
$client = new SoapClient(getenv('IPS_WSDL'), ['connection_timeout' => 3, 'cache_wsdl' => WSDL_CACHE_NONE]);
$client->__setLocation(getenv('IPS_ENDPOINT'));
$client->__setSoapHeaders(new SoapHeader(IPS, 'authHeader', new SoapVar([
    text('user', getenv('IPS_USER')),
    text('password', getenv('IPS_PASSWORD')),
    text('appName', 'driver'),
    text('appVersion', '1'),
], SOAP_ENC_OBJECT)));
$answer = $client->submitJob([
    'companyHandle' => getenv('IPS_COMPANY'),
    'jobName' => getenv('IPS_JOB_NAME'),
    'imageServingPublishJob' => ['publishType' => 'Full', 'emailSetting' => 'None'],
]);
if (trim($answer->jobHandle ?? '') === '') {
    exit(1);
}
echo $answer->jobHandle, "\n";
