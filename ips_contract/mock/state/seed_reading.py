"""A seed as plain data, as JSON and YAML have it → its values.

What is wrong is said with its place in the data: ``companies[0].assets[3].type``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ips_contract.contract.versions import LATEST
from ips_contract.mock.state.accounts import ROLES, USER, Account
from ips_contract.mock.state.asset_types import asset_types, info_fields
from ips_contract.mock.state.assets import EMPTIED, IN_TRASH, NOT_IN_TRASH
from ips_contract.mock.state.catalog import (
    CONTEXT,
    GROUP,
    IMAGE_FORMAT,
    METADATA_FIELD,
    PROJECT,
    PROPERTY_SET,
    PROPERTY_SET_TYPE,
)
from ips_contract.mock.state.seed import (
    Seed,
    SeededAsset,
    SeededCompany,
    SeededRecord,
    SeedError,
)
from ips_contract.xml.datetimes import read_date_time
from ips_contract.xml.text import list_of, near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ips_contract.contract.writer import Value
    from ips_contract.mock.state.assets import Metadata, Plain

_FIRST_COMPANY = 47  # That of the documented request.
_MOST_LONG = 2**63 - 1
_LONGEST = 60  # Characters of a value that a message shows.
# How places among users end that nobody keeps a password in.
_NO_SECRETS = (".role", ".isValid", ".isActive", ".email")


class _Node:
    """A place in a seed, and what is there."""

    def __init__(self, place: str, value: object) -> None:
        self.place = place
        self.value = value

    @property
    def shown(self) -> str:
        """What is there, in words; nothing of it where it may be a secret."""
        secret = self.place.startswith("users") and not self.place.endswith(_NO_SECRETS)
        return "something else" if secret else _shown(self.value)

    def error(self, words: str) -> SeedError:
        return SeedError(f"seed: {self.place or 'the top'} {words}")

    def fields(self, *names: str, needed: tuple[str, ...] = ()) -> dict[str, _Node]:
        """The fields of a mapping, all of which are among ``names``."""
        if not isinstance(self.value, Mapping):
            raise self.error(f"is {self.shown}; give a mapping with {list_of(names)}")
        found: dict[str, _Node] = {}
        for key, value in self.value.items():
            if key not in names:
                guess = near(str(key), names)
                hint = f"did you mean {guess}?" if guess else f"there are {list_of(names, 'and')}"
                raise self.error(f"has {_shown(key)}; {hint}")
            if value is not None:
                found[key] = _Node(f"{self.place}.{key}" if self.place else str(key), value)
        for name in needed:
            if name not in found:
                raise self.error(f"has no {name}")
        return found

    def items(self) -> list[_Node]:
        """The items of a list."""
        if not isinstance(self.value, (list, tuple)):
            raise self.error(f"is {self.shown}; give a list")
        return [_Node(f"{self.place}[{n}]", value) for n, value in enumerate(self.value)]

    def text(self) -> str:
        """Text that is not blank; a number stands for its digits."""
        value = self.value
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"is {self.shown}; give text")
        return value

    def path(self) -> str:
        """The path of a folder; ``""`` for the root."""
        if not isinstance(self.value, str):
            raise self.error(f"is {self.shown}; give a path as text")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.error(f"is {self.shown}; give true or false")
        return self.value

    def one_of(self, *names: str) -> str:
        found = self.text()
        if found not in names:
            raise self.error(f"is {_shown(found)}; give {list_of(names)}")
        return found

    def moment(self) -> datetime:
        """A moment as text of XML Schema, or as YAML has it."""
        if isinstance(self.value, datetime):
            zone = self.value.tzinfo or UTC
            return self.value.replace(tzinfo=zone)
        try:
            return read_date_time(self.text())
        except ValueError:
            words = f"is {self.shown}; give a moment such as 2014-04-03T09:30:00Z"
            raise self.error(words) from None

    def plain(self) -> Plain:
        """A single value."""
        if isinstance(self.value, (str, bool, int, float, datetime)):
            return self.value
        raise self.error(f"is {self.shown}; give text, a number, true or false")


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


# What there is.


def read_seed(data: object) -> Seed:
    """The seed that plain data is: mappings, lists and single values, as JSON and YAML have them.

    Raises:
        SeedError: it is wrong; the message names the place.
    """
    # Editors find the schema of a JSON file by that.
    top = _Node("", data).fields("companies", "users", "$schema")
    companies = [
        _company(node, str(_FIRST_COMPANY + n))
        for n, node in enumerate(top["companies"].items() if "companies" in top else ())
    ]
    numbers = {company.number for company in companies}
    names = {company.name: company.number for company in companies}
    for what, different in (("number", numbers), ("name", names)):
        if len(different) < len(companies):
            raise _Node("companies", None).error(f"has two of one {what}")
    users = [_user(node, names) for node in (top["users"].items() if "users" in top else ())]
    return Seed(tuple(companies), tuple(users))


def _user(node: _Node, companies: dict[str, str]) -> Account:
    names = ("firstName", "lastName", "password", "passwordExpires", "role", "isValid", "token")
    found = node.fields("email", *names, "companies", needed=("email",))
    rows = [_membership(item, companies) for item in _items(found, "companies")]

    def text(name: str) -> str:
        return found[name].text() if name in found else ""

    return Account(
        found["email"].text(),
        text("password"),
        found["role"].one_of(*ROLES) if "role" in found else USER,
        frozenset(number for number, _, _ in rows) if "companies" in found else None,
        found["isValid"].flag() if "isValid" in found else True,
        token=text("token"),
        first_name=text("firstName"),
        last_name=text("lastName"),
        expires=found["passwordExpires"].moment() if "passwordExpires" in found else None,
        roles={number: role for number, role, _ in rows if role},
        inactive=frozenset(number for number, _, active in rows if not active),
    )


def _membership(node: _Node, companies: dict[str, str]) -> tuple[str, str, bool]:
    """The number of a user's company, the role in it, or ``""``, and whether it is active."""
    role, active, at = "", True, node
    if isinstance(node.value, Mapping):
        found = node.fields("company", "role", "isActive", needed=("company",))
        role = found["role"].one_of(*ROLES) if "role" in found else ""
        active = found["isActive"].flag() if "isActive" in found else True
        at = found["company"]
    name = at.text()
    if name not in companies and name not in companies.values():
        raise at.error(f"is {name!r}, no company of the seed")
    return companies.get(name, name), role, active


def _company(node: _Node, number: str) -> SeededCompany:
    found = node.fields(
        "name",
        "number",
        "expires",
        "imsOrgId",
        "folders",
        "assets",
        "serverFiles",
        *_RECORDS,
        needed=("name",),
    )
    if "number" in found:
        number = found["number"].text()
        if not (number.isascii() and number.isdecimal()):
            raise found["number"].error(f"is {number!r}; give digits")
    records = [
        read(item)
        for name, read in _RECORDS.items()
        if name in found
        for item in found[name].items()
    ]
    return SeededCompany(
        number,
        found["name"].text(),
        tuple(item.text() for item in _items(found, "folders")),
        tuple(records),
        tuple(_asset(item) for item in _items(found, "assets")),
        tuple(item.text() for item in _items(found, "serverFiles")),
        found["expires"].moment() if "expires" in found else None,
        found["imsOrgId"].text() if "imsOrgId" in found else "",
    )


def _items(found: dict[str, _Node], name: str) -> list[_Node]:
    return found[name].items() if name in found else []


def _project(node: _Node) -> SeededRecord:
    return SeededRecord(node.place, PROJECT, node.text(), {})


def _group(node: _Node) -> SeededRecord:
    found = node.fields("name", "isSystemDefined", "members", needed=("name",))
    system = found["isSystemDefined"].flag() if "isSystemDefined" in found else False
    members = tuple(item.text().lower() for item in _items(found, "members"))
    values: dict[str, Value] = {"isSystemDefined": system}
    return SeededRecord(node.place, GROUP, found["name"].text(), values, members)


def _image_format(node: _Node) -> SeededRecord:
    found = node.fields("name", "urlModifier", needed=("name", "urlModifier"))
    values: dict[str, Value] = {"urlModifier": found["urlModifier"].text()}
    return SeededRecord(node.place, IMAGE_FORMAT, found["name"].text(), values)


def _context(node: _Node) -> SeededRecord:
    found = node.fields("name", "contextType", needed=("name", "contextType"))
    values: dict[str, Value] = {"contextType": found["contextType"].text()}
    return SeededRecord(node.place, CONTEXT, found["name"].text(), values)


_FIELD_FLAGS = ("isRequired", "isUserDefined", "isHidden", "isEnforced")


def _metadata_field(node: _Node) -> SeededRecord:
    texts = ("assetType", "type", "defaultValue", "initialTagValue")
    found = node.fields("name", *texts, *_FIELD_FLAGS, "values", needed=("name",))
    values: dict[str, Value] = {
        "assetType": "Asset",
        "type": "String",
        "defaultValue": "",
        "isRequired": False,
        "isUserDefined": True,
        "isHidden": False,
        "isEnforced": False,
    }
    values.update({name: found[name].text() for name in texts if name in found})
    values.update({name: found[name].flag() for name in _FIELD_FLAGS if name in found})
    tags = tuple(item.text() for item in _items(found, "values"))
    return SeededRecord(node.place, METADATA_FIELD, found["name"].text(), values, tags)


def _property_set_type(node: _Node) -> SeededRecord:
    found = node.fields(
        "name", "propertyType", "allowMultiple", "sets", needed=("name", "propertyType")
    )
    types = ("UserProperty", "CompanyProperty", "UserCompanyProperty")
    values: dict[str, Value] = {
        "propertyType": found["propertyType"].one_of(*types),
        "allowMultiple": found["allowMultiple"].flag() if "allowMultiple" in found else False,
    }
    sets = tuple(_property_set(item) for item in _items(found, "sets"))
    return SeededRecord(node.place, PROPERTY_SET_TYPE, found["name"].text(), values, below=sets)


def _property_set(node: _Node) -> SeededRecord:
    found = node.fields("owner", "secondaryOwner", "properties", needed=("owner", "properties"))
    properties = found["properties"]
    second = found["secondaryOwner"].text().lower() if "secondaryOwner" in found else ""
    values: dict[str, Value] = {
        "primaryOwnerHandle": found["owner"].text().lower(),
        "secondaryOwnerHandle": second,
        "properties": {name: str(item.plain()) for name, item in _named(properties)},
    }
    return SeededRecord(node.place, PROPERTY_SET, "", values)


def _named(node: _Node) -> Iterator[tuple[str, _Node]]:
    """The fields of a mapping that may have any."""
    if not isinstance(node.value, Mapping):
        raise node.error(f"is {node.shown}; give a mapping")
    for name, value in node.value.items():
        if value is not None:
            yield str(name), _Node(f"{node.place}.{name}", value)


_RECORDS: dict[str, Callable[[_Node], SeededRecord]] = {
    "projects": _project,
    "groups": _group,
    "imageFormats": _image_format,
    "publishContexts": _context,
    "metadataFields": _metadata_field,
    "propertySetTypes": _property_set_type,
}

# Field of an asset in a seed → the argument of ``put_asset`` that it is, and how it is read.
_GIVEN: dict[str, tuple[str, Callable[[_Node], object]]] = {
    "type": ("type", _Node.text),
    "subType": ("sub_type", _Node.text),
    "fileName": ("file_name", _Node.text),
    "readyForPublish": ("ready", _Node.flag),
    "createUser": ("user", _Node.text),
    "created": ("created", _Node.moment),
    "lastModified": ("modified", _Node.moment),
    "metadata": ("metadata", lambda node: {name: _value(item) for name, item in _named(node)}),
}
# The same for what is set afterwards: fields of an Asset.
_CHANGED: dict[str, tuple[str, Callable[[_Node], object]]] = {
    "lastModifyUser": ("modifier", _Node.text),
    "trashState": ("trash", lambda node: node.one_of(NOT_IN_TRASH, IN_TRASH, EMPTIED)),
    "setDefinition": ("set_definition", _Node.text),
    "engine": ("engine", _Node.text),
}
# And for the paths of other assets.
_LINKS = {"thumbAsset": "thumb", "originator": "originator"}
_LISTS = ("members", "projects", "publishContexts")


def _asset(node: _Node) -> SeededAsset:
    names = ("folder", "name", "info", *_GIVEN, *_CHANGED, *_LINKS, *_LISTS)
    found = node.fields(*names, needed=("name",))
    kind = found["type"].text() if "type" in found else "Image"
    if "type" in found and kind not in asset_types():
        guess = near(kind, asset_types())
        hint = f"did you mean {guess}?" if guess else "it is no type of the reference's list"
        raise found["type"].error(f"is {kind!r}; {hint}")
    given = {field: read(found[name]) for name, (field, read) in _GIVEN.items() if name in found}
    if "info" in found:
        given["info"] = _info(found["info"], kind)
    return SeededAsset(
        node.place,
        found["folder"].path() if "folder" in found else "",
        found["name"].text(),
        given,
        {field: read(found[name]) for name, (field, read) in _CHANGED.items() if name in found},
        {field: found[name].text() for name, field in _LINKS.items() if name in found},
        tuple(_member(item) for item in _items(found, "members")),
        tuple(item.text() for item in _items(found, "projects")),
        tuple(item.text() for item in _items(found, "publishContexts")),
    )


def _member(node: _Node) -> tuple[str, bool]:
    if isinstance(node.value, str):
        return node.text(), False
    found = node.fields("asset", "pageReset", needed=("asset",))
    return found["asset"].text(), found["pageReset"].flag() if "pageReset" in found else False


def _value(node: _Node) -> Metadata:
    """A value of metadata: a list is that of tags."""
    if isinstance(node.value, (list, tuple)):
        return tuple(item.text() for item in node.items())
    return _bounded(node, node.plain(), _MOST_LONG)


# Type of a detail in the contract → what a seed gives for it.
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "xs:string": ((str,), "text"),
    "Int": ((int,), "a whole number"),
    "Long": ((int,), "a whole number"),
    "Double": ((int, float), "a number"),
}


# As the state has them that the control interface gives (JSON), and messages (XSD 1.0).
_NO_NUMBERS_OF_JSON = ("NaN", "INF", "-INF")


def _info(node: _Node, kind: str) -> dict[str, Plain]:
    """The details of an asset of a type: those that the type has in the contract."""
    types = {name: of for name, of in info_fields(LATEST, kind).items() if of in _KINDS}
    if not types:
        raise node.error(f"is there, and an asset of type {kind} has no details")
    details: dict[str, Plain] = {}
    for name, item in node.fields(*types).items():
        kinds, words = _KINDS[types[name]]
        value = item.plain()
        if float in kinds and value in _NO_NUMBERS_OF_JSON:
            value = float(str(value))
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise item.error(f"is {item.shown}; give {words}")
        details[name] = _bounded(item, value, 2**31 - 1 if types[name] == "Int" else _MOST_LONG)
    return details


def _bounded(node: _Node, value: Plain, most: int) -> Plain:
    if isinstance(value, int) and not -most - 1 <= value <= most:
        raise node.error(f"is {node.shown}, which no message can hold")
    return value
