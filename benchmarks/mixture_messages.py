"""The messages of ``benchmarks.mixtures``: clean ones, broken ones, and uploads of 1,000 URLs.

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
from benchmarks.validation import DOCUMENTED, answer, upload
from ips_contract import RULES, validate
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, PRE_3_8, UNVERSIONED, VERSIONS, Version
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
from ips_contract.xml.envelope import SOAP_11
from tests.everything import message
from tests.messages import PUBLISH

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
                    found = Message(kind, f"{name}, {_words(full)}, {version}", data, CLEAN)
                    if len(data) < LARGE and not validate(data).violations:
                        yield found
    yield from _drawn(400 if whole else 60)
    yield from _clean_urls()


def _words(full: bool) -> str:  # noqa: FBT001 # One word of a name.
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
                    found.append((f"{job}, {_words(full)}, {version}", version, root))
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


# ---- 1,000 URLs

_URL = "<sourceUrl>https://images.example.com/shop/summer/{n}.tif</sourceUrl>"
_PATH = "<destPath>shop/summer/{n}.tif</destPath>"
_ITEM = f"<items>{_URL}{_PATH}</items>"

# An item with a finding, or with two.
WRONG_ITEMS = {
    "sourceUrl missing": f"<items>{_PATH}</items>",
    "destPath missing": f"<items>{_URL}</items>",
    "empty item": "<items/>",
    "unknown element, last in an item": f"<items>{_URL}{_PATH}<folder>shop</folder></items>",
    "unknown element, first in an item": f"<items><name>a</name>{_URL}{_PATH}</items>",
    "unknown element with children": f"<items>{_URL}{_PATH}<a><b>c</b><b>d</b></a></items>",
    "unknown element between items": f"{_ITEM}<note>a</note>",
    "misspelt item": f"<item>{_URL}{_PATH}</item>",
    "misspelt field": f"<items>{_URL.replace('sourceUrl', 'sourceURL')}{_PATH}</items>",
    "field of another type": f"<items>{_URL}{_PATH}<emailSetting>All</emailSetting></items>",
    "wrong order": f"<items>{_PATH}{_URL}</items>",
    "repeated field": f"<items>{_URL}{_PATH}{_PATH}</items>",
    "relative URL": f"<items><sourceUrl>shop/{{n}}.tif</sourceUrl>{_PATH}</items>",
    "empty URL": f"<items><sourceUrl/>{_PATH}</items>",
    "blank URL": f"<items><sourceUrl>  </sourceUrl>{_PATH}</items>",
    "attribute": f'<items id="{{n}}">{_URL}{_PATH}</items>',
    "xsi:nil": '<items xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true">'
    f"{_URL}{_PATH}</items>",
    "attribute at a value": "<items>" + _URL.replace(">", ' id="a">', 1) + _PATH + "</items>",
    "text in an item": f"<items>{_URL}and{_PATH}</items>",
    "text between items": f"{_ITEM}and",
    "item in no namespace": f'<items xmlns="">{_URL}{_PATH}</items>',
    "item in another namespace": f'<items xmlns="{VERSIONS[-2].namespace}">{_URL}{_PATH}</items>',
    "field in no namespace": "<items>" + _URL.replace(">", ' xmlns="">', 1) + _PATH + "</items>",
    "two of one kind": f"<items>{_URL}{_PATH}<a/><b/></items>",
    "two of different kinds": f"<items><sourceUrl>{{n}}.tif</sourceUrl>{_PATH}<a/></items>",
}

# With more than ten; in each of 1,000 items that is more than a report lists.
MANY = f"<items>{_URL}{_PATH}{'<note/>' * 11}</items>"

# One finding elsewhere: what is replaced in a right message, and by what.
WRONG_ABOVE = {
    "warning above, name-separator": ("<jobName>Upload<", "<jobName>Up|load<"),
    "warning above, handle-form": (">c|47<", ">47<"),
    "warning above, locale-code": ("<uploadUrlsJob>", "<locale>en-UK</locale><uploadUrlsJob>"),
    "warning above, schedule-form": (
        "<uploadUrlsJob>",
        "<execSchedule>daily</execSchedule><uploadUrlsJob>",
    ),
    "warning above, response-only": ("</urlArray>", "</urlArray><numUrls>1000</numUrls>"),
    "error above, blank": ("<jobName>Upload<", "<jobName><"),
    "error above, locale": ("<uploadUrlsJob>", "<locale>en_US</locale><uploadUrlsJob>"),
    "error above, time-zone": (
        "<uploadUrlsJob>",
        "<execTime>2030-01-01T00:00:00</execTime><uploadUrlsJob>",
    ),
    "error above, schedule": (
        "<uploadUrlsJob>",
        "<execSchedule>0 60 3 * * ?</execSchedule><uploadUrlsJob>",
    ),
    "error above, jobName missing": ("<jobName>Upload</jobName>", ""),
    "error above, unknown element": ("<uploadUrlsJob>", "<priority>1</priority><uploadUrlsJob>"),
    "error above, order": (
        "<companyHandle>c|47</companyHandle><jobName>Upload</jobName>",
        "<jobName>Upload</jobName><companyHandle>c|47</companyHandle>",
    ),
    "error above, attribute of the root": ("<submitJobParam ", '<submitJobParam id="a" '),
    "error above, unknown, before the items": ("<urlArray>", "<urls/><urlArray>"),
    "error below, wrong boolean": ("<overwrite>true<", "<overwrite>yes<"),
    "error below, constant": (">Error<", ">Errors<"),
    "error below, constant in other case": (">Error<", ">error<"),
    "error below, flag missing": ("<overwrite>true</overwrite>", ""),
    "error below, emailSetting missing": ("<emailSetting>Error</emailSetting>", ""),
    "error below, unknown element": ("</uploadUrlsJob>", "<more/></uploadUrlsJob>"),
    "error below, order": (
        "<overwrite>true</overwrite><readyForPublish>true</readyForPublish>",
        "<readyForPublish>true</readyForPublish><overwrite>true</overwrite>",
    ),
    "error below, repeated": ("<overwrite>", "<overwrite>true</overwrite><overwrite>"),
    "error below, second job": (
        "</uploadUrlsJob>",
        f"</uploadUrlsJob>{PUBLISH}",
    ),
    "error below, text behind the items": ("</urlArray>", "</urlArray>and"),
    "error of the text, truncated": ("</submitJobParam>", ""),
}
COUNT = 1000


def _urls(wrong: str, place: int) -> bytes:
    """1,000 items of which the one at ``place`` is ``wrong``."""
    right = upload(_ITEM, COUNT)
    items = right.split(b"<items>")
    # What is before the first item is a part, too.
    parts = [items[0], *(b"<items>" + item for item in items[1:])]
    last, end, rest = parts[-1].partition(b"</items>")
    parts[-1] = last + end
    parts[place + 1] = wrong.replace("{n}", str(place)).encode()
    return b"".join(parts) + rest


_LOGIN = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
_OLD_LOGIN = (
    f'<o:AuthUser xmlns:o="{PRE_3_8}">u</o:AuthUser>'
    f'<o:AuthPassword xmlns:o="{PRE_3_8}">p</o:AuthPassword>'
)


def _enveloped(data: bytes, header: str = _LOGIN, behind: str = "") -> bytes:
    start = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Header>{header}</s:Header><s:Body>'.encode()
    return start + data + f"</s:Body>{behind}</s:Envelope>".encode()


def _clean_urls() -> Iterator[Message]:
    right = upload(_ITEM, COUNT)
    root = etree.fromstring(right)
    for wrapping, wrap in WRAPPINGS.items():
        data = wrap(root, LATEST)
        yield Message("clean, 1,000 URLs: in each wrapping", wrapping, data, CLEAN_URLS)
    for name, field, text in (
        ("getJobLogsReturn", "fileErrorCount", "3"),
        ("getActiveJobsReturn", "state", "Running"),
    ):
        data = answer(name, field, text, COUNT)
        yield Message("clean, 1,000 URLs: as many items of an answer", name, data, CLEAN_URLS)


def one_in_urls(*, whole: bool) -> Iterator[Message]:
    """1,000 URLs with one finding; with two, where an item has two."""
    places = {"first": 0, "middle": COUNT // 2, "last": COUNT - 1}
    for name, wrong in WRONG_ITEMS.items():
        for word, place in places.items():
            if whole or word == "middle":
                data = _urls(wrong, place)
                kind = f"one in 1,000 URLs: {name}"
                yield Message(kind, f"the {word}", data, ONE_IN_URLS)
                if whole:
                    yield Message(kind, f"the {word}, SOAP 1.1", _enveloped(data), ONE_IN_URLS)
    right = upload(_ITEM, COUNT).decode()
    for name, (old, new) in WRONG_ABOVE.items():
        assert old in right, name
        data = right.replace(old, new, 1).encode()
        kind = f"one in 1,000 URLs: {name}"
        yield Message(kind, "bare", data, ONE_IN_URLS)
        if whole:
            yield Message(kind, "SOAP 1.1", _enveloped(data), ONE_IN_URLS)
            yield Message(kind, "UTF-16", data.decode().encode("utf-16"), ONE_IN_URLS)
    text = right.encode()
    for name, data in {
        "auth-style": _enveloped(text, _OLD_LOGIN),
        "envelope-extra": _enveloped(text, behind="<a/>"),
        "auth-locale": _enveloped(text, _LOGIN.replace("</authH", "<locale>en_US</locale></authH")),
        "unpublished-version": text.replace(LATEST.date.encode(), b"2014-05-05"),
    }.items():
        yield Message(f"one in 1,000 URLs: {name}", "it", data, ONE_IN_URLS)


def every_url(*, whole: bool) -> Iterator[Message]:
    """1,000 URLs, each wrong; and half of them, each other one."""
    for name, wrong in WRONG_ITEMS.items():
        data = upload(wrong, COUNT)
        yield Message(f"each of 1,000 URLs: {name}", "bare", data, EVERY_URL)
        half = upload(wrong + _ITEM, COUNT // 2)
        if whole:
            yield Message(f"each of 1,000 URLs: {name}", "each second one", half, EVERY_URL)
            yield Message(f"each of 1,000 URLs: {name}", "SOAP 1.1", _enveloped(data), EVERY_URL)
    yield Message(
        "each of 1,000 URLs: more findings than are listed", "it", upload(MANY, COUNT), EVERY_URL
    )
    kinds = list(WRONG_ITEMS.values())
    mixed = upload("".join(kinds), COUNT // len(kinds))
    yield Message("each of 1,000 URLs: of all kinds by turns", "bare", mixed, EVERY_URL)


GROUPS: dict[str, Callable[..., Iterator[Message]]] = {
    "clean": clean,
    "broken": broken,
    "several": several,
    "one": one_in_urls,
    "every": every_url,
}
