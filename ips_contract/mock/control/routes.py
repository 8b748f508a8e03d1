"""A route: what can be asked for, how it is described, and what is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ips_contract.http.messages import Request
    from ips_contract.mock.control.arguments import Schema
    from ips_contract.mock.service import Service
    from ips_contract.mock.tenants import Tenant, Tenants


class Asked(NamedTuple):
    """What a route's function is called with.

    Attributes:
        tenant: whose service is asked about; its lock is held.
        given: the arguments: of the path, the query and the body together, as the schemas say.
        request: as it came.
        tenants: all tenants of the server.
    """

    tenant: Tenant
    given: dict[str, Any]
    request: Request
    tenants: Tenants

    @property
    def service(self) -> Service:
        """The service that is asked about."""
        return self.tenant.service


class Route(NamedTuple):
    """Something that can be asked for.

    Attributes:
        method: the HTTP method.
        path: below ``/_ips``, with the names of its variable steps in braces.
        call: gives the value of the answer, or the answer itself.
        summary: what it does, in a line.
        answer: the schema of the answer's value; None: the answer has no content.
        tag: what it is about.
        text: more about it.
        path_fields: name → schema of each variable step.
        query: name → schema of each parameter.
        body: the schema of the body; None: there is none.
        status: that of the answer.
        refusals: status → when it is the answer, beside those that all routes have.
        media_type: of the answer.
        only_root: whether it is about the server, and not there for a tenant.
    """

    method: str
    path: str
    call: Callable[[Asked], Any]
    summary: str
    answer: Schema | None
    tag: str
    text: str = ""
    path_fields: Mapping[str, Schema] = {}
    query: Mapping[str, Schema] = {}
    body: Schema | None = None
    status: int = 200
    refusals: Mapping[int, str] = {}
    media_type: str = "application/json"
    only_root: bool = False


def body_of(
    properties: Mapping[str, Schema],
    *required: str,
    one_of: tuple[str, ...] = (),
    only_with: Mapping[str, str] | None = None,
) -> Schema:
    """The schema of a body that is an object with these fields and no others.

    Args:
        properties: name → schema of each field.
        required: names of those that must be there.
        one_of: names of those of which exactly one must be there.
        only_with: name of a field → that of another that must be there with it.
    """
    schema: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if required:
        schema["required"] = list(required)
    if one_of:
        schema["oneOf"] = [{"required": [name]} for name in one_of]
    if only_with:
        schema["dependentRequired"] = {name: [other] for name, other in only_with.items()}
    return schema


def object_of(properties: Mapping[str, Schema], *optional: str) -> Schema:
    """The schema of an answer: an object with all of these fields, but for the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def list_schema(items: Schema) -> Schema:
    """The schema of a list."""
    return {"type": "array", "items": items}


TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_WHOLE: Schema = {"type": ["integer", "null"]}
MAYBE_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
EMPTY: Schema = body_of({})
