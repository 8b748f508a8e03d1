"""A client made from the WSDL, as applications are: what it reads out of the library's answers."""

from __future__ import annotations

from typing import Any

import pytest
import zeep

from ips_contract.mock.service import Service
from ips_contract.mock.serving import serve

SEED: dict[str, Any] = {
    "companies": [
        {
            "name": "Acme",
            "assets": [
                {
                    "folder": f"f{number % 2}",
                    "name": f"shoe{number}",
                    "fileName": f"shoe{number}.jpg",
                    "metadata": {"Color": "Red", "Tags": ["a", "b"], "Stock": number},
                    "info": {"width": 100 * number, "fileSize": number},
                }
                for number in range(1, 6)
            ],
        }
    ]
}
HEADER = {
    "user": "me@example.com",
    "password": "secret",
    "appName": "test",
    "appVersion": "1",
}


@pytest.mark.parametrize("version", ["6.6", "6.8"])
def test_an_application(version: str) -> None:
    """Its flow: log in, walk through folders page by page, look, change, and look again."""
    untyped: Any = zeep
    service = Service(seed=SEED)
    with serve(service) as server:
        client = untyped.Client(
            server.wsdl_url(version),
            transport=untyped.Transport(timeout=60, operation_timeout=60),
            settings=untyped.Settings(strict=True),
        )

        def ask(operation: str, **values: Any) -> Any:
            method = getattr(client.service, operation)
            return method(**values, _soapheaders={"authHeader": HEADER})

        company = ask("getCompanyInfo", companyName="Acme")
        handle, root = company.companyHandle, company.rootPath
        assert (handle, root) == ("c|47", "Acme/")
        tree = ask("getFolderTree", companyHandle=handle, folderPath=root, depth=-1)
        top = tree.folders if hasattr(tree, "folders") else tree
        folders = [folder.path for folder in top.subfolderArray["items"]]
        assert folders == ["Acme/f0/", "Acme/f1/"]
        wanted = {"items": ["assetArray/items/assetHandle", "assetArray/items/name", "totalRows"]}
        found: dict[str, str] = {}
        for folder in folders:
            for page in (1, 2):
                answer = ask(
                    "searchAssets",
                    companyHandle=handle,
                    folder=folder,
                    includeSubfolders=False,
                    recordsPerPage=2,
                    resultsPage=page,
                    responseFieldArray=wanted,
                )
                assert answer.totalRows == (2 if folder == folders[0] else 3)
                rows = answer.assetArray["items"] if answer.assetArray is not None else []
                found |= {row.name: row.assetHandle for row in rows}
                assert all(row.type is None for row in rows)
        assert sorted(found) == [f"shoe{number}" for number in range(1, 6)]
        (asset,) = ask(
            "getAssetsByName", companyHandle=handle, nameArray={"items": ["shoe3", "no"]}
        )
        assert asset.imageInfo.width == 300
        assert asset.metadataArray["items"][1].valueArray["items"] == ["a", "b"]
        condition = {"fieldHandle": "file_name", "op": "EndsWith", "value": "4.jpg"}
        summaries = ask(
            "searchAssetsByMetadata",
            companyHandle=handle,
            metadataConditionArray={"items": [condition]},
        )
        assert summaries.totalRows == 1
        assert summaries.assetSummaryArray["items"][0].name == "shoe4"
        renamed = {
            "companyHandle": handle,
            "assetHandle": found["shoe1"],
            "newName": "shoe3",
            "validateName": True,
        }
        with pytest.raises(untyped.exceptions.Fault) as caught:
            ask("renameAsset", **renamed)
        assert caught.value.message == "ipsApiFault"
        ask("deleteAsset", companyHandle=handle, assetHandle=found["shoe3"])
        ask("renameAsset", **renamed)
        folder = ask("createFolder", companyHandle=handle, folderPath="Acme/new/")
        moves = [{"assetHandle": found[name], "folderHandle": folder} for name in found]
        moved = ask("moveAssets", companyHandle=handle, assetMoveArray={"items": moves})
        assert (moved.successCount, moved.errorCount) == (4, 1)
        assert [row.assetHandle for row in moved.errorDetailArray["items"]] == [found["shoe3"]]
        urls = {"items": ["https://example.com/is/image/Acme/shoe3"]}
        done = ask("cdnCacheInvalidation", companyHandle=handle, urlArray=urls)
        # The handle came with 6.8, and the counts went (L).
        assert done.invalidationHandle if version == "6.8" else done.successCount == 1
        assert [asset.path for asset in server.assets] == [
            f"Acme/new/shoe{number}.jpg" for number in (3, 2, 4, 5)
        ]
    assert not any(exchange.report.errors for exchange in service.exchanges)
