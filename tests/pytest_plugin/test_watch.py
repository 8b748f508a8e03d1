"""What comes to a service within a test, as it is noted."""

from __future__ import annotations

from ips_contract.mock.service import Service
from ips_contract.pytest_plugin import watch
from ips_contract.pytest_plugin.conformance import Policy, Terms
from tests.calls import NEW, call

COMPANY = "<companyHandle>c|47</companyHandle>"


def test_canned_answers_do_not_crowd_out_a_message_that_does_not_conform() -> None:
    service, told = Service(), []
    policy = Policy(Terms(), frozenset(), False, lambda judgement, _: told.append(judgement))
    watched = watch.Watch(service, policy, "ips_server")
    watched.begin(Terms())
    for _ in range(2 * watch._MOST_KEPT + 1):
        call_quickly(service)
    call(service, "getVignettePublishFormats", "<x/>", NEW)
    assert "getVignettePublishFormats" in watched.finish()
    assert len(told) == 1


def call_quickly(service: Service) -> None:
    """A message that conforms, recorded without being sent so often."""
    if not service.exchanges:
        call(service, "getVignettePublishFormats", COMPANY, NEW)
    else:
        service.exchanges.add(service.exchanges[0])
