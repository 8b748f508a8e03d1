"""Every operation on folders, assets and records, in every version that has it: valid answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ips_contract import VERSIONS, validate_exchange
from ips_contract.contract.handles import write_handle
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, UNVERSIONED, version_for_namespace
from ips_contract.mock.operations.table import JOB_FAMILY, OPERATIONS
from ips_contract.mock.service import Service
from ips_contract.mock.state.assets import Member
from tests.calls import call, company, submit
from tests.mock.test_answers import NAMESPACES
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.versions import Version
    from ips_contract.http.messages import Response

# The operations of jobs and logins have tests of their own.
ELSEWHERE = JOB_FAMILY.keys()
CONDITION = "<items><fieldHandle>{field}</fieldHandle><op>Contains</op><value>S</value></items>"
SELECTED = (
    "<responseFieldArray><items>totalRows</items><items>assetArray/items/name</items>"
    "<items>assetArray/items/imageInfo/width</items></responseFieldArray>"
)
VIGNETTE_FORMAT = (
    "<name>F</name><targetWidth>1200</targetWidth><targetHeight>800</targetHeight>"
    "<createPyramid>true</createPyramid><thumbWidth>400</thumbWidth>"
    "<saveAsVersion>0</saveAsVersion><sizeSuffixSeparator>-</sizeSuffixSeparator>"
    "<sharpen>50</sharpen><usmAmount>230.0</usmAmount><usmRadius>1.1</usmRadius>"
    "<usmThreshold>130</usmThreshold>"
)
ZOOM_TARGET = (
    "<name>My Zoom Target</name><xPosition>2</xPosition><yPosition>3</yPosition>"
    "<width>10</width><height>11</height><userData>My  User Data</userData>"
)
IMAGE_MAP = (
    "<name>map</name><shapeType>Rectangle</shapeType><region>0,0,9,9</region>"
    "<action>https://example.com/</action><position>1</position>"
)
PUBLISH_SETTINGS = (
    "<publishSettingArray><items><name>a</name><value>1</value></items></publishSettingArray>"
)
# Operation → the fields of its request, as the schema orders them. {asset}, {folder} and so on are
# handles in the form of the version. A later row finds what an earlier one did.
REQUESTS: list[tuple[str, str]] = [
    ("getFolders", "<folderPath>Company47/shoes</folderPath>"),
    ("getFolderTree", "<depth>-1</depth>"),
    ("createFolder", "<folderPath>Company47/new/deep/</folderPath>"),
    ("renameFolder", "<folderHandle>{new}</folderHandle><folderName>newer</folderName>"),
    (
        "moveFolder",
        "<folderHandle>{newer}</folderHandle><destFolderHandle>{folder}</destFolderHandle>",
    ),
    ("deleteFolder", "<folderHandle>{old}</folderHandle>"),
    ("searchAssets", "<includeSubfolders>true</includeSubfolders>"),
    ("searchAssets", f"<includeSubfolders>true</includeSubfolders>{SELECTED}"),
    (
        "searchAssets",
        "<folder>Company47/shoes/</folder><includeSubfolders>true</includeSubfolders>"
        "<systemFieldConditionArray><items><field>Name</field><op>StartsWith</op>"
        "<value>shoe</value></items></systemFieldConditionArray><metadataConditionArray>"
        + CONDITION.format(field="{field}")
        + "</metadataConditionArray><recordsPerPage>1</recordsPerPage><resultsPage>0</resultsPage>"
        "<sortBy>Name</sortBy><sortDirection>Descending</sortDirection>",
    ),
    (
        "searchAssetsByMetadata",
        "<metadataConditionArray>"
        + CONDITION.format(field="name")
        + "</metadataConditionArray><responseMetadataArray><items>Color</items>"
        "<items>custom_attributes.Color</items></responseMetadataArray>",
    ),
    (
        "getAssets",
        "<assetHandleArray><items>{asset}</items><items>{pdf}</items></assetHandleArray>",
    ),
    ("getAssetsByName", "<nameArray><items>shoe1</items><items>none</items></nameArray>"),
    ("getAssetCounts", ""),
    ("checkAssetNames", "<assetNameArray><items>shoe1</items><items>no</items></assetNameArray>"),
    ("getOriginalFilePaths", "<assetHandleArray><items>{asset}</items></assetHandleArray>"),
    ("getAssociatedAssets", "<assetHandle>{asset}</assetHandle>"),
    ("getAssociatedAssets", "<assetHandle>{set}</assetHandle>"),
    ("getAssociatedAssets", "<assetHandle>{page}</assetHandle>"),
    ("getAssociatedAssets", "<assetHandle>{pdf}</assetHandle>"),
    ("getGenerationInfo", "<originatorHandle>{pdf}</originatorHandle>"),
    ("moveAsset", "<assetHandle>{asset}</assetHandle><folderHandle>{root}</folderHandle>"),
    (
        "moveAssets",
        (
            "<assetMoveArray><items><assetHandle>{asset}</assetHandle><folderHandle>{folder}"
            "</folderHandle></items><items><assetHandle>999</assetHandle><folderHandle>{folder}"
            "</folderHandle></items></assetMoveArray>"
        ),
    ),
    (
        "renameAsset",
        (
            "<assetHandle>{asset}</assetHandle><newName>boot</newName>"
            "<validateName>true</validateName>"
        ),
    ),
    ("deleteAsset", "<assetHandle>{other}</assetHandle>"),
    ("restoreAssetsFromTrash", "<assetHandleArray><items>{other}</items></assetHandleArray>"),
    (
        "deleteAssets",
        "<assetHandleArray><items>{more}</items><items>none</items></assetHandleArray>",
    ),
    ("searchAssets", "<includeSubfolders>true</includeSubfolders><trashState>Any</trashState>"),
    ("emptyAssetsFromTrash", "<assetHandleArray><items>{more}</items></assetHandleArray>"),
    (
        "setAssetPublishState",
        "<assetHandle>{asset}</assetHandle><publishState>NotMarkedForPublish</publishState>",
    ),
    (
        "setAssetsPublishState",
        (
            "<publishStateUpdateArray><items><assetHandle>{asset}</assetHandle>"
            "<publishState>MarkedForPublish</publishState></items></publishStateUpdateArray>"
        ),
    ),
    ("getPublishContexts", ""),
    ("getActivePublishContexts", ""),
    (
        "setAssetsContextState",
        (
            "<assetsContextStateUpdateArray><items><assetHandle>{asset}</assetHandle>"
            "<contextStateUpdateArray><items><contextHandle>pc|1</contextHandle>"
            "<publishState>MarkedForPublish</publishState></items></contextStateUpdateArray></items>"
            "</assetsContextStateUpdateArray>"
        ),
    ),
    ("batchGetAssetPublishContexts", "<assetHandleArray><items>{asset}</items></assetHandleArray>"),
    ("getAssetPublishHistory", "<assetHandle>{asset}</assetHandle>"),
    (
        "createMetadataField",
        (
            "<assetType>Image</assetType><name>Size</name><fieldType>String</fieldType>"
            "<defaultValue>M</defaultValue>"
        ),
    ),
    (
        "saveMetadataField",
        (
            "<assetType>Image</assetType><name>Shape</name><fieldType>MultiTag</fieldType>"
            "<defaultValue/>"
        ),
    ),
    (
        "saveMetadataField",
        (
            "<assetType>Image</assetType><name>Color</name><fieldType>String</fieldType>"
            "<defaultValue/>"
        ),
    ),
    ("updateMetadataField", "<fieldHandle>{shape}</fieldHandle><defaultValue>Round</defaultValue>"),
    ("getMetadataFields", "<assetType>Image</assetType>"),
    ("getAssetMetadataFields", ""),
    (
        "addTagFieldValues",
        "<fieldHandle>{shape}</fieldHandle><valueArray><items>Round</items></valueArray>",
    ),
    (
        "updateTagFieldValues",
        (
            "<fieldHandle>{shape}</fieldHandle><updateArray><items><oldValue>Round</oldValue>"
            "<newValue>Oval</newValue></items><items><oldValue>None</oldValue>"
            "<newValue>Some</newValue></items></updateArray>"
        ),
    ),
    (
        "setTagFieldValues",
        (
            "<fieldHandle>{shape}</fieldHandle><valueArray><items>Square</items><items>Flat</items>"
            "</valueArray>"
        ),
    ),
    (
        "deleteTagFieldValues",
        "<fieldHandle>{shape}</fieldHandle><valueArray><items>Flat</items></valueArray>",
    ),
    ("getTagFieldValues", "<fieldHandleArray><items>{shape}</items></fieldHandleArray>"),
    (
        "setAssetMetadata",
        (
            "<assetHandle>{asset}</assetHandle><updateArray><items><fieldHandle>{field}</fieldHandle>"
            "<value>red</value></items></updateArray>"
        ),
    ),
    (
        "batchSetAssetMetadata",
        (
            "<updateArray><items><assetHandleArray><items>{asset}</items><items>none</items>"
            "</assetHandleArray><updateArray><items><fieldHandle>{shape}</fieldHandle>"
            "<setTagValueArray><items>Round</items></setTagValueArray></items></updateArray></items>"
            "</updateArray>"
        ),
    ),
    ("getAssets", "<assetHandleArray><items>{asset}</items></assetHandleArray>"),
    ("getUniqueMetadataValues", "<fieldHandle>{field}</fieldHandle>"),
    ("getDistinctMetadataValues", "<metadataKey>Color</metadataKey>"),
    (
        "deleteAssetMetadata",
        (
            "<assetHandle>{asset}</assetHandle><deleteArray><items><fieldHandle>{field}</fieldHandle>"
            "</items></deleteArray>"
        ),
    ),
    ("deleteMetadataField", "<fieldHandle>{shape}</fieldHandle>"),
    ("createProject", "<projectName>Spring</projectName>"),
    ("renameProject", "<projectHandle>{spring}</projectHandle><projectName>Fall</projectName>"),
    (
        "addProjectAssets",
        (
            "<projectHandle>{fall}</projectHandle><assetHandleArray><items>{asset}</items>"
            "</assetHandleArray>"
        ),
    ),
    (
        "setProjectAssets",
        (
            "<projectHandle>{fall}</projectHandle><assetHandleArray><items>{pdf}</items>"
            "</assetHandleArray>"
        ),
    ),
    ("getAssets", "<assetHandleArray><items>{pdf}</items></assetHandleArray>"),
    (
        "removeProjectAssets",
        (
            "<projectHandle>{fall}</projectHandle><assetHandleArray><items>{pdf}</items>"
            "</assetHandleArray>"
        ),
    ),
    ("getProjects", ""),
    ("deleteProject", "<projectHandle>{fall}</projectHandle>"),
    ("saveImageFormat", "<name>Large</name><urlModifier>wid=800</urlModifier>"),
    ("getImageFormats", ""),
    ("deleteImageFormat", "<imageFormatHandle>47|1</imageFormatHandle>"),
    ("saveGroup", "<name>Editors</name><isSystemDefined>false</isSystemDefined>"),
    ("getGroups", ""),
    (
        "addGroupMembers",
        (
            "<groupHandle>{group}</groupHandle><userHandleArray><items>1|me@example.com</items>"
            "</userHandleArray>"
        ),
    ),
    ("getGroupMembers", "<groupHandle>{group}</groupHandle>"),
    ("getGroupMembership", ""),
    (
        "setGroupMembers",
        (
            "<groupHandle>{group}</groupHandle><userHandleArray><items>1|you@example.com</items>"
            "</userHandleArray>"
        ),
    ),
    (
        "removeGroupMembers",
        (
            "<groupHandle>{group}</groupHandle><userHandleArray><items>1|you@example.com</items>"
            "</userHandleArray>"
        ),
    ),
    ("addGroupMembership", "<groupHandleArray><items>{group}</items></groupHandleArray>"),
    ("setGroupMembership", "<groupHandleArray><items>{group}</items></groupHandleArray>"),
    ("removeGroupMembership", "<groupHandleArray><items>{group}</items></groupHandleArray>"),
    ("setAssetPermissions", "<assetHandle>{asset}</assetHandle>{permissions}"),
    ("updateAssetPermissions", "<assetHandle>{asset}</assetHandle>{permission_updates}"),
    (
        "setFolderPermissions",
        "<folderHandle>{root}</folderHandle><setChildren>true</setChildren>{permissions}",
    ),
    (
        "updateFolderPermissions",
        (
            "<folderHandle>{folder}</folderHandle><updateChildren>false</updateChildren>"
            "{permission_updates}"
        ),
    ),
    ("getAssets", "<assetHandleArray><items>{asset}</items></assetHandleArray>"),
    ("getFolders", ""),
    ("getFolderTree", "<depth>-1</depth>"),
    ("removeAssetPermissions", "<assetHandle>{asset}</assetHandle>"),
    (
        "removeFolderPermissions",
        "<folderHandle>{root}</folderHandle><updateChildren>true</updateChildren>",
    ),
    ("getAllCompanies", "<includeExpired>true</includeExpired>"),
    ("getAllUsers", "<includeInvalid>true</includeInvalid>"),
    ("getUsers", "<includeInvalid>true</includeInvalid><sortBy>Email</sortBy>"),
    ("getCompanyMembers", "<includeInvalid>true</includeInvalid>{inactive}"),
    ("getCompanyMembership", ""),
    ("getUserChars", "<charField>LastName</charField>"),
    ("generatePassword", ""),
    (
        "addUser",
        (
            "<firstName>Ann</firstName><lastName>Lee</lastName><email>ann@example.com</email>"
            "{before}<password>pw</password><passwordExpires>2050-01-01T00:00:00Z"
            "</passwordExpires><isValid>true</isValid>{after}{in_company}"
        ),
    ),
    ("addCompany", "<companyName>Planetary</companyName><expires>2101-01-31T23:00:00Z</expires>"),
    ("addCompanyMembership", "<userHandle>2|ann@example.com</userHandle>{in_company}"),
    ("setCompanyMembership", "<userHandle>2|ann@example.com</userHandle>{in_company}"),
    (
        "removeCompanyMembership",
        (
            "<userHandle>2|ann@example.com</userHandle><companyHandleArray><items>48</items>"
            "</companyHandleArray>"
        ),
    ),
    ("setPassword", "<userHandle>2|ann@example.com</userHandle><password>new</password>"),
    (
        "setUserInfo",
        (
            "<userHandle>2|ann@example.com</userHandle><firstName>Anna</firstName>"
            "<lastName>Lee</lastName><email>anna@example.com</email>{before}"
            "<isValid>true</isValid>{after}"
        ),
    ),
    (
        "createPropertySetType",
        (
            "<name>Adobe.UserProperty</name><propertyType>UserProperty</propertyType>"
            "<allowMultiple>false</allowMultiple>"
        ),
    ),
    ("getPropertySetTypes", ""),
    ("getPropertySetType", "<name>Adobe.UserProperty</name>"),
    (
        "createPropertySet",
        (
            "<typeHandle>pt|1</typeHandle><primaryOwnerHandle>1|me@example.com</primaryOwnerHandle>"
            "<propertyArray><items><name>a</name><value>1</value></items></propertyArray>"
        ),
    ),
    (
        "updatePropertySet",
        (
            "<setHandle>ps|1</setHandle><propertyArray><items><name>b</name><value>2</value></items>"
            "</propertyArray>"
        ),
    ),
    (
        "getPropertySets",
        "<typeHandle>pt|1</typeHandle><primaryOwnerHandle>u|41|me@example.com</primaryOwnerHandle>",
    ),
    ("setPropertySetPermissions", "<setHandle>ps|1</setHandle>{permissions}"),
    ("updatePropertySetPermissions", "<setHandle>ps|1</setHandle>{permission_updates}"),
    (
        "getPropertySets",
        "<typeHandle>pt|1</typeHandle><primaryOwnerHandle>u|41|me@example.com</primaryOwnerHandle>",
    ),
    ("removePropertySetPermissions", "<setHandle>ps|1</setHandle>"),
    ("deletePropertySet", "<setHandle>ps|1</setHandle>"),
    ("deleteGroup", "<groupHandle>{group}</groupHandle>"),
    ("deletePropertySetType", "<typeHandle>pt|1</typeHandle>"),
    (
        "createImageSet",
        "<folderHandle>{folder}</folderHandle><name>spin</name><type>SpinSet</type>",
    ),
    ("getImageSetMembers", "<assetHandle>{set}</assetHandle>"),
    (
        "setImageSetMembers",
        (
            "<assetHandle>{set}</assetHandle><memberArray><items><assetHandle>{asset}</assetHandle>"
            "<pageReset>true</pageReset></items></memberArray>"
        ),
    ),
    (
        "updateImageSet",
        "<assetHandle>{set}</assetHandle><thumbAssetHandle>{asset}</thumbAssetHandle>",
    ),
    (
        "createAssetSet",
        (
            "<folderHandle>{folder}</folderHandle><name>mixed</name><subType>MixedMedia</subType>"
            "<setDefinition>a;b</setDefinition>"
        ),
    ),
    (
        "setAssetSetDefinition",
        "<assetHandle>{set}</assetHandle><setDefinition>b;a</setDefinition>",
    ),
    ("updateAssetSet", "<assetHandle>{set}</assetHandle><setDefinition>a</setDefinition>"),
    (
        "cdnCacheInvalidation",
        "<urlArray><items>https://example.com/is/image/Company47/shoe1</items></urlArray>",
    ),
    ("getCdnCacheInvalidationStatus", "<invalidationHandle>1</invalidationHandle>"),
    ("getAssetJobLogs", "<assetHandle>{asset}</assetHandle>"),
    ("createVignettePublishFormat", VIGNETTE_FORMAT),
    ("getVignettePublishFormats", ""),
    (
        "updateVignettePublishFormat",
        "<vignetteFormatHandle>v|47|1</vignetteFormatHandle><targetWidth>1300</targetWidth>",
    ),
    ("deleteVignettePublishFormat", "<vignetteFormatHandle>v|47|1</vignetteFormatHandle>"),
    ("saveZoomTarget", f"<assetHandle>{{asset}}</assetHandle>{ZOOM_TARGET}"),
    (
        "setZoomTargets",
        (
            f"<assetHandle>{{asset}}</assetHandle><zoomTargetArray><items>{ZOOM_TARGET}</items>"
            f"<items>{ZOOM_TARGET}</items></zoomTargetArray>"
        ),
    ),
    ("saveImageMap", f"<assetHandle>{{asset}}</assetHandle>{IMAGE_MAP}{{enabled}}"),
    (
        "setImageMaps",
        (
            "<assetHandle>{asset}</assetHandle><imageMapArray><items><name>m</name>"
            "<shapeType>Polygon</shapeType><region>1,2</region><action>a</action>"
            "<enabled>false</enabled></items></imageMapArray>"
        ),
    ),
    ("setUrlModifier", "<assetHandle>{asset}</assetHandle><urlModifier>wid=8</urlModifier>"),
    (
        "batchSetImageFields",
        (
            "<updateArray><items><assetHandle>{asset}</assetHandle><resolution>150</resolution>"
            "<anchorX>100</anchorX><anchorY>50</anchorY><userData>nada</userData></items><items>"
            "<assetHandle>none</assetHandle></items></updateArray>"
        ),
    ),
    (
        "batchSetFontFields",
        (
            "<updateArray><items><assetHandle>{asset}</assetHandle><fontName>Bookman</fontName>"
            "<style>BoldItalic</style><type>OTF</type></items></updateArray>"
        ),
    ),
    (
        "batchSetIccProfileFields",
        (
            "<updateArray><items><assetHandle>{asset}</assetHandle><class>Input</class>"
            "<colorSpace>RGB</colorSpace><pcsType>Lab</pcsType></items></updateArray>"
        ),
    ),
    (
        "batchSetThumbAsset",
        (
            "<updateArray><items><assetHandle>{asset}</assetHandle><thumbAssetHandle>{other}"
            "</thumbAssetHandle></items></updateArray>"
        ),
    ),
    ("getAssets", "<assetHandleArray><items>{asset}</items></assetHandleArray>"),
    ("deleteZoomTarget", "<zoomTargetHandle>{zoom_target}</zoomTargetHandle>"),
    ("deleteImageMap", "<imageMapHandle>{image_map}</imageMapHandle>"),
    ("removeMask", "<assetHandle>{asset}</assetHandle>"),
    (
        "forceRepublishAssets",
        "<assetHandleArray><items>{asset}</items><items>none</items></assetHandleArray>",
    ),
    ("getXMPPacket", "<assetHandle>{asset}</assetHandle>"),
    (
        "updateXMPPacket",
        "<assetHandle>{asset}</assetHandle><compressedPacket>H4sI</compressedPacket>",
    ),
    ("getXMPPacket", "<assetHandle>{asset}</assetHandle>"),
    (
        "createTemplate",
        (
            "<folderHandle>{folder}</folderHandle><name>t</name><type>Template</type>"
            "<urlModifier>a=b</urlModifier><urlPostApplyModifier>c=d</urlPostApplyModifier>"
        ),
    ),
    (
        "createDerivedAsset",
        (
            "<ownerHandle>{asset}</ownerHandle><folderHandle>{folder}</folderHandle><name>d</name>"
            "<type>AdjustedView</type><urlModifier>modify=this</urlModifier>"
        ),
    ),
    ("getAssociatedAssets", "<assetHandle>{asset}</assetHandle>"),
    (
        "copyImage",
        (
            "<assetHandle>{asset}</assetHandle><folderHandle>{folder}</folderHandle>"
            "<name>copy</name><urlModifier>wid=9</urlModifier>"
        ),
    ),
    ("replaceImage", "<assetHandle>{asset}</assetHandle><urlModifier>wid=9</urlModifier>"),
    (
        "createViewerPreset",
        (
            "<folderHandle>{root}</folderHandle><name>zoom</name><type>BasicZoom</type>"
            "<configSettingArray><items><name>a</name><value>1</value></items><items>"
            "<name>b</name></items></configSettingArray>"
        ),
    ),
    ("getViewerConfigSettings", "<assetHandle>{page}</assetHandle>"),
    (
        "setViewerConfigSettings",
        (
            "<assetHandle>{page}</assetHandle><name>turn</name><type>Spin</type>"
            "<configSettingArray><items><name>c</name><handle>a|1</handle></items>"
            "</configSettingArray>"
        ),
    ),
    (
        "updateViewerConfigSettings",
        (
            "<assetHandle>{page}</assetHandle><configSettingArray><items><name>c</name>"
            "<value>2</value></items></configSettingArray>"
        ),
    ),
    ("searchAssets", "<includeSubfolders>true</includeSubfolders>"),
    ("getCompanySettings", ""),
    (
        "setCompanySettings",
        (
            "<overwriteMode>OverwriteFullName</overwriteMode><retainPublishState>true"
            "</retainPublishState><defaultSourceProfileHandle>{asset}</defaultSourceProfileHandle>"
            "<diskSpaceWarningMin>100000</diskSpaceWarningMin>"
        ),
    ),
    ("getCompanySettings", ""),
    ("setImageServingPublishSettings", PUBLISH_SETTINGS),
    ("getImageServingPublishSettings", ""),
    ("setImageRenderingPublishSettings", PUBLISH_SETTINGS),
    ("getImageRenderingPublishSettings", ""),
    ("getDiskUsage", ""),
    (
        "addMediaPortalEvent",
        (
            "<eventType>Upload</eventType><ipsUser>me@example.com</ipsUser>{company}"
            "<jobName>J</jobName><jobDescription>d</jobDescription><string1>s</string1>"
            "<int5>5</int5><float3>0.5</float3><time1>2014-04-03T09:30:00Z</time1>"
        ),
    ),
    ("getMediaPortalEvent", "<eventType>Upload</eventType>"),
]


def test_every_operation_is_asked_for() -> None:
    assert {operation for operation, _ in REQUESTS} | ELSEWHERE == OPERATIONS.keys()


def stocked(wsdl: Version | None = None) -> Service:
    """A service with assets of many types, some of which have to do with others."""
    service = Service() if wsdl is None else Service(wsdl=wsdl)
    put = service.library.put_asset
    for number in (1, 2, 3):
        put(
            "47",
            "Company47/shoes",
            f"shoe{number}",
            file_name=f"shoe{number}.jpg",
            user="me@example.com",
            metadata={"Color": "Scarlet", "Tags": ("a", "b"), "Number": 3, "Rate": 0.5, "On": True},
            info={"width": 100, "height": 200, "fileSize": 12345, "sku": "S1", "resolution": 72.0},
        )
    pdf = put("47", "Company47/old", "pdf", type="Pdf", file_name="p.pdf", info={"fileSize": 7})
    page = put("47", "Company47/shoes", "page", file_name="page.tif")
    page.originator, page.engine = pdf.number, "PostScriptRip"
    images = put("47", "", "images", type="ImageSet")
    images.members = [Member(1), Member(page.number, page_reset=True)]
    images.thumb = 1
    for kind in ("Video", "Font", "AssetSet", "Zip", "PsdTemplate", "ViewerPreset", "Template"):
        put("47", "other", kind, type=kind, sub_type="Sub", file_name=f"{kind}.bin")
    return service


def handles(date: str) -> dict[str, str]:
    """Handles of what is in a stocked service, in the form of the version with a date."""

    def asset(number: int, kind: int, serial: int) -> str:
        return write_handle("asset", date, number, kind, serial)

    def folder(path: str) -> str:
        return write_handle("folder", date, f"Company47/{path}")

    return {
        "asset": asset(1, 1, 1),
        "other": asset(2, 1, 2),
        "more": asset(3, 1, 3),
        "pdf": asset(4, 25, 1),
        "page": asset(5, 1, 4),
        "set": asset(6, 22, 1),
        "root": folder(""),
        "folder": folder("shoes/"),
        "old": folder("other/"),
        "new": folder("new/"),
        "newer": folder("newer/"),
        "field": write_handle("metadata field", date, "47", "IMAGE", "Color"),
        "shape": write_handle("metadata field", date, "47", "IMAGE", "Shape"),
        "spring": write_handle("project", date, "47", "Spring"),
        "fall": write_handle("project", date, "47", "Fall"),
        "group": write_handle("group", date, 1),
        # What is first made here.
        "zoom_target": write_handle("zoom target", date, 3 if date else 1),
        "image_map": write_handle("image map", date, 2 if date else 1),
    }


def forms_of(version: Version, namespace: str) -> dict[str, str]:
    """What stands in REQUESTS in braces, as a version has it."""
    # How roles and companies of users are told changed with 6.0, and with 6.8 (W, L).
    role = "role" if version.rank < 5 else "defaultRole"
    row = "<companyHandle>c|48</companyHandle><role>IpsUser</role><isActive>true</isActive>"
    memberships = f"<membershipArray><items>{row}</items></membershipArray>"
    companies = "<companyHandleArray><items>48</items></companyHandleArray>"
    permission = (
        "<items><groupHandle>225</groupHandle><permissionType>Read</permissionType>"
        "<isAllowed>true</isAllowed><isOverride>false</isOverride></items>"
    ).replace("225", write_handle("group", version.date, 1))
    return {
        **handles(namespace.removeprefix(UNVERSIONED).removeprefix("/")),
        # From 6.0 on it is required, and before it there is none.
        "inactive": "<includeInactive>true</includeInactive>" * (version.rank >= 5),
        "before": f"<{role}>IpsUser</{role}>" * (version.rank < 7),
        "after": "<isIpsAdmin>false</isIpsAdmin>" * (version.rank >= 7),
        "in_company": memberships if version.rank >= 5 else companies,
        "permissions": f"<permissionArray>{permission}</permissionArray>",
        "permission_updates": f"<updateArray>{permission}</updateArray>",
        "enabled": "<enabled>true</enabled>" * (version.rank > 0),
        "company": f"<companyHandle>{company(version)}</companyHandle>",
    }


def known(version: Version, operation: str, inner: str) -> bool:
    """Whether a version has an operation, with all that the request has."""
    rows = contract(version)
    name = f"{operation}Param"
    if name not in rows.messages:
        return False
    fields = {field.name for field in rows.complex_types[rows.messages[name]].fields}
    return all(child.tag in fields for child in etree.fromstring(f"<a>{inner}</a>"))


@pytest.mark.no_cover
@pytest.mark.parametrize("namespace", every(7, NAMESPACES))
def test_every_answer_is_valid(namespace: str) -> None:
    service = stocked()
    found = version_for_namespace(namespace)
    assert found is not None
    version = found[0]
    asked = set()
    for operation, response in answers(service, version, namespace):
        shown = response.body.decode()
        assert response.status == 200, (operation, shown)
        assert f'<{operation}Return xmlns="{namespace}"' in shown
        report = validate_exchange(service.exchanges[-1].request.body, response.body)
        remarks = {violation.rule for violation in report.violations}
        assert remarks <= {"unpublished-version", "restricted"}, (operation, remarks)
        asked.add(operation)
    versions = {op for op in OPERATIONS if f"{op}Param" in contract(version).messages}
    assert versions - ELSEWHERE == asked


def answers(service: Service, version: Version, namespace: str) -> Iterator[tuple[str, Response]]:
    """What the service answers to all of REQUESTS that the version has, by their operations."""
    forms = forms_of(version, namespace)
    submit(service, version=VERSIONS[0])
    asking = version._replace(namespace=namespace)
    for operation, row in REQUESTS:
        inner = row.format(**forms)
        if not known(version, operation, inner):
            continue
        rows = contract(version)
        fields = rows.complex_types[rows.messages[f"{operation}Param"]].fields
        has_company = "<companyHandle>" in inner and operation == "addMediaPortalEvent"
        if any(field.type == "CompanyHandle" for field in fields) and not has_company:
            inner = f"<companyHandle>{company(asking)}</companyHandle>{inner}"
        yield operation, call(service, operation, inner, asking)


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_requests_of_next_to_nothing_are_answered(version: Version) -> None:
    """Between two published versions hardly a field is required: none may be taken for granted."""
    service = Service()
    for operation in OPERATIONS:
        if f"{operation}Param" not in contract(version).messages:
            continue
        for inner in ("", f"<companyHandle>{company(version)}</companyHandle>"):
            call(service, operation, inner, version)
            assert service.exchanges[-1].operation == operation
