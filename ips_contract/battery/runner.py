"""The client battery for Python clients, in the same process: ``run``, ``check`` and ``cases``.

A client is a callable, async or not, that takes a ``Task``, submits it, and returns the job
handle. It raises where there is a fault or an answer that it cannot trust. For clients in any
language there is the command ``ips-contract fuzz``.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.battery.scenarios.accept import PLAIN
from ips_contract.battery.scenarios.operation import SUBMIT
from ips_contract.battery.scenarios.scenario import GATING, LEVELS, USER, Scenario
from ips_contract.battery.scenarios.table import SCENARIOS, select
from ips_contract.battery.server import ScenarioServer
from ips_contract.battery.verdict import Outcome, Result, explain, grace, judge
from ips_contract.contract.versions import PRE_4_0, Version, as_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ips_contract.battery.running_case import RunningCase

__all__ = ["Result", "Results", "Scenario", "Task", "cases", "check", "run"]


class Task(NamedTuple):
    """What a client is asked to do: submit one image serving publish job, or call ``operation``.

    Attributes:
        wsdl: address of the WSDL.
        endpoint: address that messages are sent to.
        user: for authHeader, or HTTP Basic.
        password: the same.
        company: the companyHandle.
        job_name: the jobName, to be sent exactly.
        timeout: seconds that it may take; a good client gives up before.
        operation: what it calls.
        prints: path of the field of the answer whose value it returns.
    """

    wsdl: str
    endpoint: str
    user: str
    password: str
    company: str
    job_name: str
    timeout: float
    operation: str = SUBMIT.name
    prints: str = "/".join(SUBMIT.prints)


class Results(list[Result]):
    """The results of a run, in the order of its cases."""

    def failures(self, *, strict: bool = False) -> list[Result]:
        """Those that fail the run."""
        return [result for result in self if result.fails(strict=strict)]

    def verdicts(self) -> dict[str, str]:
        """Case → verdict."""
        return {result.scenario.id: result.verdict for result in self}

    def raise_for_failures(self, *, strict: bool = False) -> None:
        """Does nothing if no case fails.

        Raises:
            AssertionError: some do; the text tells what happened in each.
        """
        __tracebackhide__ = True  # For pytest: the text says it all.
        failed = self.failures(strict=strict)
        if failed:
            raise AssertionError("\n\n".join(map(_told, failed)))


def cases(
    *patterns: str,
    level: str = GATING,
    operation: str = SUBMIT.name,
    prints: str = "",
    sends: str = "",
    version: str | Version | None = None,
) -> list[Scenario]:
    """The chosen scenarios, ready for ``pytest.mark.parametrize``: their ids name the tests.

    Args:
        patterns: ids, with ``*`` and ``?``; none: all.
        level: the last level wanted: ``"G"``, ``"S"`` (those too) or ``"I"`` (all).
        operation: what the client calls; cases that say nothing about it are left out.
        prints: path of the field of the answer whose value it returns, such as
            ``assetArray/items/name``; by default as ``ips-contract fuzz`` chooses it.
        sends: path of the field of the request that has the name; by default it is looked for in
            submitJob only.
        version: whose fields these are, the one to ``run`` them with; by default pre-4.0, or the
            latest that has the operation.

    Raises:
        ValueError: a pattern matches no case, or there is no such level, version, operation or
            field.
    """
    wanted = LEVELS[: LEVELS.index(level) + 1] if level in LEVELS else ()
    if not wanted:
        raise ValueError(f"no level {level!r}; there are {', '.join(LEVELS)}")
    chosen = [scenario for scenario in select(patterns) if scenario.level in wanted]
    if operation == SUBMIT.name and not prints and not sends:
        return chosen
    # Here, since it loads what makes messages, which few need.
    from ips_contract.battery.scenarios.asking import operation_of, version_with, why_not

    found = version_with(operation) if version is None else as_version(version)
    asked = operation_of(operation, found, prints, sends)
    chosen = [scenario.asking(asked) for scenario in chosen]
    return [scenario for scenario in chosen if not why_not(scenario, found)]


def check(
    client: Callable[[Task], Any],
    case: Scenario | str = PLAIN,
    *,
    strict: bool = False,
    timeout: float | None = None,
    version: str | Version = PRE_4_0,
) -> Result:
    """Runs one case; the arguments are those of ``run``. The result, the first if there are more.

    Raises:
        AssertionError: a case fails; the text tells what happened.
        ValueError: there is no such case or version.
    """
    __tracebackhide__ = True
    results = run(client, [case], timeout=timeout, version=version)
    results.raise_for_failures(strict=strict)
    return results[0]


def run(
    client: Callable[[Task], Any],
    cases: Iterable[Scenario | str] | None = None,
    *,
    timeout: float | None = None,
    jobs: int = 1,
    version: str | Version = PRE_4_0,
) -> Results:
    """Runs ``client`` once in each case, and judges what it returned or raised and what it sent.

    A client that hangs cannot be ended inside a process: its connections are cut, and its thread
    is left alone. Memory is not watched; ``ips-contract fuzz`` does both.

    Args:
        client: the callable, async or not.
        cases: scenarios, or ids with ``*`` and ``?``; None: all of them.
        timeout: seconds for each case; by default the case's own deadline.
        jobs: how many run at the same time, in threads.
        version: of the WSDL and of companyHandle.

    Raises:
        ValueError: there is no such case or version.
    """
    chosen = [row for case in (SCENARIOS if cases is None else cases) for row in _named(case)]
    chosen = [case if timeout is None else case.with_deadline(timeout) for case in chosen]
    found = None if version is None else as_version(version)
    with ScenarioServer(found) as server, ThreadPoolExecutor(jobs) as pool:
        return Results(pool.map(lambda case: _run(client, case, server), chosen))


def _named(case: Scenario | str) -> list[Scenario]:
    return [case] if isinstance(case, Scenario) else select([case])


def _run(client: Callable[[Task], Any], scenario: Scenario, server: ScenarioServer) -> Result:
    case = server.open(scenario)
    outcome = _call(client, case)
    sent = server.end(case)
    handle = case.handle
    return Result(scenario, handle, judge(scenario, outcome, sent, handle), outcome, sent)


def _call(client: Callable[[Task], Any], case: RunningCase) -> Outcome:
    scenario = case.scenario
    task = Task(
        case.wsdl,
        case.endpoint,
        USER,
        scenario.password,
        case.company,
        scenario.job_name,
        scenario.deadline,
        scenario.operation.name,
        "/".join(scenario.operation.prints),
    )
    limit = scenario.deadline + grace(scenario.deadline)
    outcomes: list[Outcome] = []
    start = time.monotonic()

    def work() -> None:
        try:
            value = client(task)
            if inspect.isawaitable(value):
                value = asyncio.run(_awaited(value, limit))
            if isinstance(value, str):
                outcome = Outcome(0, value.encode(errors="replace"))
            else:
                words = "" if value is None else f"it returned no text, but {value!r}"
                outcome = Outcome(0, b"", words)
        except SystemExit as stop:
            outcome = Outcome(stop.code if isinstance(stop.code, int) else 1, b"", str(stop))
        except Exception as error:  # noqa: BLE001 - whatever a client raises is its refusal
            outcome = Outcome(1, b"", f"{type(error).__name__}: {error}")
        outcomes.append(outcome._replace(seconds=time.monotonic() - start, called=True))

    thread = threading.Thread(target=work, name=f"client in {scenario.id}", daemon=True)
    thread.start()
    thread.join(limit)
    if not outcomes:
        ended = f"no end after {limit:g} s"
        return Outcome(None, b"", "", time.monotonic() - start, ended, called=True)
    return outcomes[0]


async def _awaited(value: Any, limit: float) -> Any:
    return await asyncio.wait_for(value, limit)


def _told(result: Result) -> str:
    scenario = result.scenario
    head = f"{result.verdict} {scenario.id} (case {scenario.number}): {scenario.title}"
    return "\n  ".join((head, *explain(result)))
