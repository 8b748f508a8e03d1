"""That clients reach the fixtures' servers without the proxies that the environment names."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ips_contract.http.proxies import bypass, proxies

if TYPE_CHECKING:
    from collections.abc import Iterator


class Reach:
    """The hosts that are kept from proxies, each as long as its server runs.

    Attributes:
        told: what was done, in words.
    """

    def __init__(self) -> None:
        self._hosts: list[str] = []
        self._patch = pytest.MonkeyPatch()
        self.told: list[str] = []

    @contextmanager
    def without_proxy(self, host: str) -> Iterator[None]:
        """A block in which ``host`` is in NO_PROXY, if a proxy is set; then all is as before."""
        self._hosts.append(host)
        self._renew()
        try:
            yield
        finally:
            self._hosts.remove(host)
            self._renew()

    def _renew(self) -> None:
        # Anew for all of them: servers do not end in the order in which they began.
        self._patch.undo()
        for host in self._hosts:
            changed = bypass(os.environ, host)
            for name, value in changed.items():
                self._patch.setenv(name, value)
            if changed:
                self._tell(f"{proxies(os.environ)[0]} is set: NO_PROXY had {host} added meanwhile")

    def _tell(self, words: str) -> None:
        if words not in self.told:
            self.told.append(words)
