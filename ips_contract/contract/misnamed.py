"""Element names that pages of the reference misprint or translate, and the names on the wire."""

from __future__ import annotations

import json
from functools import lru_cache

from ips_contract.resources import read
from ips_contract.xml.text import list_of

LANGUAGES = {
    "de-DE": "German",
    "es-ES": "Spanish",
    "fr-FR": "French",
    "it-IT": "Italian",
    "ja-JP": "Japanese",
    "ko-KR": "Korean",
    "nl-NL": "Dutch",
    "pt-BR": "Portuguese",
    "sv-SE": "Swedish",
    "zh-Hans": "Chinese",
}
# Names that pages of the reference misprint, and the names on the wire
# (docs/explanation/contract.md). Not those that are real names of other places.
MISPRINTS = {
    "assetFieldArray": "assetFieldsArray",
    "assetNamesArray": "assetNameArray",
    "AssetPublishContextArray": "items",
    "assetsContextHandle": "assetsContextStateUpdateArray",
    "autoColorOptions": "autoColorCropOptions",
    "colorSpace": "colorspace",
    "CompanyHandle": "companyHandle",
    "configSettingsArray": "configSettingArray",
    "ContextStateUpdateArray": "items",
    "dateVale": "dateVal",
    "emailSettings": "emailSetting",
    "excludByproductArray": "excludeByproductArray",
    "Filter": "filters",
    "hasSubfolder": "hasSubfolders",
    "IllustratorOptions": "illustratorOptions",
    "imageServingRenderJob": "imageRenderingPublishJob",
    "includInvalid": "includeInvalid",
    "item": "items",
    "knockoutBackground": "knockoutBackgroundOptions",
    "PermissionSetHandle": "permissionSetHandle",
    "permissionsSetArray": "permissionSetArray",
    "permissionsSetHandle": "permissionSetHandle",
    "premiereExpressInfo": "premiereExpressRemixInfo",
    "PublishContextArray": "items",
    "publishSettingsArray": "publishSettingArray",
    "searchStringArray": "searchStringsArray",
    "warningDetailHandle": "warningDetailArray",
}


@lru_cache(maxsize=1)
def translations() -> dict[str, dict[str, list[str]]]:
    """Wrong element name → real name → language tags, from the machine-translated pages."""
    table: dict[str, dict[str, list[str]]] = json.loads(read("contract/translations.json"))
    return table


def real_name(name: str, candidates: tuple[str, ...]) -> tuple[str, str] | None:
    """The real name behind ``name`` and where the wrong one comes from, if that is known.

    Only names among ``candidates`` (those that the place allows) count.
    """
    real = MISPRINTS.get(name, "")
    if real in candidates:
        return real, "a misprint in the reference"
    for real, tags in translations().get(name, {}).items():
        if real in candidates:
            where = list_of([LANGUAGES[tag] for tag in tags], "and")
            pages = "page" if len(tags) == 1 else "pages"
            return real, f"the machine-translated {where} reference {pages}"
    return None
