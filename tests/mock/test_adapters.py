"""The service inside the process: WSGI, httpx, requests."""

from __future__ import annotations

import asyncio
import gzip
import io
import re
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import httpx
import pytest
import requests
import responses

from ips_contract.contract.endpoints import HOSTS
from ips_contract.http.messages import Request, Response
from ips_contract.mock.adapters.httpx import transport
from ips_contract.mock.adapters.responses import (
    activate,
    caught_elsewhere,
    responses_callback,
)
from ips_contract.mock.adapters.wsgi import app
from ips_contract.mock.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

XML = (("Content-Type", "text/xml"),)
URL = "https://s7sps1apissl.scene7.com/scene7/services/IpsApiService"


class Canned(Service):
    """Answers what it is told; keeps what it saw."""

    def __init__(self, answer: Response | None = None) -> None:
        super().__init__(limit=1000)
        self.canned = answer
        self.seen: list[Request] = []

    def handle(self, request: Request, root: str = "") -> Response:
        self.seen.append(request)
        return self.canned or Response(200, XML, request.body or b"nothing")


# WSGI


def call(service: Service, body: bytes = b"", **environ: Any) -> tuple[str, dict[str, str], bytes]:
    """What the application answers, checked against PEP 3333 by the standard library."""
    setup_testing_defaults(environ)
    environ.update(
        {
            "REQUEST_METHOD": environ.pop("method", "POST"),
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": environ.get("CONTENT_LENGTH", str(len(body))),
        }
    )
    environ.setdefault("QUERY_STRING", "")
    environ.setdefault("SCRIPT_NAME", "")
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _exc: Any = None) -> Callable[..., Any]:
        started[:] = [status, dict(headers)]
        return lambda _data: None

    result = validator(app(service))(environ, start)
    try:
        data = b"".join(result)
    finally:
        result.close()  # type: ignore[attr-defined]
    return started[0], started[1], data


def test_wsgi() -> None:
    service = Canned()
    status, headers, body = call(
        service,
        b"<a/>",
        PATH_INFO="/scene7/ä b".encode().decode("latin-1"),
        QUERY_STRING="x=%20",
        CONTENT_TYPE="text/xml",
        HTTP_SOAPACTION="submitJob",
        HTTP_HOST="mock:80",
    )
    assert (status, body) == ("200 OK", b"<a/>")
    assert headers == {"Content-Type": "text/xml", "Content-Length": "4"}
    assert service.seen == [
        Request(
            "POST",
            "/scene7/%C3%A4%20b?x=%20",
            {
                "soapaction": "submitJob",
                "host": "mock:80",
                "content-type": "text/xml",
                "content-length": "4",
            },
            b"<a/>",
        )
    ]


def test_wsgi_reads_no_more_than_shows_that_it_is_too_much() -> None:
    service = Canned()
    call(service, b"x" * 5000)
    assert len(service.seen[0].body) == 1001


@pytest.mark.parametrize(("terminated", "seen"), [(True, b"chunks"), (False, b"")])
def test_wsgi_without_a_length(*, terminated: bool, seen: bytes) -> None:
    service = Canned()
    call(service, b"chunks", CONTENT_LENGTH="", **{"wsgi.input_terminated": terminated})
    assert service.seen[0].body == seen


def test_wsgi_head() -> None:
    status, headers, body = call(Canned(), method="HEAD")
    assert (status, headers["Content-Length"], body) == ("200 OK", "7", b"")
    status, headers, body = call(Canned(Response(200, XML, b"")), method="HEAD")
    assert (headers, body) == ({"Content-Type": "text/xml"}, b"")


def test_wsgi_an_unknown_status() -> None:
    assert call(Canned(Response(599, XML, b"")))[0] == "599 Unknown"


def test_wsgi_broken_answers() -> None:
    with pytest.raises(ConnectionAbortedError):
        call(Canned(Response(200, XML, b"body", fate="drop")))
    application = app(Canned(Response(200, XML, b"body", fate="truncate")))
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    parts = iter(application(environ, lambda *_: lambda _data: None))
    assert next(parts) == b"bo"
    with pytest.raises(ConnectionAbortedError):
        next(parts)


# httpx


def ask_sync(service: Service, *args: Any, **options: Any) -> httpx.Response:
    with httpx.Client(transport=transport(service)) as client:
        return client.request(*args, **options)


def ask_async(service: Service, *args: Any, **options: Any) -> httpx.Response:
    async def main() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport(service)) as client:
            return await client.request(*args, **options)

    return asyncio.run(main())


@pytest.fixture(params=[ask_sync, ask_async])
def ask(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_httpx(ask: Any) -> None:
    service = Canned()
    answer = ask(service, "POST", URL, params={"a": "b c"}, content=b"<a/>", auth=("u", "p"))
    assert (answer.status_code, answer.content) == (200, b"<a/>")
    assert answer.headers == {"content-type": "text/xml", "content-length": "4"}
    [seen] = service.seen
    assert (seen.method, seen.body) == ("POST", b"<a/>")
    assert seen.target.replace("+", "%20") == "/scene7/services/IpsApiService?a=b%20c"
    assert seen.headers["host"] == "s7sps1apissl.scene7.com"
    assert seen.headers["authorization"] == "Basic dTpw"


def test_httpx_gzip_and_head(ask: Any) -> None:
    headers = (*XML, ("Content-Encoding", "gzip"))
    service = Canned(Response(200, headers, gzip.compress(b"<a/>")))
    assert ask(service, "GET", URL).text == "<a/>"
    assert ask(Canned(), "HEAD", URL).headers["content-length"] == "7"


def test_httpx_delays(ask: Any) -> None:
    service = Canned(Response(200, XML, b"late", delay=0.1))
    start = time.perf_counter()
    assert ask(service, "GET", URL).content == b"late"
    assert ask(service, "GET", URL, timeout=None).content == b"late"
    assert time.perf_counter() - start >= 0.2
    service.canned = Response(200, XML, b"late", delay=60)
    with pytest.raises(httpx.ReadTimeout):
        ask(service, "GET", URL, timeout=0.01)
    assert time.perf_counter() - start < 50


def test_httpx_async_delays_hold_up_nobody() -> None:
    service = Canned(Response(200, XML, b"late", delay=0.5))

    async def main() -> None:
        async with httpx.AsyncClient(transport=transport(service)) as client:
            await asyncio.gather(*(client.get(URL) for _ in range(10)))

    start = time.perf_counter()
    asyncio.run(main())
    assert time.perf_counter() - start < 4  # It would be 5 s one after the other.


@pytest.mark.parametrize("fate", ["drop", "truncate"])
def test_httpx_broken_answers(ask: Any, fate: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        ask(Canned(Response(200, XML, b"body", fate=fate)), "GET", URL)


# requests


@pytest.fixture
def canned() -> Iterator[Canned]:
    service = Canned()
    with activate(service) as active:
        assert active is service
        yield service


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("scheme", ["http", "https", "HTTPS"])
@pytest.mark.parametrize("rest", ["", "/", "/any/path", ":8443/scene7/x?serviceUrl=a%20b&c", "?q"])
def test_requests_to_all_hosts(canned: Canned, scheme: str, host: str, rest: str) -> None:
    answer = requests.post(f"{scheme}://{host}{rest}", data=b"<a/>", timeout=5)
    assert (answer.status_code, answer.content) == (200, b"<a/>")
    seen = canned.seen[0]
    path = rest.removeprefix(":8443")
    assert seen.target == (path if path.startswith("/") else f"/{path}")
    assert seen.headers["host"].partition(":")[0] == host


def test_there_are_six_hosts() -> None:
    assert len(set(HOSTS)) == 6
    assert {"s7sps3apissl.scene7.com", "s7sps5apissl-staging.scene7.com"} <= set(HOSTS)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_requests_methods(canned: Canned, method: str) -> None:
    assert requests.request(method, URL, timeout=5).text == "nothing"
    assert canned.seen[0].method == method


def test_requests_head(canned: Canned) -> None:
    answer = requests.head(URL, timeout=5)
    assert (answer.headers["Content-Type"], answer.content) == ("text/xml", b"")


@pytest.mark.parametrize(
    "data",
    ["<ä/>", "<ä/>".encode(), bytearray("<ä/>".encode()), io.BytesIO("<ä/>".encode())],
    ids=["str", "bytes", "bytearray", "file"],
)
def test_requests_bodies(canned: Canned, data: Any) -> None:
    assert requests.post(URL, data=data, timeout=5).content == "<ä/>".encode()


def test_requests_a_generator_as_body(canned: Canned) -> None:
    requests.post(URL, data=iter([b"<a", b"/>"]), timeout=5)
    assert canned.seen[0].body == b"<a/>"
    assert canned.seen[0].headers["transfer-encoding"] == "chunked"


def test_requests_headers(canned: Canned) -> None:
    headers: dict[str, Any] = {"SOAPAction": '"submitJob"', "X-Bytes": b"\xe4", "Host": "other"}
    requests.post(URL, headers=headers, auth=("u", "p"), timeout=5)
    seen = canned.seen[0].headers
    assert seen["soapaction"] == '"submitJob"'
    assert seen["x-bytes"] == "ä"
    assert seen["host"] == "other"
    assert seen["authorization"] == "Basic dTpw"


def test_requests_gzip(canned: Canned) -> None:
    headers = (*XML, ("Content-Encoding", "gzip"))
    canned.canned = Response(200, headers, gzip.compress(b"<a/>"))
    assert requests.get(URL, timeout=5).text == "<a/>"


def test_requests_raw(canned: Canned) -> None:
    packed = gzip.compress(b"<a/>")
    canned.canned = Response(500, (*XML, ("Content-Encoding", "gzip")), packed)
    with requests.get(URL, stream=True, timeout=5) as answer:
        assert (answer.raw.version, answer.reason) == (11, "Internal Server Error")
        assert answer.raw.read(10) == packed[:10]
        assert answer.raw.read() == packed[10:]
        assert answer.raw.read() == b""
    with requests.get(URL, stream=True, timeout=5) as answer:
        assert b"".join(answer.iter_content(2)) == b"<a/>"
        assert answer.headers["Content-Length"] == str(len(packed))
    canned.canned = Response(200, (), b"")
    with requests.get(URL, stream=True, timeout=5) as answer:
        assert list(answer.iter_lines()) == []


def test_requests_what_does_not_unpack(canned: Canned) -> None:
    canned.canned = Response(200, (*XML, ("Content-Encoding", "gzip")), b"<a/>")
    with pytest.raises(requests.exceptions.ContentDecodingError):
        requests.get(URL, timeout=5)


def test_requests_the_length_is_the_true_one(canned: Canned) -> None:
    canned.canned = Response(200, (*XML, ("content-length", "99")), b"<a/>")
    answer = requests.get(URL, timeout=5)
    assert (answer.content, answer.headers["Content-Length"]) == (b"<a/>", "4")
    canned.canned = Response(304, (("Content-Length", "5"),), b"")
    assert requests.get(URL, timeout=5).content == b""


def test_requests_the_length_that_head_names(canned: Canned) -> None:
    canned.canned = Response(200, (("Content-Length", "99"),), b"")
    assert requests.head(URL, timeout=5).headers["Content-Length"] == "99"


def test_requests_redirects(canned: Canned) -> None:
    def handle(request: Request, root: str = "") -> Response:
        there = request.target == "/there"
        return Response(200, (), b"it") if there else Response(302, (("Location", "/there"),), b"x")

    canned.handle = handle  # type: ignore[method-assign]
    answer = requests.post(URL, b"<a/>", timeout=5)
    assert (answer.content, answer.request.method, len(answer.history)) == (b"it", "GET", 1)


def test_requests_cookies(canned: Canned) -> None:
    cookies = (("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/"))
    canned.canned = Response(200, (*XML, *cookies), b"<a/>")
    with requests.Session() as session:
        answer = session.get(URL, timeout=5)
        assert answer.raw.headers.getlist("Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"]
        assert session.cookies.get_dict() == {"a": "1", "b": "2"}
        session.get(URL, timeout=5)
    assert canned.seen[1].headers["cookie"] == "a=1; b=2"


def test_requests_retries(canned: Canned) -> None:
    canned.canned = Response(503, (), b"")
    retry = requests.adapters.Retry(total=2, status_forcelist=[503], raise_on_status=False)
    with requests.Session() as session:
        session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retry))
        assert session.get(URL, timeout=5).status_code == 503
    assert len(canned.seen) == 3


def test_requests_delays(canned: Canned) -> None:
    canned.canned = Response(200, XML, b"late", delay=0.05)
    start = time.perf_counter()
    assert requests.get(URL, timeout=5).text == "late"
    assert requests.get(URL, timeout=None).text == "late"
    assert requests.get(URL, timeout=(5, None)).text == "late"
    assert time.perf_counter() - start >= 0.15
    with pytest.raises(requests.ReadTimeout):
        requests.get(URL, timeout=(5, 0.01))
    with pytest.raises(requests.Timeout):
        requests.get(URL, timeout=0.01)


def test_requests_broken_answers(canned: Canned) -> None:
    canned.canned = Response(200, XML, b"body", fate="drop")
    with pytest.raises(requests.ConnectionError):
        requests.get(URL, timeout=5)
    canned.canned = Response(200, XML, b"body", fate="truncate")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="2 bytes read, 2 more"):
        requests.get(URL, timeout=5)
    assert requests.head(URL, timeout=5).status_code == 200


def test_other_hosts_pass_by(canned: Canned) -> None:
    for url in (
        "http://127.0.0.1:1/",
        "http://127.0.0.1:1/https://s7sps1apissl.scene7.com/",
        "http://s7sps1apissl.scene7.com.localhost:1/",
    ):
        with pytest.raises(requests.ConnectionError) as caught:
            requests.get(url, timeout=5)
        assert "Connection refused by Responses" not in str(caught.value)
    assert not canned.seen


def test_activated_twice() -> None:
    outer, inner = Canned(), Canned()
    with activate(outer):
        with activate(inner):
            requests.get(URL, timeout=5)
        requests.get(URL, timeout=5)
        requests.get(URL, timeout=5)
    assert (len(outer.seen), len(inner.seen)) == (2, 1)


def test_inside_the_users_own_responses() -> None:
    service = Canned()
    with responses.RequestsMock() as theirs:
        theirs.get("https://example.test/a", body="theirs")
        with activate(service):
            assert requests.get("https://example.test/a", timeout=5).text == "theirs"
            assert requests.get(URL, timeout=5).text == "nothing"
            with pytest.raises(requests.ConnectionError, match="by Responses"):
                requests.get("https://example.test/b", timeout=5)
        with pytest.raises(requests.ConnectionError, match="by Responses"):
            requests.get(URL, timeout=5)


@responses.activate
def test_inside_the_users_default_responses() -> None:
    responses.get("https://example.test/a", body="theirs")
    with activate(Canned()):
        responses.get("https://example.test/b", body="later")
        assert requests.get("https://example.test/a", timeout=5).text == "theirs"
        assert requests.get("https://example.test/b", timeout=5).text == "later"
        assert requests.get(URL, timeout=5).text == "nothing"


def test_what_another_mock_lets_pass_never_leaves_the_process() -> None:
    service = Canned()
    with activate(service), responses.RequestsMock() as other:
        other.add_passthru(re.compile(""))
        for host in HOSTS:
            for body in (b"a", iter([b"a", b"b"])):
                answer = requests.post(f"https://{host}/x?y", body, timeout=5)
                assert answer.status_code == 200
        assert [row.target for row in service.seen] == ["/x?y"] * 12
        service.canned = Response(200, XML, b"late", delay=60)
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.post(URL, b"", timeout=(5, 0.01))
        service.canned = Response(200, XML, b"broken", fate="truncate")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            requests.post(URL, b"", timeout=5)
        # So asked requests before 2.32, which said nothing but the address.
        with pytest.raises(ConnectionRefusedError, match=r"with requests 2\.32 or later only"):
            requests.adapters.HTTPAdapter().get_connection(URL)
        with pytest.raises(requests.exceptions.ConnectionError, match=r"Max retries"):
            requests.get("http://127.0.0.1:9/", timeout=5)  # Others go where they went.


def test_another_mocks_refusal_is_told() -> None:
    with activate(Canned()), responses.RequestsMock():
        with pytest.raises(requests.exceptions.ConnectionError) as caught:
            requests.post(URL, b"", timeout=5)
        assert "s7sps1apissl.scene7.com and refused it" in caught_elsewhere(caught.value)
        wrapped = ValueError("x")
        wrapped.__context__ = caught.value
        caught.value.__context__ = wrapped  # In a circle.
        assert "responses.add_passthru(" in caught_elsewhere(wrapped)
        with pytest.raises(requests.exceptions.ConnectionError) as caught:
            requests.post("https://example.com/", b"", timeout=5)
        assert caught_elsewhere(caught.value) == ""


def test_the_callback_in_the_users_own_responses() -> None:
    service = Canned()
    with responses.RequestsMock() as theirs:
        callback = responses_callback(service)
        theirs.add_callback("POST", "https://example.test/soap", callback, content_type=None)
        answer = requests.post("https://example.test/soap", data="x", timeout=5)
    assert (answer.text, answer.headers["Content-Type"]) == ("x", "text/xml")


def test_after_activation_nothing_is_left() -> None:
    send = requests.adapters.HTTPAdapter.send
    with pytest.raises(LookupError), activate(Canned()):
        raise LookupError
    assert requests.adapters.HTTPAdapter.send is send


def test_requests_from_several_threads(canned: Canned) -> None:
    busy: list[int] = []

    def handle(request: Request, root: str = "") -> Response:
        busy.append(1)
        assert len(busy) == 1
        time.sleep(0.001)
        busy.pop()
        return Response(200, XML, request.body)

    canned.handle = handle  # type: ignore[method-assign]
    answers: list[bytes] = []

    def work(n: int) -> None:
        answers.extend(requests.post(URL, data=b"%d" % n, timeout=5).content for _ in range(10))

    threads = [threading.Thread(target=work, args=[n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(b"%d" % n for n in range(8) for _ in range(10))


# Missing libraries


@pytest.mark.parametrize(
    ("module", "extra", "use"),
    [
        ("httpx", "httpx", transport),
        ("requests", "responses", responses_callback),
        ("responses", "responses", lambda service: activate(service).__enter__()),
    ],
)
def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, module: str, extra: str, use: Any
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"pip install 'ips-contract\[{extra}\]'"):
        use(Service())


def test_importing_the_mock_loads_no_client_library() -> None:
    code = (
        "import sys; import ips_contract.mock; "
        "print([name for name in ('httpx', 'requests', 'responses', 'httptools') "
        "if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


# All of them


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_wsdl_names_the_scheme_that_it_was_asked_for_by(scheme: str) -> None:
    url = f"{scheme}://s7sps1apissl.scene7.com/scene7/IpsApi.wsdl"
    location = f'location="{url.replace("IpsApi.wsdl", "services/IpsApiService")}"'.encode()
    with activate():
        assert location in requests.get(url, timeout=5).content
    with httpx.Client(transport=transport()) as client:
        assert location in client.get(url).content
    wsgi = httpx.WSGITransport(app=app())
    with httpx.Client(transport=wsgi) as client:
        assert location in client.get(url).content
