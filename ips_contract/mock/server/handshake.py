"""What to say of a handshake of TLS that comes to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

_DISTRUST = (
    "the client does not trust the server's certificate ({}): have it trust the CA that signed it"
)
_NOT_SHARED = "client and server have no version or cipher of TLS in common ({})"
# By what is in OpenSSL's name of the reason. Clients tell distrust by one of three alerts: OpenSSL
# sends unknown_ca, Java certificate_unknown, others bad_certificate (RFC 8446 section 6.2).
_REASONS = {
    "UNKNOWN_CA": _DISTRUST,
    "CERTIFICATE_UNKNOWN": _DISTRUST,
    "BAD_CERTIFICATE": _DISTRUST,
    "PROTOCOL": _NOT_SHARED,
    "VERSION": _NOT_SHARED,
    "NO_SHARED_CIPHER": _NOT_SHARED,
}


def handshake_failure(error: OSError | ssl.SSLError, seconds: float) -> str:
    """Words for the ``error`` that ended a handshake, which had ``seconds``."""
    reason = str(getattr(error, "reason", None) or "")
    if reason:
        words = next((_REASONS[part] for part in _REASONS if part in reason), "{}")
        told = words.format(reason.lower().replace("_", " "))
    elif isinstance(error, ConnectionAbortedError):
        told = f"it was not complete after {seconds:g} seconds"
    else:
        told = "the client ended it; it may not trust the server's certificate"
    return f"The TLS handshake failed: {told}."
