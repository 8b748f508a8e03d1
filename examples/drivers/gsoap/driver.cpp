// gSOAP with the classes of wsdl2h and soapcpp2, as its users write it, for ips-contract fuzz.
#include <cstdlib>
#include <iostream>
#include <string>

#include "IpsApiServiceSoapBinding.nsmap"
#include "soapIpsApiServiceSoapBindingProxy.h"

static const int seconds = 3;

int main() {
  // Texts are UTF-8, and what an answer has too much or too little is an error.
  IpsApiServiceSoapBindingProxy client(std::getenv("IPS_ENDPOINT"), SOAP_C_UTFSTRING | SOAP_XML_STRICT);
  client.soap->connect_timeout = client.soap->send_timeout = client.soap->recv_timeout = seconds;
  client.soap->transfer_timeout = seconds; // For all of an answer.
  client.soap->recv_maxlength = 1 << 20;

  std::string user = std::getenv("IPS_USER"), password = std::getenv("IPS_PASSWORD");
  _ns2__authHeader header;
  header.user = &user;
  header.password = &password;
  header.appName = "driver";
  header.appVersion = "1";
  client.soap_header(&header);

  ns2__ImageServingPublishJob job;
  job.publishType = "Full";
  job.emailSetting = "None";
  _ns2__submitJobParam parameters;
  parameters.companyHandle = std::getenv("IPS_COMPANY");
  parameters.jobName = std::getenv("IPS_JOB_NAME");
  parameters.imageServingPublishJob = &job;

  _ns2__submitJobReturn answer;
  if (client.submitJob(&parameters, answer) != SOAP_OK) {
    client.soap_stream_fault(std::cerr);
    return 1;
  }
  if (answer.jobHandle.find_first_not_of(" \t\r\n") == std::string::npos)
    return 1;
  std::cout << answer.jobHandle << '\n';
}
