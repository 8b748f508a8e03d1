"""``make demo``: the mock answers the documented submitJob request, then a broken one.

The client is urllib, over a socket, as any client in any language would do it.
"""

from __future__ import annotations

import urllib.error
import urllib.request

from ips_contract.fixtures import load
from ips_contract.mock.serving import serve
from ips_contract.validation.exchanges import validate_exchange

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


def post(endpoint: str, body: bytes) -> tuple[int, bytes]:
    """Submits ``body``; the status and the body of the answer."""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"submitJob"'}
    request = urllib.request.Request(endpoint, body, headers)  # noqa: S310 # the mock's address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 # as above
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def main() -> None:
    """Prints two exchanges with the mock and the verdicts on them."""
    request = load("valid/documented-request.xml").decode()
    with serve() as mock:
        print(f"The mock of the service listens on {mock.url}\n")
        for title, message in (
            ("The documented request", request),
            ("The same with a mistake", request.replace("Full", "full")),
        ):
            body = ENVELOPE.format(message).encode()
            status, answer = post(mock.endpoint, body)
            verdict = validate_exchange(body, answer)
            print(f"== {title} ==\n\n{message}")
            print(f"HTTP {status}\n{answer.decode()}\n")
            print(verdict.request.text("request"))
            print(verdict.response.text("answer"), "\n")


if __name__ == "__main__":
    main()
