"""What one operation is given another one shows: permissions, parts of images, settings …"""

from __future__ import annotations

from typing import Any

import pytest

from ips_contract import VERSIONS
from ips_contract.mock.service import Service
from ips_contract.mock.state.lifecycle import AT_ONCE
from tests.calls import NEW, OLD, PUBLISH, ask, company, refusal, submit, texts
from tests.mock.test_searches import array, fields

V66 = VERSIONS[6]
EVERYWHERE = pytest.mark.parametrize("version", [OLD, V66, NEW], ids=str)
DATED = pytest.mark.parametrize("version", [V66, NEW], ids=str)


@pytest.fixture
def service() -> Service:
    service = Service(plan=AT_ONCE)
    for name in ("boot", "clog"):
        service.library.put_asset("47", "shoes", name, info={"fileSize": 1000})
    ask(service, "saveGroup", fields(name="Editors", isSystemDefined="false"))
    ask(service, "saveGroup", fields(name="Readers", isSystemDefined="false"))
    return service


def handle(version: Any, number: int, kind: int = 1) -> str:
    """The handle of an asset, in the forms of pre-4.0 and of 6.6."""
    return f"a|{number}" if version.date else f"{number}|{kind}|{number}"


def asset(version: Any, number: int = 1) -> str:
    return f"<assetHandle>{handle(version, number)}</assetHandle>"


def shown(service: Service, path: str, version: Any = NEW, number: int = 1) -> list[str]:
    """What getAssets shows of an asset at a path."""
    inner = array("assetHandleArray", handle(version, number))
    return texts(ask(service, "getAssets", inner, version), f"assetArray/items/{path}")


# Permissions.


def permissions(name: str, *rows: tuple[int, str, bool], dated: bool = True) -> str:
    group = "g|" * dated
    items = "".join(
        "<items>"
        + fields(
            groupHandle=f"{group}{number}",
            permissionType=kind,
            isAllowed=str(allowed).lower(),
            isOverride="false",
        )
        + "</items>"
        for number, kind, allowed in rows
    )
    return f"<{name}>{items}</{name}>"


def allowed(service: Service, version: Any) -> list[tuple[str, str, str]]:
    names = ("groupName", "permissionType", "isAllowed")
    found = [shown(service, f"permissions/items/{name}", version) for name in names]
    return list(zip(*found, strict=True))


@EVERYWHERE
def test_permissions_of_an_asset(service: Service, version: Any) -> None:
    dated = bool(version.date)
    assert allowed(service, version) == []
    rows = permissions("permissionArray", (1, "Read", True), (1, "Write", False), dated=dated)
    ask(service, "setAssetPermissions", asset(version) + rows, version)
    assert allowed(service, version) == [("Editors", "Read", "true"), ("Editors", "Write", "false")]
    rows = permissions("updateArray", (1, "Write", True), (2, "Read", True), dated=dated)
    ask(service, "updateAssetPermissions", asset(version) + rows, version)
    assert allowed(service, version) == [
        ("Editors", "Read", "true"),
        ("Editors", "Write", "true"),
        ("Readers", "Read", "true"),
    ]
    ask(service, "deleteGroup", "<groupHandle>g|2</groupHandle>")
    assert len(allowed(service, version)) == 2
    rows = permissions("permissionArray", (1, "Delete", True), dated=dated)
    ask(service, "setAssetPermissions", asset(version) + rows, version)
    assert allowed(service, version) == [("Editors", "Delete", "true")]
    ask(service, "removeAssetPermissions", asset(version), version)
    assert allowed(service, version) == []
    rows = permissions("permissionArray", (9, "Read", True), dated=dated)
    assert refusal(service, "setAssetPermissions", asset(version) + rows, version)[0] == 30001


@EVERYWHERE
def test_permissions_of_folders(service: Service, version: Any) -> None:
    dated = bool(version.date)
    root, shoes = (f"{'f|' * dated}Company47/{path}" for path in ("", "shoes/"))
    rows = permissions("permissionArray", (1, "Read", True), dated=dated)
    inner = f"<folderHandle>{root}</folderHandle><setChildren>true</setChildren>{rows}"
    ask(service, "setFolderPermissions", inner, version)
    rows = permissions("updateArray", (2, "Write", True), dated=dated)
    inner = f"<folderHandle>{shoes}</folderHandle><updateChildren>false</updateChildren>{rows}"
    ask(service, "updateFolderPermissions", inner, version)
    listed = ask(service, "getFolders", version=version)
    tree = ask(service, "getFolderTree", "<depth>-1</depth>", version)
    if not dated:  # They stand in the folders themselves (W).
        found = texts(listed, "folderArray/items/permissions/items/permissionType")
        assert found == ["Read", "Read", "Write"]
    else:
        sets = texts(listed, "folderArray/items/permissionSetHandle")
        assert sets == ["pm|1", "pm|2"]
        assert texts(tree, "folders/subfolderArray/items/permissionSetHandle") == ["pm|2"]
        for answer in (listed, tree):
            known = "permissionSetArray/items"
            assert texts(answer, f"{known}/permissionSetHandle") == sets
            kinds = texts(answer, f"{known}/permissionArray/items/permissionType")
            assert kinds == ["Read", "Read", "Write"]
    inner = f"<folderHandle>{root}</folderHandle><updateChildren>true</updateChildren>"
    ask(service, "removeFolderPermissions", inner, version)
    after = ask(service, "getFolders", version=version)
    assert not [element for element in after.iter() if "ermission" in str(element.tag)]


def test_permissions_of_property_sets(service: Service) -> None:
    inner = fields(name="T", propertyType="UserProperty", allowMultiple="false")
    ask(service, "createPropertySetType", inner, V66)
    owner = "<typeHandle>pt|1</typeHandle><primaryOwnerHandle>me@example.com</primaryOwnerHandle>"
    ask(service, "createPropertySet", f"{owner}<propertyArray/>", V66, whole=False)
    one = "<setHandle>ps|1</setHandle>"

    def types() -> list[str]:
        found = ask(service, "getPropertySets", owner, V66, whole=False)
        return texts(found, "setArray/items/permissions/items/permissionType")

    for operation, rows, expected in (
        ("setPropertySetPermissions", permissions("permissionArray", (1, "Read", True)), ["Read"]),
        (
            "updatePropertySetPermissions",
            permissions("updateArray", (1, "Write", True)),
            ["Read", "Write"],
        ),
        ("removePropertySetPermissions", "", []),
    ):
        ask(service, operation, one + rows, V66, whole=False)
        assert types() == expected


# Parts of images.

TARGET = fields(name="My Target", xPosition=2, yPosition=3, width=10, height=11)


@EVERYWHERE
def test_zoom_targets(service: Service, version: Any) -> None:
    inner = f"{asset(version)}{TARGET}<userData>two  blanks</userData>"
    (made,) = texts(ask(service, "saveZoomTarget", inner, version), "zoomTargetHandle")
    assert made == ("a|1|9|1" if version.date else "1|9|1")  # D, in both forms.
    path = "imageInfo/zoomTargets/items"
    assert shown(service, f"{path}/zoomTargetHandle", version) == [made]
    assert shown(service, f"{path}/userData", version) == ["two  blanks"]
    assert shown(service, f"{path}/xPosition", version) == ["2"]
    named = f"{asset(version)}<zoomTargetHandle>{made}</zoomTargetHandle>"
    changed = named + TARGET.replace("<xPosition>2", "<xPosition>20")
    assert texts(ask(service, "saveZoomTarget", changed, version), "zoomTargetHandle") == [made]
    assert shown(service, f"{path}/xPosition", version) == ["20"]
    assert shown(service, f"{path}/userData", version) == ["two  blanks"]
    other = changed.replace(handle(version, 1), handle(version, 2))
    assert refusal(service, "saveZoomTarget", other, version)[0] == 30001
    target = f"<zoomTargetHandle>{made}</zoomTargetHandle>"
    assert refusal(service, "deleteZoomTarget", target, version, "48")[0] == 30001
    ask(service, "deleteZoomTarget", target, version)
    assert shown(service, f"{path}/name", version) == []
    assert refusal(service, "deleteZoomTarget", target, version)[0] == 30001


@DATED
def test_all_zoom_targets_of_an_image(service: Service, version: Any) -> None:
    ask(service, "saveZoomTarget", asset(version) + TARGET, version)
    items = "".join(f"<items>{TARGET.replace('My Target', name)}</items>" for name in "ab")
    inner = f"{asset(version)}<zoomTargetArray>{items}</zoomTargetArray>"
    answer = ask(service, "setZoomTargets", inner, version)
    handles = texts(answer, "zoomTargetHandleArray/items")
    assert shown(service, "imageInfo/zoomTargets/items/zoomTargetHandle", version) == handles
    assert shown(service, "imageInfo/zoomTargets/items/name", version) == ["a", "b"]
    wanted = array("responseFieldArray", "assetArray/items/imageInfo/zoomTargets/items/name")
    found = ask(service, "searchAssets", f"<includeSubfolders>true</includeSubfolders>{wanted}")
    path = "assetArray/items/imageInfo/zoomTargets/items"
    assert texts(found, f"{path}/name") == ["a", "b"]
    assert texts(found, f"{path}/width") == []


@EVERYWHERE
def test_image_maps(service: Service, version: Any) -> None:
    enabled = "<enabled>false</enabled>" if version.date else ""
    inner = fields(name="m", shapeType="Polygon", region="1,2 3,4", action="a()", position=3)
    answer = ask(service, "saveImageMap", asset(version) + inner + enabled, version)
    (made,) = texts(answer, "imageMapHandle")
    path = "imageInfo/imageMaps/items"
    for name, value in (("region", "1,2 3,4"), ("shapeType", "Polygon"), ("position", "3")):
        assert shown(service, f"{path}/{name}", version) == [value]
    if version.date:
        assert shown(service, f"{path}/enabled", version) == ["false"]
        row = fields(name="n", shapeType="Polygon", region="1", action="b", enabled="true")
        rows = f"<imageMapArray><items>{row}</items></imageMapArray>"
        answer = ask(service, "setImageMaps", asset(version) + rows, version)
        (made,) = texts(answer, "imageMapHandleArray/items")
        assert shown(service, f"{path}/action", version) == ["b"]
        # A definition may have any text there; an image map, as answers show it, may not.
        other = rows.replace("Polygon", "Circle")
        told = refusal(service, "setImageMaps", asset(version) + other, version)
        assert "shapeType" in told[1]
        assert shown(service, f"{path}/action", version) == ["b"]  # It is as it was.
    ask(service, "deleteImageMap", f"<imageMapHandle>{made}</imageMapHandle>", version)
    assert shown(service, f"{path}/name", version) == []


# Details of assets.


@DATED
def test_details_of_many_images(service: Service, version: Any) -> None:
    rows = (
        f"<items>{asset(version)}{fields(resolution='72.5', anchorX=50, userData='u')}</items>"
        "<items><assetHandle>a|99</assetHandle></items>"
    )
    answer = ask(service, "batchSetImageFields", f"<updateArray>{rows}</updateArray>", version)
    assert texts(answer, "successCount") == texts(answer, "errorCount") == ["1"]
    assert texts(answer, "errorDetailArray/items/assetHandle") == ["a|99"]
    assert texts(answer, "errorDetailArray/items/code") == ["30001"]
    for name, value in (("resolution", "72.5"), ("anchorX", "50"), ("userData", "u")):
        assert shown(service, f"imageInfo/{name}", version) == [value]
    assert shown(service, "imageInfo/fileSize", version) == ["1000"]


@DATED
def test_thumbnails_and_modifiers(service: Service, version: Any) -> None:
    thumb = f"<thumbAssetHandle>{handle(version, 2)}</thumbAssetHandle>"
    rows = f"<updateArray><items>{asset(version)}{thumb}</items></updateArray>"
    assert texts(ask(service, "batchSetThumbAsset", rows, version), "successCount") == ["1"]
    found = ask(service, "getAssociatedAssets", asset(version), version)
    assert texts(found, "thumbAsset/name") == ["clog"]
    inner = f"{asset(version)}<urlModifier>wid=8</urlModifier>"
    ask(service, "setUrlModifier", inner, version)
    inner = f"{asset(version)}<urlPostApplyModifier>qlt=9</urlPostApplyModifier>"
    ask(service, "setUrlModifier", inner, version)
    assert shown(service, "imageInfo/urlModifier", version) == ["wid=8"]
    assert shown(service, "imageInfo/urlPostApplyModifier", version) == ["qlt=9"]


@DATED
@pytest.mark.parametrize("operation", ["batchSetFontFields", "batchSetIccProfileFields"])
def test_fields_of_fonts_and_profiles_are_counted(
    service: Service, version: Any, operation: str
) -> None:
    rows = f"<items>{asset(version)}</items><items><assetHandle>a|99</assetHandle></items>"
    answer = ask(service, operation, f"<updateArray>{rows}</updateArray>", version)
    assert texts(answer, "successCount") == texts(answer, "errorCount") == ["1"]


@DATED
def test_packets(service: Service, version: Any) -> None:
    assert texts(ask(service, "getXMPPacket", asset(version), version), "compressedPacket") == [""]
    packet = f"{asset(version)}<compressedPacket>H4sIAAAA</compressedPacket>"
    assert texts(ask(service, "updateXMPPacket", packet, version), "success") == ["true"]
    found = ask(service, "getXMPPacket", asset(version), version)
    assert texts(found, "compressedPacket") == ["H4sIAAAA"]
    other = ask(service, "getXMPPacket", asset(version, 2), version)
    assert texts(other, "compressedPacket") == [""]
    assert refusal(service, "getXMPPacket", asset(version, 99), version)[0] == 30001


def test_a_mask_is_removed(service: Service) -> None:
    info: dict[str, str | int] = {"maskPath": "p/", "maskFile": "m.tif", "width": 9}
    service.library.put_asset("47", "shoes", "masked", info={**info})
    assert shown(service, "imageInfo/maskFile", V66, 3) == ["m.tif"]
    ask(service, "removeMask", asset(V66, 3), V66)
    assert shown(service, "imageInfo/maskFile", V66, 3) == []
    assert shown(service, "imageInfo/width", V66, 3) == ["9"]


@DATED
def test_what_is_forced_is_published_again(service: Service, version: Any) -> None:
    job = PUBLISH.replace("Full", "Incremental")
    submit(service, "First", job=job, version=NEW)

    def published(name: str) -> list[str]:
        inner = f"<originalName>{name}</originalName>"
        found = ask(service, "getJobLogDetails", inner)
        return texts(found, "jobLog/detailArray/items/assetName") or texts(
            found, "jobLogArray/items/detailArray/items/assetName"
        )

    assert {"boot", "clog"} <= set(published("First"))
    inner = array("assetHandleArray", handle(version, 2), "a|99")
    answer = ask(service, "forceRepublishAssets", inner, version)
    assert texts(answer, "successCount") == texts(answer, "errorCount") == ["1"]
    service.clock.advance(seconds=60)
    for name, expected in (("Second", {"clog"}), ("Third", set())):
        submit(service, name, job=job, version=NEW)
        assert set(published(name)) & {"boot", "clog"} == expected


# New assets.


def folder(version: Any) -> str:
    return "<folderHandle>f|Company47/shoes/</folderHandle>"


@DATED
def test_templates_and_views(service: Service, version: Any) -> None:
    inner = fields(name="t", type="Template", urlModifier="a=b", urlPostApplyModifier="c=d")
    answer = ask(service, "createTemplate", folder(version) + inner, version)
    assert texts(answer, "assetHandle") == ["a|3"]
    assert shown(service, "type", version, 3) == ["Template"]
    assert shown(service, "templateInfo/urlPostApplyModifier", version, 3) == ["c=d"]
    assert refusal(service, "createTemplate", folder(version) + inner, version)[0] == 30000
    owner = f"<ownerHandle>{handle(version, 1)}</ownerHandle>"
    inner = fields(name="v", type="AdjustedView", urlModifier="modify=this")
    ask(service, "createDerivedAsset", owner + folder(version) + inner, version)
    assert shown(service, "layerViewInfo/urlModifier", version, 4) == ["modify=this"]
    found = ask(service, "getAssociatedAssets", asset(version), version)
    assert texts(found, "derivedArray/items/name") == ["v"]
    found = ask(service, "getAssociatedAssets", asset(version, 4), version)
    assert texts(found, "ownerArray/items/name") == ["boot"]


@DATED
def test_copies(service: Service, version: Any) -> None:
    inner = folder(version) + fields(name="copy", urlModifier="wid=9")
    answer = ask(service, "copyImage", asset(version) + inner, version)
    assert texts(answer, "assetHandle") == ["a|3"]
    assert shown(service, "name", version, 3) == ["copy"]
    assert shown(service, "type", version, 3) == ["Image"]
    service.clock.advance(seconds=60)
    before = shown(service, "lastModified", version)
    inner = f"{asset(version)}<urlModifier>wid=9</urlModifier>"
    answer = ask(service, "replaceImage", inner, version)
    assert texts(answer, "assetHandle") == ["a|1"]  # The same (D).
    assert shown(service, "lastModified", version) > before


def settings(name: str, *rows: tuple[str, str]) -> str:
    items = "".join(f"<items>{fields(name=row, value=value)}</items>" for row, value in rows)
    return f"<{name}>{items}</{name}>"


@DATED
def test_viewer_presets(service: Service, version: Any) -> None:
    inner = folder(version) + fields(name="zoom", type="BasicZoom")
    rows = settings("configSettingArray", ("a", "1"), ("b", "2"))
    answer = ask(service, "createViewerPreset", inner + rows, version)
    assert texts(answer, "viewerPresetHandle") == ["a|3"]

    def found() -> tuple[list[str], dict[str, str]]:
        answer = ask(service, "getViewerConfigSettings", asset(version, 3), version)
        path = "configSettingArray/items"
        names, values = texts(answer, f"{path}/name"), texts(answer, f"{path}/value")
        info = "viewerPresetInfo"
        assert shown(service, f"{info}/{path}/name", version, 3) == names
        assert shown(service, f"{info}/type", version, 3) == texts(answer, "type")
        return texts(answer, "type"), dict(zip(names, values, strict=True))

    assert found() == (["BasicZoom"], {"a": "1", "b": "2"})
    rows = settings("configSettingArray", ("b", "3"), ("c", "4"))
    ask(service, "updateViewerConfigSettings", asset(version, 3) + rows, version)
    assert found() == (["BasicZoom"], {"a": "1", "b": "3", "c": "4"})
    rows = fields(name="turn", type="Spin") + settings("configSettingArray", ("d", "5"))
    ask(service, "setViewerConfigSettings", asset(version, 3) + rows, version)
    assert found() == (["Spin"], {"d": "5"})
    assert shown(service, "name", version, 3) == ["turn"]


# Records and settings of companies.

FORMAT = (
    "<targetWidth>1200</targetWidth><targetHeight>800</targetHeight><createPyramid>true"
    "</createPyramid><thumbWidth>400</thumbWidth><saveAsVersion>0</saveAsVersion>"
    "<sizeSuffixSeparator>-</sizeSuffixSeparator><sharpen>50</sharpen><usmAmount>230.5</usmAmount>"
    "<usmRadius>1.1</usmRadius><usmThreshold>130</usmThreshold>"
)


@DATED
def test_vignette_formats(service: Service, version: Any) -> None:
    answer = ask(service, "createVignettePublishFormat", f"<name>F</name>{FORMAT}", version)
    assert texts(answer, "vignetteFormatHandle") == ["v|47|1"]  # As v|21|281 (D).
    one = "<vignetteFormatHandle>v|47|1</vignetteFormatHandle>"
    changed = f"{one}<name>G</name><targetWidth>1300</targetWidth>"
    ask(service, "updateVignettePublishFormat", changed, version)
    found = ask(service, "getVignettePublishFormats", "", version)
    row = "vignetteFormatArray/items"
    for name, value in (("name", "G"), ("targetWidth", "1300"), ("usmAmount", "230.5")):
        assert texts(found, f"{row}/{name}") == [value]
    blank = "<vignetteFormatHandle/><name>H</name>"
    assert refusal(service, "updateVignettePublishFormat", blank, version)[0] == 30002
    ask(service, "deleteVignettePublishFormat", one, V66)
    assert refusal(service, "deleteVignettePublishFormat", one, V66)[0] == 30001


@DATED
def test_company_settings(service: Service, version: Any) -> None:
    given = fields(overwriteMode="OverwriteFullName", retainPublishState="true")
    profile = f"<defaultDisplayProfileHandle>{handle(version, 2)}</defaultDisplayProfileHandle>"
    inner = f"{given}{profile}<diskSpaceWarningMin>100000</diskSpaceWarningMin>"
    ask(service, "setCompanySettings", inner, version)
    ask(service, "setCompanySettings", "<emailTrashCleanupWarning>true</emailTrashCleanupWarning>")
    found = ask(service, "getCompanySettings", "", version)
    for name, value in (
        ("overwriteMode", "OverwriteFullName"),
        ("retainPublishState", "true"),
        ("diskSpaceWarningMin", "100000"),
        ("emailTrashCleanupWarning", "true"),
        ("defaultDisplayProfile/name", "clog"),
    ):
        assert texts(found, f"settings/{name}") == [value]
    other = ask(service, "getCompanySettings", "", version, "48")
    assert texts(other, "settings/retainPublishState") == ["false"]


@DATED
def test_uploads_keep_the_publish_state_where_the_company_says_so(
    service: Service, version: Any
) -> None:
    """preservePublishState is the company's setting by default (D)."""
    job = (
        "<uploadUrlsJob><urlArray><items><sourceUrl>http://x.test/boot.jpg</sourceUrl><destPath>"
        "shoes/boot</destPath></items></urlArray><overwrite>true</overwrite><readyForPublish>true"
        "</readyForPublish>{}<createMask>false</createMask><emailSetting>None</emailSetting>"
        "</uploadUrlsJob>"
    )
    kept = "<preservePublishState>{}</preservePublishState>"
    for keeps, own, expected in (
        ("true", "", "false"),
        ("false", "", "true"),
        ("true", kept.format("false"), "true"),
        ("false", kept.format("true"), "false"),
    ):
        unmark = f"{asset(version)}<publishState>NotMarkedForPublish</publishState>"
        ask(service, "setAssetPublishState", unmark, version)
        inner = f"<retainPublishState>{keeps}</retainPublishState>"
        ask(service, "setCompanySettings", inner, version)
        submit(service, "Upload", job=job.format(own), version=version)
        assert shown(service, "readyForPublish", version) == [expected], (keeps, own)


@DATED
@pytest.mark.parametrize("kind", ["ImageServing", "ImageRendering"])
def test_publish_settings(service: Service, version: Any, kind: str) -> None:
    def found(inner: str = "") -> list[str]:
        answer = ask(service, f"get{kind}PublishSettings", inner, version)
        return texts(answer, "publishSettingArray/items/name")

    context = "<contextHandle>pc|2</contextHandle>"
    assert found() == found(context) == []
    ask(
        service,
        f"set{kind}PublishSettings",
        context + settings("publishSettingArray", ("a", "1"), ("b", "2")),
        version,
    )
    assert found(context) == ["a", "b"]
    assert found() == []
    rows = context + settings("publishSettingArray", ("c", "3"))
    ask(service, f"set{kind}PublishSettings", rows, version)
    assert found(context) == ["c"]
    wrong = "<contextHandle>pc|99</contextHandle>"
    assert refusal(service, f"get{kind}PublishSettings", wrong, version)[0] == 30001


@EVERYWHERE
def test_disk_usage(service: Service, version: Any) -> None:
    service.library.put_asset("47", "", "book", type="Pdf", info={"fileSize": 500})
    found = ask(service, "getDiskUsage", "", version)
    row = "diskUsageArray/items"
    assert texts(found, f"{row}/companyHandle") == [company(version)]
    assert texts(found, f"{row}/imageCount") == ["2"]
    assert texts(found, f"{row}/diskSpaceUsage") == ["2500"]
    every = ask(service, "getDiskUsage", "", version, whole=False)
    assert texts(every, f"{row}/companyName") == ["Company 47"]


@DATED
def test_media_portal_events(service: Service, version: Any) -> None:
    def add(kind: str, job: str) -> None:
        first = fields(eventType=kind, ipsUser="me@example.com")
        rest = fields(jobName=job, jobDescription="d", int1=7, float1="0.5")
        inner = f"{first}<companyHandle>c|47</companyHandle>{rest}"
        ask(service, "addMediaPortalEvent", inner, version, whole=False)

    def jobs(inner: str = "") -> list[str]:
        answer = ask(service, "getMediaPortalEvent", inner, version, whole=False)
        assert set(texts(answer, "MediaPortalEventArray/items/companyId")) <= {"47"}
        return texts(answer, "MediaPortalEventArray/items/jobName")

    add("Upload", "A")
    service.clock.advance(seconds=60)
    now = service.clock.now().isoformat()
    add("Delete", "B")
    assert jobs() == ["A", "B"]
    assert jobs("<eventType>Delete</eventType>") == ["B"]
    assert jobs(f"<afterDate>{now}</afterDate>") == ["B"]
    assert jobs("<jobName>A</jobName>") == ["A"]
    assert jobs("<companyHandle>c|48</companyHandle>") == []


@DATED
def test_tags_are_renamed(service: Service, version: Any) -> None:
    """As in an example of the reference (D): what is not there, and what is there already."""
    inner = fields(assetType="Asset", name="Wind", fieldType="SingleFixedTag")
    (field,) = texts(ask(service, "createMetadataField", inner, version), "fieldHandle")
    one = f"<fieldHandle>{field}</fieldHandle>"
    tags = array("valueArray", "Nurth", "Suth", "East", "West")
    ask(service, "setTagFieldValues", one + tags, version)
    value = f"<updateArray><items>{one}<value>Suth</value></items></updateArray>"
    ask(service, "setAssetMetadata", asset(version) + value, version)
    changes = [("Nurth", "North"), ("Suth", "South"), ("East", "West"), ("Banana", "Pear")]
    items = "".join(f"<items>{fields(oldValue=a, newValue=b)}</items>" for a, b in changes)
    inner = f"{one}<updateArray>{items}</updateArray>"
    answer = ask(service, "updateTagFieldValues", inner, version)
    assert texts(answer, "successCount") == texts(answer, "errorCount") == ["2"]
    assert texts(answer, "errorDetailArray/items/value") == ["East", "Banana"]
    assert texts(answer, "errorDetailArray/items/code") == ["30001", "30001"]
    found = ask(service, "getTagFieldValues", array("fieldHandleArray", field), version)
    values = texts(found, "fieldArray/items/valueArray/items")
    assert values == ["North", "South", "East", "West"]
    assert shown(service, "metadataArray/items/value", version) == ["South"]


def test_the_tags_of_a_boolean_field_stay(service: Service) -> None:
    """Its dictionary cannot be changed (D)."""
    inner = fields(assetType="Asset", name="Sold", fieldType="BooleanTag")
    (field,) = texts(ask(service, "createMetadataField", inner), "fieldHandle")
    one = f"<fieldHandle>{field}</fieldHandle>"
    rows = f"<items>{fields(oldValue='True', newValue='Yes')}</items>"
    for operation, inner in (
        ("addTagFieldValues", array("valueArray", "Perhaps")),
        ("setTagFieldValues", array("valueArray", "Yes")),
        ("deleteTagFieldValues", array("valueArray", "True")),
        ("updateTagFieldValues", f"<updateArray>{rows}</updateArray>"),
    ):
        assert refusal(service, operation, one + inner)[0] == 30001
    found = ask(service, "getTagFieldValues", array("fieldHandleArray", field))
    assert texts(found, "fieldArray/items/valueArray/items") == ["True", "False"]


def test_types_that_are_not_in_the_list() -> None:
    """Who seeds a library is told; a client's request decides for itself."""
    service = Service()
    with pytest.raises(ValueError, match="no asset type 'image'; did you mean Image"):
        service.library.put_asset("47", "", "boot", type="image")
    inner = "<folderHandle>f|Company47/</folderHandle><name>t</name><type>Own</type>"
    ask(service, "createTemplate", inner)
    assert shown(service, "type") == ["Own"]


def test_what_pre_4_0_does_not_require_is_empty(service: Service) -> None:
    ask(service, "saveImageFormat", "<name>F</name>", OLD)
    found = ask(service, "getImageFormats")
    assert texts(found, "imageFormatArray/items/urlModifier") == [""]
