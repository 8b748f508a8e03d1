"""``validate`` against lxml and xmlschema, each pair measured by turns in the same run.

A row's ratio is the median of the ratios of many pairs, its spread the middle half of them.
What is timed includes reading ``.violations``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from copy import deepcopy
from math import inf, isfinite
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from lxml import etree

from ips_contract import validate
from ips_contract.contract.model import contract
from ips_contract.contract.schema import STRICT, render, schema_text
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, Version
from tests.everything import fill, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PAIRS = 200  # Of timings in this process.
PROCESSES = 60  # Pairs of whole processes.
SAMPLE = 0.005  # Seconds that one timing takes, about.

DOCUMENTED = (ROOT / "fixtures" / "valid" / "documented-request.xml").read_bytes()
_AUTH = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
ENVELOPE = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{_AUTH}</s:Header><s:Body>'.encode()
    + DOCUMENTED
    + b"</s:Body></s:Envelope>"
)


def upload(item: str, count: int = 1000) -> bytes:
    """A request of the latest version to upload ``count`` URLs; ``{n}`` is each one's number."""
    items = "".join(item.replace("{n}", str(n)) for n in range(count))
    return (
        f'<submitJobParam xmlns="{LATEST.namespace}"><companyHandle>c|47</companyHandle>'
        f"<jobName>Upload</jobName><uploadUrlsJob><urlArray>{items}</urlArray>"
        "<overwrite>true</overwrite><readyForPublish>true</readyForPublish>"
        "<createMask>false</createMask><emailSetting>Error</emailSetting></uploadUrlsJob>"
        "</submitJobParam>"
    ).encode()


def answer(name: str, field: str, text: str, count: int = 1000) -> bytes:
    """An answer of the latest version with ``count`` items, complete but for a wrong value."""
    root = message(LATEST, name, full=False)
    (array,) = root
    table = contract(LATEST)
    (row,) = table.complex_types[table.messages[name]].fields
    (of,) = table.complex_types[row.type].fields
    item = etree.SubElement(array, f"{{{LATEST.namespace}}}items")
    fill(table, LATEST, item, of.type, full=False)
    (wrong,) = item.iterchildren(f"{{{LATEST.namespace}}}{field}")
    wrong.text = text
    for _ in range(count - 1):
        array.append(deepcopy(item))
    return etree.tostring(root)


_URL = "<sourceUrl>https://images.example.com/shop/summer/{n}.tif</sourceUrl>"
_PATH = "<destPath>shop/summer/{n}.tif</destPath>"
URLS = upload(f"<items>{_URL}{_PATH}</items>")
UNKNOWN = upload(f"<items>{_URL}{_PATH}<destFolder>shop</destFolder></items>")
MISSING = upload(f"<items>{_PATH}</items>")
WRONG_TYPE = answer("getJobLogsReturn", "fileErrorCount", "few")
WRONG_CONSTANT = answer("getActiveJobsReturn", "state", "running")

_ENVELOPE_SCHEMA = f"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{SOAP}"
           xmlns="{SOAP}" elementFormDefault="qualified">
  <xs:import namespace="{UNVERSIONED}" schemaLocation="{UNVERSIONED}"/>
  <xs:complexType name="Part"><xs:sequence>
    <xs:any namespace="##other" processContents="strict" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:element name="Envelope"><xs:complexType><xs:sequence>
    <xs:element name="Header" type="Part" minOccurs="0"/>
    <xs:element name="Body" type="Part"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""


class Row(NamedTuple):
    """A line of the table: ``value`` and ``limit`` in ``unit``, ``spread`` in words."""

    what: str
    peer: str
    value: float
    spread: str
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def cells(self) -> list[str]:
        bound = "at least" if self.at_least else "at most"
        unit = f" {self.unit}" if self.unit else ""
        value = f"{self.value:.2f}" if isfinite(self.value) else "over 10"
        return [
            *(self.what, self.peer, value + unit, self.spread),
            *(f"{bound} {self.limit:g}{unit}", "yes" if self.met else "**no**"),
        ]


HEAD = ["what", "peer", "ratio (median)", "spread (middle half)", "limit", "met"]


def middle(values: list[float]) -> str:
    low, _, high = quantiles(values, n=4)
    return f"{low:.2f} to {high:.2f}, {len(values)} pairs"


def timed(action: Callable[[], object], number: int) -> float:
    """Seconds of the processor: the other programs of a shared machine do not count."""
    start = time.process_time()
    for _ in range(number):
        action()
    return time.process_time() - start


def by_turns(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    pairs: int = PAIRS,
    sample: float = SAMPLE,
) -> list[float]:
    """The ratios of ours to theirs, timed one after the other, each for ``sample`` seconds."""
    numbers = []
    for action in (ours, theirs):
        action()
        once = min(timed(action, 3) for _ in range(3)) / 3
        numbers.append(max(1, int(sample / once)))
    first, second = numbers
    return [(timed(ours, first) / first) / (timed(theirs, second) / second) for _ in range(pairs)]


# ---- Against lxml and xmlschema, in this process ----


def strict_schema(version: Version) -> etree.XMLSchema:
    return etree.XMLSchema(render(version, STRICT))


def strict_envelope() -> etree.XMLSchema:
    """The schema of an envelope around messages of the unversioned namespace."""

    class Imports(etree.Resolver):
        def resolve(self, _url: str | None, _public_id: str | None, context: Any) -> Any:
            return self.resolve_string(etree.tostring(render(PRE_4_0, STRICT)), context)

    parser = etree.XMLParser()
    parser.resolvers.add(Imports())
    return etree.XMLSchema(etree.fromstring(_ENVELOPE_SCHEMA, parser))


def against_lxml(
    what: str, data: bytes, schema: etree.XMLSchema, limit: float, *, valid: bool = True
) -> Row:
    assert schema.validate(etree.fromstring(data)) is valid
    assert validate(data).valid is valid
    ratios = by_turns(
        lambda: validate(data).violations, lambda: schema.validate(etree.fromstring(data))
    )
    return Row(what, "lxml: parse, validate", median(ratios), middle(ratios), limit)


def against_xmlschema(what: str, data: bytes, version: Version, limit: float) -> Row:
    import xmlschema

    schema: Any = xmlschema.XMLSchema10(etree.tostring(render(version, STRICT), encoding="unicode"))
    assert schema.is_valid(etree.fromstring(data))
    ratios = by_turns(
        lambda: schema.is_valid(etree.fromstring(data)),
        lambda: validate(data).violations,
        PAIRS // 4,
    )
    peer = "xmlschema: lxml's tree, is_valid"
    times = "times as fast"
    return Row(what, peer, median(ratios), middle(ratios), limit, times, at_least=True)


def right() -> Iterator[Row]:
    yield against_lxml("documented message", DOCUMENTED, strict_schema(PRE_4_0), 1.5)
    yield against_lxml("its envelope, with authHeader", ENVELOPE, strict_envelope(), 1.5)
    yield against_lxml("upload of 1,000 URLs", URLS, strict_schema(LATEST), 1.1)


LIMITS = {
    "1,000 URLs, each with an unknown element": 1.4,
    "1,000 URLs, each without its sourceUrl": 1.2,
}


def wrong() -> Iterator[Row]:
    schema = strict_schema(LATEST)
    for what, data in {
        "1,000 URLs, each with an unknown element": UNKNOWN,
        "1,000 URLs, each without its sourceUrl": MISSING,
        "1,000 job logs, each with a wrong type": WRONG_TYPE,
        "1,000 jobs, each with a wrong constant": WRONG_CONSTANT,
    }.items():
        assert len(validate(data).errors) >= 1000
        # The walk reads all fields of an item, one by one: twenty in an answer, two of an URL.
        limit = LIMITS.get(what, 2.2)
        yield against_lxml(what, data, schema, limit, valid=False)


def pure() -> Iterator[Row]:
    yield against_xmlschema("documented message", DOCUMENTED, PRE_4_0, 20)
    yield against_xmlschema("upload of 1,000 URLs", URLS, LATEST, 20)


# ---- Whole processes ----

_OURS = """
import sys
from ips_contract import validate
with open(sys.argv[1], "rb") as file:
    data = file.read()
validate(data).violations
"""
_THEIRS = """
import sys
from lxml import etree
with open(sys.argv[1], "rb") as file:
    data = file.read()
schema = etree.XMLSchema(etree.parse(sys.argv[2]))
schema.validate(etree.fromstring(data))
"""
# The parent's size would count in what getrusage says, so Linux is asked about the program alone.
_PEAK = """
try:
    with open("/proc/self/status") as file:
        print(next(line.split()[1] for line in file if line.startswith("VmHWM:")))
except OSError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def process(program: str, *arguments: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-I", "-c", program, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return done.stdout


def started(program: str, *arguments: str) -> float:
    start = time.perf_counter()
    process(program, *arguments)
    return time.perf_counter() - start


class Files:
    """Documents and the strict schemas of their versions, as files."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def pair(self, name: str, data: bytes, version: Version) -> tuple[str, str]:
        document, schema = self._folder / f"{name}.xml", self._folder / f"{version}.xsd"
        document.write_bytes(data)
        schema.write_text(schema_text(version), encoding="utf-8")
        return str(document), str(schema)


def imported() -> Iterator[Row]:
    programs = ("import ips_contract", "pass")
    for program in programs:
        started(program)
    more = [1000 * (started(programs[0]) - started(programs[1])) for _ in range(2 * PROCESSES)]
    yield Row(
        "import ips_contract", "bare interpreter: difference", median(more), middle(more), 5, "ms"
    )


def first_verdict() -> Iterator[Row]:
    with Files() as files:
        for what, data, version in (
            ("documented message", DOCUMENTED, PRE_4_0),
            ("upload of 1,000 URLs", URLS, LATEST),
        ):
            paths = files.pair("document", data, version)
            started(_OURS, *paths), started(_THEIRS, *paths)
            ratios = [started(_OURS, *paths) / started(_THEIRS, *paths) for _ in range(PROCESSES)]
            name = f"process start to verdict, {what}"
            yield Row(name, "lxml alone: .xsd, validate", median(ratios), middle(ratios), 1.25)


def memory() -> Iterator[Row]:
    with Files() as files:
        for what, data, version in (
            ("documented message", DOCUMENTED, PRE_4_0),
            ("upload of 1,000 URLs", URLS, LATEST),
            ("1,000 URLs, each with an unknown element", UNKNOWN, LATEST),
        ):
            paths = files.pair("document", data, version)
            ratios = [
                int(process(_OURS + _PEAK, *paths)) / int(process(_THEIRS + _PEAK, *paths))
                for _ in range(PROCESSES // 6)
            ]
            name = f"peak memory of a process, {what}"
            yield Row(name, "lxml alone: .xsd, validate", median(ratios), middle(ratios), 1.2)


# ---- The hostile corpus ----


def hostile() -> Iterator[Row]:
    """The slowest and the largest document, each measured in a process of its own.

    The slowest ten are measured thrice and count with their fastest run: other programs on the
    machine take turns, and no document is faster than it can be.
    """
    results = _corpus()
    slowest = sorted(results, key=lambda name: -results[name][0])[:10]
    again = [_corpus(*slowest) for _ in range(2)]
    for name in slowest:
        results[name] = (min(run[name][0] for run in (results, *again)), results[name][1])
    names = f"{len(results)} hostile documents"
    name = max(results, key=lambda name: results[name][0])
    yield Row(f"slowest of {names}: {name}", "none", results[name][0], "best of 3", 1, "s")
    name = max(results, key=lambda name: results[name][1])
    yield Row(f"largest of {names}: {name}", "none", results[name][1], "1 run", 100, "MB")


def _corpus(*names: str) -> dict[str, tuple[float, float]]:
    """Name → seconds and megabytes; those that were stopped after a minute took for ever."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile", *names],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    found = {name: (seconds, growth / 1e6) for name, seconds, growth, _ in rows}
    for line in done.stderr.splitlines():
        name, colon, _ = line.partition(": ended by signal ")
        if colon:
            found[name] = (inf, 0.0)
    return found


MEASURES: dict[str, Callable[[], Iterator[Row]]] = {
    "right": right,
    "wrong": wrong,
    "pure": pure,
    "import": imported,
    "start": first_verdict,
    "memory": memory,
    "hostile": hostile,
}


def report(names: list[str]) -> int:
    """Prints the table, line by line; returns how many limits were missed."""
    print("| " + " | ".join(HEAD) + " |")
    print("|" + " --- |" * len(HEAD), flush=True)
    missed = 0
    for name in names:
        for row in MEASURES[name]():
            missed += not row.met
            print("| " + " | ".join(row.cells()) + " |", flush=True)
    return missed
