"""What wraps messages: SOAP envelopes with their headers and faults, and plain Requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.annotations import has_own_header
from ips_contract.contract.components import AUTH, is_message
from ips_contract.contract.faults import COMPANIONS, KINDS
from ips_contract.contract.versions import (
    LOOSEST,
    PRE_3_8,
    PRE_4_0,
    UNVERSIONED,
    Version,
    version_asked,
    version_for_namespace,
)
from ips_contract.validation.credentials import MOST_ENTRIES, is_of_others
from ips_contract.validation.diagnosis import is_request
from ips_contract.validation.message_judgement import MessageJudgement, label
from ips_contract.xml.envelope import SOAP_11, SOAP_12, Envelope, split_envelope
from ips_contract.xml.parser import children, local_name, namespace_of, text_of
from ips_contract.xml.text import BLANKS, clipped, named, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

_COMPANION_TAGS = tuple(f"{{*}}{name}" for name in sorted(COMPANIONS))
_OLD_CREDENTIALS = frozenset({f"{{{PRE_3_8}}}AuthUser", f"{{{PRE_3_8}}}AuthPassword"})
# Credentials in whatever namespace and place; where they are not read, other findings say so.
_MEANT_AS_CREDENTIALS = tuple(
    f"{{*}}{name}"
    for name in ("authHeader", "AuthHeader", "authheader", "AuthUser", "AuthPassword")
)


class WrappingJudgement:
    """Judges the wrapping ``root``; the messages in it are for ``messages``."""

    def __init__(
        self, root: etree._Element, messages: MessageJudgement, *, logged_in: bool
    ) -> None:
        """Prepares the judgement; ``logged_in``: whether HTTP carries credentials."""
        self._root = root
        self._judge = messages
        self._logged_in = logged_in
        self._add = messages.findings.add

    def envelope(self) -> None:
        """Judges the root as a SOAP envelope."""
        envelope = split_envelope(self._root)
        if not envelope.version:
            self._add(
                "envelope",
                f"The envelope's namespace {clipped(envelope.namespace, 100)} is neither that of "
                f"SOAP 1.1 ({SOAP_11}) nor that of SOAP 1.2 ({SOAP_12}).",
                "/Envelope",
                self._root,
            )
            return
        self._judge.name = ""
        self._no_text(self._root, "/Envelope")
        version = self._version_of_body(envelope)
        for header in envelope.headers[:1]:
            self._no_text(header, "/Envelope/Header")
            for entry in children(header)[:MOST_ENTRIES]:
                self._header_entry(entry, version)
            self._credentials(header)
        self._envelope_shape(envelope)
        for body in envelope.bodies[:1]:
            self._no_text(body, "/Envelope/Body")
            entries = children(body)
            messages = (entry for entry in entries if local_name(entry) not in COMPANIONS)
            message = next(messages, None)
            for entry in self._until_decided(body.iterchildren(*_COMPANION_TAGS)):
                home = "the Header" if local_name(entry) == AUTH else "a Fault's detail"
                self._add(
                    "envelope",
                    f"{label(entry)} stands in the Body; it belongs in {home}.",
                    f"/Envelope/Body/{label(entry)}",
                    entry,
                )
            if not entries:
                is_escaped = text_of(body).lstrip().startswith("<")
                words = (
                    "The Body has the message as text: its < is written &lt;, or stands in CDATA; "
                    "put the message in as elements."
                )
                self._add(
                    "envelope",
                    words if is_escaped else "The Body is empty; put the message in.",
                    "/Envelope/Body",
                    body,
                )
            for extra in self._until_decided(messages):
                self._add(
                    "envelope",
                    "The Body has more than one child; the message stands alone in it.",
                    f"/Envelope/Body/{label(extra)}",
                    extra,
                )
            if message is not None:
                entries = [entry for header in envelope.headers for entry in children(header)]
                self._ask_for_credentials(message, entries)
                self._body(message, envelope)

    def _ask_for_credentials(
        self, message: etree._Element, entries: Iterable[etree._Element]
    ) -> None:
        """Remarks on a request if nothing around it, or in it, was meant as credentials.

        ``entries`` are what may hold them. Others' headers, such as WS-Security, the service does
        not read.
        """
        if self._logged_in or not is_request(message) or not is_message(local_name(message)):
            return
        if next(self._root.iter(_MEANT_AS_CREDENTIALS), None) is not None:
            return
        if any(_is_unread(entry) for entry in entries):
            return
        place = local_name(self._root)
        words = f"No credentials for the API stand in the {place}; send authHeader, or HTTP Basic."
        self._add("no-credentials", words, f"/{place}", self._root)

    def _envelope_shape(self, envelope: Envelope) -> None:
        if not envelope.bodies:
            self._add("envelope", "The envelope has no Body.", "/Envelope", self._root)
        for part in self._until_decided((*envelope.headers[1:], *envelope.bodies[1:])):
            name = label(part)
            self._add(
                "envelope",
                f"The envelope has more than one {name}; keep one.",
                f"/Envelope/{name}[2]",
                part,
            )
        first = next(self._root.iterchildren("{*}Header", "{*}Body"), self._root)
        if envelope.headers and envelope.bodies and local_name(first) == "Body":
            self._add(
                "envelope",
                "The Header follows the Body; put it first.",
                "/Envelope/Header",
                envelope.headers[0],
            )
        for extra in self._until_decided(envelope.extras):
            name = label(extra)
            if envelope.version == "1.2" or name in ("Header", "Body"):
                rule, advice = "envelope", "the envelope has only Header and Body, in its namespace"
            else:
                rule, advice = "envelope-extra", "nothing but Header and Body should be there"
            self._add(rule, f"{name} stands in the envelope; {advice}.", f"/Envelope/{name}", extra)

    def _version_of_body(self, envelope: Envelope) -> Version:
        """The version by which the unversioned authHeader beside a message is judged.

        That of the message; where it has none, the one that takes most.
        """
        if self._judge.asked is not None:
            return self._judge.asked
        for message in [child for body in envelope.bodies[:1] for child in children(body)]:
            found = version_for_namespace(namespace_of(message))
            if found is not None and local_name(message) not in COMPANIONS:
                return found[0]
        return LOOSEST

    def _header_entry(self, entry: etree._Element, version: Version) -> None:
        if local_name(entry) != AUTH:
            return
        namespace, path = namespace_of(entry), f"/Envelope/Header/{AUTH}"
        found = version_asked(namespace, self._judge.asked)
        if found is None:
            self._add(
                "wrong-namespace",
                f"authHeader has {named(namespace)}; it needs {UNVERSIONED}.",
                path,
                entry,
            )
        elif namespace == UNVERSIONED:
            self._judge.auth_header(entry, version, path)
        else:
            if not has_own_header(found[0]):
                self._judge.foreign_header(entry, path)
            self._judge.auth_header(entry, found[0], path)

    def _credentials(self, header: etree._Element) -> None:
        """Remarks on credentials in the old style, and on those that nobody will read."""
        entries = children(header)
        for entry in [entry for entry in entries if entry.tag in _OLD_CREDENTIALS][:1]:
            self._add(
                "auth-style",
                "AuthUser and AuthPassword are how clients logged in before 3.8; use authHeader.",
                f"/Envelope/Header/{label(entry)}",
                entry,
            )
        seen = False
        for entry in entries[:MOST_ENTRIES]:
            if local_name(entry) == AUTH:
                words = "authHeader stands more than once; keep one." if seen else ""
                seen = True
            elif _is_unread(entry):
                words = (
                    f"{label(entry)} in {named(namespace_of(entry))} is none of the service's "
                    f"headers; credentials are in authHeader, in {UNVERSIONED}."
                )
            else:
                continue
            if words:
                self._add("unread-header", words, f"/Envelope/Header/{label(entry)}", entry)

    def plain_request(self) -> None:
        """Judges the root as a plain Request."""
        root = self._root
        self._judge.name = ""
        self._no_text(root, "/Request")
        entries = children(root)
        messages = (child for child in entries if local_name(child) != AUTH)
        message = next(messages, None)
        for entry in self._until_decided(root.iterchildren(f"{{*}}{AUTH}")):
            if entry is entries[0]:
                found = version_asked(namespace_of(entry), self._judge.asked)
                if found is not None:
                    if namespace_of(entry) == UNVERSIONED:  # Then it is of the Request's version.
                        found = version_for_namespace(namespace_of(root)) or found
                    self._judge.auth_header(
                        entry, self._judge.asked or found[0], "/Request/authHeader"
                    )
                    continue
            self._add(
                "envelope",
                "authHeader stands first in a Request, once, in its namespace.",
                "/Request/authHeader",
                entry,
            )
        if message is None:
            self._add("envelope", "The Request has no message.", "/Request", root)
        for extra in self._until_decided(messages):
            self._add(
                "envelope",
                "The Request has more than one message; it holds authHeader and one message.",
                f"/Request/{label(extra)}",
                extra,
            )
        if message is not None:
            self._ask_for_credentials(message, ())
            self._judge.message(message, f"/Request/{label(message)}")

    def _body(self, message: etree._Element, envelope: Envelope) -> None:
        path = f"/Envelope/Body/{label(message)}"
        if message.tag == f"{{{envelope.namespace}}}Fault":
            self._judge.name = "Fault"
            self._fault(message, envelope, path)
        else:
            self._judge.message(message, path)

    def _fault(self, fault: etree._Element, envelope: Envelope, path: str) -> None:
        soap = f"{{{envelope.namespace}}}" if envelope.version == "1.2" else ""
        names = ("Code", "Reason", "Detail") if soap else ("faultcode", "faultstring", "detail")
        parts = {str(child.tag): child for child in children(fault)}
        for name in names[:2]:
            if soap + name not in parts:
                self._add(
                    "missing-element",
                    f"The Fault has no {name}, which SOAP {envelope.version} requires.",
                    path,
                    fault,
                    request=False,
                )
        detail = parts.get(soap + names[2])
        for entry in children(detail)[:MOST_ENTRIES] if detail is not None else ():
            name = local_name(entry)
            if name not in KINDS:
                continue  # Other software in between may add its own.
            entry_path = f"{path}/{names[2]}/{name}"
            if namespace_of(entry) != UNVERSIONED:
                self._add(
                    "wrong-namespace",
                    f"{name} has {named(namespace_of(entry))}; it needs {UNVERSIONED} whatever "
                    "the version.",
                    entry_path,
                    entry,
                    request=False,
                )
                continue
            # A fault says nothing of a version.
            self._judge.walk(entry, self._judge.asked or LOOSEST, entry_path)
            self._judge.version = self._judge.asked or PRE_4_0

    def _until_decided(self, elements: Iterable[etree._Element]) -> Iterator[etree._Element]:
        """Those of ``elements`` of which something may be to be said: they can be very many."""
        for element in elements:
            if self._judge.findings.is_decided:
                return
            yield element

    def _no_text(self, element: etree._Element, path: str) -> None:
        """Remarks on text in what wraps a message: it holds elements only."""
        texts = [element.text, *[child.tail for child in element[:]]]
        for text in [text for text in texts if text and text.strip(BLANKS)][:1]:
            self._add(
                "stray-text",
                f"Text {quoted(text.strip(BLANKS))} stands in {local_name(element)}, which holds "
                "elements only; remove it.",
                path,
                element,
            )


def _is_unread(entry: etree._Element) -> bool:
    """Whether ``entry``, which is no authHeader, is for the service, or meant so, and not read."""
    return entry.tag not in _OLD_CREDENTIALS and not is_of_others(entry)
