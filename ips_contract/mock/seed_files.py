"""Seeds in files: JSON, and YAML where PyYAML is installed."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ips_contract.extras import missing
from ips_contract.mock.state.seed import SeedError
from ips_contract.mock.state.seed_reading import read_seed

if TYPE_CHECKING:
    import os

    from ips_contract.mock.state.seed import Seed

_YAML = (".yaml", ".yml")


def read_seed_file(path: str | os.PathLike[str]) -> Seed:
    """The seed in a file: YAML if it is called ``.yaml`` or ``.yml``, else JSON.

    Raises:
        ImportError: it is YAML, and PyYAML is not installed.
        OSError: it cannot be read.
        SeedError: it is wrong; the message names the place.
    """
    file = Path(path)
    data = file.read_bytes()
    try:
        return read_seed(_yaml(data) if file.suffix.lower() in _YAML else _json(data))
    except SeedError as error:
        raise SeedError(f"{file}: {error}") from None
    except UnicodeDecodeError as error:
        words = f"byte {error.start + 1} is no {error.encoding.upper()}"
        raise SeedError(f"{file}: seed: {words}; save the file as UTF-8") from None
    except RecursionError:
        raise SeedError(f"{file}: seed: lists and mappings are nested too deep") from None
    except ValueError as error:
        raise SeedError(f"{file}: seed: {error}") from None


# What stands where JSON cannot be read on → what is meant, or missing. None of it can be a secret.
_HINTS = {
    "": "the file ends too early",
    "'": "texts stand in double quotes",
    ",": "there is a comma too many",
    "}": "there is a comma too many, or a value is missing",
    "]": "there is a comma too many, or a value is missing",
    '"': "there is a comma or a colon missing",
    "{": "there is a comma or a colon missing",
    "[": "there is a comma or a colon missing",
    "/": "JSON has no comments",
    "#": "JSON has no comments",
}


def _json(data: bytes) -> object:
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        # Where a comma was the last, Python's place is behind it or on it, by its version.
        at = error.doc[error.pos : error.pos + 1]
        words = _HINTS.get(at, "a value or a name in double quotes is expected")
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{where}: this is no JSON; {words}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _yaml(data: bytes) -> object:
    try:
        yaml: Any = import_module("yaml")
    except ImportError as error:
        raise missing("yaml", error) from error
    try:
        return yaml.safe_load(data)
    except yaml.YAMLError as error:
        # Not its own words: they show the lines, and there may be passwords in these.
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
        raise ValueError(f"{where}{getattr(error, 'problem', None) or 'no YAML'}") from None
