"""Strategies for what stands around a message: envelopes, plain Requests, faults, exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from hypothesis import strategies as st

from ips_contract.contract.faults import FAULT_CODES, KINDS, FaultCode
from ips_contract.contract.versions import LATEST, Version, version_for_namespace
from ips_contract.generation.envelopes import (
    envelope,
    fault_in,
    header_namespaces,
    old_credentials,
    plain_request,
)
from ips_contract.generation.handles import job_handle_for
from ips_contract.generation.messages import (
    Source,
    all_message_names,
    message_names,
    message_source,
    request_sources,
    versions_of,
)
from ips_contract.generation.serialization import STYLE_WIDTH, Node, from_element, to_element, write
from ips_contract.strategies.drawing import (
    FREE_TEXT,
    Options,
    check,
    draw_bytes,
    draw_from,
    element_from,
    options_of,
    rendered,
)
from ips_contract.wsdl.version import version_by
from ips_contract.xml.parser import parse
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy
    from lxml import etree

    from ips_contract.generation.messages import Versions
    from ips_contract.wsdl.version import GivenWsdl

    XmlForm = Literal["bytes", "element"]
    Credentials = Literal["authHeader", "basic", "AuthUser"] | None
    Soap = Literal["", "1.1", "1.2"]
    # Makes a wrapping of a message, and of bytes that choose what is left open.
    Wrap = Callable[[DrawFn, Node, bytes], Node]

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


# Bytes for what is left open in a wrapping. As many are drawn for each: Hypothesis gives up
# examples that turn out longer than their model.
_CHOICES = 40


@st.composite
def _wrapped(draw: DrawFn, inner: SearchStrategy[Node], wraps: list[Wrap], form: str) -> Any:
    data = draw_bytes(draw, _CHOICES + STYLE_WIDTH)
    node = draw(st.sampled_from(wraps))(draw, draw(inner), data[STYLE_WIDTH:])
    return _xml(form, node, data[:STYLE_WIDTH])


def _login(draw: DrawFn, version: Version, namespace: str, data: bytes) -> Node:
    source = message_source(version, "authHeader", namespace=namespace)
    assert source.plan.width < len(data)
    return element_from(draw, source, data)


def _is_request(message: Node) -> bool:
    return message.name.endswith("Param")


def _version_of(message: Node) -> Version:
    """The version of ``message``; what has no version takes the header of the last."""
    found = version_for_namespace(message.namespace)
    return found[0] if found is not None else LATEST


@overload
def envelopes(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    wsdl: GivenWsdl | None = None,
    credentials: Credentials | Sequence[Credentials] = "authHeader",
    soap: Soap | Sequence[Soap] = ("1.1", "1.2"),
    form: Literal["bytes"] = "bytes",
) -> SearchStrategy[bytes]: ...
@overload
def envelopes(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    wsdl: GivenWsdl | None = None,
    credentials: Credentials | Sequence[Credentials] = "authHeader",
    soap: Soap | Sequence[Soap] = ("1.1", "1.2"),
    form: Literal["element"],
) -> SearchStrategy[etree._Element]: ...
def envelopes(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    wsdl: GivenWsdl | None = None,
    credentials: Credentials | Sequence[Credentials] = "authHeader",
    soap: Soap | Sequence[Soap] = ("1.1", "1.2"),
    form: XmlForm = "bytes",
) -> SearchStrategy[Any]:
    """SOAP envelopes around messages.

    Args:
        messages: what stands in the Body, as bytes or elements; submitJob requests by default.
        version: of the default messages.
        wsdl: the WSDL that they are of, instead; as for ``submit_job_requests``.
        credentials: what requests have: one or several of ``"authHeader"``, ``"AuthUser"`` (the
            deprecated pair of headers: a warning), and None or ``"basic"`` for none in the
            envelope: a warning, too, unless ``validate`` is told that HTTP has them
            (``logged_in=True``). Answers have none.
        soap: ``"1.1"``, ``"1.2"`` or both.
        form: ``"bytes"`` or ``"element"``.

    Raises:
        ValueError: a version, form, kind of credentials or SOAP version is unknown.
    """
    check(form, "form", ("bytes", "element"))
    kinds = _several(credentials, "credentials", ("authHeader", None, "basic", "AuthUser"))
    soaps = _several(soap, "SOAP version", ("1.1", "1.2"))
    wraps = [_enveloping(kind, one) for kind in kinds for one in soaps]
    return _wrapped(_nodes(messages, version_by(version, wsdl)), wraps, form)


def _several(value: Any, what: str, known: Sequence[object]) -> list[Any]:
    values = [value] if value is None or isinstance(value, str) else list(value)
    for one in values or [values]:
        check(one, what, known)
    return values


def _enveloping(kind: Credentials, soap: str) -> Wrap:
    def wrap(draw: DrawFn, message: Node, data: bytes) -> Node:
        headers: list[Node] = []
        if not _is_request(message):
            pass
        elif kind == "authHeader":
            version = _version_of(message)
            spaces = header_namespaces(version)
            headers = [_login(draw, version, spaces[data[1] % len(spaces)], data[2:])]
        elif kind == "AuthUser":
            headers = old_credentials(draw(FREE_TEXT), draw(FREE_TEXT))
        return envelope(message, soap, headers, data[0])

    return wrap


@overload
def plain_requests(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    wsdl: GivenWsdl | None = None,
    credentials: bool | None = True,
    form: Literal["bytes"] = "bytes",
) -> SearchStrategy[bytes]: ...
@overload
def plain_requests(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    wsdl: GivenWsdl | None = None,
    credentials: bool | None = True,
    form: Literal["element"],
) -> SearchStrategy[etree._Element]: ...
def plain_requests(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element] | None = None,
    *,
    version: Versions = None,
    wsdl: GivenWsdl | None = None,
    credentials: bool | None = True,
    form: XmlForm = "bytes",
) -> SearchStrategy[Any]:
    """``Request`` elements without SOAP around messages.

    Args:
        messages: as for ``envelopes``.
        version: of the default messages.
        wsdl: the WSDL that they are of, instead; as for ``submit_job_requests``.
        credentials: whether requests have an authHeader (without, see ``envelopes``); None for
            either. Answers have none.
        form: ``"bytes"`` or ``"element"``.

    Raises:
        ValueError: the version or form is unknown.
    """
    check(form, "form", ("bytes", "element"))

    def wrap(draw: DrawFn, message: Node, data: bytes) -> Node:
        header = None
        wanted = credentials or (credentials is None and data[0] >= 128)
        if wanted and _is_request(message):
            header = _login(draw, _version_of(message), message.namespace, data[1:])
        return plain_request(message, header)

    return _wrapped(_nodes(messages, version_by(version, wsdl)), [wrap], form)


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
    return _wrapped(_fault_details(codes), [_faulting(one) for one in soaps], form)


@st.composite
def _fault_details(draw: DrawFn, codes: list[FaultCode]) -> Node:
    row = draw(st.sampled_from(codes))
    (drawn,) = draw_from(draw, message_source(LATEST, row.kind))
    return _with(drawn.node, "code", str(row.code))


def _with(node: Node, name: str, text: str) -> Node:
    """``node`` with another text in its child ``name``."""
    content = [
        child._replace(content=text) if child.name == name else child
        for child in node.content
        if isinstance(child, Node)
    ]
    return node._replace(content=content)


def _faulting(soap: str) -> Wrap:
    def wrap(_draw: DrawFn, detail: Node, data: bytes) -> Node:
        return envelope(fault_in(soap, detail), soap, [], data[0]) if soap else detail

    return wrap


@st.composite
def _exchange(
    draw: DrawFn, pairs: Options[tuple[Source, Source | None]], soaps: list[str], form: str
) -> tuple[Any, Any]:
    asked, answering = draw(pairs.one)
    soap = draw(st.sampled_from(soaps))
    row = draw(st.sampled_from(list(FAULT_CODES.values())))
    answering_with = answering or message_source(LATEST, row.kind)
    login = message_source(asked.version, "authHeader")
    request, answer, header = draw_from(draw, asked, answering_with, login)
    # The handle in the answer has the company's number, without the blanks around it.
    values = {
        child.name: str(child.content) for child in request.node.content if isinstance(child, Node)
    }
    question = _with(request.node, "companyHandle", collapse(values.get("companyHandle", "")))
    node = answer.node
    if answering is None:
        node = _with(node, "code", str(row.code))
        node = fault_in(soap, node) if soap else node
    elif node.name == _RESPONSE:
        handle = job_handle_for(values["companyHandle"], values["jobName"], asked.version)
        node = node._replace(content=[Node(asked.version.namespace, "jobHandle", handle)])
    if soap:
        question = envelope(question, soap, [header.node], 0)
        node = envelope(node, soap, [], answer.style[-1])
    return _xml(form, question, request.style), _xml(form, node, answer.style)


@overload
def exchanges(
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    operation: str = "submitJob",
    faults: bool = True,
    soap: Soap | Sequence[Soap] = ("", "1.1", "1.2"),
    form: Literal["bytes"] = "bytes",
) -> SearchStrategy[tuple[bytes, bytes]]: ...
@overload
def exchanges(
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    operation: str = "submitJob",
    faults: bool = True,
    soap: Soap | Sequence[Soap] = ("", "1.1", "1.2"),
    form: Literal["element"],
) -> SearchStrategy[tuple[etree._Element, etree._Element]]: ...
def exchanges(
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    operation: str = "submitJob",
    faults: bool = True,
    soap: Soap | Sequence[Soap] = ("", "1.1", "1.2"),
    form: XmlForm = "bytes",
) -> SearchStrategy[tuple[Any, Any]]:
    """Requests with an answer to each, as ``validate_exchange`` accepts them.

    Args:
        version: one or several versions.
        wsdl: the WSDL that they are of, instead; as for ``submit_job_requests``.
        operation: ``submitJob`` or any other.
        faults: whether some answers are faults.
        soap: the envelopes around both; ``""`` for none.
        form: ``"bytes"`` or ``"element"``.

    Raises:
        ValueError: an argument has an unknown value, or no such version has the operation.
    """
    check(form, "form", ("bytes", "element"))
    soaps = _several(soap, "SOAP version", ("", "1.1", "1.2"))
    check(operation, "operation", [name[:-5] for name in all_message_names() if name[-1] == "m"])
    known = versions_of(version_by(version, wsdl))
    versions = [one for one in known if f"{operation}Param" in message_names(one)]
    if not versions:
        raise ValueError(f"none of these versions has the operation {operation}")
    pairs: list[tuple[Source, Source | None]] = []
    for one in versions:
        asked = [message_source(one, f"{operation}Param")]
        if operation == "submitJob":
            asked = request_sources((one,), None, {}, warnings=False)
        pairs += [(source, message_source(one, f"{operation}Return")) for source in asked]
        pairs += [(asked[0], None)] if faults else []
    return _exchange(Options(pairs, f"{operation}, {len(pairs)} kinds of exchanges"), soaps, form)
