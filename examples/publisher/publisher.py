"""Publishes images through IPS, and waits until that is done. Standard library only."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

AUTH = "http://www.scene7.com/IpsApi/xsd"
API = f"{AUTH}/2014-04-03"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ENDPOINT = "https://s7sps1apissl.scene7.com/scene7/services/IpsApiService"


class IpsError(Exception):
    """IPS answered with a fault: ``code`` says which."""

    def __init__(self, code, reason):
        super().__init__(f"{code}: {reason}")
        self.code = code


class Publisher:
    """A client for one company.

    ``retries`` says how often a request is sent again after fault 30000, the service's own trouble.
    """

    def __init__(self, user, password, company, endpoint=ENDPOINT, retries=2, sleep=time.sleep):
        self._user = user
        self._password = password
        self._company = company
        self._endpoint = endpoint
        self._retries = retries
        self._sleep = sleep

    def publish(self, name, *, incremental=False, email="Error", at=None, schedule=None):
        """Submits a publish job: now, at the moment ``at``, or by a ``schedule``; its handle."""
        message = self._message("submitJob", jobName=name)
        if at is not None:
            _add(message, "execTime", at.isoformat())
        if schedule is not None:
            _add(message, "execSchedule", schedule)
        job = _add(message, "imageServingPublishJob")
        _add(job, "publishType", "Incremental" if incremental else "Full")
        _add(job, "emailSetting", email)
        return self._ask("submitJob", message).findtext(f".//{{{API}}}jobHandle")

    def upload(self, name, urls):
        """Submits an upload of ``urls``; its handle."""
        message = self._message("submitJob", jobName=name)
        job = _add(message, "uploadUrlsJob")
        array = _add(job, "urlArray")
        for url in urls:
            item = _add(array, "items")
            _add(item, "sourceUrl", url)
            _add(item, "destPath", urlsplit(url).path.lstrip("/"))
        for field, value in (("overwrite", "true"), ("readyForPublish", "true")):
            _add(job, field, value)
        _add(job, "createMask", "false")
        _add(job, "emailSetting", "Error")
        return self._ask("submitJob", message).findtext(f".//{{{API}}}jobHandle")

    def wait(self, handle, interval=5.0, polls=100):
        """Waits until the job has ended; whether it went well."""
        for _ in range(polls):
            if not self._list("getActiveJobs", jobHandle=handle):
                name = handle.split("|")[2]
                logs = self._list("getJobLogs", sortBy="StartDate", sortDirection="Descending")
                mine = (log for log in logs if log.findtext(f"{{{API}}}originalJobName") == name)
                return next(mine).findtext(f"{{{API}}}fatalError") == "false"
            self._sleep(interval)
        raise TimeoutError(handle)

    def _list(self, operation, **fields):
        message = self._message(operation, **fields)
        return self._ask(operation, message).findall(f".//{{{API}}}items")

    def _message(self, operation, **fields):
        message = ET.Element(f"{{{API}}}{operation}Param")
        _add(message, "companyHandle", f"c|{self._company}")
        for name, value in fields.items():
            _add(message, name, value)
        return message

    def _ask(self, operation, message):
        envelope = ET.Element(f"{{{SOAP}}}Envelope")
        header = ET.SubElement(envelope, f"{{{SOAP}}}Header")
        auth = ET.SubElement(header, f"{{{AUTH}}}authHeader")
        ET.SubElement(auth, f"{{{AUTH}}}user").text = self._user
        ET.SubElement(auth, f"{{{AUTH}}}password").text = self._password
        ET.SubElement(envelope, f"{{{SOAP}}}Body").append(message)
        body = ET.tostring(envelope, encoding="utf-8", xml_declaration=True)
        for _ in range(self._retries):
            try:
                return self._send(operation, body)
            except IpsError as error:
                if error.code != 30000:
                    raise
                self._sleep(1.0)
        return self._send(operation, body)

    def _send(self, operation, body):
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": operation}
        request = urllib.request.Request(self._endpoint, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return ET.fromstring(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code, error.read()) from None


def _refusal(status, body):
    """What the caller is told of a fault, and of what a gateway sends instead."""
    try:
        fault = ET.fromstring(body)
        code, reason = (fault.findtext(f".//{{{AUTH}}}{name}") for name in ("code", "reason"))
        return IpsError(int(code), reason)
    except (ET.ParseError, TypeError, ValueError):
        return OSError(f"the answer has HTTP status {status}, and is no fault of IPS")


def _add(parent, name, text=None):
    element = ET.SubElement(parent, f"{{{API}}}{name}")
    element.text = text
    return element
