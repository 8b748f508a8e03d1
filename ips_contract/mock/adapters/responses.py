"""The service at the addresses of the real one, for clients on requests, by responses."""

from __future__ import annotations

import functools
import inspect
import io
import re
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from unittest.mock import patch

from ips_contract.contract.endpoints import HOSTS, UPLOAD_HOSTS
from ips_contract.extras import missing
from ips_contract.http.messages import Request
from ips_contract.mock.adapters.transfer import PIECE, REASONS, handle, streamed, waiting_time
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from requests import PreparedRequest
    from urllib3 import HTTPHeaderDict, HTTPResponse

P = ParamSpec("P")
T = TypeVar("T")

_HOST_URLS = re.compile(
    rf"(?i)https?://({'|'.join(map(re.escape, HOSTS + UPLOAD_HOSTS))})(:\d+)?([/?]|$)"
)
_METHODS = ("POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")


class Activation:
    """A service that answers what requests sends; see ``activate``."""

    def __init__(self, service: Service | None) -> None:
        self._service = service
        self._active: list[AbstractContextManager[Service]] = []

    def __enter__(self) -> Service:
        active = _active(Service() if self._service is None else self._service)
        service = active.__enter__()
        self._active.append(active)
        return service

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._active.pop().__exit__(kind, error, traceback)

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        """``function``, each of whose calls is made inside."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError("A generator runs on after its call: use a with statement in it.")

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wait(*args: P.args, **kwargs: P.kwargs) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return cast("Callable[P, T]", wait)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            with self:
                return function(*args, **kwargs)

        return call


def activate(service: Service | None = None) -> Activation:
    """Has a service answer what requests sends to the twelve hosts of IPS, any scheme, any path.

    A context manager that gives the service, and a decorator of functions, async ones too.
    Requests to other hosts go where they would without it: to the network, or to the
    ``responses`` mock that stands around it. A ``responses`` mock that is started inside of it
    gets all requests first; those to IPS that it lets pass (``responses.add_passthru``) come here,
    and never to the network.

    Args:
        service: what answers; by default a new one, at each activation.

    Raises:
        ImportError: responses is not installed; raised on entry.
        TypeError: it was written as a decorator without parentheses.
    """
    if callable(service):
        raise TypeError("Write @activate() with parentheses.")
    if service is not None:
        check_kind("service", service, Service, "a Service, such as Service()")
    return Activation(service)


@contextmanager
def _active(service: Service) -> Iterator[Service]:
    """``service`` answers what requests sends to HOSTS until this ends."""
    try:
        import responses
        from requests.adapters import HTTPAdapter

        # urllib3 before 2 has both nowhere else in public.
        from urllib3.response import HTTPHeaderDict, HTTPResponse  # type: ignore[attr-defined]
    except ImportError as error:
        raise missing("responses", error) from error

    mock = responses.RequestsMock(
        assert_all_requests_are_fired=False, real_adapter_send=HTTPAdapter.send
    )
    ask = _asker(service)

    def respond(request: PreparedRequest) -> HTTPResponse:
        status, lines, length, body = ask(request)
        fields = HTTPHeaderDict()
        for name, value in lines:
            fields.add(name, value)
        if length:
            fields["Content-Length"] = length
        original: Any = _Original(fields) if "Set-Cookie" in fields else None
        return HTTPResponse(
            io.BytesIO(body),
            fields,
            status,
            version=11,
            reason=REASONS.get(status),
            preload_content=False,
            decode_content=False,  # As requests has it: ``raw`` is as it came.
            original_response=original,
            request_method=request.method,
        )

    class Ours(responses.BaseResponse):
        """One for all methods: responses asks each of its own for every request."""

        def matches(self, request: PreparedRequest) -> tuple[bool, str]:
            ours = request.method in _METHODS and _HOST_URLS.match(request.url or "")
            return (True, "") if ours else (False, "This is no host of IPS.")

        def get_response(self, request: PreparedRequest) -> HTTPResponse:
            return respond(request)

    mock.add(Ours("POST", _HOST_URLS))
    mock.add_passthru(re.compile(""))
    with ExitStack() as stack:
        for name in _CONNECTS:
            real = getattr(HTTPAdapter, name, None)
            if real is not None:
                stack.enter_context(patch.object(HTTPAdapter, name, _connect(real, respond)))
        stack.enter_context(mock)
        yield service


# Where an adapter gets its connection: what another mock of responses lets pass comes here, for it
# calls the ``send`` that was there when responses was imported. The first is new in requests 2.32;
# older ones call the second, which knows the address only.
_CONNECTS = ("get_connection_with_tls_context", "get_connection")


def _connect(
    real: Callable[..., Any], respond: Callable[[PreparedRequest], HTTPResponse]
) -> Callable[..., Any]:
    """``real``, but to the hosts of IPS there is no connection: the service answers."""

    @functools.wraps(real)
    def connect(adapter: object, target: Any, *args: Any, **kwargs: Any) -> Any:
        url = str(getattr(target, "url", target))
        if not _HOST_URLS.match(url):
            return real(adapter, target, *args, **kwargs)
        if isinstance(target, str):
            raise ConnectionRefusedError(
                f"The mock answers what is let pass to {url} with requests 2.32 or later only."
            )
        return _Answered(respond(target))

    return connect


class _Answered:
    """What stands for urllib3's connections to a host, once the answer is known."""

    def __init__(self, answer: HTTPResponse) -> None:
        self._answer = answer

    def urlopen(self, *_: Any, **__: Any) -> HTTPResponse:
        """The answer, as urllib3 gives one."""
        return self._answer


def caught_elsewhere(error: BaseException) -> str:
    """What to do if ``error``, or what led to it, is another mock's refusal of a request to IPS.

    ``""`` if it is something else. A mock of responses that is started inside of ``activate`` gets
    all requests first, and refuses those that it does not know.
    """
    seen: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in seen:
        seen.append(at)
        url = str(getattr(getattr(at, "request", None), "url", ""))
        if _HOST_URLS.match(url) and "refused by Responses" in str(at):
            host = url.split("/", 3)[2]
            return (
                "Another mock of responses, which was started inside of this one, got the request"
                f" to {host} and refused it. Let it pass, and this one answers it:"
                " responses.add_passthru('https://s7sps')."
            )
        at = at.__cause__ or at.__context__
    return ""


def responses_callback(
    service: Service,
) -> Callable[[PreparedRequest], tuple[int, dict[str, str], bytes]]:
    """A callback for ``responses.add_callback``, where you want to choose methods and addresses.

    Delays are waited for, up to the client's read timeout, which is then raised.

    Raises:
        ImportError: requests is not installed.
    """
    ask = _asker(service)

    def callback(request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        status, lines, length, body = ask(request)
        headers = {name: value for name, value in lines if name.lower() != "content-length"}
        if length:
            headers["Content-Length"] = length
        return status, headers, body

    return callback


_Answer = tuple[int, tuple[tuple[str, str], ...], str, bytes]


def _asker(service: Service) -> Callable[[PreparedRequest], _Answer]:
    """What gives the answer to a request of requests: status, headers, length and body.

    It raises as requests does where the answer is to be late or broken.

    Raises:
        ImportError: requests is not installed.
    """
    try:
        from requests import exceptions
    except ImportError as error:
        raise missing("responses", error) from error

    def ask(request: PreparedRequest) -> _Answer:
        asked = _request(request, service)
        response = handle(service, asked)
        if response.delay > 0:
            timeout = _read_timeout(request)
            wait = waiting_time(response, timeout)
            time.sleep(wait)
            if wait < response.delay:
                text = f"Read timed out. (read timeout={timeout})"
                raise exceptions.ReadTimeout(text, request=request)
        if response.fate == "drop":
            text = "Connection aborted: remote end closed connection without response"
            raise exceptions.ConnectionError(text, request=request)
        body = b"" if request.method == "HEAD" else response.body
        if response.fate == "truncate" and body:
            half = len(body) // 2
            text = f"Connection broken: {half} bytes read, {len(body) - half} more expected"
            raise exceptions.ChunkedEncodingError(text, request=request)
        # responses before 0.26 waits for the length that an answer to HEAD names.
        length = str(len(body)) if request.method != "HEAD" else ""
        return response.status, response.headers, length, body

    return ask


def _read_timeout(request: Any) -> float | None:
    timeout = getattr(request, "req_kwargs", {}).get("timeout")  # Put there by responses.
    value: float | None = timeout[1] if isinstance(timeout, tuple) else timeout
    return value


def _request(request: PreparedRequest, service: Service) -> Request:
    headers = {
        name: value if isinstance(value, str) else value.decode("latin-1")
        for name, value in request.headers.lower_items()
    }
    if "host" not in headers:
        headers["host"] = (request.url or "").split("/", 3)[2].rpartition("@")[2]
    scheme = (request.url or "").partition(":")[0].lower()
    method, target, body = request.method or "", request.path_url, cast("Any", request.body)
    receiver = service.receiver(method, target, headers)
    if receiver is not None:
        return streamed(method, target, headers, receiver, _pieces(body), scheme)
    if body is None:
        body = b""
    elif isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = b"".join(_pieces(body))
    return Request(method, target, headers, body, scheme)


def _pieces(body: Any) -> Iterator[bytes]:
    """A body of any of the kinds that requests sends."""
    if isinstance(body, (str, bytes, bytearray, memoryview)):
        yield body.encode() if isinstance(body, str) else bytes(body)
    elif hasattr(body, "read"):  # A file, or what makes a form as it is read.
        while piece := body.read(PIECE):
            yield piece.encode() if isinstance(piece, str) else piece
    elif body is not None:
        yield from body  # A generator: what is sent in chunks.


class _Original:
    """What stands for http.client's response: requests reads the cookies from it."""

    def __init__(self, headers: HTTPHeaderDict) -> None:
        self.msg = headers

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """There is nothing to close."""
