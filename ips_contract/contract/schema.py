"""The annotated schema, read once: compiled schemas for each version.

The files of ``xsd/`` are the one table of the contract; the head of ``ips.xsd`` explains their
``f:`` attributes. From them come, for a version:

- the **strict** schema: what the service accepts; facets whose rule only warns are left out;
- the **clean** schema: the strict one less all that any rule remarks on or that a check beyond
  XSD must look at. A message it accepts has no findings, so that most messages need one pass
  of the C engine and nothing else (see ``docs/design.md``);
- the **service** schema: as the service's WSDL has it, constants as ``xsd:string``, optional
  elements instead of choices.

The same files read as rows are in ``ips_contract.contract.model``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from lxml import etree

from ips_contract.contract.rules import RULES, WARNING
from ips_contract.contract.versions import PRE_4_0, RANKS, UNVERSIONED, Version
from ips_contract.resources import folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.resources.abc import Traversable

XS = "{http://www.w3.org/2001/XMLSchema}"
FACTS = "{urn:ips-contract:facts}"
STRICT, CLEAN, SERVICE = "strict", "clean", "service"
AUTH = "authHeader"

_SINCE, _UNTIL, _RULE = FACTS + "since", FACTS + "until", FACTS + "rule"
_REQUIRED, _OPTIONAL, _SHOWN = FACTS + "required", FACTS + "optional", FACTS + "shown"
_PRESENT, _ABSENT, _CHECK = FACTS + "present", FACTS + "absent", FACTS + "check"
_SERVICE, _OPEN, _COMPANION = FACTS + "service", FACTS + "open", FACTS + "unversioned"
_ENUMERATION, _ELEMENT = XS + "enumeration", XS + "element"
# Six times as fast as to name the attributes.
_VARYING = etree.XPath("descendant::*[@f:*]", namespaces={"f": FACTS[1:-1]})
_WARNS = frozenset(row.id for row in RULES.values() if row.severity == WARNING)
# A check whose element the clean schema keeps, because validate() can do it without a diagnosis.
_KEPT_CHECKS = frozenset({"absolute-url"})
# The WSDL types of values that the contract narrows (FACTS section 5: constants are strings).
_SERVICE_BASE = {"xs:token": "xs:string"}
# Schemas that a process may need: those of the messages it sees, in some versions and wrappings.
_CACHED = 256


def schema_directory() -> Traversable:
    """The folder that holds ``ips.xsd``."""
    return folder("xsd", cloned="xsd")


def sources() -> list[Callable[[], bytes]]:
    """What reads the files of ``xsd/`` that ``ips.xsd`` includes, in that order."""
    parts = _main().split(b'schemaLocation="')[1:]
    return [partial(_read, part[: part.index(b'"')].decode()) for part in parts]


@lru_cache(maxsize=1)
def _main() -> bytes:
    return _read("ips.xsd")


def _read(name: str) -> bytes:
    return schema_directory().joinpath(name).read_bytes().replace(b"\r\n", b"\n")


def master_text() -> bytes:
    """The annotated schema, all files of ``xsd/`` as one."""
    return schema_of([b"\n\n" + _body(read()) for read in sources()])


def _body(text: bytes) -> bytes:
    """A file's part between its head, with what it includes, and its end."""
    begin = text.index(b"\n\n", text.rindex(b"<xs:include")) if b"<xs:include" in text else 0
    begin = begin or text.index(b"\n\n", text.index(b"<xs:schema"))
    return text[begin : text.rindex(b"</xs:schema>")].strip(b"\n")


_END = b"\n</xs:schema>\n"


class Components(Mapping[str, bytes]):
    """The components of the annotated schema by name; elements of one name together.

    A component is a paragraph of a file. All of one name are in one file, which is read when no
    file before it has the name: what everybody asks for is in the first ones.
    """

    def __init__(self, texts: list[Callable[[], bytes]]) -> None:
        """Prepares the table; ``texts`` read the files."""
        self._unread = texts[::-1]
        self._found: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        while name not in self._found:
            if not self._unread:
                raise KeyError(name)
            self._read_next()
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        while self._unread:
            self._read_next()
        return iter(self._found)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _read_next(self) -> None:
        found = self._found
        for paragraph in _body(self._unread.pop()()).split(b"\n\n"):
            name = paragraph.partition(b' name="')[2].partition(b'"')[0].decode()
            if name:
                found[name] = found.get(name, b"") + b"\n\n" + paragraph


@lru_cache(maxsize=1)
def components() -> Components:
    """The components of ``xsd/``; kept per process."""
    return Components(sources())


def _plain(text: bytes) -> bytes:
    """Components less their evidence, roles and documentation.

    No rendering depends on them, and to parse them takes longer than to cut them out.
    """
    for start, end in ((b' f:by="', b'"'), (b' f:roles="', b'"'), (b"<xs:annotation>", _ANNOTATED)):
        first, *rest = text.split(start)
        text = first + b"".join([part[part.index(end) + len(end) :] for part in rest])
    return text


_ANNOTATED = b"</xs:annotation>"


def needed_text(elements: tuple[str, ...]) -> bytes:
    """The annotated schema less all that the global ``elements`` do not need.

    To leave out unread what nobody asked for saves nearly all of the time that the whole takes.

    Raises:
        KeyError: there is no such element.
    """
    known = components()
    waiting = list(elements)
    needed = dict.fromkeys(waiting)
    for name in waiting:
        component = known[name]
        for attribute in (b' type="', b' base="', b' f:service="'):
            for part in component.split(attribute)[1:]:
                used = part[: part.index(b'"')].decode()
                # Types of XSD's own have no component here.
                if used not in needed and not used.startswith("xs:"):
                    needed[used] = None
                    waiting.append(used)
    return schema_of([known[name] for name in needed])


def schema_of(parts: list[bytes]) -> bytes:
    """Components of the annotated schema as a schema of their own."""
    main = _main()
    return main[: main.index(b"\n\n", main.index(b"<xs:schema"))] + b"".join(parts) + _END


def parse_schema(text: bytes) -> etree._Element:
    """The root of our own schema; the parser for documents from outside is ``envelope.parse``."""
    return etree.fromstring(text, etree.XMLParser(remove_comments=True, remove_blank_text=True))


def _present(node: etree._Element, rank: int) -> bool:
    since, until = node.get(_SINCE), node.get(_UNTIL)
    if until is not None and rank >= RANKS[until]:
        return False
    return since is None or rank >= RANKS[since.partition("..")[0]]


def has(node: etree._Element, version: Version) -> bool:
    """Whether ``version`` has ``node``, by its WSDL or the change log."""
    return any(_present(node, rank) for rank in version.ranks)


def is_late(node: etree._Element, version: Version) -> bool:
    """Whether ``node`` came after ``version``, and is accepted there with a remark all the same.

    The seed pages document every parameter of submitJob in the unversioned namespace (S over L).
    """
    shown = node.get(_SHOWN)
    return shown is not None and RANKS[shown] in version.ranks and not has(node, version)


def is_required(node: etree._Element, version: Version) -> bool:
    """Whether ``version`` requires the element ``node``: all its neighbours do, between some."""
    required, optional = node.get(_REQUIRED), node.get(_OPTIONAL)
    for rank in version.ranks:
        always = node.get("minOccurs") != "0"
        needs = always if required is None else rank >= RANKS[required]
        loosened = optional is not None and rank >= RANKS[optional]
        if loosened or not needs or not _present(node, rank):
            return False
    return True


def absent_rule(node: etree._Element, version: Version) -> str | None:
    """The rule that the optional element ``node`` falls under by being absent."""
    rule = node.get(_ABSENT)
    if rule is not None or node.get(_REQUIRED) is None or is_required(node, version):
        return rule
    # A later WSDL requires it, and that of this version is not known.
    return "missing-inferred" if all(_present(node, rank) for rank in version.ranks) else None


def adapt(root: etree._Element, version: Version) -> None:
    """Makes all fields of types that pre-4.0 lacks accepted in pre-4.0, and right after it.

    Its WSDL says nothing of what is in a job that only the seed pages document there.
    """
    if PRE_4_0.rank not in version.ranks:
        return
    for kind in root.iterchildren(XS + "complexType"):
        if _SINCE in kind.attrib:
            for node in kind.iter(_ELEMENT):
                node.attrib.pop(_SINCE, None)


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
    text = needed_text(elements) if elements else master_text()
    text = text if documented else _plain(text)
    root = parse_schema(text.replace(f'"{UNVERSIONED}"'.encode(), f'"{namespace}"'.encode()))
    adapt(root, version)
    _keep_elements(root, version, namespace, elements)
    checked = {
        node.get("name")
        for node in root.iterchildren(XS + "simpleType", XS + "complexType")
        if node.get(_CHECK, "absolute-url") not in _KEPT_CHECKS
    }
    # Few nodes differ: one XPath is cheaper than a walk.
    for node in _VARYING(root):
        _adapt_node(node, version, flavour)
    if flavour == CLEAN:
        for node in [n for n in root.iter(_ELEMENT) if n.get("type") in checked]:
            _remove(node)
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


def has_own_header(version: Version) -> bool:
    """Whether the WSDL of ``version`` binds an authHeader in the version's own namespace (L)."""
    return any(rank >= RANKS["6.8"] for rank in version.ranks)


def _adapt_node(node: etree._Element, version: Version, flavour: str) -> None:
    """Makes ``node`` as the schema of ``flavour`` has it in ``version``, or removes it."""
    if not has(node, version) and (flavour == SERVICE or not is_late(node, version)):
        if node.tag != XS + "complexType":  # Nothing reaches it.
            _remove(node)
    elif _is_dropped(node, version, flavour):
        _remove(node)
    elif node.tag == _ELEMENT:
        _adapt_element(node, version, flavour)
    elif flavour == STRICT and _OPEN in node.attrib:
        for constant in node.findall(f"*/{_ENUMERATION}"):
            _remove(constant)


def _adapt_element(node: etree._Element, version: Version, flavour: str) -> None:
    """Makes the element ``node`` as ``version`` has it: required or not, its type, its limit."""
    parent = node.getparent()
    assert parent is not None
    if flavour == CLEAN and absent_rule(node, version) is not None and not is_late(node, version):
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


def _is_dropped(node: etree._Element, version: Version, flavour: str) -> bool:
    """Whether a schema of ``flavour`` lacks ``node``, which the version has."""
    warns = node.get(_RULE) in _WARNS
    if flavour == CLEAN:
        if is_late(node, version) or _PRESENT in node.attrib:
            return True
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


def compiled(
    version: Version, flavour: str, namespace: str, elements: tuple[str, ...] = ()
) -> etree.XMLSchema:
    """The schema of ``render()``, compiled by libxml2; kept per process.

    Those of namespaces that a sender made up have a small cache of their own: else a thousand dates
    would push out what everybody needs.
    """
    keep = _known if namespace in (version.namespace, UNVERSIONED) else _foreign
    return keep(version, flavour, namespace, elements)


def _compiled(
    version: Version, flavour: str, namespace: str, elements: tuple[str, ...]
) -> etree.XMLSchema:
    return etree.XMLSchema(render(version, flavour, namespace, elements))


_known, _foreign = lru_cache(maxsize=_CACHED)(_compiled), lru_cache(maxsize=16)(_compiled)


# A SOAP envelope around one message: no more than what a clean one needs.
_ENVELOPE = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{soap}"
           xmlns="{soap}" elementFormDefault="qualified">
  <xs:complexType name="Header"><xs:sequence>
    <xs:any namespace="{headers}" processContents="strict" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="Body"><xs:sequence>
    <xs:any namespace="{message}" processContents="strict"/>
  </xs:sequence></xs:complexType>
  <xs:element name="Envelope"><xs:complexType><xs:sequence>
    <xs:element name="Header" type="Header" minOccurs="0"/>
    <xs:element name="Body" type="Body"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""


class _Imports(etree.Resolver):
    """Gives libxml2 the schemas that one imports, by their namespaces."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts

    def resolve(self, system_url: str | None, _public_id: str | None, context: Any) -> Any:
        """The answer to libxml2 asking for the document at ``system_url``."""
        return self.resolve_string(self._texts[system_url or ""], context)


@lru_cache(maxsize=_CACHED)
def compiled_envelope(
    version: Version, soap: str, messages: tuple[str, ...] = ()
) -> etree.XMLSchema:
    """The schema of a clean envelope in namespace ``soap`` around a clean message.

    It takes any of its global elements in the Header: that they are authHeader, see to yourself.

    Args:
        version: the API version.
        soap: namespace of the envelope.
        messages: names of the messages that it knows; by default all.
    """
    # The message's schema imports the envelope's, which is small, and not the other way round:
    # what is imported is parsed once more.
    own = has_own_header(version) or version == PRE_4_0
    headers = dict.fromkeys((UNVERSIONED, version.namespace) if own else (UNVERSIONED,))
    text = _ENVELOPE.format(soap=soap, message=version.namespace, headers=" ".join(headers))
    texts = {soap: text.encode()}
    root = render(version, CLEAN, elements=(*messages, AUTH) if messages and own else messages)
    if version != PRE_4_0:
        texts[UNVERSIONED] = etree.tostring(render(version, CLEAN, UNVERSIONED, (AUTH,)))
    for namespace in texts:
        root.insert(0, etree.Element(XS + "import", namespace=namespace, schemaLocation=namespace))
    parser = root.getroottree().parser
    assert parser is not None
    parser.resolvers.add(_Imports(texts))
    return etree.XMLSchema(root)


@lru_cache(maxsize=1)
def message_names() -> frozenset[str]:
    """The names of all messages of all versions, and of authHeader and the fault details."""
    return frozenset(name for name in components() if is_message(name))


def is_message(name: str) -> bool:
    """Whether a version has a message called ``name``, or a companion."""
    return components().get(name, b"").startswith(_GLOBAL_ELEMENT)


_GLOBAL_ELEMENT = b"\n\n  <xs:element "
