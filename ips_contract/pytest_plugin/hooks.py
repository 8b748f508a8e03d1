"""Hooks, options and fixtures of the pytest plugin.

pytest loads this module in every project that has the package installed, so it imports nothing
heavy: the rest comes with the first fixture that a test uses. Before that the hooks do nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from ips_contract.mock.service import ServiceOptions
    from ips_contract.mock.serving import ServerOptions
    from ips_contract.pytest_plugin.httpx_mock import HttpxMock
    from ips_contract.pytest_plugin.mocks import ResponsesMock, Serve, ServerMock
    from ips_contract.pytest_plugin.run import Run
    from ips_contract.pytest_plugin.validate import Validate

_RUN: pytest.StashKey[Run] = pytest.StashKey()
_ITEM: pytest.StashKey[pytest.Item] = pytest.StashKey()
_OUTPUT = "ips_contract"  # The key of what an xdist worker hands over.
_MARKER = (
    "ips(version=None, strict=False, allow=[], users=None, outcome=None): what the test asks of "
    "its client and of the service: API version of the messages, whether warnings fail, rules "
    "that may be broken, accounts, how jobs end (success, warnings, errors, fatal)"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declares the options and settings."""
    group = parser.getgroup("ips-contract", "contract of the Scene7 IPS API")
    add = group.addoption
    add(
        "--ips-report",
        action="append",
        default=[],
        metavar="FILE",
        help="write what clients sent, with the verdicts: FILE.html, .json, .sarif or .xml "
        "(JUnit); may be given again",
    )
    add(
        "--ips-baseline",
        metavar="FILE",
        help="deviations that are known: they do not fail tests, new ones do",
    )
    add(
        "--ips-update-baseline",
        action="store_true",
        help="bring the baseline up to date: add all deviations of this run, take out those that "
        "its tests do not have any more; none fails a test",
    )
    add(
        "--ips-coverage",
        action="store_true",
        help="tell how much of the contract the tests exercised",
    )
    add(
        "--ips-fail-under",
        type=float,
        metavar="PERCENT",
        help="fail if they exercised less of it; implies --ips-coverage",
    )
    parser.addini("ips_version", "API version that all messages must be of (default: any)")
    parser.addini("ips_wsdl", "WSDL that all messages must be of, a file", type="paths")
    parser.addini("ips_docs", "address of the documentation's site, to which findings link")
    parser.addini("ips_strict", "let warnings of the contract fail tests", type="bool")
    parser.addini(
        "ips_serve_known",
        "answer deviations in the baseline as if they were none (default: true)",
        type="bool",
        default=True,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker; checks the options if there are any."""
    config.addinivalue_line("markers", _MARKER)
    for name in ("ips_strict", "ips_serve_known"):
        try:
            config.getini(name)
        except (ValueError, pytest.UsageError) as error:
            raise pytest.UsageError(f"{name}: {error}") from None
    option = config.option
    if (
        option.ips_report
        or option.ips_baseline
        or option.ips_update_baseline
        or option.ips_coverage
        or option.ips_fail_under is not None
        or config.getini("ips_version")
        or config.getini("ips_wsdl")
    ):
        _start(config)


def _start(config: pytest.Config) -> Run:
    """What is known of the run, from now on."""
    run = config.stash.get(_RUN, None)
    if run is None:
        from ips_contract.pytest_plugin.run import Run

        run = config.stash[_RUN] = Run(config)
        # Their hooks have no config to find the run by.
        for watcher in (run, run.progress):
            config.pluginmanager.register(watcher)
    return run


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Each test finds the services as new."""
    stash = item.config.stash
    stash[_ITEM] = item
    run = stash.get(_RUN, None)
    if run is not None:
        run.begin(item)
    try:
        result = yield
        run = stash.get(_RUN, None)
        if run is not None:  # Not before the others: pytest's own are not prepared for that.
            run.check_marks()
    except BaseException as error:
        run = stash.get(_RUN, None)
        if run is not None:
            run.tell(item, "setup", error)
        raise
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test whose client sent what does not conform fails at its end."""
    stash = item.config.stash
    run = stash.get(_RUN, None)
    undo = run.wrap_examples(item) if run is not None else None
    try:
        result = yield
    except BaseException as error:
        run = stash.get(_RUN, None)
        if run is not None:
            run.tell(item, "call", error)
        raise
    finally:
        if undo is not None:
            undo()
    run = stash.get(_RUN, None)
    if run is not None:
        run.check()
        run.tell_unused(item)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tells of a failure that no hook saw as an exception, too: unittest keeps them to itself."""
    report = yield
    run = item.config.stash.get(_RUN, None)
    if run is not None and report.failed:
        text = run.untold(report.longreprtext)
        if text:
            report.sections.append((f"Captured answers {report.when}", text))
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """What fixtures send when they end counts, too."""
    try:
        result = yield
    except BaseException as error:
        run = item.config.stash.get(_RUN, None)
        if run is not None:
            run.tell(item, "teardown", error)
            run.end()
        raise
    run = item.config.stash.get(_RUN, None)
    if run is not None:
        run.end()
        run.check()
        run.tell_unused(item, over=True)
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes what a worker of xdist found; one that crashed has nothing to give."""
    worker = node.gateway.id
    output = getattr(node, "workeroutput", None) or {}
    run = node.config.stash.get(_RUN, None)
    if _OUTPUT in output:
        _start(node.config).merge(worker, output[_OUTPUT])
    elif run is not None:
        run.progress.lose(worker)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes the reports, and lets the run fail if the coverage does not suffice."""
    run = session.config.stash.get(_RUN, None)
    if run is None:
        return
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = run.dump()
    elif not run.close(session) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows the coverage, where the reports are, and what went wrong."""
    run = terminalreporter.config.stash.get(_RUN, None)
    if run is not None and run.summary:
        terminalreporter.section("ips-contract")
        for line in run.summary:
            terminalreporter.write_line(line)
        run.summary.clear()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Says the same where pytest had no summary: after an error of its own, or without terminal."""
    run = config.stash.get(_RUN, None)
    for line in run.summary if run is not None else ():
        print(f"ips-contract: {line}", file=sys.stderr)


# Settings that a project overrides, in its conftest.py, by fixtures of the same names.


@pytest.fixture(scope="session")
def ips_listen_address() -> tuple[str, int]:
    """Host and port that ``ips_server`` listens at; port 0 takes a free one."""
    return "127.0.0.1", 0


@pytest.fixture(scope="session")
def ips_server_options() -> ServerOptions:
    """Limits of ``ips_server``, such as ``request_timeout``; see ``ips_contract.mock.serve``."""
    return {}


@pytest.fixture(scope="session")
def ips_service_options() -> ServiceOptions:
    """Options of all mocks, such as ``accounts`` and ``plan``; see ``mock.Service``."""
    return {}


# Fixtures. They are of the session, so that @given takes them; the hooks make them new each time.


@pytest.fixture(scope="session")
def ips_server(
    pytestconfig: pytest.Config,
    ips_listen_address: tuple[str, int],
    ips_server_options: ServerOptions,
    ips_service_options: ServiceOptions,
) -> Iterator[ServerMock]:
    """The service on a port of this machine, for clients in any language.

    Where HTTP_PROXY is set, its host is in NO_PROXY while it runs.
    """
    from ips_contract import mock
    from ips_contract.pytest_plugin.mocks import ServerMock
    from ips_contract.pytest_plugin.watch import Watch

    run = _start(pytestconfig)
    host, port = ips_listen_address
    options = run.service_options(ips_service_options)
    with (
        mock.serve(host=host, port=port, **ips_server_options, **options) as server,
        run.reach.without_proxy(server.host),
    ):
        watch = Watch(server.service, run.policy, "ips_server")
        yield ServerMock(server, run.add(watch, pytestconfig.stash[_ITEM]))


@pytest.fixture(scope="session")
def ips_serve(
    pytestconfig: pytest.Config,
    ips_server_options: ServerOptions,
    ips_service_options: ServiceOptions,
) -> Serve:
    """Starts servers for fixtures of a module or a class: their state stays from test to test."""
    from ips_contract.pytest_plugin.mocks import Serve

    run = _start(pytestconfig)
    return Serve(
        ips_server_options,
        run.service_options(ips_service_options),
        lambda server: run.watched(server, pytestconfig.stash[_ITEM]),
    )


@pytest.fixture(scope="session")
def ips_mock(
    pytestconfig: pytest.Config, ips_service_options: ServiceOptions
) -> Iterator[ResponsesMock]:
    """The service in this process, for clients on requests: at the addresses of the real one."""
    from ips_contract.mock.adapters.responses import activate
    from ips_contract.mock.service import Service
    from ips_contract.pytest_plugin.mocks import ResponsesMock
    from ips_contract.pytest_plugin.watch import Watch

    run = _start(pytestconfig)
    watch = Watch(
        Service(**run.service_options(ips_service_options)),
        run.policy,
        "ips_mock",
        activate=activate,
    )
    yield ResponsesMock(run.add(watch, pytestconfig.stash[_ITEM]))
    watch.end()


@pytest.fixture(scope="session")
def ips_httpx(pytestconfig: pytest.Config, ips_service_options: ServiceOptions) -> HttpxMock:
    """The service in this process, a transport for ``httpx.Client`` and ``httpx.AsyncClient``."""
    from ips_contract.mock.service import Service
    from ips_contract.pytest_plugin.httpx_mock import HttpxMock
    from ips_contract.pytest_plugin.watch import Watch

    run = _start(pytestconfig)
    watch = Watch(Service(**run.service_options(ips_service_options)), run.policy, "ips_httpx")
    return HttpxMock(run.add(watch, pytestconfig.stash[_ITEM]))


@pytest.fixture(scope="session")
def ips_validate(pytestconfig: pytest.Config) -> Validate:
    """A function that judges a message, and fails the test if it does not conform."""
    from ips_contract.pytest_plugin.validate import Made, Validate

    run = _start(pytestconfig)
    return Validate(run.add(Made(run.policy), pytestconfig.stash[_ITEM]))
