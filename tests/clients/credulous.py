"""A client that believes the first handle it finds in an answer's text, alive or for one case."""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.request
from typing import TYPE_CHECKING

import careful  # type: ignore[import-not-found]  # It is run as a script.

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("ENDPOINT", "USER", "PASSWORD", "COMPANY", "JOB_NAME")


def submit(task: Mapping[str, str]) -> str:
    """The first handle in the answer to the submission."""
    job = careful.Job(*(task[f"IPS_{name}"] for name in NAMES))
    request = urllib.request.Request(job.endpoint, careful.message(job), careful.HEADERS)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = re.search("jobHandle>([^<]*)<", answer.read().decode())
    if found is None:
        raise careful.Refused("no handle")
    return found[1]


if __name__ == "__main__":
    if "IPS_ENDPOINT" in os.environ:
        print(submit(os.environ))
    else:
        for line in sys.stdin:
            task = json.loads(line)
            try:
                answer = {"output": submit(task)}
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the refusal
                answer = {"error": repr(error)}
            print(json.dumps({"case": task["IPS_CASE"], **answer}), flush=True)
