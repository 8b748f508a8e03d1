using System;
using System.Net.Http;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

/// <summary>
/// A client of IPS, which the test is about. It knows the address of the service, and nothing of the mock.
/// </summary>
public sealed class Publisher
{
    private const string Message = @"
<soapenv:Envelope xmlns:soapenv=""http://schemas.xmlsoap.org/soap/envelope/"">
  <soapenv:Header>
    <authHeader xmlns=""{0}"">
      <user>me@example.com</user><password>secret</password>
      <appName>Publisher</appName><appVersion>1.0</appVersion>
    </authHeader>
  </soapenv:Header>
  <soapenv:Body>
    <submitJobParam xmlns=""{0}"">
      <companyHandle>c|47</companyHandle>
      <jobName>{1}</jobName>
      <execSchedule>{2}</execSchedule>
      <imageServingPublishJob>
        <publishType>Full</publishType>
        <emailSetting>None</emailSetting>
      </imageServingPublishJob>
    </submitJobParam>
  </soapenv:Body>
</soapenv:Envelope>";

    private readonly HttpClient http = new HttpClient();
    private readonly string endpoint;

    public Publisher(string endpoint)
    {
        this.endpoint = endpoint;
    }

    /// <summary>Has all images published at a time of each day; the handle of the job.</summary>
    public async Task<string> PublishDaily(string jobName, string schedule)
    {
        string body = string.Format(Message, "http://www.scene7.com/IpsApi/xsd/2014-04-03", jobName, schedule);
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new StringContent(body.Trim(), Encoding.UTF8, "text/xml"),
        };
        request.Headers.Add("SOAPAction", "submitJob");
        HttpResponseMessage answer = await http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException("refused: " + Regex.Match(text, @"<code[^>]*>(\d+)<").Groups[1]);
        }
        return Regex.Match(text, "<jobHandle>([^<]+)<").Groups[1].Value;
    }
}
