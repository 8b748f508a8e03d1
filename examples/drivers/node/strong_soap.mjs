// The npm package `strong-soap`, as its users write it: `npm install strong-soap`, then
//   ips-contract fuzz --persistent -- node strong_soap.mjs
import strong from "strong-soap";
import { answerLines } from "./lines.mjs";

const NAMESPACE = "http://www.scene7.com/IpsApi/xsd";

async function submit({ IPS_WSDL, IPS_USER: user, IPS_PASSWORD: password, IPS_COMPANY, IPS_JOB_NAME, IPS_TIMEOUT = 10 }) {
  const client = await new Promise((resolve, reject) => {
    strong.soap.createClient(IPS_WSDL, {}, (error, made) => (error ? reject(error) : resolve(made)));
  });
  client.addSoapHeader({ user, password }, new strong.QName(NAMESPACE, "authHeader"));
  // The WSDL has a port for SOAP 1.2, too, which would be taken.
  const { result } = await client.IpsApiService.IpsApiSoapPort.submitJob({
    submitJobParam: {
      companyHandle: IPS_COMPANY,
      jobName: IPS_JOB_NAME,
      imageServingPublishJob: { publishType: "Full", emailSetting: "None" },
    },
  }, { timeout: IPS_TIMEOUT * 500 });
  if (!String(result?.jobHandle ?? "").trim()) throw new Error("no handle in the answer");
  return result.jobHandle;
}

if (process.env.IPS_WSDL) {
  console.log(await submit(process.env));
} else {
  await answerLines(submit);
}
