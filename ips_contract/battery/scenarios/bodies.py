"""Bodies of answers: envelopes with a result or a Fault, with placeholders for what is asked.

``answer.FORMS`` has the placeholders.
"""

from __future__ import annotations

from ips_contract.contract.versions import UNVERSIONED
from ips_contract.xml.envelope import SOAP_11

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
RESULT = '<submitJobReturn xmlns="%ns%"><jobHandle>%handle%</jobHandle></submitJobReturn>'
COMMENT = "<!-- <jobHandle>%decoy%</jobHandle> -->"
TRACE = '<t:trace xmlns:t="urn:example:trace"><t:jobHandle>%decoy%</t:jobHandle></t:trace>'


def envelope(
    body: str = RESULT,
    *,
    header: str = "",
    before: str = DECLARATION + COMMENT,
    soap: str = SOAP_11,
    attributes: str = "",
    after: str = "",
) -> str:
    """An envelope around ``body``, with a decoy before it that only a parser passes by."""
    return (
        f'{before}<soapenv:Envelope xmlns:soapenv="{soap}"{attributes}>{header}'
        f"<soapenv:Body>{body}</soapenv:Body>{after}</soapenv:Envelope>"
    )


def fault(
    code: str = "soapenv:Server",
    *,
    words: str = "<faultstring>ipsApiFault</faultstring>",
    detail: str = "",
) -> str:
    """A Fault in an envelope."""
    inner = f"<soapenv:Fault><faultcode>{code}</faultcode>{words}{detail}</soapenv:Fault>"
    return envelope(inner, before=DECLARATION)


def detail(code: int = 30000, kind: str = "ipsApiFault", reason: str = "exception") -> str:
    """The detail of a Fault as the service writes it, without a handle in it."""
    return (
        f'<detail><{kind} xmlns="{UNVERSIONED}"><code>{code}</code>'
        f"<reason>{reason}</reason></{kind}></detail>"
    )
