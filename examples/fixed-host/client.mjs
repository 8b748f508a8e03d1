// A client whose host is fixed, sent to the mock for a test. Usage: node client.mjs PORT CA_FILE
// Without access to its code: NODE_EXTRA_CA_CERTS=CA_FILE, and an entry in /etc/hosts.
import { readFileSync } from "node:fs";
import https from "node:https";

const host = "s7sps1apissl.scene7.com";
const [port, caFile] = process.argv.slice(2);
const local = { address: "127.0.0.1", family: 4 };
const agent = new https.Agent({
  ca: readFileSync(caFile),
  lookup: (name, options, done) =>
    options.all ? done(null, [local]) : done(null, local.address, local.family),
});

https.get(`https://${host}:${port}/scene7/services/IpsApiService?wsdl`, { agent }, (answer) => {
  console.log(answer.statusCode, answer.headers["content-type"]);
  answer.resume();
});
