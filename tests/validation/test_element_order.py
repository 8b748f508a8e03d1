"""The order of elements."""

from __future__ import annotations

from ips_contract.contract.versions import LATEST
from tests.findings import found
from tests.messages import request, urls


def test_alternatives_have_no_order_among_themselves() -> None:
    """One finding: to move one of them would mend nothing."""
    color = "<autoColorCropOptions><corner>UpperLeft</corner><tolerance>0</tolerance>"
    manual = "<left>1</left><right>1</right><top>1</top><bottom>1</bottom></manualCropOptions>"
    crops = f"{color}</autoColorCropOptions><manualCropOptions>{manual}"
    assert found(request(LATEST, job=urls(crops))) == [
        ("one-crop", "/submitJobParam/uploadUrlsJob/manualCropOptions")
    ]
