import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Pattern;

/** A client of IPS, which the test is about. It knows the address of the service, and nothing of the mock. */
public class Publisher {
    private static final String NAMESPACE = "http://www.scene7.com/IpsApi/xsd/2014-04-03";
    private static final String MESSAGE = """
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
              <soapenv:Header>
                <authHeader xmlns="%1$s">
                  <user>me@example.com</user><password>secret</password>
                  <appName>Publisher</appName><appVersion>1.0</appVersion>
                </authHeader>
              </soapenv:Header>
              <soapenv:Body>
                <submitJobParam xmlns="%1$s">
                  <companyHandle>c|47</companyHandle>
                  <jobName>%2$s</jobName>
                  <execSchedule>%3$s</execSchedule>
                  <imageServingPublishJob>
                    <publishType>Full</publishType>
                    <emailSetting>None</emailSetting>
                  </imageServingPublishJob>
                </submitJobParam>
              </soapenv:Body>
            </soapenv:Envelope>
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI endpoint;

    public Publisher(String endpoint) {
        this.endpoint = URI.create(endpoint);
    }

    /** Has all images published at a time of each day; the handle of the job. */
    public String publishDaily(String jobName, String schedule) throws IOException, InterruptedException {
        String body = MESSAGE.formatted(NAMESPACE, jobName, schedule);
        HttpRequest request = HttpRequest.newBuilder(endpoint)
                .header("Content-Type", "text/xml; charset=utf-8")
                .header("SOAPAction", "submitJob")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("refused: " + found("<code[^>]*>(\\d+)<", answer.body()));
        }
        return found("<jobHandle>([^<]+)<", answer.body());
    }

    private static String found(String pattern, String text) {
        var match = Pattern.compile(pattern).matcher(text);
        return match.find() ? match.group(1) : text;
    }
}
