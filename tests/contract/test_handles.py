"""The parts of handles."""

from __future__ import annotations

import pytest

from ips_contract.contract.handles import JobHandle, company_number, read_job_handle

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
