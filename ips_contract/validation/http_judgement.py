"""What HTTP says of a message, against the message: Content-Type, its charset, SOAPAction.

All of it warns: the service was seen to take messages whatever their headers said.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ips_contract.http.media_type import media_type
from ips_contract.validation.report import Report, violation
from ips_contract.xml.encodings import read_as
from ips_contract.xml.parser import starts_plainly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ips_contract.validation.report import Violation

_SOAP_12_KIND = "application/soap+xml"
_UTF_8 = ("utf-8", "UTF-8")
# application/xml is nobody's by the specifications, and was seen to be served.
_XML_KINDS = ("text/xml", "application/xml")
_LONGEST = 1000  # Characters of what is kept with the verdict on it.


def read_body(
    headers: Mapping[str, str], body: bytes, *, request: bool = True
) -> tuple[bytes, tuple[Violation, ...]]:
    """A body as the parser reads it rightly, and what is contradictory about its encoding.

    Args:
        headers: what was sent with it; names in lower case.
        body: without its content coding.
        request: whether it is a request's.
    """
    kind = headers.get("content-type", "")
    charset = (_charset if len(kind) <= _LONGEST else _charset_of)(kind)
    if (charset is None or charset in _UTF_8) and starts_plainly(body):
        return body, ()  # As nearly always: it has no byte order mark, and declares UTF-8 at most.
    data, doubt = read_as(body, charset)
    return data, (violation("charset", doubt, request=request),) if doubt else ()


def _charset_of(content_type: str) -> str | None:
    return media_type(content_type).parameters.get("charset")


_charset = lru_cache(maxsize=256)(_charset_of)


def judge_headers(headers: Mapping[str, str], soap: str, operation: str) -> tuple[Violation, ...]:
    """What is wrong with the headers of a request.

    Args:
        headers: names in lower case.
        soap: of its envelope, ``"1.1"`` or ``"1.2"``; ``""`` if it has none.
        operation: what the message asks for; ``""`` if it is no message.
    """
    kind, action = headers.get("content-type", ""), headers.get("soapaction")
    is_kept = len(kind) + len(action or "") + len(operation) <= _LONGEST
    return (_judged if is_kept else _judge)(kind, action, soap, operation)


def _judge(
    content_type: str, action: str | None, soap: str, operation: str
) -> tuple[Violation, ...]:
    kind, parameters = media_type(content_type)
    found = []
    wanted = _SOAP_12_KIND if soap == "1.2" else "text/xml"
    if kind != wanted and (soap == "1.2" or kind not in _XML_KINDS):
        words = f"Content-Type is {kind[:80] or 'not sent'}; it should be {wanted}"
        found.append(violation("content-type", f"{words}{_of_soap(soap)}."))
    if operation:
        words = _action_words(action, parameters.get("action"), soap, operation)
        if words:
            found.append(violation("soap-action", words))
    return tuple(found)


# A client sends the same each time: it spares 4 % of a request's time.
_judged = lru_cache(maxsize=256)(_judge)


def _of_soap(soap: str) -> str:
    return f", as the envelope is of SOAP {soap}" if soap else ""


def _action_words(header: str | None, parameter: str | None, soap: str, operation: str) -> str:
    places = (parameter, header) if soap == "1.2" else (header, parameter)
    action = next((place for place in places if place is not None), None)
    if action is None:
        if soap != "1.1":
            return ""  # SOAP 1.2 may say it in Content-Type, and need not.
        return f"SOAPAction is not sent; SOAP 1.1 requires it: send SOAPAction: {operation[:80]}."
    if action == operation:
        return ""
    action = action.strip().strip('"').strip("'")
    if action in ("", operation):
        return ""
    return f"SOAPAction is {action[:80]}; the Body asks for {operation[:80]}."


def with_findings(report: Report, found: Sequence[Violation]) -> Report:
    """``report`` with what was ``found`` about its message's headers, in front."""
    if not found:
        return report
    return Report(report.message, report.version, (*found, *report.violations), report.data)
