// An exchange as something to run elsewhere: a command, a test, a file.
//
// What came may be meant to do harm where it is pasted. In a shell nothing of it is expanded, and
// characters that a terminal could take for more than text are not in what is copied.

const PLAIN = /^[\x20-\x7e\n\t\xa1-\xac\xae-\u02ff\u0370-\u05ff\u0900-\u1fff\u3041-\ud7ff]*$/;
const KEPT = ["content-type", "soapaction", "content-encoding"];

/** Whether there is something to send again: a body that is not kept is none. */
export function canCopy(exchange) {
  return !exchange.files?.length && (exchange.method === "GET" || exchange.request.body !== "");
}

/** The headers that make the request what it is: `[[name, value], …]`. */
function headersOf(exchange) {
  return Object.entries(exchange.request.headers)
    .filter(([name]) => KEPT.includes(name.toLowerCase()))
    .map(([name, value]) => [name, value.replace(/[^\x20-\x7e\xa1-\xff]/g, "?")]);
}

const asksInHeader = (exchange) =>
  Object.keys(exchange.request.headers).some((name) => name.toLowerCase() === "authorization");

function addressOf(exchange, origin) {
  const target = exchange.target.startsWith("/") ? exchange.target : `/${exchange.target}`;
  return origin + target.replace(/[^\x21-\x7e]/g, encodeURIComponent);
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A command for a POSIX shell that sends it again. */
export function asCurl(exchange, origin) {
  const { body, encoding } = exchange.request;
  const parts = ["curl -sS"];
  if (exchange.method !== "GET" && exchange.method !== "POST") parts.push(`-X ${quoted(exchange.method)}`);
  for (const [name, value] of headersOf(exchange)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (asksInHeader(exchange)) {
    parts.push('-u "${IPS_USER:-me@example.com}:${IPS_PASSWORD:-secret}"');
  }
  if (exchange.method !== "GET") parts.push("--data-binary @-");
  const command = [...parts, quoted(addressOf(exchange, origin))].join(" \\\n  ");
  const hint = note(exchange, "# ");
  if (exchange.method === "GET") return `${hint}${command}\n`;
  if (encoding === "base64" || !PLAIN.test(body)) {
    const data = encoding === "base64" ? body : base64(body);
    return `${hint}printf %s ${quoted(data)} | base64 -d | ${command}\n`;
  }
  const rows = body.split("\n");
  let end = "XML";
  while (rows.includes(end)) end += "_";
  return `${hint}${command} <<'${end}'\n${body}${body.endsWith("\n") ? "" : "\n"}${end}\n`;
}

function base64(text) {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}

function note(exchange, sign) {
  return exchange.request.body.includes("***") ?
    `${sign}*** stands where a secret was: put yours there, if the service is to check it.\n` : "";
}

/** A text as a literal of Python, on one line. */
function literal(text) {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/g, (pair) => {
      const units = [pair.slice(2, 6), pair.slice(8)].map((digits) => parseInt(digits, 16));
      return `\\U${String.fromCharCode(...units).codePointAt(0).toString(16).padStart(8, "0")}`;
    });
}

/** A text as a literal of Python that keeps its lines. */
function longLiteral(text) {
  const rows = text.split("\n").map((row) => literal(row).slice(1, -1).replaceAll('\\"', '"')
    .replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"'));
  return `"""\\\n${rows.join("\n")}"""`;
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  .replace(/[^a-z0-9_]/g, "_").replace(/^_+/, "") || "request";

/** A test for pytest with the fixture ips_server: it sends the message, and asks what was made of it. */
export function asPytest(exchange) {
  const { body, encoding } = exchange.request;
  const basic = asksInHeader(exchange);
  const posts = exchange.method !== "GET";
  const rules = exchange.report.violations.filter((found) => found.severity === "error")
    .map((found) => found.rule);
  const scripted = exchange.notes.find((text) => text.startsWith("scripted: "));
  const fault = scripted?.match(/^scripted: fault=(\d+)$/)?.[1];
  const imports = [];
  if (basic || encoding === "base64") imports.push("import base64");
  if (exchange.status >= 400) imports.push("import urllib.error");
  imports.push("import urllib.request");
  const needsPytest = exchange.status >= 400 || rules.length > 0;
  if (needsPytest) imports.push("", "import pytest");
  const out = ["from __future__ import annotations", "", ...imports, ""];
  if (posts) {
    const text = encoding === "base64" ? `base64.b64decode(${literal(body)})` :
      `${longLiteral(body)}.encode()`;
    const hint = note(exchange, "# ");
    out.push(`${hint}MESSAGE = ${text}`);
  }
  const headers = headersOf(exchange).map(([name, value]) => `${literal(name)}: ${literal(value)}`);
  if (basic) {
    headers.push('"Authorization": "Basic " + base64.b64encode(b"me@example.com:secret").decode()');
  }
  out.push(`HEADERS = {${headers.length ? `\n    ${headers.join(",\n    ")},\n` : ""}}`, "", "");
  if (rules.length) {
    const allowed = [...new Set(rules)].map(literal).join(", ");
    out.push(`@pytest.mark.ips(allow=[${allowed}])  # Without this line what it sends fails the test.`);
  }
  out.push(`def test_${snake(exchange.operation || "request")}(ips_server):`);
  if (fault) {
    const whom = exchange.operation ? `, operation=${literal(exchange.operation)}` : "";
    out.push(`    ips_server.script(fault=${fault}${whom})`);
  }
  out.push(
    "    # Instead of these lines, have your client send it to ips_server.endpoint.",
    `    address = ${posts ? "ips_server.endpoint" : "ips_server.url"}`,
    `    request = urllib.request.Request(address, ${posts ? "MESSAGE" : "None"}, HEADERS)`,
  );
  if (exchange.status >= 400) {
    out.push("    with pytest.raises(urllib.error.HTTPError):", "        urllib.request.urlopen(request)");
  } else out.push("    with urllib.request.urlopen(request) as answer:", "        assert answer.status == 200");
  if (posts && exchange.operation) {
    out.push("", "    exchange = ips_server.exchanges[-1]",
      `    assert exchange.operation == ${literal(exchange.operation)}`);
    if (rules.length) {
      out.push("    rules = [found.rule for found in exchange.report.errors]",
        `    assert rules == [${rules.map(literal).join(", ")}]`);
    } else out.push("    assert exchange.report.valid");
    if (!scripted || fault) {
      if (exchange.fault !== null) out.push(`    assert exchange.fault == ${exchange.fault}`);
      else if (exchange.operation === "submitJob") out.push("    ips_server.assert_submitted(times=1)");
      else out.push(`    ips_server.assert_called(${literal(exchange.operation)}, times=1)`);
    }
  }
  return `${out.join("\n")}\n`;
}

/** A name and the bytes of a file with the message as it came. */
export function asFile(exchange) {
  const { body, encoding } = exchange.request;
  const name = `${exchange.operation.replace(/[^A-Za-z0-9]/g, "") || "message"}-${exchange.number}.xml`;
  const data = encoding === "base64" ?
    Uint8Array.from(atob(body), (unit) => unit.charCodeAt(0)) : body;
  return { name, data };
}
