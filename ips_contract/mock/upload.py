"""The body of a POST to UploadFile, taken piece by piece: never is the whole of it in memory.

Of the two documents the bytes are held, up to a limit. Of files it is size and checksum, and the
content only if that is to be kept.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.http.multipart import BadMultipart, Head, MultipartParser, read_boundary

if TYPE_CHECKING:
    from ips_contract.http.messages import Request

AUTH, PARAMS = "auth", "uploadParams"  # The fields of the form that are documents (D).
MOST_PARTS = 1_000  # Of one POST.
_PIECE = 64 * 1024  # Bytes that the parser is given at once; it copies what follows a boundary.
MOST_BYTES = 4 * 1024 * 1024 * 1024  # Of one POST.


class Problem(NamedTuple):
    """Why a body is not read to its end: one of our rules, and words."""

    rule: str
    words: str


class PostedFile(NamedTuple):
    """A part that is no document. ``filename`` is None if it did not say that it is a file."""

    field: str
    filename: str | None
    size: int
    sha256: str
    content: bytes | None


class _File:
    """A file that is coming."""

    def __init__(self, head: Head, *, kept: bool) -> None:
        self.head = head
        self.size = 0
        self.pieces: list[bytes] | None = [] if kept else None
        self._hash = hashlib.sha256()

    def add(self, data: bytes) -> None:
        self.size += len(data)
        self._hash.update(data)
        if self.pieces is not None:
            self.pieces.append(data)

    def done(self) -> PostedFile:
        content = None if self.pieces is None else b"".join(self.pieces)
        name, filename, _ = self.head
        return PostedFile(name, filename, self.size, self._hash.hexdigest(), content)


class Upload:
    """What comes of a POST.

    Args:
        headers: those of the request, names lower-case.
        limit: largest size in bytes of each document.
        keep: bytes of content that are kept, of all its files together.

    Attributes:
        documents: the parts ``auth`` and ``uploadParams``, as far as they came.
        files: the other parts.
        notes: remarks on how it was sent.
        problem: what ended it early; None if nothing did.
        size: bytes of the body so far.
    """

    def __init__(self, headers: dict[str, str], *, limit: int, keep: int = 0) -> None:
        self.documents: dict[str, bytes] = {}
        self.files: list[PostedFile] = []
        self.notes: list[str] = []
        self.problem: Problem | None = None
        self.size = 0
        self._limit = limit
        self._room = keep
        self._parts = 0
        self._document: tuple[str, bytearray] | None = None  # That is coming.
        self._file: _File | None = None
        self._parser: MultipartParser | None = None
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity"):
            words = f"Content-Encoding {encoding[:40]} is not taken here; send the form as it is."
            self.problem = Problem("compressed", words)
            return
        try:
            self._parser = MultipartParser(read_boundary(headers.get("content-type", "")))
        except BadMultipart as error:
            self.problem = Problem("envelope", str(error))

    def feed(self, data: bytes) -> bool:
        """Takes a piece of the body; whether more is wanted. Never raises."""
        if self._parser is None or self.problem is not None:
            return False
        self.size += len(data)
        if self.size > MOST_BYTES:
            self.problem = Problem("too-large", f"The body has more than {MOST_BYTES} bytes.")
            return False
        for at in range(0, len(data), _PIECE):
            if not self._take(self._parser, data[at : at + _PIECE]):
                return False
        return True

    def _take(self, parser: MultipartParser, data: bytes) -> bool:
        try:
            events = parser.feed(data)
        except BadMultipart as error:
            self.problem = Problem("envelope", str(error))
            return False
        for event in events:
            if isinstance(event, bytes):
                self._add(event)
            elif isinstance(event, Head):
                self._begin(event)
            else:
                self._end()
        return self.problem is None

    def close(self) -> None:
        """The body has ended."""
        if self._parser is not None and self.problem is None:
            try:
                self._parser.close()
            except BadMultipart as error:
                self.problem = Problem("envelope", str(error))

    def _begin(self, head: Head) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            self.problem = Problem("too-large", f"The form has more than {MOST_PARTS} parts.")
        elif head.name in (AUTH, PARAMS):
            self._document = head.name, bytearray()
        else:
            self._file = _File(head, kept=self._room > 0)

    def _add(self, data: bytes) -> None:
        if self._file is not None:
            self._file.add(data)
            if self._file.pieces is not None and self._file.size > self._room:
                self._file.pieces = None
        elif self._document is not None:
            name, content = self._document
            content += data
            if len(content) > self._limit:
                words = f"The part {name} has more than {self._limit} bytes, the limit."
                self.problem = Problem("too-large", words)
                self._document = None

    def _end(self) -> None:
        if self._file is not None:
            file = self._file.done()
            self._file = None
            self._room -= len(file.content or b"")
            self.files.append(file)
        elif self._document is not None:
            name, content = self._document
            self._document = None
            if name in self.documents:
                self.notes.append(f"the part {name} came twice; the first one counts")
            else:
                self.documents[name] = bytes(content)


def upload_of(request: Request, *, limit: int, keep: int = 0) -> Upload:
    """The upload in a request whose body is at hand; arguments as for ``Upload``."""
    upload = Upload(request.headers, limit=limit, keep=keep)
    upload.feed(request.body)
    upload.close()
    return upload
