"""What the service saw: exchanges, bounded in number and size."""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from ips_contract.contract.rules import ERROR
from ips_contract.http.messages import Request, Response
from ips_contract.http.redaction import is_shown_whole, redact, redact_headers, redact_target
from ips_contract.http.secret_names import is_hidden
from ips_contract.mock.known_texts import MOST_TEXT
from ips_contract.mock.operations.canned import CANNED
from ips_contract.validation.report import Report
from ips_contract.validation.validator import validate
from ips_contract.xml.parts import content_of, is_plain, is_utf_8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from ips_contract.contract.versions import Version
    from ips_contract.mock.known_texts import JobTexts
    from ips_contract.mock.state.uploaded_file import UploadedFile
    from ips_contract.validation.report import Violation

MOST_EXCHANGES = 10_000
MOST_BYTES = 64 * 1024 * 1024  # Of bodies of requests and answers.
USUAL_BYTES = 2048  # Of a message of which is kept what is known of its fields, or read of them.
NO_TEXTS: Mapping[str, str] = MappingProxyType({})
_FILE_BYTES = 200  # As much as what is known of an uploaded file takes, beside its name.


class Exchange:
    """A request and what became of it.

    Attributes:
        number: from 1; goes on when old exchanges are forgotten.
        time: when the request came, by the service's clock.
        operation: such as ``submitJob``; ``""`` if the request names none.
        version: the API version of the message; None if it has none.
        request: as received, with passwords hidden. Its body is ``b""`` once it was dropped.
        report: the verdict on the request's document.
        findings: how many errors and how many warnings are in it.
        response: as given to the adapter. Its body is ``b""`` once it was dropped.
        fault: the code of the fault that was the answer; None if it was none.
        reason: the fault's reason, ``""`` without a fault.
        handle: the job handle that submitJob or an upload answered, ``""`` otherwise.
        canned: whether the service's answer was the least that the schema allows.
        notes: remarks on how the request was sent, and on what the answer is or leaves out.
        duration: seconds that the service took for it.
        files: what was posted to UploadFile; the document of such a request is its uploadParams.
            ``()`` once they were dropped.
        job: the texts of the job that it submits; None: they are not known.
        read: who read the message, and what is in it; to keep with it. None: nobody.
    """

    __slots__ = (
        *(
            "_body",
            "_hides",
            "_report",
            "_request",
            "_shown",
            "_texts",
            "duration",
            "fault",
            "files",
            "handle",
            "job",
            "notes",
        ),
        *("number", "operation", "read", "reason", "response", "size", "time"),
    )

    def __init__(
        self,
        number: int,
        time: datetime,
        operation: str,
        request: Request,
        body: bytes,
        report: Report,
        response: Response,
        fault: int | None,
        reason: str,
        handle: str,
        notes: tuple[str, ...],
        duration: float,
        files: tuple[UploadedFile, ...] = (),
        texts: Mapping[str, str] = NO_TEXTS,
        job: JobTexts | None = None,
    ) -> None:
        self.number = number
        self.time = time
        self.operation = operation
        # With its secrets, which are hidden when somebody looks: most exchanges nobody looks at.
        self._request = request
        self._body = body
        self._report = report
        self._shown = False
        self.size = len(body) + len(response.body)  # Bytes of the bodies that are kept.
        self.response = response
        self.fault = fault
        self.reason = reason
        self.handle = handle
        self.notes = notes
        self.duration = duration
        self.files = files
        # Like the secrets: what of it may be told is found out when somebody asks.
        is_short = len(body) <= USUAL_BYTES or sum(map(len, texts.values())) <= MOST_TEXT
        self._texts = texts if is_short else NO_TEXTS
        self.job = job
        self._hides = True
        self.read: tuple[object, dict[str, Any]] | None = None
        if files:
            self.size += sum(file.text + _FILE_BYTES for file in files)

    @property
    def request(self) -> Request:
        """The request as received, with passwords hidden."""
        self._hide()
        return self._request

    @property
    def report(self) -> Report:
        """The verdict on the request's document; it is about what ``request`` shows."""
        self._hide()
        return self._report

    @property
    def clean(self) -> bool:
        """Whether nothing was found in the request's document; to ask hides no passwords yet."""
        return not self._report.violations

    def _hide(self) -> None:
        if self._shown:
            return
        method, target, headers, _, scheme = self._request
        body = redact(self._body)
        target, headers = redact_target(target), redact_headers(headers)
        self._request = Request(method, target, headers, body, scheme)
        if self._report.message or self._report.violations:
            judged = self._report.data
            # One of another charset was judged in UTF-8.
            is_sent = judged is None or judged is self._body
            self._report = _report_on(self._report, body if is_sent else redact(judged or b""))
        self._body = body
        self._shown = True

    @property
    def canned(self) -> bool:
        """Whether the service answered the least that the schema allows: it plays no more.

        What a test scripted may have changed that answer.
        """
        return bool(self.notes) and any(note.startswith(CANNED) for note in self.notes)

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self._request.method

    @property
    def head(self) -> tuple[str, str, dict[str, str]]:
        """The request's method, target and headers, as received."""
        return self._request[:3]

    @property
    def body(self) -> bytes:
        """The body of ``request``."""
        return self._body if self._shown else redact(self._body)

    @property
    def has_body(self) -> bool:
        """Whether there was a body, and it was not dropped; to ask hides no passwords yet."""
        return bool(self._body)

    def lacks(self, text: bytes) -> bool:
        """Whether no element has ``text`` for certain: by the bytes, hiding nothing yet.

        It is of ASCII, and nothing in it is written as an entity.

        Of what is shown with stars it tells nothing.
        """
        data = self._body
        if data.find(text) >= 0 or (data.find(b"#") >= 0 and data.find(b"&#") >= 0):
            return False
        return is_plain(data)  # The text around a comment or an instruction is one.

    @property
    def open_fields(self) -> Mapping[str, str]:
        """The fields of a message, and their texts.

        Those of secrets are not there. There are none if they are long or not known, nor of a
        message whose body was dropped.
        """
        if self._hides:
            self._texts = _open(self._texts)
            self._hides = False
        return self._texts

    def text_of(self, field: str) -> str | None:
        """The text of one of ``open_fields``; of a field with fields of its own the blanks in it.

        None: it is none of them; or something in it may be a secret, which is hidden in
        ``request``.
        """
        text = self.open_fields.get(field)
        return text if text is not None and is_shown_whole(text) else None

    def content_of(self, field: str) -> bytes | None:
        """What stands in one of ``open_fields``, as bytes in UTF-8, with its secrets.

        None: its body has to be read to tell. It hides nothing yet.
        """
        return content_of(self._body, field) if is_utf_8(self._body) else None

    @property
    def message(self) -> str:
        """The message of ``report``."""
        return self._report.message

    @property
    def findings(self) -> tuple[int, int]:
        """How many errors and how many warnings ``report`` has."""
        rows = self._report.violations
        if not rows:
            return 0, 0
        errors = sum(row.severity == ERROR for row in rows)
        return errors, len(rows) - errors

    def drop_bodies(self) -> None:
        """Forgets the bodies, and the document in the report."""
        self.size = 0
        self.files = ()
        self._texts, self.job, self.read = NO_TEXTS, None, None
        self._request = Request(*self.head, b"", self._request.scheme)
        self._body = b""
        self._report.data = None
        status, lines, _, delay, fate = self.response
        self.response = Response(status, lines, b"", delay, fate)

    @property
    def version(self) -> Version | None:
        """The API version of the message; None if it has none."""
        return self._report.version

    def __repr__(self) -> str:
        what = self.operation or f"{self.request.method} {self.request.target}"
        result = f"fault {self.fault}" if self.fault is not None else str(self.response.status)
        return f"<Exchange {self.number}: {what}: {self.handle or result}>"


def _open(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of the fields that hide nothing; nearly always all of them."""
    hidden = _hidden_among(tuple(texts))
    return {name: texts[name] for name in texts if name not in hidden} if hidden else texts


@lru_cache(maxsize=256)  # Few are different: they are those of valid messages.
def _hidden_among(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(is_hidden, names))


class Record:
    """The newest exchanges, oldest first: a sequence.

    Args:
        most: exchanges that are kept.
        most_bytes: bytes of their bodies that are kept; beyond, the oldest bodies are dropped.

    Attributes:
        count: how many came since it was cleared, which is the number of the newest.
        removals: how often it was cleared, or one was removed.
    """

    def __init__(self, most: int = MOST_EXCHANGES, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self.removals = 0
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        self.removals += 1
        self._exchanges: deque[Exchange] = deque()
        self._bare = 0  # How many of the oldest have no body any more.
        self._bytes = 0
        self.count = 0
        self._counts: dict[tuple[str, int | None], int] = {}

    @property
    def counts(self) -> dict[str, int]:
        """How often what came, forgotten exchanges too: ``{"submitJob: answered": 5}``."""
        return {
            f"{name}: {'answered' if fault is None else f'fault {fault}'}": number
            for (name, fault), number in self._counts.items()
        }

    def add(self, exchange: Exchange) -> None:
        """Keeps ``exchange``; the oldest goes if there are too many."""
        self.count += 1
        key, counts = (exchange.operation or exchange.method, exchange.fault), self._counts
        counts[key] = counts.get(key, 0) + 1
        kept = self._exchanges
        kept.append(exchange)
        self._bytes += exchange.size
        if len(kept) > self._most:
            # Whoever still holds it has it whole.
            self._bytes -= kept.popleft().size
            if self._bare:
                self._bare -= 1
        while self._bytes > self._most_bytes and self._bare < len(kept) - 1:
            oldest = kept[self._bare]
            self._bytes -= oldest.size
            oldest.drop_bodies()
            self._bare += 1

    def remove(self, number: int) -> bool:
        """Forgets the exchange with this number; False: there is none. The others keep theirs."""
        for index, exchange in enumerate(self._exchanges):
            if exchange.number == number:
                del self._exchanges[index]
                self._bytes -= exchange.size
                self._bare -= index < self._bare
                self.removals += 1
                return True
        return False

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))  # Clients of a server may go on meanwhile.

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        if isinstance(index, slice):
            return list(self._exchanges)[index]
        return self._exchanges[index]

    def __repr__(self) -> str:
        return f"<Record of {self.count} exchanges, {len(self)} kept>"


def _report_on(report: Report, data: bytes) -> Report:
    """``report`` as one on ``data``, which is the judged document with its passwords hidden."""
    rows: Iterable[Violation] = report.violations
    if report.violations and report.data is not None and report.data != data:
        # Stars have moved what stands behind them on its line.
        version = report.version
        given = version if version is not None and version.components is not None else None
        judged = validate(data, version=given, limit=max(len(data), 1))
        by_place = {(row.rule, row.path, row.message): row for row in judged.violations}
        found = ((row, by_place.get((row.rule, row.path, row.message))) for row in rows)
        rows = [
            row._replace(line=there.line, column=there.column) if there is not None else row
            for row, there in found
        ]
    return Report(report.message, report.version, rows, data)
