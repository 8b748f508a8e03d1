"""The least that the contract allows: what an operation is answered that the mock does not play.

No source says what the service would answer, so nothing is made up: no field that may be left
out, nothing of the request, the same each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ips_contract.mock.operations.call import Call

CANNED = "canned: "  # How the note of such an answer begins.


def canned_answer(operation: str, call: Call) -> str:
    """The answer to ``operation``, which the request's version has, as XML; it is noted."""
    # Most runs ask for none; to load the generator takes as long as to serve a hundred requests.
    from ips_contract.generation.minimal import least_answer

    call.note(
        f"{CANNED}the mock does not play {operation}; this is the least that its schema allows"
    )
    return least_answer(call.version, f"{operation}Return", call.namespace)
