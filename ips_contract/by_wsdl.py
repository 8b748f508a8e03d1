"""``validate``, ``validate_exchange`` and ``sample`` as ``ips_contract`` gives them.

They take a WSDL of others, too. What is below them knows versions, and reads none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.validation import validator
from ips_contract.validation.validator import LXML
from ips_contract.xml.parser import DEFAULT_LIMIT

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
    from ips_contract.validation.exchanges import ExchangeReport
    from ips_contract.validation.report import Report
    from ips_contract.validation.validator import Document
    from ips_contract.wsdl.version import GivenWsdl

    Asked = str | Version | None

# Most callers give no WSDL, and to load what reads them takes longer than a verdict.


def _by(version: Asked, wsdl: GivenWsdl | None) -> Asked:
    if wsdl is None:
        return version
    from ips_contract.wsdl.version import version_by

    return version_by(version, wsdl)


def validate(
    document: Document,
    *,
    version: Asked = None,
    wsdl: GivenWsdl | None = None,
    engine: str = LXML,
    limit: int = DEFAULT_LIMIT,
    logged_in: bool = False,
) -> Report:
    """Judges ``document`` against the contract, or against your own WSDL.

    Args:
        document: a bare message, a SOAP 1.1 or 1.2 envelope, or a plain ``<Request>``; as bytes
            (in the encoding that the XML says), as str, or as a parsed lxml element.
        version: API version to judge by (label, alias, date or namespace); by default the one
            that the message's namespace names.
        wsdl: instead, the WSDL to judge by: a file, the WSDL itself as bytes, or what
            ``version_of`` of ``ips_contract.wsdl`` gave.
        engine: ``"lxml"``, ``"xmlschema"`` (extra ``xmlschema``), or ``"both"``, which reports
            it when the two disagree.
        limit: largest size in bytes of a document that is read.
        logged_in: whether HTTP carries credentials, so that the document needs none.

    Returns:
        The Report. A document that is no XML or no message gets one with a violation.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one, or the WSDL cannot be read.
        TypeError: ``document``, ``version`` or ``wsdl`` is of another type, or the latter two are
            both given.
    """
    if wsdl is not None:
        version = _by(version, wsdl)
    return validator.validate(
        document, version=version, engine=engine, limit=limit, logged_in=logged_in
    )


def validate_exchange(
    request: Document,
    response: Document,
    *,
    version: Asked = None,
    wsdl: GivenWsdl | None = None,
    engine: str = LXML,
    limit: int = DEFAULT_LIMIT,
    logged_in: bool = False,
) -> ExchangeReport:
    """Judges ``request`` and ``response`` each, and whether the one answers the other.

    An answer belongs to its request if it has its namespace, is its operation's Return (or a
    fault), and, for submitJob, if the handle names the request's company and job. What is itself
    an answer has none: the two may be swapped.

    Args:
        request: as for ``validate``.
        response: as for ``validate``.
        version: as for ``validate``; both are judged by it.
        wsdl: as for ``validate``; both are judged by it.
        engine: as for ``validate``.
        limit: as for ``validate``; for each of the two.
        logged_in: as for ``validate``; about the request.

    Raises:
        ValueError: as for ``validate``.
        TypeError: as for ``validate``.
    """
    from ips_contract.validation import exchanges

    chosen = _by(version, wsdl)
    return exchanges.validate_exchange(
        request, response, version=chosen, engine=engine, limit=limit, logged_in=logged_in
    )


def sample(
    name: str,
    version: Asked = None,
    *,
    wsdl: GivenWsdl | None = None,
    wrap: str = "none",
    full: bool = False,
) -> bytes:
    """A message that a person would write, indented, with a line feed at the end.

    It is valid. ``validate`` remarks on nothing but on a job that it always remarks on, such as the
    deprecated ``ripPdfsJob``.

    Args:
        name: a job, such as ``uploadUrlsJob``, ``uploadUrls`` or ``upload-urls``; an operation,
            such as ``searchAssets``, for its request; or a message, such as
            ``searchAssetsReturn``.
        version: by default the latest that has it.
        wsdl: instead, the WSDL that it is of; as for ``validate``.
        wrap: what stands around it: ``none``; a SOAP envelope, ``soap11`` or ``soap12``;
            or ``request``, the API's own Request. A request is wrapped with credentials, whose
            password is a placeholder.
        full: with all fields, of alternatives the first; else with the least, and an item in each
            list.

    Raises:
        TypeError: the version is neither a text nor a Version, or it and the WSDL are both given.
        ValueError: there is no such message, in this version or at all, or no such wrap; or the
            wrap is for requests, and this is an answer; or the WSDL cannot be read.
    """
    from ips_contract.generation import samples

    return samples.sample(name, _by(version, wsdl), wrap=wrap, full=full)
