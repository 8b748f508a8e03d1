"""One truth: the code of a finding is one of its rule's, and it is what the mock answers."""

from __future__ import annotations

from functools import lru_cache

import pytest
from lxml import etree

from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.faults import AUTHENTICATION, FAULT_CODES
from ips_contract.contract.rules import ERROR, RULES
from ips_contract.contract.versions import VERSIONS, Version
from ips_contract.generation.minimal import least_message
from ips_contract.generation.mutations.mutation import EXCHANGE
from ips_contract.generation.mutations.table import MUTATIONS, break_rules
from ips_contract.http.messages import Request
from ips_contract.mock.service import Service
from ips_contract.validation.credentials import (
    header_entries,
    is_about_credentials,
    read_login,
    refusal,
)
from ips_contract.validation.validator import validate
from ips_contract.xml.parser import Unreadable, local_name, parse
from tests.calls import auth, envelope
from tests.messages import some_names
from tests.sweep import every

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.

# All ways to break the rules that a request breaks with an error.
WAYS = [
    (rule, mutation)
    for rule, mutations in MUTATIONS.items()
    for mutation in mutations
    if RULES[rule].fault is not None and mutation.level != EXCHANGE
]


@lru_cache(maxsize=len(VERSIONS))
def requests(version: Version) -> list[tuple[str, etree._Element]]:
    """Requests of ``version`` with credentials, and the addresses that they are for."""
    found = []
    for name in some_names(version, 20):
        if not name.endswith("Param"):
            continue
        xml = etree.tostring(least_message(version, name), encoding="unicode")
        found.append((SERVICE_PATH, parse(envelope(xml))))
        plain = f'<Request xmlns="{version.namespace}">{auth()}{xml}</Request>'
        found.append((PLAIN_PATH, parse(plain.encode())))
    return found


BASIC = {"authorization": "Basic YTpi"}


def answered(path: str, xml: bytes, **headers: str) -> int | None:
    """The code of the fault that the mock answers to ``xml``."""
    service = Service()
    service.handle(Request("POST", path, {"content-type": "text/xml", **headers}, xml))
    return service.exchanges[-1].fault


@pytest.mark.no_cover
@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize(("rule", "mutation"), every(14, WAYS))
def test_the_code_of_a_finding_is_what_the_mock_answers(
    rule: str, mutation: object, version: Version
) -> None:
    for way, root in requests(version):
        if not mutation.targets(root, version):  # type: ignore[attr-defined]
            continue
        broken = break_rules(root, version, [mutation])  # type: ignore[list-item]
        if not broken.xml.lstrip(b"\xef\xbb\xbf").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
            continue
        path, headers = way, {}
        try:
            result = parse(broken.xml)
        except Unreadable:
            pass  # It is no XML, wherever it goes.
        else:
            names = {"Envelope": SERVICE_PATH, "Request": PLAIN_PATH}
            path = names.get(local_name(result), "")
            if refusal(read_login(header_entries(result), {})) and not is_about_credentials(
                broken.path
            ):
                headers = BASIC  # The way to break it drops the credentials on the side.
        found = [row for row in validate(broken.xml).violations if row.severity == ERROR]
        codes = {row.fault_code for row in found}
        assert all(
            code in RULES[rule].faults or FAULT_CODES[code].kind == AUTHENTICATION
            for code in codes
            if code is not None
        )
        if path:
            assert answered(path, broken.xml, **headers) == found[0].fault_code, broken
        return


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("<user>a</user>", 10001),
        ("<user>a</user><pasword>b</pasword>", 10001),
        ("<user>a</user><password/>b", 10001),
        ("<password>b</password>", 10000),
        ("<usr>a</usr><password>b</password>", 10000),
        ("<user>a</user><password>b</password><c/>", 30003),
        ("<user>a</user><password>b</password><gzipResponse>b</gzipResponse>", 30001),
    ],
)
def test_credentials_are_looked_at_first(header: str, code: int) -> None:
    version = VERSIONS[0]
    xml = etree.tostring(least_message(version, "submitJobParam"), encoding="unicode")
    login = f'<authHeader xmlns="{version.namespace}">{header}</authHeader>'
    for path, document in (
        (SERVICE_PATH, envelope(xml, login)),
        (PLAIN_PATH, f'<Request xmlns="{version.namespace}">{login}{xml}</Request>'.encode()),
    ):
        found = {row.fault_code for row in validate(document).errors}
        assert found <= {code}
        assert answered(path, document) == code


def test_credentials_of_http_count_where_the_envelope_has_none() -> None:
    version = VERSIONS[0]
    xml = etree.tostring(least_message(version, "submitJobParam"), encoding="unicode")
    login = f'<authHeader xmlns="{version.namespace}"><password>a</password></authHeader>'
    headers = {"content-type": "text/xml", "authorization": "Basic YTpi"}
    service = Service()
    service.handle(Request("POST", SERVICE_PATH, headers, envelope(xml, login)))
    exchange = service.exchanges[-1]
    assert [row.fault_code for row in exchange.report.errors] == [30002]
    assert exchange.fault == 30002
