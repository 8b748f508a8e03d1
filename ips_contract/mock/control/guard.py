"""Who may use the interface: not a web page from elsewhere, nor who does not have the token.

A browser lets any page send requests to this machine, and a name that a page was loaded from can be
bound anew to 127.0.0.1 (DNS rebinding). Both show: in Origin, and in Host.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ips_contract.http.hosts import host_of, is_loopback
from ips_contract.mock.control.problems import Problem

if TYPE_CHECKING:
    from ips_contract.http.messages import Request

_JSON = "application/json"
_ELSEWHERE = ("cross-site", "same-site")  # The same site is another port, or another name.
_CHANGES = ("POST", "PUT", "PATCH")


class Guard:
    """Checks requests.

    Args:
        host: the address that the server listens at.
        token: what must be in Authorization as a bearer's token; None: nothing must.
    """

    def __init__(self, host: str, token: str | None = None) -> None:
        self._host = host.lower()
        self._token = token.encode() if token is not None else None

    def check_place(self, request: Request) -> None:
        """Does nothing if ``request`` came to a name of this machine, from no page from elsewhere.

        Raises:
            Problem: 403.
        """
        host = host_of(request.headers.get("host", ""))
        # With a token none of this machine's other names can be abused: who has it may come in.
        known = self._token is not None or is_loopback(host) or host == self._host
        if not known:
            raise Problem(
                403,
                f"The interface is not for the host {host[:100]!r}: ask localhost, 127.0.0.1 or "
                "[::1].",
            )
        origin = request.headers.get("origin")
        if origin is not None and not _is_same(origin, request.headers.get("host", "")):
            raise Problem(
                403,
                f"The interface is not for pages from elsewhere: the Origin is {origin[:100]!r}, "
                f"and only {request.scheme}://{request.headers.get('host', '')[:100]} is let in.",
            )
        # What a page has loaded as an image or a script has no Origin; browsers say it here (W3C
        # Fetch Metadata). A link from elsewhere may lead here: its page learns nothing of it.
        site = request.headers.get("sec-fetch-site", "").lower()
        follows_link = request.headers.get("sec-fetch-mode", "").lower() == "navigate"
        if site in _ELSEWHERE and not (follows_link and request.method in ("GET", "HEAD")):
            raise Problem(
                403, f"The interface is not for pages from elsewhere: Sec-Fetch-Site is {site}."
            )

    def check_token(self, request: Request) -> None:
        """Does nothing if no token is needed, or ``request`` has it.

        Raises:
            Problem: 401.
        """
        if self._token is None:
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), self._token)
        if scheme.lower() != "bearer" or not right:
            raise Problem(
                401,
                "Send the token that the server was started with: Authorization: Bearer TOKEN.",
                ("WWW-Authenticate", "Bearer"),
            )


def check_type(request: Request) -> None:
    """Does nothing if ``request`` changes nothing, or says that its body is JSON.

    Pages can send forms and plain text to any address without asking; not JSON.

    Raises:
        Problem: 415.
    """
    if request.method not in _CHANGES:
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise Problem(
            415,
            f"The Content-Type is {kind[:100] or 'missing'}; send {_JSON}.",
            ("Accept-Post", _JSON),
        )


def _is_same(origin: str, host: str) -> bool:
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
