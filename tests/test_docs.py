"""What the documentation shows is what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import ips_contract
from ips_contract import validate
from ips_contract.cli.rule_examples import example_lines
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.model import contract, messages
from ips_contract.contract.rules import RULES, evidence_words, page_of
from ips_contract.contract.versions import LATEST, VERSIONS
from ips_contract.http.messages import Request
from ips_contract.mock.operations.table import OPERATIONS
from ips_contract.mock.service import Service
from ips_contract.mock.serving import serve
from ips_contract.mock.state.accounts import ROLES
from ips_contract.mock.state.lifecycle import AT_ONCE
from tests.blocks import EXPLANATION, REFERENCE, ROOT, blocks
from tests.plugin_runs import run
from tests.sweep import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]
DOCS = sorted((ROOT / "docs").rglob("*.md"))


SOURCES = "../explanation/contract.md#the-letters"


RULES_HEAD = f"""\
# The rules

<!-- Made from ips_contract/contract/rules.py by python -m tests.test_docs -->

The validator knows these rules. The command `ips-contract rules` prints the same, and works
offline. Below the table each rule has a section with an example.
[Where the contract comes from]({SOURCES}) explains the sources.

The service looks at credentials first. So an error that keeps credentials from being read has fault
10000 (no credentials) or 10001 (invalid credentials) instead.

## Links to the site

If the site of the documentation is published anywhere, findings can link to the sections here. Give
its address as `validate --docs-url URL`, as `ips_docs` in `pytest.ini`, or in the variable
`IPS_CONTRACT_DOCS`, which `fuzz --report` and `capture-report` read as well. SARIF then has a
`helpUri` for each rule, HTML reports have a link at each finding, and failing tests name the
address. Without one they name the command.

## All rules

| rule | says | severity | fault | source |
|---|---|---|---|---|
"""


def rules_page() -> str:
    """docs/reference/rules.md, from the table."""
    lines = RULES_HEAD.splitlines()
    for rule in RULES.values():
        fault = " or ".join(f"{code} {FAULT_CODES[code].name}" for code in rule.faults)
        cells = (
            f"[`{rule.id}`](#{page_of(rule.id, '').partition('#')[2]})",
            rule.meaning,
            rule.severity,
            fault,
            evidence_words(rule.source),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for rule in RULES.values():
        lines += ["", f"## {rule.id}", "", rule.meaning, ""]
        fault = " or ".join(f"{code} ({FAULT_CODES[code].name})" for code in rule.faults)
        kind = f"**{rule.severity.capitalize()}**{f', fault {fault}' if fault else ''}"
        lines += [f"{kind}. Source: {evidence_words(rule.source)}.", ""]
        lines += ["```text example", *example_lines(rule), "```"]
    return "\n".join(lines) + "\n"


OPERATIONS_HEAD = """\
# The operations

<!-- Made from xsd/ and ips_contract/mock/operations/table.py by python -m tests.test_docs -->

The contract has {all} operations, {latest} has {latest_all}. Of the {all} the mock plays {real}.
Their answers are **real**: they follow from what was asked before, as the sources say. Of the other
{canned} no source says what the service would answer. They get a **canned** answer: the least that
the schema of the request's version allows, the same each time, with nothing of the request in it.
What marks it, and how a test gives another one: [the mock](mock.md#operations). Letters in
parentheses name [the source](../explanation/contract.md#the-letters) of a statement.

{reasons}

**Since** is the first version with the operation; where nothing stands, pre-4.0 has it. `4.0..6.6`
says that it came after pre-4.0 and that 6.6 has it. No source says when it came, so here it is in
all versions from 4.0 on. **Until** is the first later version without it; where nothing stands, the
latest has it. **Roles** are those that the API reference allows it to (D; S for submitJob), of the
ten that an `Account` can have. Where none stand, no source says, and the mock lets anybody.

| operation | answer | since | until | roles |
|---|---|---|---|---|
"""


# Why operations are canned.
NOT_PLAYED = {
    "They tell what is in a file, and the mock reads none": (
        "getAutoCropRect getPhotoshopPath getPhotoshopPathNames getSearchStrings getZipEntries"
    ),
    "No source says what such a catalog looks like": (
        "getImageRenderingCatalog getImageServingCatalog"
    ),
    "They have properties of the service itself, of which the sources show two": (
        "getProperty getSystemProperties"
    ),
    "It has no file; the same message is played as a part of a form at `/scene7/UploadFile`": (
        "uploadPost"
    ),
    "Of the beta of 2016 a client knows their names and fields, and no source says more": (
        "applyMetadataTemplate createCompanyMetadata deleteCompanyMetadata getCompanyMetadata "
        "getMetadataSchema getMetadataSchemaNamespaces listCompanyMetadata removeMetadataSchema "
        "saveMetadataSchema updateCompanyMetadata"
    ),
}


def operations_page() -> str:
    """docs/reference/operations.md, from the contract and the mock's table."""
    rows = {
        name.removesuffix("Param"): row
        for name, row in messages().items()
        if name.endswith("Param")
    }
    real = rows.keys() & OPERATIONS.keys()
    text = OPERATIONS_HEAD.format(
        all=len(rows),
        latest=LATEST,
        latest_all=sum(row.name in contract(LATEST).messages for row in rows.values()),
        real=len(real),
        canned=len(rows) - len(real),
        reasons="\n".join(
            f"- {reason}: {', '.join(f'`{name}`' for name in names.split())}."
            for reason, names in NOT_PLAYED.items()
        ),
    )
    assert set(" ".join(NOT_PLAYED.values()).split()) == rows.keys() - real
    for name, row in sorted(rows.items()):
        answer = "**real**" if name in real else "canned"
        cells = (f" `{name}` ", f" {answer} ", *(f" {cell} " for cell in (row.since, row.until)))
        line = "|".join(("", *cells, f" {_roles(row.roles)} ", ""))
        text += line.replace("  ", " ") + "\n"
    return text


def _roles(roles: tuple[str, ...]) -> str:
    """All but a few are told by those few."""
    missing = [role for role in ROLES if role not in roles]
    if not roles or not missing:
        return "all" if roles else ""
    if len(missing) < len(roles):
        return f"all but {', '.join(missing)}"
    return ", ".join(role for role in ROLES if role in roles)


def test_the_number_of_operations_in_the_readme() -> None:
    here = [name.removesuffix("Param") for name in contract(LATEST).messages if "Param" in name]
    words = f"plays {len(OPERATIONS.keys() & set(here))} of the {len(here)} operations of {LATEST}"
    assert words in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def test_operations_page() -> None:
    assert (REFERENCE / "operations.md").read_text(encoding="utf-8") == operations_page()


def test_rules_page() -> None:
    assert (REFERENCE / "rules.md").read_text(encoding="utf-8") == rules_page()


def test_versions_in_the_contract_page() -> None:
    text = (EXPLANATION / "contract.md").read_text(encoding="utf-8")
    for version in VERSIONS:
        end = f"/{version.date}" if version.date else "/IpsApi/xsd"
        also = ", ".join(version.aliases)
        row = f"| {version.label} | {also} | `{end}` | {version.wsdl} |".replace("|  |", "| |")
        assert row in text


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *DOCS], ids=str)
def test_links(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", text):
        if "://" in target:
            continue
        file = page.parent / target if target else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), (target, anchor)


def test_extras_that_pages_name() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = settings["project"]["optional-dependencies"]
    pages = [ROOT / "README.md", *DOCS, *(ROOT / "examples").glob("*/README.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    named = set(re.findall(r"(?<!\?)(?:\.|ips-contract)\[(\w+)\]", text))
    assert {"server", "pytest", "yaml"} <= named
    # The examples have an extra of their own.
    assert named - extras.keys() == {"test"}


def anchors(page: Path) -> set[str]:
    """The headings of ``page`` as links name them."""
    found = set()
    for heading in re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8")):
        words = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(words.replace(" ", "-"))
    return found


NAMING = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "*.toml", ".pre-*"),
    *("docs/**/*.md", "xsd/*.xsd", "fixtures/*.json", "benchmarks/*.py", "scoreboard/*"),
    "examples/*",
    "ips_contract/**/*.py",
)


def texts_with_names() -> dict[str, str]:
    """What names modules and files of ours: documents, settings, sources."""
    paths = [path for pattern in NAMING for path in ROOT.glob(pattern) if path.is_file()]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    # Older releases had what they had.
    _, unreleased, latest, *_ = texts["CHANGELOG.md"].split("\n## [")
    texts["CHANGELOG.md"] = unreleased + latest
    return texts


def is_there(name: str) -> bool:
    """Whether the dotted ``name`` is a module, or something that a module has."""
    found: object = ips_contract
    for depth, part in enumerate(name.split(".")[1:], start=2):
        if not hasattr(found, part):
            try:
                import_module(".".join(name.split(".")[:depth]))
            except ModuleNotFoundError:
                return False
        found = getattr(found, part)
    return True


NAMES = re.compile(r"(?<![\w./-])ips_contract(?:\.[A-Za-z_]\w*)+(?![\w/])")
FILES = re.compile(r"(?<![\w./*-])(?:[a-z]\w*/)+[\w.-]+\.(?:py|xsd)\b")


def unknown(text: str) -> list[str]:
    """The names of modules, of what they have and of files in ``text`` that are not there."""
    # mutmut puts x_ before a function's name.
    names = [name for name in NAMES.findall(text) if not is_there(name.replace(".x_", "."))]
    # Pages name the package's files from its folder on; those of fixtures and examples, too.
    roots = (ROOT, ROOT / "ips_contract", ROOT / "fixtures", *(ROOT / "examples").iterdir())
    files = [
        name for name in FILES.findall(text) if not any((root / name).exists() for root in roots)
    ]
    return sorted({*names, *files})


@pytest.mark.no_cover
def test_every_path_named_exists() -> None:
    found = {name: unknown(text) for name, text in texts_with_names().items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_paths_that_are_not_there_are_seen() -> None:
    text = (
        "`python -m ips_contract.cli.demo`, ips_contract.xml.parser.parse, (tests/cli/test_demo.py)"
    )
    assert unknown(text) == []
    text = "ips_contract.rows.parse, `-m ips_contract.demo`. tests/test_rows.py, xml/no.py"
    assert unknown(text) == [
        *("ips_contract.demo", "ips_contract.rows.parse", "tests/test_rows.py", "xml/no.py"),
    ]
    assert unknown("ips_contract.xml.parser.nobody") == ["ips_contract.xml.parser.nobody"]


@pytest.fixture
def _as_many_examples_as_is_asked() -> Iterator[None]:
    """What Hypothesis draws where a page says nothing of it."""
    usual = settings.get_current_profile_name()
    many = examples(20, 100)
    settings.register_profile("pages", settings.get_profile(usual), max_examples=many)
    settings.load_profile("pages")
    yield
    settings.load_profile(usual)


@pytest.mark.usefixtures("_as_many_examples_as_is_asked")
@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_python_blocks(page: Path) -> None:
    for block in blocks(page):
        if block.language == "python" and not block.info:
            exec(compile(block.text, f"{page}:{block.line}", "exec"), {"__name__": "example"})


# What README.md leaves to the reader: a client of their own.
MY_CLIENT = """
import zeep


class MyClient:
    def __init__(self, wsdl_url):
        self.service = zeep.Client(wsdl_url.replace("services/IpsApiService", WSDL)).service

    def publish(self, name):
        return self.service.submitJob(
            companyHandle="c|47",
            jobName=name,
            imageServingPublishJob={"publishType": "Full", "emailSetting": "Error"},
            _soapheaders={
                "authHeader": {
                    "user": "me@example.com",
                    "password": "secret",
                    "appName": "My Client",
                    "appVersion": "1.0",
                }
            },
        )


WSDL = "webservice/IpsApi-2014-04-03.wsdl"
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # zeep's own.
def test_readme_with_a_client_of_ones_own(pytester: pytest.Pytester) -> None:
    shown = [b.text for b in blocks(ROOT / "README.md") if b.info == "no-run"]
    (code,) = [text for text in shown if "def test_" not in text]
    exec(compile(MY_CLIENT + code, "README.md", "exec"), {"__name__": "example"})
    (test,) = [text for text in shown if "def test_" in text]
    ran = run(
        pytester,
        files={"my_client": MY_CLIENT, "test_mine": test},
        warnings="ignore::DeprecationWarning",
    )
    assert ran.outcomes == {"test_publish": "passed"}, ran.output


# Page, what it runs, and the paths of the assets that are there afterwards.
CURL = [
    (REFERENCE / "server.md", "curl", ["Company47/MyCompany/Images/shirt.jpg"]),
    (REFERENCE / "mock.md", "upload", ["Company47/shoes/boot.jpg"]),
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize(("page", "command", "paths"), CURL, ids=["sample", "upload"])
def test_curl(page: Path, command: str, paths: list[str], tmp_path: Path) -> None:
    shown = {block.info: block.text for block in blocks(page) if block.info}
    for name in shown.keys() & {"auth.xml", "params.xml"}:
        (tmp_path / name).write_text(shown[name], encoding="utf-8")
    (tmp_path / "boot.jpg").write_bytes(b"an image")
    with serve(plan=AT_ONCE) as server:
        text = f"{shown[command].strip()} --silent --noproxy '*'".replace("8080", str(server.port))
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-euc", text],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=True,
        )
        (exchange,) = server.exchanges
        assert [asset.path for asset in server.assets] == paths
    assert done.stdout == shown["answer"].rstrip()
    assert not exchange.report.violations


def test_the_wsdls_of_the_server() -> None:
    text = (REFERENCE / "server.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| `http://127.0.0.1:8080(/\S+)` \| ([\w.-]+)", text)
    assert len(rows) == 3
    for target, label in rows:
        body = Service().handle(Request("GET", target, {}, b"")).body
        named = [version for version in VERSIONS if f'"{version.namespace}"'.encode() in body]
        # The unversioned namespace is in all of them: faults are in it.
        assert named[-1].label == label
        assert len(named) <= 2


@pytest.mark.no_cover
@pytest.mark.skipif(shutil.which("csplit") is None, reason="needs csplit")
def test_commands_of_the_generate_page(tmp_path: Path) -> None:
    commands = [b.text for b in blocks(REFERENCE / "generate.md") if b.language == "sh"]
    assert len(commands) == 2
    # To measure the coverage of a command that draws hundreds of messages takes long.
    plain = {key: text for key, text in os.environ.items() if not key.startswith("COVERAGE_")}
    environment = plain | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for text in commands:
        subprocess.run(["bash", "-euc", text], cwd=tmp_path, env=environment, check=True)
    assert len(list((tmp_path / "bad").iterdir())) == 501
    parts = sorted(tmp_path.glob("message-*"))
    assert len(parts) == 20
    assert all(validate(part.read_bytes().removesuffix(b"\n")).valid for part in parts)


if __name__ == "__main__":
    (REFERENCE / "rules.md").write_text(rules_page(), encoding="utf-8")
    (REFERENCE / "operations.md").write_text(operations_page(), encoding="utf-8")
