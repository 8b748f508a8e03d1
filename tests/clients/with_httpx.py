"""A careful client on httpx. As a script it is a driver for ``ips-contract fuzz``."""

from __future__ import annotations

import asyncio
import os
import sys

import httpx

try:
    from tests.clients import careful
except ImportError:
    import careful  # type: ignore[import-not-found, no-redef]


async def submit(job: careful.Job) -> str:
    """Submits ``job``; its handle."""
    headers = careful.HEADERS | {"Accept-Encoding": "gzip"}
    parts, size = [], 0
    try:
        async with (
            asyncio.timeout(careful.PATIENCE),
            httpx.AsyncClient(trust_env=False, verify=False) as client,
            client.stream(
                "POST", job.endpoint, content=careful.message(job), headers=headers
            ) as response,
        ):
            inflater = None
            if response.headers.get("Content-Encoding", "").lower() == "gzip":
                inflater = careful.Inflater()
            async for chunk in response.aiter_raw():
                data = chunk if inflater is None else inflater.feed(chunk)
                parts.append(data)
                size += len(data)
                if size > careful.LIMIT:
                    raise careful.Refused("too much")
            if inflater is not None:
                inflater.end()
            kind = response.headers.get("Content-Type", "")
            status = response.status_code
    except (OSError, httpx.HTTPError, TimeoutError) as error:
        raise careful.Refused(repr(error)) from None
    return careful.handle_in(status, kind, b"".join(parts), careful.namespace_for(job))


if __name__ == "__main__":
    env = os.environ
    names = ("ENDPOINT", "USER", "PASSWORD", "COMPANY", "JOB_NAME")
    try:
        print(asyncio.run(submit(careful.Job(*(env[f"IPS_{name}"] for name in names)))))
    except careful.Refused as refusal:
        sys.exit(str(refusal))
