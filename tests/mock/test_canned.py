"""What operations answer that the mock does not play: the least that the contract allows."""

from __future__ import annotations

import subprocess
import sys

import pytest
from lxml import etree

from ips_contract import VERSIONS, validate, validate_exchange
from ips_contract.cli.exchange_text import told_line
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.model import contract
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.generation.minimal import least_answer, least_message
from ips_contract.http.messages import Request
from ips_contract.mock.operations.canned import CANNED
from ips_contract.mock.operations.table import OPERATIONS
from ips_contract.mock.service import Service
from tests.calls import NEW, auth, call, envelope, message
from tests.mock.test_answers import NAMESPACES, version_of
from tests.sweep import every

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.

ZIP = "<companyHandle>c|47</companyHandle><assetHandle>a|1</assetHandle>"
CASES = [
    (namespace, name.removesuffix("Param"))
    for namespace in NAMESPACES
    for name in contract(version_of(namespace)).messages
    if name.endswith("Param") and name.removesuffix("Param") not in OPERATIONS
]


def asked(namespace: str, operation: str) -> bytes:
    """The least request for ``operation`` in ``namespace``, in an envelope."""
    version = version_of(namespace)
    text = etree.tostring(least_message(version, f"{operation}Param")).decode()
    return envelope(text.replace(f'"{version.namespace}"', f'"{namespace}"'), auth())


@pytest.mark.no_cover
@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_operation_in_every_version_answers_the_least_that_is_valid(namespace: str) -> None:
    service = Service()
    operations = [operation for space, operation in CASES if space == namespace]
    assert operations
    for operation in every(8, operations, NAMESPACES.index(namespace)):
        body = asked(namespace, operation)
        response = service.handle(Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, body))
        assert response.status == 200, response.body
        report = validate(response.body)
        assert {row.rule for row in report.violations} <= {"unpublished-version"}, report.text()
        assert validate_exchange(body, response.body).valid
        assert etree.fromstring(response.body)[0][0].tag == f"{{{namespace}}}{operation}Return"
        exchange = service.exchanges[-1]
        assert (exchange.operation, exchange.canned, exchange.fault) == (operation, True, None)


@pytest.mark.no_cover
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_nothing_can_be_left_out(version: object) -> None:
    """Less is invalid, or has a remark: each element of an answer, taken away."""
    for namespace, operation in every(8, CASES):
        if namespace != getattr(version, "namespace", ""):
            continue
        body = asked(namespace, operation)
        service = Service()
        answer = service.handle(Request("POST", SERVICE_PATH, {}, body)).body
        for index in range(1, len(list(etree.fromstring(answer)[0][0].iter()))):
            root = etree.fromstring(answer)
            element = list(root[0][0].iter())[index]
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
            assert validate(etree.tostring(root)).violations, (operation, element.tag)


@pytest.mark.parametrize(
    ("operation", "handle"),
    [
        ("uploadPost", "<jobHandle>j|"),
        ("createTemplate", "<assetHandle>a|1</assetHandle>"),
        ("saveZoomTarget", "<zoomTargetHandle>a|1|9|1</zoomTargetHandle>"),
        ("createVignettePublishFormat", "<vignetteFormatHandle>v|1|1</vignetteFormatHandle>"),
    ],
)
def test_handles_have_the_form_of_their_kind(operation: str, handle: str) -> None:
    assert handle in least_answer(NEW, f"{operation}Return", NEW.namespace)


def test_a_canned_answer_is_the_same_each_time_and_marked() -> None:
    service = Service()
    answers = {call(service, "getZipEntries", ZIP, NEW).body for _ in range(2)}
    (answer,) = answers
    assert answer.decode() == (
        "<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope xmlns:soapenv="
        '"http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        f'<getZipEntriesReturn xmlns="{NEW.namespace}"><zipArray/>'
        "</getZipEntriesReturn></soapenv:Body></soapenv:Envelope>"
    )
    exchange = service.exchanges[-1]
    words = "the mock does not play getZipEntries; this is the least that its schema allows"
    assert exchange.notes == (f"{CANNED}{words}",)
    assert told_line(exchange).endswith(f" getZipEntries valid 200 (canned: {words})")
    call(service, "getUserInfo", "", NEW)
    exchange = service.exchanges[-1]
    assert (exchange.canned, exchange.notes) == (False, ())
    assert told_line(exchange).endswith(" getUserInfo valid 200")


def test_the_generator_is_loaded_for_the_first_canned_answer() -> None:
    code = (
        "import sys; from ips_contract import mock; from tests.calls import *; "
        "service = mock.Service(); submit(service); "
        "print(any('generation' in name for name in sys.modules)); "
        f"call(service, 'getZipEntries', {ZIP!r}, NEW); "
        "print(service.exchanges[-1].canned, any('generation' in name for name in sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True", "True"]


def test_an_unpublished_namespace_is_kept() -> None:
    service = Service()
    space = f"{UNVERSIONED}/2016-01-14-beta"
    body = message("getZipEntries", ZIP, NEW).replace(NEW.namespace, space)
    response = service.handle(Request("POST", SERVICE_PATH, {}, envelope(body)))
    assert f'<getZipEntriesReturn xmlns="{space}">'.encode() in response.body
