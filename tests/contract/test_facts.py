"""The contract against the tables that were read off its sources (``tests/facts``)."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ips_contract.contract.components import XS, components
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.model import Field, contract, messages
from ips_contract.contract.schema import SERVICE, render
from ips_contract.contract.versions import (
    BETA_2016,
    LATEST,
    PRE_4_0,
    RANKS,
    UNVERSIONED,
    VERSIONS,
    Version,
    find_version,
    version_for_namespace,
)

if TYPE_CHECKING:
    from lxml import etree

FACTS = Path(__file__).parents[1] / "facts"


class Wire(NamedTuple):
    """A field as a source has it."""

    name: str
    type: str
    most: str
    required: bool


def loaded(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))


def table(name: str) -> dict[str, list[Wire]]:
    found = {}
    for owner, text in loaded(name).items():
        rows = [re.fullmatch(r"(\w+):(\w+)(\*\d*)?(\??)", part) for part in text.split()]
        found[owner] = [
            Wire(m[1], m[2], "1" if m[3] is None else m[3][1:] or "unbounded", not m[4])
            for m in rows
            if m is not None
        ]
        assert len(found[owner]) == len(rows)
    return found


WSDLS = {"6.6": table("wsdl-6.6"), "6.8": table("wsdl-6.8")}
OLD = table("wsdl-pre-4.0")
ORDER = table("order-pre-4.0")
BETA = table("client-2016-01-14-beta")
CHANGE_LOG: dict[str, list[str]] = loaded("change-log")
OPERATIONS: dict[str, dict[str, list[str]]] = loaded("operations")
CONSTANTS: dict[str, list[str]] = loaded("documented-constants")
BETWEEN = ("4.0", "4.2", "4.4", "4.5", "6.0")


def built_in(name: str, version: Version = LATEST) -> str:
    """A type as a WSDL has it, without our restrictions and prefix."""
    kind = contract(version).simple_types.get(name)
    base = kind.base if kind else name
    return {"xs:token": "string"}.get(base, base.removeprefix("xs:"))


@lru_cache(maxsize=8)
def served(version: Version) -> dict[str, list[Wire]]:
    """All types and messages of ``version`` as its WSDL has them."""
    root = render(version, SERVICE)
    types = {str(node.get("name")): node for node in root.iterchildren(XS + "complexType")}
    of_messages = {node.get("type") for node in root.iterchildren(XS + "element")}
    found = {name: rows(node) for name, node in types.items() if name not in of_messages}
    for node in root.iterchildren(XS + "element"):
        found[str(node.get("name"))] = rows(types[str(node.get("type"))])
    return found


def rows(node: etree._Element) -> list[Wire]:
    return [
        Wire(
            str(element.get("name")),
            str(element.get("type")).removeprefix("xs:"),
            str(element.get("maxOccurs", "1")),
            element.get("minOccurs") != "0",
        )
        for element in node.iter(XS + "element")
    ]


def fields(name: str, version: Version = LATEST) -> tuple[Field, ...]:
    found = contract(version)
    return found.complex_types[messages()[name].type if name in messages() else name].fields


@pytest.mark.parametrize("label", WSDLS)
def test_published_wsdls(label: str) -> None:
    ours, theirs = served(find_version(label)), WSDLS[label]
    for owner, wanted in theirs.items():
        assert ours[owner] == wanted, owner
    ours_messages = {name for name in ours if name.endswith(("Param", "Return"))}
    assert ours_messages == {name for name in theirs if name.endswith(("Param", "Return"))}


def test_the_transcript_of_pre_4_0() -> None:
    ours = served(PRE_4_0)
    for owner, wanted in OLD.items():
        if owner not in COMPANIONS:
            assert ours[owner] == wanted, owner


@pytest.mark.parametrize("owner", ORDER)
def test_the_order_of_pre_4_0(owner: str) -> None:
    if owner in COMPANIONS:
        return
    ours = served(PRE_4_0)[owner]
    # That client has one kind of whole number.
    assert [(w.name, w.type.replace("long", "int"), w.most) for w in ours] == [
        (w.name, w.type, w.most) for w in ORDER[owner]
    ]


def test_pre_4_0_has_no_other_message() -> None:
    ours = {name for name in contract(PRE_4_0).messages if name.endswith(("Param", "Return"))}
    assert ours == {name for name in ORDER if name.endswith(("Param", "Return"))}


def test_the_beta_of_2016() -> None:
    found = version_for_namespace(BETA_2016.namespace)
    assert found is not None
    version, published = found
    assert (version.label, published, version.ranks) == ("6.8", False, (7, 8))
    for owner, wanted in BETA.items():
        if owner in COMPANIONS:
            continue
        ours = {field.name: field for field in fields(owner, version)}
        names = [field.name for field in wanted]
        assert [name for name in ours if name in names] == names
        for wire in wanted:
            field = ours[wire.name]
            assert (field.service or built_in(field.type)) == wire.type, (owner, wire)
            assert wire.most == str(field.maximum or "unbounded")
            latest = [row for row in WSDLS["6.8"].get(owner, wanted) if row.name == wire.name]
            both = wire.required and bool(latest) and latest[0].required
            # What stands twice in the table is as loose between versions as it can be.
            required = both and field.choice is None and owner != "UrlArray"
            assert field.required is required, (owner, wire)


@pytest.mark.parametrize("label", BETWEEN)
def test_versions_between(label: str) -> None:
    """A field is there if both sides have it, and required only if both require it."""
    version = find_version(label)
    ours = served(version)
    for owner, old in ORDER.items():
        if owner not in WSDLS["6.6"] or owner in COMPANIONS:
            continue
        new = {wire.name: wire for wire in WSDLS["6.6"][owner]}
        both = [wire.name for wire in old if wire.name in new]
        have = {wire.name: wire for wire in ours[owner]}
        assert [name for name in have if name in both] == both
        required = {wire.name for wire in OLD.get(owner, ()) if wire.required}
        required &= {name for name, wire in new.items() if wire.required}
        assert {name for name, wire in have.items() if wire.required} == required, owner
    for owner in WSDLS["6.6"].keys() & ours.keys() - ORDER.keys():
        assert not any(wire.required for wire in ours[owner]), owner
    # What 6.6 has, and nobody says when it came, is there; what the change log dates later is not.
    later = {entry for since, entries in CHANGE_LOG.items() for entry in entries
             if RANKS[since] > version.rank} - DISPUTED  # fmt: skip
    for owner, wires in WSDLS["6.6"].items():
        if owner in ours:
            missing = {w.name for w in wires} - {w.name for w in ours[owner]}
            assert missing == {w.name for w in wires if f"{owner}/{w.name}" in later}, owner


# The change log dates it with 6.0, and the example of its page is of 4.0 (both D).
DISPUTED = {"createMetadataFieldParam/initialTagValue"}


@pytest.mark.parametrize("since", CHANGE_LOG)
def test_change_log(since: str) -> None:
    for entry in set(CHANGE_LOG[since]) - DISPUTED:
        owner, _, name = entry.partition("/")
        for version in VERSIONS:
            field = next((f for f in fields(owner, version) if f.name == name), None)
            if version.rank < RANKS[since] and version is not PRE_4_0:
                assert field is None, (entry, version)
            elif version.rank >= RANKS[since] and version.rank <= RANKS["6.6"]:
                assert field is not None, (entry, version)


SEED = set(
    """
    companyHandle userHandle jobName locale execTime execSchedule description exportJob
    imageServingPublishJob imageRenderingPublishJob videoPublishJob serverDirectoryPublishJob
    uploadDirectoryJob uploadUrlsJob optimizeImagesJob ripPdfsJob reprocessAssetsJob
    automatedSetGenerationJob
    """.split()
)


def test_the_seed_pages_show_all_parameters_in_the_unversioned_namespace() -> None:
    rows_ = {field.name: field for field in fields("submitJobParam", PRE_4_0)}
    assert rows_.keys() == SEED
    own = {wire.name for wire in OLD["submitJobParam"]}
    for name in SEED - own:
        remark = "deprecated-job" if name == "ripPdfsJob" else "later-than-pre-4.0"
        assert rows_[name].present == remark
    assert not any(rows_[name].present for name in own)
    assert "S" in rows_["locale"].evidence.split()


def test_evidence() -> None:
    """A field has the letters of the sources that have it, and no others of theirs."""
    sources = {
        "L": [OLD, *WSDLS.values()],
        "B": [BETA],
        "W": [ORDER],
    }
    beta = version_for_namespace(BETA_2016.namespace)
    assert beta is not None
    owners = set(OLD) | set(BETA) | set(ORDER) | set(WSDLS["6.6"]) | set(WSDLS["6.8"])
    for owner in sorted(owners - COMPANIONS - {"UrlArray"}):
        for version in (PRE_4_0, find_version("4.4"), find_version("6.6"), beta[0]):
            for field in fields(owner, version):
                letters = field.evidence.split()
                for letter, tables in sources.items():
                    has = any(wire.name == field.name for t in tables for wire in t.get(owner, ()))
                    assert (letter in letters) is has, (owner, field.name, letter)
                assert letters


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operations(operation: str) -> None:
    row = messages()[f"{operation}Param"]
    assert sorted(row.roles) == sorted(OPERATIONS[operation]["roles"])
    wsdls = OPERATIONS[operation]["wsdls"]
    for version in (PRE_4_0, find_version("6.6"), LATEST):
        for name in (f"{operation}Param", f"{operation}Return"):
            assert (name in contract(version).messages) is (version.label in wsdls)


# Our simple types → the lists of the constants page.
LISTS = {
    "AssetSort": "Asset Sort Fields",
    "AssetType": "Asset Types",
    "ColorManagement": "Color Management Modes",
    "Colorspace": "PostScript Colorspace Modes",
    "CropCorner": "AutoCrop Corner",
    "EmailSetting": "Email Settings",
    "FontStyle": "Font Styles",
    "FontType": "Font Types",
    "GenerationEngine": "Generation Info",
    "IllustratorProcess": "Illustrator Processes",
    "JobLogFileType": "Job Log File Types",
    "JobLogSort": "Job Log Sort Fields",
    "JobLogType": "Job Log Types",
    "JobState": "Active Job States",
    "JobType": "Job Types",
    "LayerAnchor": "Photoshop Anchor Modes",
    "LayerNaming": "Photoshop Layer Naming Modes",
    "MatchMode": "Search Match Modes",
    "MetadataFieldType": "Metadata Field Types",
    "OverwriteMode": "Asset Overwrite Modes",
    "PdfProcess": "PDF Processes",
    "PermissionType": "Permission Types",
    "ProfileClass": "Profile Classes",
    "ProfileColorSpace": "Color Spaces",
    "PublishState": "Publish State",
    "PublishType": "Publish Types",
    "RegionShape": "Region Shape",
    "SortDirection": "Sort Directions",
    "SystemField": "Asset Search System Fields",
    "TriggerState": "Job Trigger States",
    "UserCharField": "User Char Filter Fields",
    "UserRole": "User Roles",
    "UserSort": "User Sort Fields",
}
# Lists that prose gives, not the constants page.
IN_PROSE = {
    "ExportFormat": ["orig", "convert"],
    "FillMethod": ["FloodFill", "MatchPixel"],
    "JobLogDetailSort": ["Date", "LogType"],
    "PhotoshopProcess": ["None", "MaintainLayers"],
    "PostScriptProcess": ["None", "Rasterize"],
    "TaskState": ["Unknown", "New", "Processing", "Stopping", "Done", "Failed"],
    "UnCompressProcess": ["None", "UnCompress"],
    "JobSubType": ["", "full", "increment", "fullwithsearch", "fulloverride"],
    "JobLogAuxType": ["IPSJobLog.gcUploadWarning", "IPSJobLog.gcUploadError"],
    "LoginStatus": ["ValidLogin", "InvalidLogin"],
}
# Lists beside which other values are known, or likely: those only warn.
OPEN = {
    "AssetType", "IllustratorColorspace", "JobLogAuxType", "JobLogFileType", "JobLogType",
    "JobSubType", "JobType", "MetadataFieldType", "PostScriptProcess", "UserRole",
}  # fmt: skip


def constants(name: str) -> list[str]:
    facets = contract(LATEST).simple_types[name].facets
    return [facet.value for facet in facets if facet.rule == "constant"]


@pytest.mark.parametrize(("name", "page"), LISTS.items())
def test_documented_constants(name: str, page: str) -> None:
    # The page's list of trigger states runs on into the job types.
    wanted = CONSTANTS[page][:6] if name == "TriggerState" else CONSTANTS[page]
    assert constants(name) == wanted
    if name == "TriggerState":
        doubtful = [
            facet.value
            for facet in contract(LATEST).simple_types[name].facets
            if facet.rule == "doubtful-constant"
        ]
        assert doubtful == CONSTANTS[page][6:]


@pytest.mark.parametrize(("name", "wanted"), IN_PROSE.items())
def test_constants_in_prose(name: str, wanted: list[str]) -> None:
    assert constants(name) == wanted


def test_which_lists_are_open() -> None:
    types = contract(LATEST).simple_types.values()
    assert {kind.name for kind in types if kind.open is not None} == OPEN
    listed = {kind.name for kind in types if any(f.kind == "enumeration" for f in kind.facets)}
    rest = {"ComparisonOperator", "IllustratorColorspace"}
    assert listed == LISTS.keys() | IN_PROSE.keys() | rest
    numbers, texts = (
        CONSTANTS[f"{kind} Comparison Operators"] for kind in ("Numeric/Date", "String")
    )
    assert constants("ComparisonOperator") == list(dict.fromkeys([*numbers, *texts]))


def test_companions() -> None:
    """authHeader and the faults in the unversioned namespace, by version (L)."""
    wanted = ["user", "password", "locale", "appName", "appVersion", "gzipResponse",
              "faultHttpStatusCode"]  # fmt: skip
    for version in VERSIONS:
        rows_ = contract(version)
        kind = rows_.complex_types[rows_.type_of("authHeader", UNVERSIONED)]
        names = [field.name for field in kind.fields]
        assert kind.ordered is (version is PRE_4_0)
        assert kind.foreign is (version is not PRE_4_0)
        assert names == (
            wanted if version is PRE_4_0 else [*wanted[:2], "accessToken", *wanted[2:]]
        )
        required = [field.name for field in kind.fields if field.required]
        assert required == (["user", "password"] if version is PRE_4_0 else [])
        for fault in COMPANIONS - {"authHeader"}:
            detail = rows_.complex_types[rows_.type_of(fault, UNVERSIONED)]
            assert [(f.name, built_in(f.type), f.required) for f in detail.fields] == [
                ("code", "int", True),
                ("reason", "string", True),
            ]
            assert detail.foreign is (version is not PRE_4_0)
        assert ("authHeader" in rows_.messages) is (version in (PRE_4_0, LATEST))
    own = contract(LATEST).complex_types[contract(LATEST).messages["authHeader"]]
    assert own.ordered
    assert own.foreign
    assert [field.name for field in own.fields] == [*wanted[:2], "accessToken", *wanted[2:]]
    assert {f.name for f in own.fields if f.absent} == {"appName", "appVersion"}
    beta = version_for_namespace(BETA_2016.namespace)
    assert beta is not None
    rows_ = contract(beta[0])
    names = [f.name for f in rows_.complex_types[rows_.messages["authHeader"]].fields]
    assert names == [*wanted[:2], "accessToken", "samlResponse", *wanted[2:]]


def test_every_component_is_in_one_file_only() -> None:
    known = components()
    assert len(known) > 900
    twice = [name for name, part in known.items() if part.count(b"\n\n") > 1]
    assert twice == ["authHeader"]
