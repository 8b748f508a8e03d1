"""Mutations of what is around a message: its envelope or Request, and its name."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.annotations import has_own_header
from ips_contract.contract.model import contract
from ips_contract.contract.model import messages as all_messages
from ips_contract.contract.versions import LATEST, PRE_3_8, PRE_4_0, UNVERSIONED, VERSIONS, Version
from ips_contract.generation.minimal import Choose, enveloped, least_login, least_message
from ips_contract.generation.mutations.mutation import CONTENT, WRAPPING, Mutation, Subject, Target
from ips_contract.generation.mutations.values import LOCALES
from ips_contract.generation.tree_walk import MESSAGE, element_at, messages
from ips_contract.xml.envelope import SOAP_11, SOAP_12, message_in, split_envelope
from ips_contract.xml.parser import children, local_name, namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Wreck = Callable[[etree._Element, Version, Choose], None]


# Wrappings. A bare message is put into an envelope first.


def _wrapping(rule: str, kind: str, description: str, path: str, wreck: Wreck) -> Mutation:
    """A mutation of an envelope."""

    def find(subject: Subject) -> list[Target]:
        root, version = subject.root, subject.version
        if message_in(root) is None:
            return []  # After another mutation; what is left is wrong enough.
        # The note goes into a SOAP 1.1 envelope, where a Fault of SOAP 1.2 is no Fault.
        lost = wreck is _note and root.find(f".//{{{SOAP_12}}}Fault") is not None
        lost = lost or (wreck is _nameless_login and not has_own_header(version))
        lost = lost or (wreck is _no_login and not _is_request(root))
        return [] if lost else [Target(path, None, None, version)]

    def apply(root: etree._Element, target: Target, choose: Choose) -> etree._Element:
        if local_name(root) != "Envelope":
            message = root if local_name(root) != "Request" else children(root)[-1]
            root = enveloped(message)
        wreck(root, target.version, choose)
        return root

    return Mutation(rule, kind, description, WRAPPING, find, apply)


def _is_request(root: etree._Element) -> bool:
    message = message_in(root)
    return message is not None and local_name(message).endswith("Param")


def _soap(envelope: etree._Element, name: str) -> etree._Element:
    return etree.Element(f"{{{namespace_of(envelope)}}}{name}")


def _header(envelope: etree._Element) -> etree._Element:
    """The envelope's Header, which it gets if it has none."""
    headers = split_envelope(envelope).headers
    if headers:
        return headers[0]
    envelope.insert(0, _soap(envelope, "Header"))
    return envelope[0]


def _body(envelope: etree._Element) -> etree._Element:
    return split_envelope(envelope).bodies[0]


def _rename_envelope(envelope: etree._Element, _version: Version, choose: Choose) -> None:
    wrong = choose(
        (
            *("http://www.w3.org/2001/12/soap-envelope", SOAP_11[:-1], f"{SOAP_12}/"),
            *("urn:soap", SOAP_11.replace("http:", "https:")),
        )
    )
    for part in (envelope, *children(envelope)):
        part.tag = f"{{{wrong}}}{local_name(part)}"


def _drop_body(envelope: etree._Element, _version: Version, _choose: Choose) -> None:
    envelope.remove(_body(envelope))


def _empty_body(envelope: etree._Element, _version: Version, _choose: Choose) -> None:
    body = _body(envelope)
    for child in list(body):
        body.remove(child)


def _second_message(envelope: etree._Element, version: Version, _choose: Choose) -> None:
    _body(envelope).append(least_message(version, "submitJobReturn"))


def _second_body(envelope: etree._Element, _version: Version, choose: Choose) -> None:
    body = _body(envelope)
    body.addnext(deepcopy(body) if choose((True, False)) else _soap(envelope, "Body"))


def _second_header(envelope: etree._Element, _version: Version, _choose: Choose) -> None:
    _header(envelope).addnext(_soap(envelope, "Header"))


def _late_header(envelope: etree._Element, _version: Version, _choose: Choose) -> None:
    envelope.append(_header(envelope))


def _fake_body(envelope: etree._Element, _version: Version, choose: Choose) -> None:
    envelope.insert(choose((0, len(envelope))), etree.Element(choose(("Body", "{urn:x}Body"))))


def _note(envelope: etree._Element, _version: Version, choose: Choose) -> None:
    # SOAP 1.1 lets a note stand behind the Body, SOAP 1.2 does not.
    if namespace_of(envelope) != SOAP_11:
        for part in (envelope, *children(envelope)):
            part.tag = f"{{{SOAP_11}}}{local_name(part)}"
    envelope.append(etree.Element(choose(("note", "{urn:x}note"))))


def _login(envelope: etree._Element, namespace: str) -> etree._Element:
    header = _header(envelope)
    for entry in children(header):
        if local_name(entry) == "authHeader":
            header.remove(entry)
    login = etree.SubElement(header, f"{{{namespace}}}authHeader")
    for name in ("user", "password"):
        etree.SubElement(login, f"{{{namespace}}}{name}").text = "x"
    return login


def _dated_login(envelope: etree._Element, version: Version, choose: Choose) -> None:
    dated = [v.namespace for v in VERSIONS if v is not PRE_4_0 and not has_own_header(v)]
    if version.namespace in dated:
        dated = [version.namespace, *dated]
    _login(envelope, choose(dated))


def _nameless_login(envelope: etree._Element, version: Version, choose: Choose) -> None:
    login = _login(envelope, version.namespace)
    for name in choose(((), ("appName",), ("appVersion",))):
        etree.SubElement(login, f"{{{version.namespace}}}{name}").text = "x"


def _bare_login(envelope: etree._Element, _version: Version, choose: Choose) -> None:
    login = _login(envelope, UNVERSIONED)
    for child in children(login)[: choose((2, 1))]:
        child.tag = local_name(child)


def _wrong_locale(envelope: etree._Element, _version: Version, choose: Choose) -> None:
    login = _login(envelope, UNVERSIONED)
    etree.SubElement(login, f"{{{UNVERSIONED}}}locale").text = choose(LOCALES)


def _old_login(envelope: etree._Element, _version: Version, _choose: Choose) -> None:
    header = _header(envelope)
    for name in ("AuthUser", "AuthPassword"):
        etree.SubElement(header, f"{{{PRE_3_8}}}{name}").text = "x"


def _unread_login(envelope: etree._Element, _version: Version, choose: Choose) -> None:
    header = _header(envelope)
    for entry in children(header):
        if local_name(entry) == "authHeader":
            header.remove(entry)
    spaces = (PRE_4_0.namespace, PRE_3_8, LATEST.namespace)
    login = etree.SubElement(header, f"{{{choose(spaces)}}}AuthHeader")
    etree.SubElement(login, "user").text = "x"


def _no_login(envelope: etree._Element, _version: Version, choose: Choose) -> None:
    header = _header(envelope)
    if choose((True, False)):
        envelope.remove(header)
    else:
        header[:] = []


# Plain Requests.


def _requesting(kind: str, description: str, path: str, wreck: Wreck) -> Mutation:
    """A mutation of a plain Request; another document's message is put into one first."""

    def find(subject: Subject) -> list[Target]:
        root, version = subject.root, subject.version
        # A Fault has no place in a Request.
        found = any(location.root == MESSAGE for location in messages(root, version))
        return [Target(path, None, None, version)] if found else []

    def apply(root: etree._Element, target: Target, choose: Choose) -> etree._Element:
        if local_name(root) == "Envelope":
            root = children(_body(root))[0]
        if local_name(root) != "Request":
            message, root = root, etree.Element(f"{{{target.version.namespace}}}Request")
            root.extend((*least_login(message), message))
        wreck(root, target.version, choose)
        return root

    return Mutation("envelope", kind, description, WRAPPING, find, apply)


def _empty_request(root: etree._Element, _version: Version, _choose: Choose) -> None:
    for child in children(root):
        root.remove(child)


def _second_in_request(root: etree._Element, version: Version, _choose: Choose) -> None:
    root.append(least_message(version, "submitJobReturn"))


def _late_login(root: etree._Element, _version: Version, _choose: Choose) -> None:
    for child in children(root):
        if local_name(child) == "authHeader":
            root.remove(child)
    root.append(least_message(PRE_4_0, "authHeader"))


# Names of messages.

_NO_MESSAGES = ("submitJob", "SubmitJobParam", "submitJobRequest", "submitJobResponse", "job", "x")


def _no_names(_version: Version) -> tuple[str, ...]:
    return _NO_MESSAGES


@lru_cache(maxsize=len(VERSIONS))
def _other_names(version: Version) -> tuple[str, ...]:
    """The messages that only other versions have."""
    own = contract(version).messages
    return tuple(
        name for name in all_messages() if name not in own and name.endswith(("Param", "Return"))
    )


def _nameable(
    names: Callable[[Version], tuple[str, ...]],
) -> Callable[[Subject], list[Target]]:
    def find(subject: Subject) -> list[Target]:
        return [
            Target(location.path.rpartition("/")[0] + "/" + name, location, name, subject.version)
            for location in messages(subject.root, subject.version)
            for name in names(subject.version)
            if location.root == MESSAGE
            # An answer that became a request would lack credentials, too.
            if not (name.endswith("Param") and location.path.endswith("Return"))
        ]

    return find


def _misname(root: etree._Element, target: Target, _choose: Choose) -> etree._Element:
    assert target.location is not None
    element = element_at(root, target.location.at)
    element.tag = f"{{{namespace_of(element)}}}{target.what}"
    return root


_REQUEST = "/Request"
WRAPPING_MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        *("not-a-message", "name", "gives a message a name that is none", CONTENT),
        *(_nameable(_no_names), _misname),
    ),
    Mutation(
        *("not-in-version", "name", "gives a message the name of another version's", CONTENT),
        *(_nameable(_other_names), _misname),
    ),
    *(
        _wrapping("envelope", kind, description, path, wreck)
        for kind, description, path, wreck in (
            ("namespace", "gives an envelope another namespace", "/Envelope", _rename_envelope),
            ("no Body", "leaves the Body out", "/Envelope", _drop_body),
            ("empty Body", "leaves the Body empty", "/Envelope/Body", _empty_body),
            (
                *("two messages", "puts two messages into the Body"),
                *("/Envelope/Body/submitJobReturn", _second_message),
            ),
            ("two Bodies", "adds a Body", "/Envelope/Body[2]", _second_body),
            ("two Headers", "adds a Header", "/Envelope/Header[2]", _second_header),
            ("late Header", "puts the Header behind the Body", "/Envelope/Header", _late_header),
            ("other Body", "adds a Body of another namespace", "/Envelope/Body", _fake_body),
        )
    ),
    _requesting("empty Request", "leaves a Request empty", _REQUEST, _empty_request),
    _requesting(
        *("two in a Request", "puts two messages into a Request"),
        *(f"{_REQUEST}/submitJobReturn", _second_in_request),
    ),
    _requesting("late authHeader", "puts authHeader last", f"{_REQUEST}/authHeader", _late_login),
    _wrapping(
        *("envelope-extra", "note", "adds an element behind the Body", "/Envelope/note", _note)
    ),
    _wrapping(
        *("auth-namespace", "dated", "gives authHeader a dated namespace"),
        *("/Envelope/Header/authHeader", _dated_login),
    ),
    _wrapping(
        *("missing-tolerated", "appName", "logs in without the client's name or version"),
        *("/Envelope/Header/authHeader", _nameless_login),
    ),
    _wrapping(
        *("auth-unqualified", "bare", "gives the fields of authHeader no namespace"),
        *("/Envelope/Header/authHeader/user", _bare_login),
    ),
    _wrapping(
        *("auth-locale", "header", "logs in with a locale of another form"),
        *("/Envelope/Header/authHeader/locale", _wrong_locale),
    ),
    _wrapping(
        *("auth-style", "pre-3.8", "logs in as before 3.8"),
        *("/Envelope/Header/AuthUser", _old_login),
    ),
    _wrapping(
        *("unread-header", "name", "misspells authHeader"),
        *("/Envelope/Header/AuthHeader", _unread_login),
    ),
    _wrapping(
        *("no-credentials", "none", "leaves credentials to HTTP", "/Envelope", _no_login),
    ),
)
