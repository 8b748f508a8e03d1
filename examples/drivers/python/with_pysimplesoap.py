"""PySimpleSOAP as its users write it: pip install PySimpleSOAP."""

from __future__ import annotations

import os

from pysimplesoap.client import SoapClient
from pysimplesoap.simplexml import SimpleXMLElement

env = os.environ
client = SoapClient(wsdl=env["IPS_WSDL"], timeout=3)
# Given as a dictionary, the header would have no namespace.
header = SimpleXMLElement("<authHeader/>")
header["xmlns"] = "http://www.scene7.com/IpsApi/xsd"
header.add_child("user", env["IPS_USER"], ns=False)
header.add_child("password", env["IPS_PASSWORD"], ns=False)
client["authHeader"] = header
answer = client.submitJob(
    companyHandle=env["IPS_COMPANY"],
    jobName=env["IPS_JOB_NAME"],
    imageServingPublishJob={"publishType": "Full", "emailSetting": "None"},
)
handle = answer["jobHandle"]
if not handle or not handle.strip():
    raise SystemExit("no handle in the answer")
print(handle)
