"""What clients send to the server while a page is open."""

from __future__ import annotations

import urllib.error
import urllib.request
from html import escape
from typing import TYPE_CHECKING

from ips_contract.contract.versions import UNVERSIONED

if TYPE_CHECKING:
    from ips_contract.mock.serving import MockServer

HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "submitJob"}
BODY = """\
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">
<e:Header><authHeader xmlns="http://www.scene7.com/IpsApi/xsd">
<user>me@example.com</user><password>hunter2</password></authHeader></e:Header>
<e:Body><submitJobParam xmlns="{namespace}">
<companyHandle>47</companyHandle>
<jobName>{name}</jobName>
<imageServingPublishJob>
<publishType>{kind}</publishType><emailSetting>Error</emailSetting>
</imageServingPublishJob>
</submitJobParam></e:Body></e:Envelope>"""


def body(name: str = "Nightly", kind: str = "Full") -> bytes:
    return BODY.format(name=escape(name), kind=kind, namespace=UNVERSIONED).encode()


def submit(server: MockServer, name: str = "Nightly", kind: str = "Full", root: str = "") -> None:
    """Submits a publish job; whatever the answer is."""
    address = server.endpoint.replace("/scene7", f"{root}/scene7", 1)
    request = urllib.request.Request(address, body(name, kind), HEADERS)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()
