"""What careful clients on any HTTP library share: what they send, and what they believe.

It uses the standard library only, so that a client starts quickly.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.parsers import expat
from xml.sax.saxutils import escape

XSD = "http://www.scene7.com/IpsApi/xsd"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
LIMIT = 1024 * 1024  # Bytes of an answer that are read.
PATIENCE = 3.0  # Seconds for the whole of an exchange.
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"submitJob"'}


class Refused(Exception):
    """A fault, or an answer that cannot be trusted."""


class Job(NamedTuple):
    """Whose job is submitted where; ``battery.Task`` and the environment both give these."""

    endpoint: str
    user: str
    password: str
    company: str
    job_name: str


def message(job: Job) -> bytes:
    """The envelope of the submission."""
    user, password, company, name = map(escape, job[1:])
    space = XSD + "/2014-04-03" if company.startswith("c|") else XSD
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header><authHeader xmlns="{XSD}"><user>{user}</user>'
        f"<password>{password}</password></authHeader></s:Header><s:Body>"
        f'<submitJobParam xmlns="{space}"><companyHandle>{company}</companyHandle>'
        f"<jobName>{name}</jobName><imageServingPublishJob><publishType>Full</publishType>"
        "<emailSetting>None</emailSetting></imageServingPublishJob></submitJobParam>"
        "</s:Body></s:Envelope>"
    ).encode()


def refuse_doctype(body: bytes) -> None:
    """Raises ``Refused`` for a document type, before anything of it is read."""

    def found(*_: object) -> None:
        raise Refused("a document type")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = found
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        pass  # The next parser will say so.


def handle_in(status: int, content_type: str, body: bytes, namespace: str) -> str:
    """The job handle in an answer. Raises ``Refused``."""
    if status not in (200, 500):
        raise Refused(f"HTTP status {status}")
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("text/xml", ""):
        raise Refused(f"an answer of type {kind}")
    refuse_doctype(body)
    try:
        root = ET.fromstring(body)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Refused(f"no XML: {error}") from None
    bodies = root.findall(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise Refused("no SOAP 1.1 envelope with one message")
    result = bodies[0][0]
    if result.tag == f"{{{SOAP}}}Fault":
        raise Refused(f"fault: {result.findtext('faultstring')} {result.findtext('.//{*}code')}")
    handles = result.findall(f"{{{namespace}}}jobHandle")
    if result.tag != f"{{{namespace}}}submitJobReturn" or len(handles) != 1 or len(handles[0]):
        raise Refused("no submitJobReturn with one jobHandle")
    handle = handles[0].text or ""
    if not handle.strip() or status != 200:
        raise Refused("no handle")
    return handle


def namespace_for(job: Job) -> str:
    """The namespace that ``message`` uses for ``job``."""
    return XSD + "/2014-04-03" if job.company.startswith("c|") else XSD


class Inflater:
    """Unpacks gzip up to ``LIMIT`` bytes."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(31)
        self._size = 0

    def feed(self, data: bytes) -> bytes:
        """The unpacked bytes."""
        try:
            found = self._unpacker.decompress(data, LIMIT + 1 - self._size)
        except zlib.error as error:
            raise Refused(f"no gzip: {error}") from None
        self._size += len(found)
        if self._size > LIMIT:
            raise Refused("too large")
        return found

    def end(self) -> None:
        """Checks that the data was complete."""
        if not self._unpacker.eof or self._unpacker.unused_data:
            raise Refused("gzip that ends early")
