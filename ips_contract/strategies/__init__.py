"""Hypothesis strategies for messages of the contract, valid ones and, in ``invalid``, broken ones.

``ips_contract.generation`` makes the messages; here Hypothesis chooses them.
"""

from __future__ import annotations

from ips_contract.strategies.valid import (
    company_handles,
    envelopes,
    exchanges,
    faults,
    job_details,
    job_handles,
    locales,
    messages,
    plain_requests,
    schedules,
    submit_job_requests,
    submit_job_responses,
    user_handles,
    zoned_datetimes,
)

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
