"""What the next requests are answered with."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from typing import TYPE_CHECKING, Any

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.mock.control.problems import Problem
from ips_contract.mock.control.routes import (
    TEXT,
    WHOLE,
    Asked,
    Route,
    body_of,
    list_schema,
    object_of,
)
from ips_contract.mock.control.values import body_fields, plain
from ips_contract.mock.script import AFTER, BEFORE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ips_contract.mock.control.arguments import Schema
    from ips_contract.mock.script import Script, Step

_FIELDS: dict[str, Schema] = {
    "times": {
        "type": "integer",
        "minimum": 1,
        "maximum": 1_000_000,
        "default": 1,
        "description": "How many requests are answered so.",
    },
    "fault": {
        "type": "integer",
        "enum": list(FAULT_CODES),
        "description": "The code of a fault to answer with; the request is not acted on.",
    },
    "delay": {
        "type": "number",
        "minimum": 0,
        "maximum": 86_400,
        "description": "Seconds to wait before the answer.",
    },
    "drop": {"type": "boolean", "description": "Close the connection without an answer."},
    "truncate": {"type": "boolean", "description": "Close it in the middle of the answer's body."},
    "malformed": {"type": "boolean", "description": "Send XML that ends early."},
    "status": {
        "type": "integer",
        "minimum": 200,
        "maximum": 599,
        "description": "The HTTP status; without body, fields and fault the body is empty, and the "
        "request is not acted on.",
    },
    "body": {
        "type": "string",
        "description": "The body to answer with, as it is; the request is not acted on.",
    },
    "encoding": {
        "type": "string",
        "enum": ["base64"],
        "description": "What `body` is, if no text.",
    },
    "fields": {
        "type": "object",
        "description": "Fields of the answer, written for the request's version; the request is "
        "not acted on.",
        "examples": [{"jobHandle": "47|My Job|"}],
    },
    "operation": {
        "type": "string",
        "description": "Whose requests: any operation of the contract, or `*` for all; submitJob "
        "if there is no path either.",
        "examples": ["submitJob"],
    },
    "path": {
        "type": "string",
        "description": "For requests to this path alone, or to this path with this query.",
        "examples": ["/scene7/UploadFile"],
    },
    "when": {
        "type": "string",
        "enum": [AFTER, BEFORE],
        "description": "`after`: requests that would be acted on; `before`: whatever the message "
        "and its credentials are.",
    },
}
SCRIPT = body_of(_FIELDS)
SHOWN = object_of(
    {
        "number": {**WHOLE, "description": "To delete it by."},
        "times": {**WHOLE, "description": "How many requests are still to get it."},
        "whom": {**TEXT, "description": "What it is for, in words."},
        "what": {**TEXT, "description": "What it does, in words."},
        **{name: schema for name, schema in _FIELDS.items() if name != "times"},
    },
    *(name for name in _FIELDS if name != "times"),
)


def script_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``Service.script`` that the fields of a script are.

    Raises:
        Problem: ``body`` is no base64, though ``encoding`` says so, or there is no ``body``.
    """
    found = dict(given)
    encoding = found.pop("encoding", None)
    if "body" not in found:
        if encoding is not None:
            raise Problem(422, "encoding is given without a body.")
        return found
    body = found["body"].encode()
    if encoding is not None:
        try:
            body = base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise Problem(422, f"body is no base64, as encoding says: {error}.") from None
    found["body"] = body
    return found


def shown(step: Step, times: int) -> dict[str, Any]:
    """A step that waits for so many requests."""
    row: dict[str, Any] = {
        "number": step.number,
        "times": times,
        "whom": step.whom,
        "what": str(step).removeprefix("scripted: "),
        "when": step.when,
    }
    for name in ("fault", "status", "operation", "path"):
        if getattr(step, name) is not None:
            row[name] = getattr(step, name)
    for name in ("delay", "drop", "truncate", "malformed"):
        if getattr(step, name):
            row[name] = getattr(step, name)
    if step.body is not None:
        row |= body_fields(step.body)
    if step.fields is not None:
        row["fields"] = plain(step.fields)
    return row


def waiting(script: Script) -> list[dict[str, Any]]:
    """The steps that wait, in the order they were added."""
    times = Counter(step.number for step in script.steps)
    steps = {step.number: step for step in script.steps}
    return [shown(step, times[number]) for number, step in steps.items()]


def list_scripts(asked: Asked) -> dict[str, Any]:
    """The scripts that wait."""
    return {"scripts": waiting(asked.service.scripted)}


def script(asked: Asked) -> dict[str, Any]:
    """``Service.script``."""
    arguments = script_arguments(asked.given)
    asked.service.script(**arguments)
    step = asked.service.scripted.steps[-1]
    return shown(step, arguments.get("times", 1))


def delete_scripts(asked: Asked) -> None:
    """Forgets all."""
    asked.service.scripted.clear()


def delete_script(asked: Asked) -> None:
    """Forgets one."""
    number = asked.given["number"]
    if not asked.service.scripted.remove(number):
        known = [row["number"] for row in waiting(asked.service.scripted)]
        there = f"those that wait are {known}" if known else "none waits"
        raise Problem(404, f"There is no script {number}; {there}.")


_TAG = "scripts"
ROUTES = (
    Route(
        "GET",
        "/scripts",
        list_scripts,
        "The scripted answers that wait for a request.",
        object_of({"scripts": list_schema({"$ref": "#/components/schemas/Script"})}),
        _TAG,
    ),
    Route(
        "POST",
        "/scripts",
        script,
        "Scripts what the next requests are answered with.",
        {"$ref": "#/components/schemas/Script"},
        _TAG,
        body=SCRIPT,
        status=201,
        refusals={422: "It does nothing, or contradicts itself, or names what no version has."},
    ),
    Route("DELETE", "/scripts", delete_scripts, "Forgets all scripts.", None, _TAG, status=204),
    Route(
        "DELETE",
        "/scripts/{number}",
        delete_script,
        "Forgets one script.",
        None,
        _TAG,
        path_fields={"number": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}},
        status=204,
        refusals={404: "There is no such script."},
    ),
)
