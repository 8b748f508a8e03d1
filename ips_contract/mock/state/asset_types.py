"""What the type of an asset says about it: which details it has, and in which field they are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version

# Type of an asset → the field with its own details, where that is not called like the type.
_INFO_FIELDS = {
    "AdjustedView": "layerViewInfo",
    "PDFSettings": "pdfSettingsInfo",
    "PremierExpressRemix": "premiereExpressRemixInfo",
    "PsdTemplate": "psdInfo",
    "WindowsCovering": "windowCoveringInfo",
}


@lru_cache(maxsize=1)
def asset_types() -> tuple[str, ...]:
    """The asset types of the reference's list (D)."""
    kind = contract(LATEST).simple_types["AssetType"]
    return tuple(facet.value for facet in kind.facets if facet.kind == "enumeration")


def info_field(kind: str) -> str:
    """The field of an asset with the details that its type has, such as ``imageInfo``."""
    return _INFO_FIELDS.get(kind, f"{kind[:1].lower()}{kind[1:]}Info")


@lru_cache(maxsize=1024)
def info_fields(version: Version, kind: str) -> dict[str, str]:
    """The details that a version has of assets of a type: name → its type in the contract."""
    types = contract(version).complex_types
    field = info_field(kind)
    name = next((row.type for row in types["Asset"].fields if row.name == field), "")
    return {row.name: row.type for row in types[name].fields} if name in types else {}
