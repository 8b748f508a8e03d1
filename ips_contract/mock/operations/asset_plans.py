"""How assets of a list are written that have the same fields, as most assets of a list have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.writer import Form, getter
from ips_contract.mock.state.written_assets import texts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ips_contract.contract.versions import Version
    from ips_contract.contract.writer import Value, Written


class Source(NamedTuple):
    """Where a text of an item comes from.

    Attributes:
        place: the value's index among what is known of the asset.
        text_of: what makes the text of it; None if it is one.
    """

    place: int
    text_of: Callable[[Any], str] | None = None


class Plan:
    """How the items are written that differ in nothing but their texts.

    Args:
        version: of the answer.
        values: the fields of one such asset, as ``written`` takes them.
        sources: for each single value in these, in their order, where it comes from.
        known: what is known of that asset.

    Raises:
        ValueError: as ``Form``.
    """

    def __init__(
        self,
        version: Version,
        values: Value,
        sources: Sequence[Source],
        known: Sequence[object],
    ) -> None:
        assert isinstance(values, dict)
        self._form = Form(version, "Asset", values)
        chosen = [sources[number] for number in self._form.numbers]
        self._chosen = getter([source.place for source in chosen])
        self._makers = [
            (position, source.text_of)
            for position, source in enumerate(chosen)
            if source.text_of is not None
        ]
        kinds = [type(value) for value in known]
        self._texts = getter([place for place, kind in enumerate(kinds) if kind is str])
        self._lists = getter(tuple_places(known))

    def written(self, known: Sequence[object]) -> Written | None:
        """The item that shows an asset; None: it has none by this plan.

        Args:
            known: what is known of the asset.
        """
        texts = list(self._chosen(known))
        try:
            for position, text_of in self._makers:
                texts[position] = text_of(texts[position])
        except ValueError:  # From Python an asset may be given anything.
            return None
        return self._form.filled(texts)

    def texts(self, known: Sequence[object]) -> str:
        """``texts_in`` what is known."""
        lists = self._lists(known)
        texts = "".join(self._texts(known))
        return texts + texts_in(lists) if lists else texts


def tuple_places(known: Sequence[object]) -> tuple[int, ...]:
    """Where lists are among what is known of an asset."""
    return tuple([place for place, value in enumerate(known) if type(value) is tuple])


class Shape(NamedTuple):
    """What assets have in common whose lists of texts differ in length at most.

    Attributes:
        key: what that is.
        lists: where these lists are among what is known of them.
        plans: how long these are → how the next such asset is written; None: one was seen.
    """

    key: tuple[object, ...]
    lists: tuple[int, ...]
    plans: dict[tuple[int, ...], Plan | None]
