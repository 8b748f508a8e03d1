"""The command ``wsdl``: it prints ours, and tells what differs in theirs."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from ips_contract import find_version, mock, sample
from ips_contract.cli import command_line as cli
from ips_contract.cli.commands import whole_parser
from ips_contract.contract.versions import LATEST
from ips_contract.contract.wsdl import wsdl
from tests.blocks import REFERENCE, blocks
from tests.wsdl.test_rewritings import split

if TYPE_CHECKING:
    from pathlib import Path

THEIRS = wsdl(LATEST, "http://ips.example.com/").decode()
COMPANY = '<xs:element name="imsOrgId" type="xs:string" minOccurs="0"/>\n'
# Without a field that getCompanyInfo may ask by, and that a Company has.
CHANGED = THEIRS.replace(COMPANY, "").replace(COMPANY.rstrip(), "")
ADDED = "imsOrgId: ours string, optional, after {}; theirs none"
REFUSED = "We take it, their service refuses it."
TOLD = f"""\
theirs.wsdl: 3 differences from 6.8

operation addCompany
  theirs.wsdl:{{}}: field-removed: addCompanyParam/{ADDED.format("expires")}
    {REFUSED}

operation getCompanyInfo
  theirs.wsdl:{{}}: field-removed: getCompanyInfoParam/{ADDED.format("companyName")}
    {REFUSED}

type Company (in answers of getCompanyInfo, getAllCompanies, addCompany and 1 more)
  theirs.wsdl:{{}}: field-removed: {ADDED.format("expires")}
    Our mock would answer it, and their service never does.
"""


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the changed WSDL, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "theirs.wsdl"
    path.write_text(CHANGED, encoding="utf-8")
    return path


def lines_of(*parts: str) -> list[int]:
    lines = CHANGED.splitlines()
    found = []
    for part in parts:
        at = next(number for number, line in enumerate(lines, 1) if f'name="{part}"' in line)
        # The line of an element's type is that below its own.
        found.append(at if "complexType" in lines[at - 1] else at + 1)
    return found


def test_ours(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    version = find_version("6.6")
    assert cli.main(["wsdl", "--api-version", "6.6", "--service-url", "http://höst/?a&b"]) == 0
    text = capsysbinary.readouterr().out.decode()
    assert text.isascii()  # So that the encoding of the output does not matter.
    assert text.replace("&#246;", "ö").encode() == wsdl(version, "http://höst/?a&b")


def test_ours_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    address = "http://localhost/scene7/services/IpsApiService"
    assert cli.main(["wsdl", "--no-soap12"]) == 0
    assert capsys.readouterr().out.encode() == wsdl(LATEST, address, soap12=False)


def test_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "theirs.wsdl"
    path.write_text(THEIRS, encoding="utf-8")
    assert cli.main(["wsdl", "diff", str(path)]) == 0
    assert capsys.readouterr() == (f"{path}: the same as 6.8\n", "")


def test_differences(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["wsdl", "diff", theirs.name]) == 1
    places = lines_of("addCompanyParam", "getCompanyInfoParam", "Company")
    assert capsys.readouterr() == (TOLD.format(*places), "")


def test_json(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["wsdl", "diff", "--format", "json", theirs.name]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["theirs"] == {"source": "theirs.wsdl", "namespace": LATEST.namespace}
    assert found["ours"] == {"version": "6.8", "namespace": LATEST.namespace}
    assert found["summary"] == {"differences": 3}
    assert found["differences"][1] == {
        "place": "operation getCompanyInfo",
        "kind": "field-removed",
        "operation": "getCompanyInfo",
        "type": "getCompanyInfoParam",
        "field": "imsOrgId",
        "ours": "string, optional, after companyName",
        "theirs": "none",
        "meaning": "We take it, their service refuses it.",
        "uses": "",
        "line": lines_of("getCompanyInfoParam")[0],
    }


def test_sarif(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["wsdl", "diff", "--format", "sarif", "--output", "out.sarif", theirs.name]
    assert cli.main(arguments) == 1
    assert capsys.readouterr() == ("", "")
    (run,) = json.loads((theirs.parent / "out.sarif").read_text(encoding="utf-8"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["wsdl-field-removed"]
    assert len(run["results"]) == 3
    result: dict[str, Any] = run["results"][0]
    assert (result["ruleId"], result["ruleIndex"]) == ("wsdl-field-removed", 0)
    assert result["message"]["text"] == (
        "operation addCompany: addCompanyParam/imsOrgId: ours string, optional, after expires; "
        "theirs none, against 6.8. We take it, their service refuses it."
    )
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "theirs.wsdl"},
        "region": {"startLine": lines_of("addCompanyParam")[0]},
    }


def test_from_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    with mock.serve() as server:
        url = server.wsdl_url("4.5")
        assert cli.main(["wsdl", "diff", url]) == 0
        assert capsys.readouterr().out == f"{url}: the same as 4.5\n"
        assert cli.main(["wsdl", "diff", "--against", "4.4", "--format", "sarif", url]) == 1
        assert f'"uri": "{url}"' in capsys.readouterr().out


PAGE = "<html><title>Log in</title></html>"
WRONG: list[tuple[str, str]] = [
    ("wsdl dif", "ips-contract wsdl: error: no command 'dif'; did you mean diff?"),
    ("wsdl it's", 'error: no command "it\'s"; the commands are diff'),
    ("validate --follow a.xml", "validate: error: --follow is for --wsdl FILE: it reads what"),
    ("wsdl diff", "wsdl diff: error: the following arguments are required: THEIRS"),
    ("wsdl diff --follw theirs.wsdl", "no option --follw; did you mean --follow?"),
    ("wsdl --api-version 6.8 diff theirs.wsdl", "--against V says the version"),
    ("wsdl --follow", "no option --follow; ips-contract wsdl --help shows what there is"),
    ("wsdl diff --against 6.7 theirs.wsdl", "no API version '6.7'; did you mean 6.6 or 6.8?"),
    ("wsdl diff none.wsdl", "none.wsdl: No such file or directory"),
    ("wsdl diff page.wsdl", 'page.wsdl:1: it is no WSDL: its root element is "html"'),
    ("wsdl diff --max-bytes 1000 theirs.wsdl", "larger than 1000 bytes"),
    ("wsdl diff other.wsdl", "other.wsdl: it has no namespace of the API; --against V says"),
]


@pytest.mark.parametrize(("words", "told"), WRONG, ids=[row[0] for row in WRONG])
def test_wrong(theirs: Path, words: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    (theirs.parent / "page.wsdl").write_text(PAGE, encoding="utf-8")
    other = CHANGED.replace("http://www.scene7.com/IpsApi", "urn:other")
    (theirs.parent / "other.wsdl").write_text(other, encoding="utf-8")
    assert cli.main(words.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.count("\n") == 1


def test_what_is_no_wsdl_of_the_api_can_be_compared(
    theirs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = CHANGED.replace(LATEST.namespace, "urn:other")
    theirs.write_text(other.replace("http://www.scene7.com/IpsApi", "urn:a"), encoding="utf-8")
    assert cli.main(["wsdl", "diff", "--against", "2016-01-14-beta", theirs.name]) == 1
    assert "namespace: ours" in capsys.readouterr().out


JUDGED = sample("imageServingPublish", "6.8").decode()


def test_validate_by_theirs(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs.write_text(CHANGED.replace('"publishType"', '"publishKind"'), encoding="utf-8")
    (theirs.parent / "a.xml").write_text(JUDGED, encoding="utf-8")
    assert cli.main(["validate", "--wsdl", theirs.name, "--explain", "a.xml"]) == 1
    out = capsys.readouterr().out
    assert "a.xml: invalid (submitJobParam, your WSDL): 2 errors" in out
    assert "source: your WSDL\n" in out
    assert cli.main(["validate", "--wsdl", theirs.name, "--format", "json", "a.xml"]) == 1
    assert json.loads(capsys.readouterr().out)["reports"][0]["version"] == "your WSDL"


NOT_JUDGED = [
    ("validate --wsdl none.wsdl a.xml", "argument --wsdl: none.wsdl: No such file or directory"),
    ("serve --wsdl none.wsdl", "argument --wsdl: none.wsdl: No such file or directory"),
    ("validate --wsdl theirs.wsdl --api-version 6.8 a.xml", "give one of them"),
]


@pytest.mark.parametrize(("words", "told"), NOT_JUDGED, ids=[row[0] for row in NOT_JUDGED])
def test_not_judged(
    theirs: Path, words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (theirs.parent / "a.xml").write_text(JUDGED, encoding="utf-8")
    assert cli.main(words.split()) == 2
    assert told in capsys.readouterr().err


def test_files_beside_theirs_are_read_if_that_is_asked_for(
    theirs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = split(theirs.parent)
    (theirs.parent / "a.xml").write_bytes(sample("checkLogin", "6.8"))
    command = ["validate", "--wsdl", path.name]
    assert cli.main([*command, "a.xml"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("ips-contract validate: error: argument --wsdl: theirs.wsdl")
    assert "--follow" in err
    assert cli.main([*command, "--follow", "a.xml"]) == 0
    assert "a.xml: valid (checkLoginParam, your WSDL)" in capsys.readouterr().out
    assert cli.main(["serve", "--wsdl", path.name]) == 2
    err = capsys.readouterr().err
    assert "theirs.wsdl: it is in several files; the mock serves one that is whole" in err
    assert "--follow" not in err


def test_serve_theirs(theirs: Path) -> None:
    """In a process of its own: the document is theirs, and a message is judged by it."""
    command = [sys.executable, "-m", "ips_contract", "serve", "--wsdl", theirs.name]
    theirs.write_text(CHANGED.replace('"publishType"', '"publishKind"'), encoding="utf-8")
    with subprocess.Popen(command, cwd=theirs.parent, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        try:
            with urllib.request.urlopen(f"{url}webservice/{LATEST.wsdl}", timeout=20) as answer:
                document = answer.read()
            assert b'"publishKind"' in document
            assert f"{url}services/IpsApiService".encode() in document
            body = sample("imageServingPublish", "6.8", wrap="soap11")
            request = urllib.request.Request(f"{url}services/IpsApiService", body)
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request, timeout=20)
            assert b"has no publishKind" in caught.value.read()
            caught.value.close()
        finally:
            process.terminate()


def test_the_page(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What docs/reference/wsdl.md shows is what is printed."""
    assert theirs.exists()
    (shown,) = [b for b in blocks(REFERENCE / "wsdl.md") if b.language == "console"]
    command, _, output = shown.text.partition("\n")
    assert cli.main(command.removeprefix("$ ips-contract ").split()) == 1
    assert capsys.readouterr().out == output


@pytest.mark.parametrize("exists", [True, False])
def test_an_import_that_nothing_needs_is_left_alone(theirs: Path, *, exists: bool) -> None:
    text = THEIRS
    schema = text.index(">", text.index(":schema ")) + 1
    more = '<xs:import xmlns:xs="http://www.w3.org/2001/XMLSchema" namespace="urn:x" '
    theirs.write_text(
        f'{text[:schema]}{more}schemaLocation="more.xsd"/>{text[schema:]}', encoding="utf-8"
    )
    if exists:
        (theirs.parent / "more.xsd").write_text(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"/>',
            encoding="utf-8",
        )
    asked = whole_parser().parse_args(["serve", "--wsdl", str(theirs)])
    assert asked.wsdl.components is not None
    assert asked.wsdl.components.document
