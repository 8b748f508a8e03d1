"""The schema of a version, rendered from the annotated one.

- The **strict** schema: what the service accepts; facets whose rule only warns are left out.
- The **clean** schema: the strict one less all that any rule remarks on, of answers less what rules
  for answers do; in place of checks beyond XSD it has patterns of what passes them for certain. A
  message it accepts has no findings but
  those that ``checked_elements()`` may have. So most messages need one pass of the C engine and
  nothing else (see ``docs/maintainers/design.md``).
- The **service** schema: as the service's WSDL has it, constants as ``xsd:string``, optional
  elements instead of choices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ips_contract.contract.annotations import (
    absent_rule,
    adapt,
    has,
    has_own_header,
    is_late,
    is_required,
)
from ips_contract.contract.components import (
    ANSWERS,
    AUTH,
    FACTS,
    XS,
    components_of,
    needed_text,
    parse_schema,
    text_of,
)
from ips_contract.contract.cron import MAX_LENGTH
from ips_contract.contract.rules import REQUEST_ONLY, RULES, WARNING
from ips_contract.contract.usual_values import USUAL
from ips_contract.contract.versions import PRE_4_0, UNVERSIONED
from ips_contract.xml.envelope import SOAP_11, SOAP_12, SOAP_ENCODING

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version

STRICT, CLEAN, SERVICE = "strict", "clean", "service"
# A check of ours that no type names: libxml2 takes a text without any letter of Base64 for some.
BASE64 = "base64"

_RULE, _PRESENT, _ABSENT = FACTS + "rule", FACTS + "present", FACTS + "absent"
_CHECK = FACTS + "check"
_SERVICE, _OPEN, _COMPANION = FACTS + "service", FACTS + "open", FACTS + "unversioned"
_ENUMERATION, _ELEMENT = XS + "enumeration", XS + "element"
_ANY_ATTRIBUTE = XS + "anyAttribute"
# Namespaces of attributes that the service reads past: encodingStyle, mustUnderstand and such (O).
READ_PAST = (SOAP_11, SOAP_12, SOAP_ENCODING)
_SOAP_ATTRIBUTES = {"namespace": " ".join(READ_PAST), "processContents": "skip"}
# What an ``f:`` attribute says something of.
_VARYING = etree.XPath("descendant::*[@f:*]", namespaces={"f": FACTS[1:-1]})
_WARNS = frozenset(row.id for row in RULES.values() if row.severity == WARNING)
# The WSDL types of values that the contract narrows (FACTS section 5: constants are strings).
_SERVICE_BASE = {"xs:token": "xs:string"}


def _plain(text: bytes) -> bytes:
    """Components less their evidence, roles and documentation.

    No rendering depends on them, and to parse them takes longer than to cut them out.
    """
    for start, end in ((b' f:by="', b'"'), (b' f:roles="', b'"'), (b"<xs:annotation>", _ANNOTATED)):
        first, *rest = text.split(start)
        text = first + b"".join([part[part.index(end) + len(end) :] for part in rest])
    return text


_ANNOTATED = b"</xs:annotation>"


def render(
    version: Version,
    flavour: str,
    namespace: str | None = None,
    elements: tuple[str, ...] = (),
    *,
    documented: bool = False,
) -> etree._Element:
    """The schema of ``version`` as a new ``xs:schema`` element.

    Args:
        version: the API version.
        flavour: ``STRICT``, ``CLEAN`` or ``SERVICE``.
        namespace: target namespace; the version's own by default. In the unversioned one a dated
            version has authHeader and the faults.
        elements: global elements to render with their types; by default all.
        documented: with the documentation of types and elements.

    Raises:
        KeyError: there is no such element.
    """
    # xs:schema declares the namespace as its default; an element cannot be told another one, so
    # the text is changed. The quotes keep longer namespaces that start alike out of it.
    namespace = namespace or version.namespace
    known = components_of(version)
    text = needed_text(elements, known) if elements else text_of(version)
    text = text if documented else _plain(text)
    root = parse_schema(text.replace(f'"{UNVERSIONED}"'.encode(), f'"{namespace}"'.encode()))
    adapt(root, version)
    _keep_elements(root, version, namespace, elements)
    # No rule for requests alone is about authHeader, which can be rendered with an answer.
    is_answer = bool(elements) and all(n.endswith(ANSWERS) for n in elements if n != AUTH)
    ignored = REQUEST_ONLY if is_answer else frozenset()
    # Few nodes differ: one XPath is cheaper than a walk.
    for node in _VARYING(root):
        _adapt_node(node, version, flavour, ignored)
    if flavour == CLEAN:
        for node in root.iterchildren(XS + "simpleType"):
            if node.get(_CHECK) in USUAL:
                _narrow(node[-1], USUAL[node.get(_CHECK, "")])
        for node in root.iterchildren(XS + "complexType"):
            if node.find(_ANY_ATTRIBUTE) is None:  # Which lets these in, and more.
                etree.SubElement(node, _ANY_ATTRIBUTE, _SOAP_ATTRIBUTES)
    if version.between or version == PRE_4_0:
        _join_twins(root)
    if flavour == SERVICE:
        _relax(root)
    else:
        for node in root.iterchildren(XS + "complexType"):
            group = node.find(XS + "sequence")
            if group is not None and not len(group):
                _let_blanks_in(group)
    return root


def _narrow(restriction: etree._Element, pattern: str) -> None:
    """Lets ``pattern`` stand alone: those of one restriction are alternatives.

    What is longer than a check reads is left to the check.
    """
    for facet in restriction.findall(XS + "pattern"):
        restriction.remove(facet)
    etree.SubElement(restriction, XS + "maxLength", value=str(MAX_LENGTH))
    etree.SubElement(restriction, XS + "pattern", value=pattern)


class CheckedElement(NamedTuple):
    """An element whose type has a check beyond XSD.

    ``name`` is its name without the namespace, in bytes. ``checks`` has the names of its checks, as
    in ``f:check``: of more than one type if it has other types elsewhere.
    """

    name: bytes
    checks: tuple[str, ...]


def checked_elements(root: etree._Element) -> dict[str, CheckedElement]:
    """The elements that a clean schema may accept though a check has something to say, by tag.

    Args:
        root: a schema as ``render()`` makes it.
    """
    checks = {
        node.get("name"): node.get(_CHECK, "")
        for node in root.iterchildren(XS + "simpleType", XS + "complexType")
        if node.get(_CHECK, "") not in ("", *USUAL)
    }
    checks["xs:base64Binary"] = BASE64
    found: dict[str, dict[str, None]] = {}
    for node in root.iter(_ELEMENT):
        if node.get("type") in checks:
            tag = f"{{{root.get('targetNamespace')}}}{node.get('name')}"
            found.setdefault(tag, {})[checks[node.get("type")]] = None
    return {
        tag: CheckedElement(tag.rpartition("}")[2].encode(), tuple(names))
        for tag, names in found.items()
    }


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _keep_elements(
    root: etree._Element, version: Version, namespace: str, elements: tuple[str, ...]
) -> None:
    """Leaves the global elements that ``version`` has in ``namespace``."""
    twins: dict[str | None, etree._Element] = {}
    own_header = has_own_header(version)
    for node in root.findall(_ELEMENT):
        companion = _COMPANION in node.attrib
        if companion and has(node, version):
            if node.get("name") in twins:  # Between versions, the later, which is the looser.
                _remove(twins[node.get("name")])
            twins[node.get("name")] = node
        if version == PRE_4_0 or not has(node, version):
            continue  # There all have one namespace; what the version lacks goes anyhow.
        name = node.get("name")
        if namespace == UNVERSIONED:
            keep = companion or (bool(elements) and name != AUTH)
        else:
            # A companion in a version's own namespace is judged as in the unversioned one.
            stray = elements == (name,) and not (name == AUTH and own_header)
            keep = not companion or stray
        if not keep:
            _remove(node)


def _adapt_node(
    node: etree._Element, version: Version, flavour: str, ignored: frozenset[str]
) -> None:
    """Makes ``node`` as the schema of ``flavour`` has it in ``version``, or removes it.

    ``ignored``: rules that a clean schema does not see to.
    """
    if not has(node, version) and (flavour == SERVICE or not is_late(node, version)):
        if node.tag != XS + "complexType":  # Nothing reaches it.
            _remove(node)
    elif _is_dropped(node, version, flavour, ignored):
        _remove(node)
    elif node.tag == _ELEMENT:
        _adapt_element(node, version, flavour, ignored)
    elif flavour == STRICT and _OPEN in node.attrib:
        for constant in node.findall(f"*/{_ENUMERATION}"):
            _remove(constant)


def _adapt_element(
    node: etree._Element, version: Version, flavour: str, ignored: frozenset[str]
) -> None:
    """Makes the element ``node`` as ``version`` has it: required or not, its type, its limit."""
    parent = node.getparent()
    assert parent is not None
    rule = absent_rule(node, version) if flavour == CLEAN else None
    if rule is not None and rule not in ignored and not is_late(node, version):
        node.attrib.pop("minOccurs", None)
    elif parent.tag in (XS + "sequence", XS + "all"):
        # Clients without it were served (O); the WSDL requires it all the same (L).
        by_wsdl = flavour == SERVICE and node.get(_ABSENT) == "missing-tolerated"
        if by_wsdl or is_required(node, version):
            node.attrib.pop("minOccurs", None)
        else:
            node.set("minOccurs", "0")
    if flavour == SERVICE and _SERVICE in node.attrib:
        node.set("type", node.get(_SERVICE, ""))
    if flavour == STRICT and node.get(_RULE) in _WARNS:
        node.set("maxOccurs", "unbounded")


def _join_twins(root: etree._Element) -> None:
    """Leaves the later of two neighbours of one name: where versions differ, it is the looser."""
    for node in root.iter(_ELEMENT):
        before = node.getprevious()
        if before is not None and before.tag == _ELEMENT and before.get("name") == node.get("name"):
            _remove(before)


def _let_blanks_in(group: etree._Element) -> None:
    """Lets white space stand in elements whose ``group`` of children is empty.

    XSD forbids it in empty content, and whoever indents XML puts it there; to element content, even
    if nothing can stand there, it is nothing (XSD 1.0 part 1, section 3.4.4).
    """
    group.tag = XS + "choice"
    group.set("minOccurs", "0")
    etree.SubElement(group, XS + "sequence")


def _is_dropped(
    node: etree._Element, version: Version, flavour: str, ignored: frozenset[str]
) -> bool:
    """Whether a schema of ``flavour`` lacks ``node``, which the version has."""
    rule, present = node.get(_RULE), node.get(_PRESENT)
    warns = rule in _WARNS
    if flavour == CLEAN:
        if is_late(node, version) or (present is not None and present not in ignored):
            return True
        if rule in ignored:
            return node.tag not in (_ENUMERATION, _ELEMENT)
        return warns and node.tag == _ENUMERATION  # A constant that is accepted with a warning.
    return flavour == STRICT and warns and node.tag not in (_ENUMERATION, _ELEMENT)


def schema_text(version: Version) -> str:
    """The strict schema of ``version`` as XML text, without our ``f:`` attributes."""
    root = render(version, STRICT, documented=True)
    for node in root.iter(etree.Element):
        for name in [name for name in node.attrib if name.startswith(FACTS)]:
            del node.attrib[name]
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    return text.replace(' xmlns:f="urn:ips-contract:facts"', "") + "\n"


def _relax(root: etree._Element) -> None:
    """Turns the strict schema into the service's: built-in types, no choices."""
    bases: dict[str, str] = {}
    for node in list(root.iterchildren(XS + "simpleType")):
        base = node[-1].get("base", "")
        bases[node.get("name", "")] = _SERVICE_BASE.get(base, base)
        root.remove(node)
    for element in root.iter(XS + "element"):
        kind = element.get("type")
        while kind in bases:
            kind = bases[kind]
            element.set("type", kind)
    for choice in list(root.iter(XS + "choice")):
        parent = choice.getparent()
        assert parent is not None
        at = parent.index(choice)
        for offset, element in enumerate(list(choice)):
            element.set("minOccurs", "0")
            parent.insert(at + offset, element)
        parent.remove(choice)
