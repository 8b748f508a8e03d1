"""Has the runs that ended change what they change, before somebody looks.

A submission does nothing of it. What a run does is done at the first read after it ended, in the
order of their ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ips_contract.mock.state.store import Store


def settle(store: Store, most: int | None = None) -> int:
    """Does what the runs do that have ended by now.

    Args:
        store: the service's.
        most: bytes of documents that are read for it, those of the oldest runs; None: of all.

    Returns:
        Bytes of documents that were read.
    """
    ended = store.jobs.take_ended(most)
    if not ended:
        return 0
    # Many clients submit jobs and never look: what these do is loaded with the first that does.
    from ips_contract.mock.effects.ended_runs import Settling

    return Settling(store, ended).settle()
