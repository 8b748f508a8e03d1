"""Whatever takes a version takes that of a WSDL: samples, strategies, invalid messages."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from ips_contract import invalid, sample, strategies, validate, validate_exchange
from tests.sweep import examples
from tests.wsdl.published import published
from tests.wsdl.test_version import NEW, VALUES, in_type, publish_type, theirs
from tests.wsdl.test_version import given as version_given

if TYPE_CHECKING:
    from ips_contract import Version

JOBS = "ImageServingPublishJob"
few = settings(
    max_examples=examples(5, 300), suppress_health_check=list(HealthCheck), deadline=None
)


@cache
def of_theirs(what: str) -> Version:
    if what == "published":
        return theirs("6.8")
    if what == "constants":
        return version_given(publish_type(VALUES))
    text = in_type(JOBS, lambda t: t.replace("<sequence>", f"<sequence>{NEW}"))
    return version_given(text)


@cache
def schema(what: str) -> etree.XMLSchema:
    """Of the version's own namespace, as the WSDL has it."""
    text = {
        "published": published("6.8").decode(),
        "constants": publish_type(VALUES),
        "a field more": in_type(JOBS, lambda t: t.replace("<sequence>", f"<sequence>{NEW}")),
    }[what]
    (node, *_) = etree.fromstring(text.encode()).iter("{http://www.w3.org/2001/XMLSchema}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(node)))


each = pytest.mark.parametrize("what", ["published", "constants", "a field more"])


@pytest.mark.no_cover
@each
@given(data=st.data())
@few
def test_drawn_messages_are_valid_by_the_schema_of_the_wsdl(what: str, data: st.DataObject) -> None:
    version = of_theirs(what)
    request = data.draw(
        strategies.submit_job_requests(job="imageServingPublishJob", version=version)
    )
    assert validate(request, version=version).valid
    root = etree.fromstring(request)
    # libxml2 refuses a date with white space around it, which XML Schema takes off (part 2, 4.3.6).
    for date in root.iter("{*}execTime"):
        date.text = (date.text or "").strip()
    assert schema(what).validate(root), schema(what).error_log


@pytest.mark.no_cover
@given(data=st.data())
@few
def test_drawn_exchanges_are_valid(data: st.DataObject) -> None:
    version = of_theirs("a field more")
    request, answer = data.draw(strategies.exchanges(version=version))
    assert validate_exchange(request, answer, version=version).valid


@pytest.mark.no_cover
@each
@given(data=st.data())
@few
def test_drawn_mistakes_are_found(what: str, data: st.DataObject) -> None:
    version = of_theirs(what)
    drawn = data.draw(invalid.invalid_submit_job_requests(version=version))
    found = validate(drawn.xml, version=version).violations
    assert found[0].rule == drawn.rule
    assert found[0].path == drawn.path


@each
def test_samples(what: str) -> None:
    version = of_theirs(what)
    for name in ("imageServingPublish", "searchAssets", "getActiveJobsReturn"):
        assert validate(sample(name, version), version=version).valid
