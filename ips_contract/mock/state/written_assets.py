"""Assets as lists wrote them before: who polls a list gets the same ones again and again.

What is kept is taken only for an asset that still has the very values that it was written with.
Assets are changed in many places, from Python too, and none of them has to think of this.
"""

from __future__ import annotations

from operator import attrgetter, is_
from sys import getsizeof
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from ips_contract.contract.writer import Written
    from ips_contract.mock.state.assets import Asset

MOST_BYTES = 16 * 1024 * 1024  # Of memory for what is kept, about.
_OVERHEAD = 300  # Bytes of an entry beside the texts and the references; of a form, too.
_OBJECT = " " * 56  # As much as a text in a tuple takes beside its letters.
OWN = (
    *("serial", "type", "sub_type", "name", "file_name", "ready", "trash", "created", "creator"),
    *("modified", "modifier", "set_definition"),
)
"""The attributes that ``shown_values`` begins with."""
_VALUES = attrgetter(*OWN)


# The values that an asset was written with, the path of its folder, and the item.
_Kept = tuple[tuple[object, ...], str, "Written"]


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


FIRST_METADATA = len(OWN) + 1
"""Where the names of metadata fields begin in ``shown_values``, behind how many there are."""


def texts_in(values: Iterable[object]) -> str:
    """The texts in values: these stay as long as the values, whatever the asset has later."""
    return "".join(
        [
            value if kind is str else _OBJECT.join(map(str, value))  # type: ignore[call-overload,misc]
            for value in values
            if (kind := type(value)) is str or kind is tuple
        ]
    )


class WrittenAssets:
    """The items of lists of assets.

    Args:
        most_bytes: of memory for what is kept, about; beyond it all of it is forgotten.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self.clear()

    def clear(self) -> None:
        """Forgets all."""
        self._bytes = 0
        self._forms: dict[tuple[Hashable, ...], dict[int, _Kept]] = {}

    def find(
        self, form: tuple[Hashable, ...], asset: Asset, values: tuple[object, ...], path: str
    ) -> Written | None:
        """The item that shows an asset; None if it was not written so, or was something else then.

        Args:
            form: the version and the fields that are shown, as their names were sent.
            asset: the asset.
            values: its ``shown_values``.
            path: that of its folder, which is another if a folder above it is renamed.
        """
        items = self._forms.get(form)
        kept = items.get(asset.number) if items is not None else None
        if kept is None or kept[1] != path or len(kept[0]) != len(values):
            return None
        # True is equal to 1, and a moment to itself in another zone; they are written differently.
        return kept[2] if all(map(is_, values, kept[0])) else None

    def keep(
        self,
        form: tuple[Hashable, ...],
        asset: Asset,
        values: tuple[object, ...],
        path: str,
        item: Written,
        texts: str,
    ) -> None:
        """Keeps the item that shows an asset, if there is room.

        Args:
            form: as for ``find``.
            asset: as for ``find``.
            values: as for ``find``.
            path: as for ``find``.
            item: what is kept.
            texts: ``texts_in`` the values.
        """
        size = getsizeof(item) + getsizeof(texts) + getsizeof(path) + 8 * len(values) + _OVERHEAD
        items = self._forms.get(form)
        if items is None or self._bytes + size > self._most_bytes:
            size += sum(map(getsizeof, form)) + _OVERHEAD
            if size > self._most_bytes:
                return
            if self._bytes + size > self._most_bytes:
                self.clear()
            items = self._forms[form] = {}
        items[asset.number] = values, path, item
        self._bytes += size
