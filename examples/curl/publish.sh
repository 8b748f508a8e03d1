#!/usr/bin/env bash
# A client of IPS, which the test is about: has all images published at a time of each day.
# Usage: publish.sh ENDPOINT JOB_NAME SCHEDULE. Prints the answer; curl's status is not 0 if it is a fault.
set -euo pipefail
namespace=http://www.scene7.com/IpsApi/xsd/2014-04-03
curl --silent --show-error --fail-with-body "$1" \
  --header "Content-Type: text/xml; charset=utf-8" --header "SOAPAction: submitJob" --data-binary @- <<XML
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Header>
    <authHeader xmlns="$namespace">
      <user>me@example.com</user><password>secret</password>
      <appName>Publisher</appName><appVersion>1.0</appVersion>
    </authHeader>
  </soapenv:Header>
  <soapenv:Body>
    <submitJobParam xmlns="$namespace">
      <companyHandle>c|47</companyHandle>
      <jobName>$2</jobName>
      <execSchedule>$3</execSchedule>
      <imageServingPublishJob>
        <publishType>Full</publishType>
        <emailSetting>None</emailSetting>
      </imageServingPublishJob>
    </submitJobParam>
  </soapenv:Body>
</soapenv:Envelope>
XML
