"""The WSDL: its structure, and what unmodified client stacks make of it (docs/wsdl.md)."""

import io
import random
from datetime import UTC, datetime
from typing import Any

import pytest
import xmlschema
import zeep
from lxml import etree
from xmlschema.extras.wsdl import Wsdl11Document

from ips_contract import VERSIONS, Version, find_version, validate
from ips_contract.faults import KINDS
from ips_contract.rows import Contract, Field, contract
from ips_contract.schema import STRICT, compiled, message_names
from ips_contract.versions import PRE_4_0, UNVERSIONED
from ips_contract.wsdl import operations, wsdl
from tests.messages import SOAP_11, Generator

ADDRESS = "http://127.0.0.1:8080/scene7/services/IpsApiService"
NAMES = {
    "w": "http://schemas.xmlsoap.org/wsdl/",
    "s": "http://schemas.xmlsoap.org/wsdl/soap/",
    "x": "http://www.w3.org/2001/XMLSchema",
}
OPERATIONS = (
    "submitJob getActiveJobs getScheduledJobs stopJob pauseJob resumeJob executeJob deleteJob "
    "getJobLogs getJobLogDetails checkLogin getCompanyInfo getUserInfo"
).split()
each_version = pytest.mark.parametrize("version", VERSIONS, ids=str)
JOBS = [
    (version, name)
    for version in VERSIONS
    for name in contract(version).complex_types["submitJobParamType"].choices[-1].names
]
each_job = pytest.mark.parametrize(("version", "job"), JOBS, ids=str)


def document(version: Version) -> etree._Element:
    return etree.fromstring(wsdl(version, ADDRESS))


def schema_of(version: Version) -> etree.XMLSchema:
    """The inline schema of the version's own namespace, compiled by libxml2."""
    schema = document(version).find(
        f"w:types/x:schema[@targetNamespace='{version.namespace}']", NAMES
    )
    assert schema is not None
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))  # With all its prefixes.


# ======== Structure ========

# What must hold, as an XPath that is true. BP: a rule of the WS-I Basic Profile 1.1.
TRUE = [
    ("one port type, binding, service, port", "count(//w:portType | //w:binding | //w:port) = 3"),
    ("one service", "count(/w:definitions/w:service) = 1"),
    ("the namespace is the schema's", "//x:schema[last()]/@targetNamespace = /*/@targetNamespace"),
    ("schemas inline", "not(//w:import | //x:import | //x:include | //x:redefine)"),
    ("qualified", "not(//x:schema[not(@elementFormDefault = 'qualified')])"),
    ("no choice, no all", "not(//x:choice | //x:all)"),
    ("constants are strings", "not(//x:simpleType | //x:restriction | //x:enumeration)"),
    ("nothing nillable", "not(//@nillable)"),
    ("only built-in types and complex ones", "not(//x:attribute | //x:extension)"),
    (
        "jobs are optional",
        (
            "count(//x:element[@name = 'submitJobParam']//x:element[@minOccurs = '0'"
            " and contains(@name, 'Job')]) = count(//x:element[@name = 'submitJobParam']//x:element"
            "[contains(@name, 'Job')])"
        ),
    ),
    ("each global element has its own type", "not(//x:schema/x:element[@type])"),
    ("BP R2204 parts are elements", "not(//w:part[@type] | //w:part[not(@element)])"),
    ("BP R2201 R2210 a message has one part", "not(//w:message[count(w:part) != 1])"),
    ("BP R2201 which is the body", "not(//s:body/@parts)"),
    ("BP R2701 R2705 document", "count(//s:binding[@style = 'document']) = 1"),
    ("BP R2705 document everywhere", "not(//s:operation[not(@style = 'document')])"),
    ("BP R2702 HTTP", "//s:binding/@transport = 'http://schemas.xmlsoap.org/soap/http'"),
    (
        "BP R2707 R2723 literal",
        (
            "not(//s:body[not(@use = 'literal')]"
            " | //s:fault[not(@use = 'literal')] | //s:header[not(@use = 'literal')])"
        ),
    ),
    (
        "BP R2716 no namespace",
        ("not(//s:body/@namespace | //s:header/@namespace | //s:fault/@namespace)"),
    ),
    ("BP R2720 a header has one part", "not(//s:header[not(@part) or @parts])"),
    ("BP R2721 a fault has a name", "not(//s:fault[not(@name)])"),
    ("BP R2754 which is its parent's", "not(//s:fault[not(@name = ../@name)])"),
    (
        "BP R2718 the binding binds all",
        (
            "not(//w:binding/w:operation"
            "[not(@name = //w:portType/w:operation/@name)])"
            " and count(//w:binding/w:operation) = count(//w:portType/w:operation)"
        ),
    ),
    ("BP R2740 faults are bound", "count(//s:fault) = count(//w:portType/w:operation/w:fault)"),
    (
        "BP R2303 request and response",
        (
            "not(//w:portType/w:operation"
            "[not(name(*[1]) = 'wsdl:input' and name(*[2]) = 'wsdl:output')])"
        ),
    ),
    ("BP R2744 the action is the name", "not(//s:operation[not(@soapAction = ../@name)])"),
    (
        "a header in each operation",
        ("count(//w:input/s:header[@part = 'authHeader']) = count(//w:binding/w:operation)"),
    ),
    (
        "messages are not called as elements",
        (
            "not(//w:message[w:part/@element ="
            " concat(substring-before(w:part/@element, ':'), ':', @name)])"
        ),
    ),
    ("the address", f"//s:address/@location = '{ADDRESS}'"),
]


@each_version
@pytest.mark.parametrize(("what", "path"), TRUE, ids=[what for what, _ in TRUE])
def test_structure(version: Version, what: str, path: str) -> None:
    assert document(version).xpath(path, namespaces=NAMES) is True


@each_version
def test_names_are_unique(version: Version) -> None:  # BP R2304, R2710 and WSDL 1.1
    root = document(version)
    for path in (
        "//w:portType/w:operation/@name",
        "//w:binding/w:operation/@name",
        "//w:message/@name",
        "//w:message[contains(@name, 'Request')]/w:part[1]/@element",
        "//x:schema/x:element/@name",
        "//x:schema/x:complexType/@name",
    ):
        found = root.xpath(path, namespaces=NAMES)
        assert isinstance(found, list)
        assert found
        assert len(found) == len(set(found)), path


@each_version
def test_operations_come_from_the_schema(version: Version) -> None:
    assert list(operations(version)) == OPERATIONS
    names = document(version).xpath("//w:portType/w:operation/@name", namespaces=NAMES)
    assert names == OPERATIONS
    assert {f"{name}{end}" for name in OPERATIONS for end in ("Param", "Return")} | {
        "authHeader",
        *KINDS,
    } == message_names()


@each_version
def test_order_of_definitions(version: Version) -> None:  # BP R2023: imports, types, the rest
    tags = [etree.QName(node).localname for node in document(version)]
    assert list(dict.fromkeys(tags)) == [
        "documentation",
        "types",
        "message",
        "portType",
        "binding",
        "service",
    ]


@each_version
def test_references_are_to_what_is_there(version: Version) -> None:
    root = document(version)
    found = {
        f"{{{schema.get('targetNamespace')}}}{node.get('name')}"
        for schema in root.iterfind("w:types/x:schema", NAMES)
        for node in schema
    }
    for node in root.iter("{*}part", "{*}element"):
        if name := node.get("element") or node.get("type"):
            prefix, _, local = name.partition(":")
            assert prefix == "xs" or f"{{{root.nsmap[prefix]}}}{local}" in found, name
    for part in root.iterfind("w:message/w:part", NAMES):
        prefix, _, local = part.get("element", "").partition(":")
        common = local in ("authHeader", *KINDS)
        assert root.nsmap[prefix] == (UNVERSIONED if common else version.namespace)


@each_version
def test_no_type_is_left_over(version: Version) -> None:
    root = document(version)
    used = {node.get("type", "").partition(":")[2] for node in root.iter("{*}element")}
    named = {node.get("name") for node in root.iterfind("w:types/x:schema/x:complexType", NAMES)}
    assert named <= used


@each_version
def test_schemas_of_the_types_section(version: Version) -> None:
    namespaces = [
        node.get("targetNamespace")
        for node in document(version).iterfind("w:types/x:schema", NAMES)
    ]
    own = [] if version is PRE_4_0 else [version.namespace]
    assert namespaces == [UNVERSIONED, *own]


@each_version
def test_nothing_of_ours_shows(version: Version) -> None:
    text = wsdl(version, ADDRESS)
    assert b"urn:ips-contract" not in text
    assert b" f:" not in text
    assert b":f=" not in text
    assert b"annotation" not in text


@each_version
def test_valid_by_the_schema_of_wsdl(version: Version) -> None:
    text = wsdl(version, ADDRESS).decode()
    read: Any = Wsdl11Document
    checked = read(text.partition("\n")[2], cls=xmlschema.XMLSchema10)
    assert len(checked.messages) == 2 * len(OPERATIONS) + 1 + len(KINDS)
    assert len(checked.services) == len(checked.bindings) == len(checked.port_types) == 1


@each_version
def test_fields_are_those_of_the_contract_in_their_order(version: Version) -> None:
    root = document(version)
    rows = contract(version)
    for name, kind in rows.messages.items():
        nodes = root.findall(f".//x:schema/x:element[@name='{name}']//x:element", NAMES)
        fields = rows.complex_types[kind].fields
        assert [node.get("name") for node in nodes] == [field.name for field in fields]
    for node in root.iterfind(".//x:complexType[@name]", NAMES):
        fields = rows.complex_types[node.get("name", "")].fields
        inner = node.findall(".//x:element", NAMES)
        assert [child.get("name") for child in inner] == [field.name for field in fields]
        assert [child.get("minOccurs", "1") == "1" for child in inner] == [
            field.required for field in fields
        ]


@each_version
def test_every_message_that_is_accepted_fits(version: Version) -> None:
    # But for UploadPostJob in getActiveJobs: any order there; a WSDL for all stacks has just one.
    schema = schema_of(version)
    generator = Generator(version, random.Random(version.rank))
    strict = compiled(version, STRICT, version.namespace)
    for name in sorted(message_names() - {"getActiveJobsReturn", "authHeader", *KINDS}):
        for _ in range(8):
            message = etree.fromstring(generator.message(name))
            assert strict.validate(message), strict.error_log
            assert schema.validate(message), schema.error_log


# ======== The function ========


@each_version
def test_only_the_address_differs(version: Version) -> None:
    one, other = wsdl(version, "http://one/"), wsdl(version, "http://other/")
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
    assert root.xpath("//s:address/@location", namespaces=NAMES) == [address]


# ======== zeep ========


# A value for each type without constants: by its name or by its base.
SAMPLES: dict[str, object] = {
    "JobName": "My Test Job",
    "UserHandle": "12|me@example.com",
    "ContextHandle": "pc|3",
    "Locale": "en-US",
    "SourceUrl": "https://example.com/a.jpg",
    "ZonedDateTime": datetime(2014, 4, 3, 9, 30, tzinfo=UTC),
    "xs:string": "x",
    "xs:boolean": True,
    "xs:int": 1,
    "xs:long": 1,
    "xs:double": 0.5,
}
EXPECTED_WARNINGS = {"later-than-pre-4.0", "deprecated-job", "response-only", "missing-inferred"}


def sample(rows: Contract, name: str) -> object:
    if name.endswith("CompanyHandle"):
        return "47" if rows.version is PRE_4_0 else "c|47"
    if name in SAMPLES:
        return SAMPLES[name]
    kind = rows.simple_types[name]
    constants = [facet.value for facet in kind.facets if facet.kind == "enumeration"]
    return constants[0] if constants else SAMPLES[kind.base]


def wanted(fields: tuple[Field, ...], *, full: bool) -> list[Field]:
    """The required fields, or of all fields the first of each choice."""
    chosen: dict[object, Field] = {}
    for field in fields:
        if field.required or full:
            chosen.setdefault(field.name if field.choice is None else field.choice, field)
    return list(chosen.values())


def built(kind: Any, rows: Contract, name: str, *, full: bool) -> Any:
    """A value of zeep's class ``kind``, which stands for the contract's type ``name``."""
    members = dict(kind.elements)
    values = {}
    for field in wanted(rows.complex_types[name].fields, full=full):
        if field.type in rows.complex_types:
            value = built(members[field.name].type, rows, field.type, full=full)
        else:
            value = sample(rows, field.type)
        values[field.name] = value if field.maximum == 1 else [value, value]
    return kind(**values)


@pytest.fixture(scope="module")
def clients() -> dict[Version, Any]:
    settings = zeep.Settings(strict=True)
    connect: Any = zeep.Client
    return {
        version: connect(io.BytesIO(wsdl(version, ADDRESS)), settings=settings)
        for version in VERSIONS
    }


def auth_header(client: Any) -> Any:
    header = client.get_element(f"{{{UNVERSIONED}}}authHeader")
    return header(user="me@example.com", password="secret", faultHttpStatusCode=200)


@each_job
@pytest.mark.parametrize("full", [False, True], ids=["required", "full"])
def test_zeep_sends_each_job(
    clients: dict[Version, Any], version: Version, job: str, full: bool
) -> None:
    client = clients[version]
    rows = contract(version)
    param = client.get_element(f"{{{version.namespace}}}submitJobParam").type
    fields = rows.complex_types["submitJobParamType"].fields
    kinds = {field.name: field.type for field in fields}
    values = {
        field.name: sample(rows, field.type)
        for field in wanted(fields, full=full)
        if field.type not in rows.complex_types
    }
    values[job] = built(dict(param.elements)[job].type, rows, kinds[job], full=full)
    message = client.create_message(
        client.service, "submitJob", _soapheaders=[auth_header(client)], **values
    )
    report = validate(etree.tostring(message))
    assert (report.message, report.version) == ("submitJobParam", version)
    assert report.errors == ()
    assert {violation.rule for violation in report.warnings} <= EXPECTED_WARNINGS
    header = message.find(f"{{{SOAP_11}}}Header/{{{UNVERSIONED}}}authHeader")
    assert header.findtext(f"{{{UNVERSIONED}}}user") == "me@example.com"
    inner = [etree.QName(node).localname for node in message.iter() if node is not header]
    assert job in inner


def test_all_eleven_jobs_are_sent() -> None:
    assert len([job for version, job in JOBS if version.label == "6.8"]) == 11
    assert len([job for version, job in JOBS if version is PRE_4_0]) == 11


@each_version
@pytest.mark.parametrize("name", OPERATIONS)
def test_zeep_sends_each_operation(
    clients: dict[Version, Any], version: Version, name: str
) -> None:
    client = clients[version]
    rows = contract(version)
    fields = rows.complex_types[rows.messages[name + "Param"]].fields
    values = {
        field.name: "47||x" if field.type.endswith("JobHandle") else sample(rows, field.type)
        for field in wanted(fields, full=False)
        if field.choice is None
    }
    if name == "submitJob":
        values["imageServingPublishJob"] = {"publishType": "Full", "emailSetting": "All"}
    message = client.create_message(
        client.service, name, _soapheaders={"authHeader": auth_header(client)}, **values
    )
    report = validate(etree.tostring(message))
    assert report.message == name + "Param"
    assert report.errors == ()


@each_version
@pytest.mark.parametrize("kind", KINDS)
def test_zeep_reads_each_fault(clients: dict[Version, Any], version: Version, kind: str) -> None:
    client = clients[version]
    detail = f'<{kind} xmlns="{UNVERSIONED}"><code>20003</code><reason>why</reason></{kind}>'
    fault = client.wsdl.types.deserialize(etree.fromstring(detail))
    assert (fault.code, fault.reason) == (20003, "why")


# ======== suds ========


@each_version
def test_suds(version: Version) -> None:
    suds = pytest.importorskip("suds.client")
    store = pytest.importorskip("suds.store").DocumentStore(wsdl=wsdl(version, ADDRESS))
    client = suds.Client("suds://wsdl", documentStore=store, cache=None, nosend=True)
    rows = contract(version)
    param = client.factory.create("submitJobParam")
    names = [field.name for field in rows.complex_types["submitJobParamType"].fields]
    assert [name for name, _ in param] == names
    header = client.factory.create(f"{{{UNVERSIONED}}}authHeader")
    header.user, header.password = "me@example.com", "secret"
    job = client.factory.create("ImageServingPublishJob")
    job.publishType, job.emailSetting = "Full", "All"
    client.set_options(soapheaders=header)
    context = client.service.submitJob(
        companyHandle=sample(rows, "CompanyHandle"), jobName="J", imageServingPublishJob=job
    )
    report = validate(context.envelope)
    assert (report.message, report.version, report.violations) == ("submitJobParam", version, ())
    assert etree.fromstring(context.envelope).find(f".//{{{UNVERSIONED}}}authHeader") is not None


def test_find_version_knows_the_file_names() -> None:
    assert [find_version(version.wsdl) for version in VERSIONS] == list(VERSIONS)
