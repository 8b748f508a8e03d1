"""A WSDL with one change: the change is found, named, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ips_contract.wsdl.comparison import differences
from tests.sweep import examples
from tests.wsdl.changes import CHANGES, Told, inverse, ours, part_of_ours, read

if TYPE_CHECKING:
    from ips_contract.wsdl import Difference

Node = etree._Element


def told(difference: Difference) -> Told:
    return Told(difference.kind, difference.place, difference.type, difference.field)


@pytest.mark.parametrize("what", CHANGES)
@given(data=st.data())
@settings(max_examples=examples(2, 100))
def test_a_change_is_found_named_and_nothing_else(what: str, data: st.DataObject) -> None:
    root = etree.fromstring(part_of_ours())

    def choose(nodes: list[Node]) -> Node:
        return data.draw(st.sampled_from(nodes))

    expected = CHANGES[what].apply(root, choose)
    theirs = read(root)
    (found,) = differences(ours(), theirs)
    assert told(found) == expected
    assert found.ours != found.theirs
    # From the other side it is the opposite.
    (back,) = differences(theirs, ours())
    assert back.kind == inverse(found.kind)
    assert (back.ours, back.theirs) == (found.theirs, found.ours)
