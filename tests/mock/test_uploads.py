"""POST to UploadFile: forms of documents and files, jobs of several POSTs."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import threading
import tracemalloc
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults

import httpx
import pytest
import requests
from lxml import etree

from ips_contract import VERSIONS, mock, validate
from ips_contract.contract.endpoints import UPLOAD_HOSTS
from ips_contract.http.messages import Request, Response
from ips_contract.mock import upload as uploading
from ips_contract.mock.adapters.responses import activate
from ips_contract.mock.clock import Clock
from ips_contract.mock.record import Record
from ips_contract.mock.state import uploaded_files
from ips_contract.mock.state.jobs import Jobs
from ips_contract.mock.state.lifecycle import MANUAL, Plan
from tests.calls import NEW, auth, fault_of, handle, listing, plain, steer, submit, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.mock.service import Service

PATH = "/scene7/UploadFile"
AUTH = auth(extra="<appName>a</appName><appVersion>1</appVersion>", namespace=NEW.namespace)
JOB = (
    "<uploadParams><overwrite>true</overwrite><readyForPublish>true</readyForPublish>"
    "<createMask>false</createMask><emailSetting>None</emailSetting></uploadParams>"
)
NAMED = f"<jobName>Holiday</jobName>{JOB}"
END = "<endJob>true</endJob>"
FILE = ("file", "a.jpg", b"abc")
Part = tuple[str, str | None, bytes]


def params(inner: str = NAMED, company: str = "c|47", namespace: str = NEW.namespace) -> bytes:
    return (
        f'<uploadPostParam xmlns="{namespace}"><companyHandle>{company}</companyHandle>'
        f"{inner}</uploadPostParam>"
    ).encode()


def form(*parts: Part) -> bytes:
    lines = []
    for name, filename, content in parts:
        file = "" if filename is None else f'; filename="{filename}"'
        head = f'Content-Disposition: form-data; name="{name}"{file}'
        lines += [b"--X", head.encode(), b"", content]
    return b"\r\n".join([*lines, b"--X--", b""])


def post(
    service: Service,
    document: bytes = params(),
    *files: Part,
    login: str = AUTH,
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer to a form; checks that it is valid by our own validator."""
    body = form(("auth", None, login.encode()), ("uploadParams", None, document), *files)
    return send(service, body, headers)


def send(service: Service, body: bytes, headers: dict[str, str] | None = None) -> Response:
    sent = {"content-type": "multipart/form-data; boundary=X", "host": "ips.test"}
    response = service.handle(Request("POST", PATH, {**sent, **(headers or {})}, body))
    report = validate(plain(response))
    assert report.valid, report.text()
    return response


def job_of(response: Response) -> str:
    assert response.status == 200, response.body
    found = etree.fromstring(plain(response)).findtext("{*}jobHandle")
    assert found is not None
    return found


def fault(response: Response) -> tuple[int, str]:
    return fault_of(response._replace(body=plain(response).replace(b"tns:", b"")))


def names(service: Service) -> list[list[str]]:
    return [[file.name for file in run.job.uploads] for run, _ in service.jobs.logged("47")]


@pytest.fixture
def service() -> Service:
    return mock.Service()


def test_a_job_of_three_posts(service: Service) -> None:
    response = post(service, params(), FILE, ("file", "b.jpg", b"de"))
    job = job_of(response)
    assert job == "j|47||Holiday|1"  # As documented: the instance has no time.
    assert response.body.startswith(b"<?xml version='1.0' encoding='UTF-8'?><uploadPostReturn ")
    again = params(f"<jobHandle>{job}</jobHandle>")
    assert job_of(post(service, again, ("file", "c.jpg", b""))) == job
    assert [text(item, "type") for item in listing(service, "getActiveJobs", "", NEW)] == [
        "UploadPost"
    ]
    last = params(f"<jobHandle>{job}</jobHandle>{END}")
    assert job_of(post(service, last)) == job
    assert listing(service, "getActiveJobs", "", NEW) == []
    [log] = listing(service, "getJobLogs", "", NEW)
    assert text(log, "jobHandle") == job
    assert text(log, "jobName") == text(log, "originalJobName") == "Holiday"
    assert text(log, "totalFileCount") == text(log, "fileSuccessCount") == "3"
    [details] = listing(service, "getJobLogDetails", f"<jobHandle>{job}</jobHandle>", NEW)
    found = [
        (text(row, "logType"), text(row, "assetName"))
        for row in details.findall("{*}detailArray/*")
    ]
    assert found == [
        ("BeginUpload", None),
        ("UploadSuccess", "a.jpg"),
        ("UploadSuccess", "b.jpg"),
        ("UploadSuccess", "c.jpg"),
        ("EndUpload", None),
    ]


def test_what_is_known_of_a_file(service: Service) -> None:
    post(service, params(f"<jobName>J</jobName><destFolder>Co/x</destFolder>{JOB}"), FILE)
    exchange = service.exchanges[-1]
    [file] = exchange.files
    assert (file.name, file.folder, file.size) == ("a.jpg", "Co/x", 3)
    assert file.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert file.content is None
    assert exchange.operation == "uploadPost"
    assert exchange.handle == "j|47||J|1"
    assert exchange.report.message == "uploadPostParam"
    assert exchange.request.body.startswith(b"<uploadPostParam")
    assert "a.jpg" in repr(file)


def test_no_password_is_kept(service: Service) -> None:
    post(service, params(), FILE)
    post(service, params(f"{NAMED}<password>secret</password>"), FILE)
    post(service, params(), login=f"{AUTH}<")
    for exchange in service.exchanges:
        shown = f"{exchange.request!r} {exchange.report.text()} {exchange.reason} {exchange.notes}"
        assert "secret" not in shown
        assert b"secret" not in exchange.body
    assert all(b"secret" not in run.job.source for run in service.jobs.active("47"))


def test_the_time_between_posts(service: Service) -> None:
    job = job_of(post(service))
    again = params(f"<jobHandle>{job}</jobHandle>")
    service.clock.advance(minutes=29)
    post(service, again, FILE)
    service.clock.advance(minutes=29)
    assert len(listing(service, "getActiveJobs", "", NEW)) == 1
    last = service.exchanges[1].time
    service.clock.advance(minutes=1, seconds=1)
    [(run, ended)] = service.jobs.logged("47")
    assert ended == last + timedelta(minutes=30)
    assert fault(post(service, again, FILE))[0] == 30001
    assert [file.name for file in run.job.uploads] == ["a.jpg"]


def test_polls_do_not_end_it(service: Service) -> None:
    post(service)
    for _ in range(5):
        [item] = listing(service, "getActiveJobs", "", NEW)
        assert text(item, "state") == "New"


def test_a_plan_of_its_name_counts_from_its_end(service: Service) -> None:
    service.plan("Holiday", Plan(polls=2, seconds=60))
    post(service, params(f"<jobName>Holiday</jobName>{END}{JOB}"), FILE)
    [item] = listing(service, "getActiveJobs", "", NEW)
    assert text(item, "progress") == "33"
    listing(service, "getActiveJobs", "", NEW)
    assert listing(service, "getActiveJobs", "", NEW) == []
    post(service, params(f"<jobName>Holiday</jobName>{JOB}"), FILE)
    service.clock.advance(minutes=30, seconds=59)
    assert len(service.jobs.active("47")) == 1
    service.clock.advance(seconds=2)
    assert service.jobs.active("47") == []


def test_a_stopped_job_takes_no_files(service: Service) -> None:
    job = job_of(post(service))
    steer(service, "stopJob", job, NEW)
    again = params(f"<jobHandle>{job}</jobHandle>")
    assert fault(post(service, again))[1] == (
        f'"{job}" takes no files: the job is over, or no upload.'
    )


def test_two_jobs_of_one_name(service: Service) -> None:
    first, second = (job_of(post(service)) for _ in range(2))
    assert (first, second) == ("j|47||Holiday|1", "j|47||Holiday|2")
    post(service, params(f"<jobHandle>{first}</jobHandle>{END}"), FILE)
    bare = params("<jobHandle>j|47||Holiday|</jobHandle><endJob>1</endJob>")
    post(service, bare, ("f", "b.jpg", b""))
    assert names(service) == [["a.jpg"], ["b.jpg"]]


def test_a_forgotten_job() -> None:
    service = mock.Service(jobs=Jobs(Clock().now, most=1))
    first = job_of(post(service))
    post(service)
    assert fault(post(service, params(f"<jobHandle>{first}</jobHandle>")))[0] == 30001


@pytest.mark.parametrize(
    ("inner", "code", "words"),
    [
        (JOB, 30002, "neither a jobName, which begins a job, nor the jobHandle"),
        (f"<jobName> </jobName>{JOB}", 30002, "neither a jobName"),
        ("<jobName>J</jobName>", 30002, "The first POST of a job needs the element uploadParams"),
        ("<jobHandle>j|47||J|1</jobHandle>", 30001, "There is no job"),
        ("<jobHandle>j|47||Holiday|9</jobHandle>", 30001, "There is no job"),
        ("<jobHandle>j|47||Holiday|x</jobHandle>", 30001, "There is no job"),
        ("<jobHandle>j|48||Other|2</jobHandle>", 20005, "is not of company"),
        ("<jobHandle>j|47|Publish||</jobHandle>", 30001, "takes no files"),
        (NAMED.replace(">None<", ">none<"), 30001, "Write None."),
        (NAMED.replace("overwrite", "overwrit"), 30003, "overwrit"),
        (f"<jobName>J</jobName><endJob>yes</endJob>{JOB}", 30001, "yes"),
    ],
)
def test_faults(service: Service, inner: str, code: int, words: str) -> None:
    post(service)
    post(service, params(company="c|48", inner=NAMED.replace("Holiday", "Other")))
    submit(service, "Publish", version=NEW)
    response = post(service, params(inner), FILE)
    assert fault(response)[0] == code
    assert words in fault(response)[1]
    assert response.status == 500
    assert service.exchanges[-1].fault == code
    assert sum(len(run.job.uploads) for run in service.jobs.active("47")) == 0


def test_a_fault_has_the_documented_shape(service: Service) -> None:
    login = AUTH.replace("secret", "").replace(
        "</authHeader>", "<faultHttpStatusCode>200</faultHttpStatusCode></authHeader>"
    )
    response = post(service, login=login)
    assert response.status == 200
    assert response.body.startswith(
        b"<?xml version='1.0' encoding='UTF-8'?><tns:authenticationFault"
        b' xmlns:tns="http://www.scene7.com/IpsApi/xsd"><tns:code>10001</tns:code><tns:reason>'
    )
    assert response.body.endswith(b"</tns:reason></tns:authenticationFault>")


def test_credentials(service: Service) -> None:
    document = ("uploadParams", None, params())
    assert fault(send(service, form(document)))[0] == 10000
    basic = {"authorization": "Basic dTpw"}
    job_of(send(service, form(document), basic))
    assert fault(post(service, login="<authHeader"))[1].startswith("not-xml: The part auth: ")
    wrong = AUTH.replace("appName", "appNam")
    response = post(service, login=wrong)
    assert fault(response)[1].startswith("unknown-element: The part auth: authHeader has no")
    assert "at /auth/authHeader/appNam]" in fault(response)[1]
    assert fault(post(service, login="<other/>"))[0] == 10000
    closed = mock.Service(accounts=mock.Accounts([mock.Account("u@x.test", "right")]))
    assert fault(post(closed))[0] == 10002


def test_the_forms_parts(service: Service) -> None:
    login = ("auth", None, AUTH.encode())
    assert fault(send(service, form(login)))[0] == 30002
    other = params().replace(b"uploadPostParam", b"submitJobParam")
    assert "is submitJobParam; send uploadPostParam" in fault(post(service, other))[1]
    assert fault(post(service, b"no XML"))[0] == 30003
    assert fault(post(service, params(namespace=VERSIONS[0].namespace)))[0] == 30003
    # Fields of a form that are no files, and documents that come twice.
    document = ("uploadParams", None, params())
    body = form(login, document, ("uploadParams", None, b"x"), FILE, ("submit", None, b"Go"))
    job_of(send(service, body))
    assert service.exchanges[-1].notes == (
        "the part uploadParams came twice; the first one counts",
        "no file: the part submit has no filename",
    )
    assert [file.name for file in service.exchanges[-1].files] == ["a.jpg"]


@pytest.mark.parametrize("end", ['"', "'", '"\r\n', ' " '])
def test_a_stray_quote(service: Service, end: str) -> None:
    job_of(post(service, params() + end.encode()))
    assert "has a quote behind its document" in service.exchanges[-1].notes[0]


def test_other_text_behind_the_document(service: Service) -> None:
    assert fault(post(service, params() + b"x"))[0] == 30003
    job_of(post(service, params() + b"\r\n"))
    assert service.exchanges[-1].notes == ()


@pytest.mark.parametrize(
    ("given", "files", "expected"),
    [
        ("", [("f", r"C:\x\a.jpg", b"")], ["a.jpg"]),
        ("", [("f", "/x/a.jpg", b"")], ["a.jpg"]),
        ("b.jpg", [FILE], ["b.jpg"]),
        ("b.jpg", [("f", "", b"")], ["b.jpg"]),
        ("b.jpg", [("f", None, b"")], ["b.jpg"]),
        ("b.jpg", [FILE, ("f", "c.jpg", b"")], ["b.jpg", "c.jpg"]),
    ],
)
def test_names(service: Service, given: str, files: list[Part], expected: list[str]) -> None:
    name = f"<fileName>{given}</fileName>" if given else ""
    job_of(post(service, params(f"<jobName>J</jobName>{name}{JOB}"), *files))
    assert [file.name for file in service.exchanges[-1].files] == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "A file has no name"),
        (" ", "A file has no name"),
        ("/x/", "A file has no name"),
        ("a" * 1001, "A file's name has 1001 characters"),
    ],
)
def test_names_that_no_asset_has(service: Service, name: str, words: str) -> None:
    code, reason = fault(post(service, params(), ("f", name, b"x")))
    assert code == 30001
    assert reason.startswith(words)


def test_a_field_in_which_no_file_was_chosen_is_no_file(service: Service) -> None:
    job_of(post(service, params(), FILE, ("more", "", b"")))
    assert [file.name for file in service.exchanges[-1].files] == ["a.jpg"]
    assert service.exchanges[-1].notes == ("no file: the part more has no filename",)


def test_scripted_answers(service: Service) -> None:
    service.script(operation="uploadPost", fault=30000)
    assert fault(post(service, params(), FILE))[0] == 30000
    service.script(operation="uploadPost", delay=1.5)
    assert post(service, params(), FILE).delay == 1.5
    assert len(service.jobs.active("47")) == 1


def test_tolerated_errors(service: Service) -> None:
    service.tolerate(lambda report, error: True)
    job_of(post(service, params(NAMED.replace(">None<", ">none<")), FILE))
    assert len(listing(service, "getActiveJobs", "", NEW)) == 1


def test_a_compressed_answer(service: Service) -> None:
    response = post(service, headers={"accept-encoding": "gzip"})
    assert gzip.decompress(response.body).startswith(b"<?xml")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_lists_it(service: Service, version: Any) -> None:
    service.plan("Holiday", MANUAL)
    job = job_of(post(service, params(), FILE))
    for _ in range(2):
        [item] = listing(service, "getActiveJobs", "", version)
        shown = text(item, "jobHandle")
        assert shown == (job if version.date else "47||Holiday")
        post(service, params(f"<jobHandle>{job}</jobHandle>{END}"))
    service.jobs.finish("Holiday")
    assert len(listing(service, "getJobLogs", "", version)) == 1
    by_handle = f"<jobHandle>{shown}</jobHandle>"
    assert len(listing(service, "getJobLogDetails", by_handle, version)) == 1


def test_the_job_is_shown_in_full(service: Service) -> None:
    post(service, params(), FILE)
    [item] = listing(service, "getActiveJobs", "", NEW)
    assert item.findtext("{*}uploadPostJob/{*}emailSetting") == "None"
    assert item.findtext("{*}taskProgressArray/*/*/*/{*}itemName") == "a.jpg"


def test_a_name_finds_its_uploads(service: Service) -> None:
    post(service)
    steer(service, "stopJob", handle(NEW, "Holiday"), NEW)
    assert len(service.jobs.logged("47")) == 1


# Bounds


def test_content_is_kept_if_it_is_asked_for() -> None:
    service = mock.Service(keep_uploads=5)
    post(service, params(), FILE, ("f", "b.jpg", b"def"), ("f", "c.jpg", b"gh"))
    first = service.exchanges[-1].files
    assert [file.content for file in first] == [b"abc", None, b"gh"]
    post(service, params(), ("f", "d.jpg", b"ijkl"))
    assert [file.content for file in first] == [None, None, None]
    assert [file.content for file in service.exchanges[-1].files] == [b"ijkl"]
    post(service, params(), ("f", "e.jpg", b"123456"))
    assert [file.content for file in service.exchanges[-1].files] == [None]
    with pytest.raises(TypeError, match="keep_uploads"):
        mock.Service(keep_uploads="5")  # type: ignore[arg-type]


def test_documents_have_the_services_limit() -> None:
    service = mock.Service(limit=1000)
    job_of(post(service, params(), ("f", "a.jpg", bytes(100_000))))
    long = params(f"<jobName>J</jobName><description>{'a' * 1000}</description>{JOB}")
    assert "The part uploadParams has more than 1000 bytes" in fault(post(service, long))[1]
    assert "The part auth has more than" in fault(post(service, login=AUTH + " " * 1000))[1]


def test_parts_bytes_and_files_are_bounded(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "MOST_PARTS", 4)
    job_of(post(service, params(), FILE, FILE))
    assert "more than 4 parts" in fault(post(service, params(), FILE, FILE, FILE))[1]
    monkeypatch.setattr("ips_contract.mock.upload_steps.MOST_FILES", 3)
    again = params("<jobHandle>j|47||Holiday|1</jobHandle>")
    assert fault(post(service, again, FILE, FILE))[1] == "A job takes at most 3 files."
    job_of(post(service, again, FILE))
    monkeypatch.setattr(uploading, "MOST_BYTES", 100)
    assert "more than 100 bytes" in fault(post(service))[1]


def test_names_are_bounded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploaded_files, "MOST_TEXT", 12)
    for _ in range(4):
        post(service, params(f"<jobName>J</jobName>{END}{JOB}"), FILE)
    assert names(service) == [[], [], ["a.jpg"], ["a.jpg"]]
    assert [text(log, "totalFileCount") for log in listing(service, "getJobLogs")] == ["1"] * 4
    service.reset()
    post(service, params(f"<jobName>J</jobName>{END}{JOB}"), FILE)
    assert names(service) == [["a.jpg"]]


def test_the_record_counts_files() -> None:
    service = mock.Service()
    service.exchanges = Record(most_bytes=1000)
    for _ in range(3):
        post(service, params(), FILE, FILE)
    assert [len(exchange.files) for exchange in service.exchanges] == [0, 0, 2]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"content-type": "text/xml"}, "envelope: Content-Type is text/xml; send multipart/form-"),
        ({"content-type": "multipart/form-data"}, "needs a boundary"),
        ({"content-type": "multipart/form-data; boundary=Y"}, "ends before its last boundary"),
        ({"content-encoding": "gzip"}, "compressed: Content-Encoding gzip is not taken here"),
    ],
)
def test_what_is_no_form(service: Service, headers: dict[str, str], words: str) -> None:
    response = post(service, params(), headers=headers)
    assert fault(response)[0] == 30003
    assert words in fault(response)[1]


def test_other_methods_are_told(service: Service) -> None:
    response = service.handle(Request("GET", PATH, {}, b""))
    assert response.status == 405
    assert ("Allow", "POST") in response.headers
    assert service.handle(Request("POST", f"{PATH}/?a=b", {}, b"")).status == 500


# In front of clients


def fields() -> list[tuple[str, tuple[str | None, Any]]]:
    return [
        ("auth", (None, AUTH)),
        ("uploadParams", (None, params())),
        ("file", ("ü a.jpg", b"abc")),
        ("file", ("b.jpg", io.BytesIO(b"de"))),
    ]


def check(service: Service, answer: bytes) -> None:
    assert b"<jobHandle>j|47||Holiday|1</jobHandle>" in answer
    files = service.exchanges[-1].files
    assert [(file.name, file.size) for file in files] == [("ü a.jpg", 3), ("b.jpg", 2)]
    assert service.exchanges[-1].request.body == params()


@pytest.fixture
def server() -> Iterator[mock.MockServer]:
    with mock.serve() as server:
        yield server


def test_requests_on_a_port(server: mock.MockServer) -> None:
    url = f"{server.url}UploadFile"
    check(server.service, requests.post(url, files=fields(), timeout=30).content)


def test_httpx_on_a_port(server: mock.MockServer) -> None:
    url = f"{server.url}UploadFile"
    check(server.service, httpx.post(url, files=fields(), timeout=30).content)


@pytest.mark.parametrize("host", UPLOAD_HOSTS)
def test_requests_to_the_real_hosts(host: str) -> None:
    with activate() as service:
        check(service, requests.post(f"https://{host}{PATH}", files=fields(), timeout=30).content)


def test_requests_that_streams_its_body() -> None:
    body = form(
        ("auth", None, AUTH.encode()),
        ("uploadParams", None, params()),
        ("file", "ü a.jpg", b"abc"),
        ("file", "b.jpg", b"de"),
    )
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    for data in (body, io.BytesIO(body), iter([body[:100], body[100:]])):
        with activate() as service:
            url = f"https://{UPLOAD_HOSTS[0]}{PATH}"
            answer = requests.post(url, data=data, headers=headers, timeout=30)
            check(service, answer.content)


def test_httpx_in_the_process() -> None:
    service = mock.Service()
    with httpx.Client(transport=mock.transport(service)) as client:
        check(service, client.post(f"https://{UPLOAD_HOSTS[0]}{PATH}", files=fields()).content)


def test_httpx_async() -> None:
    service = mock.Service()

    async def ask() -> bytes:
        async with httpx.AsyncClient(transport=mock.transport(service)) as client:
            answer = await client.post(f"https://{UPLOAD_HOSTS[0]}{PATH}", files=fields())
            return answer.content

    check(service, asyncio.run(ask()))


class Stream(io.BytesIO):
    """Counts the largest read."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.largest = max(self.largest, 10**9 if size is None or size < 0 else size)
        return super().read(size)


@pytest.mark.parametrize("terminated", [False, True])
def test_wsgi(terminated: bool) -> None:
    service = mock.Service(limit=10_000)
    body = form(
        ("auth", None, AUTH.encode()),
        ("uploadParams", None, params()),
        ("file", "a.jpg", bytes(1_000_000)),
    )
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    stream = Stream(body + (b"" if terminated else b"more"))
    environ.update(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": PATH,
            "CONTENT_TYPE": "multipart/form-data; boundary=X",
            "wsgi.input": stream,
        }
    )
    if terminated:
        environ["wsgi.input_terminated"] = True
    else:
        environ["CONTENT_LENGTH"] = str(len(body))
    answer = b"".join(mock.app(service)(environ, lambda *_: lambda _: None))
    assert b"<jobHandle>" in answer
    assert service.exchanges[-1].files[0].size == 1_000_000
    assert stream.largest <= 65536


def big(pieces: int) -> Iterator[bytes]:
    """A form with a file of ``pieces`` times 64 KiB."""
    head = form(("auth", None, AUTH.encode()), ("uploadParams", None, params()))
    yield head.removesuffix(b"--X--\r\n")
    yield b'--X\r\nContent-Disposition: form-data; name="f"; filename="film.mp4"\r\n\r\n'
    for _ in range(pieces):
        yield bytes(65536)
    yield b"\r\n--X--"


def test_memory_stays_flat(server: mock.MockServer) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    url = f"{server.url}UploadFile"
    requests.post(url, data=big(1), headers=headers, timeout=60)
    tracemalloc.start()
    try:
        answer = requests.post(url, data=big(800), headers=headers, timeout=60)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert b"<jobHandle>" in answer.content
    [file] = server.exchanges[-1].files
    assert file.size == 800 * 65536  # 50 MiB.
    assert file.sha256 == hashlib.sha256(bytes(800 * 65536)).hexdigest()
    assert most < 4 * 1024 * 1024


def test_what_is_no_form_is_refused_before_its_end(server: mock.MockServer) -> None:
    def endless() -> Iterator[bytes]:
        yield b"--X\r\n"
        while not server.exchanges:
            yield bytes(65536)

    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    answer = requests.post(f"{server.url}UploadFile", data=endless(), headers=headers, timeout=30)
    assert answer.headers["Connection"] == "close"
    assert b"The headers of a part have more than 16384 bytes" in answer.content


def test_an_upload_may_take_longer_than_other_requests() -> None:
    with mock.serve(request_timeout=0.4) as server:

        def slowly() -> Iterator[bytes]:
            for piece in big(8):
                threading.Event().wait(0.1)  # It is about the time that this takes.
                yield piece

        headers = {"Content-Type": "multipart/form-data; boundary=X"}
        url = f"{server.url}UploadFile"
        answer = requests.post(url, data=slowly(), headers=headers, timeout=30)
        assert answer.status_code == 200
