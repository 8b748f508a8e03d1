"""Messages with known verdicts: the documented ones, and for each rule ones that keep and break it.

They ship with the package. ``load("valid/documented-request.xml")`` gives one's bytes,
``all_fixtures()`` the table.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.xml.text import near

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class Fixture(NamedTuple):
    """A message, or an answer with its request, and the verdict on it.

    Attributes:
        name: file name below ``fixtures/``, such as ``invalid/constant--case.xml``.
        rule: id of the one rule that it breaks; None if it breaks none.
        beside: id of the rule that it keeps narrowly, where a fixture beside it breaks it.
        version: label of the API version; None where the document names none.
        path: path of the finding; None for valid ones.
        line: line of the finding; None where there is none.
        source: where the message or its rule comes from.
        limit: size limit in bytes to judge it with; None for the default.
        request: name of the request that it answers, for rules about exchanges.
    """

    name: str
    rule: str | None
    beside: str | None
    version: str | None
    path: str | None
    line: int | None
    source: str
    limit: int | None
    request: str | None

    @property
    def data(self) -> bytes:
        """The message's bytes."""
        return load(self.name)


def directory() -> Traversable:
    """The folder of the fixtures: inside an installed package, beside a clone's."""
    package = files("ips_contract")
    inside = package / "fixture_files"
    return inside if inside.is_dir() else package / ".." / "fixtures"


def load(name: str) -> bytes:
    """The bytes of the fixture called ``name``.

    Raises:
        FileNotFoundError: there is no such fixture; the message says what was probably meant.
    """
    try:
        return _read(name)
    except FileNotFoundError:
        raise FileNotFoundError(_no_fixture(name)) from None


def _read(name: str) -> bytes:
    return directory().joinpath(*name.split("/")).read_bytes()


def _no_fixture(name: str) -> str:
    known = tuple(
        each for row in all_fixtures() for each in (row.name, row.request) if each is not None
    )
    meant = near(name, known)
    hint = f"did you mean {meant}?" if meant else "ips_contract.fixtures.all_fixtures() has all"
    return f"no fixture {name!r}; {hint}"


@lru_cache(maxsize=1)
def all_fixtures() -> tuple[Fixture, ...]:
    """All fixtures, in the order of ``fixtures/manifest.json``."""
    return tuple(Fixture(**entry) for entry in json.loads(_read("manifest.json")))
