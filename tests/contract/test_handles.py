"""The parts of handles."""

from __future__ import annotations

import pytest

from ips_contract.contract.handles import (
    JobHandle,
    company_number,
    handle_number,
    handle_parts,
    read_job_handle,
    write_handle,
)

HANDLES = [
    ("47|My Test Job|", JobHandle("47", "My Test Job")),
    ("47||Add_2007-09-14-15:04:34", JobHandle("47", "", "Add_2007-09-14-15:04:34")),
    ("0|Cleanup|", JobHandle("0", "Cleanup")),
    ("47|a|b|", JobHandle("47", "a|b")),
    ("j|110|katlyn||", JobHandle("110", "katlyn")),
    ("j|110||3e_2011-03-30|5129821", JobHandle("110", "", "3e_2011-03-30", "5129821")),
    ("j|1|a|b||", JobHandle("1", "a|b")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), HANDLES)
def test_handles(text: str, parts: JobHandle) -> None:
    assert read_job_handle(text) == parts
    assert parts.text(dated=text.startswith("j")) == text


@pytest.mark.parametrize("text", ["", "47", "47|x", "j|1|x|", "j"])
def test_no_handles(text: str) -> None:
    assert read_job_handle(text) is None


def test_company_number() -> None:
    assert company_number("47") == company_number("c|47") == "47"


# Handles of other kinds: as in the examples of the reference (D) and in recorded messages (O).
@pytest.mark.parametrize(
    ("kind", "date", "parts", "expected"),
    [
        ("company", "", ("47",), "47"),
        ("company", "2008-01-15", ("6",), "c|6"),
        ("group", "", (225,), "225"),
        ("group", "2012-02-14", (2,), "g|2"),
        ("project", "", ("47", "My Project 1"), "47|My Project 1"),
        ("project", "2008-01-15", ("6", "ProjectTestAPI"), "p|6|ProjectTestAPI"),
        ("folder", "", ("MyCompany/",), "MyCompany/"),
        ("folder", "2008-01-15", ("ApiTestCo/uploads/",), "ApiTestCo/uploads/"),
        ("folder", "2009-07-31", ("test/MoveTest/",), "f|test/MoveTest/"),
        ("asset", "", (24266, 1, 17062), "24266|1|17062"),
        ("asset", "2008-01-15", (739, 1, 537), "a|739|1|537"),
        ("asset", "2009-07-31", (739, 1, 537), "a|739|1|537"),
        ("asset", "2010-01-31", (885289, 1, 3), "a|885289"),
        ("asset", "2014-04-03", (27008, 1, 3), "a|27008"),
        ("image format", "", ("47", 301), "47|301"),
        ("metadata field", "", ("47", "ALL", "Resolution"), "47|ALL|Resolution"),
        ("metadata field", "2013-08-29-beta", ("3", "ASSET", "Tag"), "m|3|ASSET|Tag"),
        ("property set type", "2008-01-15", (10801,), "pt|10801"),
        ("property set", "2008-01-15", (941,), "ps|941"),
        ("publish context", "2011-11-04", (3003,), "pc|3003"),
    ],
)
def test_handles_of_other_kinds(
    kind: str, date: str, parts: tuple[object, ...], expected: str
) -> None:
    handle = write_handle(kind, date, *parts)
    assert handle == expected
    assert handle_parts(handle) == [str(part) for part in parts][: len(handle_parts(handle))]


@pytest.mark.parametrize(
    ("handle", "number"),
    [
        ("a|12", 12),
        (" a|12|1|3 ", 12),
        ("12|1|3", 12),
        ("pc|7", 7),
        ("7", 7),
        ("f|Company/a/", None),
        ("", None),
        ("a|", None),
        ("a", None),
        ("a|\u0663", None),
        ("9" * 5000, None),
    ],
)
def test_the_number_that_a_handle_begins_with(handle: str, number: int | None) -> None:
    assert handle_number(handle) == number
