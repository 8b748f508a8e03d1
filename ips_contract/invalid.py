"""Hypothesis strategies for invalid messages: the public door to ``strategies.invalid``."""

from __future__ import annotations

from ips_contract.generation.mutations.table import Invalid
from ips_contract.strategies.invalid import (
    invalid_envelopes,
    invalid_exchanges,
    invalid_faults,
    invalid_messages,
    invalid_submit_job_requests,
    invalid_submit_job_responses,
    mutated,
)

__all__ = [
    "Invalid",
    "invalid_envelopes",
    "invalid_exchanges",
    "invalid_faults",
    "invalid_messages",
    "invalid_submit_job_requests",
    "invalid_submit_job_responses",
    "mutated",
]
