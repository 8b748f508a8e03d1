"""A careful client on urllib. As a script it is a driver for ``ips-contract fuzz``."""

from __future__ import annotations

import http.client
import os
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing

try:
    from tests.clients import careful
except ImportError:
    import careful  # type: ignore[import-not-found, no-redef]


def submit(job: careful.Job) -> str:
    """Submits ``job``; its handle."""
    headers = careful.HEADERS | {"Accept-Encoding": "gzip"}
    request = urllib.request.Request(job.endpoint, careful.message(job), headers)
    until = time.monotonic() + careful.PATIENCE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with closing(opener.open(request, timeout=careful.PATIENCE)) as response:
            body = _read(response, until)
            kind = response.headers.get("Content-Type", "")
            return careful.handle_in(response.status, kind, body, careful.namespace_for(job))
    except urllib.error.HTTPError as error:
        with closing(error):
            raise careful.Refused(f"HTTP status {error.code}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise careful.Refused(repr(error)) from None


def _read(response: http.client.HTTPResponse, until: float) -> bytes:
    if len(set(response.headers.get_all("Content-Length", []))) > 1:
        raise careful.Refused("two lengths")
    inflater = None
    if response.headers.get("Content-Encoding", "").lower() == "gzip":
        inflater = careful.Inflater()
    parts, size = [], 0
    while chunk := response.read1(65536):
        data = chunk if inflater is None else inflater.feed(chunk)
        parts.append(data)
        size += len(data)
        if size > careful.LIMIT or time.monotonic() > until:
            raise careful.Refused("too much, or too slow")
    if response.length:
        raise careful.Refused(f"{response.length} bytes are missing")
    if inflater is not None:
        inflater.end()
    return b"".join(parts)


if __name__ == "__main__":
    env = os.environ
    names = ("ENDPOINT", "USER", "PASSWORD", "COMPANY", "JOB_NAME")
    try:
        print(submit(careful.Job(*(env[f"IPS_{name}"] for name in names))))
    except careful.Refused as refusal:
        sys.exit(str(refusal))
