"""What ``ips_validate`` gives, and the surface of the other fixtures."""

from __future__ import annotations

import pytest

from ips_contract.mock.steering import Steering
from ips_contract.pytest_plugin.conformance import NonConforming, Policy, Terms
from ips_contract.pytest_plugin.mocks import Mock, Serve, ServerMock
from ips_contract.pytest_plugin.validate import Made, Validate
from tests.messages import request

POLICY = Policy(Terms(), frozenset(), keep=False, tell=lambda *_: None, serve=False)


def public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def test_a_test_sees_only_what_it_uses() -> None:
    assert not public(Validate(Made(POLICY)))
    assert not public(Serve)
    mock = public(Steering) | {"endpoint", "requests", "fresh", "expect_fault", "expect_violation"}
    assert public(Mock) == mock
    assert public(ServerMock) == mock | {"url", "host", "port", "wsdl_url", "ca_file"}


def test_the_terms_are_those_of_the_test_that_runs() -> None:
    made = Made(POLICY)
    judge = Validate(made)
    assert judge(request()).valid
    made.begin(Terms(strict=True))
    barred = request().replace(b"My Test Job", b"a|b")
    with pytest.raises(NonConforming, match="name-separator"):
        judge(barred)
    made.begin(Terms())
    assert judge(barred).warnings
