"""The public mock, with the real service behind every form of it."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import freezegun
import httpx
import pytest
import requests
import zeep

from ips_contract import mock
from ips_contract.contract.versions import LATEST, VERSIONS
from ips_contract.mock.clock import RealClock
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.mock.steering import Steering
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

URL = "https://s7sps1apissl.scene7.com/scene7/services/IpsApiService"
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "submitJob"}
UNVERSIONED = "http://www.scene7.com/IpsApi/xsd"


def envelope(name: str = "My Test Job", namespace: str = UNVERSIONED) -> bytes:
    """The documented request in an envelope with credentials."""
    return f"""\
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header>
<authHeader xmlns="{UNVERSIONED}"><user>user@example.test</user><password>secret</password>
</authHeader></soapenv:Header><soapenv:Body><submitJobParam xmlns="{namespace}">
<companyHandle>47</companyHandle><jobName>{name}</jobName><imageServingPublishJob>
<publishType>Full</publishType><emailSetting>Error</emailSetting></imageServingPublishJob>
</submitJobParam></soapenv:Body></soapenv:Envelope>""".encode()


def submitted(text: str) -> str:
    return text.partition("<jobHandle>")[2].partition("</jobHandle>")[0]


@pytest.fixture
def server() -> Iterator[mock.MockServer]:
    with mock.serve() as server:
        yield server


def test_serve(server: mock.MockServer) -> None:
    assert server.url == f"http://127.0.0.1:{server.port}/scene7/"
    assert server.endpoint == f"{server.url}services/IpsApiService"
    answer = requests.post(server.endpoint, envelope(), headers=HEADERS, timeout=5)
    assert (answer.status_code, submitted(answer.text)) == (200, "47|My Test Job|")
    assert len(server.exchanges) == 1
    assert server.exchanges[0].handle == "47|My Test Job|"
    [exchange] = server.assert_submitted(job_name="My Test Job", job="imageServingPublishJob")
    assert b"secret" not in exchange.request.body
    with pytest.raises(AssertionError):
        server.assert_submitted(job_name="Another")
    server.reset()
    assert not len(server.exchanges)


def test_serve_with_options() -> None:
    accounts = Accounts([Account("a@example.test", "b")])
    with mock.serve(accounts=accounts) as server:
        answer = requests.post(server.endpoint, envelope(), headers=HEADERS, timeout=5)
        assert (answer.status_code, server.exchanges[0].fault) == (500, 10002)


def test_serve_a_service_of_ones_own() -> None:
    service = mock.Service()
    with mock.serve(service) as server:
        assert server.service is service
        assert server.clock is service.clock
    with pytest.raises(TypeError, match="accounts: give these to the service"):
        mock.serve(service, accounts=Accounts())
    with pytest.raises(TypeError):
        mock.serve(no_such_option=1)  # type: ignore[call-arg]


def test_nothing_but_what_tests_use_is_public(server: mock.MockServer) -> None:
    own = {"ca", "ca_file", "close", "endpoint", "host", "port", "service", "url", "wsdl_url"}
    assert public(server) == own | public(Steering)


def public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def test_scripted_answers(server: mock.MockServer) -> None:
    def post() -> requests.Response:
        return requests.post(server.endpoint, envelope(), headers=HEADERS, timeout=5)

    server.script(fault=20003)
    assert post().status_code == 500
    server.script(drop=True)
    with pytest.raises(requests.ConnectionError):
        post()
    server.script(truncate=True)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        post()
    server.script(delay=0.2)
    start = time.perf_counter()
    assert post().status_code == 200
    assert time.perf_counter() - start >= 0.2


def test_get_and_head_help(server: mock.MockServer) -> None:
    answer = requests.get(server.url + "wrong", timeout=5)
    assert answer.status_code == 404
    assert "/scene7/services/IpsApiService" in answer.text
    assert requests.head(server.wsdl_url(), timeout=5).status_code == 200


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_wsdl_of_every_version(server: mock.MockServer, version: Any) -> None:
    for name in (version, version.label, version.namespace):
        assert server.wsdl_url(name) == f"{server.url}webservice/{version.wsdl}"
    answer = requests.get(server.wsdl_url(version), timeout=5)
    assert answer.status_code == 200
    assert server.endpoint in answer.text
    assert version.namespace in answer.text


def test_wsdl_of_no_version(server: mock.MockServer) -> None:
    assert server.wsdl_url() == f"{server.url}webservice/IpsApi.wsdl"
    with pytest.raises(ValueError, match="no API version"):
        server.wsdl_url("9.9")


def by_zeep(wsdl: str, session: requests.Session) -> str:
    """The handle that zeep, unmodified, reads from the answer to the documented request."""
    untyped: Any = zeep
    client = untyped.Client(wsdl, transport=untyped.Transport(session=session))
    result: str = client.service.submitJob(
        companyHandle="47",
        jobName="My Test Job",
        imageServingPublishJob={"publishType": "Full", "emailSetting": "Error"},
        # In 6.8 the WSDL requires appName and appVersion, and zeep sends nothing without (L).
        _soapheaders={
            "authHeader": {
                "user": "user@example.test",
                "password": "secret",
                "appName": "test",
                "appVersion": "1",
            }
        },
    )
    return result


@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_zeep_over_the_wire(server: mock.MockServer, version: Any) -> None:
    with requests.Session() as session:
        assert "47|My Test Job|" in by_zeep(server.wsdl_url(version), session)
    server.assert_submitted(job_name="My Test Job", company="47", times=1)
    assert server.exchanges[-1].version == version


def test_zeep_through_activate() -> None:
    with mock.activate() as service, requests.Session() as session:
        session.auth = ("user@example.test", "secret")
        wsdl = "https://s7sps3apissl-staging.scene7.com/scene7/webservice/IpsApi-2014-04-03.wsdl"
        assert "My Test Job" in by_zeep(wsdl, session)
    service.assert_submitted(job_name="My Test Job")
    assert all("Basic dX" not in str(seen.request.headers) for seen in service.exchanges)


def test_activate() -> None:
    with mock.activate() as service:
        answer = requests.post(URL, envelope(), headers=HEADERS, timeout=5)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert submitted(answer.text) == "47|My Test Job|"
    service.assert_submitted(job="imageServingPublishJob", times=1)


def test_activate_as_a_decorator() -> None:
    service = mock.Service()

    @mock.activate(service)
    def work(name: str, times: int = 1) -> str:
        """Its words."""
        if times > 1:
            work(name, times - 1)
        return submitted(requests.post(URL, envelope(name), headers=HEADERS, timeout=5).text)

    assert work("a") == "47|a|"
    assert work("b", times=3) == "47|b|"
    assert len(service.exchanges) == 4
    assert (work.__name__, work.__doc__) == ("work", "Its words.")


def test_activate_as_a_decorator_without_a_service() -> None:
    seen = []

    @mock.activate()
    def work() -> None:
        requests.post(URL, envelope(), headers=HEADERS, timeout=5)
        seen.append(1)

    work()
    work()
    assert len(seen) == 2


def test_activate_decorates_coroutine_functions() -> None:
    service = mock.Service()

    @mock.activate(service)
    async def work() -> int:
        await asyncio.sleep(0)
        return requests.post(URL, envelope(), headers=HEADERS, timeout=5).status_code

    assert asyncio.run(work()) == 200
    assert len(service.exchanges) == 1


def test_activate_misused() -> None:
    def work() -> Iterator[int]:
        yield 1

    async def work_too() -> Any:
        yield 1

    bare: Any = mock.activate
    with pytest.raises(TypeError, match="with parentheses"):
        bare(work)
    for generator in (work, work_too):
        function: Callable[..., Any] = generator
        with pytest.raises(TypeError, match="with statement"):
            mock.activate()(function)


def test_transport() -> None:
    service = mock.Service()
    with httpx.Client(transport=mock.transport(service)) as client:
        answer = client.post(URL, content=envelope(), headers=HEADERS)
        assert submitted(answer.text) == "47|My Test Job|"

    async def main() -> httpx.Response:
        async with httpx.AsyncClient(transport=mock.transport(service)) as client:
            return await client.post(URL, content=envelope("2"), headers=HEADERS)

    assert submitted(asyncio.run(main()).text) == "47|2|"
    assert len(service.exchanges) == 2
    with httpx.Client(transport=mock.transport()) as client:
        assert client.get(URL).status_code == 405


def test_app() -> None:
    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    with make_server("127.0.0.1", 0, mock.app(), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/scene7/services/IpsApiService"
        answer = requests.post(url, envelope(), headers=HEADERS, timeout=5)
        thread.join()
    assert submitted(answer.text) == "47|My Test Job|"
    assert b"".join(mock.app(mock.Service())(environ(), lambda *_: lambda _: None))


def environ() -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "mock",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(),
    }


# Time


def test_the_clock_of_a_server_is_moved_by_its_own_methods_only(server: mock.MockServer) -> None:
    def off(moment: datetime) -> float:
        return abs((server.clock.now() - moment).total_seconds())

    real = datetime.now(tz=UTC)
    assert off(real) < 5
    with freezegun.freeze_time("1999-12-31"):
        assert off(real) < 5
        requests.post(server.endpoint, envelope(), headers=HEADERS, timeout=5)
        assert abs((server.exchanges[-1].time - real).total_seconds()) < 5
        server.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
        assert off(datetime(2030, 1, 1, tzinfo=UTC)) < 5
    assert off(datetime(2030, 1, 1, tzinfo=UTC)) < 5
    server.clock.advance(minutes=5)
    assert off(datetime(2030, 1, 1, 0, 5, tzinfo=UTC)) < 5
    with pytest.raises(ValueError, match="naive"):
        server.clock.set(datetime.fromisoformat("2030-01-01"))
    server.clock.reset()
    assert off(datetime.now(tz=UTC)) < 5


def test_in_the_process_freezegun_freezes_the_service() -> None:
    with freezegun.freeze_time("1999-12-31") as frozen, mock.activate() as service:
        requests.post(URL, envelope(), headers=HEADERS, timeout=5)
        frozen.tick(timedelta(hours=1))
        requests.post(URL, envelope(), headers=HEADERS, timeout=5)
        assert [seen.time.isoformat() for seen in service.exchanges] == [
            "1999-12-31T00:00:00+00:00",
            "1999-12-31T01:00:00+00:00",
        ]


def test_a_real_clock_made_while_time_is_frozen() -> None:
    real = datetime.now(tz=UTC)
    with freezegun.freeze_time("1999-12-31"):
        clock = RealClock()
        assert (clock.now() - real).total_seconds() < 5


# Load


@pytest.mark.no_cover
def test_ten_thousand_submissions_over_16_connections() -> None:
    connections, each = 16, 625

    async def submit(n: int, port: int) -> list[str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        handles = []
        for m in range(each):
            body = envelope(f"{n}-{m}")
            head = (
                "POST /scene7/services/IpsApiService HTTP/1.1\r\nHost: mock\r\n"
                f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert answer.startswith("HTTP/1.1 200 "), answer
            size = int(answer.partition("Content-Length: ")[2].split("\r")[0])
            handle = submitted((await reader.readexactly(size)).decode())
            assert handle == f"47|{n}-{m}|"
            handles.append(handle)
        writer.close()
        await writer.wait_closed()
        return handles

    async def main(port: int) -> list[str]:
        tasks = (submit(n, port) for n in range(connections))
        groups = await asyncio.wait_for(
            asyncio.gather(*tasks), 120
        )  # Against a hang, on a busy machine, too.
        return [handle for group in groups for handle in group]

    with mock.serve() as server:
        handles = asyncio.run(main(server.port))
        assert len(set(handles)) == connections * each == 10_000
        assert {seen.handle for seen in server.exchanges} == set(handles)


@pytest.mark.no_cover
def test_a_server_starts_without_what_other_ways_need() -> None:
    code = (
        "import sys; from ips_contract import mock; mock.serve().close(); "
        "print(*sorted(sys.modules)); print(*dir(mock)); mock.activate, mock.app, mock.transport"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded, names = (set(line.split()) for line in run.stdout.splitlines())
    assert "ips_contract.mock.server.server" in loaded
    unused = {
        *("ips_contract.contract.wsdl", "ips_contract.mock.pages", "urllib.parse", "json"),
        *("ips_contract.mock.seed_files", "ips_contract.mock.state.seed_reading"),
        *(f"ips_contract.mock.adapters.{name}" for name in ("httpx", "responses", "wsgi")),
    }
    assert not loaded & unused
    assert set(mock.__all__) <= names


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'activated'"):
        _ = mock.activated
