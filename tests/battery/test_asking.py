"""Other operations than submitJob: their answers, which cases fit them, what is judged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from ips_contract import battery, validate
from ips_contract.battery.running_case import RunningCase, Sent
from ips_contract.battery.scenarios.accept import PLAIN
from ips_contract.battery.scenarios.answer import Asked
from ips_contract.battery.scenarios.asking import operation_of, version_with, why_not
from ips_contract.battery.scenarios.mutated import example
from ips_contract.battery.scenarios.operation import SUBMIT, Operation
from ips_contract.battery.scenarios.scenario import ACCEPT, PASSWORD, USER
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.verdict import OK, Outcome, judge
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, PRE_4_0
from ips_contract.generation.samples import sample
from ips_contract.http.messages import Request
from tests.cli.test_fuzz import CLIENTS, FAST, PYTHON, only, run
from tests.clients import asset_names
from tests.sweep import every

if TYPE_CHECKING:
    from pathlib import Path

    from ips_contract.contract.versions import Version

NAMES = operation_of("getAssetsByName", LATEST, "assetArray/items/name", "nameArray/items")
OPERATIONS = [
    name.removesuffix("Param") for name in contract(LATEST).messages if name.endswith("Param")
]


def entity(case: str, operation: Operation, version: Version = LATEST) -> bytes:
    scenario = SCENARIOS[case].asking(operation)
    handle = scenario.served(dated=bool(version.date))
    return scenario.answer.entity(Asked(version.namespace, handle, operation=operation))


def test_submit_job_is_as_it_was() -> None:
    assert operation_of("submitJob", PRE_4_0) is SUBMIT
    assert not any(why_not(row, PRE_4_0) for row in SCENARIOS.values())
    with pytest.raises(ValueError, match="of submitJob the client prints jobHandle"):
        operation_of("submitJob", PRE_4_0, "name")


def test_what_stands_around_the_field() -> None:
    assert (NAMES.before, NAMES.after) == ("<@assetArray><@items>", "</@items></@assetArray>")
    assert (NAMES.takes_text, NAMES.needed) == (True, False)
    assert b'<getAssetsByNameReturn xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">' in entity(
        "plain", NAMES
    )
    assert b"<a:items><a:name>Nightly publish</a:name></a:items>" in entity(
        "prefix-shadowed", NAMES
    )
    folder = operation_of("createFolder", LATEST)
    assert (folder.prints, folder.needed) == (("folderHandle",), True)


@pytest.mark.parametrize("name", every(12, OPERATIONS))
def test_any_operation_has_answers(name: str) -> None:
    """What must be accepted is valid; so is what stands around the field."""
    operation = operation_of(name, LATEST)
    assert validate(entity("plain", operation)).valid
    for case in ("prefix-shadowed", "prefix-odd", "lines", "prefix-default", "name-angle-brackets"):
        assert validate(entity(case, operation)).valid, case
    fitting = [row for row in SCENARIOS.values() if not why_not(row.asking(operation), LATEST)]
    assert len(fitting) > 90
    assert PLAIN in fitting


@pytest.mark.parametrize(
    ("name", "prints", "sends", "words"),
    [
        ("getAssetByName", "", "", "did you mean getAssetsByName"),
        ("getAssetsByName", "assetArray/name", "", "has no field assetArray/name with a value"),
        ("getAssetsByName", "", "names", "getAssetsByNameParam has no field names with a value"),
        ("stopJob", "jobHandle", "", "stopJobReturn has no field jobHandle with a value in"),
    ],
)
def test_what_there_is_not(name: str, prints: str, sends: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        operation_of(name, LATEST, prints, sends)


def test_versions() -> None:
    assert version_with("submitJob") == PRE_4_0
    assert version_with("getAssetsByName") == LATEST
    assert version_with("nothing") == PRE_4_0


@pytest.mark.parametrize(
    ("case", "operation", "why"),
    [
        ("handle-of-instance", NAMES, "it is about the form of a job's handle"),
        ("handle-blank", NAMES, "the contract does not rule this out"),
        ("handle-nested", NAMES, "the contract does not require the field"),
        ("handle-nested", operation_of("createFolder", LATEST), ""),
        ("name-emoji", NAMES, ""),
        ("name-emoji", operation_of("stopJob", LATEST), "the name is in no field"),
        ("name-emoji", operation_of("stopJob", LATEST, "", "jobHandle"), ""),
        ("cdata", operation_of("stopJob", LATEST, "", "jobHandle"), "no field with a value"),
        ("other-operation", operation_of("stopJob", LATEST), ""),
    ],
)
def test_which_cases_fit(case: str, operation: Operation, why: str) -> None:
    found = why_not(SCENARIOS[case].asking(operation), LATEST)
    assert why in found
    assert bool(why) == bool(found)


def test_another_operation_is_another_one() -> None:
    for name in ("stopJob", "pauseJob", "getAssets"):
        root = entity("other-operation", operation_of(name, LATEST))
        assert f"<{name}Return".encode() not in root


def post(name: str = "getAssetsByName", action: str = "getAssetsByName", **fields: str) -> Request:
    body = sample(name, LATEST, wrap="soap11").decode()
    values = {"companyHandle": "c|47", "items": "Nightly publish", "user": USER} | fields
    for field, value in (values | {"password": PASSWORD}).items():
        before, found, rest = body.partition(f"<{field}>")
        if found:
            body = f"{before}<{field}>{value}</{field}>{rest.partition(f'</{field}>')[2]}"
    return Request("POST", "/", {"soapaction": action}, body.encode())


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (post(), ()),
        (post(items="shirt"), ('it sent nameArray/items "shirt", not exactly "Nightly publish"',)),
        (post(companyHandle="c|48"), ('it sent companyHandle "c|48", not that of IPS_COMPANY',)),
        (post(action="submitJob"), ("it sent SOAPAction submitJob, not getAssetsByName",)),
    ],
)
def test_what_is_sent_is_judged_by_the_operation(request_: Request, words: tuple[str, ...]) -> None:
    scenario = PLAIN.asking(NAMES)
    outcome = Outcome(0, b"Nightly publish\n")
    found = judge(scenario, outcome, Sent((request_,)), scenario.served(dated=True))
    assert [word.replace('"submitJob"', "submitJob") for word in found.words] == list(words)


def test_what_is_printed_where_there_is_nothing() -> None:
    operation = operation_of("stopJob", LATEST)
    good, bad = PLAIN.asking(operation), SCENARIOS["fault-30000"].asking(operation)
    sent = Sent((post("stopJob", "stopJob"),))
    assert judge(good, Outcome(0, b""), sent, "").verdict == OK
    assert judge(good, Outcome(0, b"done"), sent, "").words == (
        'it printed "done", not exactly ""',
    )
    assert judge(bad, Outcome(1, b""), sent, "").verdict == OK
    assert judge(bad, Outcome(0, b""), sent, "").words == (
        "it ended with exit status 0, as after a success",
    )


def test_what_a_client_is_told() -> None:
    told = RunningCase(PLAIN.asking(NAMES), "http://127.0.0.1/case1", LATEST).environment()
    assert told["IPS_OPERATION"] == "getAssetsByName"
    assert told["IPS_PRINTS"] == "assetArray/items/name"


def test_examples_break_the_answer_of_the_operation() -> None:
    for place in range(1, 9):
        scenario = example(1, place, LATEST, NAMES)
        report = validate(scenario.answer.entity(Asked("", "")))
        assert not report.valid
        assert scenario.operation is NAMES


ASKED = (
    "--operation", "getAssetsByName", "--prints", "assetArray/items/name", "--sends",
    "nameArray/items", "--persistent",
)  # fmt: skip
CLIENT = (PYTHON, str(CLIENTS / "asset_names.py"))
CASES = ("plain", "name-emoji", "fault-30000", "other-operation", "result-unqualified", "cdata")


def test_a_careful_client_of_another_operation(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*ASKED, *only(*CASES, "handle-nested"), "--", *CLIENT) == 0
    out = capsys.readouterr().out
    assert out.startswith("6 cases: 6 OK\n")
    assert "1 case say" in out or "1 case says nothing about getAssetsByName" in out


def test_one_that_believes_too_much(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert run(*ASKED, "--report", str(report), *only(*CASES), "--", *CLIENT, "--anywhere") == 1
    failed = {row["id"] for row in json.loads(report.read_text())["cases"] if row["fails"]}
    assert failed == {"other-operation", "result-unqualified"}
    out = capsys.readouterr().out
    assert 'it returned a value, "Nightly publish"' in out
    assert (
        "--operation getAssetsByName --prints assetArray/items/name --sends nameArray/items" in out
    )


def test_the_list_says_what_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*ASKED, "--list", *only("plain", "handle-*")) == 0
    out = capsys.readouterr().out
    assert out.startswith("plain")
    assert "left out: handle-of-instance: it is about the form of a job's handle" in out
    assert run(*ASKED, *only("handle-blank"), "--", *FAST, "") == 2
    assert "handle-blank: the contract does not rule this out" in capsys.readouterr().err
    assert run("--operation", "nothing", "--list") == 2


def test_what_must_be_accepted_is_valid() -> None:
    """But for foreign attributes, which our contract does not have, and SOAP 1.1 section 4 does."""
    for row in SCENARIOS.values():
        if row.expect == ACCEPT and row.level == "G" and not why_not(row.asking(NAMES), LATEST):
            errors = {error.rule for error in validate(entity(row.id, NAMES)).errors}
            assert errors <= {"stray-attribute"}, row.id


def test_in_the_same_process() -> None:
    """The cases carry their operation; the client is told it."""
    tasks: list[battery.Task] = []

    def client(task: battery.Task) -> str:
        tasks.append(task)
        found = asset_names.name_in(ET.fromstring(asset_names.ask(variables(task))))
        assert isinstance(found, str)
        return found

    asked = {"prints": "assetArray/items/name", "sends": "nameArray/items"}
    cases = battery.cases("name-[ae]*", "handle-*", operation="getAssetsByName", **asked)
    assert [case.id for case in cases] == [
        "name-ampersand",
        "name-angle-brackets",
        "name-entity",
        "name-emoji",
    ]
    results = battery.run(client, cases, version="6.8")
    results.raise_for_failures()
    assert {task[-2:] for task in tasks} == {("getAssetsByName", "assetArray/items/name")}
    assert len(battery.cases(operation="stopJob")) > 80
    with pytest.raises(ValueError, match="no operation 'stopJobs'"):
        battery.cases(operation="stopJobs")


def variables(task: battery.Task) -> dict[str, str]:
    return {f"IPS_{name.upper()}": str(value) for name, value in task._asdict().items()}
