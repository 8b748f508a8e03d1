"""seed.schema.json takes the seeds that ``read_seed`` takes, as far as a schema can say."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ips_contract.mock.state import seed_reading
from ips_contract.mock.state.seed_reading import read_seed
from tests.blocks import REFERENCE, ROOT
from tests.mock.test_seed import WHOLE, WRONG

SCHEMA = json.loads((REFERENCE / "seed.schema.json").read_text(encoding="utf-8"))
# What is wrong only beside something else of the seed, or by the contract's details of a type.
BEYOND = re.compile(
    r"two of one|there is no asset|has no |no company|\.info|is 184467|another|no name of|already"
)


def is_valid(seed: object) -> bool:
    return bool(Draft202012Validator(SCHEMA).is_valid(seed))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_right_seeds() -> None:
    example = (ROOT / "examples" / "catalogue" / "seed.json").read_text(encoding="utf-8")
    for seed in (WHOLE, json.loads(example), {"$schema": "seed.schema.json"}, {}):
        read_seed(seed)
        assert is_valid(seed)


@pytest.mark.parametrize(("seed", "words"), WRONG)
def test_wrong_seeds(seed: object, words: str) -> None:
    if "has no name" in words or not BEYOND.search(words):
        assert not is_valid(seed)


def test_it_has_the_fields_that_are_read() -> None:
    read: dict[str, tuple[set[str], set[str]]] = {}
    real = seed_reading._Node.fields

    def noted(node: Any, *names: str, needed: tuple[str, ...] = ()) -> Any:
        kind = re.sub(r"\[\d+\]", "", node.place)
        if not kind.endswith(".info"):
            read[kind] = ({*names, *needed}, set(needed))
        return real(node, *names, needed=needed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seed_reading._Node, "fields", noted)
        read_seed(WHOLE)
    described = {
        (frozenset(kind["properties"]), frozenset(kind.get("required", ())))
        for kind in (SCHEMA, *SCHEMA["$defs"].values())
        if "properties" in kind
    }
    assert described == {(frozenset(names), frozenset(needed)) for names, needed in read.values()}
