import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.helpers.DefaultHandler;

/**
 * A careful client with nothing but the JDK (16 or newer), as a driver for ips-contract fuzz.
 */
public final class Driver {
  private static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
  private static final String IPS = "http://www.scene7.com/IpsApi/xsd";
  private static final int MOST_BYTES = 1 << 20;
  private static final long SECONDS = 3; // For the whole of a call.

  private final HttpClient http = HttpClient.newHttpClient();
  private final DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();

  private Driver() throws Exception {
    parsers.setNamespaceAware(true);
    parsers.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
  }

  public static void main(String[] args) throws Exception {
    Lines.drive(new Driver()::submit);
  }

  /** Submits the job; its handle. */
  private String submit(Map<String, String> task) throws Exception {
    String company = task.get("IPS_COMPANY");
    String namespace = company.startsWith("c|") ? IPS + "/2014-04-03" : IPS;
    String message =
        "<s:Envelope xmlns:s='" + SOAP + "'><s:Header><authHeader xmlns='" + IPS + "'><user>"
            + escaped(task.get("IPS_USER")) + "</user><password>" + escaped(task.get("IPS_PASSWORD"))
            + "</password></authHeader></s:Header><s:Body><submitJobParam xmlns='" + namespace
            + "'><companyHandle>" + escaped(company) + "</companyHandle><jobName>"
            + escaped(task.get("IPS_JOB_NAME")) + "</jobName><imageServingPublishJob><publishType>Full"
            + "</publishType><emailSetting>None</emailSetting></imageServingPublishJob>"
            + "</submitJobParam></s:Body></s:Envelope>";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(task.get("IPS_ENDPOINT")))
            .timeout(Duration.ofSeconds(SECONDS))
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", "\"submitJob\"")
            .POST(HttpRequest.BodyPublishers.ofString(message))
            .build();
    return handleIn(bytesOf(request), namespace);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;");
  }

  /** The body of the answer. The request's own limit ends with the head, so there is another. */
  private byte[] bytesOf(HttpRequest request) throws Exception {
    CompletableFuture<HttpResponse<InputStream>> coming =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    CompletableFuture<byte[]> body = coming.thenApplyAsync(Driver::checked);
    try {
      return body.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      if (coming.isDone() && !coming.isCompletedExceptionally()) {
        coming.get().body().close();
      }
      coming.cancel(true);
      throw late;
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
  }

  private static byte[] checked(HttpResponse<InputStream> answer) {
    try (InputStream body = answer.body()) {
      check(answer.statusCode() == 200, "HTTP status " + answer.statusCode());
      String type = answer.headers().firstValue("Content-Type").orElse("text/xml");
      check(type.split(";")[0].trim().equalsIgnoreCase("text/xml"), "an answer of type " + type);
      check(answer.headers().firstValue("Content-Encoding").isEmpty(), "an encoding nobody asked for");
      byte[] bytes = body.readNBytes(MOST_BYTES + 1);
      check(bytes.length <= MOST_BYTES, "too long");
      return bytes;
    } catch (IOException error) {
      throw new CompletionException(error);
    }
  }

  private String handleIn(byte[] answer, String namespace) throws Exception {
    DocumentBuilder parser = parsers.newDocumentBuilder();
    parser.setErrorHandler(new DefaultHandler()); // Nothing on standard error; it throws all the same.
    Element envelope = parser.parse(new ByteArrayInputStream(answer)).getDocumentElement();
    check(is(envelope, SOAP, "Envelope"), "no SOAP 1.1 envelope");
    Element result = only(elements(only(named(envelope, SOAP, "Body"))));
    check(is(result, namespace, "submitJobReturn"), "no submitJobReturn");
    Element handle = only(named(result, namespace, "jobHandle"));
    check(elements(handle).isEmpty() && !handle.getTextContent().isBlank(), "no handle");
    return handle.getTextContent();
  }

  private static boolean is(Element element, String namespace, String name) {
    return namespace.equals(element.getNamespaceURI()) && name.equals(element.getLocalName());
  }

  private static List<Element> elements(Element parent) {
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        found.add(element);
      }
    }
    return found;
  }

  private static List<Element> named(Element parent, String namespace, String name) {
    List<Element> found = elements(parent);
    found.removeIf(element -> !is(element, namespace, name));
    return found;
  }

  private static Element only(List<Element> found) {
    check(found.size() == 1, found.size() + " elements where there should be one");
    return found.get(0);
  }

  private static void check(boolean right, String otherwise) {
    if (!right) {
      throw new IllegalStateException(otherwise);
    }
  }
}
