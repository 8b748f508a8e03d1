"""Messages that say the same, and messages that do not; requests that are known again by it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from ips_contract.cli import arguments, serve
from ips_contract.mock.meaning import meaning
from ips_contract.mock.replay import Recorded
from ips_contract.mock.service import Service
from tests.mock.test_api import envelope
from tests.mock.test_replay import ROW, changed, posted

if TYPE_CHECKING:
    from pathlib import Path

BASE = '<a:m xmlns:a="urn:x"><a:user>me</a:user><a:f b="1" c="2">v</a:f><a:n><a:g/></a:n></a:m>'


@pytest.mark.parametrize(
    "other",
    [
        BASE.replace("a:", "z:").replace(":a=", ":z="),
        BASE.replace("a:", "").replace(":a=", "="),
        BASE.replace("me", "you"),
        BASE.replace("<a:user>me</a:user>", "<a:password>***</a:password>"),
        BASE.replace('b="1" c="2"', "c='2'  b='1'"),
        BASE.replace(">v<", ">\n v <").replace("<a:n>", "<!-- x --><a:n>\n  "),
        f'<?xml version="1.0" encoding="UTF-8"?>\n{BASE}',
        BASE.replace("<a:g/>", "<a:g></a:g>"),
        BASE.replace(">v<", "><![CDATA[v]]><"),
    ],
)
def test_they_say_the_same(other: str) -> None:
    assert other != BASE
    assert meaning(other.encode()) == meaning(BASE.encode())
    utf_16 = other.partition("?>\n")[2] or other
    assert meaning(utf_16.encode("utf-16")) == meaning(BASE.encode())


@pytest.mark.parametrize(
    "other",
    [
        BASE.replace("urn:x", "urn:y"),
        BASE.replace(">v<", ">w<"),
        BASE.replace('"1"', '"3"'),
        BASE.replace("<a:g/>", ""),
        BASE.replace("<a:n><a:g/></a:n>", "<a:n/><a:g/>"),
        BASE.replace("<a:n><a:g/></a:n>", "<a:n>g</a:n>"),
        BASE[:-1],
    ],
)
def test_they_do_not(other: str) -> None:
    assert meaning(other.encode()) != meaning(BASE.encode())


def test_a_field_that_is_ignored() -> None:
    other = BASE.replace(">v<", ">w<").encode()
    assert meaning(other, {"f"}) == meaning(BASE.encode(), {"f"})
    assert meaning(other, {"n"}) != meaning(BASE.encode(), {"n"})


def test_what_is_no_xml_is_its_bytes_and_depth_is_no_trouble() -> None:
    assert meaning(b"a") == meaning(b"a") != meaning(b"b")
    deep = b"<a>" * 200 + b"</a>" * 200
    assert meaning(deep) == meaning(deep.replace(b"><", b"> <"))


def test_a_request_is_known_by_what_it_says_and_each_line_says_whether(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    row = changed("request", body=envelope("a").decode())
    path.write_text(json.dumps(row), encoding="utf-8")
    known = envelope("a").replace(b"soapenv", b"s").replace(b">secret<", b">other<")
    for ignored, other in (((), False), (("jobName",), True)):
        told: list[str] = []
        front = serve.Told(Service(), told.append, recorded=Recorded.read(str(path), ignored))
        assert front.handle(posted(known)).body == b"c"
        assert (front.handle(posted(envelope("b"))).body == b"c") is other
        front.handle(posted(b"", "GET", "/scene7/IpsApi.wsdl"))
        assert [line[9:] for line in told] == [
            "submitJob valid 200 (replayed)",
            f"submitJob valid {'200 (replayed)' if other else '47|b| (not recorded)'}",
            "GET /scene7/IpsApi.wsdl 200",
        ]


def test_fields_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(ROW), encoding="utf-8")
    parser = argparse.ArgumentParser()
    arguments.serve(parser)
    for words, told in (
        (["--replay", str(path), "--replay-ignore", "jobname"], "did you mean jobName?"),
        (["--replay-ignore", "jobName"], "--replay-ignore is about the requests of a log"),
    ):
        assert serve.run(parser.parse_args(words)) == 2
        assert told in capsys.readouterr().err
