"""Rows: what the writer, the strategies and the sources shown in the documentation stand on."""

from __future__ import annotations

import pytest

from ips_contract import find_version
from ips_contract.contract.model import (
    Choice,
    Facet,
    Field,
    SimpleType,
    contract,
    messages,
    names_within,
    simple_type,
)
from ips_contract.contract.versions import BETA_2016, LATEST, VERSIONS


def row(name: str, type_name: str, evidence: str, **changes: object) -> Field:
    """A field that may be left out, once at most, in every version, but for ``changes``."""
    plain = Field(name, type_name, False, 1, None, "repeated-element", None, None, "", "", evidence)
    return plain._replace(**changes)  # type: ignore[arg-type] # as the rows below have them


EXPORT = row("exportJob", "ExportJob", "S L B D", choice=1, since="6.0")


TEMPLATE = row("createTemplate", "xs:boolean", "D", since="4.0", until="4.5")


LATE = "later-than-pre-4.0"


# Version, type, the field there; the last column: whether another version only has it.
FIELDS: list[tuple[str, str, Field, bool]] = [
    (
        "6.8",
        "submitJobParamType",
        row("companyHandle", "CompanyHandle", "S L B W D", required=True),
        False,
    ),
    ("6.8", "submitJobParamType", row("execTime", "ZonedDateTime", "S L B W D", choice=0), False),
    ("6.8", "submitJobParamType", EXPORT, False),
    ("4.5", "submitJobParamType", EXPORT, True),
    ("pre-4.0", "submitJobParamType", EXPORT._replace(present=LATE), False),
    (
        "pre-4.0",
        "submitJobParamType",
        row("ripPdfsJob", "RipPdfsJob", "S L B D", choice=1, since="4.0", present="deprecated-job"),
        False,
    ),
    ("pre-4.0", "PhotoshopOptions", TEMPLATE, True),
    ("4.2", "PhotoshopOptions", TEMPLATE, False),
    ("4.5", "PhotoshopOptions", TEMPLATE, True),
    (
        "4.4",
        "UploadUrlsJob",
        row("numUrls", "Int", "L B D", since="4.5", present="response-only"),
        True,
    ),
    (
        "6.8",
        "UploadUrlArray",
        row("items", "UploadUrl", "L B W D", maximum=None, absent="empty-list"),
        False,
    ),
    (
        "6.8",
        "HandleArrayUpTo1000",
        row("items", "xs:string", "D", maximum=1000, maximum_rule="array-limit"),
        False,
    ),
    (
        "6.8",
        "UploadDirectoryJob",
        row("serverDir", "xs:string", "L B W D", required=True),
        False,
    ),
    (
        "4.5",
        "getAssetJobLogsParamType",
        row("assetHandle", "xs:string", "L B D", absent="missing-inferred"),
        False,
    ),
    (
        "6.6",
        "getAssetJobLogsParamType",
        row("assetHandle", "xs:string", "L B D", required=True),
        False,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("version", "type_name", "field", "elsewhen"), FIELDS)
def test_fields(version: str, type_name: str, field: Field, elsewhen: bool) -> None:
    kind = contract(find_version(version)).complex_types[type_name]
    assert kind.elsewhen.get(field.name) == (field if elsewhen else None)
    assert [f for f in kind.fields if f.name == field.name] == ([] if elsewhen else [field])


def test_choices() -> None:
    first, second = contract(find_version("4.5")).complex_types["submitJobParamType"].choices
    assert first == Choice("one-schedule", False, ("execTime", "execSchedule"), "S")
    assert second[:2] == ("one-job", True)
    assert "exportJob" not in second.names
    crop = contract(LATEST).complex_types["UploadUrlsJob"].choices[0]
    assert crop[:2] == ("one-crop", False)
    assert crop.evidence == "D"


NUMBER = r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?|-?INF"


SIMPLE_TYPES = [
    (
        "pre-4.0",
        SimpleType(
            "CompanyHandle",
            "xs:token",
            (
                Facet("minLength", "1", "blank", "S D"),
                Facet("pattern", "[0-9]+", "handle-form", "O D"),
            ),
        ),
    ),
    (
        "4.0",
        SimpleType(
            "CompanyHandle",
            "xs:token",
            (
                Facet("minLength", "1", "blank", "S D"),
                Facet("pattern", r"c\|[0-9]+", "handle-form", "O D"),
            ),
        ),
    ),
    (
        "6.8",
        SimpleType(
            "Ratio",
            "xs:double",
            (
                Facet("pattern", NUMBER, "range", "D"),
                Facet("minInclusive", "0", "range", "D"),
                Facet("maxInclusive", "1", "range", "D"),
            ),
        ),
    ),
    ("6.8", SimpleType("Schedule", "xs:string", (), "schedule")),
]


@pytest.mark.parametrize(("version", "kind"), SIMPLE_TYPES)
def test_simple_types(version: str, kind: SimpleType) -> None:
    assert contract(find_version(version)).simple_types[kind.name] == kind


@pytest.mark.parametrize(
    ("name", "ordered", "check"),
    [
        ("ExportJob", True, "export-format"),
        ("FaultDetail", True, "fault-code"),
        ("authHeaderAnyOrderType", False, None),
        ("UploadUrlsJob", True, None),
    ],
)
def test_complex_types(name: str, ordered: bool, check: str | None) -> None:
    kind = contract(LATEST).complex_types[name]
    assert (kind.name, kind.ordered, kind.check) == (name, ordered, check)


def test_built_in_types_are_types_without_facets() -> None:
    assert simple_type(contract(LATEST), "xs:int") == SimpleType("xs:int", "xs:int")
    assert simple_type(contract(LATEST), "NoSuchType") is None


def test_the_names_within_a_message_are_those_of_all_versions() -> None:
    for message in [*messages(), "nothingParam"]:
        names: set[str] = set()
        for version in (*VERSIONS, BETA_2016):
            table = contract(version)
            waiting = [table.messages[message]] if message in table.messages else []
            for name in waiting:
                for field in table.complex_types[name].fields:
                    names.add(field.name)
                    if field.type in table.complex_types and field.type not in waiting:
                        waiting.append(field.type)
        assert names_within(message) == names, message
