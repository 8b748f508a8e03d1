"""Clients that are broken on purpose. Each is the careful client with one bug, which its name and
its docstring tell; ``tests/battery/test_runner.py`` says in which cases it must be caught.
"""

from __future__ import annotations

import html
import http.client
import re
import socket
import time
import urllib.request
import zlib
from contextlib import closing, suppress
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit
from xml.dom import minidom
from xml.etree import ElementTree as ET

from lxml import etree

from tests.clients.careful import (
    HEADERS,
    LIMIT,
    SOAP,
    XSD,
    Inflater,
    Job,
    Refused,
    message,
    refuse_doctype,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.battery.runner import Task

S, N = f"{{{SOAP}}}", f"{{{XSD}}}"


class Careful:
    """No bug: what the others are measured against."""

    offers = "gzip"
    patience = 10.0  # Seconds for the whole; also for each read.

    def __call__(self, task: Task) -> str | None:
        return self.submit(task)

    def submit(self, task: Task) -> str | None:
        try:
            status, kind, body = self.exchange(task, self.message(task))
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            raise Refused(repr(error)) from None
        return self.understand(task, status, kind, body)

    # What is sent.

    def job(self, task: Task) -> Job:
        return Job(task.endpoint, task.user, task.password, task.company, task.job_name)

    def message(self, task: Task) -> bytes:
        return message(self.job(task))

    def headers(self) -> dict[str, str]:
        return HEADERS | {"Accept-Encoding": self.offers}

    # HTTP.

    def exchange(self, task: Task, data: bytes) -> tuple[int, str, bytes]:
        parts = urlsplit(task.endpoint)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, self.patience)
        with closing(connection):
            connection.request("POST", parts.path, data, self.headers())
            with closing(connection.getresponse()) as response:
                self.check_head(response)
                body = self.unpacked(response, self.body(response))
                return response.status, response.headers.get("Content-Type", ""), body

    def check_head(self, response: http.client.HTTPResponse) -> None:
        if len(set(response.headers.get_all("Content-Length", []))) > 1:
            raise Refused("two lengths")

    def body(self, response: http.client.HTTPResponse) -> bytes:
        until = time.monotonic() + self.patience
        body = b""
        while data := response.read1(65536):
            body += data
            if len(body) > LIMIT * 2 or time.monotonic() > until:
                raise Refused("too much, or too slow")
        if response.length:
            raise Refused("too short")
        return body

    def unpacked(self, response: http.client.HTTPResponse, body: bytes) -> bytes:
        if response.headers.get("Content-Encoding", "") != "gzip":
            return body
        inflater = Inflater()
        body = inflater.feed(body)
        inflater.end()
        return body

    # What is believed.

    def understand(self, task: Task, status: int, kind: str, body: bytes) -> str | None:
        self.check_status(status)
        self.check_type(kind)
        return self.handle(self.result(self.document(body)), status)

    def check_status(self, status: int) -> None:
        if status not in (200, 500):
            raise Refused(f"HTTP status {status}")

    def check_type(self, kind: str) -> None:
        if kind.partition(";")[0].strip().lower() != "text/xml":
            raise Refused(f"an answer of type {kind}")

    def document(self, body: bytes) -> ET.Element:
        refuse_doctype(body)
        try:
            return ET.fromstring(body)
        except (ET.ParseError, ValueError, LookupError) as error:
            raise Refused(str(error)) from None

    def result(self, root: ET.Element) -> ET.Element:
        bodies = root.findall(S + "Body")
        if root.tag != S + "Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
            raise Refused("no envelope with one message")
        return bodies[0][0]

    def handle(self, result: ET.Element, status: int) -> str | None:
        if result.tag != N + "submitJobReturn" or status != 200:
            raise Refused("a fault, or another result")
        handles = result.findall(N + "jobHandle")
        if len(handles) != 1 or len(handles[0]):
            raise Refused("not one handle")
        return self.printed(handles[0].text or "")

    def printed(self, handle: str) -> str | None:
        if not handle.strip():
            raise Refused("no handle")
        return handle


# What they send.


class SubmitsTwice(Careful):
    """Submits again after a success."""

    def submit(self, task: Task) -> str | None:
        super().submit(task)
        return super().submit(task)


class RetriesFaults(Careful):
    """Submits again after HTTP 500."""

    def exchange(self, task: Task, data: bytes) -> tuple[int, str, bytes]:
        answer = super().exchange(task, data)
        return super().exchange(task, data) if answer[0] == 500 else answer


class NoAction(Careful):
    """Sends no SOAPAction."""

    def headers(self) -> dict[str, str]:
        return {"Content-Type": "text/xml; charset=utf-8"}


class NoCredentials(Careful):
    """Sends no authHeader."""

    def message(self, task: Task) -> bytes:
        return re.sub(rb"<s:Header>.*</s:Header>", b"", super().message(task))


class OwnCompany(Careful):
    """Has the number of a company in its code."""

    def job(self, task: Task) -> Job:
        return super().job(task)._replace(company="48")


class NoEscaping(Careful):
    """Builds XML from strings without escaping."""

    def message(self, task: Task) -> bytes:
        text = super().message(task).decode()
        return html.unescape(text).encode() if "&" in text else text.encode()


class EscapesTwice(Careful):
    """Escapes, and has a library escape once more."""

    def job(self, task: Task) -> Job:
        job = super().job(task)
        return job._replace(password=html.escape(job.password), job_name=html.escape(job.job_name))


class StripsNames(Careful):
    """Strips spaces off what it is given."""

    def job(self, task: Task) -> Job:
        return super().job(task)._replace(job_name=task.job_name.strip())


class Latin1(Careful):
    """Sends question marks for what is not in ISO-8859-1."""

    def message(self, task: Task) -> bytes:
        return (
            super().message(task).decode().encode("latin-1", "replace").decode("latin-1").encode()
        )


class FirstPlane(Careful):
    """Loses characters beyond the first plane (as three-byte ``utf8`` of databases does)."""

    def job(self, task: Task) -> Job:
        name = "".join(c for c in task.job_name if ord(c) < 0x10000)
        return super().job(task)._replace(job_name=name)


class CutsNames(Careful):
    """Keeps names in 255 characters."""

    def job(self, task: Task) -> Job:
        return super().job(task)._replace(job_name=task.job_name[:255])


# How they read HTTP.


class ExactType(Careful):
    """Compares Content-Type as a string."""

    def check_type(self, kind: str) -> None:
        if kind != "text/xml; charset=utf-8":
            raise Refused(kind)


class AnyType(Careful):
    """Does not look at Content-Type."""

    def check_type(self, kind: str) -> None:
        pass


class AnyStatus(Careful):
    """Does not look at the HTTP status."""

    def check_status(self, status: int) -> None:
        pass

    def handle(self, result: ET.Element, status: int) -> str | None:
        return super().handle(result, 200)


class NoNews(Careful):
    """Takes an empty answer for a success."""

    def understand(self, task: Task, status: int, kind: str, body: bytes) -> str | None:
        if status < 300 and not body:
            return None
        return super().understand(task, status, kind, body)


class NeedsLength(Careful):
    """Reads as many bytes as Content-Length says, and knows no other framing."""

    def check_head(self, response: http.client.HTTPResponse) -> None:
        super().check_head(response)
        if "Content-Length" not in response.headers:
            raise Refused("no length")


class NeedsHttp11(Careful):
    """Takes HTTP/1.1 only, and with a reason phrase."""

    def check_head(self, response: http.client.HTTPResponse) -> None:
        super().check_head(response)
        if response.version != 11 or not response.reason:
            raise Refused("no HTTP/1.1 200 OK")


class NoCookies(Careful):
    """Takes a cookie for the sign of a login page."""

    def check_head(self, response: http.client.HTTPResponse) -> None:
        super().check_head(response)
        if "Set-Cookie" in response.headers:
            raise Refused("login page")


class TakesWhatComes(Careful):
    """Does not notice that a body ended early."""

    def body(self, response: http.client.HTTPResponse) -> bytes:
        body = b""
        with suppress(http.client.HTTPException, OSError):
            while data := response.read1(65536):
                body += data
                if len(body) > LIMIT * 2:
                    raise Refused("too much")
        return body


class NoAnswerIsYes(Careful):
    """Takes a connection that ends for a success."""

    def exchange(self, task: Task, data: bytes) -> tuple[int, str, bytes]:
        try:
            return super().exchange(task, data)
        except (http.client.HTTPException, ConnectionError):
            return 0, "", b""

    def understand(self, task: Task, status: int, kind: str, body: bytes) -> str | None:
        return super().understand(task, status, kind, body) if status else None


class OffersGzipOnly(Careful):
    """Offers to take gzip, and does not unpack it."""

    def unpacked(self, response: http.client.HTTPResponse, body: bytes) -> bytes:
        return body


class LenientGzip(Careful):
    """Unpacks what can be unpacked, and takes the rest as it is."""

    def unpacked(self, response: http.client.HTTPResponse, body: bytes) -> bytes:
        if response.headers.get("Content-Encoding", "") != "gzip":
            return body
        try:
            return zlib.decompressobj(-15).decompress(body[10:], LIMIT)
        except zlib.error:
            return body


class ByHand(Careful):
    """Reads the socket by hand: one answer, one head; and the XML from ``<`` to ``>``."""

    def exchange(self, task: Task, data: bytes) -> tuple[int, str, bytes]:
        parts = urlsplit(task.endpoint)
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.headers().items())
        head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{fields}"
        with socket.create_connection((str(parts.hostname), parts.port), self.patience) as raw:
            raw.sendall(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
            received = b"".join(self.received(raw))
        start, _, body = received.partition(b"\r\n\r\n")
        first, *lines = start.decode("latin-1").split("\r\n")
        kinds = [line.split(":", 1)[1] for line in lines if line.startswith("Content-Type:")]
        status = int(first.split(" ")[1])
        body = body[body.find(b"<") : body.rfind(b">") + 1]
        return status, kinds[0].strip() if kinds else "", body

    def received(self, raw: socket.socket) -> Iterator[bytes]:
        until, size = time.monotonic() + self.patience, 0
        with suppress(ConnectionResetError):
            while data := raw.recv(65536):
                yield data
                size += len(data)
                if size > LIMIT * 2 or time.monotonic() > until:
                    raise Refused("too much, or too slow")


class OneRead(ByHand):
    """Calls ``recv`` once."""

    def received(self, raw: socket.socket) -> Iterator[bytes]:
        yield raw.recv(65536)


class NoPatience(Careful):
    """Has no time limit at all."""

    patience = 60.0


class PatientReads(Careful):
    """Has a limit for each read, and none for the whole."""

    def body(self, response: http.client.HTTPResponse) -> bytes:
        # Not one growing text, whose copies would keep the other clients of the process waiting.
        parts = []
        while data := response.read1(65536):
            parts.append(data)
        if response.length:
            raise Refused("too short")
        return b"".join(parts)


# How they read XML.


class NeedsDeclaration(Careful):
    """Wants the XML declaration as the service writes it."""

    def document(self, body: bytes) -> ET.Element:
        if not body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>"):
            raise Refused("no XML")
        return super().document(body)


class DecodesFirst(Careful):
    """Decodes UTF-8 before it parses, and loses what is none."""

    def document(self, body: bytes) -> ET.Element:
        return super().document(body.decode("utf-8", "replace").encode())


class DefaultsToLatin1(Careful):
    """Takes text without a charset for ISO-8859-1, as HTTP/1.1 once said."""

    def understand(self, task: Task, status: int, kind: str, body: bytes) -> str | None:
        if "charset" not in kind.lower():
            text = body.decode("latin-1").partition("?>")[2]
            body = text.encode()
        return super().understand(task, status, kind, body)


class TextSearch(Careful):
    """Searches the text with a regular expression."""

    def understand(self, task: Task, status: int, kind: str, body: bytes) -> str | None:
        found = re.search(rb"jobHandle>([^<]*)<", body)
        if status != 200 or found is None:
            raise Refused("no handle")
        return found[1].decode("utf-8", "replace")


class Minidom(Careful):
    """Walks minidom by ``firstChild`` and ``documentElement``, and prefixes."""

    def understand(self, task: Task, status: int, kind: str, body: bytes) -> str | None:
        super().understand(task, status, kind, body)
        with minidom.parseString(body) as document:
            element = document.documentElement
            try:
                handle = element.firstChild.firstChild.firstChild.firstChild  # type: ignore[union-attr]
                return str(handle.data)  # type: ignore[union-attr]
            except AttributeError as error:
                raise Refused(str(error)) from None


class ByPrefix(Careful):
    """Looks for tags with the prefixes that the service uses."""

    def document(self, body: bytes) -> ET.Element:
        if b"<soapenv:Body>" not in body or b"<submitJobReturn " not in body:
            raise Refused("no Body")
        return super().document(body)


class LxmlText(Careful):
    """Takes lxml's ``.text``, which ends at a comment."""

    def understand(self, task: Task, status: int, kind: str, body: bytes) -> str | None:
        super().understand(task, status, kind, body)
        return etree.fromstring(body).findtext(f".//{N}submitJobReturn/{N}jobHandle")


class FirstIsBody(Careful):
    """Takes the envelope's first child for the Body."""

    def result(self, root: ET.Element) -> ET.Element:
        if root[0].tag != S + "Body":
            raise Refused("no Body")
        return super().result(root)


class Anywhere(Careful):
    """Takes the first jobHandle of any namespace, wherever it is."""

    def check_type(self, kind: str) -> None:
        pass

    def result(self, root: ET.Element) -> ET.Element:
        return root

    def handle(self, result: ET.Element, status: int) -> str | None:
        found = result.find(".//{*}jobHandle")
        if found is None:
            raise Refused("no handle")
        return self.printed(found.text or "")


class LocalNames(Careful):
    """Compares local names, and any operation's result will do."""

    def result(self, root: ET.Element) -> ET.Element:
        bodies = root.findall("{*}Body")
        if len(bodies) != 1 or len(bodies[0]) != 1:
            raise Refused("no envelope")
        return bodies[0][0]

    def handle(self, result: ET.Element, status: int) -> str | None:
        handles = result.findall("{*}jobHandle")
        if not result.tag.endswith("Return") or len(handles) != 1 or len(handles[0]):
            raise Refused("no handle")
        return self.printed(handles[0].text or "")


class FirstChild(Careful):
    """Takes the first of whatever there is several of."""

    def result(self, root: ET.Element) -> ET.Element:
        found = root.find(f"{S}Body/{N}submitJobReturn")
        if root.tag != S + "Envelope" or found is None:
            raise Refused("no result")
        return found

    def handle(self, result: ET.Element, status: int) -> str | None:
        handle = result.find(N + "jobHandle")
        if handle is None or len(handle):
            raise Refused("no handle")
        return self.printed(handle.text or "")


class AnyWrapping(Careful):
    """Searches the document for the result, with an envelope or without."""

    def result(self, root: ET.Element) -> ET.Element:
        found = next(root.iter(N + "submitJobReturn"), None)
        if found is None or root.find(f".//{S}Fault") is not None:
            raise Refused("no result")
        return found


class EmptyHandle(Careful):
    """Prints the handle's text without asking whether there is any."""

    def handle(self, result: ET.Element, status: int) -> str | None:
        if result.tag != N + "submitJobReturn":
            raise Refused("a fault")
        handle = result.find(N + "jobHandle")
        return "" if handle is None else "".join(handle.itertext()).strip()


class FaultIsFine(Careful):
    """Ends with exit status 0 after a fault."""

    def handle(self, result: ET.Element, status: int) -> str | None:
        return None if result.tag == S + "Fault" else super().handle(result, status)


class EmptyBodyIsFine(Careful):
    """Ends with exit status 0 after an empty Body."""

    def result(self, root: ET.Element) -> ET.Element:
        body = root.find(S + "Body")
        return root if body is not None and not len(body) else super().result(root)

    def handle(self, result: ET.Element, status: int) -> str | None:
        return None if result.tag == S + "Envelope" else super().handle(result, status)


class AllHeaders(Careful):
    """Refuses mustUnderstand whoever it is meant for."""

    def result(self, root: ET.Element) -> ET.Element:
        if any(element.get(S + "mustUnderstand") == "1" for element in root.iter()):
            raise Refused("mustUnderstand")
        return super().result(root)


class NoAttributes(Careful):
    """Refuses attributes that it does not know."""

    def result(self, root: ET.Element) -> ET.Element:
        result = super().result(root)
        if any(element.attrib for element in (root, *result.iter())):
            raise Refused("attributes")
        return result


class Fetches(Careful):
    """Fetches what the answer names: schemas, entities, document types."""

    def document(self, body: bytes) -> ET.Element:
        for address in re.findall(rb"""(http://127[^\s"']+(?:xsd|dtd|txt))""", body):
            with suppress(OSError):
                urllib.request.urlopen(address.decode(), timeout=self.patience).close()
        return super().document(body)


class StripsDoctype(Careful):
    """Cuts document types off, and keeps the names of entities."""

    def document(self, body: bytes) -> ET.Element:
        body = re.sub(rb"<!DOCTYPE[^\[>]*(\[.*\])?>", b"", body, flags=re.DOTALL)
        return super().document(re.sub(rb"&([ah]\d?);", rb"\1", body))


class Recovers(Careful):
    """Has the parser recover from errors."""

    def document(self, body: bytes) -> ET.Element:
        refuse_doctype(body)
        parser = etree.XMLParser(recover=True, resolve_entities=False, remove_comments=True)
        root = etree.fromstring(body, parser)
        if root is None:
            raise Refused("nothing to recover")
        return cast("ET.Element", root)  # It is walked in the same way.


class Repairs(Careful):
    """Takes characters away that XML does not allow."""

    def document(self, body: bytes) -> ET.Element:
        if body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            body = body.replace(b"\0", b"").replace(b"&#0;", b"")
            body = body.decode("utf-8", "ignore").encode()
        return super().document(body)


class CutsTheEnd(Careful):
    """Cuts off what stands behind the envelope."""

    def document(self, body: bytes) -> ET.Element:
        head, end, _ = body.partition(b"</soapenv:Envelope>")
        return super().document(head + end)


# What they make of the handle.


class Guesses(Careful):
    """Builds the handle itself from company and name."""

    def understand(self, task: Task, status: int, kind: str, body: bytes) -> str | None:
        super().understand(task, status, kind, body)
        return f"{task.company}|{task.job_name}|"


class FoldsSpaces(Careful):
    """Folds spaces."""

    def printed(self, handle: str) -> str | None:
        return super().printed(" ".join(handle.split()))


class UnescapesTwice(Careful):
    """Unescapes what the parser has unescaped."""

    def printed(self, handle: str) -> str | None:
        return super().printed(html.unescape(handle))


CLIENTS: tuple[type[Careful], ...] = tuple(
    kind
    for kind in globals().values()
    if isinstance(kind, type) and issubclass(kind, Careful) and kind is not Careful
)
