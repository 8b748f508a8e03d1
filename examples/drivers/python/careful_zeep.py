"""zeep with all that it leaves to its users: the answer is checked before zeep believes it.

What is added: limits for the whole call, in seconds and bytes; HTTP's status and type; a document
type is refused; the envelope must have one Body, and that the one message that was asked for.
"""

from __future__ import annotations

import os
import time
from types import SimpleNamespace

import zeep
from lxml import etree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
AUTH = "{http://www.scene7.com/IpsApi/xsd}"
MOST = 1024 * 1024  # Bytes of an answer, packed or unpacked.
env = os.environ
patience = float(env.get("IPS_TIMEOUT", "10")) / 3


class Refused(Exception):
    """An answer that cannot be trusted."""


class Bounded(zeep.Transport):
    """A transport with limits for a whole call."""

    def post(self, address, message, headers):
        """The answer, read in pieces: ``timeout`` of requests counts from one read to the next."""
        until = time.monotonic() + patience
        with self.session.post(
            address,
            message,
            headers=headers,
            timeout=patience,
            stream=True,
            allow_redirects=False,
        ) as answer:
            body = b""
            # One byte at least is read at a time, so a body that drips is noticed.
            while piece := answer.raw.read1(65536, decode_content=True):
                body += piece
                if len(body) > MOST or time.monotonic() > until:
                    raise Refused("too much, or too slow")
            return SimpleNamespace(
                status_code=answer.status_code,
                headers=answer.headers,
                content=body,
                encoding=answer.encoding,
            )


class Checks(zeep.Plugin):
    """What zeep shows of an answer before it reads it."""

    def ingress(self, envelope, http_headers, operation):
        """Raises ``Refused``, or returns both as they are."""
        kind = http_headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "text/xml":
            raise Refused(f"an answer of type {kind!r}")
        if envelope.getroottree().docinfo.doctype:
            raise Refused("a document type")
        bodies = envelope.findall(f"{SOAP}Body")
        if envelope.tag != f"{SOAP}Envelope" or len(bodies) != 1:
            raise Refused("no SOAP 1.1 envelope with one Body")
        messages = [child for child in bodies[0] if isinstance(child.tag, str)]
        output = operation.output.body.qname
        if len(messages) != 1 or messages[0].tag not in (output, f"{SOAP}Fault"):
            raise Refused(f"not {output}, and no fault")
        if messages[0].tag == output:
            handles = messages[0].findall(etree.QName(output.namespace, "jobHandle"))
            if len(handles) != 1:
                raise Refused("not one handle")
        return envelope, http_headers


transport = Bounded(timeout=patience, operation_timeout=patience)
client = zeep.Client(env["IPS_WSDL"], transport=transport, plugins=[Checks()])
header = client.get_element(f"{AUTH}authHeader")
handle = client.service.submitJob(
    companyHandle=env["IPS_COMPANY"],
    jobName=env["IPS_JOB_NAME"],
    imageServingPublishJob={"publishType": "Full", "emailSetting": "None"},
    _soapheaders=[header(user=env["IPS_USER"], password=env["IPS_PASSWORD"])],
)
if not isinstance(handle, str) or not handle.strip():
    raise Refused("no handle")
print(handle)
