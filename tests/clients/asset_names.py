"""A client of getAssetsByName that stays alive, and prints the name of the first asset.

It is careful; with the argument ``--anywhere`` it takes the name from wherever it stands.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

try:
    from tests.clients import careful
except ImportError:
    import careful  # type: ignore[import-not-found, no-redef]

if TYPE_CHECKING:
    from collections.abc import Mapping

XSD = "http://www.scene7.com/IpsApi/xsd/2014-04-03"
RESULT = f"{{{careful.SOAP}}}Body/{{{XSD}}}getAssetsByNameReturn"
NAME = f"{{{XSD}}}assetArray/{{{XSD}}}items/{{{XSD}}}name"


def ask(task: Mapping[str, str]) -> bytes:
    """The answer. Raises ``Refused``."""
    user, password, company, name = (
        escape(task["IPS_" + key]) for key in ("USER", "PASSWORD", "COMPANY", "JOB_NAME")
    )
    message = (
        f'<s:Envelope xmlns:s="{careful.SOAP}"><s:Header><authHeader xmlns="{careful.XSD}"><user>'
        f"{user}</user><password>{password}</password></authHeader></s:Header><s:Body>"
        f'<getAssetsByNameParam xmlns="{XSD}"><companyHandle>{company}</companyHandle><nameArray>'
        f"<items>{name}</items></nameArray></getAssetsByNameParam></s:Body></s:Envelope>"
    )
    headers = careful.HEADERS | {"SOAPAction": '"getAssetsByName"'}
    request = urllib.request.Request(task["IPS_ENDPOINT"], message.encode(), headers)
    with urllib.request.urlopen(request, timeout=careful.PATIENCE) as answer:
        if answer.status != 200 or answer.headers.get_content_type() != "text/xml":
            raise careful.Refused("no answer of the service")
        body: bytes = answer.read()
    careful.refuse_doctype(body)
    return body


def name_in(root: ET.Element) -> str:
    """The name. Raises ``Refused``."""
    if len(root.findall(f"{{{careful.SOAP}}}Body")) != 1:
        raise careful.Refused("no SOAP 1.1 envelope")
    if len(root.findall(f"{{{careful.SOAP}}}Body/*")) != 1 or root.find(RESULT) is None:
        raise careful.Refused("no getAssetsByNameReturn")
    names = root.findall(f"{RESULT}/{NAME}")
    if len(names) != 1 or root.tag != f"{{{careful.SOAP}}}Envelope":
        raise careful.Refused("no name")
    return names[0].text or ""


if __name__ == "__main__":
    for line in sys.stdin:
        task = json.loads(line)
        answer = {"case": task["IPS_CASE"]}
        try:
            root = ET.fromstring(ask(task))
            anywhere = "--anywhere" in sys.argv
            answer["output"] = root.findtext(".//{*}name") or "" if anywhere else name_in(root)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the refusal
            answer["error"] = repr(error)
        print(json.dumps(answer), flush=True)
