"""What the service answers to anything but a POST to it: help, and the WSDLs."""

from __future__ import annotations

from urllib.parse import parse_qsl

from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH, UPLOAD_PATH, WSDL_FOLDERS
from ips_contract.contract.versions import LATEST, VERSIONS, Version
from ips_contract.contract.wsdl import wsdl
from ips_contract.http.messages import Request, Response, base_address
from ips_contract.http.redaction import redact_target

_TEXT = ("Content-Type", "text/plain;charset=UTF-8")
_XML = ("Content-Type", "text/xml;charset=UTF-8")
_READ = ("GET", "HEAD")
_HOMES = ("/", "/scene7", "/scene7/")
_WSDLS = {
    folder + name: version
    for folder in WSDL_FOLDERS
    for version in VERSIONS
    for name in (version.wsdl, f"IpsApi-{version.label}.wsdl")  # By its label for convenience (I).
}
_LONGEST = 200  # Characters of a path that an answer repeats.

_PLACES = f"""\
POST {SERVICE_PATH}   SOAP 1.1 (Content-Type: text/xml, SOAPAction: submitJob) or 1.2
POST {PLAIN_PATH}        XML without SOAP: a Request with authHeader and the message
POST {UPLOAD_PATH}              files, in a form (multipart/form-data) with auth and uploadParams
GET  {WSDL_FOLDERS[0]}IpsApi[-VERSION].wsdl  WSDL; VERSION is \
{", ".join(version.date for version in VERSIONS if version.date)}; without it: pre-4.0
GET  {SERVICE_PATH}?wsdl  the WSDL of {LATEST}
"""
_HOME = f"""\
This is ips-contract, a mock of the Scene7 Image Production System (IPS) API. It is not Adobe's
service: jobs submitted here are judged and remembered, and nothing is processed.

{_PLACES}"""
_HOW = f"""\
This is the address of the IPS API. Send a message to it by POST:

{_PLACES}"""


def page(
    request: Request,
    path: str,
    query: str,
    root: str = "",
    *,
    behind_proxy: bool,
    given: Version | None = None,
) -> Response:
    """The answer to a request that is no POST to the service's two addresses.

    Args:
        request: the request.
        path: that of its target.
        query: that of its target.
        root: the path that ``path`` stands below.
        behind_proxy: a proxy's headers say under what address the service is known.
        given: the version of a WSDL that the service was given: it stands for ours of that name,
            and is the one of the service itself.
    """
    response = _page(request, path, query, root, given, behind_proxy=behind_proxy)
    return response._replace(body=b"") if request.method == "HEAD" else response


def _page(
    request: Request,
    path: str,
    query: str,
    root: str,
    given: Version | None,
    *,
    behind_proxy: bool,
) -> Response:
    version = _WSDLS.get(path)
    if given is not None and path in [folder + given.wsdl for folder in WSDL_FOLDERS]:
        version = given
    is_service = path.rstrip("/") in (SERVICE_PATH, PLAIN_PATH, UPLOAD_PATH)
    if path.rstrip("/") == SERVICE_PATH and request.method in _READ and _asks_for_wsdl(query):
        # No source says which. The latest is what a client of today would get (I).
        version = given or LATEST
    if version is None and is_service:
        return _text(405, _HOW, ("Allow", "POST"))
    is_home = path in _HOMES
    if version is None and not is_home:
        shown = redact_target(path)[:_LONGEST].encode("ascii", "backslashreplace").decode()
        return _text(404, f"There is nothing at {shown}. There is:\n\n{_PLACES}")
    if request.method not in _READ:
        return _text(405, f"This is read by GET. There is:\n\n{_PLACES}", _ALLOW_READ)
    if version is None:
        return _text(200, _HOME)
    address = base_address(request, behind_proxy=behind_proxy)
    return _wsdl(f"{address}{root}{SERVICE_PATH}", version, query)


_ALLOW_READ = ("Allow", "GET, HEAD")


def _asks_for_wsdl(query: str) -> bool:
    """Whether the parameter ``wsdl`` is there, in any case, as stacks of services take it (I)."""
    return any(name.lower() == "wsdl" for name in _options(query))


def _options(query: str) -> dict[str, str]:
    """The first value of each parameter."""
    return dict(reversed(parse_qsl(query, keep_blank_values=True)))


def _wsdl(address: str, version: Version, query: str) -> Response:
    options = _options(query)
    address = options.get("serviceUrl") or address
    # What no URL holds, and XML might not.
    address = "".join(character for character in address if character.isprintable())
    soap12 = options.get("soap12") != "no"
    return Response(200, (_XML,), wsdl(version, address, soap12=soap12))


def _text(status: int, text: str, *headers: tuple[str, str]) -> Response:
    return Response(status, (_TEXT, *headers), text.encode())
