"""The WSDL: its structure, the facts in it, and what unmodified client stacks make of it.

Every line of docs/reference/wsdl.md that says what is in it is held here.
"""

from __future__ import annotations

import io
import json
import random
import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import suds  # type: ignore[import-untyped]
import xmlschema
import zeep
from lxml import etree
from suds.client import Client as SudsClient  # type: ignore[import-untyped]

from ips_contract import VERSIONS, Version, find_version, mock
from ips_contract.contract.compiled_schemas import compiled
from ips_contract.contract.faults import KINDS
from ips_contract.contract.model import contract
from ips_contract.contract.schema import STRICT
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED
from ips_contract.contract.wsdl import operations, wsdl
from ips_contract.mock.state.accounts import Account, Accounts
from tests.messages import Generator
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.model import Contract, SimpleType

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.

ADDRESS = "http://127.0.0.1:8080/scene7/services/IpsApiService"
TNS = "http://www.scene7.com/IpsApi"
XS = "http://www.w3.org/2001/XMLSchema"
NAMES = {
    "w": "http://schemas.xmlsoap.org/wsdl/",
    "s": "http://schemas.xmlsoap.org/wsdl/soap/",
    "t": "http://schemas.xmlsoap.org/wsdl/soap12/",
    "x": XS,
}
FACTS = Path(__file__).parents[1] / "facts"
# The versions whose WSDL is known as a whole.
PUBLISHED = [find_version("6.6"), find_version("6.8")]
each_version = pytest.mark.parametrize("version", VERSIONS, ids=str)
each_published = pytest.mark.parametrize("version", PUBLISHED, ids=str)
with_and_without_soap12 = pytest.mark.parametrize("soap12", [True, False], ids=["both", "soap11"])


@cache
def document(version: Version, *, soap12: bool = True) -> etree._Element:
    return etree.fromstring(wsdl(version, ADDRESS, soap12=soap12))


def found(root: etree._Element, path: str) -> list[Any]:
    nodes = root.xpath(path, namespaces=NAMES)
    assert isinstance(nodes, list)
    return nodes


def schema_node(version: Version, namespace: str) -> etree._Element:
    (node,) = found(document(version), f"/*/w:types/x:schema[@targetNamespace='{namespace}']")
    assert isinstance(node, etree._Element)
    return node


@cache
def schema_of(version: Version) -> etree.XMLSchema:
    """The inline schema of the version's own namespace, compiled by libxml2."""
    node = schema_node(version, version.namespace)
    return etree.XMLSchema(etree.fromstring(etree.tostring(node)))  # With all its prefixes.


def names_of(node: etree._Element, key: str) -> tuple[str, str]:
    """Namespace and local name of the QName in an attribute."""
    prefix, _, local = node.get(key, "").partition(":")
    return node.nsmap[prefix], local


def header_namespace(version: Version) -> str:
    """Where the authHeader is that the WSDL binds (FACTS section 1)."""
    return version.namespace if version is LATEST else UNVERSIONED


# ======== Structure ========

BOUND = "(//s:body | //s:header | //s:fault | //t:body | //t:header | //t:fault)"
# What must hold, as an XPath that is true. BP: a rule of the WS-I Basic Profile 1.1.
PORT, BINDING = "//w:portType/w:operation", "//w:binding/w:operation"
SHAPE = "name(*[1]) = 'wsdl:input' and name(*[2]) = 'wsdl:output' and count(*) = 5"
RESPONSE = "concat(@name, 'Response')"
JOBS = "//x:element[@name = 'submitJobParam']//x:element[contains(@type, 'Job')]"
HTTP = "http://schemas.xmlsoap.org/soap/http"
TRUE = [
    ("the name", "/w:definitions/@name = 'IpsApi'"),
    ("the namespace", f"/w:definitions/@targetNamespace = '{TNS}'"),
    ("the port type", "count(//w:portType) = 1 and //w:portType/@name = 'IpsApiPortType'"),
    ("the service", "count(//w:service) = 1 and //w:service/@name = 'IpsApiService'"),
    ("the first binding is for SOAP 1.1", "//w:binding[1]/s:binding"),
    ("its name", "//w:binding[1]/@name = 'IpsApiServiceSoapBinding'"),
    ("the first port is for SOAP 1.1", "//w:port[1]/s:address"),
    ("its name", "//w:port[1]/@name = 'IpsApiSoapPort'"),
    ("its binding", "//w:port[1]/@binding = 'tns:IpsApiServiceSoapBinding'"),
    ("the port type of bindings", "not(//w:binding[not(@type = 'tns:IpsApiPortType')])"),
    ("schemas inline", "not(//w:import | //x:import | //x:include | //x:redefine)"),
    ("qualified", "not(//x:schema[not(@elementFormDefault = 'qualified')])"),
    ("no choice", "not(//x:choice | //x:any)"),
    ("constants are strings", "not(//x:simpleType | //x:restriction | //x:enumeration)"),
    ("nothing nillable", "not(//@nillable)"),
    ("only built-in types and complex ones", "not(//x:attribute | //x:extension)"),
    ("each global element has its own type", "not(//x:schema/x:element[@type])"),
    ("which has no name", "not(//x:schema/x:element/x:complexType/@name)"),
    ("job elements are optional", f"not({JOBS}[not(@minOccurs = '0')])"),
    ("BP R2204 parts are elements", "not(//w:part[@type] | //w:part[not(@element)])"),
    ("BP R2201 R2210 a message has one part", "not(//w:message[count(w:part) != 1])"),
    ("BP R2201 which is the body", "not(//s:body/@parts | //t:body/@parts)"),
    ("BP R2701 R2705 document", "not((//s:binding | //t:binding)[not(@style = 'document')])"),
    ("BP R2705 document everywhere", "not((//s:operation | //t:operation)/@style)"),
    ("BP R2702 HTTP", f"not((//s:binding | //t:binding)[not(@transport = '{HTTP}')])"),
    ("BP R2707 R2723 literal", f"not({BOUND}[not(@use = 'literal')])"),
    ("against BP R2716, a namespace everywhere", f"not({BOUND}[not(@namespace = '{TNS}')])"),
    ("against BP R2721, no name at soap:fault", "not((//s:fault | //t:fault)/@name)"),
    ("BP R2720 a header has one part", "not((//s:header | //t:header)[not(@part) or @parts])"),
    ("BP R2740 faults are bound", f"not({BINDING}[count(w:fault/*) != 3])"),
    ("BP R2303 request and response", f"not({PORT}[not({SHAPE})])"),
    ("BP R2744 the action is the name", f"not({BINDING}[not(*[1]/@soapAction = @name)])"),
    ("a header in each operation", f"not({BINDING}[not(w:input/*[2]/@part = 'authHeader')])"),
    ("of its message", f"not({BINDING}[not(w:input/*[2]/@message = 'tns:authHeader')])"),
    ("a request is called as the operation", "not(//w:operation[not(w:input/@name = @name)])"),
    ("and so is an answer", f"not(//w:operation[not(w:output/@name = {RESPONSE})])"),
    ("and their messages", f"not({PORT}[not(w:input/@message = concat('tns:', @name))])"),
    ("of answers, too", f"not({PORT}[not(w:output/@message = concat('tns:', {RESPONSE}))])"),
    ("the address", f"not(//w:port/*[not(@location = '{ADDRESS}')])"),
    ("is not Adobe's, says a comment", "contains(/*/comment(), 'not Adobe')"),
]


@pytest.mark.no_cover
@each_version
@with_and_without_soap12
@pytest.mark.parametrize(("what", "path"), every(4, TRUE), ids=[what for what, _ in every(4, TRUE)])
def test_structure(version: Version, soap12: bool, what: str, path: str) -> None:
    assert document(version, soap12=soap12).xpath(f"boolean({path})", namespaces=NAMES), what


@each_version
def test_two_bindings(version: Version) -> None:
    root = document(version)
    assert found(root, "//w:binding/@name") == [
        "IpsApiServiceSoapBinding",
        "IpsApiServiceSoap12Binding",
    ]
    assert found(root, "//w:port/@name") == ["IpsApiSoapPort", "IpsApiSoap12Port"]
    assert found(root, "//w:port[2]/@binding") == ["tns:IpsApiServiceSoap12Binding"]
    # They say the same, each in its own namespace.
    one, other = found(root, "//w:binding")
    text = etree.tostring(one, method="c14n").replace(b"soap:", b"soap12:")
    text = text.replace(b"IpsApiServiceSoapBinding", b"IpsApiServiceSoap12Binding")
    assert etree.tostring(other, method="c14n") == text


@each_version
def test_without_soap_12(version: Version) -> None:
    text = wsdl(version, ADDRESS, soap12=False)
    assert b"soap12" not in text
    assert b"Soap12" not in text
    root = etree.fromstring(wsdl(version, ADDRESS))
    for node in found(root, "//w:binding[2] | //w:port[2]"):
        node.getparent().remove(node)
    assert tree(etree.fromstring(text)) == tree(root)


def tree(node: etree._Element) -> tuple[str, dict[str, str], list[Any]]:
    return str(node.tag), dict(node.attrib), [tree(child) for child in node.iterchildren("*")]


@each_version
def test_names_are_unique(version: Version) -> None:  # BP R2304, R2710 and WSDL 1.1
    root = document(version)
    groups = [
        "//w:portType/w:operation/@name",
        "//w:binding[1]/w:operation/@name",
        "//w:binding[2]/w:operation/@name",
        "//w:message/@name",
        "//w:part/@element",
    ]
    for schema in (f"//x:schema[@targetNamespace='{version.namespace}']", "//x:schema[last()]"):
        groups += [f"{schema}/x:element/@name"]
    groups += [f"//x:schema[@targetNamespace='{version.namespace}']/x:complexType/@name"]
    for path in groups:
        names = found(root, path)
        assert names, path
        assert len(names) == len(set(names)), path


@each_version
def test_operations_come_from_the_schema(version: Version) -> None:  # BP R2718
    names = list(operations(version))
    for path in ("//w:portType", "//w:binding[1]", "//w:binding[2]"):
        assert found(document(version), f"{path}/w:operation/@name") == names
    own = {name for name in contract(version).messages if name not in ("authHeader", *KINDS)}
    assert {f"{name}{end}" for name in names for end in ("Param", "Return")} == own


@each_version
def test_messages(version: Version) -> None:
    """Each has the element that belongs to it, in its namespace (FACTS section 1)."""
    expected = {}
    for name in operations(version):
        expected[name] = ("input", version.namespace, f"{name}Param")
        expected[f"{name}Response"] = ("output", version.namespace, f"{name}Return")
    for kind in ("ipsApiFault", "authenticationFault", "authorizationFault"):
        expected[f"{kind}Exception"] = ("fault", UNVERSIONED, kind)
    expected["authHeader"] = ("authHeader", header_namespace(version), "authHeader")
    assert expected == {
        node.get("name"): (node[0].get("name"), *names_of(node[0], "element"))
        for node in found(document(version), "/*/w:message")
    }


@each_version
def test_faults(version: Version) -> None:
    for operation in found(document(version), "//w:portType/w:operation"):
        faults = [
            (node.get("name"), node.get("message")) for node in operation.iterfind("w:fault", NAMES)
        ]
        assert faults == [
            ("ipsApiFault", "tns:ipsApiFaultException"),
            ("authenticationFault", "tns:authenticationFaultException"),
            ("authorizationFault", "tns:authorizationFaultException"),
        ]
    for operation in found(document(version), "//w:binding/w:operation"):
        assert [node.get("name") for node in operation.iterfind("w:fault", NAMES)] == [
            "ipsApiFault",
            "authenticationFault",
            "authorizationFault",
        ]


@each_version
def test_order_of_definitions(version: Version) -> None:  # BP R2023: imports, types, the rest
    tags = [etree.QName(node).localname for node in document(version).iterchildren("*")]
    assert list(dict.fromkeys(tags)) == ["types", "message", "portType", "binding", "service"]


@each_version
@with_and_without_soap12
def test_references_are_to_what_is_there(version: Version, soap12: bool) -> None:
    root = document(version, soap12=soap12)
    there = {
        f"{node.tag!s} {{{schema.get('targetNamespace')}}}{node.get('name')}"
        for schema in found(root, "/*/w:types/x:schema")
        for node in schema
    } | {f"{node.tag!s} {{{TNS}}}{node.get('name')}" for node in root.iterchildren("*")}
    wsdl_ns = f"{{{NAMES['w']}}}"
    kinds = {
        "element": f"{{{XS}}}element",
        "message": f"{wsdl_ns}message",
        "binding": f"{wsdl_ns}binding",
    }
    for node in root.iter("*"):
        for key in ("element", "message", "binding", "type"):
            if key in node.attrib:
                namespace, local = names_of(node, key)
                port_type = node.tag == f"{wsdl_ns}binding"
                kind = kinds.get(key, f"{wsdl_ns}portType" if port_type else f"{{{XS}}}complexType")
                assert namespace == XS or f"{kind} {{{namespace}}}{local}" in there


@each_version
def test_prefixes_are_declared_at_the_root(version: Version) -> None:
    root = document(version)
    assert all(node.nsmap == root.nsmap for node in root.iter("*"))
    assert len(set(root.nsmap.values())) == len(root.nsmap)


@each_version
def test_schemas_of_the_types_section(version: Version) -> None:
    namespaces = found(document(version), "/*/w:types/x:schema/@targetNamespace")
    expected = [version.namespace, UNVERSIONED]
    assert namespaces == list(dict.fromkeys(expected))  # pre-4.0: one schema holds all.
    beside = {"authHeader", *KINDS}
    names = {node.get("name") for node in schema_node(version, UNVERSIONED)}
    assert beside <= names if version is PRE_4_0 else beside == names


@each_version
def test_auth_header(version: Version) -> None:
    """FACTS section 1: a sequence in pre-4.0 and 6.8, any order in between and beside."""
    fields = "user? password? accessToken? locale? appName? appVersion?"
    fields += " gzipResponse? faultHttpStatusCode?"
    if version is PRE_4_0:
        fields = fields.replace("accessToken? ", "").replace("user? password?", "user password")
    node = schema_node(version, UNVERSIONED).find("x:element[@name='authHeader']", NAMES)
    assert group_of(node) == ("sequence" if version is PRE_4_0 else "all", fields)
    own = schema_node(version, version.namespace).find("x:element[@name='authHeader']", NAMES)
    if version is LATEST:
        required = fields.replace("appName? appVersion?", "appName appVersion")
        assert group_of(own) == ("sequence", required)
    else:
        assert (own is None) is (version is not PRE_4_0)


def group_of(node: etree._Element | None) -> tuple[str, str]:
    """How the children of an element stand, and their names, the optional ones with ``?``."""
    assert node is not None
    group = node[0][0]
    names = [f"{c.get('name')}{'?' if c.get('minOccurs') == '0' else ''}" for c in group]
    return etree.QName(group).localname, " ".join(names)


@each_version
def test_attributes_of_other_namespaces(version: Version) -> None:
    """On authHeader and faults, but not in pre-4.0 (FACTS section 1)."""
    root = document(version)
    wildcards = found(root, "//x:anyAttribute[@namespace='##other' and @processContents='lax']")
    owners = sorted(node.getparent().getparent().get("name") for node in wildcards)
    beside = [] if version is PRE_4_0 else ["authHeader", *KINDS]
    assert owners == sorted(beside + (["authHeader"] if version is LATEST else []))
    assert len(wildcards) == len(found(root, "//x:anyAttribute"))


@each_version
def test_nothing_of_ours_shows(version: Version) -> None:
    text = wsdl(version, ADDRESS)
    for ours in (b"urn:ips-contract", b" f:", b":f=", b"annotation", b"urn:address"):
        assert ours not in text
    narrowed = {
        field.type
        for kind in contract(version).complex_types.values()
        for field in kind.fields
        if field.service
    }
    names = found(document(version), "//x:complexType/@name")
    assert narrowed
    assert not narrowed & set(names)
    assert not [name for name in names if re.search("(Param|Return)", name)]


@cache
def schema_of_wsdl() -> etree.XMLSchema:
    """Of WSDL 1.1 and its SOAP binding, as xmlschema comes with them."""
    folder = Path(xmlschema.__file__).parent / "schemas" / "WSDL"
    imports = [
        f'<import namespace="{NAMES[prefix]}" schemaLocation="{(folder / name).as_uri()}"/>'
        for prefix, name in (("w", "wsdl.xsd"), ("s", "wsdl-soap.xsd"))
    ]
    return etree.XMLSchema(etree.fromstring(f'<schema xmlns="{XS}">{"".join(imports)}</schema>'))


@each_version
def test_valid_by_the_schema_of_wsdl(version: Version) -> None:
    """But for soap:fault, which must have a name there and has none in the published files."""
    root = etree.fromstring(wsdl(version, ADDRESS))
    assert not schema_of_wsdl().validate(root)
    wrong = [str(error.message) for error in schema_of_wsdl().error_log]
    assert all("soap/}fault': The attribute 'name' is required" in message for message in wrong)
    for fault in found(root, "//w:binding/w:operation/w:fault"):
        fault[0].set("name", fault.get("name"))
    schema_of_wsdl().assertValid(root)


# ======== Facts ========


def facts(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))
    return table


def written(version: Version) -> dict[str, str]:
    """The types and messages of the version's own schema, as in tests/facts."""
    lines = {}
    for node in schema_node(version, version.namespace):
        kind = node if node.get("name") and node.tag == f"{{{XS}}}complexType" else node[0]
        fields = []
        for field in kind[0]:
            most = field.get("maxOccurs", "1").replace("unbounded", "")
            repeated = "" if most == "1" else f"*{most}"
            optional = "?" if field.get("minOccurs") == "0" else ""
            type_name = names_of(field, "type")[1]
            fields.append(f"{field.get('name')}:{type_name}{repeated}{optional}")
        lines[node.get("name", "")] = " ".join(fields)
    return lines


@each_published
def test_all_is_as_published(version: Version) -> None:
    ours = written(version)
    for name in ("authHeader", *KINDS):
        ours.pop(name, None)  # Their facts are above.
    assert ours == facts(f"wsdl-{version.label}")


def test_pre_4_0_is_as_published_where_that_is_known() -> None:
    ours = written(PRE_4_0)
    known = facts("wsdl-pre-4.0")
    assert {name: ours.get(name) for name in known} == known


def test_pre_4_0_has_the_types_of_a_client_made_from_it() -> None:
    """Their names; test_facts.py compares the order of fields, and names the exceptions."""
    assert facts("order-pre-4.0").keys() <= written(PRE_4_0).keys()


@pytest.mark.parametrize("version", [PRE_4_0, *PUBLISHED], ids=str)
def test_operations_are_those_published(version: Version) -> None:
    known = {name for name, row in facts("operations").items() if version.label in row["wsdls"]}
    assert set(operations(version)) == known


@pytest.mark.parametrize("version", VERSIONS[1:6], ids=str)
def test_between_the_known_ones_nothing_that_may_be_there_lacks(version: Version) -> None:
    """What is in the known WSDLs on both sides is in those between them (FACTS section 0)."""
    before, ours, after = written(PRE_4_0), written(version), written(find_version("6.6"))
    for name in before.keys() & after.keys() - {"authHeader"}:
        sides = [set(re.findall(r"(\w+):", table[name])) for table in (before, after)]
        assert sides[0] & sides[1] <= set(re.findall(r"(\w+):", ours[name])), name


@each_version
def test_fields_are_those_of_the_contract_in_their_order(version: Version) -> None:
    """But in pre-4.0 not those that came later, though the validator accepts them there."""
    rows = as_in_wsdl(version)
    ours = written(version)
    for name, kind in rows.messages.items():
        fields = [field.name for field in rows.complex_types[kind].fields]
        assert re.findall(r"(\w+):", ours[name]) == fields


@cache
def as_in_wsdl(version: Version) -> Contract:
    """The contract less what is accepted in pre-4.0 because the seed pages show it there."""
    rows = contract(version)
    if version is not PRE_4_0:
        return rows
    kinds = {}
    for name, kind in rows.complex_types.items():
        fields = tuple(field for field in kind.fields if not field.since)
        there = {field.name for field in fields}
        choices = tuple(
            choice._replace(names=tuple(name for name in choice.names if name in there))
            for choice in kind.choices
        )
        kinds[name] = kind._replace(fields=fields, choices=choices)
    return rows._replace(complex_types=kinds)


class Messages(Generator):
    """Random messages that the contract accepts, with what the WSDL has."""

    def __init__(self, version: Version, chance: random.Random) -> None:
        super().__init__(version, chance)
        self.rows = as_in_wsdl(version)


@each_version
def test_every_message_that_is_accepted_fits(version: Version) -> None:
    schema = schema_of(version)
    strict = compiled(version, STRICT, version.namespace)
    generator = Messages(version, random.Random(version.rank))
    checked = 0
    # authHeader is served without what the WSDL requires (FACTS section 1).
    for name in generator.rows.messages.keys() - {"authHeader"}:
        for _ in range(3):
            message = etree.fromstring(generator.message(name))
            if strict.validate(message):
                checked += 1
                assert schema.validate(message), schema.error_log
    assert checked > 5 * len(operations(version))


# ======== The function ========


@each_version
@with_and_without_soap12
def test_only_the_address_differs(version: Version, soap12: bool) -> None:
    one = wsdl(version, "http://one/", soap12=soap12)
    other = wsdl(version, "http://other/", soap12=soap12)
    assert one != other
    assert one == other.replace(b"http://other/", b"http://one/")
    assert one.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<wsdl:definitions ")
    assert one.endswith(b"</wsdl:definitions>\n")


@pytest.mark.parametrize(
    "address",
    [
        "http://host/?a=1&b=<2>",
        "http://host/\"quoted\"/'so'",
        "http://höst/ü",
        "http://host/&amp;",
        "",
    ],
)
def test_address_is_escaped(address: str) -> None:
    root = etree.fromstring(wsdl(PRE_4_0, address))
    assert found(root, "//w:port/*/@location") == [address, address]


def test_find_version_knows_the_file_names() -> None:
    assert [find_version(version.wsdl) for version in VERSIONS] == list(VERSIONS)


# ======== zeep, without a server ========


@cache
def zeep_types(version: Version) -> Any:
    connect: Any = zeep.Client
    return connect(io.BytesIO(wsdl(version, ADDRESS)), settings=zeep.Settings(strict=True))


class Full(random.Random):
    """Chooses all that may be there, of a choice the one at an index, of items two."""

    def __init__(self, index: int) -> None:
        super().__init__(0)
        self.index = index

    def random(self) -> float:
        return 0.0

    def randrange(self, *_: object) -> int:
        return 2

    def choice(self, options: Any) -> Any:
        return options[self.index % len(options)]


class ForZeep(Messages):
    """Without what zeep does not take: empty required values, and the hour 24."""

    def _value(self, kind: SimpleType | None, name: str) -> str:
        return super()._value(kind, name).strip().replace("T24:", "T23:") or "AAAA"


# As many as submitJobParam has jobs; other messages have fewer choices.
@pytest.mark.no_cover
@pytest.mark.parametrize(("version", "index"), every(30, product(VERSIONS, range(13))))
def test_zeep_reads_and_writes_every_message(version: Version, index: int) -> None:
    client = zeep_types(version)
    generator = ForZeep(version, Full(index))
    for name in ["submitJobParam"] if index else generator.rows.messages:
        message = etree.fromstring(generator.message(name))
        value = client.wsdl.types.deserialize(message)
        if len(message):
            parent = etree.Element("parent")
            client.get_element(message.tag).render(parent, value)
            assert shape(parent[0]) == shape(message)


def shape(node: etree._Element) -> tuple[str, list[Any]]:
    """The elements in ``node`` with a value in them: zeep keeps no others."""
    return str(node.tag), [shape(child) for child in node if "".join(map(str, child.itertext()))]


@each_version
def test_zeep_has_every_job(version: Version) -> None:
    """pre-4.0 has six, 6.6 and later have thirteen (FACTS section 2)."""
    param = zeep_types(version).get_element(f"{{{version.namespace}}}submitJobParam").type
    jobs = [name for name, _ in param.elements if name.endswith("Job")]
    assert "imageServingPublishJob" in jobs
    if version is PRE_4_0:
        assert len(jobs) == 6
    if version in PUBLISHED:
        assert len(jobs) == 13


@each_version
@pytest.mark.parametrize("kind", KINDS)
def test_zeep_reads_each_fault(version: Version, kind: str) -> None:
    detail = f'<{kind} xmlns="{UNVERSIONED}"><code>20003</code><reason>why</reason></{kind}>'
    fault = zeep_types(version).wsdl.types.deserialize(etree.fromstring(detail))
    assert (fault.code, fault.reason) == (20003, "why")


# ======== zeep and suds, over a socket ========

USER = {"user": "me@example.com", "appName": "tests", "appVersion": "1"}


@pytest.fixture(scope="module")
def server() -> Iterator[mock.MockServer]:
    with mock.serve(accounts=Accounts([Account("me@example.com", "secret")])) as running:
        yield running


def company(version: Version) -> str:
    return "47" if version is PRE_4_0 else "c|47"


@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_zeep(server: mock.MockServer, version: Version) -> None:
    connect: Any = zeep.Client
    client = connect(server.wsdl_url(version), settings=zeep.Settings(strict=True))
    assert client.service._binding.name == f"{{{TNS}}}IpsApiServiceSoapBinding"
    for port in ("IpsApiSoapPort", "IpsApiSoap12Port"):
        server.reset()
        service = client.bind("IpsApiService", port)
        company_handle = company(version)
        auth = {"authHeader": {**USER, "password": "secret"}}
        job = {"publishType": "Full", "emailSetting": "All"}

        handle = service.submitJob(
            companyHandle=company_handle,
            jobName="J",
            imageServingPublishJob=job,
            _soapheaders=auth,
        )
        (running,) = service.getActiveJobs(companyHandle=company_handle, _soapheaders=auth)
        assert running.originalName == "J"
        service.stopJob(companyHandle=company_handle, jobHandle=handle, _soapheaders=auth)

        auth["authHeader"]["password"] = "wrong"
        with pytest.raises(zeep.exceptions.Fault) as caught:
            service.getActiveJobs(companyHandle=company_handle, _soapheaders=auth)
        detail = caught.value.detail.find(f"{{{UNVERSIONED}}}authenticationFault")
        assert client.wsdl.types.deserialize(detail).code == 10001
        check_what_was_sent(server, version)


def check_what_was_sent(server: mock.MockServer, version: Version) -> None:
    """What was sent had the right version and header, and nothing was wrong with it."""
    seen = [exchange for exchange in server.exchanges if exchange.operation]
    assert [exchange.operation for exchange in seen] == [
        "submitJob",
        "getActiveJobs",
        "stopJob",
        "getActiveJobs",
    ]
    tag = f"{{{header_namespace(version)}}}authHeader"
    for exchange in seen:
        assert exchange.version == version
        assert exchange.report.violations == ()
        assert etree.fromstring(exchange.request.body).find(f"*/{tag}") is not None


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_suds(server: mock.MockServer, version: Version) -> None:
    server.reset()
    client = SudsClient(server.wsdl_url(version), cache=None)
    header = client.factory.create(f"{{{header_namespace(version)}}}authHeader")
    header.user, header.appName, header.appVersion = USER.values()
    header.password = "secret"
    client.set_options(soapheaders=header)
    job = client.factory.create(f"{{{version.namespace}}}ImageServingPublishJob")
    job.publishType, job.emailSetting = "Full", "All"
    company_handle = company(version)

    handle = client.service.submitJob(
        companyHandle=company_handle, jobName="J", imageServingPublishJob=job
    )
    running = client.service.getActiveJobs(companyHandle=company_handle)
    assert [item.originalName for item in running.items] == ["J"]
    client.service.stopJob(companyHandle=company_handle, jobHandle=handle)

    header.password = "wrong"
    client.set_options(soapheaders=header)
    with pytest.raises(suds.WebFault) as caught:
        client.service.getActiveJobs(companyHandle=company_handle)
    assert int(caught.value.fault.detail.authenticationFault.code) == 10001
    check_what_was_sent(server, version)


def test_zeep_with_the_wsdl_at_the_service_itself(server: mock.MockServer) -> None:
    connect: Any = zeep.Client
    client = connect(f"{server.endpoint}?wsdl&soap12=no")
    (ports,) = (service.ports for service in client.wsdl.services.values())
    assert list(ports) == ["IpsApiSoapPort"]
    assert client.service._binding_options == {"address": server.endpoint}
