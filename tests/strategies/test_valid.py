"""What is drawn is valid, reaches the whole contract, and shrinks to little."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zeep
from hypothesis import example, find, given, seed, settings, target
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from lxml import etree

from benchmarks.strategies import DRAWN, discarded
from ips_contract import strategies, validate, validate_exchange
from ips_contract.contract.cron import parse as parse_cron
from ips_contract.contract.faults import FAULT_CODES, KINDS
from ips_contract.contract.handles import read_job_handle
from ips_contract.contract.model import contract
from ips_contract.contract.values import problems
from ips_contract.contract.versions import (
    LATEST,
    PRE_4_0,
    UNVERSIONED,
    VERSIONS,
    find_version,
    version_for_namespace,
)
from ips_contract.contract.writer import write
from ips_contract.contract.wsdl import wsdl
from ips_contract.generation.handles import HANDLE_FORMS, HANDLE_TYPES, handle_of
from ips_contract.generation.messages import (
    all_message_names,
    message_names,
    message_source,
    versions_of,
)
from ips_contract.generation.minimal import least_message
from ips_contract.generation.plans import REPAIRS
from ips_contract.generation.python_values import (
    Record,
    from_bytes,
    record_class,
    to_bytes,
    to_node,
)
from ips_contract.generation.random_messages import draw
from ips_contract.generation.serialization import to_element
from ips_contract.generation.simple_types import (
    MAKERS,
    Mode,
    value_plan,
)
from ips_contract.generation.tree_walk import to_xml
from ips_contract.strategies import (
    company_handles,
    envelopes,
    exchanges,
    faults,
    job_details,
    job_handles,
    locales,
    messages,
    plain_requests,
    schedules,
    submit_job_requests,
    submit_job_responses,
    user_handles,
    zoned_datetimes,
)
from ips_contract.xml.parser import children, local_name, namespace_of, parse, text_of
from tests.coverage_table import Coverage, rows_in, rows_in_record, rows_of
from tests.messages import some_names
from tests.sweep import every, examples, only_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from ips_contract.contract.versions import Version

JOBS = contract(LATEST).complex_types["submitJobParamType"].choices[-1].names
FEW = settings(max_examples=60)


def drawn(strategy: SearchStrategy[Any], count: int, start: int = 0) -> list[Any]:
    """So many examples, the same each time."""
    found: list[Any] = []

    @seed(start)
    @settings(max_examples=count, database=None)
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def drawn_until(
    is_enough: Callable[[], bool],
    take: Callable[[Any], object],
    strategy: SearchStrategy[Any],
    count: int,
) -> None:
    """Gives examples to ``take``, ``count`` at a time, at most forty times, until it is enough.

    Hypothesis tries each example with changes before it draws the next afresh, and what it tries
    depends on the modules that are loaded: how many a value takes is a matter of luck.
    """
    for start in range(40):
        for value in drawn(strategy, count, start):
            take(value)
        if is_enough():
            return


def remarks(
    document: bytes | etree._Element, engine: str = "both", *, logged_in: bool = False
) -> list[str]:
    report = validate(document, engine=engine, logged_in=logged_in)
    return [f"{finding.rule}: {finding.message}" for finding in report.violations]


# ---- Valid by construction


@pytest.mark.no_cover
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_requests_have_no_findings(version: Version) -> None:
    for message in drawn(submit_job_requests(version), examples(15, 60)):
        assert remarks(message) == [], message
        assert validate(message).version == version


@pytest.mark.no_cover
def test_a_test_as_users_write_it() -> None:
    """Default settings, no health check fails, nothing is discarded."""
    valid = 0

    @settings(max_examples=200)
    @given(submit_job_requests(), submit_job_responses())
    def test(request: bytes, response: bytes) -> None:
        nonlocal valid
        assert validate(request).message == "submitJobParam"
        assert validate(response).message == "submitJobReturn"
        valid += 1

    test()
    assert valid >= 200


@pytest.mark.no_cover
@pytest.mark.parametrize("name", every(3, DRAWN))
def test_hardly_anything_is_discarded(name: str) -> None:
    begun, lost = discarded(DRAWN[name], examples(100, 200))
    assert lost <= begun // 50


STRATEGIES: dict[str, SearchStrategy[Any]] = {
    "responses": submit_job_responses(),
    "messages": messages(),
    "elements": messages(form="element"),
    "plain": submit_job_requests(spelling=False),
    "envelopes": envelopes(),
    "envelopes, one way": envelopes(messages(), credentials="authHeader", soap="1.2"),
    "envelopes of elements": envelopes(messages("checkLogin", form="element"), form="element"),
    "plain requests": plain_requests(),
    "plain requests with credentials": plain_requests(messages("stopJobParam"), credentials=True),
    "plain request elements": plain_requests(form="element"),
    "faults": faults(),
    "fault elements": faults("ipsApiFault", soap="1.1", form="element"),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", every(2, STRATEGIES))
def test_no_findings(name: str) -> None:
    for document in drawn(STRATEGIES[name], examples(20, 80)):
        assert remarks(document) == [], etree.tostring(document) if name[-1] == "t" else document


LEFT_TO_HTTP: dict[str, SearchStrategy[Any]] = {
    "none": envelopes(credentials=None),
    "basic": envelopes(messages("checkLoginParam", form="element"), credentials="basic"),
    "plain": plain_requests(credentials=False),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", LEFT_TO_HTTP)
def test_credentials_that_are_left_to_http(name: str) -> None:
    for document in drawn(LEFT_TO_HTTP[name], 20):
        assert [row.rule for row in validate(document).violations] == ["no-credentials"]
        assert validate(document, logged_in=True).violations == ()


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "strategy",
    [envelopes(messages("stopJobReturn")), plain_requests(messages("stopJobReturn"))],
    ids=["envelopes", "plain requests"],
)
def test_answers_have_no_credentials(strategy: SearchStrategy[bytes]) -> None:
    for document in drawn(strategy, 20):
        assert b"authHeader" not in document
        assert remarks(document) == []


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "strategy",
    [
        submit_job_requests(warnings=True),
        messages(warnings=True),
        envelopes(credentials="AuthUser"),
    ],
    ids=["requests", "messages", "old credentials"],
)
def test_warnings_are_no_errors(strategy: SearchStrategy[bytes]) -> None:
    rules = set()
    for message in drawn(strategy, examples(20, 100)):
        report = validate(message, engine="both")
        assert report.valid, (message, report)
        rules |= {finding.rule for finding in report.violations}
    assert rules


@pytest.mark.no_cover
def test_rules_that_only_warn_are_reached() -> None:
    rules = {
        finding.rule
        for message in drawn(submit_job_requests(warnings=True, spelling=False), 800)
        for finding in validate(message).violations
    }
    assert rules >= {
        *("later-than-pre-4.0", "missing-inferred", "locale-code", "schedule-form"),
        *("name-separator", "handle-form", "absolute-url", "pdf-render", "export-format"),
        *("deprecated-job", "restricted-job", "response-only"),
        *("unlisted-constant", "lenient-range"),
    }


@pytest.mark.no_cover
def test_every_type_with_a_form_is_known() -> None:
    """A new type with a pattern or a check needs a maker; this says so."""
    for version in VERSIONS:
        table = contract(version)
        for name, kind in table.simple_types.items():
            made = value_plan(version, name, Mode())
            texts = {made.decode(bytes([b]) * made.width, 0, lambda: "x|y") for b in range(256)}
            assert not [text for text in texts if list(problems(kind, text))], name
            assert texts >= {facet.value for facet in kind.facets if facet.rule == "constant"}
        for complex_type in table.complex_types.values():
            assert complex_type.check is None or complex_type.check in REPAIRS
    assert set(contract(LATEST).simple_types) >= MAKERS.keys() | HANDLE_TYPES.keys()
    assert HANDLE_FORMS.keys() >= set(HANDLE_TYPES.values())


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_every_message_can_be_drawn(version: Version) -> None:
    """The least of each, and one of more than that: without findings, and not too wide."""
    widest = 7000  # Hypothesis gives up examples of more than 8 KiB.
    for name in message_names(version):
        chance = random.Random(f"{version} {name}")
        source = message_source(version, name)
        assert source.plan.width < widest
        for document in (least_message(version, name), to_element(draw(chance, source))):
            assert validate(to_xml(document)).violations == ()


# Field → its least value in pre-4.0, 4.0 and 6.8; "" where no form was seen (O D).
HANDLES = [
    ("groupHandle", "1", "g|1", "g|1"),
    ("projectHandle", "1|0", "p|1|0", "p|1|0"),
    ("folderHandle", "a/", "a/", "f|a/"),
    ("assetHandle", "1|1|1", "a|1|1|1", "a|1"),
    ("assetHandleArray", "1|1|1", "a|1|1|1", "a|1"),
    ("typeHandle", "", "pt|1", "pt|1"),
    ("maskHandle", "", "", ""),
]


@pytest.mark.parametrize(("name", "old", "early", "late"), HANDLES)
def test_handles_have_the_forms_that_were_seen(name: str, old: str, early: str, late: str) -> None:
    for label, text in (("pre-4.0", old), ("4.0", early), ("6.8", late)):
        made = value_plan(find_version(label), "xs:string", Mode(), handle_of(name))
        assert made.decode(bytes(made.width), 0, str) == text


@pytest.mark.no_cover
def test_types_that_hold_themselves_end() -> None:
    depths = set()
    for root in drawn(messages("getFolderTreeReturn", "6.8", form="element"), 100):
        depths.add(max(len(list(each.iterancestors("{*}items"))) for each in root.iter()))
    assert depths == {0, 1, 2}


def test_handles_of_other_names_are_any_text() -> None:
    assert handle_of("jobName") == ""
    assert set(all_message_names()) >= set(message_names(LATEST))


def test_an_unknown_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(MAKERS, "Locale")
    value_plan.cache_clear()
    with pytest.raises(NotImplementedError, match="Locale"):
        value_plan(LATEST, "Locale", Mode())


# ---- The whole contract


@pytest.mark.no_cover
def test_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    """Each field and constant of submitJobParam, by at most 2,500 messages of a version.

    Of the first version and the last; the whole sweep has all, and draws 2,000 at a time.
    """
    coverage = Coverage(VERSIONS)
    for version in every(7, VERSIONS):
        for row in rows_of(version, "submitJobParamType", warnings=True):
            coverage.want(row, version)
        strategy = submit_job_requests(version, warnings=True, form="dict")

        def take(values: Any, version: Version = version) -> None:
            for row in rows_in(values, version, "submitJobParamType"):
                coverage.count(row, version)

        drawn_until(lambda: not coverage.missing(), take, strategy, examples(250, 2000))
    with capsys.disabled():
        print(f"\n{coverage.table()}\n{coverage.summary()}")
    assert coverage.missing() == []


SOME_NAMES = 4
LONG_LIST = 20


@pytest.mark.no_cover
def test_coverage_of_other_messages() -> None:
    """Each field and constant of the newest version that only the other messages have.

    Here of those about jobs, of those that each client needs, and of some more; of all at night.
    """
    coverage = Coverage([LATEST])

    def take(record: Record) -> None:
        for row in rows_in_record(record):
            coverage.count(row, LATEST)

    seen = set(rows_of(LATEST, "submitJobParamType", warnings=True))
    for name in some_names(LATEST, SOME_NAMES):
        every = list(rows_of(LATEST, contract(LATEST).messages[name], warnings=False))
        lists = Counter(row.partition("=")[0] for row in every)
        # That each constant of a long list is reached, test_every_type_with_a_form_is_known says.
        rows = {row for row in every if lists[row.partition("=")[0]] <= LONG_LIST} - seen
        for row in rows:
            coverage.want(row, LATEST)
        count = min(20 * len(rows), 300)
        if rows:
            records = messages(name, LATEST, form="dataclass")
            drawn_until(lambda: not coverage.missing(), take, records, examples(count // 5, count))
        seen |= rows
    assert coverage.rows()
    assert coverage.missing() == []


@pytest.mark.no_cover
def test_all_jobs_in_500_examples() -> None:
    found = {
        local_name(message[-1])
        for message in drawn(submit_job_requests(warnings=True, form="element"), 500)
    }
    assert found == set(JOBS)


def _collect(message: etree._Element, texts: dict[str, set[str]]) -> None:
    for element in message.iter():
        texts.setdefault(local_name(element), set()).add(text_of(element))
        texts.setdefault(f"{local_name(element)} children", set()).add(str(len(element)))


@pytest.mark.no_cover
def test_boundaries_are_reached() -> None:
    texts: dict[str, set[str]] = {}
    jobs = ["reprocessAssetsJob", "uploadUrlsJob", "automatedSetGenerationJob"]
    requests = st.one_of([submit_job_requests("6.8", job, form="element") for job in jobs])
    drawn_until(lambda: not _unreached(texts), lambda one: _collect(one, texts), requests, 250)
    assert _unreached(texts) == {}


_BOUNDARIES: dict[str, set[Any]] = {
    "sides": {"-2147483648", "2147483647", "-2147483647", "+7", "-0"},
    "thumbnailTime": {"0", "9223372036854775807"},
    "threshold": {"0", "255"},
    "radii": {0.0, 250.0},
    "resolution": {"INF", "-INF", "NaN", ".5", "1E0"},
    "overwrite": {"true", "false", "1", "0", " true "},
    "assetHandleArray children": {"0", "1", "1000"},
    "lengths": {0, 1, 300},
    "times": {"T24:00:00", "+14:00"},
    "description": {"\r\n", "]]>", "🎈", " lead", "  ", ""},
}


def _unreached(texts: dict[str, set[str]]) -> dict[str, object]:
    """What of _BOUNDARIES is not among the texts of the fields with these names."""

    def get(name: str) -> set[str]:
        return texts.get(name, set())

    found: dict[str, set[Any]] = {
        **texts,
        "sides": get("left") | get("right") | get("top") | get("bottom"),
        "radii": {float(text) for text in get("radius")},
        "lengths": {len(text) for text in get("description")},
        "times": {end for end in _BOUNDARIES["times"] if end in " ".join(get("execTime"))},
    }
    lacking = {name: wanted - found.get(name, set()) for name, wanted in _BOUNDARIES.items()}
    return {name: rest for name, rest in lacking.items() if rest}


# ---- What is asked for


def test_fixed_fields() -> None:
    strategy = submit_job_requests(
        ("6.8", "6.6"), jobName="x|y", companyHandle="c|47", locale=None, description="d"
    )
    for message in drawn(strategy, 50):
        values = {local_name(child): text_of(child) for child in parse(message)}
        assert values["jobName"] == "x|y"
        assert values["companyHandle"] == "c|47"
        assert values["description"] == "d"
        assert "locale" not in values
        assert [finding.rule for finding in validate(message).violations] == ["name-separator"]


def test_a_fixed_job_and_schedule() -> None:
    job = {"publishType": "Full", "emailSetting": "Error"}
    at = datetime.fromisoformat("2014-04-03T09:30:00+00:00")
    for message in drawn(submit_job_requests(imageServingPublishJob=job, execTime=at), 50):
        assert remarks(message) == []
        tree = parse(message)
        assert [text_of(child) for child in children(tree[-1])] == ["Full", "Error"]
        names = [local_name(child) for child in tree]
        assert names.count("execTime") == 1
        assert "execSchedule" not in names


@pytest.mark.no_cover
def test_what_is_asked_for_is_there_even_if_remarked_on() -> None:
    for message in drawn(submit_job_requests(job="ripPdfsJob"), 30):
        rules = {finding.rule for finding in validate(message).violations}
        assert "deprecated-job" in rules
    (rule,) = {
        finding.rule
        for message in drawn(submit_job_requests(PRE_4_0, locale="en"), 30)
        for finding in validate(message).violations
    }
    assert rule == "later-than-pre-4.0"
    jobs: set[str] = set()
    wanted = set(JOBS) - {"ripPdfsJob", "metadataPublishJob", "createVideoSitemapJob"}
    others = submit_job_requests(ripPdfsJob=None, form="element")
    drawn_until(lambda: jobs >= wanted, lambda one: jobs.add(local_name(one[-1])), others, 60)
    assert jobs == wanted


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: submit_job_requests("9.9"), "no API version '9.9'"),
        (lambda: submit_job_requests([]), "no version"),
        (lambda: submit_job_requests(job="x"), "no job 'x'; the jobs are imageServingPublishJob, "),
        (lambda: submit_job_requests(name="x"), "no field 'name'; the fields are companyHandle"),
        (lambda: submit_job_requests(jobName=None), "jobName is required"),
        (lambda: submit_job_requests("4.0", job="exportJob"), "no message of 4.0 has all of: exp"),
        (lambda: submit_job_requests(job="exportJob", exportJob=None), "no message of"),
        (lambda: messages(form="json"), "no form 'json'; the forms are bytes"),  # type: ignore[call-overload]
        (lambda: messages("x"), "no message or operation 'x'; messages are submitJobParam"),
        (lambda: messages("getActiveJob"), "did you mean getActiveJobs"),
        (lambda: messages("uploadPost", "6.6"), "6.6 has no uploadPostParam, uploadPostReturn"),
        (lambda: exchanges("6.6", operation="uploadPost"), "none of these versions has the oper"),
        (lambda: envelopes(credentials="x"), "no credentials 'x'"),  # type: ignore[arg-type]
        (lambda: envelopes(soap="1.3"), "no SOAP version '1.3'"),  # type: ignore[arg-type]
        (lambda: envelopes(soap=[]), "no SOAP version"),
        (lambda: faults(form="dict"), "no form 'dict'"),  # type: ignore[call-overload]
        (lambda: faults("ipsApiFault", 20000), "no fault of kind ipsApiFault and code 20000"),
        (lambda: exchanges(operation="x"), "no operation 'x'"),
        (lambda: job_handles(kind="x"), "no kind of handle 'x'"),  # type: ignore[arg-type]
    ],
)
def test_errors_at_definition(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=r".*".join(words.split("…"))):
        make()


def test_versions() -> None:
    assert versions_of(None) == VERSIONS
    assert versions_of(("2014R1", PRE_4_0)) == (LATEST, PRE_4_0)
    found = {
        validate(message).version for message in drawn(submit_job_requests(["4.0", "6.8"]), 60)
    }
    assert {str(version) for version in found} == {"4.0", "6.8"}


# ---- Wrappings


@pytest.mark.no_cover
def test_faults_of_each_kind_and_code() -> None:
    codes: set[int] = set()

    def take(document: bytes) -> None:
        root = parse(document)
        assert namespace_of(root) == UNVERSIONED
        assert local_name(root) in KINDS
        codes.add(int(text_of(root[0])))

    drawn_until(lambda: codes == set(FAULT_CODES), take, faults(soap=""), 300)
    assert codes == set(FAULT_CODES)
    for document in drawn(faults(code=30001, soap="1.2"), 20):
        assert remarks(document) == []
        (code,) = parse(document).iterfind(f".//{{{UNVERSIONED}}}code")
        assert text_of(code) == "30001"


@pytest.mark.no_cover
@pytest.mark.parametrize("operation", ["submitJob", "getActiveJobs", "stopJob", "searchAssets"])
def test_exchanges(operation: str) -> None:
    for request, response in drawn(exchanges(operation=operation), examples(15, 80)):
        report = validate_exchange(request, response, engine="both")
        assert report.valid, (request, response, report)
        assert not report.request.violations
        assert not report.response.violations


def test_exchanges_of_elements() -> None:
    pairs = drawn(exchanges("6.8", faults=False, soap="", form="element"), 40)
    for request, response in pairs:
        assert validate_exchange(request, response).valid
        assert local_name(response) == "submitJobReturn"


# ---- Forms


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_dicts_are_taken_by_zeep(version: Version) -> None:
    class FromMemory(zeep.Transport):
        def load(self, url: str) -> bytes:
            return wsdl(version, "http://localhost/scene7/services/IpsApiService")

    client: Any = zeep.Client("memory.wsdl", transport=FromMemory())  # type: ignore[no-untyped-call]
    for values in drawn(submit_job_requests(version, form="dict"), examples(10, 30)):
        document = client.create_message(client.service, "submitJob", **values)
        assert remarks(etree.tostring(document), logged_in=True) == [], values
        written = write(version, "submitJobParam", values)
        assert remarks(written.encode()) == [], values


@pytest.mark.no_cover
def test_dataclasses_round_trip() -> None:
    for record in drawn(messages(form="dataclass"), examples(20, 100)):
        data = to_bytes(record)
        assert remarks(data) == []
        assert from_bytes(data) == record
        assert isinstance(record, Record)


def test_dataclasses_look_like_the_contract() -> None:
    kind = record_class(LATEST, "PDFOptions")
    part: Any = kind()
    assert part.resolution is None
    with pytest.raises(ValueError, match="PDFOptions is no message; give its element's name"):
        to_bytes(part)
    assert to_node(part, "pdfOptions").name == "pdfOptions"
    job: Any = record_class(LATEST, "OptimizeImagesJob")
    with pytest.raises(TypeError, match="emailSetting"):
        job()
    with pytest.raises(ValueError, match="is no message"):
        from_bytes(b"<a/>")


@pytest.mark.no_cover
def test_forms_are_of_the_same_messages() -> None:
    """One seed, one message, whatever the form."""
    elements = drawn(submit_job_requests(form="element"), 60)
    spelled = drawn(submit_job_requests(), 60)
    plain = drawn(submit_job_requests(spelling=False), 60)
    records = drawn(submit_job_requests(form="dataclass"), 60)
    for element, data, simple, record in zip(elements, spelled, plain, records, strict=True):
        texts = [(node.tag, node.text or "") for node in element.iter() if not len(node)]
        same = [(node.tag, text_of(node)) for node in parse(data).iter() if not children(node)]
        assert texts == same
        assert etree.tostring(element) == etree.tostring(parse(simple))
        assert from_bytes(data) == record


def test_job_details() -> None:
    for element in drawn(job_details("uploadUrlsJob", "6.8", form="element"), 40):
        assert local_name(element) == "uploadUrlsJob"
        whole = etree.fromstring(
            f'<submitJobParam xmlns="{LATEST.namespace}"><companyHandle>c|1</companyHandle>'
            "<jobName>a</jobName></submitJobParam>"
        )
        whole.append(element)
        assert remarks(etree.tostring(whole)) == []
    (values, *_) = drawn(job_details("optimizeImagesJob", form="dict"), 5)
    assert values["emailSetting"]


# ---- Parts


@pytest.mark.no_cover
def test_parts() -> None:
    rows: tuple[tuple[str, Version, SearchStrategy[str]], ...] = (
        *(("CompanyHandle", version, company_handles(version)) for version in VERSIONS),
        *(("JobHandle", version, job_handles(version)) for version in VERSIONS),
        ("UserHandle", LATEST, user_handles()),
        ("Locale", LATEST, locales()),
        ("ZonedDateTime", LATEST, zoned_datetimes()),
    )
    for name, version, strategy in rows:
        kind = contract(version).simple_types[name]
        for text in drawn(strategy, 100):
            assert not list(problems(kind, text)), text
            assert text == text.strip()


def test_job_handles_by_kind() -> None:
    for version in (PRE_4_0, LATEST):
        for text in drawn(job_handles(version, "submitted"), 50):
            handle = read_job_handle(text)
            assert handle is not None
            assert handle.name
            assert not handle.instance
        for kind in ("active", "logged"):
            for text in drawn(job_handles(version, kind), 50):
                handle = read_job_handle(text)
                assert handle is not None
                assert handle.instance
                assert not handle.name


@pytest.mark.no_cover
def test_schedules_are_varied() -> None:
    found = drawn(schedules(), 1000)
    read = [parse_cron(text) for text in found]
    assert {cron.fields for cron in read} == {5, 6, 7}
    assert {cron.week for cron in read} >= {None, -1, 1, 5}
    assert {cron.last_offset for cron in read} >= {None, 0, 3, 30}
    assert any(cron.nearest_weekday for cron in read)
    assert any(cron.either_day for cron in read)
    text = " ".join(found)
    assert all(part in text for part in ("MON", "mon", "DEC", "*/5", "2025-2030", "\t", "#", "LW"))


# ---- Shrinking


def finds(predicate: Callable[[etree._Element], bool], **fixed: Any) -> etree._Element:
    options = settings(max_examples=5000, database=None)
    return find(submit_job_requests(form="element", **fixed), predicate, settings=options)


def named(root: etree._Element, name: str) -> list[etree._Element]:
    return list(root.iterfind(f".//{{*}}{name}"))


def test_the_least_of_another_message() -> None:
    found = find(messages("getCompanyInfo"), lambda _: True, settings=settings(database=None))
    assert (
        found
        == (
            f'<getCompanyInfoParam xmlns="{UNVERSIONED}"><companyName>a</companyName>'
            "</getCompanyInfoParam>"
        ).encode()
    )


def test_the_least_message() -> None:
    found = find(submit_job_requests(), lambda _: True, settings=settings(database=None))
    assert (
        found
        == (
            f'<submitJobParam xmlns="{UNVERSIONED}"><companyHandle>1</companyHandle>'
            "<jobName>0</jobName><imageRenderingPublishJob><emailSetting>All</emailSetting>"
            "</imageRenderingPublishJob></submitJobParam>"
        ).encode()
    )


@pytest.mark.no_cover
def test_a_long_name_shrinks() -> None:
    root = finds(lambda root: len(text_of(named(root, "jobName")[0])) > 3)
    assert text_of(named(root, "jobName")[0]) == "0000"
    assert len(list(root.iter())) <= 7


@pytest.mark.no_cover
def test_an_option_shrinks() -> None:
    # How far Hypothesis comes at a time hangs on what it tried first.
    for _ in range(5):
        root = finds(lambda root: bool(named(root, "postScriptOptions")))
        (options,) = named(root, "postScriptOptions")
        if not len(options):
            break
    assert len(options) == 0
    assert len(list(root.iter())) <= 12


@only_whole
@pytest.mark.no_cover
def test_two_options_shrink() -> None:
    names = ("pdfOptions", "unsharpMaskOptions")
    root = finds(lambda root: all(named(root, name) for name in names), job="uploadDirectoryJob")
    assert len(list(root.iter())) <= 13


@pytest.mark.no_cover
def test_two_items_shrink() -> None:
    root = finds(lambda root: len(named(root, "sourceUrl")) >= 2)
    assert [text_of(url) for url in named(root, "sourceUrl")] == ["a:b", "a:b"]
    assert [text_of(path) for path in named(root, "destPath")] == ["", ""]  # Required (L B W).
    assert len(list(root.iter())) <= 16


@only_whole
@pytest.mark.no_cover
def test_a_number_shrinks() -> None:
    root = finds(
        lambda root: any(float(text_of(e)) > 100 for e in named(root, "radius")),
        job="uploadDirectoryJob",
    )
    # The least number, or (of 60 seeds 11) the type's bound, which is the first of its own form:
    # from there to 101 two bytes would have to change at once.
    assert [text_of(element) for element in named(root, "radius")] in (["101"], ["250.0"])


# ---- With Hypothesis's own tools


@pytest.mark.no_cover
def test_the_same_seed_draws_the_same() -> None:
    assert drawn(submit_job_requests(), 40, 7) == drawn(submit_job_requests(), 40, 7)
    assert drawn(submit_job_requests(), 40, 7) != drawn(submit_job_requests(), 40, 8)


@pytest.mark.no_cover
@example(b"<a/>")
@given(message=submit_job_requests())
@FEW
def test_example_and_target(message: bytes) -> None:
    target(float(len(message)))
    assert parse(message) is not None


@FEW
@given(st.data())
def test_inside_data(data: st.DataObject) -> None:
    version = data.draw(st.sampled_from(VERSIONS))
    message = data.draw(submit_job_requests(version, form="element"))
    found = version_for_namespace(str(message.tag)[1:].partition("}")[0])
    assert found == (version, True)


@pytest.mark.no_cover
def test_the_database_replays_what_failed() -> None:
    database = InMemoryExampleDatabase()
    seen: list[bytes] = []

    @settings(database=database, max_examples=300, derandomize=False)
    @given(submit_job_requests("6.8", spelling=False))
    def check(message: bytes) -> None:
        seen.append(message)
        assert b"<description>" not in message

    with pytest.raises(AssertionError):
        check()
    smallest = seen[-1]
    seen.clear()
    with pytest.raises(AssertionError):
        check()
    assert b"<description>" in seen[0]
    assert seen[0] == smallest


def test_profiles_are_followed() -> None:
    """A profile is the test's own matter: the strategies set nothing."""
    count = 0

    @settings(settings.get_profile("ci"), max_examples=7, database=None)
    @given(submit_job_requests())
    def check(_: bytes) -> None:
        nonlocal count
        count += 1

    check()
    assert count == 7


def test_no_internals_of_hypothesis_are_used() -> None:
    for path in Path(strategies.__file__).parent.glob("*.py"):
        text = path.read_text("utf-8")
        assert "hypothesis.internal" not in text
        assert "hypothesis.strategies._" not in text


def test_all_is_exported() -> None:
    assert set(strategies.__all__) <= set(dir(strategies))


def test_a_part_is_of_one_version() -> None:
    with pytest.raises(ValueError, match="no API version ''"):
        job_details("uploadUrlsJob", version="")
    with pytest.raises(TypeError, match="give a Version or text"):
        job_details("uploadUrlsJob", version=["6.8", "6.6"])  # type: ignore[call-overload]
