import com.scene7.ipsapi.IpsApiPortType;
import com.scene7.ipsapi.IpsApiService;
import com.scene7.ipsapi.xsd._2014_04_03.AuthHeader;
import com.scene7.ipsapi.xsd._2014_04_03.ImageServingPublishJob;
import com.scene7.ipsapi.xsd._2014_04_03.SubmitJobParam;
import java.util.Map;
import javax.xml.ws.BindingProvider;

/** JAX-WS (Metro) with the classes of wsimport, as its users write it, for ips-contract fuzz. */
public final class JaxwsDriver {
  private static final int MILLISECONDS = 3000;

  private final IpsApiPortType port = new IpsApiService().getIpsApiSoapPort();

  public static void main(String[] args) throws Exception {
    Lines.drive(new JaxwsDriver()::submit);
  }

  private String submit(Map<String, String> task) throws Exception {
    Map<String, Object> request = ((BindingProvider) port).getRequestContext();
    request.put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, task.get("IPS_ENDPOINT"));
    request.put("com.sun.xml.ws.connect.timeout", MILLISECONDS);
    request.put("com.sun.xml.ws.request.timeout", MILLISECONDS); // From one read to the next.

    AuthHeader header = new AuthHeader();
    header.setUser(task.get("IPS_USER"));
    header.setPassword(task.get("IPS_PASSWORD"));
    header.setAppName("driver");
    header.setAppVersion("1");
    ImageServingPublishJob job = new ImageServingPublishJob();
    job.setPublishType("Full");
    job.setEmailSetting("None");
    SubmitJobParam parameters = new SubmitJobParam();
    parameters.setCompanyHandle(task.get("IPS_COMPANY"));
    parameters.setJobName(task.get("IPS_JOB_NAME"));
    parameters.setImageServingPublishJob(job);

    String handle = port.submitJob(parameters, header).getJobHandle();
    if (handle == null || handle.isBlank()) {
      throw new IllegalStateException("no handle");
    }
    return handle;
  }
}
