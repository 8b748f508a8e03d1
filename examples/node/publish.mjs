// A client of IPS, which the test is about. It knows the address of the service, and nothing of the mock.

const NAMESPACE = "http://www.scene7.com/IpsApi/xsd/2014-04-03";

/** Has all images published at a time of each day; the handle of the job. */
export async function publishDaily(endpoint, jobName, schedule) {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: "submitJob" },
    body: `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Header>
    <authHeader xmlns="${NAMESPACE}">
      <user>me@example.com</user><password>secret</password>
      <appName>Publisher</appName><appVersion>1.0</appVersion>
    </authHeader>
  </soapenv:Header>
  <soapenv:Body>
    <submitJobParam xmlns="${NAMESPACE}">
      <companyHandle>c|47</companyHandle>
      <jobName>${jobName}</jobName>
      <execSchedule>${schedule}</execSchedule>
      <imageServingPublishJob>
        <publishType>Full</publishType>
        <emailSetting>None</emailSetting>
      </imageServingPublishJob>
    </submitJobParam>
  </soapenv:Body>
</soapenv:Envelope>`,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`refused: ${/<code[^>]*>(\d+)</.exec(text)?.[1] ?? text}`);
  return /<jobHandle>([^<]+)</.exec(text)[1];
}
