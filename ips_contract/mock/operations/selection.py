"""Which fields an answer has, and which page of a list: responseFieldArray and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ips_contract.mock.operations.reading import texts, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ips_contract.mock.operations.reading import Fields

MOST_RECORDS = 1000  # Of one page, and where the request does not say (D).
# Where an answer has nothing but these it may have more (D; "handle" is assetHandle, I).
_FEW_FIELDS = frozenset(("assetHandle", "name", "type", "subType"))
MOST_SHORT_RECORDS = 10_000

Item = TypeVar("Item")
_Tree = dict[str, "_Tree"]  # Field → what is named below it; nothing: all of it.


class Selection(NamedTuple):
    """The fields of an element that an answer has.

    Attributes:
        wanted: those that are named; None: all.
        unwanted: those that are excluded, which counts more (I).
    """

    wanted: _Tree | None = None
    unwanted: _Tree | None = None

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        if self.wanted is not None and name not in self.wanted:
            return False
        return self.unwanted is None or self.unwanted.get(name, self.unwanted) != {}

    def below(self, *names: str) -> Selection:
        """What is there of a field's own fields."""
        wanted, unwanted = self.wanted, self.unwanted
        for name in names:
            wanted = (wanted.get(name) if wanted is not None else None) or None
            unwanted = (unwanted.get(name) if unwanted is not None else None) or None
        return Selection(wanted, unwanted)


ALL = Selection()


def selection_of(fields: Fields) -> Selection:
    """What responseFieldArray and excludeFieldArray of a request leave."""
    wanted, unwanted = texts(fields, "responseFieldArray"), texts(fields, "excludeFieldArray")
    return Selection(_tree(wanted) if wanted else None, _tree(unwanted) if unwanted else None)


def _tree(paths: Iterable[str]) -> _Tree:
    tree: _Tree = {}
    whole_fields: list[_Tree] = []
    for path in paths:
        below = tree
        for name in path.strip("/").split("/")[:_MOST_STEPS]:
            below = below.setdefault(name, {})
        whole_fields.append(below)
    for below in whole_fields:  # A path that names a field counts more than one that goes on.
        below.clear()
    return tree


_MOST_STEPS = 100  # No answer is deeper.


class Page(NamedTuple):
    """A page of a list."""

    begin: int
    end: int

    def of(self, found: Sequence[Item]) -> Sequence[Item]:
        """The part of a list that the page has."""
        return found[self.begin : self.end]


def page_of(fields: Fields, shown: Selection = ALL) -> Page:
    """The page that recordsPerPage and resultsPage name; 0 and 1 are both the first (O).

    Args:
        fields: those of the request.
        shown: what the answer has of each item.

    Raises:
        Fault: one is too small.
    """
    short = shown.wanted is not None and shown.wanted.keys() <= _FEW_FIELDS
    most = MOST_SHORT_RECORDS if short else MOST_RECORDS
    size = min(whole(fields, "recordsPerPage", 1, MOST_RECORDS), most)
    page = max(whole(fields, "resultsPage", 0, 1), 1)
    return Page(size * (page - 1), size * page)
