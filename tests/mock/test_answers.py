"""Every answer of the mock, for every kind of job in every state, in every version: no remark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ips_contract import VERSIONS, validate
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.model import contract
from ips_contract.contract.versions import UNVERSIONED, version_for_namespace
from ips_contract.http.messages import Request
from ips_contract.mock.operations.job_types import JOB_TYPES
from ips_contract.mock.service import Service
from ips_contract.mock.state.jobs import OUTCOMES
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan
from tests.calls import auth, envelope, text
from tests.sweep import every

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version

EMAIL = "<emailSetting>All</emailSetting>"
ASSETS = "<assetHandleArray><items>a|1</items><items>a|2</items></assetHandleArray>"
UPLOAD = "<overwrite>true</overwrite><readyForPublish>true</readyForPublish>"
# A job of each kind, with fields that all versions have that have the kind, but for one.
JOBS = {
    "imageServingPublishJob": f"<publishType>FullWithSearch</publishType>{EMAIL}",
    "imageRenderingPublishJob": EMAIL,
    "videoPublishJob": EMAIL,
    "serverDirectoryPublishJob": EMAIL,
    "metadataPublishJob": "<forcePublish>true</forcePublish>",
    "uploadDirectoryJob": f"<serverDir>d</serverDir>{UPLOAD}<includeSubfolders>true"
    "</includeSubfolders><createMask>false</createMask><processMetadataFiles>false"
    f"</processMetadataFiles>{EMAIL}",
    "uploadUrlsJob": "<urlArray><items><sourceUrl>http://x.test/a.jpg</sourceUrl><destPath>a"
    "</destPath></items><items><sourceUrl>http://x.test/b.jpg</sourceUrl><destPath>b</destPath>"
    f"</items></urlArray>{UPLOAD}<createMask>false</createMask>{EMAIL}",
    "optimizeImagesJob": EMAIL,
    "ripPdfsJob": f"<pdfHandleArray><items>a|1</items></pdfHandleArray><createMask>true"
    f"</createMask>{EMAIL}",
    "reprocessAssetsJob": f"{ASSETS}<createMask>true</createMask>{EMAIL}",
    "createVideoSitemapJob": "<forceUpdate>true</forceUpdate>",
    "exportJob": f"{ASSETS}<fmt>orig</fmt>{EMAIL}",
    "automatedSetGenerationJob": f"{ASSETS}<readyForPublish>true</readyForPublish>"
    f"<autoSetCreationOptions/>{EMAIL}",
}
# Jobs whose type no list has: that is the one remark on their answers.
UNLISTED = frozenset(
    {
        "metadataPublishJob",
        "ripPdfsJob",
        "reprocessAssetsJob",
        "createVideoSitemapJob",
        "exportJob",
        "automatedSetGenerationJob",
    }
)
BETAS = ("2008-09-10-beta", "2010-04-23-beta", "2012-07-31-beta", "2013-08-29-beta")
LATER = ("2016-01-14-beta", "2019-09-10-beta", "2023-01-15")
NAMESPACES = (
    *(version.namespace for version in VERSIONS),
    *(f"{UNVERSIONED}/{date}" for date in (*BETAS, *LATER)),
)


class Asker:
    """Who asks a mock in one namespace and holds each answer to the contract."""

    def __init__(self, namespace: str, kind: str, service: Service) -> None:
        self.namespace = namespace
        self.kind = kind
        self.service = service
        self.company = "c|47" if namespace != UNVERSIONED else "47"

    def ask(self, operation: str, inner: str = "") -> etree._Element:
        body = f'<{operation}Param xmlns="{self.namespace}">{inner}</{operation}Param>'
        headers = {"content-type": "text/xml", "soapaction": operation}
        request = Request("POST", SERVICE_PATH, headers, envelope(body, auth()))
        response = self.service.handle(request)
        shown = response.body.decode()
        assert response.status == 200, shown
        report = validate(response.body)
        remarks = {(found.rule, found.path.rpartition("/")[2]) for found in report.violations}
        expected = {("unpublished-version", f"{operation}Return")}
        if self.kind in UNLISTED:
            expected.add(("unlisted-constant", "type"))
        assert remarks <= expected, report.text()
        answer: etree._Element = etree.fromstring(response.body)[0][0]
        assert answer.tag == f"{{{self.namespace}}}{operation}Return"
        return answer

    def submit(self, extra: str = "") -> None:
        job = JOBS[self.kind]
        if self.kind == "automatedSetGenerationJob":
            rows = contract(version_of(self.namespace))
            fields = rows.complex_types["AutomatedSetGenerationJob"].fields
            if "autoSetCreationOptions" not in {field.name for field in fields}:  # Since 4.4 (D).
                job = job.replace("<autoSetCreationOptions/>", "")
        self.ask(
            "submitJob",
            f"{self.companyHandle}<jobName>J</jobName>{extra}<{self.kind}>{job}</{self.kind}>",
        )

    @property
    def companyHandle(self) -> str:  # noqa: N802 # The element's name.
        return f"<companyHandle>{self.company}</companyHandle>"

    def items(self, operation: str) -> list[etree._Element]:
        return list(self.ask(operation, self.companyHandle)[0])

    def steer(self, operation: str) -> None:
        name = "j|47|J||" if self.namespace != UNVERSIONED else "47|J|"
        self.ask(operation, f"{self.companyHandle}<jobHandle>{name}</jobHandle>")


def version_of(namespace: str) -> Version:
    found = version_for_namespace(namespace)
    assert found is not None
    return found[0]


def kinds_of(namespace: str) -> tuple[str, ...]:
    rows = contract(version_of(namespace))
    choices = rows.complex_types[rows.messages["submitJobParam"]].choices
    return next(choice.names for choice in choices if choice.required)


CASES = [(namespace, kind) for namespace in NAMESPACES for kind in kinds_of(namespace)]


def test_every_job_element_is_known() -> None:
    submitted = JOB_TYPES.keys() - {"uploadPostJob"}  # Which is posted: test_uploads.py.
    assert JOBS.keys() == submitted == set(kinds_of(VERSIONS[-1].namespace))
    assert len(JOBS) == 13


@pytest.mark.no_cover
@pytest.mark.parametrize(("namespace", "kind"), every(8, CASES))
def test_every_state_of_a_job(namespace: str, kind: str) -> None:
    asker = Asker(namespace, kind, Service(plan=MANUAL))
    rows = contract(version_of(namespace))
    # It waits, goes on, is paused, goes on, is stopped.
    asker.submit("<execSchedule>0 0 3 * * ?</execSchedule>")
    asker.submit("<execTime>2999-01-01T00:00:00Z</execTime>")
    assert len(asker.items("getScheduledJobs")) == 2
    asker.steer("pauseJob")
    assert {text(job, "triggerState") for job in asker.items("getScheduledJobs")} == {"Paused"}
    asker.steer("resumeJob")
    asker.steer("executeJob")
    (new, _) = asker.items("getActiveJobs")
    assert text(new, "state") == "New"
    has = {field.name for field in rows.complex_types["ActiveJob"].fields}
    assert (new.find(f"{{*}}{kind}") is not None) is (kind in has)
    assert (text(new, "triggerTime") is not None) is ("triggerTime" in has)
    asker.steer("pauseJob")
    assert text(asker.items("getActiveJobs")[0], "state") == "WaitingCoordinator"
    asker.steer("resumeJob")
    asker.steer("stopJob")
    assert asker.items("getActiveJobs") == []
    for operation in ("getJobLogs", "getJobLogDetails"):
        assert len(asker.items(operation)) == 2
    asker.steer("deleteJob")
    assert asker.items("getScheduledJobs") == []
    # It runs to its end, by polls and at once.
    asker.service.reset()
    asker.service.jobs.plan = Plan(2, None)
    asker.submit()
    assert [text(job, "state") for job in asker.items("getActiveJobs")] == ["Running"]
    assert asker.items("getJobLogs") == []
    for outcome in OUTCOMES:
        asker.service.reset()
        asker.service.jobs.plan = AT_ONCE
        asker.service.outcome("J", outcome)
        asker.submit()
        (log,) = asker.items("getJobLogs")
        assert text(log, "fatalError") == ("true" if outcome == "fatal" else "false")
        (log,) = asker.items("getJobLogDetails")
        has = {field.name for field in rows.complex_types["JobLog"].fields}
        sub_type = "fullwithsearch" if kind == "imageServingPublishJob" else ""
        assert text(log, "jobSubType") == (sub_type if "jobSubType" in has else None)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_who_asks_and_for_what_company(namespace: str) -> None:
    asker = Asker(namespace, "", Service())
    asker.ask("checkLogin", "<email>a</email><password>b</password>")
    for inner in (asker.companyHandle, "<companyName>Sample Company</companyName>"):
        info = asker.ask("getCompanyInfo", inner)[0]
        assert " " not in str(text(info, "rootPath"))
    user = asker.ask("getUserInfo")[0]
    fields = contract(version_of(namespace)).complex_types["User"].fields
    mine = {etree.QName(child).localname for child in user}
    assert mine == {field.name for field in fields} - {"imsUserId"}


# What the published WSDLs of 6.6 and 6.8 require of answers (L), and the mock once lacked.
REQUIRED = {
    "6.6": {
        "ActiveJob": {"taskProgressArray"},
        "TaskProgress": {"taskState", "taskItemProgressArray"},
        "JobLog": {
            *("originalJobName", "jobSubType", "description", "transferSuccessCount"),
            *("transferErrorCount", "transferWarningCount"),
        },
        "User": {"defaultRole"},
    }
}
REQUIRED["6.8"] = {
    **REQUIRED["6.6"],
    "ActiveJob": {"taskProgressArray", "triggerTime"},
    "JobLogDetail": {"dateCreated"},
    "User": {"isIpsAdmin"},
}


@pytest.mark.parametrize("version", VERSIONS[-2:], ids=str)
def test_what_the_published_wsdls_require_is_required(version: Version) -> None:
    """The writer insists on it, so that no answer is without."""
    rows = contract(version)
    for kind, names in REQUIRED[version.label].items():
        required = {field.name for field in rows.complex_types[kind].fields if field.required}
        assert names <= required, kind


@pytest.mark.parametrize(
    ("publish_type", "expected"),
    [("Full", "full"), ("Incremental", "increment"), ("FullWithSearch", "fullwithsearch")],
)
def test_sub_types(publish_type: str, expected: str) -> None:
    asker = Asker(VERSIONS[-1].namespace, "imageServingPublishJob", Service(plan=AT_ONCE))
    job = JOBS[asker.kind].replace("FullWithSearch", publish_type)
    asker.ask(
        "submitJob",
        f"{asker.companyHandle}<jobName>J</jobName><{asker.kind}>{job}</{asker.kind}>",
    )
    (log,) = asker.items("getJobLogs")
    assert text(log, "jobSubType") == expected


def test_restricted_jobs_are_taken_with_a_remark() -> None:
    for kind in ("metadataPublishJob", "createVideoSitemapJob"):
        asker = Asker(VERSIONS[-1].namespace, kind, Service())
        asker.submit()
        (found,) = asker.service.exchanges[0].report.violations
        assert found.rule == "restricted-job"
        asker.service.assert_submitted(job=kind)
