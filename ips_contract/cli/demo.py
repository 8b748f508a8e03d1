"""``make demo``: the mock answers the documented submitJob request, then a broken one.

The client is urllib, over a socket, as any client in any language would do it. Nothing is asked:
it runs to its end, and the mock ends with it.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.fixtures import load
from ips_contract.http.redaction import redact
from ips_contract.mock.serving import serve
from ips_contract.validation.exchanges import validate_exchange

if TYPE_CHECKING:
    from ips_contract.mock.serving import MockServer

ENVELOPE = """\
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
<soapenv:Header>
<authHeader xmlns="http://www.scene7.com/IpsApi/xsd">
   <user>me@example.com</user>
   <password>secret</password>
</authHeader>
</soapenv:Header>
<soapenv:Body>
{}</soapenv:Body>
</soapenv:Envelope>
"""
HEAD = """\
A mock of the service listens at {url} while this demo runs.
Its live page shows each message as it comes: {page}
"""
NEXT = """\
== What to do next ==

1. Judge a message of yours:     {command} validate --explain FILE
2. Run the mock for your client: {command} serve --port 8080
   and open its live page:       http://127.0.0.1:8080/_ips/
3. Test your client with pytest: docs/reference/pytest.md;
   a whole application:          docs/tutorials/application.md"""
PAGE = "/_ips/"
# The mock is on this machine, whatever proxy the environment names.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def post(endpoint: str, body: bytes) -> tuple[int, bytes]:
    """Submits ``body``; the status and the body of the answer."""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"submitJob"'}
    request = urllib.request.Request(endpoint, body, headers)  # noqa: S310 # the mock's address
    try:
        with DIRECT.open(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def numbered(body: bytes) -> str:
    """A message line by line as it is sent, with the numbers that findings give."""
    lines = redact(body).decode().splitlines()
    return "\n".join(f"{number:5} | {line}" for number, line in enumerate(lines, start=1))


def told(answer: bytes) -> str:
    """What a client reads out of an answer: the job's handle, or code and reason of the fault."""
    root = etree.fromstring(answer)
    handle = root.findtext(".//{*}jobHandle")
    if handle is not None:
        return f"The client gets the job's handle: {handle}"
    code, reason = (root.findtext(f".//{{*}}{name}") for name in ("code", "reason"))
    return f"The client gets a fault.\n  code:   {code}\n  reason: {reason}"


def exchange(mock: MockServer, message: str) -> None:
    """Prints a message, what the client gets for it, and what the validator says of both."""
    body = ENVELOPE.format(message).encode()
    status, answer = post(mock.endpoint, body)
    root = etree.fromstring(answer)
    etree.indent(root)
    laid_out = etree.tostring(root).decode()
    verdict = validate_exchange(body, answer)
    print(f"The client sends, line by line:\n\n{numbered(body)}\n")
    print(f"The mock answers with HTTP {status} (indented here):\n\n{laid_out}\n")
    print(f"{told(answer)}\n\nThe validator says, and would without the mock, too:\n")
    print(f"{verdict.request.text('request')}\n{verdict.response.text('answer')}\n")


def page_of(mock: MockServer) -> str:
    """The address of the live page, which is there: a browser would get it."""
    address = mock.url.replace("/scene7/", PAGE)
    with DIRECT.open(address, timeout=10):
        return address


def main() -> None:
    """Prints two exchanges with the mock, the verdicts on them, and what to do next."""
    request = load("valid/documented-request.xml").decode()
    with serve() as mock:
        print(HEAD.format(url=mock.url, page=page_of(mock)))
        print("== A client submits the documented job ==\n")
        exchange(mock, request)
        print("== The same with a mistake ==\n")
        exchange(mock, request.replace("Full", "full"))
    command = Path(sys.executable).with_name("ips-contract")
    here = Path.cwd()
    shown = command.relative_to(here) if command.is_relative_to(here) else command
    print(NEXT.format(command=shown))


if __name__ == "__main__":
    main()
