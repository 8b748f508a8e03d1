"""The full judgement: wrapping, version, diagnosis, and the engines' verdict on it."""

from __future__ import annotations

from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.faults import COMPANIONS, KINDS
from ips_contract.contract.model import contract, messages
from ips_contract.contract.rules import ERROR, RULES
from ips_contract.contract.schema import AUTH, has_own_header, message_names
from ips_contract.contract.versions import (
    BETA_2016,
    LOOSEST,
    PRE_3_8,
    PRE_4_0,
    UNVERSIONED,
    VERSIONS,
    Version,
    find_version,
    version_for_namespace,
)
from ips_contract.validation.diagnosis import MOST_FINDINGS, Diagnosis, is_request, not_in_version
from ips_contract.validation.engines import BOTH, ENGINES, LXML, VERDICTS, without
from ips_contract.validation.report.report import Report, Violation, violation
from ips_contract.xml.envelope import SOAP_11, SOAP_12, Envelope, split_envelope
from ips_contract.xml.parser import Unreadable, children, local_name, namespace_of, parse
from ips_contract.xml.positions import LONGEST_NAMESPACE, locate, names_a_long_namespace
from ips_contract.xml.text import BLANKS, clipped, named, near, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.validation.diagnosis import Finding

_MOST_ENTRIES = 20  # Of a Header or a detail, that are looked at; each can ask for its own schema.
_OLD_CREDENTIALS = frozenset({f"{{{PRE_3_8}}}AuthUser", f"{{{PRE_3_8}}}AuthPassword"})
_FEW = 100  # Nodes of a message that is not judged by each version, but by the first and the last.
_LONG = 1000  # Nodes of a message that is not judged by each version or each engine any more.
# Errors that no XSD engine can see.
_BEYOND_SCHEMA = frozenset({"schedule", "constant-case", "company-named"})


def judge(
    root: etree._Element,
    data: bytes | None,
    version: str | Version | None = None,
    engine: str = LXML,
) -> Report:
    """Judges the parsed document ``root``; ``data`` is what it was parsed from, if bytes.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}; the engines are {', '.join(ENGINES)}")
    if data is not None and names_a_long_namespace(root, data):
        words = f"A namespace has more than {LONGEST_NAMESPACE} characters; shorten it."
        return Report(_label(root), None, (violation("too-large", words),), data)
    chosen = find_version(version) if isinstance(version, str) else version
    if chosen is not None and not isinstance(chosen, Version):
        raise TypeError(f"version is {chosen!r}; give a Version or text, such as '6.8'")
    if chosen is not None and chosen.rank >= len(VERSIONS):
        raise ValueError(f"{chosen} was never published; nothing is judged by it alone")
    judgement = _Judgement(root, data, chosen, engine)
    judgement.document()
    return judgement.report()


# A finding of the diagnosis, and whether it is about a request.
_Found = tuple[str, str, str, etree._Element, int | None, bool]


class _Judgement:
    def __init__(
        self, root: etree._Element, data: bytes | None, version: Version | None, engine: str
    ) -> None:
        self._root = root
        self._data = data
        self._asked = version
        self._engines = (LXML, "xmlschema") if engine == BOTH else (engine,)
        self._found: list[_Found] = []
        self._last_error: _Found | None = None
        self._cut = False
        self._name = _label(root)
        self._version: Version | None = None

    def report(self) -> Report:
        if self._cut:
            words = f"Only the first {MOST_FINDINGS} findings are listed."
            self._found.append(("too-many", words, "/", self._root, None, True))
        if self._last_error is not None:
            self._found.append(self._last_error)
        if not self._found:
            return Report(self._name, self._version, (), self._data)
        places = locate(self._root, self._data, [found[3] for found in self._found])
        self._found.sort(key=lambda found: places[found[3]][0])
        violations = []
        for rule, message, path, element, fault, request in self._found:
            _, severity, code, _, source, _ = RULES[rule]
            _, line, column = places[element]
            code = (fault or code) if request else None
            violations.append(Violation(rule, severity, message, path, line, column, code, source))
        return Report(self._name, self._version, violations, self._data)

    def _add(
        self,
        rule: str,
        message: str,
        path: str,
        element: etree._Element,
        *,
        request: bool = True,
        fault: int | None = None,
    ) -> None:
        found = (rule, message, path, element, fault, request)
        if len(self._found) < MOST_FINDINGS:
            self._found.append(found)
            return
        self._cut = True
        if RULES[rule].severity == ERROR:
            self._last_error = found  # One is enough to know that the document is not valid.

    def document(self) -> None:
        root = self._root
        namespace = namespace_of(root)
        if self._name == "Envelope" and namespace not in ("", UNVERSIONED):
            self._envelope(split_envelope(root))
        elif self._name == "Request" and version_for_namespace(namespace) is not None:
            self._plain_request(root)
        else:
            self._message(root, f"/{self._name}")

    def _envelope(self, envelope: Envelope) -> None:
        if not envelope.version:
            self._add(
                "envelope",
                f"The envelope's namespace {clipped(envelope.namespace, 100)} is neither that of "
                f"SOAP 1.1 ({SOAP_11}) nor that of SOAP 1.2 ({SOAP_12}).",
                "/Envelope",
                self._root,
            )
            return
        self._name = ""
        self._no_text(self._root, "/Envelope")
        version = self._version_of_body(envelope)
        for header in envelope.headers[:1]:
            self._no_text(header, "/Envelope/Header")
            for entry in children(header)[:_MOST_ENTRIES]:
                self._header_entry(entry, version)
            self._credentials(header)
        self._envelope_shape(envelope)
        for body in envelope.bodies[:1]:
            self._no_text(body, "/Envelope/Body")
            entries = children(body)
            messages = [entry for entry in entries if local_name(entry) not in COMPANIONS]
            for entry in entries if len(entries) > len(messages) else ():
                if local_name(entry) in COMPANIONS:
                    home = "the Header" if local_name(entry) == "authHeader" else "a Fault's detail"
                    self._add(
                        "envelope",
                        f"{_label(entry)} stands in the Body; it belongs in {home}.",
                        f"/Envelope/Body/{_label(entry)}",
                        entry,
                    )
            if not entries:
                self._add(
                    "envelope", "The Body is empty; put the message in.", "/Envelope/Body", body
                )
            for message in messages[1:]:
                self._add(
                    "envelope",
                    "The Body has more than one child; the message stands alone in it.",
                    f"/Envelope/Body/{_label(message)}",
                    message,
                )
            for message in messages[:1]:
                self._body(message, envelope)

    def _envelope_shape(self, envelope: Envelope) -> None:
        order = [local_name(child) for child in children(self._root)]
        if not envelope.bodies:
            self._add("envelope", "The envelope has no Body.", "/Envelope", self._root)
        for part in (*envelope.headers[1:], *envelope.bodies[1:]):
            name = _label(part)
            self._add(
                "envelope",
                f"The envelope has more than one {name}; keep one.",
                f"/Envelope/{name}[2]",
                part,
            )
        if envelope.headers and envelope.bodies and order.index("Header") > order.index("Body"):
            self._add(
                "envelope",
                "The Header follows the Body; put it first.",
                "/Envelope/Header",
                envelope.headers[0],
            )
        for extra in envelope.extras:
            name = _label(extra)
            if envelope.version == "1.2" or name in ("Header", "Body"):
                rule, advice = "envelope", "the envelope has only Header and Body, in its namespace"
            else:
                rule, advice = "envelope-extra", "nothing but Header and Body should be there"
            self._add(rule, f"{name} stands in the envelope; {advice}.", f"/Envelope/{name}", extra)

    def _no_text(self, element: etree._Element, path: str) -> None:
        """Remarks on text in what wraps a message: it holds elements only."""
        texts = (element.text, *(child.tail for child in element))
        for text in [text for text in texts if text is not None and text.strip(BLANKS)][:1]:
            self._add(
                "stray-text",
                f"Text {quoted(text.strip(BLANKS))} stands in {local_name(element)}, which holds "
                "elements only; remove it.",
                path,
                element,
            )

    def _version_of_body(self, envelope: Envelope) -> Version:
        """The version by which the unversioned authHeader beside a message is judged.

        That of the message; where it has none, the one that takes most.
        """
        if self._asked is not None:
            return self._asked
        for message in [child for body in envelope.bodies[:1] for child in children(body)]:
            found = version_for_namespace(namespace_of(message))
            if found is not None and local_name(message) not in COMPANIONS:
                return found[0]
        return LOOSEST

    def _header_entry(self, entry: etree._Element, version: Version) -> None:
        if local_name(entry) != AUTH:
            return
        namespace, path = namespace_of(entry), f"/Envelope/Header/{AUTH}"
        found = version_for_namespace(namespace)
        if found is None:
            self._add(
                "wrong-namespace",
                f"authHeader has {named(namespace)}; it needs {UNVERSIONED}.",
                path,
                entry,
            )
        elif namespace == UNVERSIONED:
            self._auth_header(entry, version, path)
        else:
            if not has_own_header(found[0]):
                self._foreign_header(entry, path)
            self._auth_header(entry, found[0], path)

    def _foreign_header(self, entry: etree._Element, path: str) -> None:
        """Remarks on an authHeader in the namespace of a version whose WSDL has none there."""
        words = f"authHeader has {named(namespace_of(entry))}; before 6.8 it has {UNVERSIONED}."
        self._add("auth-namespace", words, path, entry)

    def _auth_header(self, entry: etree._Element, version: Version, path: str) -> None:
        """Judges an authHeader, also as PHP's SoapClient makes it.

        Given an object as the header, that leaves the fields without a namespace, and is served
        (O). Given an array, it makes items of keys and values, which nobody reads.
        """
        fields = children(entry)
        if fields and all(local_name(field) == "item" for field in fields):
            words = (
                "authHeader holds items of keys and values, as PHP makes them of an array; give "
                "SoapHeader an object with user and password."
            )
            self._add("unknown-element", words, f"{path}/item", fields[0])
            return
        bare = [field for field in fields if not namespace_of(field)]
        if not bare:
            self._walk(entry, version, path)
            return
        words = f"{_label(bare[0])} in authHeader has no namespace; it needs {namespace_of(entry)}."
        self._add("auth-unqualified", words, f"{path}/{_label(bare[0])}", bare[0])
        twin = deepcopy(entry)
        for field in [field for field in children(twin) if not namespace_of(field)]:
            field.tag = f"{{{namespace_of(entry)}}}{local_name(field)}"
        first = len(self._found)
        self._walk(twin, version, path)
        originals = dict(zip(twin.iter(), entry.iter(), strict=True))
        self._found[first:] = [
            (rule, text, where, originals.get(element, entry), fault, request)
            for rule, text, where, element, fault, request in self._found[first:]
        ]

    def _credentials(self, header: etree._Element) -> None:
        """Remarks on credentials in the old style, and on those that nobody will read."""
        entries = children(header)
        for entry in [entry for entry in entries if entry.tag in _OLD_CREDENTIALS][:1]:
            self._add(
                "auth-style",
                "AuthUser and AuthPassword are how clients logged in before 3.8; use authHeader.",
                f"/Envelope/Header/{_label(entry)}",
                entry,
            )
        seen = False
        for entry in entries[:_MOST_ENTRIES]:
            name, namespace = local_name(entry), namespace_of(entry)
            path = f"/Envelope/Header/{_label(entry)}"
            ours = namespace == PRE_3_8 or version_for_namespace(namespace) is not None
            if name == "authHeader":
                if seen:
                    words = "authHeader stands more than once; keep one."
                    self._add("unread-header", words, path, entry)
                seen = True
            elif entry.tag not in _OLD_CREDENTIALS and (ours or name.casefold() == "authheader"):
                words = (
                    f"{_label(entry)} in {named(namespace)} is none of the service's headers; "
                    f"credentials are in authHeader, in {UNVERSIONED}."
                )
                self._add("unread-header", words, path, entry)

    def _plain_request(self, root: etree._Element) -> None:
        self._name = ""
        self._no_text(root, "/Request")
        entries = children(root)
        messages = [child for child in entries if local_name(child) != "authHeader"]
        for entry in entries:
            if local_name(entry) == AUTH and entry is entries[0]:
                found = version_for_namespace(namespace_of(entry))
                if found is not None:
                    if namespace_of(entry) == UNVERSIONED:  # Then it is of the Request's version.
                        found = version_for_namespace(namespace_of(root)) or found
                    self._auth_header(entry, self._asked or found[0], "/Request/authHeader")
                    continue
            if local_name(entry) == "authHeader":
                self._add(
                    "envelope",
                    "authHeader stands first in a Request, once, in its namespace.",
                    "/Request/authHeader",
                    entry,
                )
        if not messages:
            self._add("envelope", "The Request has no message.", "/Request", root)
        for extra in messages[1:]:
            self._add(
                "envelope",
                "The Request has more than one message; it holds authHeader and one message.",
                f"/Request/{_label(extra)}",
                extra,
            )
        for message in messages[:1]:
            self._message(message, f"/Request/{_label(message)}")

    def _body(self, message: etree._Element, envelope: Envelope) -> None:
        path = f"/Envelope/Body/{_label(message)}"
        if message.tag == f"{{{envelope.namespace}}}Fault":
            self._name = "Fault"
            self._fault(message, envelope, path)
        else:
            self._message(message, path)

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
        for entry in children(detail)[:_MOST_ENTRIES] if detail is not None else ():
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
            self._walk(entry, self._asked or LOOSEST, entry_path)
            self._version = self._asked or PRE_4_0

    def _message(self, message: etree._Element, path: str) -> None:
        self._name = _label(message)
        namespace = namespace_of(message)
        names = message_names()
        found = version_for_namespace(namespace)
        if self._name not in names:
            self._not_a_message(message, path, names, ours=found is not None)
            return
        if found is None:
            self._other_namespace(message, namespace, path)
            return
        version, published = found
        if self._name in COMPANIONS:
            self._companion(message, namespace, version, path)
            return
        if not published:
            self._add(
                "unpublished-version",
                f"{namespace} is no published version; {self._judged_as(version)}.",
                path,
                message,
            )
        if self._asked is not None and self._asked.rank != version.rank:
            self._version = self._asked
            self._add(
                "wrong-namespace",
                f"{self._name} has {named(namespace)}, that of {version.label}; version "
                f"{self._asked.label} has {self._asked.namespace}.",
                path,
                message,
            )
        version = self._asked or version
        self._version = VERSIONS[version.rank]
        if self._name in contract(version).messages:
            self._walk(message, version, path)
        else:
            self._not_in_version(message, version, path)

    def _judged_as(self, version: Version) -> str:
        """By what a message of an unpublished version is judged."""
        if self._asked is not None:
            return f"judged as {self._asked}"
        names = [
            VERSIONS[rank].label if rank < len(VERSIONS) else BETA_2016.label
            for rank in version.ranks
        ]
        if len(names) == 1:
            return f"judged as {names[0]}"
        return f"only what both {names[0]} and {names[1]} refuse is called wrong"

    def _not_in_version(self, message: etree._Element, version: Version, path: str) -> None:
        """Remarks on a message that only other versions have."""
        row = messages()[self._name]
        words = not_in_version(self._name, row.since, row.until, version)
        self._add(
            "not-in-version",
            f"{words} Change the version.",
            path,
            message,
            request=is_request(message),
        )

    def _companion(
        self, message: etree._Element, namespace: str, version: Version, path: str
    ) -> None:
        """Judges an authHeader or a fault's detail by itself: their namespace has no version."""
        self._version = self._asked or VERSIONS[version.rank]
        judged = self._asked or (LOOSEST if namespace == UNVERSIONED else version)
        if self._name == AUTH:
            if namespace != UNVERSIONED and not has_own_header(version):
                self._foreign_header(message, path)
            self._auth_header(message, judged, path)
            return
        if namespace != UNVERSIONED:
            words = f"{self._name} has {named(namespace)}; it needs {UNVERSIONED} in every version."
            self._add("wrong-namespace", words, path, message, request=False)
        self._walk(message, judged, path)

    def _other_namespace(self, message: etree._Element, namespace: str, path: str) -> None:
        """Judges a message whose namespace is none of the API's, as far as it can be guessed."""
        close = near(namespace, tuple(version.namespace for version in VERSIONS))
        hint = f"did you mean {close}?" if close else f"the API's are {UNVERSIONED} and dated "
        hint += "" if close else f"ones such as {VERSIONS[-1].namespace}."
        self._version = self._asked
        self._add("wrong-namespace", f"{self._name} has {named(namespace)}; {hint}", path, message)
        if self._asked is None and close is None and namespace:
            return
        # What is built without namespaces has none below, either; what was moved kept them.
        inner = next((namespace_of(child) for child in children(message)), namespace)
        request = is_request(message)
        # Which version is meant is a guess. So only that is said which is wrong in each.
        versions = VERSIONS if self._asked is None else (self._asked,)
        if len(versions) > 1 and _is_long(message):
            return
        versions = tuple(v for v in versions if self._name in contract(v).messages)
        if len(list(islice(message.iter(), _FEW))) == _FEW:
            versions = tuple(dict.fromkeys((*versions[:1], *versions[-1:])))
        walks = []
        for version in versions:
            walk = Diagnosis(version, inner, request=request)
            walk.message(message, path)
            walks.append(walk.findings)
        if not walks:
            return
        certain = set.intersection(*({(row[0], row[2]) for row in walk} for walk in walks))
        for rule, text, where, element, fault in walks[-1]:
            if (rule, where) in certain:
                self._add(rule, text, where, element, request=request, fault=fault)

    def _not_a_message(
        self, root: etree._Element, path: str, names: Iterable[str], *, ours: bool
    ) -> None:
        known = tuple(sorted(set(names) - COMPANIONS))
        guess = _as_named_elsewhere(self._name, known) or _near_message(self._name, known)
        if f"{self._name}Param" in known:
            hint = f"; send {self._name}Param, straight in the Body, without an element around it."
        elif guess:
            hint = f"; did you mean {guess}?"
        elif self._name == "Envelope" and namespace_of(root) in (SOAP_11, SOAP_12):
            hint = "; the Body of the envelope holds the message itself."
        elif self._name == "Envelope":
            hint = f"; an envelope has the namespace {SOAP_11} or {SOAP_12}."
        elif self._name == "Request":
            hint = f"; a Request has the namespace of its version, such as {UNVERSIONED}."
        elif ours:
            count = sum(name.endswith("Param") for name in known)
            hint = f"; its {count} operations have messages such as submitJobParam and its Return."
        else:
            hint = "; give a submitJob request or response, alone, in a SOAP envelope or a Request."
        name = quoted(self._name)
        self._add("not-a-message", f"{name} is no message of the API{hint}", path, root)

    def _walk(self, message: etree._Element, version: Version, path: str) -> None:
        """Diagnoses ``message`` and sees to it that the engines agree."""
        request = is_request(message)
        namespace = namespace_of(message)
        walk = Diagnosis(version, namespace, request=request)
        walk.message(message, path)
        found = [(*finding, request) for finding in walk.findings]
        room = MOST_FINDINGS - len(self._found)
        self._found += found[:room]
        for rule, text, where, element, fault, _ in found[room:]:
            self._add(rule, text, where, element, request=request, fault=fault)
        if walk.cut:
            self._cut = True
        if walk.beyond is not None:
            self._last_error = (*walk.beyond, request)
        self._consult(message, version, path, walk, request=request)

    def _consult(
        self,
        message: etree._Element,
        version: Version,
        path: str,
        walk: Diagnosis,
        *,
        request: bool,
    ) -> None:
        ours = walk.beyond is None and not any(map(_is_schema_error, walk.findings))
        if not ours and (self._engines == (LXML,) or _is_long(message)):
            # An error is certain; another opinion would change nothing. And of many wrong elements
            # xmlschema makes much: it takes quadratic time for them.
            return
        plain = without(message, walk.tolerated)
        if self._data is None:
            # An element from elsewhere may hold comments, which are no fault and disturb engines.
            source = etree.tostring(plain, with_tail=False)
            try:
                plain = parse(source, limit=len(source))
            except Unreadable:
                pass  # Deeper than is read: it stays as it is.
        namespace = namespace_of(message)
        verdicts = {name: VERDICTS[name](plain, version, namespace) for name in self._engines}
        accepted = {name: not complaints for name, complaints in verdicts.items()}
        if len(set(accepted.values())) > 1:
            words = [f"{name} {'accepts' if yes else 'refuses'}" for name, yes in accepted.items()]
            self._add(
                "engine-disagreement",
                f"{' and '.join(words)} the message. Please report this.",
                path,
                message,
                request=False,
            )
        if ours:
            for name, complaints in verdicts.items():
                for text, line in complaints:
                    self._add(
                        "schema", f"{name}, line {line}: {text}", path, message, request=request
                    )


def _label(element: etree._Element) -> str:
    """The name of ``element`` for readers; names can be a megabyte long."""
    return clipped(local_name(element))


# How other services call their messages.
_SUFFIXES = {"Request": "Param", "Input": "Param", "Response": "Return", "Output": "Return"}


def _as_named_elsewhere(name: str, known: tuple[str, ...]) -> str | None:
    for theirs, ours in _SUFFIXES.items():
        guess = name.removesuffix(theirs) + ours
        if name.endswith(theirs) and guess in known:
            return guess
    return None


def _near_message(name: str, known: tuple[str, ...]) -> str | None:
    """The message that ``name`` was probably meant to be.

    What they all end in says nothing of how like they are.
    """
    for suffix in ("Param", "Return"):
        if name.casefold().endswith(suffix.casefold()):
            operations = tuple(n.removesuffix(suffix) for n in known if n.endswith(suffix))
            guess = near(name[: -len(suffix)], operations)
            return guess and guess + suffix
    return near(name, known)


def _is_long(message: etree._Element) -> bool:
    return len(list(islice(message.iter(), _LONG))) == _LONG


def _is_schema_error(finding: Finding) -> bool:
    return RULES[finding[0]].severity == ERROR and finding[0] not in _BEYOND_SCHEMA
