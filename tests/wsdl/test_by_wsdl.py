"""The argument ``wsdl`` of all public functions that take a version."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import ips_contract
from ips_contract import invalid, sample, strategies, validate, validate_exchange
from ips_contract.mock.service import Service
from ips_contract.pytest_plugin.validate import Validate
from ips_contract.wsdl import UnreadableWsdl, version_of
from ips_contract.wsdl.version import version_by
from ips_contract.xml.parser import parse
from tests.calls import NEW
from tests.sweep import examples
from tests.wsdl.test_version import NEW as ADDED
from tests.wsdl.test_version import SIX_EIGHT, in_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

JOB = "ImageServingPublishJob"
TEXTS = {
    "ours": SIX_EIGHT,
    "added": in_type(JOB, lambda t: t.replace("<sequence>", f"<sequence>{ADDED}")),
    "renamed": in_type(JOB, lambda t: t.replace('"publishType"', '"kindOfPublish"')),
}
few = settings(
    max_examples=examples(5, 200), suppress_health_check=list(HealthCheck), deadline=None
)
each = pytest.mark.parametrize("what", TEXTS)


@cache
def schema(what: str) -> etree.XMLSchema:
    (node, *_) = etree.fromstring(TEXTS[what].encode()).iter("{*}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(node)))


@pytest.fixture(scope="module", params=["a file", "bytes"])
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("wsdl")

    def wsdl(what: str) -> Path | bytes:
        if request.param == "bytes":
            return TEXTS[what].encode()
        path = folder / f"{what}.wsdl"
        if not path.exists():
            path.write_text(TEXTS[what], encoding="utf-8")
        return path

    return wsdl


@pytest.mark.no_cover
@each
@given(data=st.data())
@few
def test_requests(form: Callable[[str], Path | bytes], what: str, data: st.DataObject) -> None:
    wsdl = form(what)
    request = data.draw(strategies.submit_job_requests(wsdl=wsdl, job="imageServingPublishJob"))
    assert validate(request, wsdl=wsdl).violations == ()
    root = etree.fromstring(request)
    # libxml2 refuses a date with white space around it, which XML Schema takes off (part 2, 4.3.6).
    for date in root.iter("{*}execTime"):
        date.text = (date.text or "").strip()
    assert schema(what).validate(root), schema(what).error_log


@pytest.mark.no_cover
@given(data=st.data())
@few
def test_the_others(form: Callable[[str], Path | bytes], data: st.DataObject) -> None:
    wsdl = form("renamed")
    message = data.draw(strategies.messages("submitJob", wsdl=wsdl))
    assert validate(message, wsdl=wsdl).valid
    assert validate(data.draw(strategies.submit_job_responses(wsdl=wsdl)), wsdl=wsdl).valid
    job = parse(data.draw(strategies.job_details("imageServingPublishJob", wsdl=wsdl)))
    assert job.find("{*}kindOfPublish") is not None
    assert job.find("{*}publishType") is None
    for wrapped in (strategies.envelopes(wsdl=wsdl), strategies.plain_requests(wsdl=wsdl)):
        assert validate(data.draw(wrapped), wsdl=wsdl).valid
    request, answer = data.draw(strategies.exchanges(wsdl=wsdl))
    assert validate_exchange(request, answer, wsdl=wsdl).valid
    assert data.draw(strategies.company_handles(wsdl=wsdl)).startswith("c|")
    assert data.draw(strategies.job_handles(wsdl=wsdl)).startswith("j|")


MISTAKES: dict[str, Callable[[Path | bytes], SearchStrategy[invalid.Invalid]]] = {
    "requests": lambda wsdl: invalid.invalid_submit_job_requests(wsdl=wsdl),
    "a job": lambda wsdl: invalid.invalid_submit_job_requests(
        job="imageServingPublishJob", wsdl=wsdl
    ),
    "responses": lambda wsdl: invalid.invalid_submit_job_responses(wsdl=wsdl),
    "messages": lambda wsdl: invalid.invalid_messages("searchAssetsParam", wsdl=wsdl),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("mistake", MISTAKES)
@given(data=st.data())
@few
def test_mistakes_are_found(
    form: Callable[[str], Path | bytes], mistake: str, data: st.DataObject
) -> None:
    wsdl = form("renamed")
    drawn = data.draw(MISTAKES[mistake](wsdl))
    found = validate(drawn.xml, wsdl=wsdl).violations
    assert (found[0].rule, found[0].path) == (drawn.rule, drawn.path)


@each
def test_samples_and_the_mock(form: Callable[[str], Path | bytes], what: str) -> None:
    wsdl = form(what)
    message = sample("imageServingPublish", wsdl=wsdl, full=True)
    assert validate(message, wsdl=wsdl).valid
    assert validate(message).valid is (what == "ours")
    version = Service(wsdl=wsdl).wsdl
    assert version is not None
    assert validate(message, version=version).valid


def functions() -> dict[str, Callable[..., Any]]:
    """The public functions that take a version."""
    named = {f"{m.__name__}.{n}": getattr(m, n) for m in MODULES for n in m.__all__}
    named["ips_validate"] = Validate.__call__
    return {
        name: found
        for name, found in named.items()
        if inspect.isfunction(found) and "version" in inspect.signature(found).parameters
    }


MODULES = (ips_contract, strategies, invalid)


def test_all_take_it() -> None:
    found = functions()
    assert len(found) > 15
    for name, function in found.items():
        parameter = inspect.signature(function).parameters.get("wsdl")
        assert parameter is not None, name
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, name
        assert parameter.default is None, name


# What beside version and wsdl must be given.
NEEDED: dict[str, tuple[object, ...]] = {
    "validate": (b"<a/>",),
    "validate_exchange": (b"<a/>", b"<a/>"),
    "sample": ("publish",),
    "job_details": ("uploadUrlsJob",),
    "invalid_messages": ("searchAssetsParam",),
    "ips_validate": (None, b"<a/>"),
}


@pytest.mark.parametrize("name", functions())
def test_a_version_beside_it_is_refused(name: str) -> None:
    function, given_first = functions()[name], NEEDED.get(name.rpartition(".")[2], ())
    with pytest.raises(TypeError, match=r"^version and wsdl are both given; give one of them$"):
        function(*given_first, version=NEW, wsdl=TEXTS["ours"].encode())


def test_what_is_no_wsdl() -> None:
    with pytest.raises(TypeError, match="wsdl is of type int; give a file, bytes, or a Version"):
        validate(b"<a/>", wsdl=7)  # type: ignore[arg-type] # That is tried.
    with pytest.raises(ValueError, match=r"6\.8 has no WSDL of yours; give it as version"):
        strategies.messages(wsdl=NEW)
    with pytest.raises(UnreadableWsdl, match="it is no WSDL: its root element is") as error:
        strategies.messages(wsdl=b"<a/>")
    assert error.value.name == "WSDL"
    with pytest.raises(UnreadableWsdl, match=r"^nowhere\.wsdl: No such file"):
        sample("publish", wsdl="nowhere.wsdl")
    with pytest.raises(ValueError, match=r"^wsdl names no file$"):
        sample("publish", wsdl="")
    with pytest.raises(ValueError, match=r"^wsdl is the text of a WSDL; give that as bytes$"):
        sample("publish", wsdl=TEXTS["ours"])


def test_a_file_is_read_again_when_it_is_another(tmp_path: Path) -> None:
    path = tmp_path / "theirs.wsdl"
    path.write_text(TEXTS["ours"], encoding="utf-8")
    first = version_by(None, path)
    assert version_by(None, str(path)) is first
    path.write_text(TEXTS["renamed"], encoding="utf-8")
    second = version_by(None, path)
    assert second is not first
    message = sample("imageServingPublish", wsdl=path, full=True)
    assert b"kindOfPublish" in message
    assert version_by(None, TEXTS["ours"].encode()) is version_by(None, TEXTS["ours"].encode())
    own = version_of(path)
    assert version_by(None, own) is own


def test_types() -> None:
    """What a type checker takes these for is what they are."""
    wsdl = TEXTS["ours"].encode()
    documents: SearchStrategy[bytes] = strategies.submit_job_requests(wsdl=wsdl)
    elements: SearchStrategy[etree._Element] = strategies.messages(wsdl=wsdl, form="element")
    pairs: SearchStrategy[tuple[bytes, bytes]] = strategies.exchanges(wsdl=wsdl)
    mistakes: SearchStrategy[invalid.Invalid] = invalid.invalid_envelopes(wsdl=wsdl)
    assert all(isinstance(each, st.SearchStrategy) for each in (documents, elements))
    assert all(isinstance(each, st.SearchStrategy) for each in (pairs, mistakes))
