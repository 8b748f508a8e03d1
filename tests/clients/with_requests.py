"""A careful client on requests. As a script it is a driver for ``ips-contract fuzz``."""

from __future__ import annotations

import os
import sys
import time

import requests

try:
    from tests.clients import careful
except ImportError:
    import careful  # type: ignore[import-not-found, no-redef]


def submit(job: careful.Job) -> str:
    """Submits ``job``; its handle."""
    until = time.monotonic() + careful.PATIENCE
    parts, size = [], 0
    try:
        with (
            requests.Session() as session,
            session.post(
                job.endpoint,
                careful.message(job),
                headers=careful.HEADERS | {"Accept-Encoding": "gzip"},
                timeout=careful.PATIENCE,
                stream=True,
                allow_redirects=False,
            ) as response,
        ):
            inflater = None
            if response.headers.get("Content-Encoding", "").lower() == "gzip":
                inflater = careful.Inflater()
            # Not iter_content(): it waits for a whole block, however slowly that comes.
            while data := response.raw.read1(65536, decode_content=False):
                data = data if inflater is None else inflater.feed(data)
                parts.append(data)
                size += len(data)
                if size > careful.LIMIT or time.monotonic() > until:
                    raise careful.Refused("too much, or too slow")
            if inflater is not None:
                inflater.end()
            kind = response.headers.get("Content-Type", "")
            status = response.status_code
    except (OSError, requests.RequestException, ValueError) as error:
        raise careful.Refused(repr(error)) from None
    return careful.handle_in(status, kind, b"".join(parts), careful.namespace_for(job))


if __name__ == "__main__":
    env = os.environ
    names = ("ENDPOINT", "USER", "PASSWORD", "COMPANY", "JOB_NAME")
    try:
        print(submit(careful.Job(*(env[f"IPS_{name}"] for name in names))))
    except careful.Refused as refusal:
        sys.exit(str(refusal))
