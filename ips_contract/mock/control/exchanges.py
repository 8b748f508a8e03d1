"""The record: what came and what was answered; and whether it is what a test asks for."""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.redaction import redact, redact_target
from ips_contract.mock import assertions
from ips_contract.mock.arguments import check_operation
from ips_contract.mock.control.problems import Problem
from ips_contract.mock.control.routes import (
    FLAG,
    MAYBE_TEXT,
    MAYBE_WHOLE,
    MOMENT,
    NUMBER,
    TEXT,
    WHOLE,
    Asked,
    Route,
    body_of,
    list_schema,
    object_of,
)
from ips_contract.mock.control.values import body_fields, moment, plain
from ips_contract.validation.nearest_valid import nearest

if TYPE_CHECKING:
    from ips_contract.http.messages import Response
    from ips_contract.mock.control.arguments import Schema
    from ips_contract.mock.record import Exchange, Record

VERDICTS = VALID, INVALID, NONE = "valid", "invalid", "none"
_MOST = 1_000  # Exchanges in one answer.
_MOST_UNPACKED = 1024 * 1024  # Bytes of an answer that a test scripted as gzip.
_LARGEST = 2**53 - 1  # That all languages can hold.
_PARAMETERS: dict[str, Schema] = {
    "since": {
        "type": "integer",
        "minimum": 0,
        "maximum": _LARGEST,
        "default": 0,
        "description": "Only exchanges with a greater number: `next` of the answer before.",
    },
    "limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": _MOST,
        "default": 100,
        "description": "How many at most.",
    },
    "operation": {"type": "string", "description": "Only requests of this operation."},
    "verdict": {
        "type": "string",
        "enum": list(VERDICTS),
        "description": "Only requests with this verdict; `none` is what is no message to judge.",
    },
}
_NUMBER = {"number": {"type": "integer", "minimum": 1, "maximum": _LARGEST}}


def verdict_of(exchange: Exchange) -> str:
    """``valid`` or ``invalid``; ``none`` of what is no message."""
    return _verdict(exchange, *exchange.findings)


def _verdict(exchange: Exchange, errors: int, warnings: int) -> str:
    if errors:
        return INVALID
    return VALID if exchange.operation else INVALID if warnings else NONE


def summary(exchange: Exchange) -> dict[str, Any]:
    """What a list shows of an exchange."""
    errors, warnings = exchange.findings
    version = exchange.version
    return {
        "number": exchange.number,
        "time": moment(exchange.time),
        "operation": exchange.operation,
        "version": None if version is None else version.label,
        "method": exchange.method,
        "target": redact_target(exchange.head[1]),
        "verdict": _verdict(exchange, errors, warnings),
        "errors": errors,
        "warnings": warnings,
        "status": exchange.response.status,
        "fault": exchange.fault,
        "reason": exchange.reason,
        "handle": exchange.handle,
        "canned": exchange.canned,
        "notes": list(exchange.notes),
        "duration": round(exchange.duration, 6),
    }


_SUMMARY = {
    "number": {**WHOLE, "description": "From 1; it goes on when old exchanges are forgotten."},
    "time": {**MOMENT, "description": "When the request came, by the service's clock."},
    "operation": {**TEXT, "description": "Empty if the request names none."},
    "version": {**MAYBE_TEXT, "description": "The API version of the message."},
    "method": TEXT,
    "target": {**TEXT, "description": "Path and query, with secrets hidden."},
    "verdict": {"type": "string", "enum": list(VERDICTS)},
    "errors": {**WHOLE, "description": "How many errors the request has."},
    "warnings": {**WHOLE, "description": "How many warnings the request has."},
    "status": {**WHOLE, "description": "The HTTP status of the answer."},
    "fault": {**MAYBE_WHOLE, "description": "The code of the fault, if that was the answer."},
    "reason": {**TEXT, "description": "The reason of the fault."},
    "handle": {**TEXT, "description": "The job handle that was answered."},
    "canned": {**FLAG, "description": "The answer was the least that the schema allows."},
    "notes": list_schema(TEXT),
    "duration": {**NUMBER, "description": "Seconds that the service took."},
}
SUMMARY = object_of(_SUMMARY)
_BODY = {
    "body": {**TEXT, "description": "Text, or base64 if `encoding` says so; secrets hidden."},
    "encoding": {"type": "string", "enum": ["base64"]},
}
_VIOLATION = object_of(
    {
        "rule": TEXT,
        "severity": TEXT,
        "message": TEXT,
        "path": TEXT,
        "line": MAYBE_WHOLE,
        "column": MAYBE_WHOLE,
    }
)
_EXCHANGE = object_of(
    {
        **_SUMMARY,
        "request": object_of(
            {
                "method": TEXT,
                "target": TEXT,
                "headers": {"type": "object", "additionalProperties": TEXT},
                **_BODY,
            },
            "encoding",
        ),
        "report": object_of(
            {
                "valid": FLAG,
                "message": TEXT,
                "version": MAYBE_TEXT,
                "violations": list_schema(_VIOLATION),
            }
        ),
        "nearest_valid": {
            **list_schema(TEXT),
            "description": "The changes that make the message valid, as lines of a diff; none if "
            "there is no telling.",
        },
        "response": object_of(
            {
                "status": WHOLE,
                "headers": list_schema({"type": "array", "items": TEXT}),
                **_BODY,
                "delay": {**NUMBER, "description": "Seconds that it was held back."},
                "fate": {
                    "type": "string",
                    "enum": ["", "drop", "truncate"],
                    "description": "What became of it on its way.",
                },
            },
            "encoding",
        ),
        "files": list_schema(
            object_of({"name": TEXT, "folder": TEXT, "size": WHOLE, "sha256": TEXT})
        ),
    }
)


def list_exchanges(asked: Asked) -> dict[str, Any]:
    """The exchanges since a number, oldest first."""
    record, given = asked.service.exchanges, asked.given
    since, limit = given.get("since", 0), given.get("limit", 100)
    operation, verdict = given.get("operation"), given.get("verdict")
    found = (
        exchange
        for exchange in after(record, since)
        if (operation is None or exchange.operation == operation)
        and (verdict is None or verdict_of(exchange) == verdict)
    )
    rows = list(islice(found, limit + 1))
    more = len(rows) > limit
    rows = rows[:limit]
    return {
        "exchanges": [summary(exchange) for exchange in rows],
        "next": rows[-1].number if more else record.count,
        "more": more,
        "count": record.count,
        "kept": len(record),
    }


def after(record: Record, number: int) -> tuple[Exchange, ...]:
    """The exchanges that came after the one with a number, oldest first."""
    kept = tuple(record)
    return kept[bisect_right(kept, number, key=attrgetter("number")) :]


def _find(asked: Asked) -> Exchange:
    number = asked.given["number"]
    for exchange in after(asked.service.exchanges, number - 1)[:1]:
        if exchange.number == number:
            return exchange
    raise _no_exchange(asked.service.exchanges, number)


def _no_exchange(record: Record, number: int) -> Problem:
    if not len(record):
        return Problem(404, f"There is no exchange {number}, nor any other.")
    kept = f"there are {record[0].number} to {record[-1].number}"
    return Problem(404, f"There is no exchange {number}; {kept}.")


def one_exchange(asked: Asked) -> dict[str, Any]:
    """An exchange with all that is known of it."""
    exchange = _find(asked)
    method, target, headers, body = exchange.request[:4]
    status, lines, _, delay, fate = exchange.response
    return {
        **summary(exchange),
        "request": {
            "method": method,
            "target": target,
            "headers": headers,
            **body_fields(body),
        },
        "report": exchange.report.to_dict(),
        "nearest_valid": nearest(exchange.report),
        "response": {
            "status": status,
            "headers": [list(line) for line in lines],
            **body_fields(redact(_unpacked(exchange.response))),
            "delay": delay,
            "fate": fate,
        },
        "files": [
            {"name": file.name, "folder": file.folder, "size": file.size, "sha256": file.sha256}
            for file in exchange.files
        ],
    }


def _unpacked(response: Response) -> bytes:
    if ("Content-Encoding", "gzip") not in response.headers:
        return response.body
    try:
        return gunzip(response.body, _MOST_UNPACKED)
    except BadEncoding:
        return response.body


def delete_exchange(asked: Asked) -> None:
    """Forgets one."""
    number = asked.given["number"]
    if not asked.service.exchanges.remove(number):
        raise _no_exchange(asked.service.exchanges, number)


def delete_exchanges(asked: Asked) -> None:
    """Forgets all."""
    asked.service.exchanges.clear()


def verify(asked: Asked) -> dict[str, Any]:
    """What ``assert_submitted`` and ``assert_called`` say."""
    given, record = asked.given, asked.service.exchanges
    times = given.get("times")
    if "called" in given:
        operation = given["called"]
        check_operation(operation)
        found = assertions.compare_called(record, operation, given.get("fields", {}), times)
    else:
        found = assertions.compare_submitted(record, given["submitted"], times)
    if found.failure:
        raise Problem(
            409,
            found.failure,
            matching=[exchange.number for exchange in found.matching[:_MOST]],
            nearest=None if found.nearest is None else found.nearest.number,
            differences=[
                {"field": row.field, "expected": plain(row.expected), "got": plain(row.got)}
                for row in found.differences
            ],
        )
    return {
        "exchanges": [summary(exchange) for exchange in found.matching[:_MOST]],
        "count": len(found.matching),
    }


_EXPECTED = {
    "type": "object",
    "description": "Field → value. `true` stands for true and 1, a number for any way to write it, "
    "a list for an array, null for a field that is not there; `__` or a dot leads into nested "
    "ones.",
}
_UNKNOWN = {404: "There is no such exchange."}
_TAG = "exchanges"

ROUTES = (
    Route(
        "GET",
        "/exchanges",
        list_exchanges,
        "The exchanges since a number, oldest first.",
        object_of(
            {
                "exchanges": list_schema({"$ref": "#/components/schemas/Exchange"}),
                "next": {**WHOLE, "description": "Give it as `since` to get what comes later."},
                "more": {**FLAG, "description": "Whether there are more already."},
                "count": {**WHOLE, "description": "How many came, forgotten ones too."},
                "kept": {**WHOLE, "description": "How many are kept."},
            }
        ),
        _TAG,
        query=_PARAMETERS,
    ),
    Route(
        "DELETE",
        "/exchanges",
        delete_exchanges,
        "Forgets all exchanges; numbers begin with 1 again.",
        None,
        _TAG,
        status=204,
    ),
    Route(
        "GET",
        "/exchanges/{number}",
        one_exchange,
        "One exchange: request, report, nearest valid form, answer.",
        _EXCHANGE,
        _TAG,
        path_fields=_NUMBER,
        refusals=_UNKNOWN,
    ),
    Route(
        "DELETE",
        "/exchanges/{number}",
        delete_exchange,
        "Forgets one exchange.",
        None,
        _TAG,
        path_fields=_NUMBER,
        status=204,
        refusals=_UNKNOWN,
    ),
    Route(
        "POST",
        "/verify",
        verify,
        "Whether what was asked for came, as assert_submitted and assert_called say it.",
        object_of(
            {
                "exchanges": {
                    **list_schema({"$ref": "#/components/schemas/Exchange"}),
                    "description": f"Those that are as asked for, the first {_MOST:,} of them.",
                },
                "count": {**WHOLE, "description": "How many are."},
            }
        ),
        _TAG,
        body=body_of(
            {
                "submitted": {
                    **_EXPECTED,
                    "examples": [{"job_name": "My Job", "job": "imageServingPublishJob"}],
                },
                "called": {"type": "string", "examples": ["getFolders"]},
                "fields": _EXPECTED,
                "times": {
                    "type": ["integer", "null"],
                    "minimum": 0,
                    "maximum": _LARGEST,
                    "description": "How many there must be; null, or not there: at least one.",
                },
            },
            one_of=("submitted", "called"),
            only_with={"fields": "called"},
        ),
        refusals={
            409: "It did not come, or not so often: `detail` says what came instead, `differences` "
            "where the nearest request, whose number is `nearest`, differs.",
            422: "No request can have such a field, or there is no such operation.",
        },
    ),
)
