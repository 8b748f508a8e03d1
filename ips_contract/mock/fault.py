"""The service's refusal of a request, as an exception."""

from __future__ import annotations


class Fault(Exception):
    """The service refuses a request: ``code`` is a key of ``faults.FAULT_CODES``."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
