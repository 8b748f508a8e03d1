// KDSoap with the classes of kdwsdl2cpp, as its users write it, for ips-contract fuzz.
#include <QCoreApplication>
#include <QTextStream>

#include "wsdl_IpsApi.h"

static const int milliseconds = 3000;

int main(int argc, char **argv) {
  QCoreApplication application(argc, argv);
  IpsApiService::IpsApiServiceSoapBinding client;
  client.setEndPoint(qEnvironmentVariable("IPS_ENDPOINT"));
  client.clientInterface()->setTimeout(milliseconds);

  TYPES__AuthHeader header;
  header.setUser(qEnvironmentVariable("IPS_USER"));
  header.setPassword(qEnvironmentVariable("IPS_PASSWORD"));
  header.setAppName("driver");
  header.setAppVersion("1");
  client.setAuthHeader(header);

  TYPES__ImageServingPublishJob job;
  job.setPublishType("Full");
  job.setEmailSetting("None");
  TYPES__SubmitJobParam parameters;
  parameters.setCompanyHandle(qEnvironmentVariable("IPS_COMPANY"));
  parameters.setJobName(qEnvironmentVariable("IPS_JOB_NAME"));
  parameters.setImageServingPublishJob(job);

  const QString handle = client.submitJob(parameters).jobHandle();
  if (!client.lastError().isEmpty() || handle.trimmed().isEmpty()) {
    QTextStream(stderr) << client.lastError() << '\n';
    return 1;
  }
  QTextStream out(stdout);
  out.setCodec("UTF-8");
  out << handle << '\n';
}
