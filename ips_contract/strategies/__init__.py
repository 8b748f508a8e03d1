"""Hypothesis strategies for messages of the contract, valid ones and, in ``invalid``, broken ones.

``ips_contract.generation`` makes the messages; here Hypothesis chooses them.
"""

from __future__ import annotations

try:
    import hypothesis  # noqa: F401 # Its absence is told here, for all modules of the package.
except ImportError as error:
    from ips_contract.extras import missing

    raise missing("hypothesis", error) from error

from ips_contract.strategies.valid import (
    company_handles,
    job_details,
    job_handles,
    locales,
    messages,
    schedules,
    submit_job_requests,
    submit_job_responses,
    user_handles,
    zoned_datetimes,
)
from ips_contract.strategies.wrappings import envelopes, exchanges, faults, plain_requests

__all__ = [
    "company_handles",
    "envelopes",
    "exchanges",
    "faults",
    "job_details",
    "job_handles",
    "locales",
    "messages",
    "plain_requests",
    "schedules",
    "submit_job_requests",
    "submit_job_responses",
    "user_handles",
    "zoned_datetimes",
]
