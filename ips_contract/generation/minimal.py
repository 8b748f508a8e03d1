"""The least that a valid message or a part of one can be.

Mutations add it before they break it, and the mock answers it where nobody knows more.

Also the one way in which all that is random here is decided: ``choose`` picks one of a sequence.
It is ``random.Random(seed).choice`` or a draw of Hypothesis, which shrinks to the first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from lxml import etree

from ips_contract.contract.components import ANSWERS, AUTH
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, UNVERSIONED, version_for_namespace
from ips_contract.generation.plans import TreeBuilder, density, plan
from ips_contract.generation.serialization import Node, plain
from ips_contract.generation.simple_types import Mode, value_plan
from ips_contract.xml.envelope import SOAP_11
from ips_contract.xml.parser import local_name, namespace_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.contract.model import Field
    from ips_contract.contract.versions import Version

T = TypeVar("T")


class Choose(Protocol):
    """Picks one of ``options``."""

    def __call__(self, options: Sequence[T], /) -> T:
        """The option picked."""
        ...


def first(options: Sequence[T], /) -> T:
    """The plainest choice."""
    return options[0]


_REQUEST = Mode()


@lru_cache(maxsize=4096)
def _least(version: Version, name: str, type_name: str, mode: Mode = _REQUEST) -> Node:
    """The element ``name`` of a type with nothing in it but what must be; in no namespace."""
    if type_name not in contract(version).complex_types:
        made = value_plan(version, type_name, mode)
        return Node("", name, made.decode(bytes(made.width), 0, str))
    children = plan(version, type_name, mode)
    builder = TreeBuilder("", bytes(children.width), density(0), str)
    return Node("", name, builder.children(children, 0, name))


def _element(node: Node, namespace: str) -> etree._Element:
    element = etree.Element(f"{{{namespace}}}{node.name}")
    if isinstance(node.content, str):
        element.text = node.content or None
    else:
        element.extend([_element(child, namespace) for child in node.content])
    return element


def least_element(
    version: Version, field: Field, namespace: str, *, request: bool = True
) -> etree._Element:
    """The least element for ``field``, in a request or an answer, with its value or children."""
    return _element(_least(version, field.name, field.type, Mode(request=request)), namespace)


def least_names(version: Version, field: Field, *, request: bool = True) -> list[str]:
    """The names of the children of ``least_element``."""
    content = _least(version, field.name, field.type, Mode(request=request)).content
    return [] if isinstance(content, str) else [node.name for node in content]


def least_message(version: Version, name: str) -> etree._Element:
    """The least message ``name``."""
    # authHeader and fault details have the unversioned namespace in every version.
    namespace = UNVERSIONED if name in COMPANIONS else version.namespace
    type_name = contract(version).type_of(name, namespace)
    mode = Mode(request=not name.endswith(ANSWERS))
    return _element(_least(version, name, type_name, mode), namespace)


def least_answer(version: Version, name: str, namespace: str) -> str:
    """The least message ``name``, an answer, as XML text in ``namespace``.

    Args:
        version: the version whose fields it has.
        name: a message of the version, such as ``getFoldersReturn``.
        namespace: that of its elements: the version's own, or one that was never published.
    """
    node = _least(version, name, contract(version).messages[name], Mode(request=False))
    return plain(_placed(node, namespace)).decode()


def _placed(node: Node, namespace: str) -> Node:
    """``node`` in ``namespace``, with all that is in it."""
    content = node.content
    if not isinstance(content, str):
        content = [_placed(child, namespace) for child in content]
    return node._replace(namespace=namespace, content=content)


def least_login(message: etree._Element) -> list[etree._Element]:
    """The authHeader that goes with ``message``: the least, or none with an answer."""
    if not local_name(message).endswith("Param"):
        return []
    found = version_for_namespace(namespace_of(message))
    return [least_message(LATEST if found is None else found[0], AUTH)]


def enveloped(
    message: etree._Element, *header: etree._Element, soap: str = SOAP_11
) -> etree._Element:
    """A SOAP envelope around ``message``, with ``header`` in its Header, if there is any.

    By default a request has the least authHeader.
    """
    header = header or tuple(least_login(message))
    envelope = etree.Element(f"{{{soap}}}Envelope", nsmap={"soapenv": soap})
    if header:
        etree.SubElement(envelope, f"{{{soap}}}Header").extend(header)
    etree.SubElement(envelope, f"{{{soap}}}Body").append(message)
    return envelope
