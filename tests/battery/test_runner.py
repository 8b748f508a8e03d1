"""The battery, tried on clients whose worth is known: careful ones, and ones with one bug each."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from ips_contract import battery
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.verdict import explain
from tests.clients import broken, ordinary, with_httpx, with_requests, with_urllib
from tests.clients.careful import Job, Refused
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ips_contract.battery.runner import Task

GATING = battery.cases()
# These wait for a limit of the client's; only the clients they are about meet them here.
STALLS = [case for case in GATING if case.id.startswith(("stall-", "drip-", "endless-"))]
# It needs a limit of memory: tests/cli/test_fuzz.py has it.
BOMB = SCENARIOS["gzip-bomb"]
QUICK = [case for case in GATING if case not in STALLS and case is not BOMB]


def job(task: Task) -> Job:
    return Job(task.endpoint, task.user, task.password, task.company, task.job_name)


def on_urllib(task: Task) -> str:
    return with_urllib.submit(job(task))


def on_requests(task: Task) -> str:
    return with_requests.submit(job(task))


def on_httpx(task: Task) -> Awaitable[str]:
    return with_httpx.submit(job(task))


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("client", "version"),
    [
        (on_urllib, "pre-4.0"),
        (on_urllib, "6.8"),
        (on_requests, "pre-4.0"),
        (on_httpx, "pre-4.0"),
        (broken.Careful(), "pre-4.0"),
    ],
)
def test_careful_clients_pass_all_gating_cases(client, version) -> None:  # type: ignore[no-untyped-def]
    if isinstance(client, broken.Careful):
        client.patience = 2.0
    results = battery.run(client, GATING, jobs=8, version=version)
    assert results.verdicts() == {case.id: "OK" for case in GATING}


# These have no limit for the whole of a call, or for a body: whoever uses them sets one around it.
UNLIMITED = {ordinary.on_zeep}
ORDINARY = (ordinary.on_http_client, ordinary.on_requests, ordinary.on_httpx, ordinary.on_zeep)


@pytest.mark.parametrize("client", every(2, ORDINARY), ids=lambda client: client.__name__)
def test_careful_clients_that_leave_much_to_their_library_pass_them_too(
    client: Callable[[Task], str],
) -> None:
    """What gates is what a careful client on a common library can know."""
    cases = [*QUICK, SCENARIOS["stall-in-body"]] if client in UNLIMITED else GATING
    cases = every(len(ORDINARY), cases, ORDINARY.index(client))
    results = battery.run(client, cases, jobs=8)
    assert results.verdicts() == {case.id: "OK" for case in cases}


# Case → those of the same clients that cannot know; so it is no gating case. If a new version of a
# library tells, say it here, in the table of the cases, and in docs/reference/battery.md.
CANNOT_KNOW = {
    "two-lengths": {ordinary.on_http_client},
    "handle-with-children": {ordinary.on_http_client, ordinary.on_requests, ordinary.on_httpx},
    "gzip-cut": {ordinary.on_requests, ordinary.on_httpx, ordinary.on_zeep},
}


@pytest.mark.parametrize("name", CANNOT_KNOW)
def test_what_a_careful_client_cannot_know_is_strict(name: str) -> None:
    verdicts = {client: battery.run(client, [name])[0].verdict for client in ORDINARY}
    failing = {client for client, verdict in verdicts.items() if verdict != "OK"}
    assert failing == CANNOT_KNOW[name]
    assert {verdicts[client] for client in failing} == {"NON-STRICT"}
    assert battery.run(on_urllib, [name])[0].verdict == "OK"  # With much care it can be done.


# Client → the cases that name its bug: all of these catch it, and no other does.
CAUGHT: dict[type[broken.Careful], str] = {
    broken.RetriesFaults: "fault-[123dl]* faultcode-* !fault-decoy-under-200",
    broken.NoEscaping: "cdata name-ampersand name-angle-* name-entity name-cdata-* password-*",
    broken.EscapesTwice: "cdata name-ampersand name-angle-* name-entity name-cdata-* name-quotes "
    "password-*",
    broken.StripsNames: "name-spaces-around",
    broken.Latin1: "utf-16 charset-none name-non-ascii name-emoji",
    broken.FirstPlane: "name-emoji",
    broken.CutsNames: "name-4-kb",
    broken.ExactType: "utf-16 content-type-case charset-none",
    broken.AnyType: "type-html",
    broken.AnyStatus: "success-under-404",
    broken.NoNews: "empty-*",
    broken.NeedsLength: "chunks-* until-close http-1.0",
    broken.NeedsHttp11: "http-1.0 reason-empty",
    broken.NoCookies: "cookie",
    broken.TakesWhatComes: "short-body last-chunk-missing reset-in-body",
    broken.NoAnswerIsYes: "last-chunk-missing chunk-size-bad reset-in-body closed-at-once",
    broken.OffersGzipOnly: "gzip",
    broken.LenientGzip: "gzip-checksum",
    broken.ByHand: "utf-16 content-type-case chunks-* continue-first gzip trailing-text "
    "short-body chunk-size-bad reset-in-body",
    broken.NeedsDeclaration: "declaration-* bom-utf-8 utf-16",
    broken.DecodesFirst: "utf-16 invalid-utf-8",
    broken.DefaultsToLatin1: "charset-none",
    broken.Minidom: "lines comment-in-handle cdata-and-references header-*",
    broken.ByPrefix: "prefix-[!u]* utf-16",
    broken.LxmlText: "comment-in-handle",
    broken.FirstIsBody: "lines header-*",
    broken.Anywhere: "header-decoy header-for-another fault-decoy-under-200 soap-1.2 "
    "envelope-* body-none body-t* other-* result-* fault-beside-result handle-twice handle-nested "
    "handle-unqualified html-page type-html fault-decoy",
    broken.LocalNames: "soap-1.2 envelope-unknown other-* result-unqualified handle-unqualified",
    broken.FirstChild: "body-t* result-beside-fault fault-beside-result handle-twice",
    broken.AnyWrapping: "soap-1.2 envelope-* body-none body-t*",
    broken.EmptyHandle: "handle-[!o]*",
    broken.FaultIsFine: "fault-[!b]* faultcode-*",
    broken.EmptyBodyIsFine: "body-empty",
    broken.AllHeaders: "header-for-another",
    broken.NoAttributes: "attributes-foreign schema-location xsi-type",
    broken.Fetches: "schema-location entity-external dtd-external",
    broken.StripsDoctype: "entity-* dtd-external",
    broken.Recovers: "truncated invalid-utf-8 nul reference-to-nul prefix-undeclared "
    "attribute-twice* trailing-*",
    broken.Repairs: "invalid-utf-8 nul reference-to-nul",
    broken.CutsTheEnd: "trailing-*",
    broken.Guesses: "handle-of-instance",
    broken.FoldsSpaces: "name-spaces-*",
    broken.UnescapesTwice: "name-entity",
    broken.NoPatience: "stall-* drip-body",
    broken.PatientReads: "drip-body endless-body",
}
# Bugs that show in every case, the plain success first of all.
EVERYWHERE = (
    broken.SubmitsTwice,
    broken.NoAction,
    broken.NoCredentials,
    broken.OwnCompany,
)
# Bugs that show in so many cases that they are named by some of them.
BROAD = {
    broken.TextSearch: "header-decoy comment-in-handle cdata character-references utf-16 bom-utf-8",
    broken.OneRead: "pieces",
}
PATIENCE = (broken.NoPatience, broken.PatientReads)


def named(patterns: str) -> set[str]:
    found: set[str] = set()
    for pattern in patterns.split():
        matches = {case.id for case in GATING if fnmatchcase(case.id, pattern.removeprefix("!"))}
        assert matches, f"no case {pattern}"
        found = found - matches if pattern[0] == "!" else found | matches
    return found


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", CAUGHT, ids=lambda kind: kind.__name__)
def test_a_bug_is_caught_where_it_is_named_and_nowhere_else(kind: type[broken.Careful]) -> None:
    client = kind()
    if kind in PATIENCE:
        client.patience = 60.0 if kind is broken.NoPatience else 1.0
        results = battery.run(client, STALLS, jobs=8, timeout=4)
    else:
        some = named(CAUGHT[kind]) | {
            case.id for case in every(12, QUICK, list(CAUGHT).index(kind))
        }
        results = battery.run(client, [case for case in QUICK if case.id in some], jobs=8)
    assert {result.scenario.id for result in results.failures()} == named(CAUGHT[kind])


@pytest.mark.parametrize("kind", EVERYWHERE, ids=lambda kind: kind.__name__)
def test_a_bug_that_is_everywhere_is_caught_by_the_plain_success(
    kind: type[broken.Careful],
) -> None:
    with pytest.raises(AssertionError, match="FAILED plain"):
        battery.check(kind())


@pytest.mark.parametrize("kind", BROAD, ids=lambda kind: kind.__name__)
def test_a_broad_bug_is_caught_where_it_is_named(kind: type[broken.Careful]) -> None:
    names = named(BROAD[kind])
    results = battery.run(kind(), sorted(names))
    assert {result.scenario.id for result in results.failures()} == names


def test_every_gating_case_catches_somebody() -> None:
    caught = {"plain", BOMB.id}  # By those in EVERYWHERE; in tests/cli/test_fuzz.py.
    for patterns in (*CAUGHT.values(), *BROAD.values()):
        caught |= named(patterns)
    assert [case.id for case in GATING if case.id not in caught] == []


def test_every_broken_client_is_tried() -> None:
    assert {*CAUGHT, *EVERYWHERE, *BROAD} == set(broken.CLIENTS)
    assert len(CAUGHT) >= 15


@pytest.mark.parametrize("case", battery.cases("name-*"))
def test_as_a_user_writes_it(case: battery.Scenario) -> None:
    battery.check(on_urllib, case)


def test_ids_of_parametrized_tests(request: pytest.FixtureRequest) -> None:
    wanted = f"{test_as_a_user_writes_it.__name__}[name-emoji]"
    assert wanted in {item.name for item in request.session.items} or len(
        request.session.items
    ) < len(QUICK)


def test_cases() -> None:
    assert {case.level for case in battery.cases()} == {"G"}
    assert {case.level for case in battery.cases(level="S")} == {"G", "S"}
    assert len(battery.cases(level="I")) == len(SCENARIOS)
    with pytest.raises(ValueError, match="no level 'X'"):
        battery.cases(level="X")
    with pytest.raises(ValueError, match="no case"):
        battery.cases("nothing")


def test_an_id_will_do() -> None:
    results = battery.run(on_urllib, ["plain", SCENARIOS["lines"]])
    assert results.verdicts() == {"plain": "OK", "lines": "OK"}
    results.raise_for_failures(strict=True)
    assert len(battery.run(on_urllib, ["name-e*"])) == 2
    assert battery.check(on_urllib, "plain").verdict == "OK"
    with pytest.raises(ValueError, match="no case"):
        battery.run(on_urllib, ["nothing"])


def test_strict() -> None:
    battery.check(on_urllib, "sibling-unknown")
    with pytest.raises(AssertionError, match="NON-STRICT sibling-unknown"):
        battery.check(on_urllib, "sibling-unknown", strict=True)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "wrong   it returned nothing\n"),
        (7, "errors  it returned no text, but 7\n"),
        ("47|x|", 'client  returned "47|x|", 0'),
        ("47|x|", 'wrong   it returned "47|x|", not exactly "47|Nightly publish|"\n'),
        ("47|x|", 'should  return exactly the handle: "47|Nightly publish|"'),
    ],
)
def test_what_is_no_handle(value: object, words: str) -> None:
    def client(task: Task) -> object:
        on_urllib(task)
        return value

    with pytest.raises(AssertionError, match=re.escape(words)):
        battery.check(client)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "it returned without a handle, as after a success"),
        ("47|x|", 'it returned a handle, "47|x|"'),
    ],
)
def test_who_does_not_raise(value: object, words: str) -> None:
    def client(task: Task) -> object:
        with contextlib.suppress(Refused):
            on_urllib(task)
        return value

    (result,) = battery.run(client, ["fault-30000"])
    assert result.judgement.words == (words,)


def test_who_raises() -> None:
    def client(task: Task) -> object:
        on_urllib(task)
        raise RuntimeError("no\nway")

    (result,) = battery.run(client, ["plain"])
    assert result.judgement.words == ("it refused a right answer: it raised",)
    lines = explain(result)
    assert lines[3].startswith("client  raised, 0.")
    assert "errors  way" in lines


@pytest.mark.parametrize(("code", "status"), [(3, 3), ("text", 1), (0, 0)])
def test_exits(code: object, status: int) -> None:
    def client(task: Task) -> None:
        raise SystemExit(code)

    (result,) = battery.run(client, ["plain"])
    assert result.outcome.status == status


def test_who_hangs_is_left_alone() -> None:
    over = threading.Event()

    def client(task: Task) -> None:
        over.wait(60)

    start = time.monotonic()
    with pytest.raises(AssertionError, match=r"no end after 0\.25 s"):
        battery.check(client, timeout=0.2)
    assert time.monotonic() - start < 50
    over.set()


def test_coroutines_that_hang_are_cancelled() -> None:
    cancelled = []

    async def client(task: Task) -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.append(task)
            raise

    (result,) = battery.run(client, ["plain"], timeout=0.2)
    assert result.verdict == "FAILED"
    time.sleep(0.2)
    assert len(cancelled) == 1
