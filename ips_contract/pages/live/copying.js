// An exchange as something to run elsewhere: a command, a test, a file.
//
// What came may be meant to do harm where it is pasted. In a shell nothing of it is expanded, and
// characters that a terminal could take for more than text are not in what is copied.

const PLAIN = /^[\x20-\x7e\n\t\xa1-\xac\xae-\u02ff\u0370-\u05ff\u0900-\u1fff\u3041-\ud7ff]*$/;
const SERVICE = "/scene7/services/IpsApiService";
const SCRIPTED = "scripted: "; // So a note begins.
const SCRIPT = /^(fault|status)=\d+$|^delay=[\d.]+$|^(drop|truncate|malformed)=True$/;
const HIDDEN = /^\[\d+ bytes that are no XML\]$/;
const KEPT = ["content-type", "soapaction", "content-encoding"];

/**
 * Whether there is something to send again: a body that is not kept is none, and neither is what
 * the server has hidden as a whole.
 */
export function canCopy(exchange) {
  const { body } = exchange.request;
  return !exchange.files.length && (exchange.method === "GET" || (body !== "" && !HIDDEN.test(body)));
}

/** The headers that make the request what it is: `[[name, value], …]`. */
function headersOf(exchange) {
  return Object.entries(exchange.request.headers)
    .filter(([name]) => KEPT.includes(name.toLowerCase()))
    .map(([name, value]) => [name, value.replace(/[^\x20-\x7e\xa1-\xff]/g, "?")]);
}

const asksInHeader = (exchange) =>
  Object.keys(exchange.request.headers).some((name) => name.toLowerCase() === "authorization");

function targetOf(exchange) {
  const target = exchange.target.startsWith("/") ? exchange.target : `/${exchange.target}`;
  return target.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A command for a POSIX shell that sends it again, to the server whose paths are below `root`. */
export function asCurl(exchange, root) {
  const { body, encoding } = exchange.request;
  const parts = ["curl -sS"];
  if (!["GET", "POST"].includes(exchange.method)) parts.push(`-X ${quoted(exchange.method)}`);
  for (const [name, value] of headersOf(exchange)) {
    parts.push(`-H ${quoted(value ? `${name}: ${value}` : `${name};`)}`); // So curl sends none.
  }
  if (asksInHeader(exchange)) {
    parts.push('-u "${IPS_USER:-me@example.com}:${IPS_PASSWORD:-secret}"');
  }
  if (exchange.method !== "GET") parts.push("--data-binary @-");
  const command = [...parts, quoted(root + targetOf(exchange))].join(" \\\n  ");
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

/**
 * The script that the answer was made by, as arguments of Python: `fault=20003, delay=1.5`.
 * "": there was none; null: one with a body, fields or a function, which the record does not tell.
 */
function scriptOf(exchange) {
  const note = exchange.notes.find((text) => text.startsWith(SCRIPTED));
  if (note === undefined) return "";
  const parts = note.slice(SCRIPTED.length).split(", ");
  return parts.every((part) => SCRIPT.test(part)) ? parts.join(", ") : null;
}

/** A test for pytest with the fixture ips_server: it sends the message, and asks what was made of it. */
export function asPytest(exchange) {
  const { body, encoding } = exchange.request;
  const basic = asksInHeader(exchange);
  const posts = exchange.method !== "GET";
  const rules = exchange.report.violations.filter((found) => found.severity === "error")
    .map((found) => found.rule);
  const script = scriptOf(exchange);
  const drops = exchange.response.fate === "drop";
  const raises = script !== null && (exchange.status >= 400 || drops);
  const imports = ["import urllib.error", "import urllib.request"];
  if (script === null) imports.unshift("import contextlib");
  if (basic || encoding === "base64") imports.unshift("import base64");
  if (raises || rules.length) imports.push("", "import pytest");
  const out = ["from __future__ import annotations", "", ...imports, ""];
  if (posts) {
    const text = encoding === "base64" ? `base64.b64decode(${literal(body)})` :
      `${longLiteral(body)}.encode()`;
    out.push(`${note(exchange, "# ")}MESSAGE = ${text}`);
  }
  const headers = headersOf(exchange).map(([name, value]) => `${literal(name)}: ${literal(value)}`);
  if (basic) {
    headers.push('"Authorization": "Basic " + base64.b64encode(b"me@example.com:secret").decode()');
  }
  out.push(`HEADERS = {${headers.length ? `\n    ${headers.join(",\n    ")},\n` : ""}}`, "", "");
  if (rules.length) {
    const allowed = [...new Set(rules)].map(literal).join(", ");
    out.push(`@pytest.mark.ips(allow=[${allowed}])  # Else what it sends fails the test.`);
  }
  out.push(`def test_${snake(exchange.operation || "request")}(ips_server):`);
  if (script) {
    const whom = exchange.operation ? `, operation=${literal(exchange.operation)}` : "";
    out.push(`    ips_server.script(${script}${whom})`);
  }
  const target = targetOf(exchange);
  const address = target === SERVICE ? "ips_server.endpoint" :
    `ips_server.url.removesuffix("/scene7/") + ${literal(target)}`;
  out.push(
    "    # Instead of these lines, have your client send it to ips_server.endpoint.",
    `    request = urllib.request.Request(${address}, ${posts ? "MESSAGE" : "None"}, HEADERS)`,
  );
  if (script === null) {
    out.push("    # A script answered it, of which the record does not tell all; here the mock does.",
      "    with contextlib.suppress(urllib.error.HTTPError):",
      "        urllib.request.urlopen(request).close()");
  } else if (raises) {
    out.push(`    with pytest.raises(${drops ? "OSError" : "urllib.error.HTTPError"}):`,
      "        urllib.request.urlopen(request)");
  } else {
    out.push("    with urllib.request.urlopen(request) as answer:",
      `        assert answer.status == ${exchange.status}`);
  }
  if (posts && exchange.operation) {
    out.push("", "    exchange = ips_server.exchanges[-1]",
      `    assert exchange.operation == ${literal(exchange.operation)}`);
    if (rules.length) {
      out.push("    rules = [found.rule for found in exchange.report.errors]",
        `    assert rules == [${rules.map(literal).join(", ")}]`);
    } else out.push("    assert exchange.report.valid");
    if (script === null) return `${out.join("\n")}\n`;
    if (exchange.fault !== null) out.push(`    assert exchange.fault == ${exchange.fault}`);
    else if (exchange.operation !== "submitJob") {
      out.push(`    ips_server.assert_called(${literal(exchange.operation)}, times=1)`);
    } else if (exchange.handle) out.push("    ips_server.assert_submitted(times=1)");
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
