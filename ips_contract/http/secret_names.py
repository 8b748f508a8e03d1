"""What is a secret, told by where it stands: the names that say so, in one place.

Secrets are passwords and what stands for them. Whatever stands where credentials belong is
one, whatever it is called; users, locales and the like are none. All names are compared in
lower case.
"""

from __future__ import annotations

import re
from functools import lru_cache

STARS = b"***"
"""What is shown instead of one."""

# Parts of names of elements, attributes, keys, parameters and headers: password, AuthPassword,
# passwd, accessToken, samlResponse, what other services call theirs, and misspellings.
WORDS = (
    *("pass", "token", "saml", "pwd", "pasw", "sword", "secret", "credential", "kennwort"),
    *("apikey", "api-key", "api_key", "bearer"),
)
# These are compiled when a name is asked for, for many processes ask for none.
# Elements inside which credentials stand. Of a misspelt authHeader at least an end is left.
_PLACE = r"[^\s]*(?:auth|credential|usernametoken)[^\s]*|[^\s]*header|security|login(?:info|data)?"
# A date; messages, whose password is found by itself; faults, which have but a code and a reason.
_HARMLESS = r"passwordexpires|[^\s]*(?:param|return)"
_NO_PLACE = r"authors?|authority|[^\s]*(?:param|return|fault)"
# What stands there and may be seen: fields of authHeader, and of WS-Security and WS-Addressing.
OPEN_FIELDS = frozenset(
    (
        *("user", "username", "authuser", "locale", "appname", "appversion", "gzipresponse"),
        *("faulthttpstatuscode", "created", "expires", "action", "to", "messageid"),
    )
)
# Keys of credentials, as PHP makes them of an array.
FIELDS = OPEN_FIELDS | {"password", "authpassword", "accesstoken", "samlresponse"}

_HEADERS = frozenset({"cookie", "set-cookie", "x-csrf", "x-session"})
_HEADER_WORDS = (*WORDS, "auth", "signature", "session")
# The schemes of Authorization that are registered or common: a word that is none may be a secret.
_SCHEMES = frozenset(
    (
        *("basic", "bearer", "digest", "negotiate", "ntlm", "hoba", "mutual", "oauth", "dpop"),
        *("vapid", "privatetoken", "scram-sha-1", "scram-sha-256", "aws4-hmac-sha256", "gnap"),
    )
)
PARAMETER_WORDS = (*WORDS, "auth", "sig", "key", "session")


def _has(words: tuple[str, ...], name: str) -> bool:
    return any(word in name for word in words)


@lru_cache(maxsize=256)
def _is_secret(name: str) -> bool:
    return _has(WORDS, name) and re.fullmatch(_HARMLESS, name) is None


@lru_cache(maxsize=256)
def _is_place(name: str) -> bool:
    if name in OPEN_FIELDS:
        return False
    return re.fullmatch(_PLACE, name) is not None and re.fullmatch(_NO_PLACE, name) is None


_LONGEST = 100  # Characters of a name that is read; a longer one tells as much by its start.


def is_secret(name: str) -> bool:
    """Whether what an element or attribute with this local name holds is a secret."""
    return _is_secret(name[:_LONGEST].lower())


def is_place(name: str) -> bool:
    """Whether an element with this local name holds credentials, so that all in it is secret."""
    return _is_place(name[:_LONGEST].lower())


def is_hidden(name: str) -> bool:
    """Whether an element called ``name`` has a secret in it, so that its text is not shown."""
    return is_secret(name) or is_place(name)


def is_secret_header(name: str) -> bool:
    """Whether the value of the HTTP header called ``name`` is a secret."""
    name = name[:_LONGEST].lower()
    return name in _HEADERS or _has(_HEADER_WORDS, name)


def is_secret_parameter(name: str) -> bool:
    """Whether the value of the parameter called ``name``, of a query or a form, is a secret."""
    return _has(PARAMETER_WORDS, name[:_LONGEST].lower())


def scheme_of(authorization: str) -> str:
    """The scheme that the value of an Authorization header begins with; "" if it has none.

    Only a scheme that is known, with a blank after it: any other word may be the secret itself.
    """
    scheme, blank, _ = authorization.strip().partition(" ")
    return scheme if blank and scheme.lower() in _SCHEMES else ""
