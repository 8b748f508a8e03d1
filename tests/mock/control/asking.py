"""Calls of the control interface, without a socket."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ips_contract.http.messages import Request
from ips_contract.mock.front import Front, front_of
from ips_contract.mock.service import Service
from ips_contract.mock.tenants import Tenants


class Answer(NamedTuple):
    """The status, the value, and the headers."""

    status: int
    value: Any
    headers: dict[str, str]


class Asker:
    """Asks the interface of a service as a client on this machine does.

    Attributes:
        service: the service without a prefix.
        now: the monotonic time of its tenants, in seconds.
    """

    def __init__(self, service: Service | None = None, **options: Any) -> None:
        self.service = service if service is not None else Service()
        self.now = 0.0
        limits = {name: options.pop(name) for name in ("most", "idle") if name in options}
        self.tenants = Tenants(
            self.service, lambda _, other: other.handle, lambda: self.now, **limits
        )
        self.front: Front = front_of(self.tenants, host="127.0.0.1", **options)

    def __call__(
        self,
        method: str,
        path: str,
        value: object = None,
        *,
        body: bytes | None = None,
        root: str = "",
        **headers: str,
    ) -> Answer:
        sent = {"host": "127.0.0.1:8080"}
        if body is None:
            body = b"" if value is None else json.dumps(value).encode()
        if method in ("POST", "PUT"):
            sent["content-type"] = "application/json"
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        response = self.front.handle(Request(method, f"{root}/_ips{path}", sent, body))
        found = {name.lower(): text for name, text in response.headers}
        kind = found.get("content-type", "")
        shown = json.loads(response.body) if "json" in kind else response.body
        return Answer(response.status, shown, found)

    def refused(self, method: str, path: str, value: object = None, **how: Any) -> tuple[int, str]:
        """The status and the words of a refusal, which is a problem document."""
        answer = self(method, path, value, **how)
        assert answer.headers["content-type"] == "application/problem+json", answer
        assert answer.value["status"] == answer.status
        assert answer.value["type"] == "about:blank"
        assert answer.value["title"]
        return answer.status, answer.value["detail"]
