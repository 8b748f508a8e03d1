"""Expectations of fields that no request can have are refused."""

from __future__ import annotations

from typing import Any

import pytest

from ips_contract.contract.model import messages
from ips_contract.mock.service import Service


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"descripton": None}, 'no field "descripton"; did you mean description'),
        ({"jobname": "One"}, 'no field "jobname"; did you mean jobName'),
        ({"job": "imageServingPublish"}, "no job .*; did you mean imageServingPublishJob"),
        (
            {"autoTransparentCropOptions__tolerence": 0.5},
            'no field "tolerence"; did you mean tolerance',
        ),
        ({"nonsense": 3}, 'no field "nonsense"$'),
        ({"jobFields": {"publishTyp": "Full"}}, 'no field "publishTyp"; did you mean publishType'),
        ({"urlArray": [{"sourceUrll": "x"}]}, 'no field "sourceUrll"; did you mean sourceUrl'),
    ],
)
def test_what_no_submission_can_have_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Service().assert_submitted(times=0, **fields)


@pytest.mark.parametrize(
    ("operation", "fields", "said"),
    [
        ("searchAsset", {}, "no operation 'searchAsset'; did you mean searchAssets"),
        ("searchAssets", {"foldr": None}, 'no field "foldr"; did you mean folder'),
        ("searchAssets", {"folder": "x", "job": None}, 'no field "job"'),
        ("searchAssets", {"jobName": "x"}, 'no field "jobName"'),
        ("searchAssets", {"systemFieldConditionArray.feld": 1}, 'no field "feld"'),
        ("searchAssets", {"systemFieldConditionArray": [{"feld": 1}]}, 'no field "feld"'),
        ("searchAssets", {"times": -1}, "times is -1"),
        ("getTrashAsset", {}, "no operation 'getTrashAsset'"),
    ],
)
def test_what_nobody_can_have_asked_for(operation: str, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Service().assert_called(operation, **fields)
    with pytest.raises(TypeError, match="operation is None"):
        Service().assert_called(None)  # type: ignore[arg-type]


def test_every_operation_can_be_asserted() -> None:
    names = [name.removesuffix("Param") for name in messages() if name.endswith("Param")]
    assert len(names) > 170
    for operation in names:
        assert Service().assert_called(operation, times=0) == []
    # With a field that only the beta of 2016 has, and one that came with 4.0.
    assert Service().assert_called("createCompanyMetadata", times=0, xtype=None) == []
    assert Service().assert_called("submitJob", times=0, uploadUrlsJob=None) == []
