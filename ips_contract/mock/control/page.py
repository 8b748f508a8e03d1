"""The page at ``/_ips/``."""

from __future__ import annotations

from ips_contract.http.messages import Response
from ips_contract.mock.control.problems import HEADERS

_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>ips-contract</title>
<p>The control interface of ips-contract: <a href="openapi.json">openapi.json</a></p>
"""


def page() -> Response:
    """The page."""
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", _POLICY),
        *HEADERS,
    )
    return Response(200, headers, _PAGE)
