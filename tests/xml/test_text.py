"""Texts as XML reads them."""

from __future__ import annotations

from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract import validate_exchange
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST
from ips_contract.xml.text import collapse, near, no_such
from tests.messages import REQUEST, RESPONSE


def test_collapse() -> None:
    assert collapse(" \t a \r\n b ") == "a b"
    assert collapse("\u00a0") == "\u00a0"


@pytest.mark.parametrize(
    ("text", "collapsed"),
    [("a b", "a b"), (" a b", "a b"), ("a  b", "a b"), ("\ta\n b\r", "a b"), ("\xa0a", "\xa0a")],
)
def test_blanks_are_collapsed(text: str, collapsed: str) -> None:
    assert collapse(text) == collapsed
    asked = REQUEST.replace(b"My Test Job", text.encode())
    answer = RESPONSE.replace(b"My Test Job", collapsed.encode())
    assert validate_exchange(asked, answer).valid


FIELDS = tuple(field.name for field in contract(LATEST).complex_types["UploadPostJob"].fields)


def edited(name: str) -> st.SearchStrategy[str]:
    """Names that are more or less like ``name``."""
    letters = st.permutations(name).map("".join)
    cuts = st.tuples(st.integers(0, len(name)), st.integers(0, 6), st.text("aeJob", max_size=6))
    some = cuts.map(lambda cut: name[: cut[0]] + cut[2] + name[cut[0] + cut[1] :])
    return letters | some | some.map(str.upper)


@given(st.sampled_from(FIELDS).flatmap(edited))
def test_a_near_name_is_the_one_that_difflib_finds(name: str) -> None:
    folded = {field.casefold(): field for field in FIELDS}
    close = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.75)
    assert near(name, FIELDS) == (folded[close[0]] if close else None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lxm", "no engine 'lxm'; did you mean lxml?"),
        ("LXML", "no engine 'LXML'; did you mean lxml?"),
        ("xml", "no engine 'xml'; did you mean lxml?"),
        ("x", "no engine 'x'; did you mean xmlschema?"),  # Nothing else begins so.
        ("", "no engine ''; the engines are lxml, xmlschema, both"),
        ("expat", "no engine 'expat'; the engines are lxml, xmlschema, both"),
        (None, "no engine None; the engines are lxml, xmlschema, both"),
        ("e" * 999, f"no engine '{'e' * 59}…'; the engines are lxml, xmlschema, both"),
    ],
)
def test_what_is_said_of_an_unknown_name(name: object, said: str) -> None:
    known = ("lxml", "xmlschema", "both")
    assert no_such("engine", name, known) == said
    guessed = "did you mean" in said
    assert (no_such("engine", name, known, "ask").endswith("; ask")) is not guessed


def test_a_beginning_that_several_have_is_no_guess() -> None:
    assert no_such("rule", "ex", ("exec", "exit"), "ask") == "no rule 'ex'; ask"
