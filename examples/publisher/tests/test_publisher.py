"""The publisher against the contract: what it sends is checked at the end of each test."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publisher import IpsError, Publisher


def publisher(ips_server, **options):
    return Publisher(
        "me@example.com", "secret", 47, ips_server.endpoint, sleep=lambda _: None, **options
    )


@pytest.fixture
def client(ips_server):
    return publisher(ips_server)


def test_publish(client, ips_server):
    assert client.publish("Nightly") == "j|47|Nightly||"
    ips_server.assert_submitted(job_name="Nightly", publishType="Full", times=1)


def test_publish_incrementally(client, ips_server):
    client.publish("Nightly", incremental=True, email="All")
    ips_server.assert_submitted(publishType="Incremental", emailSetting="All")


def test_publish_later(client, ips_server):
    moment = datetime(2100, 1, 1, tzinfo=UTC)
    client.publish("New Year", at=moment)
    ips_server.assert_submitted(execTime=moment)
    assert not ips_server.jobs.active("47")


def test_publish_each_night(client, ips_server):
    ips_server.clock.set(datetime(2030, 4, 3, 12, 0, tzinfo=UTC))
    client.publish("Nightly", schedule="0 0 2 * * ?")
    ips_server.clock.advance(days=1)
    started = [run.started for run, _ in ips_server.jobs.logged("47")]
    assert started == [datetime(2030, 4, 4, 2, 0, tzinfo=UTC)]


def test_publish_at_a_time_without_a_zone(client, ips_server):
    with ips_server.expect_violation("time-zone"), pytest.raises(IpsError, match="30001"):
        client.publish("New Year", at=datetime(2100, 1, 1))


def test_upload(client, ips_server):
    client.upload("Photos", ["https://example.com/a.tif", "https://example.com/b.tif?x=1&y=2"])
    ips_server.assert_submitted(job="uploadUrlsJob", overwrite=True)


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs"]), min_size=1))
def test_any_name(ips_server, name):
    name = f"Job {name}"
    assert publisher(ips_server).publish(name).startswith("j|47|Job ")


def test_wait(client):
    assert client.wait(client.publish("Nightly"))


@pytest.mark.ips(outcome="fatal")
def test_wait_for_a_failure(client):
    assert not client.wait(client.publish("Nightly"))


def test_wait_in_vain(client, ips_server):
    from ips_contract.mock import MANUAL

    ips_server.plan("Nightly", MANUAL)
    with pytest.raises(TimeoutError):
        client.wait(client.publish("Nightly"), polls=5)


def test_trouble_is_retried(client, ips_server):
    ips_server.script(fault=30000, times=2)
    client.publish("Nightly")
    assert [row.fault for row in ips_server.exchanges] == [30000, 30000, None]


def test_trouble_that_stays(ips_server):
    ips_server.script(fault=30000, times=9)
    with pytest.raises(IpsError, match="30000"):
        publisher(ips_server, retries=3).publish("Nightly")
    assert len(ips_server.exchanges) == 4


@pytest.mark.ips(users=[("me@example.com", "another")])
def test_wrong_password(client):
    with pytest.raises(IpsError) as caught:
        client.publish("Nightly")
    assert caught.value.code == 10001
