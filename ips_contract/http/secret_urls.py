"""Hides users' passwords, tokens and the parameters of secrets in URLs, wherever these stand."""

from __future__ import annotations

import re
from functools import cache

from ips_contract.http.secret_names import PARAMETER_WORDS, STARS

_USER = re.compile(rb"://([^\s/?#<>\"']*)@")
_MARKS = (b"?", b"&", b";", b"#")  # What stands before a parameter.


def hide_in_urls(data: bytes) -> bytes:
    """``data`` with the passwords and tokens hidden that URLs in it carry."""
    if b"@" in data and b"://" in data:
        data = _USER.sub(_hide_user, data)
    if b"=" in data and any(mark in data for mark in _MARKS):
        data = _parameter().sub(_hide_parameter, data)
    return data


@cache  # Most processes need none, and to compile it takes half a millisecond.
def _parameter() -> re.Pattern[bytes]:
    words = b"|".join(word.encode() for word in PARAMETER_WORDS)
    return re.compile(
        rb"[?&;#]((?:(?!%s)[\w.%%\[\]-])*+(?:%s)[\w.%%\[\]-]*+)=([^&\s<>\"'#]++)" % (words, words),
        re.IGNORECASE,
    )


def _hide_user(found: re.Match[bytes]) -> bytes:
    user, colon, password = found[1].partition(b":")
    if not colon:
        return b"://" + STARS + b"@"  # A token is given so.
    return b"://" + user + b":" + (STARS if password else b"") + b"@"


def _hide_parameter(found: re.Match[bytes]) -> bytes:
    return found[0][: found.start(2) - found.start()] + STARS
