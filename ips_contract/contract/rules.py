"""The rules: one row each. The schema (xsd/) and the checks name them by id.

A broken rule with evidence (S, L, B, D, W or O, see ``EVIDENCE``) is an error; one that is our
inference (I), or whose breaking the service is known to tolerate, is a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.faults import INVALID_PARAMETER, INVALID_REQUEST_XML, MISSING_PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterable

ERROR = "error"
WARNING = "warning"

EVIDENCE = {
    "S": "the two documented submitJob pages",
    "L": "the service's published WSDLs",
    "B": "a client generated from the WSDL of 2016-01-14-beta",
    "D": "the API reference",
    "W": "the element order of a client generated from the pre-4.0 WSDL",
    "O": "messages of the real service, observed",
    "I": "our inference",
    "P": "the XML, SOAP and HTTP specifications",
    "Y": "the WSDL that you gave",
}
# The same in two or three words, for readers of a report.
SHORT_EVIDENCE = {
    "S": "documented pages",
    "L": "published WSDL",
    "B": "2016 beta WSDL",
    "D": "API reference",
    "W": "pre-4.0 WSDL order",
    "O": "observed messages",
    "I": "our inference",
    "P": "specification",
    "Y": "your WSDL",
}
# Of these letters a WSDL is the evidence: in its place, where another one is given.
_WSDLS = frozenset("LBW")


def by_given_wsdl(source: str) -> str:
    """A rule's ``source``, where it is the WSDL that somebody gave which a message breaks."""
    letters = source.partition(":")[0].split()
    return source if _WSDLS.isdisjoint(letters) else "Y"


def evidence_words(source: str) -> str:
    """A rule's ``source`` in words: ``S D: constants`` → ``documented pages, API reference: …``."""
    return "; ".join(_in_words(part) for part in source.split("; "))


def _in_words(part: str) -> str:
    letters, colon, rest = part.partition(":")
    names = [SHORT_EVIDENCE.get(letter) for letter in letters.split()]
    if None in names:
        return part  # It goes on about the source before it.
    return ", ".join(filter(None, names)) + colon + rest


DOCS = "IPS_CONTRACT_DOCS"
"""The variable of the environment that has the address of the documentation's site."""


def docs_site(address: str) -> str:
    """``address``, of the documentation's site; empty: there is none.

    Raises:
        ValueError: it is no http or https URL.
    """
    if address and not address.startswith(("http://", "https://")):
        raise ValueError(f"{address!r} is no http or https URL of the documentation's site")
    return address


def page_of(rule: str, docs: str) -> str:
    """The address of what is said of ``rule`` in the site of the documentation, at ``docs``."""
    section = rule.replace(".", "")  # As headings become the names of places.
    return f"{docs.rstrip('/')}/reference/rules.html#{section}"


def where_explained(rules: Iterable[str], docs: str) -> str:
    """Where ``rules`` are explained: on the site at ``docs``, or by a command if that is empty."""
    if docs:
        return " ".join(page_of(rule, docs) for rule in rules)
    return f"ips-contract rules {' '.join(rules)}"


class Rule(NamedTuple):
    """One rule.

    ``fault`` is the code of the fault the service raises for a request that breaks it, None
    for a warning and for rules about answers. ``source`` starts with the letters of
    ``EVIDENCE``. ``request_only``: answers of the service are not held to it. ``absent`` is the
    fault code where what the rule asks for is not there at all, if that is another one.
    """

    id: str
    severity: str
    fault: int | None
    meaning: str
    source: str
    request_only: bool = False
    absent: int | None = None

    @property
    def faults(self) -> tuple[int, ...]:
        """The codes of the faults that the service raises for it."""
        return tuple(code for code in (self.fault, self.absent) if code is not None)


_XML, _VALUE, _MISSING = INVALID_REQUEST_XML, INVALID_PARAMETER, MISSING_PARAMETER
_CODES = "the code is inferred from the codes' names"

RULES: dict[str, Rule] = {
    row.id: row
    for row in (
        # The document as such.
        Rule("too-large", ERROR, None, "The document is no larger than the limit.", "I: our limit"),
        Rule("compressed", ERROR, _XML, "The document is XML, not compressed data.", "P: XML 1.0"),
        Rule("not-xml", ERROR, _XML, "The document is well-formed XML.", f"P: XML 1.0; {_CODES}"),
        Rule(
            "document-type", ERROR, _XML, "The document has no DOCTYPE.", "P: SOAP 1.1, section 3"
        ),
        Rule("too-deep", ERROR, None, "Elements nest no deeper than is read.", "I: our limit"),
        Rule("not-a-message", ERROR, _XML, "The root is a message of the API.", "L D: operations"),
        Rule("envelope", ERROR, _XML, "The envelope holds one Body with one child.", "P: SOAP 1.1"),
        Rule(
            "envelope-extra",
            WARNING,
            None,
            "Nothing follows the Body in the envelope.",
            "P: WS-I Basic Profile 1.1, R1011",
        ),
        # Structure.
        Rule("missing-element", ERROR, _MISSING, "Required elements are there.", "S L B"),
        Rule("unknown-element", ERROR, _XML, "Every element is one of the contract's.", "S L B"),
        Rule("element-order", ERROR, _XML, "Elements keep the order of the schema.", "S L B W"),
        Rule("repeated-element", ERROR, _XML, "An element stands once, unless listed.", "S L B"),
        Rule("wrong-namespace", ERROR, _XML, "Elements have the version's namespace.", "S L D"),
        Rule("not-in-version", ERROR, _XML, "The version has the element.", "L D: change log"),
        Rule("stray-text", ERROR, _XML, "No text stands between elements.", "S L"),
        Rule("stray-attribute", ERROR, _XML, "Elements have no attributes.", "S L"),
        Rule(
            "missing-inferred",
            WARNING,
            None,
            "An element that a later WSDL requires is there.",
            "I: the WSDL of this version is not known",
            request_only=True,
        ),
        Rule(
            "missing-tolerated",
            WARNING,
            None,
            "An element is there that the WSDL requires and served messages lacked.",
            "L: 6.8; O: the service did without",
        ),
        Rule(
            "empty-list",
            WARNING,
            None,
            "A list of what a request uploads, moves or changes is not empty.",
            "I: such a request asks for nothing; the WSDLs allow it (L)",
            request_only=True,
        ),
        Rule(
            "later-than-pre-4.0",
            WARNING,
            None,
            "In the unversioned namespace, what came after pre-4.0 is avoided.",
            "D: change log; the seed pages document it in that namespace (S)",
        ),
        # Choices.
        Rule(
            "one-job",
            ERROR,
            _VALUE,
            "Exactly one of the version's job elements.",
            "S: Notes",
            absent=_MISSING,
        ),
        Rule("one-schedule", ERROR, _VALUE, "At most one of execTime, execSchedule.", "S: Notes"),
        Rule("one-crop", ERROR, _VALUE, "At most one kind of crop options.", "D: upload jobs"),
        Rule(
            "one-follow-up", ERROR, _VALUE, "At most one publish job to follow.", "D: upload jobs"
        ),
        Rule(
            "array-limit",
            WARNING,
            None,
            "An automated set generation names at most 1000 assets.",
            "D: AutomatedSetGenerationJob, by default",
        ),
        Rule(
            "company-named",
            ERROR,
            _MISSING,
            "getCompanyInfo names its company, by handle or by name.",
            "D: getCompanyInfo",
        ),
        # Values.
        Rule("wrong-type", ERROR, _VALUE, "A value is of its element's type.", "S L B"),
        Rule("constant", ERROR, _VALUE, "A constant is a documented one.", "S D: constants"),
        Rule(
            "constant-case",
            ERROR,
            _VALUE,
            "A constant is written in its documented case.",
            "D: constants; case counts",
        ),
        Rule(
            "unlisted-constant",
            WARNING,
            None,
            "A value is one of a list that the reference does not claim to be whole.",
            "D: constants",
        ),
        Rule(
            "doubtful-constant",
            WARNING,
            None,
            "A value is not one that seems to have run into its list.",
            "D: constants; trigger states and job types are in one list",
        ),
        Rule("range", ERROR, _VALUE, "A number is in its documented range.", "D: option types"),
        Rule(
            "lenient-range",
            WARNING,
            None,
            "A number is in its documented range, where the service puts up with others.",
            "D: ThumbnailOptions, recordsPerPage",
        ),
        Rule("blank", ERROR, _MISSING, "Required handles and names are filled.", "S D: required"),
        Rule(
            "time-zone",
            ERROR,
            _VALUE,
            "execTime, and the dates of getJobLogs, carry a time zone.",
            "S: execTime; D: getJobLogs",
        ),
        Rule("locale", ERROR, _VALUE, "locale has the form ll or ll-CC.", "S: locale"),
        Rule(
            "locale-code",
            WARNING,
            None,
            "The codes of a locale are in ISO 639-1 and ISO 3166-1.",
            "S: locale names both standards, without an edition",
        ),
        Rule(
            "schedule",
            ERROR,
            _VALUE,
            "In an execSchedule of cron shape every value is in its field's range.",
            "S: execSchedule",
        ),
        Rule(
            "schedule-form",
            WARNING,
            None,
            "execSchedule is a cron string that Quartz reads.",
            "S I: a cron string or a custom format that is not public; Quartz is inferred",
        ),
        Rule(
            "name-separator",
            WARNING,
            None,
            "jobName has no bar: it separates the parts of a jobHandle.",
            "I: from the form of handles",
            request_only=True,
        ),
        Rule(
            "handle-form",
            WARNING,
            None,
            "A handle has the form seen for its version.",
            "O D: handles of the real service, and of examples",
        ),
        Rule(
            "job-handle-form",
            WARNING,
            None,
            "A jobHandle has the form of its version.",
            "S O D: 47|My Test Job| and j|110|katlyn||",
        ),
        Rule("job-handle-empty", ERROR, _MISSING, "A required jobHandle is filled.", "S: required"),
        Rule(
            "absolute-url",
            WARNING,
            None,
            "sourceUrl is an absolute URL.",
            "I: the service fetches it",
            request_only=True,
        ),
        Rule(
            "pdf-render",
            WARNING,
            None,
            "pdfOptions/process is not render.",
            "O: seen in an answer, not in the constants page",
            request_only=True,
        ),
        Rule(
            "export-format",
            WARNING,
            None,
            "An export with fmt convert has is_modifier or macro.",
            "I: from the fields' purpose",
            request_only=True,
        ),
        Rule(
            "deprecated-job",
            WARNING,
            None,
            "ripPdfsJob is not used; reprocessAssetsJob replaces it.",
            "D: RipPdfsJob",
            request_only=True,
        ),
        Rule(
            "restricted-job",
            WARNING,
            None,
            "A job restricted to the vendor's own applications is not submitted.",
            "D: metadataPublishJob, createVideoSitemapJob",
            request_only=True,
        ),
        Rule(
            "response-only",
            WARNING,
            None,
            "numUrls, a count in answers, is not sent.",
            "D: UploadUrlsJob; the WSDL allows it (L)",
            request_only=True,
        ),
        # Versions, credentials, faults.
        Rule(
            "unpublished-version",
            WARNING,
            None,
            "The namespace is that of a published version.",
            "O: such namespaces were seen; D: releases",
        ),
        Rule(
            "auth-namespace",
            WARNING,
            None,
            "Before 6.8, authHeader has the unversioned namespace.",
            "L D: authHeader; others were seen to be served (O)",
        ),
        Rule(
            "auth-unqualified",
            WARNING,
            None,
            "The fields of authHeader have its namespace.",
            "L O: a client that leaves it out is served",
        ),
        Rule(
            "auth-locale",
            WARNING,
            None,
            "The locale of authHeader has the form ll or ll-CC.",
            "D: authHeader",
        ),
        Rule(
            "unread-header",
            WARNING,
            None,
            "A Header entry in the API's namespaces is one that the service reads.",
            "I: credentials elsewhere than documented (D: authHeader) are not found",
        ),
        Rule(
            "no-credentials",
            WARNING,
            None,
            "A request's envelope, or plain Request, has credentials, or HTTP carries them.",
            "I: whether HTTP carries them is not in the document; without any: fault 10000 (D)",
            request_only=True,
        ),
        Rule(
            "auth-style",
            WARNING,
            None,
            "Credentials are in authHeader, not in AuthUser and AuthPassword.",
            "D: deprecated since 3.8",
        ),
        Rule(
            "fault-code",
            WARNING,
            None,
            "A fault's code is a documented one of its kind.",
            "D: faults",
        ),
        Rule(
            "soap-action",
            WARNING,
            None,
            "SOAPAction is sent with SOAP 1.1, and names the operation in the Body.",
            "D P: SOAPAction is the operation's name; SOAP 1.1, section 6.1.1",
            request_only=True,
        ),
        Rule(
            "content-type",
            WARNING,
            None,
            "Content-Type is XML's: text/xml, and application/soap+xml for SOAP 1.2.",
            "P: SOAP 1.1, section 6; SOAP 1.2 part 2, section 7.1.4; others were served (O)",
            request_only=True,
        ),
        Rule(
            "charset",
            WARNING,
            None,
            "Content-Type, byte order mark and XML declaration say the encoding of the bytes.",
            "P: RFC 7303, section 3; XML 1.0, section 4.3.3",
        ),
        # An answer against its request. The service makes answers, so no fault belongs to them.
        Rule("exchange-version", ERROR, None, "The answer has the request's namespace.", "S D"),
        Rule(
            "exchange-return",
            ERROR,
            None,
            "The answer is the operation's Return or a fault.",
            "S D",
        ),
        Rule("exchange-company", ERROR, None, "The handle names the request's company.", "S O"),
        Rule("exchange-job-name", ERROR, None, "The handle has the request's jobName.", "S O"),
        # The validator itself.
        Rule(
            "too-many", WARNING, None, "There are no more findings than are listed.", "I: our limit"
        ),
        Rule("schema", ERROR, _XML, "The XSD engine accepts the document.", "S L B W D: xsd/"),
        Rule("engine-disagreement", ERROR, None, "lxml and xmlschema agree.", "P: XML Schema 1.0"),
    )
}

# Rules about what HTTP says of a message: no document can keep or break them by itself.
HTTP_RULES = frozenset({"soap-action", "content-type", "charset"})

# Rules that answers of the service are not held to.
REQUEST_ONLY = frozenset(row.id for row in RULES.values() if row.request_only)
