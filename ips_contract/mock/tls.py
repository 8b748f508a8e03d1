"""TLS for the mock: a certificate made on the spot, or one of the user's own."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.endpoints import HOSTS, UPLOAD_HOSTS
from ips_contract.mock.clock import real_time

if TYPE_CHECKING:
    import os
    from typing import Self

MISSING = "A certificate made on the spot needs trustme: pip install 'ips-contract[tls]'"
NAMES = ("localhost", "127.0.0.1", "::1", *HOSTS, *UPLOAD_HOSTS)
"""What a certificate made on the spot is for: this machine, and the hosts of the real service."""

# macOS and iOS take no certificate of a server that is valid for longer than 825 days.
_VALID = timedelta(days=800)
_BEFORE = timedelta(days=1)  # The clock of a container or of another machine may be behind.


class Tls(NamedTuple):
    """How a server speaks TLS: ``Tls.make()``, ``Tls.read(…)``, or a context of one's own.

    Several servers may have the same.

    Attributes:
        context: with the certificate and its key.
        ca: the certificate, in PEM, that clients have to trust; empty if that is not known.
    """

    context: ssl.SSLContext
    ca: bytes = b""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    @classmethod
    def make(cls, *names: str) -> Self:
        """With a certificate made now by a CA made now, which nobody trusts but who is told to.

        The keys of both are nowhere but in the memory of this process. OpenSSL wants that of the
        certificate in a file: for a moment it is in one that only the user can read.

        Args:
            names: host names and IP addresses that the certificate is for, beside ``NAMES``.

        Raises:
            ImportError: trustme is not installed.
            ValueError: a name is neither a host name nor an address.
        """
        try:
            import trustme
        except ImportError as error:
            raise ImportError(MISSING) from error
        context = _context()
        ca = trustme.CA(organization_name="ips-contract, a mock")
        now = datetime.fromtimestamp(real_time(), UTC)
        try:
            certificate = ca.issue_cert(
                *dict.fromkeys((*NAMES, *names)),
                organization_name="ips-contract, a mock",
                not_before=now - _BEFORE,
                not_after=now + _VALID,
            )
        except ValueError as error:
            told = ", ".join(repr(name) for name in names if name not in NAMES)
            raise ValueError(f"{told}: no names for a certificate: {error}") from None
        certificate.configure_cert(context)
        return cls(context, ca.cert_pem.bytes())

    @classmethod
    def read(cls, cert: str | os.PathLike[str], key: str | os.PathLike[str] | None = None) -> Self:
        """With a certificate of one's own.

        Args:
            cert: a file in PEM: the certificate, then those that lead to its CA, if there are any.
            key: a file in PEM with the private key, which has no password; None: it is in ``cert``.

        Raises:
            OSError: a file cannot be read.
            ValueError: they are no certificate and its key.
        """
        context = _context()
        for path in (cert, key):
            if path is not None:
                with open(path, "rb"):  # OpenSSL's own error does not name the file.
                    pass

        def refuse() -> str:  # Else OpenSSL would ask at the terminal, and wait.
            raise ValueError(f"{key or cert}: the key has a password; give it without one")

        try:
            context.load_cert_chain(cert, key, refuse)
        except ssl.SSLError as error:
            files = f"{cert}" if key is None else f"{cert}, {key}"
            raise ValueError(f"{files}: {_told(error, has_key=key is not None)}") from None
        return cls(context)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _told(error: ssl.SSLError, *, has_key: bool) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "this key is not that of this certificate"
    need = "a certificate and a private key" if has_key else "a certificate with its private key"
    return f"these are not {need} in PEM ({(error.reason or 'nothing was found').lower()})"
