"""What the adapters share: how a request reaches the service, and what goes back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ips_contract.http.messages import Request, Response
    from ips_contract.mock.service import Service

REASONS = {status.value: status.phrase for status in HTTPStatus}


def handle(service: Service, request: Request) -> Response:
    """The answer of ``service``, which one thread at a time asks."""
    with service.lock:
        return service.handle(request)


def framed_headers(request: Request, response: Response) -> list[tuple[str, str]]:
    """The answer's headers with its length, which is not known of an answer to HEAD."""
    if request.method == "HEAD" and not response.body:
        return list(response.headers)
    return [*response.headers, ("Content-Length", str(len(response.body)))]


def waiting_time(response: Response, timeout: float | None) -> float:
    """Seconds that a client with this timeout waits for the answer."""
    return response.delay if timeout is None else min(response.delay, timeout)
