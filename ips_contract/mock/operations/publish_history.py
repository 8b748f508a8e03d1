"""getAssetPublishHistory: where an asset was published, and when last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.operations.asset_values import find_asset
from ips_contract.mock.operations.job_lists import SERVER_NAME
from ips_contract.mock.operations.reading import needed, read

if TYPE_CHECKING:
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.store import Store


def get_asset_publish_history(store: Store, call: Call) -> Values:
    """The contexts that an asset was published in, in the order of its first time there."""
    asset = find_asset(store, call, needed(read(call), "assetHandle"))
    return {
        "pubHistoryArray": [
            {"serverName": SERVER_NAME, "contextName": context, "lastPublished": last}
            for context, last in asset.published.items()
        ]
    }
