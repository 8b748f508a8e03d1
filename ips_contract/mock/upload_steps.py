"""What is posted to UploadFile → its answer: the steps of ``pipeline``, for a form.

A job begins with the POST that names it, and takes files until one ends it, or until none has come
for half an hour.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ips_contract.contract.faults import INVALID_PARAMETER, INVALID_REQUEST_XML, MISSING_PARAMETER
from ips_contract.contract.writer import answer, write_answer
from ips_contract.http.messages import Request, Response, Streamed
from ips_contract.http.redaction import redact_message
from ips_contract.mock.context import CONTENT_TYPES, Context, Resources
from ips_contract.mock.fault import Fault
from ips_contract.mock.pipeline import authenticate, authorize, validate
from ips_contract.mock.request_judgement import reason_of, version_by
from ips_contract.mock.script_steps import take_script
from ips_contract.mock.state.submissions import Submission
from ips_contract.mock.state.uploaded_file import NO_FILE, UploadedFile
from ips_contract.mock.state.uploaded_files import MOST_FILES
from ips_contract.mock.upload import AUTH, PARAMS, Upload, upload_of
from ips_contract.validation.credentials import read_login
from ips_contract.validation.report import Report, violation
from ips_contract.validation.validator import examine
from ips_contract.xml.parser import Unreadable, local_name, parse
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.mock.state.lifecycle import Run
    from ips_contract.mock.state.store import Store
    from ips_contract.mock.upload import PostedFile
    from ips_contract.validation.report import Violation

KIND = "uploadPostJob"  # As getActiveJobs shows such a job (L).
PATIENCE = timedelta(minutes=30)  # From one POST of a job to its next (D).
_MESSAGE = "uploadPostParam"
_LONGEST_NAME = 1_000  # Characters of a file's name, and of its folder.


def answer_upload(resources: Resources, context: Context) -> Response:
    """The answer to a POST to UploadFile.

    Raises:
        Fault: it is refused.
    """
    request = context.request
    upload = request.received if isinstance(request, Streamed) else None
    if not isinstance(upload, Upload):
        upload = upload_of(
            request, limit=resources.limit, keep=resources.store.uploads.most_content
        )
    _begin_with(upload, context)
    _read(upload, context, resources.limit, resources.given)
    authenticate(resources, context)
    if context.message is None:
        raise Fault(MISSING_PARAMETER, f"The form has no part {PARAMS}: an {_MESSAGE} document.")
    context.files = tuple(_files(upload.files, context))
    validate(resources, context)
    authorize(resources, context)
    scripted = take_script(resources, context)
    return scripted if scripted is not None else _act(resources.store, context)


def judge_upload(upload: Upload, context: Context, limit: int) -> None:
    """Judges what was posted, and somebody else answers, as ``judge`` in ``pipeline`` does."""
    _begin_with(upload, context)
    try:
        _read(upload, context, limit)
    except Fault:
        return  # The report says why.
    if context.message is not None:
        context.files = tuple(_files(upload.files, context))


def _begin_with(upload: Upload, context: Context) -> None:
    # As observed (D): no SOAP, and a prefix in faults.
    context.soap, context.prefix = "", "tns"
    context.request = Request(*context.request[:3], b"", context.request.scheme)
    context.sent = context.data = b""
    for note in upload.notes:
        context.note(note)


def _read(upload: Upload, context: Context, limit: int, given: Version | None = None) -> None:
    """Reads and judges the two documents.

    Raises:
        Fault: one of them, or the form, cannot be read.
    """
    context.login = read_login([], context.request.headers)
    auth = upload.documents.get(AUTH)
    entry: etree._Element | None = None
    about_auth: list[Violation] = []
    if auth is not None:
        entry, about_auth = _auth(_document(auth, AUTH, context), context, limit)
        context.login = read_login([entry], context.request.headers)
    if upload.problem is not None:
        raise _refused(context, *upload.problem)
    data = upload.documents.get(PARAMS)
    if data is None:
        context.report = Report("", None, about_auth)
        return
    data = context.sent = context.data = _document(data, PARAMS, context)
    try:
        root = parse(data, limit=limit)
    except Unreadable as error:
        words = _shown(error, data)
        raise _refused(context, error.rule, words, error.line, error.column) from None
    if local_name(root) != _MESSAGE:
        words = f"The part {PARAMS} is {local_name(root)[:80]}; send {_MESSAGE}."
        raise _refused(context, "envelope", words)
    context.message = root
    context.namespace, context.operation = str(root.tag)[1:].rpartition("}")[0], "uploadPost"
    report = examine(root, data, None if given is None else version_by(root, given))
    context.report = Report(
        report.message, report.version, (*about_auth, *report.violations), report.data
    )


def _shown(error: Unreadable, data: bytes) -> str:
    """The words of ``error`` without the secrets of ``data``."""
    return error.shown(lambda quoted: redact_message(quoted, data))


def _refused(
    context: Context, rule: str, message: str, line: int | None = None, column: int | None = None
) -> Fault:
    """The fault for a form, or a document in it, that cannot be read; this becomes the report."""
    found = violation(rule, message, "/", line, column)
    context.report = Report("", None, (found,), context.shown())
    return Fault(INVALID_REQUEST_XML, reason_of((found,)))


def _document(data: bytes, part: str, context: Context) -> bytes:
    """A document without the quote behind it that a client of the real service sends (O)."""
    bare = data.rstrip(b" \t\r\n\"'")
    if bare == data or not bare.endswith(b">") or not set(data[len(bare) :]) & set(b"\"'"):
        return data
    context.note(f"the part {part} has a quote behind its document; it is passed over")
    return bare


def _auth(data: bytes, context: Context, limit: int) -> tuple[etree._Element, list[Violation]]:
    """The root of the part ``auth``, and what is to be said of it, with no place in a document.

    Raises:
        Fault: it is no XML.
    """
    try:
        root = parse(data, limit=limit)
    except Unreadable as error:
        raise _refused(context, error.rule, f"The part {AUTH}: {_shown(error, data)}") from None
    rows = examine(root, data).violations
    return root, [
        violation(row.rule, f"The part {AUTH}: {row.message}", f"/{AUTH}{row.path}") for row in rows
    ]


def _files(posted: list[PostedFile], context: Context) -> list[UploadedFile]:
    """The files of a POST by the names that their assets are to have."""
    assert context.message is not None
    given, folder = "", ""
    for child in context.message:
        name = local_name(child)
        if name == "fileName":
            given = collapse(child.text or "")
        elif name == "destFolder":
            folder = collapse(child.text or "")
    files: list[UploadedFile] = []
    for posted_file in posted:
        field, filename, size, checksum, content = posted_file
        # So browsers send a field in which no file was chosen (HTML, "entry list").
        if filename == "" and not size:
            filename = None
        if filename is None and not (given and len(posted) == 1):
            part = field[:80] or "without a name"
            context.note(f"{NO_FILE}the part {part} has no filename")
            continue
        # Browsers of old give the path on their own machine (RFC 7578 section 4.2).
        name = collapse((filename or "").replace("\\", "/").rpartition("/")[2])
        if given and not files:
            if len(posted) > 1:
                context.note("fileName is given for several files; it names the first")
            name = given
        files.append(UploadedFile(name, folder, size, checksum, content))
    return files


def _act(store: Store, context: Context) -> Response:
    """Has the files added to their job, which is made for the POST that names it.

    Raises:
        Fault: they cannot be.
    """
    fields, now = context.fields, context.now
    for file in context.files:
        if not file.name:
            words = "A file has no name: its part needs a filename, or the document a fileName."
            raise Fault(INVALID_PARAMETER, words)
        if len(file.name) > _LONGEST_NAME or len(file.folder) > _LONGEST_NAME:
            raise Fault(
                INVALID_PARAMETER,
                f"A file's name has {len(file.name)} characters, and its folder {len(file.folder)};"
                f" give 1 to {_LONGEST_NAME}.",
            )
    ends = fields.get("endJob", "").strip() in ("true", "1")
    closes = now if ends else now + PATIENCE
    handle = fields.get("jobHandle", "").strip()
    run = store.jobs.take_up(context.company, handle) if handle else _begin(store, context)
    if run.job.files + len(context.files) > MOST_FILES:
        raise Fault(INVALID_PARAMETER, f"A job takes at most {MOST_FILES} files.")
    store.uploads.add(run.job, context.files)
    run.closes = closes
    context.handle = run.handle(dated=context.dated)
    assert context.report.version is not None
    xml = write_answer(
        context.report.version, "uploadPostReturn", {"jobHandle": context.handle}, context.namespace
    )
    return Response(200, (CONTENT_TYPES[""],), answer("", xml))


def _begin(store: Store, context: Context) -> Run:
    """The run of a new job.

    Raises:
        Fault: the POST does not say what the first one of a job has to (D).
    """
    fields = context.fields
    name = fields.get("jobName", "")
    if not name.strip():
        raise Fault(
            MISSING_PARAMETER,
            "There is neither a jobName, which begins a job, nor the jobHandle of one.",
        )
    if PARAMS not in fields:
        raise Fault(
            MISSING_PARAMETER,
            f"The first POST of a job needs the element {PARAMS}, which says how files are taken, "
            "in its uploadPostParam.",
        )
    submission = Submission(
        context.company,
        name,
        KIND,
        context.report.version,  # type: ignore[arg-type] # It is valid, so there is one.
        context.account.email,
        context.data,
        fields.get("locale") or context.login.locale,
        fields.get("description"),
        0,
    )
    return store.jobs.begin(context.now, submission, context.now + PATIENCE)
