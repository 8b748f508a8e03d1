"""A driver for zeep, as its documentation would have it written."""

from __future__ import annotations

import os
from typing import Any

import zeep

Client: Any = zeep.Client  # zeep's functions have no types.
Transport: Any = zeep.Transport
env = os.environ
timeout = float(env.get("IPS_TIMEOUT", "10")) / 2
client = Client(
    env["IPS_WSDL"],
    transport=Transport(timeout=timeout, operation_timeout=timeout),
    settings=zeep.Settings(strict=True),
)
header = client.get_element("{http://www.scene7.com/IpsApi/xsd}authHeader")
handle = client.service.submitJob(
    companyHandle=env["IPS_COMPANY"],
    jobName=env["IPS_JOB_NAME"],
    imageServingPublishJob={"publishType": "Full", "emailSetting": "None"},
    _soapheaders=[header(user=env["IPS_USER"], password=env["IPS_PASSWORD"])],
)
if not handle or not str(handle).strip():
    raise SystemExit("no handle in the answer")
print(handle)
