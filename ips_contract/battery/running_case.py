"""A case while a client runs in it: its addresses, and what the client sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.battery.scenarios.scenario import COMPANY, USER
from ips_contract.contract.endpoints import SERVICE_PATH, WSDL_FOLDERS

if TYPE_CHECKING:
    import asyncio

    from ips_contract.battery.scenarios.answer import Asked
    from ips_contract.battery.scenarios.scenario import Scenario
    from ips_contract.contract.versions import Version
    from ips_contract.http.messages import Request


class Sent(NamedTuple):
    """What a client sent in one case.

    Attributes:
        posts: every POST to the case, its body without transfer and content encoding.
        fetched: whatever else it asked for, but WSDLs, as ``METHOD /path``.
        malformed: what was wrong with requests that were no HTTP.
        served: the first bytes that were sent back, over all connections.
        strays: POSTs that came to no case's address while this case was open.
    """

    posts: tuple[Request, ...] = ()
    fetched: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()
    served: bytes = b""
    strays: tuple[str, ...] = ()


class RunningCase:
    """A scenario that is being played: its addresses, and what a client sent to them.

    Attributes:
        scenario: what is played.
        handle: the handle that the answer to the first POST had; ``""`` before it.
        asked: what the last answer depended on; None before the first.
    """

    def __init__(self, scenario: Scenario, base: str, version: Version) -> None:
        self.scenario = scenario
        self.base = base
        self.version = version
        self.asked: Asked | None = None
        self.posts: list[Request] = []
        self.fetched: list[str] = []
        self.malformed: list[str] = []
        self.strays: list[str] = []
        self.served = bytearray()
        self.open: set[asyncio.Task[None]] = set()

    @property
    def endpoint(self) -> str:
        """The address for messages."""
        return self.base + SERVICE_PATH

    @property
    def wsdl(self) -> str:
        """The address of the WSDL of the run's version."""
        return self.base + WSDL_FOLDERS[0] + self.version.wsdl

    @property
    def company(self) -> str:
        """The company handle, in the form of the run's version."""
        return f"c|{COMPANY}" if self.version.date else COMPANY

    @property
    def handle(self) -> str:
        """The handle served: in the form of the request's version once there was one."""
        if self.asked is not None:
            return self.asked.handle
        return self.scenario.served(dated=bool(self.version.date))

    def environment(self) -> dict[str, str]:
        """What a client is told."""
        return {
            "IPS_CASE": self.scenario.id,
            "IPS_OPERATION": self.scenario.operation.name,
            "IPS_PRINTS": "/".join(self.scenario.operation.prints),
            "IPS_WSDL": self.wsdl,
            "IPS_ENDPOINT": self.endpoint,
            "IPS_USER": USER,
            "IPS_PASSWORD": self.scenario.password,
            "IPS_COMPANY": self.company,
            "IPS_JOB_NAME": self.scenario.job_name,
            "IPS_TIMEOUT": f"{self.scenario.deadline:g}",
        }

    def sent(self) -> Sent:
        """What the client sent so far."""
        return Sent(
            tuple(self.posts),
            tuple(self.fetched),
            tuple(self.malformed),
            bytes(self.served),
            tuple(self.strays),
        )
