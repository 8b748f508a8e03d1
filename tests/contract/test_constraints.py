"""What the schema cannot say: the codes of faults."""

from __future__ import annotations

import pytest

from ips_contract import validate
from ips_contract.contract.versions import UNVERSIONED


@pytest.mark.parametrize(
    ("texts", "rules"),
    [
        (["2147483647"], ["fault-code"]),
        (["2147483648"], ["wrong-type"]),
        (["-2147483648"], ["fault-code"]),
        (["-2147483649"], ["wrong-type"]),
        (["99999999999"], ["wrong-type"]),
        (["+30000"], []),
        (["+1"], ["fault-code"]),
    ],
)
def test_the_codes_that_a_fault_may_have(texts: list[str], rules: list[str]) -> None:
    codes = "".join(f"<code>{text}</code>" for text in texts)
    document = f'<ipsApiFault xmlns="{UNVERSIONED}">{codes}<reason>r</reason></ipsApiFault>'
    assert [found.rule for found in validate(document).violations] == rules


@pytest.mark.parametrize("first", ["x", "99999999999"])
def test_a_second_code_is_looked_at_although_the_first_is_none(first: str) -> None:
    document = (
        f'<ipsApiFault xmlns="{UNVERSIONED}"><code>{first}</code><code>5</code>'
        "<reason>r</reason></ipsApiFault>"
    )
    found = [row.rule for row in validate(document).violations]
    assert sorted(found) == ["fault-code", "repeated-element", "wrong-type"]
