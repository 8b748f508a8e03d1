"""What the interface refuses, as RFC 9457 has it: a problem document that says what is right."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from ips_contract.http.messages import Response

PROBLEM_JSON = "application/problem+json"
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
# No answer is kept by a cache, is taken for another type than it says, or is lent to a page from
# elsewhere.
HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


class Problem(Exception):
    """A refusal.

    Args:
        status: the HTTP status.
        detail: what is wrong, and what would be right.
        headers: headers of the answer beside the usual ones.
        more: members of the document beside ``type``, ``title``, ``status`` and ``detail``.
    """

    def __init__(self, status: int, detail: str, *headers: tuple[str, str], **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.more = more

    def response(self) -> Response:
        """The answer that it is. ``type`` is about:blank: the title is that of the status."""
        document = {
            "type": "about:blank",
            "title": _PHRASES[self.status],
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        headers = (("Content-Type", PROBLEM_JSON), *HEADERS, *self.headers)
        return Response(self.status, headers, to_json(document))


def to_json(value: Any) -> bytes:
    """``value`` as JSON on a line, in ASCII, as no charset can break it."""
    return json.dumps(value).encode() + b"\n"
