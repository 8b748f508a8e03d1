"""Attributes of a message's elements: the API has none, and reads past some that clients send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.components import AUTH
from ips_contract.contract.schema import READ_PAST
from ips_contract.xml.parser import local_name
from ips_contract.xml.text import BLANKS, clipped, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI_NIL = f"{{{XSI}}}nil"
SOAP_ATTRIBUTES = tuple(f"{{{namespace}}}" for namespace in READ_PAST)  # How their names begin.
_XSI_TYPE = f"{{{XSI}}}type"
# They point at schemas; the service reads past them, too (O).
_XSI_LOCATIONS = (f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation")
# Built-in types that clients without a WSDL make up from how a value looks (SOAP::Lite has 47 for
# an int), or that are derived from the element's own. The value is judged; nothing rules them out.
_MADE_UP = frozenset(
    """
    boolean byte dateTime decimal double float int integer long normalizedString short string token
    unsignedByte unsignedInt unsignedShort
    """.split()
)
MOST_ATTRIBUTES = 100  # Of one element, others than SOAP's, that are looked at one by one.
_MOST_NAMESPACES = 100  # In the scope of one element, that are looked up for an xsi:type.

TOLERATED = ""  # Stands for a rule where the service reads past an attribute.
TOO_LARGE = "too-large"


def judge_attributes(
    element: etree._Element, types: set[str], namespace: str, *, foreign: bool
) -> Iterator[tuple[str, str]]:
    """The rules that the attributes of ``element`` break, and the messages.

    For an attribute that the service reads past and an XSD engine would refuse: ``TOLERATED`` and
    its name. After ``TOO_LARGE`` nothing of the message should be looked at any more.

    Args:
        element: the element.
        types: the names that xsi:type may give its type.
        namespace: the namespace that the message's elements should have.
        foreign: whether attributes of other namespaces may stand there.
    """
    if len(element.attrib) > MOST_ATTRIBUTES and _has_many_others(element):
        words = f"{local_name(element)} has {len(element.attrib)} attributes; it needs none."
        yield "stray-attribute", words
        return
    # Attributes that no xs:anyAttribute lets in: of the own namespace, and of XSD's instances.
    closed = (f"{{{namespace}}}", f"{{{XSI}}}")
    for key in list(element.attrib):  # Reading all values takes quadratic time.
        name = str(key)
        if name.startswith(SOAP_ATTRIBUTES) or name in _XSI_LOCATIONS:
            yield TOLERATED, name
            continue
        if name == _XSI_TYPE:
            names = element.nsmap
            if len(names) > _MOST_NAMESPACES:
                words = (
                    f"{len(names)} namespaces are declared around {local_name(element)}; with more "
                    f"than {_MOST_NAMESPACES} its xsi:type is not read."
                )
                yield TOO_LARGE, words
                return
            if _names_its_type(element, names, types, namespace):
                yield TOLERATED, name
                continue
        if foreign and name[0] == "{" and not name.startswith(closed):
            continue  # xs:anyAttribute of the type.
        yield "stray-attribute", _stray(element, name)


def _has_many_others(element: etree._Element) -> bool:
    """Whether there are too many attributes of others than SOAP."""
    names = map(str, element.attrib)
    return sum(not name.startswith(SOAP_ATTRIBUTES) for name in names) > MOST_ATTRIBUTES


def _names_its_type(
    element: etree._Element, scope: dict[str | None, str], types: set[str], namespace: str
) -> bool:
    """Whether xsi:type names the element's type: the service's WSDL's or our narrower one.

    ``scope`` has the namespaces around it by their prefixes.
    """
    prefix, _, local = element.get(_XSI_TYPE, "").strip(BLANKS).rpartition(":")
    if local == AUTH and local_name(element) == AUTH:
        return True  # PHP's SoapClient names the element where the type has no name (O).
    given = scope.get(prefix or None)
    if given == namespace:
        return local in types
    is_value = any(name[:3] == "xs:" for name in types)
    return is_value and given == XSD and local in _MADE_UP


def _stray(element: etree._Element, name: str) -> str:
    local = clipped(name.rpartition("}")[2])
    if name == XSI_NIL:
        advice = "to send no value, leave the element out"
    elif name == _XSI_TYPE:
        value = quoted(element.get(_XSI_TYPE, ""))
        advice = f"{value} is not the element's type; leave xsi:type out"
    else:
        advice = "elements of the API have no attributes; leave it out"
    return f"Attribute {local} on {local_name(element)}: {advice}."
