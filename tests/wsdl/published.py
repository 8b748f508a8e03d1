"""WSDLs made from the tables in tests/facts, as the published files are written.

They share no code with ours: other prefixes, a default namespace in each schema, types before
elements, another order of operations, ``minOccurs="1"`` written out here and there.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

FACTS = Path(__file__).parents[1] / "facts"
NAMESPACES = {
    "6.6": "http://www.scene7.com/IpsApi/xsd/2013-02-15",
    "6.8": "http://www.scene7.com/IpsApi/xsd/2014-04-03",
}
UNVERSIONED = "http://www.scene7.com/IpsApi/xsd"
ADDRESS = "https://ips.example.com/scene7/services/IpsApiService"
# FACTS section 1: authHeader by version, the faults, the frame.
FAULTS = ("ipsApiFault", "authenticationFault", "authorizationFault")
OWN_HEADER = (
    "user:string? password:string? accessToken:string? locale:string? appName:string "
    "appVersion:string gzipResponse:boolean? faultHttpStatusCode:int?"
)
COMMON_HEADER = OWN_HEADER.replace("appName:string", "appName:string?").replace(
    "appVersion:string", "appVersion:string?"
)
OTHERS = '<anyAttribute namespace="##other" processContents="lax" />'


@cache
def facts(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))


@cache
def published(label: str) -> bytes:
    """The WSDL of the version called ``label``, from its facts."""
    table = facts(f"wsdl-{label}")
    rows = facts("operations").items()
    operations = sorted(name for name, row in rows if label in row["wsdls"])
    parts = {f"{name}{end}" for name in operations for end in ("Param", "Return")}
    own = [_type(name, fields, name not in parts) for name, fields in table.items()]
    if label == "6.8":
        own.append(_type("authHeader", OWN_HEADER, named=False, rest=OTHERS))
    common = [_type(name, "code:int reason:string", named=False, rest=OTHERS) for name in FAULTS]
    common.append(_type("authHeader", COMMON_HEADER, named=False, rest=OTHERS, group="all"))
    header = "types" if label == "6.8" else "flt"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions name="IpsApi" targetNamespace="http://www.scene7.com/IpsApi"
    xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="http://www.scene7.com/IpsApi"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
    xmlns:types="{NAMESPACES[label]}" xmlns:flt="{UNVERSIONED}">
  <types>
    {_schema(NAMESPACES[label], own)}
    {_schema(UNVERSIONED, common)}
  </types>
  {"".join(_messages(name) for name in operations)}
  {"".join(_message(f"{name}Exception", "fault", f"flt:{name}") for name in FAULTS)}
  {_message("authHeader", "authHeader", f"{header}:authHeader")}
  <portType name="IpsApiPortType">{"".join(map(_operation, operations))}</portType>
  {_binding("soap", "Soap", operations)}
  {_binding("soap12", "Soap12", operations)}
  <service name="IpsApiService">
    <port binding="tns:IpsApiServiceSoapBinding" name="IpsApiSoapPort">
      <soap:address location="{ADDRESS}"/>
    </port>
    <port binding="tns:IpsApiServiceSoap12Binding" name="IpsApiSoap12Port">
      <soap12:address location="{ADDRESS}"/>
    </port>
  </service>
</definitions>
""".encode()


def _schema(namespace: str, components: list[str]) -> str:
    return f"""<schema xmlns="http://www.w3.org/2001/XMLSchema"
        xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:types="{namespace}"
        targetNamespace="{namespace}" elementFormDefault="qualified">
      {"".join(components)}
    </schema>"""


def _type(name: str, fields: str, named: bool, rest: str = "", group: str = "sequence") -> str:
    """A type of a table's row, or an element with such a type."""
    elements = "".join(map(_field, fields.split()))
    body = f"<{group}>{elements}</{group}>{rest}"
    if named:
        return f'<complexType name="{name}">{body}</complexType>\n'
    return f'<element name="{name}"><complexType>{body}</complexType></element>\n'


def _field(text: str) -> str:
    found = re.fullmatch(r"(\w+):(\w+)(\*(\d*))?(\?)?", text)
    assert found is not None, text
    name, kind, repeated, most, optional = found.groups()
    prefix = "xsd" if kind[0].islower() and kind != "haystackSearch_type0" else "types"
    occurs = ' minOccurs="0"' if optional else ' minOccurs="1"' if len(name) % 3 == 0 else ""
    occurs += f' maxOccurs="{most or "unbounded"}"' if repeated else ""
    return f'<element name="{name}" type="{prefix}:{kind}"{occurs} />'


def _messages(name: str) -> str:
    return _message(name, "input", f"types:{name}Param") + _message(
        f"{name}Response", "output", f"types:{name}Return"
    )


def _message(name: str, part: str, element: str) -> str:
    return f'<message name="{name}"><part element="{element}" name="{part}"/></message>\n'


def _operation(name: str) -> str:
    faults = "".join(f'<fault message="tns:{f}Exception" name="{f}"/>' for f in FAULTS)
    return f"""<operation name="{name}">
      <input message="tns:{name}" name="{name}"/>
      <output message="tns:{name}Response" name="{name}Response"/>{faults}
    </operation>"""


def _binding(soap: str, name: str, operations: list[str]) -> str:
    how = 'namespace="http://www.scene7.com/IpsApi" use="literal"'
    faults = "".join(f'<fault name="{f}"><{soap}:fault {how}/></fault>' for f in FAULTS)
    rows = [
        f"""<operation name="{each}"><{soap}:operation soapAction="{each}"/>
      <input name="{each}"><{soap}:body {how}/>
        <{soap}:header message="tns:authHeader" part="authHeader" {how}/></input>
      <output name="{each}Response"><{soap}:body {how}/></output>{faults}
    </operation>"""
        for each in operations
    ]
    return f"""<binding name="IpsApiService{name}Binding" type="tns:IpsApiPortType">
    <{soap}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    {"".join(rows)}</binding>"""
