"""Whether what a client sent in a test conforms, by the test's own terms; and the words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.rules import ERROR, HTTP_RULES, RULES, where_explained
from ips_contract.contract.versions import Version, as_version
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.state.jobs import OUTCOMES
from ips_contract.pytest_plugin.baseline import key
from ips_contract.validation.nearest_valid import nearest
from ips_contract.validation.report import Report
from ips_contract.validation.report.text import shown
from ips_contract.validation.validator import validate
from ips_contract.xml.text import counted, near, no_such

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ips_contract.mock.record import Exchange
    from ips_contract.pytest_plugin.baseline import Key
    from ips_contract.validation.report import Violation

_MOST_SHOWN = 5  # Messages that a failure shows.
_OPTIONS = ("version", "strict", "users", "outcome", "allow")

# Verdicts on an exchange. Only a deviation fails a test.
CONFORMS, WARNS, KNOWN, ALLOWED, EXPECTED, DEVIATES = (
    *("conforms", "conforms, with warnings", "known deviation"),
    *("allowed deviation", "expected deviation", "deviates"),
)


class NonConforming(AssertionError):
    """A client sent a message that does not conform; the text is the report."""


class Terms(NamedTuple):
    """What a test asks of its client.

    Attributes:
        version: the API version that messages must be of; None: whichever they name.
        strict: whether warnings fail, too.
        allow: rules that may be broken.
        users: accounts of the mock; None: as configured.
        outcome: how jobs end: all of them, or those of a name; None: with success.
    """

    version: Version | None = None
    strict: bool = False
    allow: frozenset[str] = frozenset()
    users: tuple[Any, ...] | None = None
    outcome: str | dict[str, str] | None = None


def read_terms(default: Terms, marks: Iterable[Mapping[str, Any]]) -> Terms:
    """``default`` as changed by the options of marks, the closest to the test first.

    Options of a closer mark win; ``allow`` adds up.

    Raises:
        TypeError: a value is of a wrong kind.
        ValueError: there is no such option, version, rule or outcome.
    """
    options: dict[str, Any] = {}
    allow = set(default.allow)
    for mark in marks:
        for name, value in mark.items():
            if name not in _OPTIONS:
                raise ValueError(no_such("option", name, _OPTIONS))
            options.setdefault(name, value)
        rules = mark.get("allow", ())
        if not isinstance(rules, (str, list, tuple, set, frozenset)):
            raise TypeError(f"allow is {rules!r}; give a list of rules")
        allow |= check_rules((rules,) if isinstance(rules, str) else rules)
    strict = options.get("strict", default.strict)
    if not isinstance(strict, bool):
        raise TypeError(f"strict is {strict!r}; give True or False")
    version = options.get("version", default.version)
    users = options.get("users", default.users)
    if users is not None and not _are_users(users):
        raise TypeError(f"users is {users!r}; give a list of (email, password) or longer tuples")
    outcome = options.get("outcome", default.outcome)
    for value in outcome.values() if isinstance(outcome, dict) else [outcome]:
        if value is not None and value not in OUTCOMES:
            raise ValueError(f"no outcome {value!r}; the outcomes are {', '.join(OUTCOMES)}")
    return Terms(
        as_version(version) if version is not None else None,
        strict,
        frozenset(allow),
        tuple(users) if users is not None else None,
        outcome,
    )


def _are_users(users: object) -> bool:
    rows = users if isinstance(users, (list, tuple, set, frozenset)) else (None,)
    return all(isinstance(row, (list, tuple)) and 2 <= len(row) <= 6 for row in rows)


def check_rules(rules: Iterable[str]) -> set[str]:
    """``rules`` as a set.

    Raises:
        TypeError: one of them is no text.
        ValueError: one of them is no rule.
    """
    for rule in rules:
        check_kind("rule", rule, str, "its name, such as 'constant'")
        if rule not in RULES:
            guess = near(rule, tuple(RULES))
            hint = f"did you mean {guess}?" if guess else "ips-contract rules lists them"
            raise ValueError(f"no rule {rule!r}; {hint}")
    return set(rules)


def judged(report: Report, version: Version | None, *, logged_in: bool = False) -> Report:
    """``report``, or one by ``version`` if that is another one.

    ``logged_in``: whether HTTP carried credentials.
    """
    if version is None or report.data is None or report.version in (None, version):
        return report
    other = validate(
        report.data, version=version, limit=max(len(report.data), 1), logged_in=logged_in
    )
    # What the service found about the wrapping and the headers is not in the document.
    known = {row[0:4] for row in other.violations}
    told = {"envelope", *HTTP_RULES}
    more = [row for row in report.violations if row.rule in told and row[0:4] not in known]
    return Report(other.message, other.version, (*more, *other.violations), report.data)


def report_on(exchange: Exchange, version: Version | None) -> Report:
    """The report on the request of ``exchange``, by ``version`` if that is given."""
    report = exchange.report
    # What HTTP carried is hidden by now; that the service could not read it, its report says.
    told = any(row.rule == "no-credentials" for row in report.violations)
    return judged(report, version, logged_in="authorization" in exchange.head[2] and not told)


class Judgement(NamedTuple):
    """An exchange by the terms of its test.

    ``deviating`` has the findings that are neither allowed nor expected; ``failing`` those of
    them that are not in the baseline. ``warnings`` has the warnings that are not among the terms,
    and neither allowed nor expected.
    """

    exchange: Exchange
    report: Report
    verdict: str
    failing: tuple[Violation, ...] = ()
    deviating: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()


class Policy(NamedTuple):
    """What holds for a whole run.

    Attributes:
        terms: those of tests that say nothing else.
        known: the baseline.
        keep: whether messages that conform are told of, too, for a report or for coverage.
        tell: called with each judgement and the name of the fixture.
        serve: whether mocks act on messages with deviations that are known.
        docs: the address of the documentation's site, to which findings link; empty: none.
    """

    terms: Terms
    known: frozenset[Key]
    keep: bool
    tell: Callable[[Judgement, str], None]
    serve: bool = False
    docs: str = ""


def judge(
    exchange: Exchange,
    terms: Terms,
    known: frozenset[Key] = frozenset(),
    expected: frozenset[str] | None = frozenset(),
) -> Judgement:
    """The judgement on ``exchange``.

    Args:
        exchange: what the client sent.
        terms: the test's.
        known: deviations in the baseline.
        expected: rules that the test expects to be broken here; None: it expects the fault.
    """
    report = report_on(exchange, terms.version)
    rows = report.violations if terms.strict else report.errors
    excused = terms.allow | (expected or frozenset())
    warnings = tuple(row for row in report.warnings if row.rule not in excused)
    if terms.strict:
        warnings = ()  # They are among the rows.
    if not rows:
        verdict = WARNS if report.violations else CONFORMS
        return Judgement(exchange, report, verdict, warnings=warnings)
    if expected is None:
        return Judgement(exchange, report, EXPECTED, warnings=warnings)
    left = [row for row in rows if row.rule not in expected]
    deviating = tuple(row for row in left if row.rule not in terms.allow)
    failing = tuple(row for row in deviating if key(report, row) not in known)
    verdict = DEVIATES if failing else KNOWN if deviating else ALLOWED if left else EXPECTED
    return Judgement(exchange, report, verdict, failing, deviating, warnings)


def failure(judgements: Sequence[Judgement], count: int, name: str, docs: str = "") -> str:
    """Why a test fails, for the person who is to act on it; the first line says it all.

    Args:
        judgements: those that deviate.
        count: how many messages came in all.
        name: what they came to, such as ``ips_server``.
        docs: the address of the documentation's site; empty: none.
    """
    broken = [row for row in judgements if _has_errors(row)]
    warned = [row for row in judgements if not _has_errors(row)]
    judgements = [*broken, *warned]  # What does not conform comes first.
    first = min(judgements[0].failing, key=lambda row: row.severity != ERROR)
    which = "the message" if count == 1 else f"{len(broken or warned)} of {count} messages"
    what = _not_conforming(len(broken)) if broken else _warning(len(warned))
    more = f", {len(warned)} more {_warning(len(warned))}" if broken and warned else ""
    lines = [f"{first.rule}: {which} to {name} {what}{more}, at {shown(first.path)}"]
    for judgement in judgements[:_MOST_SHOWN]:
        lines += ["", *_told(judgement)]
    for rows, words in (
        (broken[_MOST_SHOWN:], _not_conforming),
        (warned[max(_MOST_SHOWN - len(broken), 0) :], _warning),
    ):
        if rows:
            lines += ["", f"{counted(len(rows), 'more message')} {words(len(rows))}."]
    rules = sorted({row.rule for judgement in judgements for row in judgement.failing})
    meant = f"@pytest.mark.ips(allow={rules!r}) on the test"
    if judgements[0].exchange.request.method:
        meant += f", or with {name}.expect_violation({', '.join(map(repr, rules))}) around the call"
    lines += ["", f"What the rules say: {where_explained(rules, docs)}"]
    lines += [f"If this is meant: {meant}."]
    return "\n".join(lines)


def _has_errors(judgement: Judgement) -> bool:
    return any(row.severity == ERROR for row in judgement.failing)


def _not_conforming(number: int) -> str:
    return "does not conform" if number == 1 else "do not conform"


def _warning(number: int) -> str:
    """A message with warnings alone conforms; it fails a strict test all the same."""
    return f"{'has' if number == 1 else 'have'} warnings, which this test fails for (strict)"


def title(exchange: Exchange) -> str:
    """``submitJob, POST /scene7/services/IpsApiService``."""
    method, target = exchange.request[:2]
    what = exchange.operation or "unknown operation"
    return shown(f"{what}, {method} {target}" if method else what)


def _told(judgement: Judgement) -> list[str]:
    exchange, report, failing = judgement.exchange, judgement.report, judgement.failing
    failed = Report(report.message, report.version, failing, report.data)
    lines = [f"message {exchange.number}: {title(exchange)}", *failed.text().split("\n")]
    status = exchange.response.status
    if status:
        fault = f"fault {exchange.fault}, " if exchange.fault is not None else ""
        lines += ["", f"answered with {fault}HTTP {status}"]
    form = nearest(report)
    if form:
        lines += ["", "nearest valid form (- sent, + valid):", *(f"  {line}" for line in form)]
    return lines
