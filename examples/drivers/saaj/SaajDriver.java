import java.net.URL;
import java.util.Map;
import javax.xml.namespace.QName;
import javax.xml.soap.MessageFactory;
import javax.xml.soap.SOAPBody;
import javax.xml.soap.SOAPConnection;
import javax.xml.soap.SOAPConnectionFactory;
import javax.xml.soap.SOAPElement;
import javax.xml.soap.SOAPMessage;
import org.w3c.dom.NodeList;

/** SAAJ, as its users write it: messages are put together by hand, for ips-contract fuzz. */
public final class SaajDriver {
  private static final String IPS = "http://www.scene7.com/IpsApi/xsd/2014-04-03";

  private final MessageFactory messages = MessageFactory.newInstance();
  private final SOAPConnection connection =
      SOAPConnectionFactory.newInstance().createConnection();

  private SaajDriver() throws Exception {}

  public static void main(String[] args) throws Exception {
    Lines.drive(new SaajDriver()::submit);
  }

  private String submit(Map<String, String> task) throws Exception {
    SOAPMessage message = messages.createMessage();
    message.getMimeHeaders().addHeader("SOAPAction", "\"submitJob\"");
    SOAPElement header = message.getSOAPHeader().addHeaderElement(new QName(IPS, "authHeader"));
    add(header, "user", task.get("IPS_USER"));
    add(header, "password", task.get("IPS_PASSWORD"));
    add(header, "appName", "driver");
    add(header, "appVersion", "1");
    SOAPElement parameters = message.getSOAPBody().addBodyElement(new QName(IPS, "submitJobParam"));
    add(parameters, "companyHandle", task.get("IPS_COMPANY"));
    add(parameters, "jobName", task.get("IPS_JOB_NAME"));
    SOAPElement job = parameters.addChildElement(new QName(IPS, "imageServingPublishJob"));
    add(job, "publishType", "Full");
    add(job, "emailSetting", "None");

    SOAPBody body = connection.call(message, new URL(task.get("IPS_ENDPOINT"))).getSOAPBody();
    if (body.hasFault()) {
      throw new IllegalStateException(body.getFault().getFaultString());
    }
    NodeList handles = body.getElementsByTagNameNS(IPS, "jobHandle");
    if (handles.getLength() == 0 || handles.item(0).getTextContent().isBlank()) {
      throw new IllegalStateException("no handle");
    }
    return handles.item(0).getTextContent();
  }

  private static void add(SOAPElement parent, String name, String value) throws Exception {
    parent.addChildElement(new QName(IPS, name)).addTextNode(value);
  }
}
