"""What a run found: merged from processes, bounded, and the exchanges as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract import validate
from ips_contract.http.content_encoding import gzip
from ips_contract.http.messages import Response
from ips_contract.pytest_plugin.conformance import Terms, judge
from ips_contract.pytest_plugin.entries import Place, entry
from ips_contract.pytest_plugin.results import Results
from tests.messages import request
from tests.pytest_plugin.test_conformance import FULL, exchange

if TYPE_CHECKING:
    import pytest

PLACE = Place("test_a.py::test_b", "test_a.py", 3)


def test_results() -> None:
    results = Results(entries=True, seen=True)
    results.take(judge(exchange(FULL), Terms()), "ips_server", PLACE)
    results.take(judge(exchange(request()), Terms()), "ips_server", PLACE)
    merged = Results(entries=True, seen=True)
    for _ in range(2):
        merged.merge(results.dump())
    assert merged.verdicts == {"deviates": 2, "conforms": 2}
    assert merged.deviations == results.deviations
    assert merged.seen["operations", "submitJob"] == 2
    assert merged.entries == results.entries * 2
    assert merged.entries[0].report().violations == validate(FULL).violations


def test_what_conforms_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ips_contract.pytest_plugin.results._MOST_ENTRIES", 2)
    results = Results(entries=True, seen=False)
    for document in (request(), request(), request(), FULL):
        results.take(judge(exchange(document), Terms()), "ips_server", PLACE)
    assert ([row.verdict for row in results.entries], results.left_out) == (
        ["conforms", "conforms", "deviates"],
        1,
    )


def test_entry_texts() -> None:
    packed = Response(200, (("Content-Encoding", "gzip"),), gzip(b"<answer/>"))
    assert entry(judge(exchange(FULL, packed), Terms()), "f", PLACE).response == "<answer/>"
    broken = packed._replace(body=b"<answer/>")
    assert entry(judge(exchange(FULL, broken), Terms()), "f", PLACE).response == "<answer/>"
    wide = "\ufeff<a/>".encode("utf-16")
    assert entry(judge(exchange(wide), Terms()), "f", PLACE).request.endswith("<a/>")
