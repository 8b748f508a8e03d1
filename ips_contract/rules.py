"""The rules: one row each. The schema (xsd/) and the checks name them by id.

A broken rule with evidence (S, D, W or O, see ``EVIDENCE``) is an error; one that is our
inference (I), or whose breaking the service is known to tolerate, is a warning.
"""

from typing import NamedTuple

from ips_contract.faults import INVALID_PARAMETER, INVALID_REQUEST_XML, MISSING_PARAMETER

ERROR = "error"
WARNING = "warning"

EVIDENCE = {
    "S": "the two documented submitJob pages",
    "D": "the API reference",
    "W": "the element order of a client generated from the pre-4.0 WSDL",
    "O": "messages of the real service, observed",
    "I": "our inference",
    "P": "the XML, SOAP and HTTP specifications",
}
# The same in two or three words, for readers of a report.
SHORT_EVIDENCE = {
    "S": "documented pages",
    "D": "API reference",
    "W": "pre-4.0 WSDL order",
    "O": "observed messages",
    "I": "our inference",
    "P": "specification",
}


def evidence_words(source: str) -> str:
    """A rule's ``source`` in words: ``S D: constants`` → ``documented pages, API reference: …``."""
    letters, colon, rest = source.partition(":")
    return (
        ", ".join(SHORT_EVIDENCE.get(letter, letter) for letter in letters.split()) + colon + rest
    )


class Rule(NamedTuple):
    """One rule.

    ``fault`` is the code of the fault the service raises for a request that breaks it, None
    for a warning and for rules about answers. ``source`` starts with the letters of
    ``EVIDENCE``. ``request_only``: answers of the service are not held to it.
    """

    id: str
    severity: str
    fault: int | None
    meaning: str
    source: str
    request_only: bool = False


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
        Rule("not-a-message", ERROR, _XML, "The root is a message of the API.", "D: operations"),
        Rule(
            "other-operation",
            WARNING,
            None,
            "The operation is one whose messages are judged.",
            "D: operations; of the others only the names are known here",
        ),
        Rule("envelope", ERROR, _XML, "The envelope holds one Body with one child.", "P: SOAP 1.1"),
        Rule(
            "envelope-extra",
            WARNING,
            None,
            "Nothing follows the Body in the envelope.",
            "P: WS-I Basic Profile 1.1, R1011",
        ),
        # Structure.
        Rule("missing-element", ERROR, _MISSING, "Required elements are there.", "S D"),
        Rule("unknown-element", ERROR, _XML, "Every element is one of the contract's.", "S D"),
        Rule("element-order", ERROR, _XML, "Elements keep the order of the schema.", "S W D O"),
        Rule("repeated-element", ERROR, _XML, "An element stands once, unless listed.", "S D W"),
        Rule("wrong-namespace", ERROR, _XML, "Elements have the version's namespace.", "S D"),
        Rule("not-in-version", ERROR, _XML, "The version has the element.", "D: change log"),
        Rule("stray-text", ERROR, _XML, "No text stands between elements.", "S D"),
        Rule("stray-attribute", ERROR, _XML, "Elements have no attributes.", "S D"),
        Rule(
            "missing-inferred",
            WARNING,
            None,
            "An element that the job can hardly do without is there.",
            "I: no source marks it as required",
        ),
        Rule(
            "later-than-pre-4.0",
            WARNING,
            None,
            "In the unversioned namespace, what came after pre-4.0 is avoided.",
            "D: change log; the seed pages document it in that namespace (S)",
        ),
        # Choices.
        Rule("one-job", ERROR, _VALUE, "Exactly one of the eleven job elements.", "S: Notes"),
        Rule("one-schedule", ERROR, _VALUE, "At most one of execTime, execSchedule.", "S: Notes"),
        Rule("one-crop", ERROR, _VALUE, "At most one kind of crop options.", "D: upload jobs"),
        Rule(
            "one-follow-up", ERROR, _VALUE, "At most one publish job to follow.", "D: upload jobs"
        ),
        Rule(
            "array-limit",
            ERROR,
            _VALUE,
            "An automated set generation names at most 1000 assets.",
            "D: AutomatedSetGenerationJob",
        ),
        # Values.
        Rule("wrong-type", ERROR, _VALUE, "A value is of its element's type.", "S D W"),
        Rule("constant", ERROR, _VALUE, "A constant is a documented one.", "S D: constants"),
        Rule("range", ERROR, _VALUE, "A number is in its documented range.", "D: option types"),
        Rule("blank", ERROR, _MISSING, "Required handles and names are filled.", "S: required"),
        Rule("time-zone", ERROR, _VALUE, "execTime carries a time zone.", "S: execTime"),
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
            "O: handles of the real service",
        ),
        Rule(
            "job-handle-form",
            WARNING,
            None,
            "A jobHandle has the form of its version.",
            "S O: 47|My Test Job| and j|110|katlyn||",
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
            "response-only",
            WARNING,
            None,
            "numUrls, a count in answers, is not sent.",
            "D: UploadUrlsJob",
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
            "authHeader has the unversioned namespace.",
            "D: authentication; others were seen to be served (O)",
        ),
        Rule(
            "unread-header",
            WARNING,
            None,
            "A Header entry in the API's namespaces is one that the service reads.",
            "I: credentials elsewhere than documented (D: authHeader) are not found",
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
            "SOAPAction names the operation in the Body.",
            "D: SOAPAction is the operation's name",
            request_only=True,
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
        Rule("schema", ERROR, _XML, "The XSD engine accepts the document.", "S D W O: xsd/"),
        Rule("engine-disagreement", ERROR, None, "lxml and xmlschema agree.", "P: XML Schema 1.0"),
    )
}
