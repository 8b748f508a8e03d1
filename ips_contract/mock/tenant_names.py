"""The name of the tenant that a request's credentials choose, where its path does not.

The message is read here for this alone, and once more by the service: tenants are chosen so only
where a server was told to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import company_number
from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.messages import Streamed
from ips_contract.mock.tenants import BY_USER, check_name
from ips_contract.mock.upload import AUTH, PARAMS, Upload
from ips_contract.validation.credentials import header_entries, read_login
from ips_contract.validation.http_judgement import read_body
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from lxml import etree

    from ips_contract.http.messages import Request


def tenant_name(request: Request, by: str, limit: int) -> str:
    """The user's e-mail in lower case, or the company's number; ``""`` if none can be read.

    Args:
        request: a message, or a form with files.
        by: one of ``tenants.WAYS``.
        limit: largest document in bytes.
    """
    upload = request.received if isinstance(request, Streamed) else None
    if isinstance(upload, Upload):
        auth, message = (_root(upload.documents.get(part, b""), limit) for part in (AUTH, PARAMS))
        entries = [auth] if auth is not None else []
    else:
        root = _root(_document(request, limit), limit)
        entries = header_entries(root) if root is not None else []
        message = message_in(root) if root is not None else None
    if by == BY_USER:
        name = read_login(entries, request.headers).user.strip().lower()
    else:
        name = _company(message)
    try:
        check_name(name)
    except ValueError:
        return ""
    return name


def _company(message: etree._Element | None) -> str:
    for child in children(message) if message is not None else ():
        if local_name(child) == "companyHandle":
            return company_number(collapse(text_of(child)))
    return ""


def _document(request: Request, limit: int) -> bytes:
    data = request.body
    if "gzip" in request.headers.get("content-encoding", "").lower():
        try:
            data = gunzip(data, limit)
        except BadEncoding:
            return b""
    return read_body(request.headers, data)[0]


def _root(data: bytes, limit: int) -> etree._Element | None:
    try:
        return parse(data, limit=limit)
    except Unreadable:
        return None
