"""Texts as XML reads them."""

from __future__ import annotations

import pytest

from ips_contract import validate_exchange
from ips_contract.xml.text import collapse
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
