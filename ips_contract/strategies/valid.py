"""Hypothesis strategies for valid messages of the contract, and for their parts.

What they draw is valid by construction, follows xsd/ through ``model.contract``, and
shrinks to one job with its required fields, short values and a plain spelling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from hypothesis import strategies as st

from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, Version, as_version
from ips_contract.generation.messages import request_sources, versions_of
from ips_contract.generation.plans import plan
from ips_contract.generation.simple_types import Mode, value_plan
from ips_contract.strategies.drawing import (
    FREE_TEXT,
    MANY_BYTES,
    check,
    named_options,
    names_called,
    options_of,
    rendered,
    rendered_messages,
    renderer,
)
from ips_contract.wsdl.version import version_by
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy
    from lxml import etree

    from ips_contract.contract.writer import Value
    from ips_contract.generation import python_values
    from ips_contract.generation.messages import Versions
    from ips_contract.wsdl.version import GivenWsdl

    Form = Literal["bytes", "element", "dict", "dataclass"]

_RESPONSE = "submitJobReturn"
# ---- submitJob


@overload
def submit_job_requests(
    version: Versions = None,
    job: str | Sequence[str] | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["bytes"] = "bytes",
    spelling: bool = True,
    warnings: bool = False,
    **fixed: Value,
) -> SearchStrategy[bytes]: ...
@overload
def submit_job_requests(
    version: Versions = None,
    job: str | Sequence[str] | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["element"],
    spelling: bool = True,
    warnings: bool = False,
    **fixed: Value,
) -> SearchStrategy[etree._Element]: ...
@overload
def submit_job_requests(
    version: Versions = None,
    job: str | Sequence[str] | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["dict"],
    spelling: bool = True,
    warnings: bool = False,
    **fixed: Value,
) -> SearchStrategy[dict[str, python_values.Value]]: ...
@overload
def submit_job_requests(
    version: Versions = None,
    job: str | Sequence[str] | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["dataclass"],
    spelling: bool = True,
    warnings: bool = False,
    **fixed: Value,
) -> SearchStrategy[python_values.Record]: ...
def submit_job_requests(
    version: Versions = None,
    job: str | Sequence[str] | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Form = "bytes",
    spelling: bool = True,
    warnings: bool = False,
    **fixed: Value,
) -> SearchStrategy[Any]:
    """Valid ``submitJobParam`` messages.

    Args:
        version: one or several versions (label, alias, date, namespace or ``Version``); all
            eight by default.
        wsdl: instead, the WSDL whose messages are drawn: a file, the WSDL itself as bytes, or what
            ``version_of`` of ``ips_contract.wsdl`` gave.
        job: one or several names of job elements, such as ``"uploadUrlsJob"``.
        form: ``"bytes"`` (a document), ``"element"`` (an lxml element, new each time), ``"dict"``
            (the arguments of zeep's operation) or ``"dataclass"`` (see
            ``python_values.record_class``).
        spelling: whether bytes vary in spelling; plain XML otherwise.
        warnings: whether there may be findings that are only warnings. Without, there are none,
            and so none of the jobs that are deprecated or the vendor's own, unless ``job`` asks for
            one.
        **fixed: fields of submitJobParam and their values, as ``writer.write`` takes them; None
            leaves a field out. The value is not judged.

    Raises:
        TypeError: version and wsdl are both given.
        ValueError: the WSDL cannot be read; or a version, job, form or field is unknown, no version
            has them together, or a required field is left out.

    Example:
        >>> from hypothesis import given
        >>> from ips_contract.strategies import submit_job_requests
        >>> @given(submit_job_requests("6.8", job="uploadUrlsJob", jobName="My Test Job"))
        ... def test_client(xml: bytes) -> None: ...
    """
    render = renderer(form, spelling=spelling)
    versions = versions_of(version_by(version, wsdl))
    sources = request_sources(versions, job, fixed, warnings=warnings)
    return rendered(options_of(sources), render)


@overload
def submit_job_responses(
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["bytes"] = "bytes",
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[bytes]: ...
@overload
def submit_job_responses(
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["element"],
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[etree._Element]: ...
@overload
def submit_job_responses(
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["dict"],
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[dict[str, python_values.Value]]: ...
@overload
def submit_job_responses(
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["dataclass"],
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[python_values.Record]: ...
def submit_job_responses(
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Form = "bytes",
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[Any]:
    """Valid ``submitJobReturn`` messages; arguments and errors as ``submit_job_requests``."""
    return messages(_RESPONSE, version, wsdl=wsdl, form=form, spelling=spelling, warnings=warnings)


# ---- Any message


@overload
def messages(
    name: str | None = None,
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["bytes"] = "bytes",
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[bytes]: ...
@overload
def messages(
    name: str | None = None,
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["element"],
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[etree._Element]: ...
@overload
def messages(
    name: str | None = None,
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["dict"],
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[dict[str, python_values.Value]]: ...
@overload
def messages(
    name: str | None = None,
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["dataclass"],
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[python_values.Record]: ...
def messages(
    name: str | None = None,
    version: Versions = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Form = "bytes",
    spelling: bool = True,
    warnings: bool = False,
) -> SearchStrategy[Any]:
    """Valid messages of any operation.

    Args:
        name: a message (``"getActiveJobsReturn"``), or an operation for both of its messages
            (``"getActiveJobs"``); all messages of the service by default.
        version: as for ``submit_job_requests``; so are the others. Versions that lack the message
            are left out.
        wsdl: as there.
        form: ``"bytes"``, ``"element"``, ``"dict"`` or ``"dataclass"``.
        spelling: whether bytes vary in spelling.
        warnings: whether there may be findings that are only warnings.

    Raises:
        ValueError: the version, name or form is unknown, or no such version has the message.
    """
    named = named_options(version_by(version, wsdl), names_called(name))
    return rendered_messages(named, renderer(form, spelling=spelling), warnings=warnings)


@overload
def job_details(
    job: str,
    version: str | Version | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["bytes"] = "bytes",
) -> SearchStrategy[bytes]: ...
@overload
def job_details(
    job: str,
    version: str | Version | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["element"],
) -> SearchStrategy[etree._Element]: ...
@overload
def job_details(
    job: str,
    version: str | Version | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["dict"],
) -> SearchStrategy[dict[str, python_values.Value]]: ...
@overload
def job_details(
    job: str,
    version: str | Version | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Literal["dataclass"],
) -> SearchStrategy[python_values.Record]: ...
def job_details(
    job: str,
    version: str | Version | None = None,
    *,
    wsdl: GivenWsdl | None = None,
    form: Form = "bytes",
) -> SearchStrategy[Any]:
    """The element of one job, such as ``uploadUrlsJob``, with its children.

    Args:
        job: its name.
        version: one version; the latest by default.
        wsdl: as for ``submit_job_requests``.
        form: as there.

    Raises:
        ValueError: the version or form is unknown, or the version has no such job.
    """
    # Several entries of one source: it is weighted.
    source = request_sources((_one(version, wsdl),), job, {}, warnings=False)[0]
    render = renderer(form, spelling=True)
    job_type = next(
        field.type
        for field in contract(source.version).complex_types[source.type_name].fields
        if field.name == job
    )
    inner = source._replace(
        name=job, type_name=job_type, plan=plan(source.version, job_type, Mode())
    )
    return rendered(options_of([inner]), render)


def _one(version: str | Version | None, wsdl: GivenWsdl | None) -> Version:
    asked = version_by(version, wsdl)
    return LATEST if asked is None else as_version(asked)


# ---- Parts


@st.composite
def _values(draw: DrawFn, version: Version, type_name: str) -> str:
    kind = value_plan(version, type_name, Mode())
    text = kind.decode(draw(MANY_BYTES), 0, lambda: draw(FREE_TEXT))
    return text.strip(BLANKS)  # Blanks around a value are part of a message, not of the value.


def company_handles(
    version: str | Version | None = None, *, wsdl: GivenWsdl | None = None
) -> SearchStrategy[str]:
    """Company handles: ``47`` before 4.0, ``c|47`` since; arguments as for ``job_details``."""
    return _values(_one(version, wsdl), "CompanyHandle")


def user_handles() -> SearchStrategy[str]:
    """User handles, such as ``12|me@example.com``."""
    return _values(LATEST, "UserHandle")


def job_handles(
    version: str | Version | None = None,
    kind: Literal["submitted", "active", "logged"] | None = None,
    *,
    wsdl: GivenWsdl | None = None,
) -> SearchStrategy[str]:
    """Job handles.

    Args:
        version: decides the form; the latest by default.
        kind: ``"submitted"`` handles have a name; ``"active"`` and ``"logged"`` ones an instance.
        wsdl: as for ``submit_job_requests``.

    Raises:
        ValueError: the version or kind is unknown.
    """
    check(kind, "kind of handle", (None, "submitted", "active", "logged"))
    found = _one(version, wsdl)
    if kind is None:
        return _values(found, "JobHandle")
    return _handles_of(found, is_run=kind != "submitted")


@st.composite
def _handles_of(draw: DrawFn, version: Version, *, is_run: bool) -> str:
    number, name, instance, *_ = draw(MANY_BYTES)
    data = bytes((number, name, instance % 128 + 128 * is_run, 0))
    return value_plan(version, "JobHandle", Mode()).decode(data, 0, str)


def locales() -> SearchStrategy[str]:
    """Locales: each language of ISO 639-1, alone or with a country of ISO 3166-1."""
    return _values(LATEST, "Locale")


def schedules() -> SearchStrategy[str]:
    """Cron strings: Quartz of six or seven fields, or Unix of five."""
    return _values(LATEST, "Schedule")


def zoned_datetimes() -> SearchStrategy[str]:
    """Moments with a zone, as XML Schema writes them."""
    return _values(LATEST, "ZonedDateTime")
