"""The benchmark of what there is much of asks for all that can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import many

if TYPE_CHECKING:
    import pytest


def test_every_route_is_measured() -> None:
    assert many.unasked() == []


def test_pages_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MANY", 1_000)
    monkeypatch.setattr(many, "_ROUNDS", 1)
    found = {name: (first, again) for name, first, again in many.pages()}
    assert found.keys() == many.PAGES.keys()
    assert all(first > 0 and again > 0 for first, again in found.values())


def test_calls_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MANY", 6_001)
    assert len(list(many.control_calls())) == len(many.CALLS)
