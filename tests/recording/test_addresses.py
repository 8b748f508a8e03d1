"""Which requests are for a WSDL, and what is another address in one."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
import requests

from ips_contract.http.messages import Response
from ips_contract.recording.addresses import is_wsdl, rewritten
from tests.recording.proxying import recorder, upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.http.messages import Request

THEIRS, OURS = "https://s7.test", "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("method", "target", "found"),
    [
        ("GET", "/scene7/webservice/IpsApi.wsdl", True),
        ("GET", "/scene7/webservice/IpsApi-2014-04-03.WSDL?x=1", True),
        ("GET", "/scene7/services/IpsApiService?WSDL", True),
        ("GET", "/scene7/services/IpsApiService?xsd=xsd0", True),
        ("GET", "/scene7/webservice/IpsApi.wsdl?serviceUrl=http://a", False),
        ("POST", "/scene7/services/IpsApiService?wsdl", False),
        ("GET", "/scene7/services/IpsApiService", False),
        ("GET", "/wsdl/a.zip", False),
    ],
)
def test_requests(method: str, target: str, *, found: bool) -> None:
    assert is_wsdl(method, target) is found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<soap:address location='https://other.test:8443/a?b'/>", f"='{OURS}/a?b'"),
        ('<address\n a="1"  location = "HTTP://x/y"/>', f'"{OURS}/y"'),
        ('<xsd:import schemaLocation="https://S7.test/a.xsd"/>', f'"{OURS}/a.xsd"'),
        ('<wsdl:import location="https://w3.test/a.wsdl"/>', '"https://w3.test/a.wsdl"'),
        ('<a xmlns="https://s7.test/x" b="https://s7.test"/>', '"https://s7.test/x"'),
        ("<soap:address location='/a'/>", "='/a'"),
        ("<soap:address location='https://", "='https://"),
    ],
)
def test_addresses(before: str, after: str) -> None:
    assert after in rewritten(before.encode(), THEIRS, OURS).decode()


def test_what_a_client_calls_the_recorder_is_no_markup() -> None:
    changed = rewritten(b"<address location='http://x/y'/>", THEIRS, "http://a'\"><&\xe9")
    assert changed == b"<address location='http://a&#x27;&quot;&gt;&lt;&amp;&#233;/y'/>"


def giving(response: Response) -> Callable[[Request], Response]:
    return lambda _: response


def test_a_compressed_wsdl_is_changed_and_one_that_is_no_gzip_is_not() -> None:
    wsdl = b'<address location="http://x/y"/>'
    for body, told in ((gzip.compress(wsdl), None), (wsdl, "gzip")):
        headers = (("Content-Type", "text/xml"), ("Content-Encoding", "gzip"))
        with (
            upstream(giving(Response(200, headers, body))) as address,
            recorder(address) as front,
            requests.get(f"{front.url}/a.wsdl", stream=True, timeout=10) as answer,
        ):
            got = answer.raw.read(decode_content=False)
            assert answer.headers.get("Content-Encoding") == told
            assert got == (wsdl if told else wsdl.replace(b"http://x", front.url.encode()))
