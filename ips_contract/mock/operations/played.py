"""What plays an operation: that of submitJob is there from the start, the others when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.operations.job_control import submit_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.store import Store


def player_of(operation: str) -> Callable[[Store, Call], Values] | None:
    """The function that plays ``operation``; None if the mock does not play it."""
    if operation == "submitJob":
        return submit_job
    # Most clients ask for nothing else; to load the others takes a tenth of a start.
    from ips_contract.mock.operations.table import OPERATIONS

    return OPERATIONS.get(operation)


def is_of_jobs(operation: str) -> bool:
    """Whether ``operation`` is about logins or jobs, and shows nothing of what runs did."""
    from ips_contract.mock.operations.table import JOB_FAMILY

    return operation in JOB_FAMILY
