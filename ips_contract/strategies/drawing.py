"""What all strategies share: elements drawn as bytes, and the forms that they are given in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from hypothesis import strategies as st

from ips_contract.contract.versions import Version
from ips_contract.generation import python_values
from ips_contract.generation.messages import (
    Source,
    all_message_names,
    field_order,
    message_names,
    message_source,
    versions_of,
)
from ips_contract.generation.plans import TreeBuilder, density
from ips_contract.generation.serialization import STYLE_WIDTH, Node, to_element, write
from ips_contract.xml.text import near, no_such

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy
    from lxml import etree

    from ips_contract.generation.messages import Versions

T = TypeVar("T")

# All that XML 1.0 can hold; C1 controls but one are left out, because some software strips them.
_CHARACTERS = st.characters(
    exclude_categories=("Cs", "Cc"),
    include_characters="\t\n\r\x85",
    exclude_characters="\ufffe\uffff",
)
FREE_TEXT = st.text(_CHARACTERS)


# Hypothesis makes new examples from old ones by putting one draw into the place of another of the
# same kind. What does not fit there becomes zeros, the plainest of all, and an example that grows
# by it is given up. So messages and parts are one draw each, of this many bytes unless they need
# more, and what is drawn besides a message comes as integers, always as many.
_STEP = 256
_TWO = st.integers(0, 0xFFFF)
MANY_BYTES = st.binary(min_size=_STEP, max_size=_STEP)


@lru_cache(maxsize=64)
def _bytes_of(width: int) -> SearchStrategy[bytes]:
    return st.binary(min_size=width, max_size=width)


class Drawn(NamedTuple):
    """An element that was drawn, and the bytes of its spelling."""

    source: Source
    node: Node
    style: bytes


class Options(Generic[T]):
    """What one of is drawn; its repr is short, for Hypothesis shows arguments."""

    def __init__(self, options: Sequence[T], words: str) -> None:
        self.one = st.sampled_from(options)
        self._words = words

    def __repr__(self) -> str:
        return f"<{self._words}>"


def options_of(sources: Sequence[Source]) -> Options[Source]:
    """``sources`` to draw one of."""
    names = list(dict.fromkeys(source.name for source in sources))
    versions = dict.fromkeys(str(source.version) for source in sources)
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return Options(sources, f"{', '.join(names[:2])}{more} of {', '.join(versions)}")


def draw_bytes(draw: DrawFn, width: int) -> bytes:
    """A few bytes: ``width``, or one more."""
    return b"".join([draw(_TWO).to_bytes(2) for _ in range((width + 1) // 2)])


def element_from(draw: DrawFn, source: Source, data: bytes) -> Node:
    """An element of ``source`` from ``data``: a byte for its density, and its plan's width."""
    builder = TreeBuilder(source.namespace, data, density(data[0]), lambda: draw(FREE_TEXT))
    children = builder.children(source.plan, 1, source.name)
    if source.fixed:
        order = field_order(source.version, source.type_name)
        children = sorted((*children, *source.fixed), key=lambda node: order[node.name])
    return Node(source.namespace, source.name, children)


def draw_from(draw: DrawFn, *sources: Source) -> list[Drawn]:
    """An element of each of ``sources`` and its style, all from one draw."""
    widths = [1 + source.plan.width + STYLE_WIDTH for source in sources]
    data = draw(_bytes_of(-(-sum(widths) // _STEP) * _STEP))
    found = []
    for source, width in zip(sources, widths, strict=True):
        part, data = data[:width], data[width:]
        found.append(Drawn(source, element_from(draw, source, part), part[-STYLE_WIDTH:]))
    return found


@st.composite
def rendered(draw: DrawFn, sources: Options[Source], render: Callable[[Drawn], Any]) -> Any:
    """Elements of any of ``sources``, as ``render`` makes them."""
    (drawn,) = draw_from(draw, draw(sources.one))
    return render(drawn)


# The messages of which one is drawn: version and name.
Named = tuple[Version, str]


def named_options(version: Versions, names: Sequence[str]) -> Options[Named]:
    """The messages called by one of ``names`` in each version that has it.

    Raises:
        ValueError: the version is unknown, or no version has any of the messages.
    """
    versions = versions_of(version)
    found = [(one, name) for name in names for one in versions if name in message_names(one)]
    labels = ", ".join(map(str, versions))
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    words = f"{', '.join(names[:2])}{more}"
    if not found:
        raise ValueError(f"{labels} has no {words}")
    return Options(found, f"{words} of {labels}")


@st.composite
def rendered_messages(
    draw: DrawFn, named: Options[Named], render: Callable[[Drawn], Any], *, warnings: bool
) -> Any:
    """Any of the messages ``named``, as ``render`` makes them.

    How a message is drawn is found out when it is: there are thousands in all versions.
    """
    version, name = draw(named.one)
    (drawn,) = draw_from(draw, message_source(version, name, warnings=warnings))
    return render(drawn)


def _as_bytes(drawn: Drawn) -> bytes:
    return write(drawn.node, drawn.style)


def _as_plain_bytes(drawn: Drawn) -> bytes:
    return write(drawn.node)


def _as_element(drawn: Drawn) -> etree._Element:
    return to_element(drawn.node)


def _as_dict(drawn: Drawn) -> dict[str, python_values.Value]:
    return python_values.to_dict(drawn.node, drawn.source.version, drawn.source.type_name)


def _as_record(drawn: Drawn) -> python_values.Record:
    return python_values.to_record(drawn.node, drawn.source.version, drawn.source.type_name)


_RENDERERS: dict[str, Callable[[Drawn], Any]] = {
    "bytes": _as_bytes,
    "element": _as_element,
    "dict": _as_dict,
    "dataclass": _as_record,
}


def renderer(form: str, *, spelling: bool) -> Callable[[Drawn], Any]:
    """What turns an element into ``form``.

    Raises:
        ValueError: the form is unknown.
    """
    if form not in _RENDERERS:
        raise ValueError(no_such("form", form, tuple(_RENDERERS)))
    return _as_plain_bytes if form == "bytes" and not spelling else _RENDERERS[form]


def names_called(name: str | None) -> list[str]:
    """The messages that ``name`` means: a message, or both of an operation; all for None.

    Raises:
        ValueError: there is no such message or operation.
    """
    known = all_message_names()
    ends = ("", "Param", "Return")
    names = [each for each in known if name is None or each in [name + end for end in ends]]
    if not names:
        guess = near(name or "", known)
        hint = f"did you mean {guess}?" if guess else f"messages are {', '.join(known[:4])}, …"
        raise ValueError(f"no message or operation {name!r}; {hint}")
    return names


def check(value: object, what: str, known: Sequence[object]) -> None:
    """Refuses a value that is not ``known``.

    Raises:
        ValueError: it is not.
    """
    if value not in known:
        names = tuple(each for each in known if isinstance(each, str))
        guess = near(value, names) if isinstance(value, str) else None
        hint = f"did you mean {guess}?" if guess else f"known are {', '.join(map(repr, known))}"
        raise ValueError(f"no {what} {value!r}; {hint}")
