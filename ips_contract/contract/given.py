"""The contract of a WSDL that somebody gave, as components in the form of those of ``xsd/``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class GivenComponents(Mapping[str, bytes]):
    """The components of a WSDL that somebody gave, in the form of those of ``xsd/``.

    Each is another than any other, also of the same WSDL, so that versions that have them can be
    keys of caches.

    Attributes:
        document: the text of the WSDL before, between and after the addresses in it.
    """

    def __init__(self, texts: Mapping[str, bytes], document: tuple[bytes, ...]) -> None:
        """Prepares the table.

        Args:
            texts: the components by name, each as a paragraph, with an empty line before it.
            document: as the attribute.
        """
        self._texts = dict(texts)
        self.document = document

    def __getitem__(self, name: str) -> bytes:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__
