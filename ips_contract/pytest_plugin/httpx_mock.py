"""The service behind a transport for httpx, as a test has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.adapters.httpx import transport
from ips_contract.pytest_plugin.mocks import Mock

try:
    import httpx
except ImportError as error:
    from ips_contract.extras import missing

    raise missing("httpx", error) from error

if TYPE_CHECKING:
    from ips_contract.pytest_plugin.watch import Watch


class HttpxMock(Mock, httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A service that is a transport, too: ``httpx.Client(transport=ips_httpx)``."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(watch)
        self._transport = transport(watch.service)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answers a request of ``httpx.Client``."""
        return self._transport.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers a request of ``httpx.AsyncClient``."""
        return await self._transport.handle_async_request(request)
