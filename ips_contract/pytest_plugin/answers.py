"""What a service said within a test that may be why the test failed, and the words for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.mock.script import SCRIPTED
from ips_contract.pytest_plugin.conformance import title
from ips_contract.validation.report.text import shown
from ips_contract.xml.text import clipped, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.mock.record import Exchange

_MOST_SHOWN = 20
_LONGEST = 1000  # Characters of a reason.


class _Answer(NamedTuple):
    exchange: Exchange
    expected: bool


class Answers:
    """The faults, the refusals, the scripted and canned answers of a test, bounded in number."""

    def __init__(self) -> None:
        self._rows: list[_Answer | str] = []
        self._more = 0
        self._canned: Counter[str] = Counter()  # By operation, of which there are not many.
        self._carried: list[str] = []
        self._block: Answers | None = None

    def add(self, exchange: Exchange, *, expected: bool) -> None:
        """Keeps ``exchange`` if it was answered otherwise than a client hopes for."""
        if exchange.fault is not None or exchange.response.status >= 400 or _scripted(exchange):
            self._keep(_Answer(exchange, expected))
        elif exchange.notes and exchange.canned:
            self._canned[exchange.operation] += 1

    def add_refusal(self, status: int, reason: str) -> None:
        """Keeps that something which is no request was refused; 0 if without an answer."""
        told = f"HTTP {status}: {_short(reason)}" if status else _short(reason)
        self._keep(f"no request that could be read\n  {told}")

    def _keep(self, row: _Answer | str) -> None:
        if len(self._rows) < _MOST_SHOWN:
            self._rows.append(row)
        else:
            self._more += 1

    def carry(self, *texts: str) -> None:
        """Keeps what a block of the test had to say."""
        self._carried += filter(None, texts)

    def end_block(self, block: Answers | None) -> None:
        """A block of the test has ended, with these answers; None: they were told.

        Of several the last counts: a property has hundreds, and the last is the one that fails.
        """
        self._block = block

    def forget(self, exchanges: Sequence[Exchange]) -> None:
        """Of these another text tells."""
        ids = set(map(id, exchanges))
        self._rows = [
            row for row in self._rows if isinstance(row, str) or id(row.exchange) not in ids
        ]

    def take(self, name: str, unused: Sequence[str]) -> str:
        """All of it in words, which are forgotten here; ``""`` if there is nothing.

        Args:
            name: of the fixture.
            unused: scripted answers that were not used.
        """
        rows, self._rows = self._rows, []
        more, self._more = self._more, 0
        canned, self._canned = self._canned, Counter()
        carried, self._carried = self._carried, []
        if self._block is not None:
            rows += self._block._rows
            more += self._block._more
            canned.update(self._block._canned)
            self._block = None
        lines = [row if isinstance(row, str) else _told(row) for row in rows]
        if more:
            lines.append(f"and {counted(more, 'more answer')} of this kind")
        if canned:
            names = ", ".join(
                f"{name} ({count})" for name, count in canned.most_common(_MOST_SHOWN)
            )
            rest = f" and {len(canned) - _MOST_SHOWN} more" if len(canned) > _MOST_SHOWN else ""
            lines.append(
                f"canned, which the mock does not play: {names}{rest}\n  These answers have the "
                "least that their schema allows. A test can script others."
            )
        if lines:
            lines = [f"what {name} answered:", *("\n".join(lines)).split("\n")]
            lines[1:] = [f"  {line}" for line in lines[1:]]
        lines += [f"{name}: no request used what was scripted: {words}" for words in unused]
        return "\n\n".join([*carried, *filter(None, ["\n".join(lines)])])


def _scripted(exchange: Exchange) -> bool:
    return any(note.startswith(SCRIPTED) for note in exchange.notes)


def _told(row: _Answer) -> str:
    exchange = row.exchange
    method, target = exchange.request[:2]
    head = title(exchange) if exchange.operation or exchange.fault else shown(f"{method} {target}")
    status = exchange.response.status
    words = f"HTTP {status}"
    if exchange.fault is not None:
        meaning = FAULT_CODES[exchange.fault].name
        words = f"fault {exchange.fault} ({meaning}), {words}: {_short(exchange.reason)}"
    elif status >= 400 and not exchange.operation:
        said = exchange.response.body.decode("utf-8", "replace").partition("\n")[0]
        said = said.removesuffix(" There is:")  # A list, which is too long here.
        words = f"{words}: {_short(said)}" if said else words
        if method == "POST":
            words += f" Messages go to {SERVICE_PATH}, or without SOAP to {PLAIN_PATH}."
    scripted = [shown(note) for note in exchange.notes if note.startswith(SCRIPTED)]
    if scripted and not exchange.reason.startswith(SCRIPTED):
        words = f"{words}; {', '.join(scripted)}"
    expected = " (expected)" if row.expected else ""
    return f"message {exchange.number}: {head}\n  {words}{expected}"


def _short(text: str) -> str:
    return clipped(shown(text.strip()), _LONGEST)
