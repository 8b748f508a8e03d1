"""What is about the server: its health, the versions of the API, tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.contract.versions import VERSIONS
from ips_contract.mock.control.problems import Problem
from ips_contract.mock.control.routes import (
    EMPTY,
    MOMENT,
    NUMBER,
    TEXT,
    WHOLE,
    Asked,
    Route,
    list_schema,
    object_of,
)
from ips_contract.mock.control.values import moment

if TYPE_CHECKING:
    from ips_contract.mock.tenants import Tenant


def health(asked: Asked) -> dict[str, Any]:
    """That it answers."""
    time = moment(asked.service.clock.now())
    return {"status": "ok", "version": __version__, "time": time}


def versions(_asked: Asked) -> dict[str, Any]:
    """The versions of the API."""
    return {
        "versions": [
            {"label": row.label, "date": row.date or None, "namespace": row.namespace}
            for row in VERSIONS
        ]
    }


def _tenant(tenant: Tenant, idle: float) -> dict[str, Any]:
    service = tenant.service
    with service.lock:
        return {
            "name": tenant.name,
            "path": tenant.root,
            "time": moment(service.clock.now()),
            "exchanges": service.exchanges.count,
            "idle_seconds": round(max(0.0, idle), 3),
        }


def list_tenants(asked: Asked) -> dict[str, Any]:
    """The tenants."""
    return {
        "tenants": [_tenant(tenant, idle) for tenant, idle in asked.tenants.listed()],
        "most": asked.tenants.most,
        "gone_after_seconds": asked.tenants.idle,
    }


def reset_tenant(asked: Asked) -> None:
    """``Service.reset`` of a tenant."""
    tenant = asked.tenants.find(asked.given["name"])
    if tenant is None:
        raise _unknown(asked)
    with tenant.service.lock:
        tenant.service.reset()


def drop_tenant(asked: Asked) -> None:
    """Forgets a tenant."""
    if not asked.tenants.drop(asked.given["name"]):
        raise _unknown(asked)


def _unknown(asked: Asked) -> Problem:
    names = [tenant.name for tenant, _ in asked.tenants.listed()]
    there = f"there are {names}" if names else "there is none"
    return Problem(404, f"There is no tenant {asked.given['name']!r}; {there}.")


_TENANT = {"name": {"type": "string", "minLength": 1, "maxLength": 100}}
_NO_TENANT = {404: "There is no such tenant."}
_TAG = "server"
ROUTES = (
    Route(
        "GET",
        "/health",
        health,
        "That the server answers.",
        object_of({"status": {"type": "string", "enum": ["ok"]}, "version": TEXT, "time": MOMENT}),
        _TAG,
    ),
    Route(
        "GET",
        "/versions",
        versions,
        "The versions of the API that the mock speaks.",
        object_of(
            {
                "versions": list_schema(
                    object_of(
                        {"label": TEXT, "date": {"type": ["string", "null"]}, "namespace": TEXT}
                    )
                )
            }
        ),
        _TAG,
    ),
    Route(
        "GET",
        "/tenants",
        list_tenants,
        "The tenants, that which was asked longest ago first.",
        object_of(
            {
                "tenants": list_schema(
                    object_of(
                        {
                            "name": TEXT,
                            "path": {**TEXT, "description": "What its paths stand below."},
                            "time": MOMENT,
                            "exchanges": WHOLE,
                            "idle_seconds": NUMBER,
                        }
                    )
                ),
                "most": WHOLE,
                "gone_after_seconds": NUMBER,
            }
        ),
        "tenants",
        text="A tenant is made when something below its path is first asked for.",
        only_root=True,
    ),
    Route(
        "POST",
        "/tenants/{name}/reset",
        reset_tenant,
        "Resets a tenant.",
        None,
        "tenants",
        path_fields=_TENANT,
        body=EMPTY,
        status=204,
        refusals=_NO_TENANT,
        only_root=True,
    ),
    Route(
        "DELETE",
        "/tenants/{name}",
        drop_tenant,
        "Drops a tenant with all that it has.",
        None,
        "tenants",
        path_fields=_TENANT,
        status=204,
        refusals=_NO_TENANT,
        only_root=True,
    ),
)
