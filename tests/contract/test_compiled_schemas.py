"""The schema of clean envelopes: what it takes is reported clean at once."""

from __future__ import annotations

import pytest

from ips_contract.contract.compiled_schemas import clean_envelope
from ips_contract.contract.versions import PRE_4_0, UNVERSIONED, VERSIONS, Version
from ips_contract.xml.parser import parse
from tests.messages import SOAP_11, SOAP_12, envelope, request, urls

AUTH = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'


REMARKED = dict.fromkeys(VERSIONS, "<locale>en_US</locale>")


REMARKED[PRE_4_0] = "<locale>en</locale>"


@pytest.mark.no_cover
@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("messages", [(), ("submitJobParam",)])
def test_clean_envelopes(version: Version, soap: str, messages: tuple[str, ...]) -> None:
    """What this schema takes is reported clean at once: never something remarked on.

    That one authHeader is in the Header, and nothing else of ours, ``validate`` sees to.
    """
    schema = clean_envelope(version, soap, messages)

    def takes(message: bytes, header: str = AUTH) -> bool:
        return not schema.complaints(parse(envelope(message, header, soap)))

    assert takes(request(version))
    assert takes(request(version), header="")
    assert not takes(request(version), header=AUTH.replace("user", "usr"))
    assert takes(request(version), header=f'<a xmlns="urn:others"><b/></a>{AUTH}')
    assert not takes(request(version), header=f"<a/>{AUTH}")
    assert not takes(request(version), header=f"text{AUTH}")
    assert not takes(request(version, before=REMARKED[version]))
    assert not takes(request(version, job=urls(after="<numUrls>1</numUrls>")))
    assert not takes(request(version).replace(b"Full", b"full"))
