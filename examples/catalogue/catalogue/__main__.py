"""``python -m catalogue products.csv --company NAME --batch NAME``: what became of each product."""

from __future__ import annotations

import argparse
import os
import sys

from requests import RequestException
from zeep.exceptions import TransportError

from catalogue.ips import UPLOAD, WSDL, IpsError, connect
from catalogue.publishing import publish_products, read_products


def main(words=None):
    """Publishes the products of a file; 0 if all are in the catalogue, 1 if one is not."""
    parser = argparse.ArgumentParser(prog="catalogue", description=__doc__)
    parser.add_argument("products", help="a CSV file: sku,image,folder,color")
    parser.add_argument("--company", required=True)
    parser.add_argument("--batch", required=True, help="a name that was not used before")
    parser.add_argument("--wsdl", default=WSDL)
    parser.add_argument("--upload", default=UPLOAD)
    parser.add_argument("--interval", type=float, default=5.0, help="seconds between questions")
    options = parser.parse_args(words)
    products = read_products(options.products)
    try:
        ips = connect(
            os.environ["IPS_USER"],
            os.environ["IPS_PASSWORD"],
            options.company,
            options.wsdl,
            options.upload,
            options.interval,
        )
        published, failed = publish_products(ips, products, options.batch)
    except (IpsError, TimeoutError, RequestException, TransportError) as error:
        print(f"catalogue: {error}", file=sys.stderr)
        return 1
    for sku in published:
        print(f"{sku}: published")
    for sku, why in failed.items():
        print(f"{sku}: FAILED: {why}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
