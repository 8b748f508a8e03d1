"""The parts of an envelope."""

from __future__ import annotations

import pytest
from lxml import etree

from ips_contract.xml.envelope import SOAP_11, message_in, split_envelope
from ips_contract.xml.parser import parse

_IT = '<Envelope xmlns="{}">{}</Envelope>'


def test_an_envelope_of_no_soap_has_no_version() -> None:
    assert split_envelope(parse(b"<Envelope/>")).version == ""


@pytest.mark.parametrize("namespace", [SOAP_11, "urn:other"])
@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ("<Body><it/><other/></Body>", "it"),
        ("<Body/><Body><it/></Body>", "it"),
        ("<Body><it/></Body><Body><other/></Body>", "it"),
        ("<Header><other/></Header><x/><Body><it/></Body><x/>", "it"),
        ('<Body xmlns="urn:x"><other/></Body><Body><it/></Body>', "it"),
        ("<Body><!-- nothing --><it/></Body>", "it"),
        ('<Body xmlns="urn:x"><other/></Body>', None),
        ("<Body><!-- nothing --></Body>", None),
        ("<Header><other/></Header>", None),
        ("", None),
    ],
)
def test_the_message_is_the_first_of_a_body(namespace: str, parts: str, name: str | None) -> None:
    # By somebody else's parser: comments are there.
    root = etree.fromstring(_IT.format(namespace, parts))
    message = message_in(root)
    assert (None if message is None else etree.QName(message).localname) == name


def test_an_envelope_without_a_namespace_has_no_message() -> None:
    assert message_in(parse(b"<Envelope><Body><it/></Body></Envelope>")) is None
