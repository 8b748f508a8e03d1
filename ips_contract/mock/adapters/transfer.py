"""What the adapters share: how a request reaches the service, and what goes back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from ips_contract.http.messages import Streamed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.http.messages import Receiver, Request, Response
    from ips_contract.mock.service import Service

PIECE = 64 * 1024  # Bytes of a body that are read at once.
REASONS = {status.value: status.phrase for status in HTTPStatus}


def handle(service: Service, request: Request) -> Response:
    """The answer of ``service``, which one thread at a time asks."""
    with service.lock:
        return service.handle(request)


def streamed(
    method: str,
    target: str,
    headers: dict[str, str],
    receiver: Receiver,
    pieces: Iterable[bytes],
    scheme: str,
) -> Streamed:
    """The request with this head, whose body ``receiver`` has taken, as far as it wanted it."""
    for piece in pieces:
        if not receiver.feed(piece):
            break
    receiver.close()
    return Streamed.of(method, target, headers, receiver, scheme)


def framed_headers(request: Request, response: Response) -> list[tuple[str, str]]:
    """The answer's headers with its length, which is not known of an answer to HEAD."""
    if request.method == "HEAD" and not response.body:
        return list(response.headers)
    return [*response.headers, ("Content-Length", str(len(response.body)))]


def waiting_time(response: Response, timeout: float | None) -> float:
    """Seconds that a client with this timeout waits for the answer."""
    return response.delay if timeout is None else min(response.delay, timeout)
