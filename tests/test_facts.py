"""The contract against the tables that were read off its sources (``tests/facts``)."""

import json
from pathlib import Path

import pytest

from ips_contract.rows import Field, contract
from ips_contract.versions import LATEST, PRE_4_0, VERSIONS, Version, find_version

FACTS = Path(__file__).parent / "facts"


def table(name: str) -> dict[str, list[list[str]]]:
    loaded: dict[str, list[list[str]]] = json.loads((FACTS / f"{name}.json").read_text())
    return loaded


WSDL_ORDER = table("pre-4.0-order")
TYPES = table("documented-types")
SEQUENCES = table("documented-sequences")
CONSTANTS: dict[str, list[str]] = json.loads((FACTS / "documented-constants.json").read_text())
OPERATIONS: dict[str, dict[str, list[list[str]]]] = json.loads(
    (FACTS / "documented-operations.json").read_text()
)


def fields(name: str, version: Version = LATEST) -> tuple[Field, ...]:
    rows = contract(version)
    return rows.complex_types[rows.messages.get(name, name)].fields


def builtin(type_name: str, version: Version = LATEST) -> str:
    """The type of a value on the wire, without our restrictions."""
    kind = contract(version).simple_types.get(type_name)
    base = kind.base if kind else type_name
    name = base.removeprefix("xs:").removeprefix("HandleArrayUpTo1000")
    return {"token": "string", "": "HandleArray"}.get(name, name)


# Misprints of the pages: name on the page → name on the wire (docs/contract.md).
RENAMED = {
    ("ActiveJob", "imageServingRenderJob"): "imageRenderingPublishJob",
    ("ScheduledJob", "imageServingRenderJob"): "imageRenderingPublishJob",
    ("ServerDirectoryPublishJob", "emailSettings"): "emailSetting",
    ("UploadDirectoryJob", "autoColorOptions"): "autoColorCropOptions",
    ("UploadUrlsJob", "IllustratorOptions"): "illustratorOptions",
    ("UploadPostJob", "IllustratorOptions"): "illustratorOptions",
    ("IllustratorOptions", "colorSpace"): "colorspace",
    ("TaskProgressArray", "item"): "items",
}
# Types that the pages give wrongly: (type, field) → type on the wire (docs/contract.md).
RETYPED = {
    ("ActiveJob", "progressMessage"): "string",
    ("ActiveJob", "imageRenderingPublishJob"): "ImageRenderingPublishJob",
    ("ActiveJob", "serverDirectoryPublishJob"): "ServerDirectoryPublishJob",
    ("ScheduledJob", "imageRenderingPublishJob"): "ImageRenderingPublishJob",
    ("ScheduledJob", "timeZone"): "string",
    ("ScheduledJob", "triggerState"): "string",
    ("ScheduledJobArray", "items"): "ScheduledJob",
    ("IllustratorOptions", "resolution"): "double",
    ("RipPdfsJob", "autoTransparentCropOptions"): "AutoTransparentCropOptions",
    ("UploadDirectoryJob", "autoColorCropOptions"): "AutoColorCropOptions",
    ("UploadDirectoryJob", "overwrite"): "boolean",
    ("UploadDirectoryJob", "includeSubfolders"): "boolean",
    ("UploadDirectoryJob", "processMetadataFiles"): "boolean",
    ("UploadDirectoryJob", "autoSetCreationOptions"): "AutoSetCreationOptions",
    ("UploadDirectoryJob", "postImageRenderingPublishJob"): "ImageRenderingPublishJob",
    ("UploadUrlsJob", "postImageRenderingPublishJob"): "ImageRenderingPublishJob",
    ("UploadUrlsJob", "urlArray"): "UploadUrlArray",
    ("UploadPostJob", "autoSetCreationOptions"): "AutoSetCreationOptions",
    ("getActiveJobsReturn", "jobArray"): "ActiveJobArray",
}


@pytest.mark.parametrize("name", TYPES)
def test_documented_types(name: str) -> None:
    ours = {field.name: builtin(field.type) for field in fields(name)}
    for page_name, page_type, *required in TYPES[name]:
        field = RENAMED.get((name, page_name), page_name)
        wire = RETYPED.get((name, field), page_type.partition(":")[2])
        assert ours.get(field) == wire, field
        if required:
            (row,) = (row for row in fields(name) if row.name == field)
            assert row.required is (required[0] == "Yes")


@pytest.mark.parametrize("name", SEQUENCES)
def test_documented_sequences(name: str) -> None:
    ours = [
        [f.name, (f"{'types' if f.type in contract(LATEST).complex_types else 'xsd'}:"
         f"{builtin(f.type)}"), "required" if f.required else "optional"]
        for f in fields(name)
    ]  # fmt: skip
    assert ours == SEQUENCES[name]


@pytest.mark.parametrize("name", WSDL_ORDER)
def test_pre_4_0_order(name: str) -> None:
    ours = [field.name for field in fields(name, PRE_4_0)]
    wire = [field for field, _ in WSDL_ORDER[name]]
    assert [field for field in ours if field in wire] == wire
    for (field, page_type), row in zip(
        WSDL_ORDER[name], (f for f in fields(name, PRE_4_0) if f.name in wire), strict=True
    ):
        wanted = page_type.removesuffix("[]")
        numbers = {"integer": ("int", "string")}  # totalSize is a string on its page and observed.
        assert builtin(row.type, PRE_4_0) in numbers.get(wanted, (wanted,)), field
        assert (row.maximum is None) is page_type.endswith("[]")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_documented_operations(operation: str) -> None:
    for side, suffix in (("input", "Param"), ("output", "Return")):
        name = operation + suffix
        ours = {field.name: field for field in fields(name)}
        page = OPERATIONS[operation][side]
        assert list(ours) == [field for field, *_ in page]
        for field, page_type, required in page:
            wanted = RETYPED.get((name, field), page_type.partition(":")[2])
            assert builtin(ours[field].type) == wanted
            in_choice = ours[field].choice is not None
            assert ours[field].required is (required == "Yes" and not in_choice)


# Our simple types → the lists of the constants page.
LISTS = {
    "ColorManagement": "Color Management Modes",
    "Colorspace": "PostScript Colorspace Modes",
    "CropCorner": "AutoCrop Corner",
    "EmailSetting": "Email Settings",
    "IllustratorProcess": "Illustrator Processes",
    "JobLogSort": "Job Log Sort Fields",
    "JobState": "Active Job States",
    "LayerAnchor": "Photoshop Anchor Modes",
    "LayerNaming": "Photoshop Layer Naming Modes",
    "PdfProcess": "PDF Processes",
    "PublishType": "Publish Types",
    "SortDirection": "Sort Directions",
    "TriggerState": "Job Trigger States",
}


@pytest.mark.parametrize(("name", "page"), LISTS.items())
def test_documented_constants(name: str, page: str) -> None:
    facets = contract(LATEST).simple_types[name].facets
    ours = [facet.value for facet in facets if facet.rule == "constant"]
    # The page's list of trigger states runs on into the job types.
    wanted = CONSTANTS[page][:6] if name == "TriggerState" else CONSTANTS[page]
    assert ours == wanted


# The change log: type → fields → first version, last column: where it ends.
CHANGE_LOG = [
    ("submitJobParam", "locale description optimizeImagesJob ripPdfsJob reprocessAssetsJob", "4.0"),
    ("submitJobParam", "exportJob", "6.0"),
    ("PostScriptOptions", "alpha process", "4.0"),
    ("UploadUrlsJob", "pdfOptions illustratorOptions", "4.0"),
    ("UploadDirectoryJob", "pdfOptions illustratorOptions", "4.0"),
    ("ReprocessAssetsJob", "pdfOptions illustratorOptions", "4.0"),
    ("RipPdfsJob", "pdfOptions illustratorOptions", "4.0"),
    ("UploadDirectoryJob", "preservePublishState preserveCrop videoEncodingPreset", "4.2"),
    ("UploadUrlsJob", "preservePublishState preserveCrop", "4.2"),
    ("ReprocessAssetsJob", "preservePublishState preserveCrop readyForPublish", "4.2"),
    ("UploadUrlsJob", "autoSetCreationOptions", "4.4"),
    ("UploadDirectoryJob", "autoSetCreationOptions", "4.4"),
    ("ReprocessAssetsJob", "autoSetCreationOptions", "4.4"),
    ("PDFOptions", "extractLinks", "4.4"),
    ("PhotoshopOptions", "process layerOptions", "4.5"),
    ("PhotoshopOptions", "createTemplate extractText extendLayers", "4.0"),
    ("UploadUrlsJob", "numUrls", "4.5"),
    ("ImageRenderingPublishJob", "contextHandle", "6.0"),
    ("VideoPublishJob", "contextHandle", "6.0"),
]
ENDED = {
    ("PhotoshopOptions", name): "4.5"
    for name in (
        "maintainLayers layerNaming anchor createTemplate extractText extendLayers".split()
    )
}


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize(("name", "names", "since"), CHANGE_LOG)
def test_change_log(name: str, names: str, since: str, version: Version) -> None:
    rows = {field.name: field for field in fields(name, version)}
    for field in names.split():
        began = version.rank >= find_version(since).rank
        ended = ENDED.get((name, field))
        over = ended is not None and version.rank >= find_version(ended).rank
        # The seed pages document everything in the unversioned namespace: there it only warns.
        assert (field in rows) is ((began or version is PRE_4_0) and not over)
        if version is PRE_4_0:
            remark = "deprecated-job" if field == "ripPdfsJob" else "later-than-pre-4.0"
            assert rows[field].present == ("response-only" if field == "numUrls" else remark)


def test_nothing_else_depends_on_the_version() -> None:
    dated = {(name, field) for name, names, _ in CHANGE_LOG for field in names.split()} | set(ENDED)
    dated |= {
        ("AutomatedSetGenerationJob", "autoSetCreationOptions"),
        ("UploadPostJob", "pdfOptions"),
    }
    for name in contract(LATEST).complex_types:
        message = name.removesuffix("Type")
        answers = name in ("ActiveJob", "ScheduledJob", "UploadPostJob")
        for version in VERSIONS:
            kind = contract(version).complex_types[name]
            for field in (*kind.fields, *kind.elsewhen.values()):
                if (field.since or field.until) and not answers:
                    assert (message, field.name) in dated
