"""Values of the types: against both XSD engines, at the edge, and the hints on what is wrong."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ips_contract import validate
from ips_contract.contract.components import XS
from ips_contract.contract.model import SimpleType, contract, simple_type
from ips_contract.contract.schema import STRICT, render
from ips_contract.contract.values import BUILT_INS, problems, quick_accept
from ips_contract.contract.versions import LATEST
from tests.messages import request, urls

NUMBERS = "0 +1 -0 2147483647 2147483648 -2147483648 -2147483649 1.0 1_0 \u0663 + 1e3".split()
DOUBLES = "1 -1.5e10 .5 5. INF -INF NaN nan inf 1_0 e5 . 0x1 1e 1e400 infinity +INF".split()
DATES = """
    2014-04-03T09:30:00 2014-04-03T09:30:00Z 2014-04-03T09:30:00.1+14:00 2014-04-03T09:30:00+14:01
    2014-04-03T24:00:00 2014-04-03T24:00:01 2014-02-29T00:00:00 2012-02-29T00:00:00
    1900-02-29T00:00:00 2000-02-29T00:00:00 2014-04-31T00:00:00 2014-13-01T00:00:00
    2014-00-01T00:00:00 2014-01-00T00:00:00 2014-04-03 2014-04-03T09:60:00 2014-04-03T09:30:60
    2014-04-03T09:30 14-04-03T09:30:00 2014-4-3T09:30:00 now 2014-04-03T09:30:00-08:60
    2014-04-03T25:00:00 12014-02-28T00:00:00 2014-04-03T24:00:00.0 0000-01-01T00:00:00
    -0001-01-01T00:00:00 02014-01-01T00:00:00
""".split()
ROWS = {
    "xs:boolean": ["true", "false", "1", "0", "True", "yes", "", "01", " true\n"],
    "xs:int": [*NUMBERS, "", "0" * 200 + "7", "9" * 5000],
    "xs:long": ["9223372036854775807", "9223372036854775808", "-9223372036854775808"],
    "xs:double": [*DOUBLES, ""],
    "xs:dateTime": [*DATES, "", "2014-04-03 09:30:00", " 2014-04-03T09:30:00 "],
}
# The contract has types of its own where one engine takes too much or too little.
NAMES = {"xs:int": "Int", "xs:double": "Double", "xs:dateTime": "DateTime"}


@cache
def engines() -> tuple[etree.XMLSchema, xmlschema.XMLSchema]:
    """Both engines, with an element of the contract's type for each of the bases."""
    root = render(LATEST, STRICT)
    for base in ROWS:
        etree.SubElement(root, XS + "element", name=base[3:], type=NAMES.get(base, base))
    return etree.XMLSchema(root), xmlschema.XMLSchema(etree.tostring(root, encoding="unicode"))


def ours(base: str, text: str) -> bool:
    return not list(problems(SimpleType(base, base), text))


def theirs(base: str, text: str) -> set[bool]:
    element = etree.Element(f"{{{LATEST.namespace}}}{base[3:]}")
    element.text = text
    by_lxml, by_xmlschema = engines()
    return {by_lxml.validate(element), by_xmlschema.is_valid(cast("Any", element))}


@pytest.mark.no_cover
@pytest.mark.parametrize(("base", "text"), [(base, t) for base in ROWS for t in ROWS[base]])
def test_rows_as_both_engines(base: str, text: str) -> None:
    assert theirs(base, text) == {ours(base, text)}


CHARACTERS = st.text("0123456789+-.:TZeEINFa \n\u0663", max_size=30)


@pytest.mark.parametrize("base", ["xs:boolean", "xs:int", "xs:double"])
@given(text=CHARACTERS | st.floats().map(str) | st.integers().map(str))
def test_any_text_as_both_engines(base: str, text: str) -> None:
    assert theirs(base, text) == {ours(base, text)}


@given(
    st.tuples(*[st.integers(0, 14) | st.sampled_from([23, 24, 28, 29, 30, 31, 59, 60])] * 6),
    st.sampled_from(["1900", "2000", "2012", "2014", "9999", "10000"]),
    st.sampled_from(["", "Z", "+00:00", "-14:00", "+14:01", "+13:59", "-13:60", "+1:00"]),
    st.sampled_from(["", ".0", ".123", "."]),
)
def test_any_date_as_both_engines(
    numbers: tuple[int, ...], year: str, zone: str, fraction: str
) -> None:
    month, day, hour, minute, second, _ = numbers
    text = f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}"
    assert theirs("xs:dateTime", text) == {ours("xs:dateTime", text)}


@given(st.sampled_from(sorted(contract(LATEST).simple_types)), st.text(max_size=20) | CHARACTERS)
def test_quick_accept_is_never_wrong(name: str, text: str) -> None:
    kind = contract(LATEST).simple_types[name]
    quick = quick_accept(kind)
    if quick is not None and quick(text):
        assert list(problems(kind, text)) == []


@pytest.mark.parametrize("base", [*BUILT_INS, "xs:string", "xs:token"])
def test_quick_accept_of_built_ins(base: str) -> None:
    quick = quick_accept(SimpleType(base, base))
    assert (quick is None) is (base == "xs:token")


def accepts(type_name: str, text: str) -> bool | None:
    kind = simple_type(contract(LATEST), type_name)
    assert kind is not None
    quick = quick_accept(kind)
    return None if quick is None else bool(quick(text))


@pytest.mark.parametrize(
    ("type_name", "text", "accepted"),
    [
        ("xs:string", "x", True),
        ("xs:boolean", "true", True),
        ("xs:boolean", "yes", False),
        ("xs:int", "1", True),
        ("xs:int", " 1", False),
        ("EmailSetting", "All", True),
        ("EmailSetting", "all", False),
        ("PdfProcess", "render", False),
        ("SourceUrl", "https://example.com/a.jpg", True),
        ("SourceUrl", "a.jpg", False),
        ("Locale", "en", None),
        ("JobName", "x", True),
        ("JobName", "x|y", False),
        ("JobName", " ", False),
        ("CompanyHandle", "c|47", True),
        ("CompanyHandle", "47", False),
    ],
)
def test_quick_accept(type_name: str, text: str, accepted: bool | None) -> None:
    """A thousand values are looked at quickly, and none that is to be remarked on slips by."""
    assert accepts(type_name, text) is accepted


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("0" * 90 + "9999999999", False),
        ("0" * 90 + "2147483647", True),
        ("0" * 100 + "2147483647", True),
        ("0" * 100 + "99999999999", False),
        ("-" + "0" * 100 + "1", True),
        ("0" * 100 + "x", False),
    ],
)
def test_padded_numbers(text: str, valid: bool) -> None:
    assert (list(problems(SimpleType("xs:int", "xs:int"), text)) == []) is valid


BUILT_IN_ROWS = {
    "xs:int": (
        "2147483647 -2147483648 +1 -0",
        "2147483648 -2147483649 1.0 1_0 + x",
    ),
    "xs:long": (
        "9223372036854775807 -9223372036854775808",
        "9223372036854775808 -9223372036854775809",
    ),
    "xs:dateTime": (
        """
        2014-04-03T09:30:00 2014-12-01T00:00:00 2014-01-31T23:59:59 2014-04-03T24:00:00
        2014-04-03T24:00:00.00 2014-04-03T24:00:00.0Z 2014-04-03T24:00:00Z
        2014-04-03T00:00:00.5Z 2012-02-29T00:00:00 2000-02-29T00:00:00 12000-02-29T00:00:00
        2014-04-03T09:30:00+14:00 2014-04-03T09:30:00-13:59 2014-04-03T09:30:00+01:59
        10000-01-01T00:00:00 -0001-01-01T00:00:00 0010-01-01T00:00:00 0400-02-29T00:00:00
        2014-04-03T00:00:00+00:00 2014-11-30T00:00:00 10100-01-01T00:00:00
        """,
        """
        2014-04-03 2014-00-01T00:00:00 2014-13-01T00:00:00 2014-01-00T00:00:00
        2014-01-32T00:00:00 2014-04-31T00:00:00 2014-11-31T00:00:00 2014-02-29T00:00:00
        1900-02-29T00:00:00 2014-04-03T24:00:01 2014-04-03T24:01:00 2014-04-03T24:01:01
        2014-04-03T24:00:00.5 2014-04-03T25:00:00 2014-04-03T09:60:00 2014-04-03T09:30:60
        2014-04-03T09:60:60 2014-04-03T25:30:00 2014-04-03T09:30:00+14:01
        2014-04-03T09:30:00-13:60 2014-04-03T09:30:00+15:00 2014-04-03T09:30:00+13:99
        0000-01-01T00:00:00 02014-01-01T00:00:00 00000-01-01T00:00:00 10100-02-29T00:00:00
        2014-04-03T24:30:00 2014-04-03T24:00:30 2012-02-30T00:00:00
        """,
    ),
}


@pytest.mark.parametrize(
    ("base", "text", "valid"),
    [
        (base, text, valid)
        for base, (good, bad) in BUILT_IN_ROWS.items()
        for valid, texts in ((True, good), (False, bad))
        for text in texts.split()
    ],
)
def test_built_in_values(base: str, text: str, valid: bool) -> None:
    """``test_values`` has both engines say the same of most of them."""
    assert (list(problems(SimpleType(base, base), text)) == []) is valid


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2014-02-29T00:00:00Z", "No calendar has this day, or no clock this time."),
        ("2014-01-01T24:01:00", "No calendar has this day, or no clock this time."),
        ("2014-01-01T00:00:00+15:00", "No time zone is so far from UTC."),
        ("2014-01-01T00:00:00+0800", "Put a colon into the offset, as in -08:00."),
        ("2014-01-01T00:00:00-08", "Write the offset with its minutes, as in -08:00."),
        ("2014-01-01 00:00:00Z", "Put T between the date and the time."),
        ("2014-01-01", "Add the time."),
        ("2014-01-01T00:00Z", "Add the seconds."),
        ("1/4/2014 10:00", "Write the date as year-month-day."),
        ("1700000000", "A number of seconds or milliseconds is not taken."),
        ("now", "such as 2014-04-03T09:30:00Z."),
        ("1" * 61, "such as 2014-04-03T09:30:00Z."),
    ],
)
def test_hints_on_dates(text: str, hint: str) -> None:
    (violation,) = validate(request(before=f"<execTime>{text}</execTime>")).violations
    assert violation.rule == "wrong-type"
    assert violation.message.endswith(hint)


@pytest.mark.parametrize(
    ("text", "hint"), [("True", "Write true."), ("no", "Write false."), ("x", "true or false.")]
)
def test_hints_on_booleans(text: str, hint: str) -> None:
    job = urls().replace(">true<", f">{text}<", 1)
    (violation,) = validate(request(job=job)).violations
    assert violation.message.endswith(hint)
