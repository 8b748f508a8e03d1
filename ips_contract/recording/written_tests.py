"""Captured exchanges → files for a project's tests: messages, and a module that checks them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.recording.templates import Placeholders, filled, template, unnumbered
from ips_contract.validation.exchanges import validate_exchange
from ips_contract.validation.traffic.captures import read_captures
from ips_contract.validation.validator import validate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.validation.report import Report
    from ips_contract.validation.traffic.model import Capture

MODULE = "test_recorded_messages.py"
_VALUES, _EXCHANGES = "values.json", "exchanges.json"
_LONGEST = 60  # Characters of an operation's name in the names of files.

_CODE = '''\
"""Recorded messages of the IPS API, and what ips-contract says of them.

Made by ips-contract fixtures. Each message has {{names}} for handles and dates; values.json has
what was recorded, and may be changed. ``filled`` gives a message to other tests, too.
"""

import json
from pathlib import Path

import ips_contract
import pytest

HERE = Path(__file__).parent
VALUES = json.loads((HERE / "values.json").read_text(encoding="utf-8"))
EXCHANGES = json.loads((HERE / "exchanges.json").read_text(encoding="utf-8"))


def filled(name, **values):
    """The message in the file of this name; ``values`` count before those of values.json."""
    text = (HERE / "messages" / name).read_text(encoding="utf-8")
    for key, value in {**VALUES, **values}.items():
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = text.replace("{{" + key + "}}", value)
    return text.encode("utf-8")


def rules(violations):
    return sorted({violation.rule for violation in violations})


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange["name"])
def test_recorded_messages(exchange):
    request = filled(exchange["request"])
    if exchange["response"] is None:
        report = ips_contract.validate(request, logged_in=exchange["logged_in"])
        assert rules(report.violations) == exchange["found"]["request"], report.text()
        return
    response = filled(exchange["response"])
    found = ips_contract.validate_exchange(request, response, logged_in=exchange["logged_in"])
    assert rules(found.request.violations) == exchange["found"]["request"], found.request.text()
    answered = [*found.response.violations, *found.violations]
    assert rules(answered) == exchange["found"]["response"], found.response.text()
'''


class Written(NamedTuple):
    """What becomes of captures.

    Attributes:
        files: path below the folder → content.
        exchanges: how many have files.
        repeated: how many showed nothing new.
        unread: how many have a request that is no XML.
        problems: what could not be read.
    """

    files: dict[str, bytes]
    exchanges: int
    repeated: int
    unread: int
    problems: tuple[str, ...]


def written(data: bytes, *, har: bool) -> Written:
    """Files for a log of the mock or the recorder, or for a HAR file.

    Raises:
        ValueError: ``data`` is neither.
    """
    captures = read_captures(data, har=har)
    placeholders = Placeholders()
    seen: set[tuple[bytes, bytes]] = set()
    files: dict[str, bytes] = {}
    rows: list[dict[str, Any]] = []
    repeated = unread = 0
    for capture in captures.exchanges:
        kept = len(placeholders.values)
        request, response = _templates(capture, placeholders)
        if request is None:
            unread += 1
            continue
        key = unnumbered(request), unnumbered(response or b"")
        if key in seen:
            repeated += 1
            placeholders.forget(kept)
            continue
        seen.add(key)
        row = _row(capture, len(rows) + 1, request, response, placeholders.values)
        rows.append(row)
        files[f"messages/{row['request']}"] = request
        if response is not None:
            files[f"messages/{row['response']}"] = response
    files[_VALUES] = _json(placeholders.values)
    files[_EXCHANGES] = _json(rows)
    files[MODULE] = _CODE.encode()
    return Written(files, len(rows), repeated, unread, captures.problems)


def _templates(capture: Capture, placeholders: Placeholders) -> tuple[bytes | None, bytes | None]:
    request = capture.request and template(capture.request.data, placeholders)
    if not request:
        return None, None
    return request, (capture.response and template(capture.response.data, placeholders)) or None


def _row(
    capture: Capture, number: int, request: bytes, response: bytes | None, values: dict[str, str]
) -> dict[str, Any]:
    """What the module is told of an exchange: its files, and what is found in them."""
    logged_in = bool((capture.headers or {}).get("authorization", "").strip())
    report: Report
    found: dict[str, list[str]] = {}
    asked = filled(request, values)
    if response is not None:
        judged = validate_exchange(asked, filled(response, values), logged_in=logged_in)
        report = judged.request
        answered = (*judged.response.violations, *judged.violations)
        found["response"] = _rules(row.rule for row in answered)
    else:
        report = validate(asked, logged_in=logged_in)
    found["request"] = _rules(row.rule for row in report.violations)
    what = report.message.removesuffix("Param")[:_LONGEST] or "message"
    what = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in what)
    name = f"{number:04}-{what}"
    return {
        "name": name,
        "from": capture.name,
        "request": f"{name}.request.xml",
        "response": f"{name}.response.xml" if response is not None else None,
        "logged_in": logged_in,
        "found": found,
    }


def _rules(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


def _json(value: object) -> bytes:
    return f"{json.dumps(value, indent=1, ensure_ascii=False)}\n".encode()
