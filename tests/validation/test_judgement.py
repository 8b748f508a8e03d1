"""The full judgement: its options, and the document that its report keeps."""

from __future__ import annotations

import pytest

from ips_contract import validate
from ips_contract.contract.versions import UNVERSIONED
from tests.messages import REQUEST


def test_what_is_judged_slowly_and_found_well_has_its_document() -> None:
    document = (
        f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
    )
    report = validate(document, version="pre-4.0")
    assert report.valid
    assert report.data == document.encode()


def test_a_version_is_text() -> None:
    with pytest.raises(TypeError, match=r"version is 6\.8; give a Version or text"):
        validate(REQUEST, version=6.8)  # type: ignore[arg-type]
