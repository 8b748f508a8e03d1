"""A document at an address that somebody named, bounded in time and memory."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_CHUNK = 64 * 1024
_PATIENCE = 30.0  # Seconds for the whole.


def is_url(name: str) -> bool:
    """Whether ``name`` is a URL, and no file's."""
    return _SCHEME.match(name) is not None


def fetch(url: str, most: int, clock: Callable[[], float] = time.monotonic) -> bytes:
    """The first ``most`` bytes of what is at ``url``; redirections are followed.

    Raises:
        OSError: it cannot be had; ``strerror`` says why, without the URL.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise OSError(0, f"it is no URL: {error}") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise OSError(0, f"{parts.scheme} is not read; give an http or https URL, or a file")
    if parts.username is not None:
        raise OSError(0, "credentials in a URL are not sent; save the WSDL, and give the file")
    # Without the openers of urlopen() for files and FTP: a redirection leads nowhere else, either.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    until = clock() + _PATIENCE
    try:
        with opener.open(url, timeout=_PATIENCE) as answer:
            return _first(answer, most, lambda: clock() > until)
    except urllib.error.HTTPError as error:
        with suppress(OSError):
            error.close()
        raise OSError(0, f"the answer has status {error.code}") from None
    except urllib.error.URLError as error:
        reason = error.reason
        words = getattr(reason, "strerror", None) or str(reason)
        raise OSError(0, words) from None
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(0, f"no answer that can be read ({type(error).__name__})") from None


def _first(answer: http.client.HTTPResponse, most: int, is_late: Callable[[], bool]) -> bytes:
    chunks = []
    while most and (chunk := answer.read1(min(most, _CHUNK))):
        chunks.append(chunk)
        most -= len(chunk)
        if is_late():
            raise OSError(0, f"the answer takes longer than {_PATIENCE:g} seconds")
    return b"".join(chunks)
