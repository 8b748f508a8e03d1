"""Assets as lists wrote them before: who polls a list gets the same ones again and again.

What is kept is taken only for an asset that still has the very values that it was written with.
Assets are changed in many places, from Python too, and none of them has to think of this.
"""

from __future__ import annotations

from operator import attrgetter, is_
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ips_contract.contract.writer import Written
    from ips_contract.mock.state.assets import Asset

MOST_BYTES = 16 * 1024 * 1024  # Of what is kept, about; beyond it all of it is forgotten.
_OVERHEAD = 300  # Bytes of an entry beside the text and the references.
_VALUES = attrgetter(
    *("serial", "type", "sub_type", "name", "file_name", "ready", "trash", "created", "creator"),
    *("modified", "modifier", "set_definition"),
)


class _Kept(NamedTuple):
    values: tuple[object, ...]
    path: str
    item: Written


def shown_values(asset: Asset) -> tuple[object, ...] | None:
    """What an item shows of an asset; None if it shows more than is the asset's own.

    Names of projects may be others when the asset is as it was.
    """
    if asset.projects or asset.permissions or asset.settings:
        return None
    if asset.image_maps or asset.zoom_targets:
        return None
    metadata, info = asset.metadata, asset.info
    return (
        *_VALUES(asset),
        len(metadata),
        *metadata,
        *metadata.values(),
        *info,
        *info.values(),
    )


class WrittenAssets:
    """The items of lists of assets."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets all."""
        self._bytes = 0
        self._forms: dict[Hashable, dict[int, _Kept]] = {}

    def find(
        self, form: Hashable, asset: Asset, values: tuple[object, ...], path: str
    ) -> Written | None:
        """The item that shows an asset; None if it was not written so, or was something else then.

        Args:
            form: the version and the fields that are shown.
            asset: the asset.
            values: its ``shown_values``.
            path: that of its folder, which is another if a folder above it is renamed.
        """
        items = self._forms.get(form)
        kept = items.get(asset.number) if items is not None else None
        if kept is None or kept.path != path or len(kept.values) != len(values):
            return None
        # True is equal to 1, and a moment to itself in another zone; they are written differently.
        return kept.item if all(map(is_, values, kept.values)) else None

    def keep(
        self, form: Hashable, asset: Asset, values: tuple[object, ...], path: str, item: Written
    ) -> None:
        """Keeps the item that shows an asset; arguments as for ``find``."""
        self._bytes += len(item) + 8 * len(values) + _OVERHEAD
        if self._bytes > MOST_BYTES:
            self.clear()
        items = self._forms.get(form)
        if items is None:
            items = self._forms[form] = {}
        items[asset.number] = _Kept(values, path, item)
