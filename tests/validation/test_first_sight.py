"""What is right is seen at first sight: it costs no walk, and no second opinion."""

from __future__ import annotations

import pytest

from ips_contract import validate
from ips_contract.contract.components import ANSWERS
from ips_contract.contract.model import contract
from ips_contract.contract.versions import VERSIONS, Version
from ips_contract.validation.first_sight import at_first_sight
from ips_contract.validation.report import Report
from ips_contract.xml.parser import parse


@pytest.mark.parametrize("version", VERSIONS[1:5:3], ids=str)
def test_empty_answers_that_a_version_allows(version: Version) -> None:
    """Some fields are required by later versions alone, and asked for in requests alone."""
    seen = 0
    for name in contract(version).messages:
        data = f'<{name} xmlns="{version.namespace}"/>'.encode()
        if name.endswith(ANSWERS) and not validate(data).violations:
            assert isinstance(at_first_sight(parse(data), data, logged_in=False), Report), name
            seen += 1
    assert seen > 20
