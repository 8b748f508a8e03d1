"""Content-Type, taken apart."""

from __future__ import annotations

import pytest

from ips_contract.http.media_type import media_type


@pytest.mark.parametrize(
    ("header", "kind", "parameters"),
    [
        (None, "", {}),
        ("", "", {}),
        ("text/xml", "text/xml", {}),
        (" Text/XML ; Charset=UTF-8", "text/xml", {"charset": "UTF-8"}),
        ('text/xml;charset="utf-8"', "text/xml", {"charset": "utf-8"}),
        ("text/xml; charset='utf-8' ; a=b", "text/xml", {"charset": "utf-8", "a": "b"}),
        (r'a/b; c="d\";e"; f=g ', "a/b", {"c": 'd";e', "f": "g"}),
        ("a/b; charset=x; charset=y", "a/b", {"charset": "x"}),
        ("a/b; charset", "a/b", {}),
        ("a/b;;charset = x;", "a/b", {"charset": "x"}),
        ("a/b;" + " " * 1000 + "charset=x", "a/b", {}),  # No more is looked at.
    ],
)
def test_media_types(header: str | None, kind: str, parameters: dict[str, str]) -> None:
    assert media_type(header) == (kind, parameters)
