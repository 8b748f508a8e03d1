"""What the steps of the mock know of a request, and what they work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from ips_contract.http.redaction import redact
from ips_contract.mock.operations.call import Call
from ips_contract.validation.credentials import NOBODY
from ips_contract.validation.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ips_contract.contract.versions import Version
    from ips_contract.http.messages import Request, Response
    from ips_contract.mock.known_texts import JobTexts, KnownJobs
    from ips_contract.mock.script import Script, Step
    from ips_contract.mock.state.store import Store
    from ips_contract.mock.state.uploaded_file import UploadedFile
    from ips_contract.validation.report import Violation

CONTENT_TYPES = {
    "1.1": ("Content-Type", "text/xml;charset=UTF-8"),
    "1.2": ("Content-Type", "application/soap+xml;charset=UTF-8"),
    "": ("Content-Type", "text/xml;charset=UTF-8"),
}
"""The header of an answer, by the SOAP that it is in; ``""`` for none."""
NOTHING = Report("", None)
"""The report on a request without a document."""


class Resources(NamedTuple):
    """What the steps work with: what the service knows, what tests scripted, and its options.

    ``jobs`` has the texts of jobs that came. ``tolerates`` says which errors in a message do not
    keep it from being acted on; ``upload`` answers what is posted to UploadFile. ``given`` is the
    version of a WSDL that the service was given: messages in its namespace are judged and answered
    by it.
    """

    store: Store
    script: Script
    limit: int
    behind_proxy: bool
    jobs: KnownJobs
    upload: Callable[[Resources, Context], Response]
    tolerates: Callable[[Report, Violation], bool] | None = None
    given: Version | None = None


class Bounded(Protocol):
    """What judges documents of up to ``limit`` bytes."""

    @property
    def limit(self) -> int:
        """The size in bytes of the largest document that is read."""

    @property
    def given(self) -> Version | None:
        """The version of a WSDL that was given, as of ``Resources``."""


class Context(Call):
    """What is known about a request, growing from step to step until it is a whole Call.

    Attributes:
        request: as received.
        root: the path that the service's own paths stand below.
        soap: ``"1.1"``, ``"1.2"`` or ``""``.
        recorded: what the record shows instead of the document.
        report: the verdict on the document.
        login: the credentials.
        operation: the operation that it asks for; ``""`` if no version has one called so.
        unwrapped: what came instead of a message that is wrapped as its address wants it, as the
            name of the root; ``""`` if it is.
        unknown: the name of what is no operation.
        step: what a test scripted for it.
        handle: the job handle that is the answer to submitJob or to an upload.
        data: the document, as it is read.
        sent: the body without its content coding; the document, if its charset is its own.
        doubts: what HTTP says of the document that is not so.
        files: what was posted to UploadFile.
        prefix: that of the elements of a fault without SOAP, ``""`` for none.
        job: the texts of the job that it asks for; None: they are not known.
    """

    # What is so until a step knows better.
    soap = "1.1"
    recorded: bytes | None = None
    report = NOTHING
    login = NOBODY
    operation = ""
    unwrapped = ""
    unknown = ""
    step: Step | None = None
    handle = ""
    doubts: tuple[Violation, ...] = ()
    files: tuple[UploadedFile, ...] = ()
    prefix = ""
    job: JobTexts | None = None

    def __init__(self, request: Request, now: datetime, root: str = "") -> None:
        self.request = request
        self.root = root
        self.now = now
        self.fields = {}
        self.sent = self.data = request.body

    def shown(self) -> bytes:
        """The document with its passwords hidden: for the record and the job alike."""
        if self.recorded is None:
            self.recorded = redact(self.data)
        return self.recorded

    def body(self) -> bytes:
        """What the record keeps: the body as it was sent, if it was read."""
        if self.recorded is None or self.data is not self.sent:
            return self.sent
        return self.recorded
