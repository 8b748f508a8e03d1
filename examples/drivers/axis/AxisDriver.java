import com.scene7.www.IpsApi.IpsApiServiceLocator;
import com.scene7.www.IpsApi.IpsApiServiceSoapBindingStub;
import com.scene7.www.IpsApi.xsd._2014_04_03.AuthHeader;
import com.scene7.www.IpsApi.xsd._2014_04_03.ImageServingPublishJob;
import com.scene7.www.IpsApi.xsd._2014_04_03.SubmitJobParam;
import java.net.URL;
import java.util.Map;

/** Apache Axis 1.4 with the classes of WSDL2Java, as its users write it, for ips-contract fuzz. */
public final class AxisDriver {
  private static final String IPS = "http://www.scene7.com/IpsApi/xsd/2014-04-03";
  private static final int MILLISECONDS = 3000; // From one read to the next.

  private final IpsApiServiceLocator service = new IpsApiServiceLocator();

  public static void main(String[] args) throws Exception {
    Lines.drive(new AxisDriver()::submit);
  }

  private String submit(Map<String, String> task) throws Exception {
    URL endpoint = new URL(task.get("IPS_ENDPOINT"));
    IpsApiServiceSoapBindingStub stub =
        (IpsApiServiceSoapBindingStub) service.getIpsApiSoapPort(endpoint);
    stub.setTimeout(MILLISECONDS);

    AuthHeader header = new AuthHeader();
    header.setUser(task.get("IPS_USER"));
    header.setPassword(task.get("IPS_PASSWORD"));
    header.setAppName("driver");
    header.setAppVersion("1");
    stub.setHeader(IPS, "authHeader", header);
    ImageServingPublishJob job = new ImageServingPublishJob();
    job.setPublishType("Full");
    job.setEmailSetting("None");
    SubmitJobParam parameters = new SubmitJobParam();
    parameters.setCompanyHandle(task.get("IPS_COMPANY"));
    parameters.setJobName(task.get("IPS_JOB_NAME"));
    parameters.setImageServingPublishJob(job);

    String handle = stub.submitJob(parameters).getJobHandle();
    if (handle == null || handle.isBlank()) {
      throw new IllegalStateException("no handle");
    }
    return handle;
  }
}
