"""The table of cases, and the page that is made from it."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pytest

from ips_contract import VERSIONS, validate
from ips_contract.battery.scenarios.accept import PLAIN
from ips_contract.battery.scenarios.answer import DECOY, Asked, Reset
from ips_contract.battery.scenarios.scenario import ACCEPT, EXPECTATIONS, GATING, LEVELS, MEANINGS
from ips_contract.battery.scenarios.table import SCENARIOS, select
from tests.battery.test_runner import BROAD, CAUGHT, named
from tests.blocks import MAINTAINERS, REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.battery.scenarios.scenario import Scenario

NEW = VERSIONS[-1].namespace
LEVEL_NAMES = {
    "G": "gates the exit status: a careful client on a common library passes it",
    "S": "gates under `--strict` only",
    "I": "informs, and never gates",
}


# Source → section → its title there. Each was looked up; to cite another, look it up and add it.
# How each was checked, WS-I's rules too: docs/maintainers/citations.md.
SECTIONS = {
    "SOAP 1.1": {
        "3": "Relation to XML",
        "4": "SOAP Envelope",
        "4.1.2": "Envelope Versioning Model",
        "4.2": "SOAP Header",
        "4.2.2": "SOAP actor Attribute",
        "4.2.3": "SOAP mustUnderstand Attribute",
        "4.3": "SOAP Body",
        "4.4": "SOAP Fault",
        "4.4.1": "SOAP Fault Codes",
        "6": "Using SOAP in HTTP",
        "6.2": "SOAP HTTP Response",
    },
    "XML 1.0": {
        "2.1": "Well-Formed XML Documents",
        "2.2": "Characters",
        "2.4": "Character Data and Markup",
        "2.5": "Comments",
        "2.7": "CDATA Sections",
        "2.8": "Prolog and Document Type Declaration",
        "2.10": "White Space Handling",
        "2.11": "End-of-Line Handling",
        "3.1": "Start-Tags, End-Tags, and Empty-Element Tags",
        "4.1": "Character and Entity References",
        "4.3.3": "Character Encoding in Entities",
    },
    "Namespaces in XML 1.0": {
        "5": "Using Qualified Names",
        "6.1": "Namespace Scoping",
        "6.2": "Namespace Defaulting",
        "6.3": "Uniqueness of Attributes",
    },
    "XML Schema Part 1": {
        "2.6.1": "xsi:type",
        "2.6.3": "xsi:schemaLocation, xsi:noNamespaceSchemaLocation",
        "3.3.4": "Element Declaration Validation Rules",
        "3.4.4": "Complex Type Definition Validation Rules",
    },
    "RFC 1945": {"7.2.2": "Length"},
    "RFC 1952": {"2.3.1": "Member header and trailer"},
    "RFC 6265": {"3": "Overview"},
    "RFC 8297": {"2": "HTTP Status Code 103: Early Hints"},
    "RFC 9110": {
        "5.1": "Field Names",
        "8.3": "Content-Type",
        "8.3.1": "Media Type",
        "8.4": "Content-Encoding",
        "8.4.1.3": "Gzip Coding",
        "9.2.2": "Idempotent Methods",
        "12.5.3": "Accept-Encoding",
        "15.2": "Informational 1xx",
        "15.2.1": "100 Continue",
        "15.3.3": "202 Accepted",
        "15.3.5": "204 No Content",
        "15.4.8": "307 Temporary Redirect",
        "15.5.5": "404 Not Found",
        "15.6.1": "500 Internal Server Error",
        "17.5": "Attacks via Protocol Element Length",
    },
    "RFC 9112": {
        "4": "Status Line",
        "6.3": "Message Body Length",
        "7.1": "Chunked Transfer Coding",
        "7.1.1": "Chunk Extensions",
        "7.1.2": "Chunked Trailer Section",
        "8": "Handling Incomplete Messages",
        "9.5": "Failures and Timeouts",
    },
}
# What the service's makers or the service itself say; the rest are standards.
OF_SERVICE = ("API reference: ", "documented pages: ", "observed answers of the service")
# Cited as a whole, or by the numbers of their own rules.
WHOLE = (
    *OF_SERVICE,
    "RFC 7303",
    "WS-I Basic Profile 1.1 R",
    "WS-I Simple SOAP Binding Profile 1.0 R",
)


def cited(rule: str) -> list[tuple[str, str]]:
    """Source and section of each citation in ``rule``."""
    found = []
    for part in rule.split("; "):
        source, _, numbers = part.partition(" section")
        places = re.findall(r"[0-9][0-9.]*", numbers.removeprefix("s"))
        found += [(source, place) for place in places or [""]]
    return found


def standards(rule: str) -> Iterator[str]:
    """Each section or rule of a standard that ``rule`` cites, by its full name."""
    for part in rule.split("; "):
        if numbers := re.findall(r"\bR[0-9]{4}\b", part):
            profile = part.partition(f" {numbers[0]}")[0]
            yield from (f"{profile} {number}" for number in numbers)
        elif not part.startswith(OF_SERVICE):
            yield from (f"{at} section {n}" if n else at for at, n in cited(part))


def bugs() -> dict[str, str]:
    """Case → the bug of the client in ``tests/clients/broken.py`` that it catches most narrowly."""
    found = {
        "plain": "Does not submit the job as it was told.",
        "gzip-bomb": "Unpacks everything before it looks at the size.",
    }
    caught = [(kind, named(patterns)) for kind, patterns in (*CAUGHT.items(), *BROAD.items())]
    for kind, cases in sorted(caught, key=lambda row: len(row[1])):
        for case in cases:
            found.setdefault(case, " ".join((kind.__doc__ or "").split()))
    return found


def page() -> str:
    """docs/reference/scenarios.md, from the table."""
    caught = bugs()
    lines = [
        "# The cases of the client battery",
        "",
        "<!-- Made from battery/scenarios by python -m tests.battery.test_scenarios -->",
        "",
        "These are the answers that [the battery](battery.md) gives to your client.",
        "`ips-contract fuzz --list` prints the same.",
        "",
        f"There are {len(SCENARIOS)} cases. Levels:",
        "",
        *(f"- **{level}** {meaning}" for level, meaning in LEVEL_NAMES.items()),
        "",
        "What a client should do:",
        "",
        *(f"- **{name}**: {meaning}" for name, meaning in MEANINGS.items()),
        "",
        "The last column has, for gating cases, a bug that fails there; the clients are in",
        "`tests/clients/broken.py`.",
        "",
        "| case | id | level | the answer | should | rule | catches, for one, a client that |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in SCENARIOS.values():
        title = row.title.replace("<", "&lt;").replace(">", "&gt;")
        head = (str(row.number), f"`{row.id}`", row.level, title)
        bug = caught.get(row.id, "").removesuffix(".")
        bug = bug[:1].lower() + bug[1:].replace("``", "`")
        cells = (*head, row.expect, row.rule, bug)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    places = {place for row in SCENARIOS.values() for place in cited(row.rule) if place[1]}
    lines += [
        "",
        "## Sections cited",
        "",
        "[How each was checked](../maintainers/citations.md), and what it says for the cases.",
        "",
    ]
    for source, titles in SECTIONS.items():
        used = [f"{at} {title}" for at, title in titles.items() if (source, at) in places]
        lines.append(f"- {source}: {'; '.join(used)}")
    return "\n".join(lines) + "\n"


def asked(scenario: Scenario, namespace: str = NEW, *, accepts_gzip: bool = True) -> Asked:
    handle = scenario.served(dated=namespace == NEW)
    return Asked(namespace, handle, "http://127.0.0.1:1/case1", accepts_gzip)


def wire(scenario: Scenario) -> bytes:
    """The bytes of an answer, as far as steps are bytes."""
    return b"".join(s for s in scenario.answer.steps(asked(scenario)) if isinstance(s, bytes))


def test_page() -> None:
    assert (REFERENCE / "scenarios.md").read_text(encoding="utf-8") == page()


def test_citations_page() -> None:
    lines = (MAINTAINERS / "citations.md").read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if "|" in line
    ]
    said = {
        at: {row.id for row in select(re.findall("`(.*?)`", ids))} for at, _, _, ids in rows[2:]
    }
    found: dict[str, set[str]] = {}
    for scenario in SCENARIOS.values():
        for at in standards(scenario.rule):
            found.setdefault(at, set()).add(scenario.id)
    assert said == found
    assert len(said) == len(rows) - 2


def test_rows() -> None:
    for row in SCENARIOS.values():
        assert re.fullmatch("[a-z0-9.-]+", row.id)
        assert row.level in LEVELS
        assert row.expect in EXPECTATIONS
        assert row.title
        assert row.rule
        assert row.deadline > 0
        assert str(row) == row.__name__ == row.id


def test_sections_were_looked_up() -> None:
    for row in SCENARIOS.values():
        for source, place in cited(row.rule):
            known = place in SECTIONS.get(source, {}) if place else source.startswith(WHOLE)
            assert known, (row.id, source, place)


def test_sections_that_nobody_cites() -> None:
    places = {place for row in SCENARIOS.values() for place in cited(row.rule)}
    wanted = {(source, at) for source, titles in SECTIONS.items() for at in titles}
    assert wanted <= places


def test_every_number_of_the_list_has_cases() -> None:
    assert {row.number for row in SCENARIOS.values()} == {0, *range(1, 52)}


def test_documented_fault_codes_are_all_served() -> None:
    from ips_contract.contract.faults import FAULT_CODES

    assert {f"fault-{code}" for code in FAULT_CODES} <= SCENARIOS.keys()


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS.values() if s.expect == ACCEPT], ids=str)
@pytest.mark.parametrize("namespace", [VERSIONS[0].namespace, NEW])
def test_what_must_be_accepted_is_valid(scenario: Scenario, namespace: str) -> None:
    if scenario.id in ("charset-contradicts", "utf-16-unmarked", "password-markup", "plain"):
        return  # The first two are right by HTTP's header only.
    report = validate(scenario.answer.entity(asked(scenario, namespace)))
    wrong = [row for row in report.errors if row.rule != "stray-attribute"]
    assert not wrong, report.text()


@pytest.mark.parametrize("id_", ["fault-10000", "fault-20003", "fault-30003", "fault-under-200"])
def test_faults_are_valid(id_: str) -> None:
    scenario = SCENARIOS[id_]
    assert validate(scenario.answer.entity(asked(scenario))).valid


def test_most_answers_carry_a_decoy_or_no_handle() -> None:
    rows = [s for s in SCENARIOS.values() if s.level == GATING and "fault-" not in s.id]
    with_decoy = [s for s in rows if DECOY in s.answer.entity(asked(s)).decode("utf-8", "replace")]
    assert len(with_decoy) > len(rows) / 2


def test_answers_are_bounded() -> None:
    for scenario in SCENARIOS.values():
        assert len(wire(scenario)) < 2 * 2**20


def test_the_bomb_unpacks_to_a_gigabyte() -> None:
    data = wire(SCENARIOS["gzip-bomb"]).partition(b"\r\n\r\n")[2]
    unpacker, size = zlib.decompressobj(31), 0
    # A part of it: all of it takes seconds.
    for _ in range(64):
        size += len(unpacker.decompress(data, 2**20))
        data = unpacker.unconsumed_tail
    assert size == 64 * 2**20
    assert len(data) > 15 * 2**16


def test_gzip_only_if_offered() -> None:
    scenario = SCENARIOS["gzip"]
    plain = scenario.answer.steps(asked(scenario, accepts_gzip=False))
    assert b"Content-Encoding" not in bytes(plain[0])  # type: ignore[arg-type]
    assert b"Content-Encoding: gzip" in wire(scenario)


def test_resets_are_steps() -> None:
    assert any(isinstance(s, Reset) for s in SCENARIOS["reset-in-body"].answer.steps(asked(PLAIN)))


def test_handles_have_the_form_of_the_version() -> None:
    assert PLAIN.served(dated=False) == "47|Nightly publish|"
    assert PLAIN.served(dated=True) == "j|47|Nightly publish||"
    instance = SCENARIOS["handle-of-instance"]
    assert instance.served(dated=False) == "47||Nightly publish_2007-09-14-15:04:34"
    assert instance.served(dated=True) == "j|47||Nightly publish_2007-09-14-15:04:34|"


def test_another_version_is_another() -> None:
    scenario = SCENARIOS["other-version"]
    for namespace in (VERSIONS[0].namespace, VERSIONS[4].namespace, NEW):
        assert f'"{namespace}"'.encode() not in scenario.answer.entity(asked(scenario, namespace))


def test_select() -> None:
    assert select() == list(SCENARIOS.values())
    chosen = {row.id for row in select(["handle-n*", "plain"])}
    assert chosen == {"plain", "handle-nil", "handle-nested"}
    with pytest.raises(ValueError, match="no case 'plian'; did you mean plain"):
        select(["plian"])
    with pytest.raises(ValueError, match="; `ips-contract fuzz --list` shows them"):
        select(["zzz*"])


if __name__ == "__main__":
    (REFERENCE / "scenarios.md").write_text(page(), encoding="utf-8")
