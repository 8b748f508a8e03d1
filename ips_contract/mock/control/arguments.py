"""The arguments of a call, judged by the JSON Schema that describes them, in words for a reader.

Of JSON Schema this knows what the table of routes uses, and no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from ips_contract.mock.control.problems import Problem
from ips_contract.xml.text import clipped, list_of, no_such

Schema = Mapping[str, Any]

_MOST_DIGITS = 1_000
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}
_WORDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}


def read_json(data: bytes) -> Any:
    """The value that ``data`` is, in UTF-8.

    Raises:
        Problem: it is no JSON.
    """
    if not data.strip():
        raise Problem(400, "The body is empty; send a JSON object, {} if there is nothing to say.")
    try:
        value = json.loads(data.decode(), parse_constant=_refuse_constant, parse_int=_whole_number)
        if b"\\u" in data:  # Half a surrogate pair is no text that can be sent anywhere.
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise Problem(400, "The body is nested too deep; send a JSON object.") from None
    except ValueError as error:  # Of json, and of UTF-8.
        raise Problem(400, f"The body is no JSON: {error}; send an object.") from None
    return value


def _whole_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:  # Python reads some thousands, and names a setting of its own.
        raise ValueError(f"it has a number of {len(digits)} digits")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def read_query(query: str, known: Mapping[str, Schema]) -> dict[str, Any]:
    """The values of a query's parameters, of which ``known`` has the schemas.

    Raises:
        Problem: there is one that is not known, or twice, or of a wrong kind.
    """
    found: dict[str, Any] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            raise Problem(400, _unknown("parameter", name, tuple(known)))
        if name in found:
            raise Problem(400, f"The parameter {name} is there twice; give it once.")
        found[name] = read_text(name, text, known[name])
    return found


def read_text(name: str, text: str, schema: Schema) -> Any:
    """What ``text``, in a query or a path, stands for.

    Raises:
        Problem: it is none of what the schema takes.
    """
    value: object = text
    if schema["type"] == "integer" and text.isascii() and text.isdecimal() and len(text) < 20:
        value = int(text)
    return check(name, value, schema)


def check(name: str, value: Any, schema: Schema) -> Any:
    """``value`` as the function takes it, if it is what ``schema`` describes.

    Args:
        name: what it is called in messages; ``""`` for the whole body.
        value: as JSON has it.
        schema: its description.

    Raises:
        Problem: it is not; the words say what would be.
    """
    kinds = schema.get("type")
    if kinds is not None:
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if isinstance(value, float) and value.is_integer() and "number" not in kinds:
            value = int(value)  # JSON Schema calls 1.0 an integer, too.
        if not any(_is_a(value, kind) for kind in kinds):
            raise _wrong(name, value, schema)
    if isinstance(value, dict):
        return _check_object(name, value, schema)
    if isinstance(value, list):
        items = schema.get("items", {})
        if len(value) > schema.get("maxItems", len(value)):
            raise _wrong(name, value, schema)
        return [check(f"{name}[{index}]", item, items) for index, item in enumerate(value)]
    if "enum" in schema and value not in schema["enum"] and value is not None:
        place, _, what = name.rpartition(".")
        if what.endswith("]"):
            place, what = name, "item"
        words = _unknown(what, value, tuple(map(str, schema["enum"])))
        raise Problem(400, (f"In {place}: " if place else "") + words, pointer=_pointer(name))
    if isinstance(value, str):
        size = len(value)
        if not schema.get("minLength", 0) <= size <= schema.get("maxLength", size):
            raise _wrong(name, value, schema)
    elif _is_a(value, "number") and not (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
    ):
        raise _wrong(name, value, schema)
    return value


def _is_a(value: object, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _TYPES[kind])


def _check_object(name: str, value: dict[str, Any], schema: Schema) -> dict[str, Any]:
    known: Mapping[str, Schema] = schema.get("properties", {})
    if schema.get("additionalProperties") is False:
        for key in value:
            if key not in known:
                words = _unknown("field", key, tuple(known))
                where = f"In {name}: " if name else ""
                raise Problem(400, where + words, pointer=_pointer(name, key))
    for key in schema.get("required", ()):
        if key not in value:
            where = name or "The body"
            raise Problem(400, f"{where} has no {key}; it needs one: {_wanted(known[key])}.")
    if "oneOf" in schema:
        names = [option["required"][0] for option in schema["oneOf"]]
        if sum(key in value for key in names) != 1:
            raise Problem(400, f"Give one of {list_of(names)}, and only one.")
    for key, needed in schema.get("dependentRequired", {}).items():
        if key in value and not set(needed) <= value.keys():
            raise Problem(400, f"{key} is for {list_of(needed)}, which is not there.")
    return {
        key: check(f"{name}.{key}" if name else key, item, known[key]) if key in known else item
        for key, item in value.items()
    }


def _unknown(what: str, name: object, known: tuple[str, ...]) -> str:
    given = clipped(name) if isinstance(name, str) else name
    if not known:
        return f"There is a {what} {given!r}; give none."
    words = no_such(what, given, known)
    return f"{words[:1].upper()}{words[1:]}"


def _wrong(name: str, value: object, schema: Schema) -> Problem:
    shown = clipped(json.dumps(value))
    words = f"{name or 'The body'} is {shown}; give {_wanted(schema)}."
    return Problem(400, words, pointer=_pointer(name))


def _pointer(name: str, key: str = "") -> str:
    """The place as a JSON pointer in a URI fragment, as in the examples of RFC 9457."""
    steps = [*name.replace("[", ".").replace("]", "").split("."), key]
    return "#" + "".join(f"/{step.replace('~', '~0')}" for step in steps if step)


def _wanted(schema: Schema) -> str:
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    words = list_of([_WORDS[kind] for kind in kinds])
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None:
        words += f" from {least}" + (f" to {most}" if most is not None else " on")
    if "maxLength" in schema:
        words += f" of {schema.get('minLength', 0)} to {schema['maxLength']} characters"
    if "maxItems" in schema:
        words += f" of at most {schema['maxItems']} items"
    if "examples" in schema:
        words += f", such as {json.dumps(schema['examples'][0])}"
    return words
