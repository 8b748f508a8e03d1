"""The benchmark of what there is much of asks for all that can be asked for."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks import many, many_calls
from ips_contract.mock.service import Service
from tests.sweep import every

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.


def test_every_route_is_measured() -> None:
    assert many_calls.unasked() == []


def test_pages_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MANY", 1_000)
    monkeypatch.setattr(many, "_ROUNDS", 1)
    found = {name: (first, again) for name, first, again in many.pages()}
    assert found.keys() == many.PAGES.keys()
    assert all(first > 0 and again > 0 for first, again in found.values())


def test_calls_can_be_made() -> None:
    calls = every(16, many_calls.CALLS)
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


def test_other_exchanges_are_of_all_kinds() -> None:
    service = Service()
    many_calls.fill_with_others(service, 20)
    kept = list(service.exchanges)
    assert [row.fault for row in kept[:10]] == [None] * 6 + [30001, 10001, None, None]
    assert [row.operation for row in kept] == ([*["submitJob"] * 9, "searchAssets"]) * 2
    assert [row.clean for row in kept[:10]] == [True] * 6 + [False, True, False, False]
    assert len(kept[0].body) > 60_000
    service.assert_submitted(times=14, overwrite=True, manualCropOptions={"left": 1, "top": 3})
    found = many_calls.asked(50, every(4, many_calls.OTHERS), many_calls.fill_with_others)
    assert all(first >= again > 0 for first, again in found)
