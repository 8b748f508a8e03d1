"""The small messages of ``benchmarks.mixtures``: clean ones, and broken ones.

Everything random here is from a fixed seed, so that two runs measure the same messages.
"""

from __future__ import annotations

import random
from copy import deepcopy
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from benchmarks.strategies import draw as draw_from
from benchmarks.validation import DOCUMENTED
from ips_contract import RULES, validate
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, UNVERSIONED, VERSIONS, Version
from ips_contract.fixtures import all_fixtures, load
from ips_contract.generation.envelopes import envelope, plain_request
from ips_contract.generation.messages import message_names
from ips_contract.generation.minimal import enveloped, first, least_message
from ips_contract.generation.mutations.mutation import CONTENT, EXCHANGE, WRAPPING, Subject
from ips_contract.generation.mutations.table import MUTATIONS, break_rules
from ips_contract.generation.random_messages import (
    draw,
    draw_envelope,
    draw_exchange,
    draw_fault,
    message_choices,
    request_choices,
)
from ips_contract.generation.serialization import (
    STYLE_WIDTH,
    Node,
    from_element,
    plain,
    to_element,
    write,
)
from ips_contract.strategies import envelopes, faults, messages, plain_requests, submit_job_requests
from ips_contract.xml.envelope import SOAP_11, SOAP_ENCODING
from tests.everything import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ips_contract.generation.mutations.mutation import Mutation

# Times of lxml's parser and validator, that a message may take.
CLEAN, CLEAN_URLS = 1.7, 1.2
FEW, ONE_IN_URLS, EVERY_URL = 4.0, 1.6, 1.2
LARGE = 32_768  # Bytes: what is about the parts of a small message is not about this.
MOST_FEW = 3  # Findings.
REQUEST = "submitJobParam"


class Message(NamedTuple):
    """A document to measure.

    ``kind`` is its row, as ``group: words``; ``name`` is its name there. ``request`` is what it
    answers, if both are judged together; ``most`` is the size limit, if not the default.
    """

    kind: str
    name: str
    data: bytes
    limit: float
    request: bytes | None = None
    most: int | None = None


# ---- Clean


def clean(*, whole: bool) -> Iterator[Message]:
    """Messages without a finding, in each wrapping and spelling."""
    yield Message("clean: documented message", "it", DOCUMENTED, CLEAN)
    for fixture in all_fixtures():
        if fixture.rule is None and fixture.request is None:
            yield Message(
                "clean: fixtures",
                fixture.name.removeprefix("valid/"),
                fixture.data,
                CLEAN,
                most=fixture.limit,
            )
    for number, (name, version, root) in enumerate(submissions()):
        for turn, (wrapping, wrap) in enumerate(WRAPPINGS.items()):
            # By turns: each job, version and wrapping is there, and each pair of them in the whole.
            if whole or (number + turn) % len(WRAPPINGS) < 2:
                yield Message(f"clean: {wrapping}", name, wrap(root, version), CLEAN)
    for version in VERSIONS if whole else (VERSIONS[0], VERSIONS[6], LATEST):
        for number, name in enumerate(message_names(version)):
            if name != REQUEST and (whole or number % 4 == version.rank % 4):
                kind = "clean: answers" if name.endswith("Return") else "clean: other operations"
                for full in (False, True):
                    data = etree.tostring(message(version, name, full=full))
                    found = Message(kind, f"{name}, {_words(full=full)}, {version}", data, CLEAN)
                    if len(data) < LARGE and not validate(data).violations:
                        yield found
    yield from _drawn(400 if whole else 60)


def _words(*, full: bool) -> str:
    return "all fields" if full else "least fields"


@lru_cache(maxsize=1)
def submissions() -> list[tuple[str, Version, etree._Element]]:
    """Each job of each version, with least fields and all, if nothing is remarked on it."""
    found = []
    for version in VERSIONS:
        kind = contract(version).complex_types[contract(version).messages[REQUEST]]
        jobs = kind.choices[-1].names
        for pick, job in enumerate(jobs):
            for full in (False, True):
                root = message(version, REQUEST, full=full, pick=pick)
                if not validate(etree.tostring(root)).violations:
                    found.append((f"{job}, {_words(full=full)}, {version}", version, root))
    return found


def _node(root: etree._Element) -> Node:
    return from_element(root)


# authHeader as clients send it; 6.8 wants an application's name, too.
_FIELDS = {"user": "me@example.com", "password": "secret", "appName": "Shop", "appVersion": "1.0"}


def _login(namespace: str) -> Node:
    return Node(namespace, "authHeader", [Node(namespace, *field) for field in _FIELDS.items()])


def _soap(soap: str) -> Callable[[etree._Element, Version], bytes]:
    def wrap(root: etree._Element, _version: Version) -> bytes:
        header = [_login(UNVERSIONED)]
        return plain(envelope(_node(root), soap, header, 0))

    return wrap


# What toolkits put beside authHeader: WS-Addressing, WS-Security.
_HEADERS_OF_OTHERS = (
    b'<a:Action xmlns:a="http://www.w3.org/2005/08/addressing">submitJob</a:Action>'
    b'<w:Security xmlns:w="urn:example:wsse"><w:Username>me</w:Username></w:Security>'
)


def _among_others(root: etree._Element, version: Version) -> bytes:
    before, tag, after = _soap("1.1")(root, version).partition(b"<authHeader")
    return before + _HEADERS_OF_OTHERS + tag + after


def _encoded(root: etree._Element, version: Version) -> bytes:
    """With the attributes that PHP and SOAP::Lite give an envelope, and one of what is signed."""
    whole = etree.fromstring(_soap("1.1")(root, version))
    whole.set(f"{{{SOAP_11}}}encodingStyle", SOAP_ENCODING)
    whole[1].set("{urn:example:wsu}Id", "b")
    return etree.tostring(whole, xml_declaration=True, encoding="UTF-8")


def _prefixed(root: etree._Element, version: Version) -> bytes:
    again = etree.Element(root.tag, nsmap={"ips": version.namespace})
    again.extend(deepcopy(list(root)))
    etree.cleanup_namespaces(again)
    return etree.tostring(again, xml_declaration=True, encoding="UTF-8")


def _commented(root: etree._Element, _version: Version) -> bytes:
    again = deepcopy(root)
    for element in list(again.iter("{*}*")):
        if len(element):
            element.insert(0, etree.Comment(" here "))
            element.append(etree.ProcessingInstruction("so", "and so"))
    return etree.tostring(again)


def _spelled(root: etree._Element, _version: Version) -> bytes:
    """CDATA, references, prefixes that change, blanks in tags."""
    return write(_node(root), b"\xff" + random.Random(len(root)).randbytes(STYLE_WIDTH - 1))


def _indented(root: etree._Element, _version: Version) -> bytes:
    return etree.tostring(root, pretty_print=True)


WRAPPINGS: dict[str, Callable[[etree._Element, Version], bytes]] = {
    "bare": lambda root, _: etree.tostring(root),
    "SOAP 1.1, authHeader": _soap("1.1"),
    "SOAP 1.2, authHeader": _soap("1.2"),
    "SOAP 1.1, others' headers": _among_others,
    "SOAP 1.1, attributes of SOAP": _encoded,
    "plain Request": lambda root, version: plain(
        plain_request(_node(root), _login(version.namespace))
    ),
    "UTF-16": lambda root, _: etree.tostring(root, encoding="UTF-16"),
    "prefixes": _prefixed,
    "comments": _commented,
    "indented": _indented,
    "odd spelling": _spelled,
}


def _drawn(count: int) -> Iterator[Message]:
    """From the generator of messages, and from each strategy."""
    chance = random.Random(16)
    for number in range(count):
        version = VERSIONS[number % len(VERSIONS)]
        node = draw(chance, chance.choice(request_choices((version,))))
        if number % 2:
            node = draw_envelope(chance, node)
        data = write(node, chance.randbytes(STYLE_WIDTH))
        yield Message("clean: generated", f"number {number}, {version}", data, CLEAN)
    for name, strategy in {
        "requests": submit_job_requests(),
        "all operations": messages(),
        "envelopes": envelopes(),
        "plain Requests": plain_requests(),
        "faults": faults(),
    }.items():
        drawn: list[bytes] = []
        draw_from(strategy, count, 16, drawn.append)
        for number, data in enumerate(drawn):
            yield Message(f"clean: strategy, {name}", f"number {number}", data, CLEAN)


# ---- Broken, small


def _documents(version: Version) -> Iterator[etree._Element]:
    """Documents of ``version`` to break, those about jobs first: what these can suffer, all can."""
    chance = random.Random(0)
    yield least_message(version, REQUEST)
    yield enveloped(least_message(version, REQUEST))
    request = draw(chance, request_choices((version,))[0])
    yield to_element(draw_envelope(chance, request))
    yield to_element(draw_fault(chance))
    login = draw(chance, message_choices((VERSIONS[0],), "authHeader")[0])
    yield to_element(plain_request(request, login))
    for name in message_names(version):
        if name != REQUEST:
            yield least_message(version, name)


class Breakable:
    """The documents of a version, and what is looked up in each, made when first needed."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self._left = _documents(version)
        self._subjects: list[Subject] = []

    def subjects(self) -> Iterator[Subject]:
        """Each document to break."""
        yield from self._subjects
        for root in self._left:
            self._subjects.append(Subject(root, self.version))
            yield self._subjects[-1]

    def broken(self, kind: str, name: str, mutation: Mutation, seed: int) -> Message | None:
        """The first document that ``mutation`` can break, broken; None if there is none."""
        choose = random.Random(seed).choice if seed else first
        request: etree._Element | None = None
        if mutation.level == EXCHANGE:
            choices = request_choices((self.version,))
            request, root = draw_exchange(random.Random(seed), choices[0])
        else:
            subject = next((one for one in self.subjects() if mutation.find(one)), None)
            if subject is None:
                return None
            root = subject.root
        done = break_rules(root, self.version, [mutation], choose, request=request)
        return Message(kind, name, done.xml, _limit(done.xml), done.request)


def _limit(data: bytes) -> float:
    return ONE_IN_URLS if len(data) > LARGE else FEW


def broken(*, whole: bool) -> Iterator[Message]:
    """Messages that break one rule: by each of its mutations, and those of ``fixtures/``.

    A mutation is done in the last version that can suffer it; for the whole, in each, and thrice.
    """
    breakable = [Breakable(version) for version in reversed(VERSIONS)]
    for rule, mutations in MUTATIONS.items():
        for mutation in mutations:
            for one in breakable:
                for seed in range(3 if whole else 1):
                    name = f"{mutation.kind}, {one.version}{f', {seed}' if seed else ''}"
                    made = one.broken(kind_of(rule), name, mutation, seed)
                    if made is not None:
                        yield made
                if made is not None and not whole:
                    break
    for fixture in all_fixtures():
        if fixture.rule is not None:
            request = load(fixture.request) if fixture.request else None
            name = fixture.name.removeprefix("invalid/")
            limit = _limit(fixture.data)
            yield Message(kind_of(fixture.rule), name, fixture.data, limit, request, fixture.limit)


def kind_of(rule: str) -> str:
    """The row of messages that break ``rule`` alone."""
    return f"{RULES[rule].severity}: {rule}"


def several(*, whole: bool) -> Iterator[Message]:
    """Messages with two or three findings: pairs and triples of mutations, drawn."""
    table = [m for row in MUTATIONS.values() for m in row if m.level in (CONTENT, WRAPPING)]
    able = [
        (subject, [mutation for mutation in table if mutation.find(subject)])
        for version in VERSIONS
        # Bare, and in an envelope with a header.
        for subject in [*islice(Breakable(version).subjects(), 3)][::2]
    ]
    for number, word in ((2, "several findings: pairs"), (3, "several findings: triples")):
        for seed in range(600 if whole else 60):
            chance = random.Random(seed)
            subject, mutations = chance.choice(able)
            chosen = chance.sample(mutations, number)
            done = break_rules(subject.root, subject.version, chosen, chance.choice)
            if 2 <= len(validate(done.xml).violations) <= MOST_FEW and len(done.xml) <= LARGE:
                yield Message(word, f"{', '.join(done.rules)}, {done.version}", done.xml, FEW)
