"""Whether the mock answers: exit status 0 or 1. Usage: healthcheck.py READY_FILE

Its live page is asked for where there is a control interface: that is not recorded and needs no
token. Else it is the WSDL.
"""

from __future__ import annotations

import json
import ssl
import sys
import urllib.request
from pathlib import Path

try:
    place = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # It asks itself.
    direct = urllib.request.ProxyHandler({})
    opener = urllib.request.build_opener(direct, urllib.request.HTTPSHandler(context=context))
    opener.open(place["control"] or place["wsdl"], timeout=2).close()
except (OSError, ValueError) as error:
    sys.exit(f"unhealthy: {error}")
