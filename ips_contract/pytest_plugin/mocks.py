"""The service as a test has it: what ``ips_server``, ``ips_mock`` and ``ips_serve`` give."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Unpack, cast

from ips_contract.contract.endpoints import HOSTS, SERVICE_PATH
from ips_contract.mock.service import ServiceOptions
from ips_contract.mock.serving import ServerOptions, serve, tell_refusals
from ips_contract.mock.steering import Steering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ips_contract.contract.versions import Version
    from ips_contract.mock.record import Exchange
    from ips_contract.mock.serving import MockServer
    from ips_contract.pytest_plugin.watch import Watch


class Mock(Steering):
    """A service for the tests of a run; each test finds it as new.

    Attributes:
        service: the service; hold ``service.lock`` where you call it while clients do.
    """

    def __init__(self, watch: Watch) -> None:
        self.service = watch.service
        self._watch = watch

    @property
    def endpoint(self) -> str:
        """The address that messages are sent to."""
        return f"https://{HOSTS[0]}{SERVICE_PATH}"

    @property
    def requests(self) -> list[Exchange]:
        """``exchanges`` as a list, by the name it had before."""
        with self.service.lock:
            return list(self.service.exchanges)

    def fresh(self) -> AbstractContextManager[None]:
        """A block that finds the service as new, and fails at its end as a test would.

        For the examples of a property, where the plugin cannot see where one begins: in a loop,
        or in a state machine of Hypothesis. What was there before is forgotten, too.

        Raises:
            NonConforming: a message that was sent in the block does not conform.
        """
        return self._watch.fresh()

    def expect_fault(self, code: int) -> AbstractContextManager[list[Exchange]]:
        """A block in which the service answers a message with this fault.

        It gives the list of the exchanges that ended so, filled as they come. What is wrong with
        them does not fail the test.

        Raises:
            AssertionError: there was none.
            TypeError: ``code`` is no number.
            ValueError: there is no such code.
        """
        return self._watch.expect_fault(code)

    def expect_violation(self, *rules: str) -> AbstractContextManager[list[Exchange]]:
        """A block in which messages break these rules, each at least once.

        It gives the list of the exchanges that do, filled as they come. Breaking these rules does
        not fail the test; breaking others does.

        Raises:
            AssertionError: one of the rules was not broken.
            TypeError: a rule is no text.
            ValueError: there is no such rule, or none is named.
        """
        return self._watch.expect_violation(*rules)


class ServerMock(Mock):
    """A service on a port of this machine.

    Attributes:
        server: the server, as ``mock.serve`` gives it.
    """

    def __init__(self, server: MockServer, watch: Watch) -> None:
        super().__init__(watch)
        self.server = server
        tell_refusals(server, watch.refused)

    @property
    def url(self) -> str:
        """The server's base address, ``http://127.0.0.1:PORT/scene7/``; with TLS, ``https://``."""
        return self.server.url

    @property
    def host(self) -> str:
        """The address it listens at."""
        return self.server.host

    @property
    def port(self) -> int:
        """The TCP port it listens at."""
        return self.server.port

    @property
    def ca_file(self) -> str:
        """A file, in PEM, with what clients have to trust, if the server speaks TLS.

        Raises:
            ValueError: it does not, or with a certificate of one's own.
        """
        return self.server.ca_file

    @property
    def endpoint(self) -> str:
        """The address that messages are sent to."""
        return self.server.endpoint

    def wsdl_url(self, version: str | Version | None = None) -> str:
        """The address of a version's WSDL; without ``version``, that of the test's version.

        Raises:
            TypeError: ``version`` is neither a Version nor text.
            ValueError: there is no such version.
        """
        return self.server.wsdl_url(version or self._watch.terms.version)


class ResponsesMock(Mock):
    """A service that answers what requests sends to the hosts of the real one."""


class ServeOptions(ServerOptions, ServiceOptions, total=False):
    """What ``Serve`` takes."""

    host: str
    port: int


class Serve:
    """Starts servers of a scope of one's own: their state stays from test to test.

    What clients send to them is judged as elsewhere, by the terms of the test that is running.
    """

    def __init__(
        self,
        server_options: ServerOptions,
        service_options: ServiceOptions,
        watched: Callable[[MockServer], AbstractContextManager[Watch]],
    ) -> None:
        self._options = cast("ServeOptions", {**server_options, **service_options})
        self._watched = watched

    @contextmanager
    def __call__(self, **options: Unpack[ServeOptions]) -> Iterator[ServerMock]:
        """A block in which a server runs.

        Args:
            options: as for ``mock.serve``; by default those of ``ips_server_options`` and
                ``ips_service_options``.

        Raises:
            OSError: the address cannot be listened at.
            TypeError: there is no such option, or a value is of a wrong kind.
            ValueError: a limit is not positive.
        """
        chosen = self._options.copy()
        chosen.update(options)
        with serve(**chosen) as server, self._watched(server) as watch:
            yield ServerMock(server, watch)
