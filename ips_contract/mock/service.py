"""The service: a request → an answer, by an ordered tuple of steps. The first fault ends it.

It does no input or output, never sleeps, and reads the time from its clock. It is not
thread-safe: an adapter holds ``Service.lock`` around ``handle`` and whatever else it calls.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from ips_contract.contract.endpoints import UPLOAD_PATH
from ips_contract.contract.faults import DEFAULT_HTTP_STATUS
from ips_contract.contract.versions import Version
from ips_contract.contract.writer import fault
from ips_contract.http.content_encoding import accepts_gzip, gzip
from ips_contract.http.messages import Response, split_target
from ips_contract.mock.arguments import (
    UNASKED,
    check_kind,
    check_operation,
    says_what_is_meant,
)
from ips_contract.mock.clock import Clock
from ips_contract.mock.context import CONTENT_TYPES, Context, Resources
from ips_contract.mock.effects.settling import settle
from ips_contract.mock.fault import Fault
from ips_contract.mock.known_texts import KnownJobs
from ips_contract.mock.pipeline import STEPS, keep_fields
from ips_contract.mock.record import MOST_BYTES, MOST_EXCHANGES, Exchange, Record
from ips_contract.mock.script import AFTER, Script, Step, apply
from ips_contract.mock.state.accounts import Accounts
from ips_contract.mock.state.jobs import Jobs
from ips_contract.mock.state.lifecycle import DEFAULT_PLAN, Plan
from ips_contract.mock.state.seed import Seed
from ips_contract.mock.state.store import Store
from ips_contract.mock.state.written_assets import MOST_BYTES as MOST_WRITTEN
from ips_contract.mock.state.written_assets import WrittenAssets
from ips_contract.xml.parser import DEFAULT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ips_contract.http.messages import Receiver, Request
    from ips_contract.mock.assertions import Expected
    from ips_contract.mock.script import Answer, When
    from ips_contract.mock.state.library import Library
    from ips_contract.mock.state.views import AssetView, FolderView
    from ips_contract.validation.report import Report, Violation

_GZIPPED = ("Content-Encoding", "gzip")
_VARY = ("Vary", "Accept-Encoding")


class ServiceOptions(TypedDict, total=False):
    """What ``Service`` takes, to annotate a dict of it with; ``Service`` says what each is."""

    clock: Clock
    ids: Iterator[int]
    accounts: Accounts
    plan: Plan
    jobs: Jobs
    limit: int
    most_exchanges: int
    timer: Callable[[], float]
    behind_proxy: bool
    seed: Seed | Mapping[str, object]
    keep_uploads: int
    wsdl: Version | str | os.PathLike[str] | bytes
    scripts: Sequence[Mapping[str, Any]]
    outcomes: Mapping[str, str]


class _Start(NamedTuple):
    """What a service was given to begin with, and begins with again when it is reset."""

    accounts: Accounts | None
    seed: Seed
    scripts: Sequence[Mapping[str, Any]]
    outcomes: Mapping[str, str]


class Service:
    """The mock of the service.

    Args:
        clock: its time; the real one by default.
        ids: the source of log numbers; by default they count up from 1.
        accounts: users and companies; by default those of the seed, or everybody is let in.
        plan: when jobs end by themselves.
        jobs: the jobs, instead of ``ids`` and ``plan``.
        limit: largest body in bytes, before and after decompression.
        most_exchanges: exchanges that the record keeps.
        behind_proxy: takes the address in a WSDL from X-Forwarded-Proto and X-Forwarded-Host.
        seed: companies, users, folders, assets and so on that are there from the start, as plain
            data (docs/reference/library.md) or read from a file by ``read_seed_file``.
        keep_uploads: bytes of uploaded files that are kept, the newest; by default none are: of a
            file it is name, size and checksum.
        wsdl: a WSDL of the API, as a file, as its bytes, or as a Version that ``version_of`` in
            ``ips_contract.wsdl`` gave: it is served, and messages in its namespace are judged and
            answered by it.
        scripts: what is scripted from the start, and after each ``reset``: arguments of ``script``.
        outcomes: job name → how jobs of this name end, from the start and after each ``reset``.
        timer: seconds, to measure how long requests take.

    Raises:
        TypeError: a value is of a wrong kind.
        ValueError: the seed is wrong; the message names the place. Or the WSDL is unreadable
            (``UnreadableWsdl``).
    """

    @says_what_is_meant
    def __init__(
        self,
        *,
        clock: Clock | None = None,
        ids: Iterator[int] | None = None,
        accounts: Accounts | None = None,
        plan: Plan = DEFAULT_PLAN,
        jobs: Jobs | None = None,
        limit: int = DEFAULT_LIMIT,
        most_exchanges: int | None = None,
        behind_proxy: bool = False,
        seed: Seed | Mapping[str, object] | None = None,
        keep_uploads: int = 0,
        wsdl: Version | str | os.PathLike[str] | bytes | None = None,
        scripts: Sequence[Mapping[str, Any]] = (),
        outcomes: Mapping[str, str] | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        check_kind("limit", limit, int, "bytes as a number")
        check_kind("keep_uploads", keep_uploads, int, "bytes as a number")
        for name, value, kind, give in (
            ("clock", clock, Clock, "a Clock, which tests move: Clock()"),
            ("accounts", accounts, Accounts, "Accounts([Account(...), ...])"),
            ("jobs", jobs, Jobs, "Jobs(clock.now, ...)"),
            ("most_exchanges", most_exchanges, int, "a number"),
        ):
            if value is not None:
                check_kind(name, value, kind, give)
        self.clock = clock if clock is not None else Clock()
        if jobs is None:
            jobs = Jobs(self.clock.now, ids, plan)
        first = _read(seed) if seed is not None else Seed()
        self.store = Store(jobs, self.clock, accounts, first, keep_uploads)
        self._most_exchanges = MOST_EXCHANGES if most_exchanges is None else most_exchanges
        self.exchanges = Record(self._most_exchanges)
        self.lock = threading.RLock()
        self.limit = limit
        self._plan = jobs.plan
        self.scripted = Script()
        self._timer = timer
        self._resources = Resources(
            self.store,
            self.scripted,
            limit,
            behind_proxy,
            KnownJobs(),
            _answer_upload,
            given=None if wsdl is None else _given(wsdl),
        )
        self._first = _Start(accounts, first, tuple(scripts), dict(outcomes or {}))
        self._begin()

    def _begin(self) -> None:
        for arguments in self._first.scripts:
            self.script(**arguments)
        for name, outcome in self._first.outcomes.items():
            self.outcome(name, outcome)

    def another(self, *, most_bytes: int = MOST_BYTES) -> Service:
        """A service of its own that begins as this one did, and shares no state with it.

        Numbers of logs count up from 1, whatever ``ids`` were given to this one.

        Args:
            most_bytes: bytes of bodies that its record keeps; what else it keeps to be quick is
                bounded in proportion.
        """
        clock = self.clock.another()
        accounts, seed, scripts, outcomes = self._first
        jobs = Jobs(clock.now, None, self._plan, self.jobs.zone, self.jobs.most)
        service = Service(
            clock=clock,
            accounts=accounts,
            jobs=jobs,
            limit=self.limit,
            behind_proxy=self._resources.behind_proxy,
            seed=seed,
            keep_uploads=self.store.uploads.most_content,
            wsdl=self._resources.given,
            scripts=scripts,
            outcomes=outcomes,
            timer=self._timer,
        )
        service.exchanges = Record(self._most_exchanges, most_bytes)
        service.store.written_assets = WrittenAssets(MOST_WRITTEN * most_bytes // MOST_BYTES)
        service._resources = service._resources._replace(tolerates=self._resources.tolerates)
        return service

    @property
    def wsdl(self) -> Version | None:
        """The version of the WSDL that it was given; None if it was given none."""
        return self._resources.given

    @property
    def jobs(self) -> Jobs:
        """The jobs and their runs."""
        return self.store.jobs

    @property
    def library(self) -> Library:
        """The companies' folders and assets, to put some there."""
        settle(self.store)
        return self.store.library

    @property
    def assets(self) -> tuple[AssetView, ...]:
        """The assets of all companies as they are now, oldest first; none in the trash."""
        from ips_contract.mock.state.views import assets_in

        return assets_in(self.library)

    @property
    def folders(self) -> tuple[FolderView, ...]:
        """The folders of all companies as they are now, each before what is in it."""
        from ips_contract.mock.state.views import folders_in

        return folders_in(self.library)

    @property
    def accounts(self) -> Accounts:
        """The users and the companies."""
        return self.store.accounts

    def receiver(self, method: str, target: str, headers: dict[str, str]) -> Receiver | None:
        """What takes the body of a request with this head as it comes: then ``handle`` it Streamed.

        None: the body is to be in the request, as of all but uploads. It needs no lock.
        """
        if method != "POST" or split_target(target)[0].rstrip("/") != UPLOAD_PATH:
            return None
        from ips_contract.mock.upload import Upload

        return Upload(headers, limit=self.limit, keep=self.store.uploads.most_content)

    def handle(self, request: Request, root: str = "") -> Response:
        """The answer to ``request``. Whatever was sent, there is one.

        It raises only what a scripted ``answer`` function raises.

        Args:
            request: its target is without ``root``.
            root: the path that the service's own paths stand below, such as ``/t/blue``: it is in
                the addresses that answers have.
        """
        start = self._timer()
        context = Context(request, self.clock.now(), root)
        code, reason = None, ""
        try:
            for step in STEPS:
                response = step(self._resources, context)
                if response is not None:
                    break
            else:  # pragma: no cover - the last step answers
                raise AssertionError("no step answered")
        except Fault as refusal:
            code, reason = refusal.code, refusal.reason
            status = context.login.status or DEFAULT_HTTP_STATUS
            body = fault(context.soap, code, reason, context.prefix)
            response = Response(status, (CONTENT_TYPES[context.soap],), body)
        if context.step is not None:
            response = apply(context.step, request, response)
        if code is not None or context.report.violations:
            keep_fields(context)
        self.exchanges.add(
            Exchange(
                self.exchanges.count + 1,
                context.now,
                context.operation,
                context.request,
                context.body(),
                context.report,
                response,
                code,
                reason,
                context.handle,
                context.notes,
                self._timer() - start,
                context.files,
                context.fields,
                context.job,
            )
        )
        return _encoded(context, response)

    # For tests.

    @says_what_is_meant
    def script(
        self,
        *,
        times: int = 1,
        fault: int | None = None,
        delay: float = 0.0,
        drop: bool = False,
        truncate: bool = False,
        malformed: bool = False,
        status: int | None = None,
        body: bytes | None = None,
        answer: Answer | None = None,
        fields: Mapping[str, Any] | None = None,
        operation: str | None = None,
        path: str | None = None,
        when: When = AFTER,
    ) -> None:
        """Answers the next requests of ``operation`` as given here.

        Args:
            times: how many.
            fault: code of a fault to answer with; the request is not acted on. With ``status`` it
                has that HTTP status, else the usual one.
            delay: seconds to wait before the answer.
            drop: close the connection without an answer.
            truncate: close it in the middle of the answer's body.
            malformed: send XML that ends early.
            status: HTTP status of whatever is the answer; without ``body``, ``fields`` and
                ``fault`` the body is empty, and the request is not acted on.
            body: body to answer with, as it is; the request is not acted on.
            answer: function of the request and the answer it would have got → the answer.
            fields: fields of the answer, as ``contract.writer.write_answer`` takes them, written
                for the request's version; the request is not acted on. Where a version's answer
                cannot have them, it is fault 30000.
            operation: any operation of the contract, or ``"*"`` for all of them; submitJob if
                there is no ``path`` either.
            path: for requests to this path alone, or to this path with this query. Without
                ``operation`` it is for whatever is sent there, by any method.
            when: ``"after"``: requests that would be acted on. ``"before"``: as soon as the
                operation is known, whatever the message and its credentials are; with ``path``
                alone as soon as the request is there, unread.

        Raises:
            TypeError: a value is of a wrong kind.
            ValueError: no version has the operation, or answers it with such fields; nothing is
                scripted, or what is contradicts itself.
        """
        step = Step(
            operation,
            path=path,
            when=when,
            fault=fault,
            delay=delay,
            drop=drop,
            truncate=truncate,
            malformed=malformed,
            status=status,
            body=body,
            answer=answer,
            fields=fields,
        )
        self.scripted.add(step, times)

    def tolerate(self, tolerates: Callable[[Report, Violation], bool] | None) -> None:
        """Acts on messages in spite of the errors that ``tolerates`` says yes to.

        Not of all: a message whose own fields cannot be read is refused. ``None`` takes it back.
        """
        self._resources = self._resources._replace(tolerates=tolerates)

    def assert_submitted(
        self,
        *,
        times: int | None = None,
        job_name: str | None = UNASKED,
        job: str | None = UNASKED,
        company: str | int | None = UNASKED,
        **fields: Expected,
    ) -> list[Exchange]:
        """The accepted submissions with these fields. None: the field was not sent.

        Args:
            times: how many there must be; None: at least one.
            job_name: the name of the job.
            job: the kind of the job, such as ``imageServingPublishJob``.
            company: the company's number, or its handle.
            fields: any other; as for ``assertions.difference``.

        Raises:
            AssertionError: there are others or none; it shows what came instead.
            TypeError: ``times`` is no number.
            ValueError: no submission can have such a field or job.
        """
        _check_times(times)
        named = {"job_name": job_name, "job": job, "company": company}
        asked = {name: value for name, value in named.items() if value is not UNASKED}
        # What compares requests is loaded when a test looks: others' clients have a start without.
        from ips_contract.mock.assertions import assert_submitted

        return assert_submitted(self.exchanges, {**asked, **fields}, times)

    def assert_called(
        self, operation: str, /, times: int | None = None, **fields: Expected
    ) -> list[Exchange]:
        """The requests of ``operation`` with these fields, whatever they were answered.

        None: the field was not sent.

        Args:
            operation: any operation of the contract.
            times: how many there must be; None: at least one.
            fields: fields of the message; as for ``assertions.difference``.

        Raises:
            AssertionError: there are others or none; it shows what came instead.
            TypeError: ``operation`` is no text, or ``times`` no number.
            ValueError: no version has the operation, or no request of it can have such a field.
        """
        check_kind("operation", operation, str, "its name, such as 'getFolders'")
        check_operation(operation)
        _check_times(times)
        from ips_contract.mock.assertions import assert_called

        return assert_called(self.exchanges, operation, fields, times)

    def seed(self, seed: Seed | Mapping[str, object]) -> None:
        """From now until ``reset`` there is what a seed gives, and no other folder, asset or user.

        Jobs and the record stay.

        Raises:
            ValueError: the seed is wrong; the message names the place.
        """
        settle(self.store)
        self.store.seed(_read(seed))

    def put_server_files(self, directory: str, *names: str) -> None:
        """Upload jobs with this serverDir, or one above it, find these files.

        Args:
            directory: a path on the service's server, as serverDir has it.
            names: paths of files in it, such as ``shoe.jpg`` or ``summer/hat.jpg``.
        """
        self.store.put_server_files(
            [f"{directory.rstrip('/')}/{name.lstrip('/')}" for name in names]
        )

    def outcome(self, job_name: str, outcome: str) -> None:
        """Jobs called ``job_name`` end with ``success``, ``warnings``, ``errors`` or ``fatal``.

        Raises:
            ValueError: there is no such outcome.
        """
        self.jobs.set_outcome(job_name, outcome)

    def plan(self, job_name: str, plan: Plan) -> None:
        """Jobs called ``job_name`` that start from now on end by ``plan``."""
        self.jobs.set_plan(job_name, plan)

    def reset(self) -> None:
        """Forgets jobs, record, scripts, outcomes, the clock's offset, and all that was changed.

        What it was given at first (accounts, seed, scripts and outcomes) is there as it was.
        """
        self.jobs.reset()
        self.jobs.plan = self._plan
        self.store.reset()
        self.exchanges.clear()
        self.scripted.clear()
        self.clock.reset()
        self._begin()


def _check_times(times: int | None) -> None:
    """Does nothing if something can have happened so often; None is any number of times.

    Raises:
        TypeError: it is no number.
        ValueError: it is negative.
    """
    if times is not None:
        check_kind("times", times, int, "a whole number")
        if times < 0:
            raise ValueError(f"times is {times}; give 0 or more")


def _given(wsdl: Version | str | os.PathLike[str] | bytes) -> Version:
    """The version of a WSDL, by its file or its bytes, or as it is.

    Raises:
        TypeError: it is neither.
        ValueError: it is one of ours, or the file cannot be read.
    """
    if isinstance(wsdl, Version):
        if wsdl.components is None:
            raise ValueError(f"{wsdl} has no WSDL of yours; the mock serves ours by itself")
        if not wsdl.components.document:
            raise ValueError("the WSDL is in several files; the mock serves one that is whole")
        return wsdl
    check_kind("wsdl", wsdl, (str, os.PathLike, bytes), "a file, its bytes, or a Version")
    # Most services have none; what reads it takes longer than a start.
    from ips_contract.wsdl.version import version_of

    return version_of(wsdl)


def _read(seed: Seed | Mapping[str, object]) -> Seed:
    if isinstance(seed, Seed):
        return seed
    # Most services begin without, and need nothing of what reads it.
    from ips_contract.mock.state.seed_reading import read_seed

    return read_seed(seed)


def _answer_upload(resources: Resources, context: Context) -> Response:
    # To load this takes a thirtieth of a start, and most clients upload nothing.
    from ips_contract.mock.upload_steps import answer_upload

    return answer_upload(resources, context)


def _encoded(context: Context, response: Response) -> Response:
    """``response`` compressed if the client wants that.

    gzipResponse decides, whatever Accept-Encoding says, which counts where that is absent. (D;
    that clients send ``none`` and ``identity``, too, was observed.)
    """
    wanted = context.login.gzip
    if wanted is None:
        accepted = context.request.headers.get("accept-encoding")
        wanted = accepted is not None and accepts_gzip(accepted)
    if not wanted or context.request.method != "POST" or not response.body:
        return response
    if any(name.lower() == "content-encoding" for name, _ in response.headers):
        return response
    headers = (*response.headers, _GZIPPED, _VARY)
    return response._replace(headers=headers, body=gzip(response.body))
