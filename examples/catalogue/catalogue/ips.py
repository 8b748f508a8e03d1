"""The image service, as far as a catalogue needs it: messages by zeep, files by requests."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import NamedTuple
from xml.etree import ElementTree as ET

import requests
import zeep
from zeep.exceptions import Fault

NAMESPACE = "http://www.scene7.com/IpsApi/xsd/2014-04-03"
WSDL = "https://s7sps1apissl.scene7.com/scene7/webservice/IpsApi-2014-04-03.wsdl"
UPLOAD = "https://s7sps1ssl.scene7.com/scene7/UploadFile"
PAGE = 100  # Assets in an answer.
FILES_IN_A_POST = 10
# Nothing that was just uploaded is published: it has the wrong name, and no metadata yet.
UPLOAD_OPTIONS = {
    "overwrite": True,
    "readyForPublish": False,
    "createMask": False,
    "emailSetting": "None",
}


class IpsError(Exception):
    """The service answered with a fault: ``code`` says which, ``reason`` says why."""

    def __init__(self, code, reason):
        super().__init__(f"{reason} (fault {code})")
        self.code = code
        self.reason = reason


class Asset(NamedTuple):
    """An asset that the service has."""

    handle: str
    name: str
    folder: str


class Log(NamedTuple):
    """What became of a job: how many files went well, and name of a file → what went wrong."""

    good: int
    errors: dict[str, str]
    fatal: bool


class Ips:
    """The service, for one company.

    ``soap`` is a zeep client for the WSDL of 6.8, ``upload`` the address for files. A job is asked
    about every ``interval`` seconds, ``polls`` times at most.
    """

    def __init__(self, soap, user, password, company, upload=UPLOAD, interval=5.0, polls=360):
        self._soap = soap
        self._upload = upload
        self._interval = interval
        self._polls = polls
        self._login = {
            "user": user,
            "password": password,
            "appName": "Catalogue",
            "appVersion": "1.0",
        }
        found = self._call("getCompanyInfo", companyName=company)
        self._company = found.companyHandle
        self._root = found.rootPath

    # Uploads

    def upload_urls(self, job, urls, folder):
        """Has the service fetch ``urls``, name of a file → address, into a folder."""
        items = [
            {"sourceUrl": url, "destPath": f"{self._root}{folder}/{name}"}
            for name, url in urls.items()
        ]
        upload = {"urlArray": {"items": items}, **UPLOAD_OPTIONS}
        self._ask("submitJob", jobName=job, uploadUrlsJob=upload)

    def upload_files(self, job, paths, folder):
        """Sends files into a folder: one job, as many POSTs as it takes."""
        rest = list(paths)
        known = {"jobName": job}
        while rest:
            now, rest = rest[:FILES_IN_A_POST], rest[FILES_IN_A_POST:]
            params = {
                "companyHandle": self._company,
                **known,
                "destFolder": f"{self._root}{folder}/",
                "endJob": not rest,
                "uploadParams": UPLOAD_OPTIONS,
            }
            known = {"jobHandle": self._post(params, now)}

    def _post(self, params, paths):
        with ExitStack() as stack:
            documents = [
                ("auth", (None, _document("authHeader", self._login), "text/xml")),
                ("uploadParams", (None, _document("uploadPostParam", params), "text/xml")),
            ]
            files = [("file", (path.name, stack.enter_context(path.open("rb")))) for path in paths]
            answer = requests.post(self._upload, files=documents + files, timeout=300)
        if not answer.headers.get("Content-Type", "").startswith("text/xml"):
            answer.raise_for_status()
        found = ET.fromstring(answer.content)
        if not answer.ok:
            raise IpsError(int(found.findtext("{*}code")), found.findtext("{*}reason"))
        return found.findtext("{*}jobHandle")

    # Jobs

    def publish(self, job):
        """Submits a job that publishes what is marked for it and has changed."""
        publishing = {"publishType": "Incremental", "emailSetting": "None"}
        self._ask("submitJob", jobName=job, imageServingPublishJob=publishing)

    def wait(self, job):
        """Waits until the job of this name has ended; its Log."""
        for poll in range(self._polls):
            if poll:
                time.sleep(self._interval)
            if not self._ask("getActiveJobs", originalName=job):
                logs = self._ask("getJobLogDetails", originalName=job)
                if logs:
                    return _log(logs[-1])
        raise TimeoutError(f"the job {job!r} has not ended")

    # Assets

    def names_in_use(self, names):
        """Those of ``names`` that assets have, wherever they are."""
        fields = {"items": ["assetArray/items/name"]}
        found = self._ask("getAssetsByName", nameArray={"items": names}, responseFieldArray=fields)
        return {asset.name for asset in found or ()}

    def search(self, folder):
        """All assets in a folder, asked for page by page."""
        wanted = ["totalRows", *(f"assetArray/items/{name}" for name in _ASSET_FIELDS)]
        found, total, page = [], 1, 0
        while len(found) < total:
            page += 1
            answer = self._ask(
                "searchAssets",
                folder=f"{self._root}{folder}/",
                includeSubfolders=False,
                recordsPerPage=PAGE,
                resultsPage=page,
                responseFieldArray={"items": wanted},
            )
            rows = answer.assetArray["items"] if answer.assetArray else []
            if not rows:
                break
            found += [Asset(row.assetHandle, row.name, row.folder) for row in rows]
            total = answer.totalRows
        return found

    def rename(self, asset, name):
        """Gives an asset another name. Fault 30000 if it is in use."""
        self._ask("renameAsset", assetHandle=asset.handle, newName=name, validateName=True)

    def folder(self, path):
        """The handle of a folder, which is made if it is not there."""
        path = f"{self._root}{path}/"
        known = self._ask("getFolders", folderPath=self._root).folderArray["items"]
        handles = {folder.path: folder.folderHandle for folder in known}
        return handles.get(path) or self._ask("createFolder", folderPath=path)

    def move(self, asset, folder):
        """Moves an asset into the folder with this handle."""
        self._ask("moveAsset", assetHandle=asset.handle, folderHandle=folder)

    def fields(self):
        """The company's metadata fields: name → handle."""
        found = self._ask("getMetadataFields", assetType="Asset")
        return {field.name: field.fieldHandle for field in found or ()}

    def describe(self, asset, values):
        """Sets metadata: handle of a field → text."""
        items = [{"fieldHandle": field, "value": text} for field, text in values.items()]
        update = {
            "assetHandleArray": {"items": [asset.handle]},
            "updateArray": {"items": items},
        }
        self._ask("batchSetAssetMetadata", updateArray={"items": [update]})

    def mark(self, asset):
        """Marks an asset for the next publish job."""
        state = {"assetHandle": asset.handle, "publishState": "MarkedForPublish"}
        self._ask("setAssetsPublishState", publishStateUpdateArray={"items": [state]})

    # Messages

    def _ask(self, operation, **fields):
        return self._call(operation, companyHandle=self._company, **fields)

    def _call(self, operation, **fields):
        try:
            send = getattr(self._soap.service, operation)
            return send(**fields, _soapheaders={"authHeader": self._login})
        except Fault as fault:
            if fault.detail is None:
                raise
            code, reason = (fault.detail.findtext(f".//{{*}}{name}") for name in ("code", "reason"))
            raise IpsError(int(code), reason) from None


_ASSET_FIELDS = ("assetHandle", "name", "folder")


def connect(user, password, company, wsdl=WSDL, upload=UPLOAD, interval=5.0):
    """An Ips for the service whose WSDL is at an address."""
    transport = zeep.Transport(timeout=30, operation_timeout=60)
    soap = zeep.Client(wsdl, transport=transport)
    return Ips(soap, user, password, company, upload, interval)


def _log(row):
    details = row.detailArray["items"] if row.detailArray else []
    errors = {entry.assetName: entry.logMessage for entry in details if "Error" in entry.logType}
    return Log(row.fileSuccessCount, errors, row.fatalError)


def _document(name, fields):
    """An XML document: the element ``name`` with ``fields`` in it, in their order."""
    root = ET.Element(name, {"xmlns": NAMESPACE})
    _add(root, fields)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _add(parent, fields):
    for name, value in fields.items():
        element = ET.SubElement(parent, name)
        if isinstance(value, dict):
            _add(element, value)
        else:
            element.text = str(value).lower() if isinstance(value, bool) else value
