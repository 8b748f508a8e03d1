"""What happens to products on their way into the catalogue: upload, name, describe, publish."""

from __future__ import annotations

import csv
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit

from catalogue.ips import IpsError


class Product(NamedTuple):
    """A product: its image is the address or the path of a file, ``folder`` is the catalogue's."""

    sku: str
    image: str
    folder: str
    color: str

    @property
    def is_remote(self):
        """Whether the service has to fetch the image."""
        return self.image.startswith(("http://", "https://"))

    @property
    def file_name(self):
        """The name of the image's file."""
        return PurePosixPath(urlsplit(self.image).path if self.is_remote else self.image).name


class Outcome(NamedTuple):
    """What is in the catalogue now, by SKU, and SKU → why a product is not."""

    published: list[str]
    failed: dict[str, str]


def read_products(path):
    """The products of a CSV file; paths of images are seen from its folder."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        products = [Product(**row) for row in csv.DictReader(file)]
    return [
        product
        if product.is_remote
        else product._replace(image=str(Path(path).parent / product.image))
        for product in products
    ]


def publish_products(ips, products, batch):
    """Brings products into the catalogue; what one of them fails at does not stop the others.

    ``batch`` is a name that was not used before: jobs and the folder for uploads go by it.
    """
    taken = ips.names_in_use([product.sku for product in products])
    failed = dict.fromkeys(taken, "the catalogue has it already")
    new = [product for product in products if product.sku not in taken]
    folder = f"incoming/{batch}"
    ips.folder(folder)
    wrong = upload(ips, new, batch, folder)
    found = {asset.name: asset for asset in ips.search(folder)}
    folders = {name: ips.folder(name) for name in sorted({product.folder for product in new})}
    fields = ips.fields()
    published = []
    for product in new:
        asset = found.get(PurePosixPath(product.file_name).stem)
        try:
            if asset is None:
                failed[product.sku] = wrong.get(product.file_name, "its image did not arrive")
                continue
            ips.rename(asset, product.sku)
            ips.move(asset, folders[product.folder])
            ips.describe(asset, {fields["Color"]: product.color})
            ips.mark(asset)
            published.append(product.sku)
        except IpsError as error:
            failed[product.sku] = str(error)
    if published:
        ips.publish(f"{batch} publish")
        log = ips.wait(f"{batch} publish")
        if log.fatal:
            failed |= dict.fromkeys(published, "the publish job failed")
            published = []
    return Outcome(published, failed)


def upload(ips, products, batch, folder):
    """Uploads the images and waits until they are there; name of a file → what went wrong."""
    urls = {product.file_name: product.image for product in products if product.is_remote}
    paths = [Path(product.image) for product in products if not product.is_remote]
    jobs = []
    if urls:
        jobs.append(f"{batch} URLs")
        ips.upload_urls(jobs[-1], urls, folder)
    if paths:
        jobs.append(f"{batch} files")
        ips.upload_files(jobs[-1], paths, folder)
    wrong = {}
    for job in jobs:
        wrong |= ips.wait(job).errors
    return wrong
