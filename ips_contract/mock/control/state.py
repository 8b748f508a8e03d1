"""What the service knows: read in the form of a seed, seeded anew, reset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.mock.control.routes import (
    EMPTY,
    FLAG,
    MOMENT,
    TEXT,
    WHOLE,
    Asked,
    Route,
    body_of,
    list_schema,
    object_of,
)
from ips_contract.mock.control.values import plain
from ips_contract.mock.effects.settling import settle
from ips_contract.mock.state.seed_writing import write_seed

if TYPE_CHECKING:
    from ips_contract.mock.control.arguments import Schema
    from ips_contract.mock.state.views import AssetView, FolderView

_MOST = 1_000
_LISTS = {"type": "array", "items": {"type": "object"}}
SEED = body_of({"companies": _LISTS, "users": _LISTS})
ASSET = object_of(
    {
        "number": WHOLE,
        "company": TEXT,
        "folder": TEXT,
        "name": TEXT,
        "path": TEXT,
        "type": TEXT,
        "sub_type": TEXT,
        "file_name": TEXT,
        "ready_for_publish": FLAG,
        "metadata": {"type": "object"},
        "info": {"type": "object"},
        "created": MOMENT,
        "create_user": TEXT,
        "last_modified": MOMENT,
        "last_modify_user": TEXT,
    }
)
FOLDER = object_of({"company": TEXT, "path": TEXT, "assets": list_schema(TEXT)})
_PAGE: dict[str, Schema] = {
    "since": {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**53 - 1,
        "default": 0,
        "description": "Only what comes later: `next` of the answer before.",
    },
    "limit": {"type": "integer", "minimum": 1, "maximum": _MOST, "default": 100},
    "company": {"type": "string", "description": "Only those of the company with this number."},
}


def read_state(asked: Asked) -> dict[str, Any]:
    """The state in the form of a seed."""
    settle(asked.service.store)  # What jobs have changed by now.
    return write_seed(asked.service.store)


def seed(asked: Asked) -> None:
    """``Service.seed``."""
    asked.service.seed(asked.given)


def reset(asked: Asked) -> None:
    """``Service.reset``."""
    asked.service.reset()


def _asset(view: AssetView) -> dict[str, Any]:
    found: dict[str, Any] = plain({**view._asdict(), "path": view.path})
    return found


def list_assets(asked: Asked) -> dict[str, Any]:
    """``Service.assets``, by their numbers."""
    given = asked.given
    since, company = given.get("since", 0), given.get("company")
    found = [
        view
        for view in asked.service.assets
        if view.number > since and company in (None, view.company)
    ]
    rows = found[: given.get("limit", 100)]
    return {
        "assets": [_asset(view) for view in rows],
        "next": rows[-1].number if rows else since,
        "more": len(found) > len(rows),
    }


def _folder(view: FolderView) -> dict[str, Any]:
    return {"company": view.company, "path": view.path, "assets": list(view.assets)}


def list_folders(asked: Asked) -> dict[str, Any]:
    """``Service.folders``, by their place in the list."""
    given = asked.given
    since, company = given.get("since", 0), given.get("company")
    found = [view for view in asked.service.folders if company in (None, view.company)]
    rows = found[since : since + given.get("limit", 100)]
    return {
        "folders": [_folder(view) for view in rows],
        "next": since + len(rows),
        "more": len(found) > since + len(rows),
    }


_TAG = "state"
_NEXT = {
    "next": {**WHOLE, "description": "Give it as `since` to get what comes later."},
    "more": FLAG,
}
ROUTES = (
    Route(
        "GET",
        "/state",
        read_state,
        "Companies, users, folders, assets and so on, in the form of a seed.",
        object_of({"companies": _LISTS, "users": _LISTS}),
        _TAG,
        text="Passwords and tokens are left out: users of a seed without them cannot log in.",
    ),
    Route(
        "PUT",
        "/state",
        seed,
        "From now until the next reset there is what a seed gives, and nothing else.",
        None,
        _TAG,
        text="Jobs and the record stay.",
        body=SEED,
        status=204,
        refusals={422: "The seed is wrong; `detail` names the place."},
    ),
    Route(
        "GET",
        "/assets",
        list_assets,
        "The assets as they are now, oldest first; none in the trash.",
        object_of({"assets": list_schema(ASSET), **_NEXT}),
        _TAG,
        query=_PAGE,
    ),
    Route(
        "GET",
        "/folders",
        list_folders,
        "The folders as they are now, each before what is in it.",
        object_of({"folders": list_schema(FOLDER), **_NEXT}),
        _TAG,
        query=_PAGE,
    ),
    Route(
        "POST",
        "/reset",
        reset,
        "Forgets jobs, record, scripts, outcomes, plans, moves of the clock, and all changes.",
        None,
        _TAG,
        text="What the server was started with is there again.",
        body=EMPTY,
        status=204,
    ),
)
