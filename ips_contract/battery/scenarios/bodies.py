"""Bodies of answers: envelopes with a result or a Fault, with placeholders for what is asked.

``answer.FORMS`` has the placeholders.
"""

from __future__ import annotations

from ips_contract.contract.versions import UNVERSIONED
from ips_contract.xml.envelope import SOAP_11

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
ITEM = "%item%"
COMMENT = "<!-- <jobHandle>%decoy%</jobHandle> -->"
TRACE = '<t:trace xmlns:t="urn:example:trace"><t:jobHandle>%decoy%</t:jobHandle></t:trace>'


def result(inner: str = ITEM, *, name: str = "%result%", ns: str = "%ns%", more: str = "") -> str:
    """The answer of the operation that is asked, with ``inner`` for the field that is printed.

    Args:
        inner: what stands in the place of the field.
        name: the name of the answer.
        ns: its namespace.
        more: attributes of it.
    """
    return f'<{name} xmlns="{ns}"{more}>%before%{inner}%after%</{name}>'


def field(value: str = "%handle%", attributes: str = "") -> str:
    """The field that is printed, where a case says what it looks like."""
    return f"<%field%{attributes}>{value}</%field%>"


RESULT = result()


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
