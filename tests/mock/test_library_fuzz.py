"""Valid requests drawn at random: whatever they ask for is answered or refused, and validly."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ips_contract import VERSIONS
from ips_contract.generation.random_messages import draw, message_choices
from ips_contract.generation.serialization import to_element
from ips_contract.mock.operations.table import JOB_FAMILY, OPERATIONS
from tests.calls import auth, envelope, post
from tests.mock.test_library_answers import handles, stocked
from tests.sweep import every, examples

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version

# Element → what stands in it now and then instead of what was drawn: what there is.
FOUND = {
    "assetHandle": ("asset", "other", "more", "pdf", "set"),
    "folderHandle": ("folder", "root", "old"),
    "destFolderHandle": ("folder", "root", "old"),
    "fieldHandle": ("field", "shape"),
    "projectHandle": ("spring",),
    "groupHandle": ("group",),
    "thumbAssetHandle": ("asset",),
}


def request(chance: random.Random, version: Version, operation: str) -> bytes:
    (source,) = message_choices((version,), f"{operation}Param")
    message = to_element(draw(chance, source))
    forms = handles(version.date)
    for element in message.iter("*"):
        name = etree.QName(element).localname
        if name == "companyHandle":
            element.text = "c|47" if version.date else "47"
        elif name in FOUND and chance.random() < 0.8:
            element.text = forms[chance.choice(FOUND[name])]
        elif name == "items" and _of_assets(element):
            element.text = forms[chance.choice(FOUND["assetHandle"])]
        elif name in ("folderPath", "folder"):
            element.text = chance.choice(("", "Company47/", "shoes", "Company47/other/x"))
    return etree.tostring(message)


def _of_assets(item: etree._Element) -> bool:
    above = item.getparent()
    return above is not None and re.search("[aA]sset.*Handle", str(above.tag)) is not None


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(2, [VERSIONS[0], VERSIONS[4], *VERSIONS[6:]], 1), ids=str)
def test_any_valid_request_is_answered_validly(version: Version) -> None:
    chance = random.Random(version.rank)
    operations = [
        operation
        for operation in sorted(OPERATIONS.keys() - JOB_FAMILY.keys())
        if message_choices((version,), f"{operation}Param")
    ]
    served = set()
    for _ in range(examples(6, 40)):
        service = stocked()
        chance.shuffle(operations)
        for operation in operations:
            body = request(chance, version, operation).decode()
            # ``post`` has the answer judged, fault or not.
            if post(service, envelope(body, auth())).status == 200:
                served.add(operation)
    assert len(served) > 0.6 * len(operations)
