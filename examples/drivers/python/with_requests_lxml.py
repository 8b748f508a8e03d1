"""A driver for requests and lxml, as most scripts are written: no care, no malice."""

from __future__ import annotations

import os

import requests
from lxml import etree
from lxml.builder import ElementMaker

env = os.environ
XSD, SOAP = "http://www.scene7.com/IpsApi/xsd", "http://schemas.xmlsoap.org/soap/envelope/"
S = ElementMaker(namespace=SOAP, nsmap={"s": SOAP})
E = ElementMaker(namespace=XSD, nsmap={None: XSD})
job = E.imageServingPublishJob(E.publishType("Full"), E.emailSetting("None"))
message = S.Envelope(
    S.Header(E.authHeader(E.user(env["IPS_USER"]), E.password(env["IPS_PASSWORD"]))),
    S.Body(
        E.submitJobParam(E.companyHandle(env["IPS_COMPANY"]), E.jobName(env["IPS_JOB_NAME"]), job)
    ),
)
answer = requests.post(
    env["IPS_ENDPOINT"],
    etree.tostring(message),
    headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "submitJob"},
    timeout=float(env.get("IPS_TIMEOUT", "10")) / 2,
)
answer.raise_for_status()
handle = etree.fromstring(answer.content).findtext(f".//{{{XSD}}}jobHandle")
if not handle or not handle.strip():
    raise SystemExit("no handle in the answer")
print(handle)
