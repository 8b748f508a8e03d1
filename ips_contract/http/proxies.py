"""The proxies that an environment names, and what keeps an address of this machine from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# For plain HTTP. Some clients read one case only (curl reads http_proxy in lower case, for CGI).
_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
_EXCEPTIONS = ("no_proxy", "NO_PROXY")


def proxies(environment: Mapping[str, str]) -> list[str]:
    """The variables that send plain HTTP to a proxy."""
    return [name for name in _PROXIES if environment.get(name)]


def bypass(environment: Mapping[str, str], host: str) -> dict[str, str]:
    """The variables to set so that clients reach ``host`` without a proxy; {} if they do already.

    What stands in them stays. Both cases are set: most clients look at the lower one first, some
    at one only. Who had only one of the two finds its exceptions in the other as well.

    Args:
        environment: that of the clients.
        host: the host as it stands in addresses, an IPv6 address without brackets: httpx takes
            no others.
    """
    if not proxies(environment):
        return {}
    changed = {}
    for name, other in (_EXCEPTIONS, _EXCEPTIONS[::-1]):
        value = environment.get(name) or environment.get(other) or ""
        hosts = [part.strip() for part in value.split(",")]
        if "*" not in hosts and host not in hosts:
            value = ",".join([*filter(None, hosts), host])
        if environment.get(name) != value:
            changed[name] = value
    return changed
