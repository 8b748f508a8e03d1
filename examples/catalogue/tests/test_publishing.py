"""The publisher against the service: what it sends is checked at the end of each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalogue import __main__ as command
from catalogue.ips import FILES_IN_A_POST, PAGE, Ips, IpsError
from catalogue.publishing import Product, publish_products, read_products

from ips_contract.mock import MANUAL

PRODUCTS = Path(__file__).parent.parent / "products.csv"


def remote(sku, file, folder="shoes"):
    return Product(sku, f"https://photos.example.com/{file}", folder, "Black")


def test_products_go_live(ips, ips_server):
    outcome = publish_products(ips, read_products(PRODUCTS), "Autumn")
    assert outcome.published == ["boot-black", "clog-red"]
    assert outcome.failed == {"boot-brown": "the catalogue has it already"}
    assets = {asset.path: asset for asset in ips_server.assets}
    assert set(assets) == {
        "AcmeShoes/shoes/boot-brown.jpg",
        "AcmeShoes/shoes/boot-black.jpg",
        "AcmeShoes/shoes/clogs/clog-red.png",
    }
    clog = assets["AcmeShoes/shoes/clogs/clog-red.png"]
    assert clog.metadata == {"Color": "Red"}
    assert clog.ready_for_publish
    ips_server.assert_submitted(job_name="Autumn URLs", job="uploadUrlsJob", readyForPublish=False)
    ips_server.assert_submitted(job_name="Autumn publish", publishType="Incremental", times=1)


def test_a_file_that_fails_is_told_and_stops_nothing_else(ips, ips_server):
    ips_server.outcome("Autumn URLs", "errors")  # The first file is left out.
    products = [remote("boot-black", "a.jpg"), remote("boot-white", "b.jpg")]
    outcome = publish_products(ips, products, "Autumn")
    assert outcome.published == ["boot-white"]
    assert outcome.failed == {"boot-black": "a.jpg failed"}


def test_a_refusal_is_told_and_stops_nothing_else(ips, ips_server):
    ips_server.script(operation="renameAsset", fault=30000)
    products = [remote("boot-black", "a.jpg"), remote("boot-white", "b.jpg")]
    outcome = publish_products(ips, products, "Autumn")
    assert outcome.published == ["boot-white"]
    assert "(fault 30000)" in outcome.failed["boot-black"]
    left = {folder.path: folder.assets for folder in ips_server.folders}
    assert left["AcmeShoes/incoming/Autumn/"] == ("a",)


def test_nothing_is_published_if_nothing_arrived(ips, ips_server):
    ips_server.outcome("Autumn URLs", "fatal")
    outcome = publish_products(ips, [remote("boot-black", "a.jpg")], "Autumn")
    assert outcome.failed == {"boot-black": "its image did not arrive"}
    ips_server.assert_submitted(job="imageServingPublishJob", times=0)


def test_a_publish_job_that_fails(ips, ips_server):
    ips_server.outcome("Autumn publish", "fatal")
    outcome = publish_products(ips, [remote("boot-black", "a.jpg")], "Autumn")
    assert outcome == ([], {"boot-black": "the publish job failed"})


def test_many_files_take_several_posts_of_one_job(ips, ips_server, tmp_path):
    paths = [tmp_path / f"{number}.jpg" for number in range(FILES_IN_A_POST + 1)]
    for path in paths:
        path.write_bytes(path.name.encode())
    ips.upload_files("Autumn", paths, "incoming")
    assert ips.wait("Autumn").good == len(paths)
    first, second = ips_server.assert_called("uploadPost")
    assert first.handle == second.handle
    assert [file.name for file in second.files] == [paths[-1].name]


def test_a_form_that_is_refused(ips, ips_server, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"a")
    ips_server.script(operation="uploadPost", fault=30000)
    with pytest.raises(IpsError, match="30000"):
        ips.upload_files("Autumn", [tmp_path / "a.jpg"], "incoming")


def test_long_folders_are_read_page_by_page(ips, ips_server):
    names = [f"shoe-{number:03}" for number in range(PAGE + 50)]
    assets = [{"folder": "shoes", "name": name} for name in names]
    ips_server.seed({"companies": [{"name": "Acme Shoes", "assets": assets}]})
    assert [asset.name for asset in ips.search("shoes")] == names
    ips_server.assert_called("searchAssets", times=2)


def test_a_job_that_does_not_end(ips, ips_server):
    ips_server.plan("Autumn publish", MANUAL)
    ips.publish("Autumn publish")
    with pytest.raises(TimeoutError):
        ips.wait("Autumn publish")


def test_a_wrong_password(ips_server, soap):
    with pytest.raises(IpsError) as caught:
        Ips(soap, "shop@example.com", "wrong", "Acme Shoes")
    assert caught.value.code == 10001


def test_the_command(ips_server, monkeypatch, capsys):
    monkeypatch.setenv("IPS_USER", "shop@example.com")
    monkeypatch.setenv("IPS_PASSWORD", "secret")
    words = [str(PRODUCTS), "--company=Acme Shoes", "--batch=Autumn", "--interval=0"]
    addresses = [f"--wsdl={ips_server.wsdl_url()}", f"--upload={ips_server.url}UploadFile"]
    assert command.main([*words, *addresses]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "boot-black: published",
        "clog-red: published",
        "boot-brown: FAILED: the catalogue has it already",
    ]
    assert command.main([*words, f"--wsdl={ips_server.url}nothing.wsdl"]) == 1
    assert "404" in capsys.readouterr().err
