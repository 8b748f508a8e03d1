// The npm package `soap`, as its users write it: `npm install soap`, then
//   ips-contract fuzz --persistent -- node driver.mjs
import soap from "soap";
import { answerLines } from "./lines.mjs";

const NAMESPACE = "http://www.scene7.com/IpsApi/xsd";

async function submit({ IPS_WSDL, IPS_USER: user, IPS_PASSWORD: password, IPS_COMPANY, IPS_JOB_NAME, IPS_TIMEOUT = 10 }) {
  // Each case has addresses of its own, so nothing is taken from the cache.
  const client = await soap.createClientAsync(IPS_WSDL, { disableCache: true });
  client.addSoapHeader({ authHeader: { attributes: { xmlns: NAMESPACE }, user, password } });
  const [result] = await client.submitJobAsync({
    companyHandle: IPS_COMPANY,
    jobName: IPS_JOB_NAME,
    imageServingPublishJob: { publishType: "Full", emailSetting: "None" },
  }, { timeout: IPS_TIMEOUT * 500 });
  if (!String(result?.jobHandle ?? "").trim()) throw new Error("no handle in the answer");
  return result.jobHandle;
}

if (process.env.IPS_WSDL) {
  console.log(await submit(process.env));
} else {
  await answerLines(submit);
}
