"""Names and addresses of hosts, and what a Host header says."""

from __future__ import annotations

_USUAL = ("127.0.0.1", "localhost", "::1")


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address without a port, is this machine for itself alone."""
    name = host.lower().rstrip(".")
    if name in _USUAL:
        return True
    from ipaddress import ip_address  # A server that starts can do without.

    if name.endswith(".localhost"):  # RFC 6761 section 6.3.
        return True
    try:
        return ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """The name or the address in a Host header, without the port; ``""`` if it is none."""
    from urllib.parse import urlsplit

    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
