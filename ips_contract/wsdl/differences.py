"""What differs between two WSDLs, and what that means for a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.components import XS
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.wsdl.kinds import meaning
from ips_contract.wsdl.model import local
from ips_contract.wsdl.reach import Uses, uses_in

if TYPE_CHECKING:
    from ips_contract.wsdl.model import Wsdl

# Stand for what is not there, and for what is and needs no words.
NONE, THERE = "none", "there"
_OWN = "{}"  # In place of the namespace of the version, which is another in another version.


class Difference(NamedTuple):
    """A difference.

    ``kind`` is a key of ``KINDS``. ``operation`` and ``type`` say of what it is: of an operation,
    of a type, of an element that is an operation's, which then has both; neither for the frame.
    ``field`` says what of it. ``ours`` and ``theirs`` are how both have it, ``meaning`` what
    follows for a client, ``uses`` the operations whose messages have the type, in words. ``line``
    is the line of theirs, 0 if there is none.
    """

    kind: str
    operation: str
    type: str
    field: str
    ours: str
    theirs: str
    meaning: str
    uses: str
    line: int

    @property
    def place(self) -> str:
        """What it is a difference of: the heading that it stands under."""
        if self.operation:
            return f"operation {self.operation}"
        return f"type {self.type}" if self.type else "frame"


class Side:
    """One of two WSDLs that are compared, with names that both have in common.

    The namespace of the version is taken for the same in both. In pre-4.0, which has no other,
    authHeader and the faults are in the unversioned one, as in later versions.
    """

    def __init__(self, wsdl: Wsdl) -> None:
        self.wsdl = wsdl
        self.elements = {self.common(name): value for name, value in wsdl.elements.items()}
        self.types = {self.common(name): value for name, value in wsdl.types.items()}
        self.messages = {self.framed(name): value for name, value in wsdl.messages.items()}
        self.uses = {self.common(name): value for name, value in uses_in(wsdl).items()}

    def common(self, name: str) -> str:
        """A name, or some with spaces between, as both sides have it."""
        own = self.wsdl.own
        if not own or f"{{{own}}}" not in name:
            return name
        return " ".join(self._common(word) for word in name.split(" "))

    def _common(self, name: str) -> str:
        start, braces, rest = name.partition(f"{{{self.wsdl.own}}}")
        if not braces:
            return name
        first = rest.partition("/")[0]
        stays = self.wsdl.own == UNVERSIONED and first in COMPANIONS
        return name if stays else f"{start}{_OWN}{rest}"

    def framed(self, name: str) -> str:
        """The name of a message, binding or the like, whose namespace is the definitions'."""
        return local(name) if name.startswith(f"{{{self.wsdl.namespace}}}") else name

    def shown(self, name: str) -> str:
        """A type for readers: ``string``, ``Company``; others with their namespace."""
        if is_anonymous(name):
            return "a type without a name"
        namespace = name[1:].partition("}")[0]
        return local(name) if namespace in (self.wsdl.own, XS[1:-1]) else name


def is_anonymous(name: str) -> bool:
    """Whether ``name`` is a key of ``Wsdl.types`` for a type without a name."""
    return name.startswith("element ") or "/" in local(name)


class Findings:
    """Differences as they are found."""

    def __init__(self, ours: Side, theirs: Side) -> None:
        self.ours = ours
        self.theirs = theirs
        self.found: list[Difference] = []

    def add(
        self,
        kind: str,
        field: str,
        ours: str,
        theirs: str,
        line: int,
        *,
        operation: str = "",
        of: str = "",
        uses: Uses | None = None,
        manner: str = "",
    ) -> None:
        """Adds a difference; ``of`` is its type, the others as in ``Difference``."""
        uses = uses or Uses()
        words = meaning(kind, request=uses.request, answer=uses.answer, manner=manner)
        told = "" if operation else uses_words(uses)
        self.found.append(Difference(kind, operation, of, field, ours, theirs, words, told, line))

    def uses_of(self, key: str) -> Uses:
        """Where both sides use what has the common name ``key``."""
        both = [side.uses.get(key, Uses()) for side in (self.ours, self.theirs)]
        return Uses(
            both[0].requests | both[1].requests,
            both[0].answers | both[1].answers,
            both[0].in_headers or both[1].in_headers,
            both[0].in_faults or both[1].in_faults,
        )


_MOST_NAMED = 3


def uses_words(uses: Uses) -> str:
    """The operations of ``uses``: ``in requests of a, b and 2 more; in answers of c``."""
    parts = []
    for what, names in (("requests", uses.requests), ("answers", uses.answers)):
        if names:
            first = list(names)[:_MOST_NAMED]
            more = len(names) - len(first)
            rest = f" and {more} more" if more else ""
            parts.append(f"in {what} of {', '.join(first)}{rest}")
    parts += ["in headers"] if uses.in_headers else []
    parts += ["in faults"] if uses.in_faults else []
    return "; ".join(parts)
