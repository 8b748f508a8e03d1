"""Envelopes, plain Requests and faults around a message, as trees."""

from __future__ import annotations

from ips_contract.contract.annotations import has_own_header
from ips_contract.contract.faults import AUTHENTICATION, AUTHORIZATION
from ips_contract.contract.versions import PRE_3_8, UNVERSIONED, Version
from ips_contract.generation.serialization import Node, QName
from ips_contract.xml.envelope import SOAP_11, SOAP_12

_SOAP = {"1.1": SOAP_11, "1.2": SOAP_12}
# Another header in the envelope, as gateways add them; the service reads past it.
_FOREIGN = Node("urn:example:trace", "Trace", "1")


def envelope(message: Node, soap: str, headers: list[Node], byte: int) -> Node:
    """A SOAP envelope; ``byte`` says what else is in the Header, or whether an empty one is."""
    space = _SOAP[soap]
    if byte >= 224:
        headers = [*headers, _FOREIGN]
    parts = [Node(space, "Body", [message])]
    if headers or byte >= 192:
        parts.insert(0, Node(space, "Header", headers))
    return Node(space, "Envelope", list(parts))


def header_namespaces(version: Version) -> tuple[str, ...]:
    """The namespaces in which authHeader stands beside messages of ``version``."""
    own = (version.namespace,) if has_own_header(version) else ()
    return (UNVERSIONED, *own)


def old_credentials(user: str, password: str) -> list[Node]:
    """The headers by which clients logged in before 3.8."""
    return [Node(PRE_3_8, "AuthUser", user), Node(PRE_3_8, "AuthPassword", password)]


def plain_request(message: Node, header: Node | None) -> Node:
    """A ``Request`` without SOAP."""
    return Node(message.namespace, "Request", [header, message] if header else [message])


def fault_in(soap: str, detail: Node) -> Node:
    """The Fault around ``detail``, in the words that belong to its kind."""
    client, sender, words = {
        AUTHENTICATION: ("Client", "Sender", "AuthenticationException"),
        AUTHORIZATION: ("Client", "Sender", "AuthorizationException"),
    }.get(detail.name, ("Server", "Receiver", "ipsApiFault"))
    space = _SOAP[soap]
    if soap == "1.1":
        parts = [
            Node("", "faultcode", QName(space, client)),
            Node("", "faultstring", words),
            Node("", "detail", [detail]),
        ]
    else:
        reason = Node(space, "Text", words, (("xml:lang", "en"),))
        parts = [
            Node(space, "Code", [Node(space, "Value", QName(space, sender))]),
            Node(space, "Reason", [reason]),
            Node(space, "Detail", [detail]),
        ]
    return Node(space, "Fault", list(parts))
