"""Long runs over generated messages; too long for each run of the tests.

    python -m tests.nightly valid 100000
    python -m tests.nightly invalid 100000
    python -m tests.nightly messages 3
    python -m tests.nightly adequacy 1000

Valid: our validator, libxml2 and xmlschema must accept every message, and nothing may be remarked
on. Invalid: our validator must name ``.rule`` for every message, and it alone, and both engines
must refuse those whose defect an XML Schema can express. Each prints how much of the contract it
reached. Messages: so many of each message of each version, and each mutation of each. Adequacy: so
many facts of the contract broken, each of which a test must notice; 0 for all. A third argument is
the seed to begin with; the exit status is that of a failed assertion.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from ips_contract import validate, validate_exchange
from ips_contract.contract.model import contract
from ips_contract.contract.versions import VERSIONS
from ips_contract.generation.messages import all_message_names, message_names, message_source
from ips_contract.generation.minimal import least_message
from ips_contract.generation.mutations.mutation import CONTENT, WRAPPING
from ips_contract.generation.mutations.table import MUTATIONS, break_rules, is_error, possible
from ips_contract.generation.python_values import Record, to_bytes
from ips_contract.generation.random_messages import draw
from ips_contract.generation.serialization import to_element
from ips_contract.generation.tree_walk import to_xml
from ips_contract.invalid import (
    Invalid,
    invalid_envelopes,
    invalid_exchanges,
    invalid_faults,
    invalid_messages,
    invalid_submit_job_requests,
    invalid_submit_job_responses,
)
from ips_contract.strategies import messages, submit_job_requests
from ips_contract.validation.engines import VERDICTS
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import local_name, parse
from tests.coverage_table import Coverage, rows_in_record, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hypothesis.strategies import SearchStrategy
    from lxml import etree

    from ips_contract.contract.versions import Version

BATCH = 2000  # Hypothesis keeps a tree of all that it drew: several runs need less memory.
# Rules that an XML Schema 1.0 can state, whatever breaks them. A schedule's values it cannot, nor
# that case counts in a list that is open; and an engine has no schema of what is no message.
SCHEMA_RULES = {
    rule
    for rule, mutations in MUTATIONS.items()
    if all(each.level == CONTENT for each in mutations) and is_error(rule)
} - {"schedule", "constant-case", "company-named", "not-a-message"}

# Some of the messages, others with each seed: to find out what each can suffer takes minutes.
MESSAGES = random.Random(int((sys.argv[3:] or "0")[0])).sample(all_message_names()[2:], 20)
VALID = st.one_of(
    *(submit_job_requests(version) for version in VERSIONS),
    messages(),
)
INVALID = st.one_of(
    *(invalid_submit_job_requests(version=version) for version in VERSIONS),
    *(invalid_messages(name) for name in ("getCompanyInfoParam", *MESSAGES)),
    invalid_submit_job_responses(),
    invalid_envelopes(),
    invalid_faults(),
    invalid_exchanges(),
)


def accepted_by_all(message: bytes) -> None:
    """Ours and both engines accept ``message``, and nothing is remarked on.

    Raises:
        AssertionError: it is not so.
    """
    report = validate(message)
    assert not report.violations, message
    assert report.version is not None
    _engines(parse(message), report.version, refuse=False)


def named_for_what_is_wrong(found: Invalid) -> bool:
    """Ours names the rule; both engines refuse what they can. Returns whether they can.

    Raises:
        AssertionError: it is not so.
    """
    if found.request is None:
        report = validate(found.xml)
        rules = {violation.rule for violation in report.violations}
        assert not report.valid, found
    else:
        exchange = validate_exchange(found.request, found.xml)
        rules = {violation.rule for violation in exchange.violations}
        assert not exchange.valid, found
    assert rules == {found.rule}, found
    if found.rule not in SCHEMA_RULES:
        return False
    root = parse(found.xml)
    message = message_in(root)
    if message is not None and message is not root and "/Body/" not in found.path:
        return False  # It is about an authHeader.
    if local_name(root if message is None else message) == "Fault":
        return False  # An engine has no schema of it.
    _engines(root if message is None else message, found.version, refuse=True)
    return True


def _engines(message: etree._Element, version: Version, *, refuse: bool) -> None:
    for name, verdict in VERDICTS.items():
        assert bool(verdict(message, version, version.namespace)) is refuse, (name, message)


def in_batches(strategy: SearchStrategy[Any], count: int, start: int, use: Any) -> int:
    """Draws at least ``count`` examples, runs of Hypothesis with the seeds from ``start`` on."""
    done = 0
    while done < count:

        def test(value: Any) -> None:
            nonlocal done
            use(value)
            done += 1

        checks = list(HealthCheck)
        options = settings(
            max_examples=BATCH, database=None, deadline=None, suppress_health_check=checks
        )
        seed(start)(options(given(strategy)(test)))()
        start += 1
        print(f"{done} of {count}", file=sys.stderr, flush=True)
    return done


def valid(count: int, start: int) -> str:
    """Draws ``count`` valid messages and judges each; what is to be printed."""
    coverage = Coverage(VERSIONS)
    for version in VERSIONS:
        for name in message_names(version):
            for row in rows_of(version, contract(version).messages[name], warnings=False):
                coverage.want(row, version)

    def use(pair: tuple[bytes, Record]) -> None:
        message, record = pair
        accepted_by_all(message)
        for row in rows_in_record(record):
            coverage.count(row, record.version)

    both = st.one_of(
        *(submit_job_requests(version, form="dataclass") for version in VERSIONS),
        messages(form="dataclass"),
    ).map(lambda record: (to_bytes(record), record))
    spelled = in_batches(VALID, count - count // 2, start, accepted_by_all)
    done = spelled + in_batches(both, count // 2, start, use)
    return (
        f"{coverage.table()}\n{coverage.summary()}\n"
        f"{done} valid messages: accepted by ours, libxml2 and xmlschema"
    )


def invalid(count: int, start: int) -> str:
    """Draws ``count`` invalid messages and judges each; what is to be printed."""
    coverage = Coverage(VERSIONS)
    refused: Counter[bool] = Counter()

    def use(found: Invalid) -> None:
        coverage.want(found.rule, found.version)
        coverage.count(found.rule, found.version)
        refused[named_for_what_is_wrong(found)] += 1

    done = in_batches(INVALID, count, start, use)
    rules = {rule for rule in MUTATIONS if is_error(rule)}
    reached = set(coverage.rows())
    return (
        f"{coverage.table()}\n{len(reached)} of {len(rules)} rules"
        f"{''.join(f'; {rule} is missing' for rule in sorted(rules - reached))}\n"
        f"{done} invalid messages: each named for its rule; {refused[True]} of them have a defect "
        "that a schema can state, and libxml2 and xmlschema refuse these"
    )


def each_message(count: int, start: int) -> str:
    """Every message of every version: ``count`` drawn of each, and each mutation of the least."""
    drawn = broken = 0
    for version in VERSIONS:
        for name in message_names(version):
            source = message_source(version, name)
            root = least_message(version, name)
            able = possible(root, version, (CONTENT, WRAPPING))
            for index in range(start, start + count):
                chance = random.Random(f"{version} {name} {index}")
                element = to_element(draw(chance, source))
                accepted_by_all(to_xml(element))
                # What the least can suffer, all can.
                assert all(mutation.targets(element, version) for mutation in able)
                drawn += 1
            for mutation in able:
                chance = random.Random(f"{version} {name} {start}")
                found = break_rules(root, version, [mutation], chance.choice)
                assert found.rules == (mutation.rule,), found
                broken += 1
        print(version, file=sys.stderr, flush=True)
    return (
        f"{drawn} valid messages, {count} of each: accepted by ours, libxml2 and xmlschema\n"
        f"{broken} invalid ones, by each mutation: each named for its rule alone"
    )


def adequacy(count: int, start: int) -> str:
    """Breaks ``count`` facts of the contract, or all; what is to be printed."""
    from tests.contract import test_adequacy

    return test_adequacy.survivors_of(count, start)


RUNS: dict[str, Callable[[int, int], str]] = {
    "valid": valid,
    "invalid": invalid,
    "messages": each_message,
    "adequacy": adequacy,
}

if __name__ == "__main__":
    kind, amount, *rest = sys.argv[1:]
    print(RUNS[kind](int(amount), int(rest[0]) if rest else 0))
