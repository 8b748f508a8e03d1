"""A client on requests whose host is fixed, sent to the mock for a test.

Usage: python_client.py PORT CA_FILE
"""

from __future__ import annotations

import socket
import sys
from unittest.mock import patch

import requests

HOST = "s7sps1apissl.scene7.com"
resolve = socket.getaddrinfo


def hosts(name, *words, **options):
    """As an entry in /etc/hosts would have it."""
    return resolve("127.0.0.1" if name == HOST else name, *words, **options)


port, ca_file = sys.argv[1:]
with patch("socket.getaddrinfo", hosts):
    wsdl = requests.get(
        f"https://{HOST}:{port}/scene7/services/IpsApiService?wsdl", verify=ca_file, timeout=10
    )
print(wsdl.status_code, wsdl.headers["Content-Type"])
