"""JSON against its schema, SARIF and JUnit against what their readers rely on."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ips_contract import __version__, validate
from ips_contract.contract.rules import EVIDENCE, RULES, page_of
from ips_contract.contract.versions import PRE_4_0
from ips_contract.validation.inputs import Inside
from ips_contract.validation.report import Report, violation
from ips_contract.validation.report.formats import as_json, as_junit, as_sarif
from ips_contract.xml.parser import parse
from tests.blocks import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = json.loads((REFERENCE / "report.schema.json").read_bytes())

GOOD = b"""\
<submitJobParam xmlns="http://www.scene7.com/IpsApi/xsd">
   <companyHandle>47</companyHandle>
   <jobName>My Test Job</jobName>
   <imageServingPublishJob>
      <publishType>Full</publishType>
      <emailSetting>Error</emailSetting>
   </imageServingPublishJob>
</submitJobParam>
"""
BAD = GOOD.replace(b">47<", b"><").replace(b">Full<", ">Fü&lt;&amp;<".encode())
WARNED = GOOD.replace(b"My Test Job", b"My|Job")
REPORTS = [
    (name, validate(data))
    for name, data in (
        ("good.xml", GOOD),
        ("bad.xml", BAD),
        ("warned.xml", WARNED),
        ("empty.xml", b""),
        ("html.xml", b"<html/>"),
        ("<stdin>", b"\0"),
    )
]
EVERY_RULE = Report("submitJobParam", PRE_4_0, [violation(rule, rule) for rule in RULES])

# name, base, URI
URIS = [
    ("a.xml", "", "a.xml"),
    ("./a.xml", "", "a.xml"),
    ("../b/a.xml", "", "../b/a.xml"),
    ("a b#c?d%41.xml", "", "a%20b%23c%3Fd%2541.xml"),
    ("Übung/日.xml", "", "%C3%9Cbung/%E6%97%A5.xml"),
    ("a:b.xml", "", "a%3Ab.xml"),
    ("<stdin>", "/x", "%3Cstdin%3E"),
    *(
        [
            ("/x/y/a b.xml", "/x", "y/a%20b.xml"),
            ("/x/a.xml", "/y", "file:///x/a.xml"),
            ("/x/a b.xml", "", "file:///x/a%20b.xml"),
            ("n\udcff\n.xml", "", "n%FF%0A.xml"),
        ]
        if os.name == "posix"
        else [
            ("a\\b c.xml", "", "a/b%20c.xml"),
            ("C:\\x\\a.xml", "C:\\x", "a.xml"),
            ("C:\\x\\a.xml", "", "file:///C:/x/a.xml"),
        ]
    ),
]

# What can be wrong with a run or a report, as (path of keys, new value); None takes it away.
BROKEN: list[tuple[tuple[str | int, ...], Any]] = [
    (("tool",), "other"),
    (("summary", "files"), -1),
    (("summary", "files"), True),
    (("reports", 0, "valid"), 1),
    (("reports", 0, "file"), None),
    (("reports", 0, "extra"), 1),
    (("unreadable",), None),
    (("unreadable",), [{"file": "a"}]),
    (("reports", 1, "violations", 0, "severity"), "note"),
    (("reports", 1, "violations", 0, "line"), 0),
    (("reports", 1, "violations", 0, "source"), None),
]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_NOTES = {"$schema", "$id", "$defs", "title", "description"}


def problems(schema: dict[str, Any], value: Any, path: str = "$") -> list[str]:
    """What JSON Schema 2020-12 has against ``value``, for the keywords that our schema uses."""
    found: list[str] = []
    for keyword in schema.keys() - _NOTES:
        found += _KEYWORDS[keyword](schema, value, path)
    return found


def _one_of(schema: dict[str, Any], value: Any, path: str) -> list[str]:
    results = [problems(option, value, path) for option in schema["oneOf"]]
    return [] if results.count([]) == 1 else [f"{path} is not exactly one", *min(results, key=len)]


def _type(schema: dict[str, Any], value: Any, path: str) -> list[str]:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    fits = any(isinstance(value, _TYPES[name]) for name in names)
    if isinstance(value, bool):
        fits = "boolean" in names
    return [f"{path} is no {' or '.join(names)}"] * (not fits)


def _closed(schema: dict[str, Any], value: Any, path: str) -> list[str]:
    assert schema["additionalProperties"] is False
    return [f"{path} has {name}" for name in value.keys() - schema["properties"].keys()]


_KEYWORDS: dict[str, Callable[[dict[str, Any], Any, str], list[str]]] = {
    "$ref": lambda schema, value, path: problems(
        SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, path
    ),
    "oneOf": _one_of,
    "type": _type,
    "const": lambda schema, value, path: [f"{path} is another"] * (value != schema["const"]),
    "enum": lambda schema, value, path: [f"{path} is another"] * (value not in schema["enum"]),
    "minimum": lambda schema, value, path: (
        [f"{path} is too small"] * (isinstance(value, int) and value < schema["minimum"])
    ),
    "required": lambda schema, value, path: [
        f"{path} has no {name}" for name in schema["required"] if name not in value
    ],
    "properties": lambda schema, value, path: [
        problem
        for name in schema["properties"].keys() & value.keys()
        for problem in problems(schema["properties"][name], value[name], f"{path}.{name}")
    ],
    "additionalProperties": _closed,
    "items": lambda schema, value, path: [
        problem
        for index, item in enumerate(value)
        for problem in problems(schema["items"], item, f"{path}[{index}]")
    ],
}


def test_json_is_as_its_schema_says() -> None:
    text = as_json(REPORTS)
    assert text.endswith("}\n")
    assert text.isascii()
    run = json.loads(text)
    assert problems(SCHEMA, run) == []
    assert run["version"] == __version__
    assert [report["file"] for report in run["reports"]] == [name for name, _ in REPORTS]
    for (_, report), row in zip(REPORTS, run["reports"], strict=True):
        del row["file"]
        assert row == report.to_dict()
    assert run["summary"] == {"files": 6, "valid": 2, "invalid": 4, "errors": 5, "warnings": 1}


def test_no_reports() -> None:
    assert problems(SCHEMA, json.loads(as_json([]))) == []
    assert json.loads(as_sarif([]))["runs"][0]["results"] == []
    assert json.loads(as_sarif([]))["runs"][0]["invocations"] == [
        {"executionSuccessful": True, "toolExecutionNotifications": []}
    ]
    assert etree.fromstring(as_junit([]).encode()).get("tests") == "0"


UNREADABLE = [("no\x1b<.xml", "No such file"), ("t.har", 'this is no "HAR" & <file>')]


def test_unreadable_files_are_in_every_format() -> None:
    run = json.loads(as_json(REPORTS, UNREADABLE))
    assert problems(SCHEMA, run) == []
    assert [(row["file"], row["reason"]) for row in run["unreadable"]] == UNREADABLE
    assert run["summary"]["files"] == len(REPORTS)
    (log,) = json.loads(as_sarif(REPORTS, UNREADABLE))["runs"]
    (invocation,) = log["invocations"]
    assert invocation["executionSuccessful"] is False
    first, second = invocation["toolExecutionNotifications"]
    assert first["level"] == "error"
    assert first["message"] == {"text": "no\\x1b<.xml: No such file"}
    assert second["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "t.har"}}}]
    root = parse(as_junit(REPORTS, UNREADABLE).encode())
    (suite,) = root
    for element in root, suite:
        assert [element.get(name) for name in ("tests", "failures", "errors")] == ["8", "4", "2"]
    cases = {case.get("name"): case for case in suite}
    (error,) = cases["no\\x1b<.xml"]
    assert (error.tag, error.get("message")) == ("error", "No such file")
    assert cases["t.har"][0].get("message") == UNREADABLE[1][1]


def test_rules_link_to_the_site_if_there_is_one() -> None:
    def rules(docs: str) -> list[dict[str, Any]]:
        (log,) = json.loads(as_sarif(REPORTS, docs=docs))["runs"]
        found: list[dict[str, Any]] = log["tool"]["driver"]["rules"]
        return found

    for rule in rules("https://docs.example.com/"):
        assert rule["helpUri"] == page_of(rule["id"], "https://docs.example.com")
    for rule in rules(""):
        assert "helpUri" not in rule
        assert rule["help"]["text"].endswith(f"ips-contract rules {rule['id']}")


def test_what_else_kept_a_run_from_its_end() -> None:
    log = json.loads(as_sarif(REPORTS, UNREADABLE[:1], problems=["Half of it is missing."]))
    (invocation,) = log["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [row["message"]["text"] for row in invocation["toolExecutionNotifications"]]
    assert told == ["Half of it is missing.", "no\\x1b<.xml: No such file"]
    log = json.loads(as_sarif([], problems=["x"]))
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_parts_of_files_have_the_place_of_the_file() -> None:
    part = Inside("a.har", "entry 2 request")
    report = Report("a", None, [violation("blank", "x", line=3), violation("blank", "y")])
    run = sarif([("a.har entry 2 request", report)], inside={"a.har entry 2 request": part})
    told = [result["message"]["text"] for result in run["results"]]
    assert told == ["entry 2 request:3: x", "entry 2 request: y"]


@pytest.mark.parametrize("report", [report for _, report in [*REPORTS, ("", EVERY_RULE)]])
def test_json_of_one_report_is_as_the_schema_says(report: Report) -> None:
    assert problems(SCHEMA, json.loads(report.json())) == []
    assert problems(SCHEMA, report.to_dict()) == []


@pytest.mark.parametrize(("keys", "value"), BROKEN)
def test_the_schema_refuses(keys: tuple[str | int, ...], value: object) -> None:
    run = json.loads(as_json(REPORTS))
    *above, last = keys
    owner = run
    for key in above:
        owner = owner[key]
    if value is None:
        del owner[last]
    else:
        owner[last] = value
    assert problems(SCHEMA, run)


def sarif(
    reports: list[tuple[str, Report]], base: str = "", inside: dict[str, Inside] | None = None
) -> dict[str, Any]:
    text = as_sarif(reports, base=base, inside=inside)
    assert text.isascii()
    log = json.loads(text)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_rules() -> None:
    run = sarif(REPORTS)
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("ips-contract", __version__)
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    for row in driver["rules"]:
        rule = RULES[row["id"]]
        assert row["shortDescription"]["text"] == rule.meaning
        assert row["defaultConfiguration"]["level"] == rule.severity
        assert row["properties"]["source"] == rule.source
        assert row["properties"]["severity"] == rule.severity
        assert row["properties"].get("faultCode") == rule.fault
        assert EVIDENCE[rule.source[0]] in row["help"]["text"]


def test_sarif_results() -> None:
    run = sarif([*REPORTS, ("every", EVERY_RULE)])
    findings = [
        (name, finding)
        for name, report in [*REPORTS, ("every", EVERY_RULE)]
        for finding in report.violations
    ]
    assert run["columnKind"] == "unicodeCodePoints"
    for (_, finding), result in zip(findings, run["results"], strict=True):
        assert result["ruleId"] == finding.rule
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding.rule
        assert result["level"] == finding.severity
        assert result["message"] == {"text": finding.message}
        assert result["properties"].get("faultCode") == finding.fault_code
        (location,) = result["locations"]
        region = location["physicalLocation"].get("region", {})
        assert region.get("startLine") == finding.line
        assert region.get("startColumn") == finding.column
        paths = [place["fullyQualifiedName"] for place in location.get("logicalLocations", [])]
        assert paths == [finding.path] * (finding.path != "/")
    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]
    assert uris == [*(name for name, _ in REPORTS[:-1]), "%3Cstdin%3E", "every"]
    at = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert at[1] == {
        "artifactLocation": {"uri": "bad.xml"},
        "region": {"startLine": 5, "startColumn": 7},
    }


def test_sarif_region_without_a_column() -> None:
    report = Report("a", None, [violation("blank", "x", line=3)])
    (result,) = sarif([("a", report)])["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}


@pytest.mark.parametrize(("name", "base", "uri"), URIS)
def test_sarif_uris(name: str, base: str, uri: str) -> None:
    (result,) = sarif([(name, Report("a", None, [violation("blank", "x")]))], base)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}
    split = urlsplit(uri)
    assert split.query == split.fragment == ""
    assert split.scheme == ("file" if uri.startswith("file:") else "")
    if os.name == "posix" and not name.startswith("/"):
        assert os.fsdecode(unquote_to_bytes(uri)) == name.removeprefix("./")


@pytest.mark.parametrize(
    ("name", "uri"),
    [("../y/a.xml", "a.xml"), ("b/../a.xml", "a.xml"), ("../a.xml", "../a.xml"), ("..", "..")],
)
def test_sarif_has_one_uri_for_a_file(name: str, uri: str) -> None:
    run = sarif([(name, Report("a", None))], os.path.abspath(os.path.join(os.sep, "x", "y")))
    assert run["artifacts"] == [{"location": {"uri": uri}}]


def test_junit() -> None:
    text = as_junit(REPORTS)
    assert text.isascii()
    root = parse(text.encode())
    assert root.tag == "testsuites"
    (suite,) = root
    for element in root, suite:
        assert (element.get("tests"), element.get("failures")) == ("6", "4")
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == [name for name, _ in REPORTS]
    assert len(cases["good.xml"]) == 0
    (output,) = cases["warned.xml"]
    assert output.tag == "system-out"
    assert (output.text or "").startswith("warned.xml:3: name-separator: warning: ")
    (failure,) = cases["bad.xml"]
    assert failure.get("message") == "bad.xml: invalid (submitJobParam, pre-4.0): 2 errors"
    lines = (failure.text or "").split("\n")
    assert [line.split(": ")[:2] for line in lines] == [
        ["bad.xml:2", "blank"],
        ["bad.xml:5", "constant"],
    ]
    assert '"Fü<&"' in lines[1]


def test_junit_strict() -> None:
    (suite,) = parse(as_junit(REPORTS, strict=True).encode())
    assert suite.get("failures") == "5"
    (case,) = [case for case in suite if case.get("name") == "warned.xml"]
    assert [child.tag for child in case] == ["failure"]
    assert case[0].get("type") == "name-separator"


def test_junit_names_the_first_error() -> None:
    report = Report("a", None, [violation("name-separator", "x"), violation("blank", "y")])
    (suite,) = parse(as_junit([("a", report)]).encode())
    assert suite[0][0].get("type") == "blank"


def test_junit_names_are_distinct() -> None:
    names = ["a", "a (2)", "a", "a", "\x1b", "\\x1b", "b"]
    (suite,) = parse(
        as_junit([(name, Report("m", None)) for name in names], [("b", "no")]).encode()
    )
    assert [case.get("name") for case in suite] == [
        *("a", "a (2)", "a (3)", "a (4)", "\\x1b", "\\x1b (2)", "b", "b (2)")
    ]


def test_others_say_what_fails() -> None:
    both = [(name, report) for name, report in REPORTS if name in ("bad.xml", "warned.xml")]
    (suite,) = parse(as_junit(both, failing=[not report.valid for _, report in both]).encode())
    assert suite.get("failures") == "1"
    (suite,) = parse(as_junit(both, failing=[report.valid for _, report in both]).encode())
    assert suite.get("failures") == "1"
    assert {case.get("name"): case[0].tag for case in suite} == {
        "warned.xml": "failure",
        "bad.xml": "system-out",
    }


@pytest.mark.no_cover
@given(st.text(st.characters(), min_size=1), st.text(st.characters()))
def test_any_text_can_be_written(name: str, message: str) -> None:
    reports = [(name, Report(name, None, [violation("blank", message, f"/{name}")]))]
    (case,) = parse(as_junit(reports).encode())[0]
    assert case[0].text
    (row,) = json.loads(as_json(reports))["reports"]
    assert (row["file"], row["violations"][0]["message"]) == (name, message)
    if encodable(name):
        (result,) = sarif(reports)["results"]
        assert result["message"]["text"] == message


def encodable(name: str) -> bool:
    """Whether ``name`` can be that of a file here."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True
