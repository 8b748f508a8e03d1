"""Documents that several tests use, and a generator of valid messages from the contract's rows."""

from __future__ import annotations

import random

from ips_contract.contract.model import Contract, Field, SimpleType, contract
from ips_contract.contract.versions import LATEST, PRE_4_0, Version
from ips_contract.fixtures import load
from ips_contract.generation.messages import message_names

REQUEST = load("valid/documented-request.xml")
RESPONSE = load("valid/documented-response.xml")
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
PUBLISH = (
    "<imageServingPublishJob><publishType>Full</publishType>"
    "<emailSetting>Error</emailSetting></imageServingPublishJob>"
)


def request(version: Version = PRE_4_0, *, job: str = PUBLISH, before: str = "") -> bytes:
    """A submitJobParam with ``before`` between jobName and the job."""
    company = "47" if version is PRE_4_0 else "c|47"
    return (
        f'<submitJobParam xmlns="{version.namespace}"><companyHandle>{company}</companyHandle>'
        f"<jobName>My Test Job</jobName>{before}{job}</submitJobParam>"
    ).encode()


def urls(inner: str = "", *, after: str = "") -> str:
    """An uploadUrlsJob with ``inner`` before emailSetting and ``after`` behind it."""
    return (
        "<uploadUrlsJob><urlArray><items><sourceUrl>https://example.com/a.jpg</sourceUrl>"
        "<destPath>images/a.jpg</destPath></items></urlArray><overwrite>true</overwrite><readyForPublish>true</readyForPublish>"
        f"<createMask>false</createMask>{inner}<emailSetting>All</emailSetting>{after}"
        "</uploadUrlsJob>"
    )


ITEMS = "<items><sourceUrl>https://example.com/a.jpg</sourceUrl><destPath>a</destPath></items>"


def upload(*, good: int, bad: str = "", version: Version = LATEST) -> bytes:
    """An upload with ``bad`` behind so many more good items."""
    return request(version, job=urls().replace("</urlArray>", f"{ITEMS * good}{bad}</urlArray>"))


# What each client needs, and messages with types that no other has.
_NEEDED = (
    *("checkLogin", "getCompanyInfo", "getUserInfo", "searchAssetsParam", "getXMPPacketReturn"),
    *("getFolderTreeReturn",),
)


def some_names(version: Version, more: int) -> list[str]:
    """Names of messages of ``version``: those about jobs, those needed, and ``more`` others.

    Tests at night take all: ``python -m tests.nightly messages``.
    """
    every = message_names(version)
    names = [name for name in every if "Job" in name or name.startswith(_NEEDED)]
    rest = [name for name in every if name not in names]
    return names + random.Random(version.rank).sample(rest, more)


def envelope(body: bytes, header: str = "", soap: str = SOAP_11) -> bytes:
    """A SOAP envelope around ``body``."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    start = f'<s:Envelope xmlns:s="{soap}">{head}<s:Body>'.encode()
    return start + body + b"</s:Body></s:Envelope>"


_VALUES = {
    "xs:string": ["x", "A & B", "Straße", "  ", ""],
    "xs:token": ["12|me@example.com", "pc|3"],
    "xs:boolean": ["true", "false", "1", "0", " true "],
    "xs:int": ["0", "1", "-2147483648", "+7", "2147483647"],
    "xs:long": ["0", "9223372036854775807"],
    "xs:double": ["0", "0.5", "1", "1e-3", "INF", "-INF", "NaN", "72.0"],
    "xs:float": ["0", "0.5", "1e-3", "-INF", "NaN"],
    "xs:base64Binary": ["", "AAAA", "AA==", "A A A="],
    "xs:dateTime": ["2014-04-03T09:30:00Z", "2012-02-29T24:00:00", "2014-04-03T09:30:00.123-08:00"],
}
# Values of types with a pattern: before 4.0, and since.
_NAMED = {
    "CompanyHandle": ("47", "c|47"),
    "OptionalCompanyHandle": ("47", "c|47"),
    "AnswerCompanyHandle": ("47", "c|47"),
    "JobHandle": ("47|J|", "j|47|J||"),
    "OptionalJobHandle": ("47|J|", "j|47|J||"),
    "JobName": ("My Test Job",) * 2,
    "Locale": ("en-US",) * 2,
    "HeaderLocale": ("en-US",) * 2,
    "Schedule": ("0 0 3 ? * MON-FRI",) * 2,
    "SourceUrl": ("https://example.com/a.jpg",) * 2,
    "ContextHandle": ("pc|3",) * 2,
    "UserHandle": ("12|me@example.com",) * 2,
}


class Generator:
    """Random valid messages of one version, as XML text."""

    def __init__(self, version: Version, chance: random.Random) -> None:
        self.rows: Contract = contract(version)
        self.version = version
        self.chance = chance

    def message(self, name: str) -> bytes:
        """A valid message called ``name``."""
        inner = self._children(self.rows.messages[name], 0)
        return f'<{name} xmlns="{self.version.namespace}">{inner}</{name}>'.encode()

    def _children(self, type_name: str, depth: int) -> str:
        kind = self.rows.complex_types[type_name]
        chosen = {
            index: self.chance.choice(choice.names)
            for index, choice in enumerate(kind.choices)
            if choice.required or self.chance.random() < 0.5
        }
        parts = []
        for field in kind.fields:
            if depth > 5 and not field.required and field.choice is None:
                continue  # Some types hold themselves.
            if field.choice is not None:
                count = int(chosen.get(field.choice) == field.name)
            elif field.maximum == 1:
                count = int(field.required or self.chance.random() < 0.5)
            else:
                count = self.chance.randrange(int(field.required), 3)
            if kind.check == "company-named" and field.name == "companyName":
                count = 1
            parts += [self._element(field, depth) for _ in range(count)]
        if not kind.ordered:
            self.chance.shuffle(parts)
        return "".join(parts)

    def _element(self, field: Field, depth: int) -> str:
        if field.type in self.rows.complex_types:
            inner = self._children(field.type, depth + 1)
        else:
            value = self._value(self.rows.simple_types.get(field.type), field.type)
            inner = value.replace("&", "&amp;").replace("<", "&lt;")
        return f"<{field.name}>{inner}</{field.name}>"

    def _value(self, kind: SimpleType | None, name: str) -> str:
        if name in _NAMED:
            return _NAMED[name][self.version is not PRE_4_0]
        if kind is None:
            return self.chance.choice(_VALUES[name])
        constants = [facet.value for facet in kind.facets if facet.kind == "enumeration"]
        if constants:
            return self.chance.choice(constants)
        bounds = [facet.value for facet in kind.facets if facet.kind.endswith("Inclusive")]
        if bounds:
            return self.chance.choice(bounds)
        if name == "ZonedDateTime":
            return "2014-04-03T09:30:00Z"
        return self.chance.choice(_VALUES[kind.base])
