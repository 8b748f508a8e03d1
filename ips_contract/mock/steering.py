"""What tests do with a service that stands behind a server or an adapter: under its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.mock.arguments import UNASKED, says_what_is_meant
from ips_contract.mock.script import AFTER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ips_contract.mock.assertions import Expected
    from ips_contract.mock.clock import Clock
    from ips_contract.mock.record import Exchange, Record
    from ips_contract.mock.script import Answer, When
    from ips_contract.mock.service import Service
    from ips_contract.mock.state.jobs import Jobs
    from ips_contract.mock.state.lifecycle import Plan
    from ips_contract.mock.state.seed import Seed
    from ips_contract.mock.state.views import AssetView, FolderView


class Steering:
    """The methods of ``Service`` for tests, while clients call it from other threads.

    Attributes:
        service: the service.
    """

    service: Service

    @property
    def exchanges(self) -> Record:
        """What was asked and answered, oldest first."""
        return self.service.exchanges

    @property
    def jobs(self) -> Jobs:
        """The jobs that were submitted."""
        return self.service.jobs

    @property
    def clock(self) -> Clock:
        """The service's clock; ``clock.advance(minutes=5)``."""
        return self.service.clock

    @property
    def assets(self) -> tuple[AssetView, ...]:
        """As ``Service.assets``: the assets as they are now."""
        with self.service.lock:
            return self.service.assets

    @property
    def folders(self) -> tuple[FolderView, ...]:
        """As ``Service.folders``: the folders as they are now."""
        with self.service.lock:
            return self.service.folders

    def seed(self, seed: Seed | Mapping[str, object]) -> None:
        """As ``Service.seed``: what there is until the next reset."""
        with self.service.lock:
            self.service.seed(seed)

    @says_what_is_meant
    def script(
        self,
        *,
        times: int = 1,
        fault: int | None = None,
        delay: float = 0.0,
        drop: bool = False,
        truncate: bool = False,
        malformed: bool = False,
        status: int | None = None,
        body: bytes | None = None,
        answer: Answer | None = None,
        fields: Mapping[str, Any] | None = None,
        operation: str | None = None,
        path: str | None = None,
        when: When = AFTER,
    ) -> None:
        """As ``Service.script``: what the next requests are answered with."""
        with self.service.lock:
            self.service.script(
                times=times,
                fault=fault,
                delay=delay,
                drop=drop,
                truncate=truncate,
                malformed=malformed,
                status=status,
                body=body,
                answer=answer,
                fields=fields,
                operation=operation,
                path=path,
                when=when,
            )

    def assert_submitted(
        self,
        *,
        times: int | None = None,
        job_name: str | None = UNASKED,
        job: str | None = UNASKED,
        company: str | int | None = UNASKED,
        **fields: Expected,
    ) -> list[Exchange]:
        """As ``Service.assert_submitted``: the accepted submissions with these fields."""
        with self.service.lock:
            return self.service.assert_submitted(
                times=times, job_name=job_name, job=job, company=company, **fields
            )

    def assert_called(
        self, operation: str, /, times: int | None = None, **fields: Expected
    ) -> list[Exchange]:
        """As ``Service.assert_called``: the requests of an operation with these fields."""
        with self.service.lock:
            return self.service.assert_called(operation, times, **fields)

    def put_server_files(self, directory: str, *names: str) -> None:
        """As ``Service.put_server_files``: what upload jobs find below a serverDir."""
        with self.service.lock:
            self.service.put_server_files(directory, *names)

    def outcome(self, job_name: str, outcome: str) -> None:
        """As ``Service.outcome``: how jobs of this name end."""
        with self.service.lock:
            self.service.outcome(job_name, outcome)

    def plan(self, job_name: str, plan: Plan) -> None:
        """As ``Service.plan``: when jobs of this name end."""
        with self.service.lock:
            self.service.plan(job_name, plan)

    def reset(self) -> None:
        """As ``Service.reset``: forgets all but the accounts; connections stay open."""
        with self.service.lock:
            self.service.reset()
