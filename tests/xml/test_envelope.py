"""The parts of an envelope."""

from __future__ import annotations

from ips_contract.xml.envelope import split_envelope
from ips_contract.xml.parser import parse


def test_an_envelope_of_no_soap_has_no_version() -> None:
    assert split_envelope(parse(b"<Envelope/>")).version == ""
