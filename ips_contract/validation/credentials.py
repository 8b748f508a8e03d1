"""The credentials in a request: authHeader, HTTP Basic, or AuthUser and AuthPassword."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.faults import INVALID_CREDENTIALS, NO_CREDENTIALS
from ips_contract.contract.versions import PRE_3_8, UNVERSIONED, version_for_namespace
from ips_contract.xml.parser import local_name, namespace_of, text_of

if TYPE_CHECKING:
    from lxml import etree

_AUTH_TAG = f"{{{UNVERSIONED}}}authHeader"
_USER_TAG, _PASSWORD_TAG = f"{{{UNVERSIONED}}}user", f"{{{UNVERSIONED}}}password"
_OLD_USER_TAG, _OLD_PASSWORD_TAG = f"{{{PRE_3_8}}}AuthUser", f"{{{PRE_3_8}}}AuthPassword"
AUTH_HEADER, BASIC, AUTH_USER = "authHeader", "HTTP Basic", "AuthUser and AuthPassword"


class Login(NamedTuple):
    """What a request says about its sender, and how it wants its answer.

    ``style`` is one of AUTH_HEADER, BASIC and AUTH_USER, ``""`` without credentials. ``gzip``
    and ``status`` are None where authHeader does not say. ``token`` is the accessToken or the
    samlResponse of an authHeader.
    """

    user: str = ""
    password: str = ""
    style: str = ""
    locale: str = ""
    gzip: bool | None = None
    status: int | None = None
    token: str = ""

    def __repr__(self) -> str:
        return f"Login(user={self.user!r}, style={self.style!r})"


NOBODY = Login()

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# Statuses with which a body can be sent. Others would not be answers that a client can read.
_STATUSES = frozenset(range(200, 600)) - {204, 205, 304}


def read_login(entries: list[etree._Element], headers: dict[str, str]) -> Login:
    """The credentials of a request: authHeader before HTTP Basic before AuthUser.

    Args:
        entries: where credentials may stand, as ``header_entries`` gives them.
        headers: those of HTTP, names lower-case.
    """
    if len(entries) == 1 and entries[0].tag == _AUTH_TAG and len(entries[0]) == 2:
        # As nearly always. The way below makes the whole request take a twelfth longer.
        first, second = entries[0][:]
        user = first.text or ""
        if first.tag == _USER_TAG and second.tag == _PASSWORD_TAG and user.strip():
            return Login(user, second.text or "", AUTH_HEADER)
    login, old_user, old_password = NOBODY, "", ""
    for entry in entries:
        tag = str(entry.tag)
        if tag == _AUTH_TAG or (tag.endswith("}authHeader") and _is_ours(tag)):
            login = _auth_header(entry)
        elif tag == _OLD_USER_TAG:
            old_user = text_of(entry)
        elif tag == _OLD_PASSWORD_TAG:
            old_password = text_of(entry)
    if login.user.strip() or login.token:
        return login
    basic = _basic(headers.get("authorization", ""))
    if basic is not None:
        return login._replace(user=basic[0], password=basic[1], style=BASIC)
    if old_user.strip():
        return login._replace(user=old_user, password=old_password, style=AUTH_USER)
    return login


def in_http(headers: dict[str, str]) -> bool:
    """Whether HTTP carries credentials: what Basic says counts where no authHeader has a user."""
    return _basic(headers.get("authorization", "")) is not None


def refusal(login: Login) -> int | None:
    """The code of the fault that answers ``login`` whoever it is for; None if there is none."""
    if not login.style or not (login.user.strip() or login.token):
        return NO_CREDENTIALS
    return None if login.password or login.token else INVALID_CREDENTIALS


def is_about_credentials(path: str) -> bool:
    """Whether a finding at ``path`` is about what stands where credentials belong."""
    return "/Header" in path or "/authHeader" in path


def header_entries(root: etree._Element) -> list[etree._Element]:
    """The elements in an envelope's Header, or in a Request without SOAP."""
    if not len(root):
        return []
    tag = str(root.tag)
    if tag.endswith("}Envelope"):
        first = root[0]
        return first[:] if str(first.tag).endswith("}Header") else []
    return root[:] if tag.endswith("}Request") else []


MOST_ENTRIES = 20
"""Entries of a Header, or of a fault's detail, that are looked at; each can ask for a schema."""


def is_of_others(entry: etree._Element) -> bool:
    """Whether an ``entry`` of a Header is none of the service's, nor meant as its authHeader."""
    namespace = namespace_of(entry)
    if namespace == PRE_3_8 or version_for_namespace(namespace) is not None:
        return False
    return local_name(entry).casefold() != "authheader"


def _is_ours(tag: str) -> bool:
    return version_for_namespace(tag[1:].rpartition("}")[0]) is not None


def _auth_header(entry: etree._Element) -> Login:
    # In any order (L: 6.6), and without a namespace, as PHP makes them of an object (O).
    fields = {str(child.tag).rpartition("}")[2]: child.text or "" for child in entry[:]}
    get = fields.get
    return Login(
        get("user", ""),
        get("password", ""),
        AUTH_HEADER,
        get("locale", "").strip(),
        _BOOLEANS.get(get("gzipResponse", "").strip()),
        _status(get("faultHttpStatusCode", "")),
        get("accessToken", "").strip() or get("samlResponse", "").strip(),
    )


def _status(text: str) -> int | None:
    text = text.strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 3:
        return None
    return int(text) if int(text) in _STATUSES else None


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        data = binascii.a2b_base64(token.strip(), strict_mode=True)
    except ValueError:  # binascii.Error is one, and so is what is no ASCII.
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # What browsers and old clients send.
    user, colon, password = text.partition(":")
    return (user, password) if colon and user.strip() else None
