"""The benchmark of what there is much of asks for all that can be asked for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchmarks import many, many_calls
from ips_contract.mock.service import Service
from tests.sweep import every

if TYPE_CHECKING:
    import pytest


def test_every_route_is_measured() -> None:
    assert many_calls.unasked() == []


def test_pages_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MANY", 1_000)
    monkeypatch.setattr(many, "_ROUNDS", 1)
    found = {name: (first, again) for name, first, again in many.pages()}
    assert found.keys() == many.PAGES.keys()
    assert all(first > 0 and again > 0 for first, again in found.values())


def test_calls_can_be_made() -> None:
    calls = every(8, many_calls.CALLS)
    found = many_calls.asked(6_010, calls)
    assert len(found) == len(calls)
    assert all(first >= again > 0 for first, again in found)


def test_five_kinds_of_jobs_are_submitted() -> None:
    service = Service()
    many_calls.fill(service, 100)
    kinds = Counter(job.kind for job in (run.job for run, _ in service.jobs.runs()))
    assert kinds == {"imageServingPublishJob": 50, "uploadUrlsJob": 20, "reprocessAssetsJob": 20}
    service.assert_submitted(times=30, publishType="Full")
    service.assert_submitted(times=20, publishType="Incremental")
