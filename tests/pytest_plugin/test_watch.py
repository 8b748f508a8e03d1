"""A service as the run sees it."""

from __future__ import annotations

import pytest

from ips_contract.mock.service import Service
from ips_contract.pytest_plugin.conformance import Policy, Terms
from ips_contract.pytest_plugin.watch import Watch


class Missing:
    """What activates a mock whose library is not installed."""

    def __enter__(self) -> Service:
        raise ModuleNotFoundError("This needs responses")

    def __exit__(self, *_: object) -> None:
        raise AssertionError("it was never entered")


def test_what_could_not_be_activated_is_not_ended() -> None:
    policy = Policy(Terms(), frozenset(), keep=False, tell=lambda *_: None, serve=False)
    watch = Watch(Service(), policy, "ips_mock", activate=lambda _: Missing())
    with pytest.raises(ModuleNotFoundError, match="This needs responses"):
        watch.begin(Terms())
    assert not watch.is_activated
    watch.end()
