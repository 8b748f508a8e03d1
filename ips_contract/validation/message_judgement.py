"""Messages by themselves: version, namespace, diagnosis, and the engines' verdict on it."""

from __future__ import annotations

from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.annotations import has_own_header
from ips_contract.contract.components import AUTH, message_names
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.model import contract, messages
from ips_contract.contract.rules import ERROR, RULES
from ips_contract.contract.versions import (
    BETA_2016,
    LOOSEST,
    UNVERSIONED,
    VERSIONS,
    Version,
    version_asked,
)
from ips_contract.validation.diagnosis import Diagnosis, is_request
from ips_contract.validation.engines import LXML, VERDICTS, without
from ips_contract.validation.sizes import lists_for
from ips_contract.validation.suspects import message_suspects
from ips_contract.validation.unknown_elements import not_in_version
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.parser import Unreadable, children, local_name, namespace_of, parse
from ips_contract.xml.text import clipped, named, near, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.validation.findings import Finding, Findings
    from ips_contract.validation.suspects import Known, Suspects

_FEW = 100  # Nodes of a message that is not judged by each version, but by the first and the last.
_LONG = 1000  # Nodes of a message that is not judged by each version or each engine any more.
# Errors that no XSD engine can see.
_BEYOND_SCHEMA = frozenset({"schedule", "constant-case", "company-named"})

_NAMESPACES = tuple(version.namespace for version in VERSIONS)
_PAGE = (
    "it is an HTML page, as a login, a proxy or a gateway sends one; look at the address, and at "
    "the HTTP status."
)
# Roots of what is given instead of a message, by name in lower case and namespace.
_OTHER_DOCUMENTS = {
    ("html", ""): _PAGE,
    ("html", "http://www.w3.org/1999/xhtml"): _PAGE,
    ("definitions", "http://schemas.xmlsoap.org/wsdl/"): (
        "it is a WSDL, which describes messages; give a message."
    ),
    ("schema", "http://www.w3.org/2001/XMLSchema"): (
        "it is an XML schema, which describes messages; give a message."
    ),
}


class MessageJudgement:
    """Judges the messages of one document.

    Attributes:
        findings: what was found.
        asked: the version to judge by; None for the one that the namespace names.
        name: name of the message that was judged; empty if there was none.
        version: the version it was judged by; None if there was none to judge by.
    """

    def __init__(
        self,
        findings: Findings,
        root: etree._Element,
        data: bytes | None,
        asked: Version | None,
        engines: tuple[str, ...],
        known: Known | None = None,
    ) -> None:
        """Prepares the judgement.

        Args:
            findings: takes what is found.
            root: the document's root.
            data: what the document was parsed from, None for an element.
            asked: as the attribute.
            engines: names of the XSD engines to consult.
            known: where in the document a finding may be, if that is known.
        """
        self.findings = findings
        self.asked = asked
        self.name = ""
        self.version: Version | None = None
        self._root = root
        self._data = data
        self._engines = engines
        self._known = known
        self._long = lists_for(root, data)

    def foreign_header(self, entry: etree._Element, path: str) -> None:
        """Remarks on an authHeader in the namespace of a version whose WSDL has none there."""
        words = f"authHeader has {named(namespace_of(entry))}; before 6.8 it has {UNVERSIONED}."
        self.findings.add("auth-namespace", words, path, entry)

    def auth_header(self, entry: etree._Element, version: Version, path: str) -> None:
        """Judges an authHeader, also as PHP's SoapClient makes it.

        Given an object as the header, that leaves the fields without a namespace, and is served
        (O). Given an array, it makes items of keys and values, which nobody reads.
        """
        if self.findings.is_decided:
            return
        fields = children(entry)
        if fields and all(local_name(field) == "item" for field in fields):
            words = (
                "authHeader holds items of keys and values, as PHP makes them of an array; give "
                "SoapHeader an object with user and password."
            )
            self.findings.add("unknown-element", words, f"{path}/item", fields[0])
            return
        bare = [field for field in fields if not namespace_of(field)]
        if not bare:
            self.walk(entry, version, path)
            return
        words = f"{label(bare[0])} in authHeader has no namespace; it needs {namespace_of(entry)}."
        self.findings.add("auth-unqualified", words, f"{path}/{label(bare[0])}", bare[0])
        twin = deepcopy(entry)
        for field in [field for field in children(twin) if not namespace_of(field)]:
            field.tag = f"{{{namespace_of(entry)}}}{local_name(field)}"
        first = len(self.findings)
        self.walk(twin, version, path)
        originals = dict(zip(twin.iter(), entry.iter(), strict=True))
        self.findings.replace_elements(first, originals, entry)

    def message(self, message: etree._Element, path: str) -> None:
        """Judges ``message``; ``path`` is its absolute path."""
        self.name = label(message)
        namespace = namespace_of(message)
        names = message_names()
        if self.asked is not None and self.asked.components is not None:
            names |= contract(self.asked).messages.keys()
        found = version_asked(namespace, self.asked)
        if self.name not in names:
            self._not_a_message(message, path, names, ours=found is not None)
            return
        if found is None:
            self._other_namespace(message, namespace, path)
            return
        version, published = found
        if self.name in COMPANIONS:
            self._companion(message, namespace, version, path)
            return
        if not published:
            self.findings.add(
                "unpublished-version",
                f"{namespace} is no published version; {self._judged_as(version)}.",
                path,
                message,
            )
        if self.asked is not None and not _is_of(version, self.asked, namespace):
            self.version = self.asked
            judge = "version " if self.asked.components is None else ""
            self.findings.add(
                "wrong-namespace",
                f"{self.name} has {named(namespace)}, that of {version.label}; {judge}"
                f"{self.asked.label} has {self.asked.namespace}.",
                path,
                message,
            )
        version = self.asked or version
        self.version = _reported(version)
        if self.name in contract(version).messages:
            self.walk(message, version, path)
        else:
            self._not_in_version(message, version, path)

    def _judged_as(self, version: Version) -> str:
        """By what a message of an unpublished version is judged."""
        if self.asked is not None:
            return f"judged as {self.asked}"
        names = [
            VERSIONS[rank].label if rank < len(VERSIONS) else BETA_2016.label
            for rank in version.ranks
        ]
        if len(names) == 1:
            return f"judged as {names[0]}"
        return f"only what both {names[0]} and {names[1]} refuse is called wrong"

    def _not_in_version(self, message: etree._Element, version: Version, path: str) -> None:
        """Remarks on a message that only other versions have."""
        row = messages().get(self.name)
        since, until = ("", "") if row is None else (row.since, row.until)
        words = not_in_version(self.name, since, until, version)
        self.findings.add(
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
        self.version = self.asked or _reported(version)
        judged = self.asked or (LOOSEST if namespace == UNVERSIONED else version)
        if self.name == AUTH:
            if namespace != UNVERSIONED and not has_own_header(version):
                self.foreign_header(message, path)
            self.auth_header(message, judged, path)
            return
        if namespace != UNVERSIONED:
            words = f"{self.name} has {named(namespace)}; it needs {UNVERSIONED} in every version."
            self.findings.add("wrong-namespace", words, path, message, request=False)
        self.walk(message, judged, path)

    def _other_namespace(self, message: etree._Element, namespace: str, path: str) -> None:
        """Judges a message whose namespace is none of the API's, as far as it can be guessed."""
        close = near(namespace, _NAMESPACES)
        hint = f"did you mean {close}?" if close else f"the API's are {UNVERSIONED} and dated "
        hint += "" if close else f"ones such as {VERSIONS[-1].namespace}."
        self.version = self.asked
        self.findings.add(
            "wrong-namespace", f"{self.name} has {named(namespace)}; {hint}", path, message
        )
        if self.asked is None and close is None and namespace:
            return
        # What is built without namespaces has none below, either; what was moved kept them.
        inner = next((namespace_of(child) for child in children(message)), namespace)
        request = is_request(message)
        # Which version is meant is a guess. So only that is said which is wrong in each.
        versions = VERSIONS if self.asked is None else (self.asked,)
        if len(versions) > 1 and _is_long(message):
            return
        versions = tuple([v for v in versions if self.name in contract(v).messages])
        # Of a longer message, the first and the last. What only those between have is no mistake.
        is_cut = len(list(islice(message.iter(), _FEW))) == _FEW
        if is_cut:
            versions = tuple(dict.fromkeys((*versions[:1], *versions[-1:])))
        # The last version first, in whose words it is said; then the first, which differs most.
        walks: list[list[Finding]] = []
        certain: set[tuple[str, str]] = set()
        for version in (*versions[-1:], *versions[:-1]):
            walk = Diagnosis(version, inner, request=request, budget=self.findings.budget)
            walk.message(message, path)
            there = {(rule, where) for rule, _, where, _, _ in walk.findings}
            certain = certain & there if walks else there
            walks.append(walk.findings)
            if not certain:
                return
        for rule, text, where, element, fault in walks[0] if walks else ():
            if (rule, where) in certain and not (is_cut and rule == "not-in-version"):
                self.findings.add(rule, text, where, element, request=request, fault=fault)

    def _not_a_message(
        self, root: etree._Element, path: str, names: Iterable[str], *, ours: bool
    ) -> None:
        known = tuple(sorted(set(names) - COMPANIONS))
        other = _OTHER_DOCUMENTS.get((self.name.lower(), namespace_of(root)))
        guess = _as_named_elsewhere(self.name, known) or _near_message(self.name, known)
        if f"{self.name}Param" in known:
            hint = f"; send {self.name}Param, straight in the Body, without an element around it."
        elif guess:
            hint = f"; did you mean {guess}?"
        elif self.name == "Envelope" and namespace_of(root) in (SOAP_11, SOAP_12):
            hint = "; the Body of the envelope holds the message itself."
        elif self.name == "Envelope":
            hint = f"; an envelope has the namespace {SOAP_11} or {SOAP_12}."
        elif self.name == "Request":
            hint = f"; a Request has the namespace of its version, such as {UNVERSIONED}."
        elif other is not None:
            hint = f"; {other}"
        elif ours:
            count = sum(name.endswith("Param") for name in known)
            hint = f"; its {count} operations have messages such as submitJobParam and its Return."
        else:
            hint = "; give a submitJob request or response, alone, in a SOAP envelope or a Request."
        name = quoted(self.name)
        self.findings.add("not-a-message", f"{name} is no message of the API{hint}", path, root)

    def walk(self, message: etree._Element, version: Version, path: str) -> None:
        """Diagnoses ``message`` and sees to it that the engines agree."""
        if self.findings.is_decided:
            return
        request = is_request(message)
        walk = Diagnosis(
            *(version, namespace_of(message)),
            request=request,
            data=self._long,
            budget=self.findings.budget,
        )
        known = self._suspects_in(message, version, path)
        if known is None:
            walk.message(message, path)
        elif known.elements:
            walk.suspects(message, path, known.elements)
        self.findings.add_walk(walk.findings, walk.beyond, cut=walk.cut, request=request)
        if known is not None and not known.complaints:
            return
        if known is not None and known.is_explained_by(walk.findings, walk.accepted):
            return
        self.consult(message, version, path, walk, request=request)

    def _suspects_in(self, message: etree._Element, version: Version, path: str) -> Suspects | None:
        """What libxml2 says of ``message``; None if it is to be walked whole."""
        known = self._known
        if known is not None and known.version == version:
            part, found = known.parts.get(path, (None, None))
            if part is message and found is not None:
                return found
        if self._data is None or self._engines != (LXML,):
            return None
        return message_suspects(message, version, self._root, self._data)

    def consult(
        self,
        message: etree._Element,
        version: Version,
        path: str,
        walk: Diagnosis,
        *,
        request: bool,
    ) -> None:
        """Sees to it that the engines agree with what ``walk`` found in ``message``.

        Args:
            message: the message.
            version: the version it is judged by.
            path: its absolute path.
            walk: the diagnosis of it, done.
            request: whether clients send it.
        """
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
        if len({not complaints for complaints in verdicts.values()}) > 1:
            words = [f"{name} {'refuses' if no else 'accepts'}" for name, no in verdicts.items()]
            self.findings.add(
                "engine-disagreement",
                f"{' and '.join(words)} the message. Please report this.",
                path,
                message,
                request=False,
            )
        if ours:
            for name, complaints in verdicts.items():
                for text, line in complaints:
                    self.findings.add(
                        "schema", f"{name}, line {line}: {text}", path, message, request=request
                    )


def _is_of(version: Version, asked: Version, namespace: str) -> bool:
    """Whether a message in ``namespace``, which is of ``version``, is one of the version asked."""
    return version.rank == asked.rank if asked.components is None else namespace == asked.namespace


def _reported(version: Version) -> Version:
    """The version that a report names: the published one, or that of a WSDL that was given."""
    return version if version.components is not None else VERSIONS[version.rank]


def label(element: etree._Element) -> str:
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
