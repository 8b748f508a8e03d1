"""Careful clients that leave to their libraries what these do: unpacking, lengths, redirects, text.

They check whatever the library's usual interface lets them see, and no more. What one of them
cannot know is no gating case; ``tests/battery/test_runner.py`` holds the table to that.
"""

from __future__ import annotations

import gzip
import http.client
import time
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import httpx
import requests
import zeep
from lxml import etree

from tests.clients.careful import (
    HEADERS,
    LIMIT,
    PATIENCE,
    SOAP,
    XSD,
    Job,
    Refused,
    message,
    refuse_doctype,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.battery.runner import Task

S, N = f"{{{SOAP}}}", f"{{{XSD}}}"
TYPE = "text/xml"


def sent(task: Task) -> bytes:
    """The envelope of the submission."""
    return message(Job(task.endpoint, task.user, task.password, task.company, task.job_name))


def check_head(status: int, content_type: str | None) -> None:
    """Raises ``Refused`` for what cannot be a result or a fault."""
    if status not in (200, 500):
        raise Refused(f"HTTP status {status}")
    if content_type is None or content_type.partition(";")[0].strip().lower() != TYPE:
        raise Refused(f"an answer of type {content_type}")


def within(chunks: Iterable[bytes]) -> bytes:
    """The body, in bounds of size and time. Raises ``Refused``."""
    until = time.monotonic() + PATIENCE
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) > LIMIT or time.monotonic() > until:
            raise Refused("too much, or too slow")
    return body


def handle_of(root: Any, status: int) -> str:
    """The whole text of the one handle, with ElementTree or lxml. Raises ``Refused``."""
    bodies = root.findall(S + "Body")
    if root.tag != S + "Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise Refused("no SOAP 1.1 envelope with one message")
    result = bodies[0][0]
    if result.tag != N + "submitJobReturn" or status != 200:
        raise Refused("a fault, or another result")
    handles = result.findall(N + "jobHandle")
    if len(handles) != 1:
        raise Refused("not one handle")
    return checked("".join(handles[0].itertext()))


def checked(handle: object) -> str:
    """A handle, if it is one. Raises ``Refused``."""
    if not isinstance(handle, str) or not handle.strip():
        raise Refused("no handle")
    return handle


def read_by_lxml(body: bytes) -> etree._Element:
    """The root, without comments. Raises ``Refused``."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(f"no XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise Refused("a document type")
    return root


def on_http_client(task: Task) -> str:
    """http.client, gzip and ElementTree."""
    parts = urlsplit(task.endpoint)
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, PATIENCE)) as server:
        try:
            server.request("POST", parts.path, sent(task), HEADERS | {"Accept-Encoding": "gzip"})
            response = server.getresponse()
            check_head(response.status, response.getheader("Content-Type"))
            body = within(iter(lambda: response.read1(65536), b""))
            if response.length:
                raise Refused("too short")
            if response.getheader("Content-Encoding") == "gzip":
                with gzip.open(BytesIO(body)) as file:
                    body = within(iter(lambda: file.read(65536), b""))
        except (OSError, EOFError, http.client.HTTPException, ValueError) as error:
            raise Refused(repr(error)) from None
    refuse_doctype(body)
    try:
        root = ET.fromstring(body)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Refused(f"no XML: {error}") from None
    return handle_of(root, response.status)


def on_requests(task: Task) -> str:
    """requests, which unpacks, and lxml."""
    with requests.Session() as session:
        try:
            with session.post(
                task.endpoint, sent(task), headers=HEADERS, timeout=PATIENCE, stream=True
            ) as response:
                check_head(response.status_code, response.headers.get("Content-Type"))
                body = within(response.iter_content(1))
        except (OSError, requests.RequestException, ValueError) as error:
            raise Refused(repr(error)) from None
    return handle_of(read_by_lxml(body), response.status_code)


def on_httpx(task: Task) -> str:
    """httpx, which unpacks, and lxml."""
    with httpx.Client(trust_env=False, verify=False, timeout=PATIENCE) as client:
        try:
            with client.stream(
                "POST", task.endpoint, content=sent(task), headers=HEADERS
            ) as response:
                check_head(response.status_code, response.headers.get("Content-Type"))
                body = within(response.iter_bytes())
        except (OSError, httpx.HTTPError) as error:
            raise Refused(repr(error)) from None
    return handle_of(read_by_lxml(body), response.status_code)


class Checks(zeep.Plugin):
    """What zeep shows of an answer before it reads it: the envelope and the header fields."""

    def ingress(self, envelope: Any, http_headers: Any, operation: Any) -> tuple[Any, Any]:
        """Raises ``Refused``."""
        del operation
        check_head(200, http_headers.get("Content-Type"))
        if envelope.getroottree().docinfo.doctype:
            raise Refused("a document type")
        handle_of(envelope, 200)
        return envelope, http_headers


def on_zeep(task: Task) -> str:
    """zeep with a plugin. It has no limit for the whole of a call, nor for a body."""
    transport: Any = zeep.Transport
    client: Any = zeep.Client
    with requests.Session() as session:
        try:
            service = client(
                task.wsdl,
                transport=transport(session=session, timeout=PATIENCE, operation_timeout=PATIENCE),
                plugins=[Checks()],
            )
            header = service.get_element(f"{N}authHeader")
            job = {"publishType": "Full", "emailSetting": "None"}
            handle = service.service.submitJob(
                companyHandle=task.company,
                jobName=task.job_name,
                imageServingPublishJob=job,
                _soapheaders=[header(user=task.user, password=task.password)],
            )
        except (OSError, requests.RequestException, zeep.exceptions.Error, ValueError) as error:
            raise Refused(repr(error)) from None
    return checked(handle)
