"""Contract coverage of what a service recorded, counted when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.mock.contract_coverage import Counted, measure, percent
from ips_contract.mock.control.exchanges import after
from ips_contract.mock.control.routes import (
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    Asked,
    Route,
    list_schema,
    object_of,
)

if TYPE_CHECKING:
    from ips_contract.mock.tenants import Tenant

_MOST = 200  # Exchanges that are counted in one call: each has its message read again.


def _counted(tenant: Tenant) -> Counted:
    """What is counted of a tenant's exchanges, anew if some were taken out of its record."""
    removals = tenant.service.exchanges.removals
    if tenant.counted is None or tenant.counted.removals != removals:
        tenant.counted = Counted(removals)
    return tenant.counted


def coverage(asked: Asked) -> dict[str, Any]:
    """``contract_coverage.measure`` of the exchanges."""
    counted = _counted(asked.tenant)
    waiting = after(asked.service.exchanges, counted.number)
    for exchange in waiting[:_MOST]:
        counted.add(exchange.number, exchange.report, exchange.fault)
    rows = measure(counted.seen)
    return {
        "percent": round(percent(rows), 2),
        "exchanges": counted.exchanges,
        "complete": len(waiting) <= _MOST,
        "dimensions": [
            {
                "name": row.name,
                "covered": row.covered,
                "total": row.total,
                "missing": row.missing,
            }
            for row in rows
        ],
    }


_DIMENSION = object_of(
    {"name": TEXT, "covered": WHOLE, "total": WHOLE, "missing": list_schema(TEXT)}
)
ROUTES = (
    Route(
        "GET",
        "/coverage",
        coverage,
        "How much of the contract the recorded messages exercised.",
        object_of(
            {
                "percent": NUMBER,
                "exchanges": {**WHOLE, "description": "How many were counted."},
                "complete": {
                    **FLAG,
                    "description": "False: there are more than one answer counts. Ask again.",
                },
                "dimensions": list_schema(_DIMENSION),
            }
        ),
        "exchanges",
        text="An answer counts 200 exchanges at most, and those that were counted before.",
    ),
)
