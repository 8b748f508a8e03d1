"""Whole flows, as public clients of the service have them, by three stacks in three versions.

The flows are one table of steps. Each stack makes of a step what its users would: zeep a call,
requests and httpx an envelope that is written by hand. All read the same out of the answers.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import httpx
import pytest
import requests
import zeep
import zeep.exceptions
import zeep.helpers
from lxml import etree

from ips_contract import VERSIONS
from ips_contract.contract.endpoints import SERVICE_PATH, UPLOAD_PATH
from ips_contract.mock.adapters.httpx import transport
from ips_contract.mock.service import Service
from ips_contract.mock.serving import serve
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ips_contract.contract.versions import Version

VERSION = {version.label: version for version in VERSIONS}
TESTED = ("pre-4.0", "6.6", "6.8")
NOON = datetime(2014, 4, 3, 12, tzinfo=UTC)
SEED = {
    "companies": [
        {
            "name": "Acme",
            "folders": ["in"],
            "assets": [
                {
                    "folder": f"f{number % 2}",
                    "name": f"shoe{number}",
                    "fileName": f"shoe{number}.jpg",
                    "metadata": {"Color": "Red", "Tags": ["a", "b"]},
                    "info": {"width": 100 * number},
                }
                for number in range(1, 6)
            ]
            + [{"folder": "sets", "name": "all", "type": "ImageSet", "members": ["f0/shoe2"]}],
            "propertySetTypes": [
                {
                    "name": "Zoom",
                    "propertyType": "CompanyProperty",
                    "sets": [{"owner": 47, "properties": {"level": 3}}],
                }
            ],
        }
    ]
}
LOGIN = {"user": "me@example.com", "password": "secret", "appName": "test", "appVersion": "1"}

# The names and texts of the elements of an answer that have no children, in their order.
Leaves = list[tuple[str, str]]


class Refused(Exception):
    """The service answered with a fault: its code."""


class Step(NamedTuple):
    """A request, and what comes of it.

    Attributes:
        operation: its name; GET is for an address.
        fields: the message's, in their order; a name in braces stands for what was kept.
        finds: name of a leaf → all its texts in the answer.
        keeps: a name for later → the leaf whose first text it is.
        fault: the code of the fault that it ends in.
        until: a leaf and how its text begins: it is sent again until the answer has such a one,
            and that is kept.
        as_long_as: a leaf: it is sent again as long as the answer has it.
        files: of a form, name → content.
        versions: those that have it.
    """

    operation: str
    fields: dict[str, Any]
    finds: Mapping[str, list[str]] = {}
    keeps: Mapping[str, str] = {}
    fault: int = 0
    until: tuple[str, str] | None = None
    as_long_as: str = ""
    files: Mapping[str, bytes] = {}
    versions: tuple[str, ...] = TESTED


NEWER, NEWEST = TESTED[1:], TESTED[2:]
COMPANY = {"companyHandle": "{company}"}
FIRST = Step(
    "getCompanyInfo",
    {"companyName": "Acme"},
    finds={"rootPath": ["Acme/"]},
    keeps={"company": "companyHandle"},
)
# By their paths; the answer has these fields and no others.
WANTED = {"items": ["assetArray/items/assetHandle", "assetArray/items/name", "totalRows"]}
COMMON = {"overwrite": True, "readyForPublish": True, "createMask": False, "emailSetting": "None"}


def search(
    folder: str, *names: str, total: int | None = None, paging: Mapping[str, int] = {}, **keeps: str
) -> Step:
    """A search in one folder that finds these names, of ``total`` that there are."""
    fields = {"folder": folder, "includeSubfolders": False, **paging, "responseFieldArray": WANTED}
    rows = str(len(names) if total is None else total)
    return Step("searchAssets", {**COMPANY, **fields}, _found(names, totalRows=[rows]), keeps)


def page(folder: str, number: int, *names: str, total: int) -> Step:
    """A page of two."""
    return search(folder, *names, total=total, paging={"recordsPerPage": 2, "resultsPage": number})


def _found(names: tuple[str, ...], **more: list[str]) -> dict[str, list[str]]:
    return {"name": list(names), **more}


def by_name(*asked: str, finds: list[str]) -> Step:
    fields = {**COMPANY, "nameArray": {"items": list(asked)}, "responseFieldArray": WANTED}
    return Step("getAssetsByName", fields, {"name": finds}, versions=NEWER)


def submit(name: str, **job: object) -> Step:
    fields = {**COMPANY, "jobName": name, **job}
    return Step("submitJob", fields, keeps={"job": "jobHandle"})


def wait(name: str) -> Step:
    fields = {**COMPANY, "originalName": name}
    return Step("getActiveJobs", fields, as_long_as="jobHandle")


def logs(start: str, end: str, *types: str) -> Step:
    window = {"startDate": f"2014-04-{start}:00Z", "endDate": f"2014-04-{end}:00Z"}
    return Step("getJobLogs", {**COMPANY, **window}, {"logType": list(types)})


def change(operation: str, fault: int = 0, **fields: object) -> Step:
    return Step(operation, {**COMPANY, "assetHandle": "{asset}", **fields}, fault=fault)


def upload(inner: dict[str, object], files: Mapping[str, bytes]) -> Step:
    return Step("uploadPost", {**COMPANY, **inner}, keeps={"job": "jobHandle"}, files=files)


def url(name: str) -> dict[str, str]:
    return {"sourceUrl": f"https://example.com/{name}", "destPath": f"Acme/in/{name}"}


class Flow(NamedTuple):
    """A flow: its steps, and the versions that have it."""

    versions: tuple[str, ...]
    steps: tuple[Step, ...]


FLOWS = {
    # Upload by URL, wait, find, rename, delete.
    "upload-urls": Flow(
        TESTED,
        (
            submit(
                "Up", uploadUrlsJob={"urlArray": {"items": [url("a.jpg"), url("b.jpg")]}, **COMMON}
            ),
            Step("getActiveJobs", COMPANY, {"originalName": ["Up"], "type": ["UrlUpload"]}),
            wait("Up"),
            by_name("a", "nobody", "shoe2", finds=["a", "shoe2"]),
            search("Acme/in/", "a", "b", asset="assetHandle"),
            change("renameAsset", newName="b", validateName=True, fault=30000),
            change("renameAsset", newName="a-1", validateName=True),
            search("Acme/in/", "a-1", "b"),
            change("deleteAsset"),
            search("Acme/in/", "b"),
            by_name("a", "a-1", finds=[]),
        ),
    ),
    # The same by a form, in two POSTs of one job.
    "upload-files": Flow(
        NEWEST,
        (
            upload(
                {"jobName": "Form", "destFolder": "Acme/in/", "uploadParams": COMMON},
                {"a.jpg": b"a"},
            ),
            upload(
                {"jobHandle": "{job}", "destFolder": "Acme/in/", "endJob": True},
                {"b.jpg": b"b", "c.jpg": b"c"},
            ),
            wait("Form"),
            search("Acme/in/", *"abc", asset="assetHandle"),
            change("renameAsset", newName="shoe1", validateName=True, fault=30000),
            change("deleteAsset"),
            by_name(*"abc", finds=["b", "c"]),
        ),
    ),
    # A tree of folders, then each folder page by page. Some clients call the first page 0, some 1.
    "folders": Flow(
        TESTED,
        (
            Step(
                "getFolderTree",
                {**COMPANY, "folderPath": "Acme/", "depth": 1},
                {"path": ["Acme/", "Acme/f0/", "Acme/f1/", "Acme/in/", "Acme/sets/"]},
            ),
            Step(
                "getFolderTree",
                {**COMPANY, "folderPath": "Acme/", "depth": 0},
                {"path": ["Acme/"]},
            ),
            page("Acme/f1/", 0, "shoe1", "shoe3", total=3),
            page("Acme/f1/", 1, "shoe1", "shoe3", total=3),
            page("Acme/f1/", 2, "shoe5", total=3),
            page("Acme/f0/", 1, "shoe2", "shoe4", total=2),
            Step(
                "getAssetsByName",
                {**COMPANY, "nameArray": {"items": ["shoe3"]}},
                {"width": ["300"], "value": ["Red", "a, b"], "items": ["a", "b"]},
                versions=NEWER,
            ),
            Step(
                "searchAssetsByMetadata",
                {
                    **COMPANY,
                    "metadataConditionArray": {
                        "items": [{"fieldHandle": "file_name", "op": "EndsWith", "value": "4.jpg"}]
                    },
                },
                {"name": ["shoe4"], "totalRows": ["1"]},
                versions=NEWER,
            ),
            Step(
                "createFolder",
                {**COMPANY, "folderPath": "Acme/new/"},
                keeps={"folder": "folderHandle"},
            ),
            search("Acme/f1/", "shoe1", "shoe3", "shoe5", asset="assetHandle"),
            change("moveAsset", folderHandle="{folder}"),
            search("Acme/new/", "shoe1"),
            Step(
                "moveAssets",
                {
                    **COMPANY,
                    "assetMoveArray": {
                        "items": [
                            {"assetHandle": one, "folderHandle": "{folder}"}
                            for one in ("{asset}", "a|99")
                        ]
                    },
                },
                {"successCount": ["1"], "errorCount": ["1"], "code": ["30001"]},
                versions=NEWER,
            ),
            Step("deleteFolder", {**COMPANY, "folderHandle": "{folder}"}),
            Step(
                "getFolders",
                {**COMPANY, "folderPath": "Acme/"},
                {"path": ["Acme/", "Acme/f0/", "Acme/f1/", "Acme/in/", "Acme/sets/"]},
            ),
        ),
    ),
    # An export is known by an address of an archive in the log of its job.
    "export": Flow(
        NEWER,
        (
            search("Acme/f1/", "shoe1", "shoe3", "shoe5", asset="assetHandle"),
            submit(
                "Out",
                exportJob={
                    "assetHandleArray": {"items": ["{asset}"]},
                    "fmt": "orig",
                    "emailSetting": "None",
                },
            ),
            wait("Out"),
            Step(
                "getJobLogDetails",
                {**COMPANY, "originalName": "Out"},
                keeps={"archive": "assetName"},
                until=("assetName", "http"),
            ),
            Step("GET", {"url": "{archive}"}, {"name": ["shoe1.jpg"]}),
        ),
    ),
    # Log in, publish, and read the logs of a time.
    "logs": Flow(
        TESTED,
        (
            Step(
                "checkLogin",
                {**COMPANY, "email": "me@example.com", "password": "secret"},
                {"status": ["ValidLogin"]},
            ),
            Step("getUserInfo", {"email": "me@example.com"}, {"email": ["me@example.com"]}),
            submit("Go", imageServingPublishJob={"publishType": "Full", "emailSetting": "None"}),
            Step("getActiveJobs", COMPANY, {"type": ["ImageServingPublish"]}),
            wait("Go"),
            logs("03T11:00", "03T13:00", "BeginImageServingPublish"),
            logs("03T13:00", "03T14:00"),
            Step("stopJob", {**COMPANY, "jobHandle": "{job}"}, fault=30001),
        ),
    ),
    # What an asset is part of, and what a company has set.
    "settings": Flow(
        NEWER,
        (
            search("Acme/f0/", "shoe2", "shoe4", asset="assetHandle"),
            Step(
                "getAssociatedAssets",
                {
                    **COMPANY,
                    "assetHandle": "{asset}",
                    "responseFieldArray": {"items": ["containerArray/items/name"]},
                },
                {"name": ["all"]},
            ),
            Step("getPropertySetTypes", COMPANY, {"name": ["Zoom"]}, {"type": "typeHandle"}),
            Step(
                "getPropertySets",
                {"typeHandle": "{type}", "primaryOwnerHandle": "{company}"},
                {"name": ["level"], "value": ["3"]},
            ),
        ),
    ),
    # What is cached is called back.
    "cache": Flow(
        NEWER,
        (
            Step(
                "cdnCacheInvalidation",
                {**COMPANY, "urlArray": {"items": ["https://example.com/is/image/Acme/shoe3"]}},
                {"successCount": ["1"]},
                versions=("6.6",),
            ),
            Step(
                "cdnCacheInvalidation",
                {**COMPANY, "urlArray": {"items": ["https://example.com/is/image/Acme/shoe3"]}},
                keeps={"invalidation": "invalidationHandle"},
                versions=NEWEST,
            ),
            Step(
                "getCdnCacheInvalidationStatus",
                {**COMPANY, "invalidationHandle": "{invalidation}"},
                {"status": ["InProgress"]},
                versions=NEWEST,
            ),
        ),
    ),
}


# The stacks


class Stack(Protocol):
    """A client of the service, with the libraries that its users have.

    ``ask`` sends a message, ``upload`` a form, ``fetch`` gets what is at an address. The first two
    raise Refused for a fault.
    """

    def ask(self, operation: str, fields: Mapping[str, Any]) -> Leaves: ...

    def upload(self, fields: Mapping[str, Any], files: Mapping[str, bytes]) -> Leaves: ...

    def fetch(self, url: str) -> bytes: ...


def document(name: str, fields: Mapping[str, Any], namespace: str) -> etree._Element:
    """An element of a namespace with these fields in it."""
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})
    for field, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                root.append(document(field, one, namespace))
            else:
                text = str(one).lower() if isinstance(one, bool) else str(one)
                etree.SubElement(root, f"{{{namespace}}}{field}").text = text
    return root


def leaves_of(body: bytes) -> Leaves:
    """What is in an answer; or Refused."""
    found = [
        (etree.QName(element).localname, element.text)
        for element in etree.fromstring(body).iter("{*}*")
        if element.text and not len(element)
    ]
    if "code" in dict(found) and b"Return" not in body:
        raise Refused(int(dict(found)["code"]))
    return found


class ByHand:
    """Envelopes written by hand; ``post`` and ``get`` give the body of an answer."""

    def __init__(
        self, base: str, version: Version, post: Callable[..., bytes], get: Callable[[str], bytes]
    ) -> None:
        self._base = base
        self._namespace = version.namespace
        self._auth = document("authHeader", LOGIN, VERSION["pre-4.0"].namespace)
        self._post = post
        self.fetch = get

    def ask(self, operation: str, fields: Mapping[str, Any]) -> Leaves:
        soap = "http://schemas.xmlsoap.org/soap/envelope/"
        envelope = etree.Element(f"{{{soap}}}Envelope", nsmap={"soap": soap})
        etree.SubElement(envelope, f"{{{soap}}}Header").append(self._auth)
        message = document(f"{operation}Param", fields, self._namespace)
        etree.SubElement(envelope, f"{{{soap}}}Body").append(message)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": operation}
        url = self._base + SERVICE_PATH
        return leaves_of(self._post(url, content=etree.tostring(envelope), headers=headers))

    def upload(self, fields: Mapping[str, Any], files: Mapping[str, bytes]) -> Leaves:
        params = document("uploadPostParam", fields, self._namespace)
        parts = [
            *(("auth", (None, etree.tostring(self._auth))),),
            *(("uploadParams", (None, etree.tostring(params))),),
            *(("file", (name, content)) for name, content in files.items()),
        ]
        return leaves_of(self._post(self._base + UPLOAD_PATH, files=parts))


def by_requests(session: requests.Session, base: str, version: Version) -> ByHand:
    def post(url: str, content: bytes | None = None, **more: Any) -> bytes:
        return session.post(url, data=content, timeout=60, **more).content

    return ByHand(base, version, post, lambda url: session.get(url, timeout=60).content)


def by_httpx(client: httpx.Client, base: str, version: Version) -> ByHand:
    def post(url: str, **more: Any) -> bytes:
        return client.post(url, **more).content

    return ByHand(base, version, post, lambda url: client.get(url).content)


@cache
def zeep_client(label: str) -> Any:
    """A client made from the WSDL: that takes as long as hundreds of requests."""
    untyped: Any = zeep
    with serve() as server:
        return untyped.Client(server.wsdl_url(label), settings=untyped.Settings(strict=True))


class ByZeep:
    """Calls of zeep; files go by requests, for SOAP has no way to send them."""

    def __init__(self, session: requests.Session, base: str, version: Version) -> None:
        client = zeep_client(version.label)
        (name,) = (n for n in client.wsdl.bindings if n.endswith("IpsApiServiceSoapBinding"))
        self._service = client.create_service(name, base + SERVICE_PATH)
        by_hand = by_requests(session, base, version)
        self.upload, self.fetch = by_hand.upload, by_hand.fetch

    def ask(self, operation: str, fields: Mapping[str, Any]) -> Leaves:
        method = getattr(self._service, operation)
        try:
            answer = method(**fields, _soapheaders={"authHeader": LOGIN})
        except zeep.exceptions.Fault as fault:
            raise Refused(int(fault.detail.findtext(".//{*}code"))) from None
        # Of an answer with one field zeep gives the value alone.
        kind = self._service._binding._operations[operation].output.body.type
        name = kind.elements[0][0] if kind.elements else ""
        untyped: Any = zeep.helpers
        return list(_leaves(name, untyped.serialize_object(answer, dict)))


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from _leaves(inner, one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(name, one)
    elif value is not None:
        yield name, str(value)


@contextmanager
def stack(kind: str, service: Service, version: Version) -> Iterator[Stack]:
    """One of the stacks in front of a service."""
    with ExitStack() as opened:
        if kind == "httpx-transport":
            base = "https://s7sps1apissl.scene7.com"
            client = opened.enter_context(httpx.Client(transport=transport(service)))
        else:
            base = opened.enter_context(serve(service)).endpoint.removesuffix(SERVICE_PATH)
            client = opened.enter_context(httpx.Client(trust_env=False))
        session = opened.enter_context(requests.Session())
        if kind == "zeep":
            yield ByZeep(session, base, version)
        elif kind == "requests":
            yield by_requests(session, base, version)
        else:
            yield by_httpx(client, base, version)


# The test


def filled(value: Any, kept: Mapping[str, str]) -> Any:
    """``value`` with what was kept in place of the names in braces."""
    if isinstance(value, dict):
        return {name: filled(one, kept) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, kept) for one in value]
    return value.format_map(kept) if isinstance(value, str) else value


def send(client: Stack, step: Step, fields: dict[str, Any]) -> Leaves:
    """What a step is answered."""
    if step.operation == "GET":
        with zipfile.ZipFile(io.BytesIO(client.fetch(fields["url"]))) as archive:
            return [("name", name) for name in archive.namelist()]
    if step.files:
        return client.upload(fields, step.files)
    return client.ask(step.operation, fields)


def awaited(step: Step, found: Leaves) -> Leaves | None:
    """What of an answer a step looks at; None if it is to be sent again."""
    if step.as_long_as in dict(found):
        return None
    if step.until is None:
        return found
    leaf, start = step.until
    return [(name, text) for name, text in found if name == leaf and text.startswith(start)] or None


def play(client: Stack, step: Step, kept: dict[str, str]) -> None:
    """Sends a step, and keeps what it keeps; checks what comes of it."""
    fields = filled(step.fields, kept)
    if step.fault:
        with pytest.raises(Refused, match=f"^{step.fault}$"):
            send(client, step, fields)
        return
    for _ in range(10):
        found = send(client, step, fields)
        waited_for = awaited(step, found)
        if waited_for is not None:
            break
    else:
        pytest.fail(f"{step.operation} goes on")
    for name, texts in step.finds.items():
        assert [text for leaf, text in found if leaf == name] == texts, step
    kept |= {name: dict(reversed(waited_for))[leaf] for name, leaf in step.keeps.items()}


@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore::DeprecationWarning:zeep")  # zeep's own.
@pytest.mark.parametrize("kind", ["zeep", "requests", "httpx", "httpx-transport"])
@pytest.mark.parametrize(
    ("name", "label"),
    every(2, [(name, label) for name, flow in FLOWS.items() for label in flow.versions]),
)
def test_flow(name: str, label: str, kind: str) -> None:
    steps = [step for step in FLOWS[name].steps if label in step.versions]
    service = Service(seed=SEED)
    service.clock.set(NOON)
    kept: dict[str, str] = {}
    with stack(kind, service, VERSION[label]) as client:
        for step in (FIRST, *steps):
            play(client, step, kept)
    asked = [exchange for exchange in service.exchanges if exchange.operation]
    assert len(asked) > len(steps)
    assert not [exchange.report.text() for exchange in asked if exchange.report.violations]
    assert not [exchange.operation for exchange in asked if exchange.canned]
