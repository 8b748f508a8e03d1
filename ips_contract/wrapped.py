"""Strategies for what stands around a message: envelopes, plain Requests, faults, exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from hypothesis import strategies as st

from ips_contract.drawn import (
    FREE_TEXT,
    Drawn,
    Options,
    bytes_of,
    check,
    draw_from,
    message_names,
    options_of,
    rendered,
)
from ips_contract.envelope import parse
from ips_contract.faults import FAULT_CODES, KINDS, FaultCode
from ips_contract.handles import JobHandle, company_number
from ips_contract.sources import Source, message_source, request_sources, versions_of
from ips_contract.spelling import STYLE_WIDTH, Node, from_element, to_element, write
from ips_contract.versions import PRE_4_0, Version
from ips_contract.wording import collapse
from ips_contract.wrapping import envelope, fault_in, old_credentials, plain_request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy
    from lxml import etree

    from ips_contract.sources import Versions

    XmlForm = Literal["bytes", "element"]
    Credentials = Literal["authHeader", "basic", "AuthUser"] | None
    Soap = Literal["", "1.1", "1.2"]

_RESPONSE = "submitJobReturn"


def _xml(form: str, node: Node, style: bytes) -> Any:
    return write(node, style) if form == "bytes" else to_element(node)


def _nodes(strategy: SearchStrategy[Any] | None, version: Versions) -> SearchStrategy[Node]:
    """What is put into a wrapping: messages as bytes or elements, requests by default."""
    if strategy is None:
        sources = request_sources(versions_of(version), None, {}, warnings=False)
        return rendered(options_of(sources), lambda drawn: drawn.node)
    return strategy.map(
        lambda message: from_element(parse(message) if isinstance(message, bytes) else message)
    )


@st.composite
def _wrapped(
    draw: DrawFn,
    inner: SearchStrategy[Node],
    wrap: SearchStrategy[Callable[[DrawFn, Node, int], Node]],
    form: str,
) -> Any:
    data = draw(bytes_of(1 + STYLE_WIDTH))
    node = draw(wrap)(draw, draw(inner), data[0])
    return _xml(form, node, data[1:])


@overload
def envelopes(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    credentials: Credentials | Sequence[Credentials] = ("authHeader", None),
    soap: Soap | Sequence[Soap] = ("1.1", "1.2"),
    form: Literal["bytes"] = "bytes",
) -> SearchStrategy[bytes]: ...
@overload
def envelopes(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    credentials: Credentials | Sequence[Credentials] = ("authHeader", None),
    soap: Soap | Sequence[Soap] = ("1.1", "1.2"),
    form: Literal["element"],
) -> SearchStrategy[etree._Element]: ...
def envelopes(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    credentials: Credentials | Sequence[Credentials] = ("authHeader", None),
    soap: Soap | Sequence[Soap] = ("1.1", "1.2"),
    form: XmlForm = "bytes",
) -> SearchStrategy[Any]:
    """SOAP envelopes around messages.

    Args:
        messages: what stands in the Body, as bytes or elements; submitJob requests by default.
        version: of the default messages.
        credentials: one or several of ``"authHeader"``, ``"AuthUser"`` (the deprecated pair of
            headers: a warning), and None or ``"basic"`` for none in the envelope.
        soap: ``"1.1"``, ``"1.2"`` or both.
        form: ``"bytes"`` or ``"element"``.

    Raises:
        ValueError: a version, form, kind of credentials or SOAP version is unknown.
    """
    check(form, "form", ("bytes", "element"))
    kinds = _several(credentials, "credentials", ("authHeader", None, "basic", "AuthUser"))
    soaps = _several(soap, "SOAP version", ("1.1", "1.2"))
    wraps = [_enveloping(kind, one) for kind in kinds for one in soaps]
    return _wrapped(_nodes(messages, version), st.sampled_from(wraps), form)


def _several(value: Any, what: str, known: Sequence[object]) -> list[Any]:
    values = [value] if value is None or isinstance(value, str) else list(value)
    for one in values or [values]:
        check(one, what, known)
    return values


def _enveloping(kind: Credentials, soap: str) -> Callable[[DrawFn, Node, int], Node]:
    def wrap(draw: DrawFn, message: Node, byte: int) -> Node:
        headers: list[Node] = []
        if kind == "authHeader":
            source = message_source(PRE_4_0, "authHeader")
            headers = [draw_from(draw, source).node]
        elif kind == "AuthUser":
            headers = old_credentials(draw(FREE_TEXT), draw(FREE_TEXT))
        return envelope(message, soap, headers, byte)

    return wrap


@overload
def plain_requests(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    credentials: bool | None = None,
    form: Literal["bytes"] = "bytes",
) -> SearchStrategy[bytes]: ...
@overload
def plain_requests(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    credentials: bool | None = None,
    form: Literal["element"],
) -> SearchStrategy[etree._Element]: ...
def plain_requests(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    credentials: bool | None = None,
    form: XmlForm = "bytes",
) -> SearchStrategy[Any]:
    """``Request`` elements without SOAP around messages.

    Args:
        messages: as for ``envelopes``.
        version: of the default messages.
        credentials: whether there is an authHeader; either by default.
        form: ``"bytes"`` or ``"element"``.

    Raises:
        ValueError: the version or form is unknown.
    """
    check(form, "form", ("bytes", "element"))

    def wrap(draw: DrawFn, message: Node, byte: int) -> Node:
        header = None
        if credentials or (credentials is None and byte >= 128):
            source = message_source(PRE_4_0, "authHeader", namespace=message.namespace)
            header = draw_from(draw, source).node
        return plain_request(message, header)

    return _wrapped(_nodes(messages, version), st.just(wrap), form)


@overload
def faults(
    kind: str | None = None,
    code: int | None = None,
    *,
    soap: Soap | Sequence[Soap] = ("1.1", "1.2", ""),
    form: Literal["bytes"] = "bytes",
) -> SearchStrategy[bytes]: ...
@overload
def faults(
    kind: str | None = None,
    code: int | None = None,
    *,
    soap: Soap | Sequence[Soap] = ("1.1", "1.2", ""),
    form: Literal["element"],
) -> SearchStrategy[etree._Element]: ...
def faults(
    kind: str | None = None,
    code: int | None = None,
    *,
    soap: Soap | Sequence[Soap] = ("1.1", "1.2", ""),
    form: XmlForm = "bytes",
) -> SearchStrategy[Any]:
    """Faults of the service.

    Args:
        kind: ``"authenticationFault"``, ``"authorizationFault"`` or ``"ipsApiFault"``.
        code: a documented code, such as 30001.
        soap: the envelope around it; ``""`` for the bare detail of an answer without SOAP.
        form: ``"bytes"`` or ``"element"``.

    Raises:
        ValueError: the form or SOAP version is unknown, or no documented code is of that kind.
    """
    check(form, "form", ("bytes", "element"))
    soaps = _several(soap, "SOAP version", ("1.1", "1.2", ""))
    codes = [
        row for row in FAULT_CODES.values() if kind in (None, row.kind) and code in (None, row.code)
    ]
    if not codes:
        raise ValueError(f"no fault of kind {kind} and code {code}; kinds are {', '.join(KINDS)}")
    inner = st.sampled_from(codes).flatmap(_fault_details)
    wraps = [_faulting(one) for one in soaps]
    return _wrapped(inner, st.sampled_from(wraps), form)


def _fault_details(row: FaultCode) -> SearchStrategy[Node]:
    def at_code(drawn: Drawn) -> Node:
        content = [
            node._replace(content=str(row.code)) if node.name == "code" else node
            for node in drawn.node.content
            if isinstance(node, Node)
        ]
        return drawn.node._replace(content=content)

    return rendered(options_of([message_source(PRE_4_0, row.kind)]), at_code)


def _faulting(soap: str) -> Callable[[DrawFn, Node, int], Node]:
    def wrap(_draw: DrawFn, detail: Node, byte: int) -> Node:
        return envelope(fault_in(soap, detail), soap, [], byte) if soap else detail

    return wrap


@st.composite
def _exchange(
    draw: DrawFn, pairs: Options[tuple[Source, Source | None]], soaps: list[str], form: str
) -> tuple[Any, Any]:
    asked, answering = draw(pairs.one)
    request = draw_from(draw, asked)
    # The handle in the answer has the company's number, without the blanks around it.
    sent = [
        node._replace(content=collapse(node.content))
        if node.name == "companyHandle" and isinstance(node.content, str)
        else node
        for node in request.node.content
        if isinstance(node, Node)
    ]
    question = request.node._replace(content=sent)
    soap = draw(st.sampled_from(soaps))
    if answering is None:
        detail = draw(st.sampled_from(list(FAULT_CODES.values())).flatmap(_fault_details))
        node, style = fault_in(soap, detail) if soap else detail, request.style
    else:
        response = draw_from(draw, answering)
        node, style = response.node, response.style
        if node.name == _RESPONSE:
            node = node._replace(content=[_handle_for(sent, asked.version)])
    if soap:
        question, node = envelope(question, soap, [], 0), envelope(node, soap, [], style[-1])
    return _xml(form, question, request.style), _xml(form, node, style)


def _handle_for(sent: list[Node], version: Version) -> Node:
    values = {node.name: str(node.content) for node in sent}
    handle = JobHandle(company_number(values["companyHandle"]), values["jobName"])
    text = handle.text(dated=version is not PRE_4_0)
    return Node(version.namespace, "jobHandle", text)


@overload
def exchanges(
    version: Versions = None,
    *,
    operation: str = "submitJob",
    faults: bool = True,
    soap: Soap | Sequence[Soap] = ("", "1.1", "1.2"),
    form: Literal["bytes"] = "bytes",
) -> SearchStrategy[tuple[bytes, bytes]]: ...
@overload
def exchanges(
    version: Versions = None,
    *,
    operation: str = "submitJob",
    faults: bool = True,
    soap: Soap | Sequence[Soap] = ("", "1.1", "1.2"),
    form: Literal["element"],
) -> SearchStrategy[tuple[etree._Element, etree._Element]]: ...
def exchanges(
    version: Versions = None,
    *,
    operation: str = "submitJob",
    faults: bool = True,
    soap: Soap | Sequence[Soap] = ("", "1.1", "1.2"),
    form: XmlForm = "bytes",
) -> SearchStrategy[tuple[Any, Any]]:
    """Requests with an answer to each, as ``validate_exchange`` accepts them.

    Args:
        version: one or several versions.
        operation: ``submitJob`` or another of the job family.
        faults: whether some answers are faults.
        soap: the envelopes around both; ``""`` for none.
        form: ``"bytes"`` or ``"element"``.

    Raises:
        ValueError: an argument has an unknown value.
    """
    check(form, "form", ("bytes", "element"))
    soaps = _several(soap, "SOAP version", ("", "1.1", "1.2"))
    check(operation, "operation", [name[:-5] for name in message_names() if name[-1] == "m"])
    pairs: list[tuple[Source, Source | None]] = []
    for one in versions_of(version):
        asked = [message_source(one, f"{operation}Param")]
        if operation == "submitJob":
            asked = request_sources((one,), None, {}, warnings=False)
        pairs += [(source, message_source(one, f"{operation}Return")) for source in asked]
        pairs += [(asked[0], None)] if faults else []
    return _exchange(Options(pairs, f"{operation}, {len(pairs)} kinds of exchanges"), soaps, form)
