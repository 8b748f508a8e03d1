"""The scoreboard as values: the cases from the battery's table, the stacks as measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.battery.scenarios.answer import STALL, Asked, Drip, Endless, Pause
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.verdict import FAILED, NON_STRICT
from ips_contract.contract.versions import PRE_4_0
from ips_contract.xml.text import clipped
from scoreboard.stacks import WAYS, absent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ips_contract.battery.scenarios.answer import Step
    from ips_contract.battery.scenarios.scenario import Scenario
    from scoreboard.measure import Measured
    from scoreboard.stacks import Stack

Board = dict[str, Any]
_MOST_SERVED = 900  # Characters of an answer.
# Area → the numbers of its cases.
AREAS: dict[str, Iterable[int]] = {
    "XML in odd forms": (*range(12), 15),
    "SOAP in odd forms": (12, 13, 14),
    "HTTP in odd forms": range(16, 23),
    "Names and handles": (23,),
    "Faults": range(24, 30),
    "Broken transfer": (31, 32, 50),
    "Document types": (33, 34),
    "Not well-formed": (30, 45, 46, 47),
    "Envelope and Body": (*range(35, 41), 42, 43),
    "The result": (41,),
    "Status and type": (44, 48, 49),
    "Time and size": (51,),
}


def area_of(number: int) -> str:
    """The area of a case."""
    return next(name for name, numbers in AREAS.items() if number in numbers)


def cases() -> list[dict[str, Any]]:
    """The cases of the battery, by area."""
    order = list(AREAS)
    rows = sorted(SCENARIOS.values(), key=lambda row: order.index(area_of(row.number)))
    return [
        {
            "id": row.id,
            "area": area_of(row.number),
            "level": row.level,
            "title": row.title,
            "should": row.expect,
            "rule": row.rule,
            "served": served(row),
        }
        for row in rows
    ]


def served(scenario: Scenario) -> str:
    """The beginning of the answer, as a client gets it that takes gzip and speaks pre-4.0."""
    asked = Asked(
        PRE_4_0.namespace,
        scenario.served(dated=False),
        "http://127.0.0.1:PORT/case",
        accepts_gzip=True,
        operation=scenario.operation,
    )
    text = "".join(map(_told, scenario.answer.steps(asked))).lstrip("\n") or "[closed]"
    return text if len(text) <= _MOST_SERVED else f"{text[: _MOST_SERVED - 1]}…"


def _told(step: Step) -> str:
    """A step in words: bytes as text, where what cannot be shown is escaped."""
    if isinstance(step, bytes):
        text = step[: _MOST_SERVED * 2].decode("utf-8", "backslashreplace")
        lines = text.replace("\r\n", "\n").split("\n")
        return "\n".join(clipped(line, len(line) + 1) for line in lines)
    if isinstance(step, Pause):
        return f"\n[{step.seconds:g} s nothing]\n" if step != STALL else "\n[nothing more comes]"
    if isinstance(step, Drip):
        return f"[a byte each {step.seconds:g} s:]\n{_told(step.data)}"
    return f"{_told(step.data)}[again and again]" if isinstance(step, Endless) else "\n[reset]"


def facts(stack: Stack) -> Board:
    """What the table says of a stack."""
    return {
        "id": stack.id,
        "name": stack.name,
        "language": stack.language,
        "way": WAYS[stack.way],
        "careful": stack.careful,
        "maintained": stack.maintained,
        "state": stack.state,
        "from": stack.got_from,
        "driver": stack.folder,
        "command": " ".join(stack.command),
        "api_version": stack.api_version,
        "advice": stack.advice,
    }


def stack_row(stack: Stack, version: str, measured: Measured, date: str) -> Board:
    """A stack that was measured."""
    levels = {name: row.level for name, row in SCENARIOS.items()}
    return {
        **facts(stack),
        "version": version,
        "date": date,
        "seconds": list(measured.seconds),
        "typical_ms": list(measured.typical),
        "summary": summary(measured.cells, levels),
        "cells": measured.cells,
    }


def summary(cells: Mapping[str, Mapping[str, Any]], levels: Mapping[str, str]) -> dict[str, int]:
    """How many gating cases a stack passes and fails, strict ones it fails, and unsteady ones."""
    gating = [name for name in cells if levels[name] == "G"]
    failed = [name for name in gating if cells[name]["verdict"] == FAILED]
    return {
        "gating": len(gating),
        "failed": len(failed),
        "non_strict": sum(row["verdict"] == NON_STRICT for row in cells.values()),
        "unsteady": sum("unsteady" in row for row in cells.values()),
    }


def merged(
    before: Board | None,
    rows: Sequence[Board],
    missing: Mapping[str, str],
    table: Mapping[str, Stack],
) -> Board:
    """The board with new rows; what was not run this time stays as it was.

    Args:
        before: the board so far.
        rows: the stacks that were measured.
        missing: stack → why it could not be.
        table: all stacks; others are dropped.
    """
    known = {row["id"]: row for row in (before or {}).get("stacks", ())}
    known |= {row["id"]: row for row in rows}
    names = {stack.name: name for name, stack in table.items()}
    left_out = {
        names[row["name"]]: row["why"]
        for row in (before or {}).get("missing", ())
        if row["name"] in names
    }
    left_out |= {name: why for name, why in missing.items() if name not in known}
    stacks = [{**known[name], **facts(stack)} for name, stack in table.items() if name in known]
    stacks.sort(key=_place)
    return {
        "tool": "ips-contract",
        # That of the last measurement: a page that is only written anew was not measured by it.
        "version": before["version"] if before and not rows else __version__,
        "cases": cases(),
        "stacks": stacks,
        "missing": [
            *(
                {"name": stack.name, "why": left_out[name]}
                for name, stack in table.items()
                if name in left_out and name not in known
            ),
            *({"name": name, "why": why} for name, why in absent().items()),
        ],
    }


def _place(row: Board) -> tuple[bool, bool, int]:
    """Careful ones first, then those that are maintained; among these by what failed."""
    return not row["careful"], not row["maintained"], row["summary"]["failed"]


def as_json(board: Board) -> str:
    """The board as JSON text; each case and each cell has a line, so that changes can be read."""
    return _written(board, "") + "\n"


def _written(value: Any, indent: str) -> str:
    if not any(map(_has_objects, _items(value))):
        return json.dumps(value, ensure_ascii=False)
    inner = f"\n{indent} "
    if isinstance(value, dict):
        rows = [f"{json.dumps(key)}: {_written(item, indent + ' ')}" for key, item in value.items()]
    else:
        rows = [_written(item, indent + " ") for item in value]
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return f"{opened}{inner}{f',{inner}'.join(rows)}\n{indent}{closed}"


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _has_objects(value: Any) -> bool:
    """Whether it is an object of JSON, or has one in it."""
    return isinstance(value, dict) or any(map(_has_objects, _items(value)))
