"""A driver for suds-community, as its documentation would have it written."""

from __future__ import annotations

import os

from suds.client import Client

env = os.environ
timeout = float(env.get("IPS_TIMEOUT", "10")) / 2
client = Client(env["IPS_WSDL"], cache=None, timeout=timeout)
header = client.factory.create("{http://www.scene7.com/IpsApi/xsd}authHeader")
header.user, header.password = env["IPS_USER"], env["IPS_PASSWORD"]
client.set_options(soapheaders=header)
job = client.factory.create("{http://www.scene7.com/IpsApi/xsd}ImageServingPublishJob")
job.publishType, job.emailSetting = "Full", "None"
handle = client.service.submitJob(
    companyHandle=env["IPS_COMPANY"],
    jobName=env["IPS_JOB_NAME"],
    imageServingPublishJob=job,
)
if not handle or not str(handle).strip():
    raise SystemExit("no handle in the answer")
print(handle)
