"""What jobs change when they end: assets, histories, archives."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests
from lxml import etree

from ips_contract import mock
from ips_contract.http.messages import Request
from ips_contract.mock.effects import ended_runs
from ips_contract.mock.effects import publishing as publishing_module
from ips_contract.mock.effects.file_types import asset_type, split_name
from ips_contract.mock.state import archives, effect
from ips_contract.mock.state.catalog import CONTEXT
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan
from tests.calls import NEW, call, handle, listing, plain, steer, submit, text
from tests.growth import calls
from tests.mock.test_uploads import NAMED, job_of, params, post

if TYPE_CHECKING:
    from ips_contract.mock.service import Service
    from ips_contract.mock.state.assets import Asset

COMMON = (
    "<overwrite>{overwrite}</overwrite><readyForPublish>{ready}</readyForPublish>"
    "{preserve}<createMask>false</createMask><emailSetting>None</emailSetting>"
)


def urls(
    *items: tuple[str, str],
    overwrite: bool = True,
    ready: bool = True,
    preserve: str = "",
    more: str = "",
) -> str:
    inner = "".join(
        f"<items><sourceUrl>{url}</sourceUrl><destPath>{path}</destPath></items>"
        for url, path in items
    )
    common = COMMON.format(
        overwrite=str(overwrite).lower(), ready=str(ready).lower(), preserve=preserve
    )
    return f"<uploadUrlsJob><urlArray>{inner}</urlArray>{common}{more}</uploadUrlsJob>"


A, B = ("http://x.test/1.jpg", "shoes/a.jpg"), ("http://x.test/2.tif?q", "b.tif")


def publishing(kind: str = "imageServingPublishJob", publish_type: str = "Full") -> str:
    inner = f"<publishType>{publish_type}</publishType>" if "Serving" in kind else ""
    return f"<{kind}>{inner}<emailSetting>None</emailSetting></{kind}>"


def exporting(*handles: str) -> str:
    inner = "".join(f"<items>{one}</items>" for one in handles)
    return (
        f"<exportJob><assetHandleArray>{inner}</assetHandleArray><fmt>orig</fmt>"
        "<emailSetting>None</emailSetting></exportJob>"
    )


def paths(service: Service) -> list[str]:
    return [asset.path for asset in service.library.assets("47")]


def log(service: Service, name: str) -> etree._Element:
    inner = f"<originalName>{name}</originalName>"
    return listing(service, "getJobLogDetails", inner, NEW)[-1]


def rows(service: Service, name: str) -> list[tuple[str | None, str | None]]:
    """Log type and asset name of each entry but the first and the last."""
    details = log(service, name).findall("{*}detailArray/*")
    return [(text(row, "logType"), text(row, "assetName")) for row in details[1:-1]]


def counts(service: Service, name: str) -> dict[str, int]:
    found = {
        kind: int(text(log(service, name), f"{field}Count") or "")
        for kind, field in (
            ("success", "fileSuccess"),
            ("error", "fileError"),
            ("warning", "fileWarning"),
            ("duplicate", "fileDuplicate"),
            ("update", "fileUpdate"),
            ("total", "totalFile"),
        )
    }
    return {kind: number for kind, number in found.items() if number}


@pytest.fixture
def service() -> Service:
    return mock.Service(plan=AT_ONCE)


# Uploads


def test_urls_become_assets_where_dest_path_says(service: Service) -> None:
    submit(service, "Up", job=urls(A, B), version=NEW)
    assert paths(service) == ["Company47/shoes/a.jpg", "Company47/b.tif"]
    first, second = service.library.assets("47")
    assert (first.name, first.type, first.ready, first.creator) == (
        "a",
        "Image",
        True,
        "me@example.com",
    )
    assert first.created == first.modified == service.exchanges[0].time
    assert rows(service, "Up") == [("UploadSuccess", "a.jpg"), ("UploadSuccess", "b.tif")]
    assert counts(service, "Up") == {"success": 2, "total": 2}
    handles = [text(row, "assetHandle") for row in log(service, "Up").iter("{*}items")]
    assert [one for one in handles if one] == [f"a|{first.number}", f"a|{second.number}"]


def test_clients_find_them(service: Service) -> None:
    submit(service, "Up", job=urls(A), version=NEW)
    inner = "<companyHandle>c|47</companyHandle><nameArray><items>a</items></nameArray>"
    answer = call(service, "getAssetsByName", inner, NEW)
    assert b"<fileName>a.jpg</fileName>" in plain(answer)


@pytest.mark.parametrize(
    ("source", "path", "expected"),
    [
        ("http://x.test/1.jpg", "a", "a.jpg"),
        ("http://x.test/1.jpg?b=c", "s/", "s/1.jpg"),
        ("http://x.test/1.jpg", "Company47/s/a.png", "s/a.png"),
        ("http://x.test/", "a", "a"),
        ("http://x.test/get?id=1", "/s//.a", "s/.a"),
    ],
)
def test_dest_path(service: Service, source: str, path: str, expected: str) -> None:
    submit(service, "Up", job=urls((source, path)), version=NEW)
    assert paths(service) == [f"Company47/{expected}"]


def test_nothing_is_there_before_the_end() -> None:
    service = mock.Service(plan=Plan(polls=None, seconds=60))
    submit(service, "Up", job=urls(A), version=NEW)
    service.clock.advance(seconds=59)
    assert paths(service) == []
    service.clock.advance(seconds=2)
    [asset] = service.library.assets("47")
    assert asset.created == service.exchanges[0].time + timedelta(seconds=60)


def test_a_poll_ends_it_and_the_next_read_finds_it() -> None:
    service = mock.Service(plan=Plan(polls=2, seconds=None))
    submit(service, "Up", job=urls(A), version=NEW)
    for _ in range(2):
        assert paths(service) == []
        listing(service, "getActiveJobs", "", NEW)
    assert paths(service) == ["Company47/shoes/a.jpg"]


def test_what_was_stopped_deleted_or_fatal_has_none() -> None:
    service = mock.Service(plan=MANUAL)
    for name, steering in (("S", "stopJob"), ("D", "deleteJob")):
        submit(service, name, job=urls(A), version=NEW)
        steer(service, steering, handle(NEW, name), NEW)
    service.outcome("F", "fatal")
    submit(service, "F", job=urls(A), version=NEW)
    service.jobs.finish("F")
    assert paths(service) == []
    assert rows(service, "S") == []
    assert text(log(service, "F"), "fatalError") == "true"


def test_overwriting(service: Service) -> None:
    submit(service, "One", job=urls(A), version=NEW)
    [asset] = service.library.assets("47")
    asset.metadata["colour"] = "red"
    created = asset.created
    service.clock.advance(minutes=1)
    submit(service, "Two", job=urls(A, B, ready=False), version=NEW)
    assert len(paths(service)) == 2
    assert asset.created == created < asset.modified
    assert asset.metadata == {"colour": "red"}
    assert not asset.ready
    assert counts(service, "Two") == {"success": 2, "update": 1, "total": 2}
    assert rows(service, "Two") == [("UploadSuccess", "a.jpg"), ("UploadSuccess", "b.tif")]


def test_what_is_not_overwritten(service: Service) -> None:
    submit(service, "One", job=urls(A), version=NEW)
    [asset] = service.library.assets("47")
    modified = asset.modified
    service.clock.advance(minutes=1)
    submit(service, "Two", job=urls(A, B, overwrite=False), version=NEW)
    assert asset.modified == modified
    assert len(paths(service)) == 2
    assert counts(service, "Two") == {"success": 1, "duplicate": 1, "total": 2}
    assert rows(service, "Two") == [("DuplicateSkipped", "a.jpg"), ("UploadSuccess", "b.tif")]


@pytest.mark.parametrize(("preserve", "expected"), [("true", True), ("false", False), ("", False)])
def test_the_publish_state_of_what_is_overwritten(
    service: Service, preserve: str, expected: bool
) -> None:
    submit(service, "One", job=urls(A), version=NEW)
    field = f"<preservePublishState>{preserve}</preservePublishState>" if preserve else ""
    submit(service, "Two", job=urls(A, ready=False, preserve=field), version=NEW)
    assert [asset.ready for asset in service.library.assets("47")] == [expected]


def test_errors_and_warnings(service: Service) -> None:
    service.outcome("E", "errors")
    submit(service, "E", job=urls(A, B), version=NEW)
    assert paths(service) == ["Company47/b.tif"]
    assert rows(service, "E") == [("UploadError", "a.jpg"), ("UploadSuccess", "b.tif")]
    assert counts(service, "E") == {"success": 1, "error": 1, "total": 2}
    service.outcome("W", "warnings")
    submit(service, "W", job=urls(A, B), version=NEW)
    assert paths(service) == ["Company47/b.tif", "Company47/shoes/a.jpg"]
    assert rows(service, "W") == [("UploadWarning", "a.jpg"), ("UploadSuccess", "b.tif")]
    assert counts(service, "W") == {"success": 1, "warning": 1, "update": 1, "total": 2}
    # What has happened stays, whatever is said of later runs.
    service.outcome("W", "errors")
    assert counts(service, "W")["warning"] == 1


def test_a_file_that_no_folder_takes_fails(service: Service) -> None:
    submit(service, "Up", job=urls(("http://x.test/1.jpg", "a/" * 150 + "b.jpg"), B), version=NEW)
    assert rows(service, "Up") == [("UploadError", "b.jpg"), ("UploadSuccess", "b.tif")]
    details = log(service, "Up").findall("{*}detailArray/*")
    assert "A folder is in at most" in (text(details[1], "logMessage") or "")


DIRECTORY = (
    "<uploadDirectoryJob><destFolder>new</destFolder><serverDir>{}</serverDir>"
    "<overwrite>true</overwrite><readyForPublish>true</readyForPublish>"
    "<includeSubfolders>{}</includeSubfolders><createMask>false</createMask>"
    "<processMetadataFiles>false</processMetadataFiles><emailSetting>None</emailSetting>"
    "</uploadDirectoryJob>"
)


def test_a_directory_of_the_server(service: Service) -> None:
    service.put_server_files("/ftp/in", "a.jpg", "sub/b.pdf")
    service.put_server_files("ftp/other/", "c.jpg")
    submit(service, "D", job=DIRECTORY.format("/ftp/in/", "false"), version=NEW)
    assert paths(service) == ["Company47/new/a.jpg"]
    submit(service, "E", job=DIRECTORY.format("ftp/in", "true"), version=NEW)
    assert paths(service) == ["Company47/new/a.jpg", "Company47/new/sub/b.pdf"]
    assert rows(service, "E") == [("UploadSuccess", "a.jpg"), ("UploadSuccess", "b.pdf")]
    submit(service, "F", job=DIRECTORY.format("ftp/none", "true"), version=NEW)
    assert len(paths(service)) == 2
    service.reset()
    submit(service, "D", job=DIRECTORY.format("/ftp/in/", "false"), version=NEW)
    assert paths(service) == []


def test_a_directory_of_a_seed() -> None:
    seed = {"companies": [{"name": "Co", "number": "47", "serverFiles": ["/ftp/in/a.jpg"]}]}
    service = mock.Service(plan=AT_ONCE, seed=seed)
    job = DIRECTORY.format("/ftp/in", "false")
    for _ in range(2):
        submit(service, "D", job=job, version=NEW)
        assert paths(service) == ["Co/new/a.jpg"]
        service.reset()
    assert paths(service) == []


def test_a_seed_forgets_what_had_ended() -> None:
    service = mock.Service(plan=Plan(polls=None, seconds=60))
    submit(service, "One", job=urls(A), version=NEW)
    service.clock.advance(seconds=30)
    submit(service, "Two", job=urls(B), version=NEW)
    service.clock.advance(seconds=31)
    service.seed({"companies": [{"name": "Co", "number": "47"}]})
    assert paths(service) == []
    service.clock.advance(seconds=30)
    assert paths(service) == ["Co/b.tif"]


def test_posted_files_become_assets(service: Service) -> None:
    document = params(NAMED.replace("<uploadParams>", "<destFolder>in</destFolder><uploadParams>"))
    job = job_of(post(service, document, ("f", "a.jpg", b""), ("f", "b.pdf", b"")))
    assert paths(service) == []
    post(service, params(f"<jobHandle>{job}</jobHandle><endJob>true</endJob>"), ("f", "c.jpg", b""))
    assert paths(service) == ["Company47/in/a.jpg", "Company47/in/b.pdf", "Company47/c.jpg"]
    post(service, document, ("f", "d.jpg", b""))
    service.clock.advance(minutes=30)
    assert len(paths(service)) == 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JPG", "Image"),
        ("a.b.pdf", "Pdf"),
        ("a", "Image"),
        (".jpg", "Image"),
        ("a.mp4", "Video"),
        ("a.zip", "Zip"),
        ("a.xyz", "Asset"),
    ],
)
def test_types(name: str, expected: str) -> None:
    assert asset_type(name) == expected
    assert split_name("a.b.pdf") == ("a.b", "pdf")


def test_a_schedule_that_ran_often_is_settled_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real = service.library.put_asset

    def put_asset(company: str, path: str, name: str, **values: Any) -> Asset:
        done.append(name)
        return real(company, path, name, **values)

    monkeypatch.setattr(service.library, "put_asset", put_asset)
    submit(service, "S", "<execSchedule>0 * * * * ?</execSchedule>", urls(A), NEW)
    service.clock.advance(hours=5)
    [asset] = service.library.assets("47")
    assert done == ["a", "a"]
    assert asset.modified - asset.created == timedelta(minutes=299)
    logs = listing(service, "getJobLogs", "", NEW)
    assert len(logs) == 300
    assert [text(one, "fileUpdateCount") for one in logs] == ["1"] * 299 + ["0"]


# Publishing


def history(service: Service, number: int) -> list[tuple[str | None, str | None]]:
    inner = f"<companyHandle>c|47</companyHandle><assetHandle>a|{number}|1|1</assetHandle>"
    answer = call(service, "getAssetPublishHistory", inner, NEW)
    items = etree.fromstring(plain(answer)).iter("{*}items")
    return [(text(item, "contextName"), text(item, "lastPublished")) for item in items]


def test_publish_jobs_have_a_history(service: Service) -> None:
    ready = service.library.put_asset("47", "", "a", file_name="a.jpg")
    other = service.library.put_asset("47", "", "b", ready=False)
    film = service.library.put_asset("47", "", "c", type="Video")
    submit(service, "P", job=publishing(), version=NEW)
    assert [one for one, _ in history(service, ready.number)] == ["ImageServing"]
    assert history(service, other.number) == history(service, film.number) == []
    assert rows(service, "P") == [("ImageServingPublishSuccess", "a.jpg")]
    submit(service, "V", job=publishing("videoPublishJob"), version=NEW)
    assert [one for one, _ in history(service, film.number)] == ["Video"]
    submit(service, "D", job=publishing("serverDirectoryPublishJob"), version=NEW)
    assert [one for one, _ in history(service, film.number)] == ["Video", "ServerDirectory"]
    assert ready.published["ImageServing"] == service.exchanges[0].time


def test_what_is_new_is_published_again(service: Service) -> None:
    first = service.library.put_asset("47", "", "a")
    service.library.put_asset("47", "", "b")
    submit(service, "P", job=publishing(), version=NEW)
    service.clock.advance(minutes=1)
    assert len(rows(service, "P")) == 2
    service.library.touch(first, "me@example.com")
    service.clock.advance(minutes=1)
    submit(service, "I", job=publishing(publish_type="Incremental"), version=NEW)
    assert rows(service, "I") == [("ImageServingPublishSuccess", "a")]


def test_outcomes_of_publish_jobs(service: Service) -> None:
    first = service.library.put_asset("47", "", "a")
    second = service.library.put_asset("47", "", "b")
    service.outcome("P", "errors")
    submit(service, "P", job=publishing(), version=NEW)
    assert rows(service, "P") == [
        ("ImageServingPublishError", "a"),
        ("ImageServingPublishSuccess", "b"),
    ]
    assert not first.published
    assert second.published
    service.outcome("W", "warnings")
    submit(service, "W", job=publishing(), version=NEW)
    assert rows(service, "W")[0] == ("ImageServingPublishWarning", "a")
    assert first.published


def test_publish_jobs_that_are_settled_together(service: Service) -> None:
    asset = service.library.put_asset("47", "", "a")
    for kind in ("Full", "Full", "Incremental", "Incremental"):
        service.clock.advance(minutes=1)
        submit(service, kind, job=publishing(publish_type=kind), version=NEW)
    assert service.library.asset("47", asset.number) is asset
    assert asset.published["ImageServing"] == service.exchanges[1].time
    inner = "<originalName>Full</originalName>"
    logs = listing(service, "getJobLogDetails", inner, NEW)
    assert [text(one, "totalFileCount") for one in logs] == ["1", "1"]


def test_a_context(service: Service) -> None:
    mine = service.library.put_asset("47", "", "a")
    others = service.library.put_asset("47", "", "b")
    context = service.store.catalog.add(CONTEXT, "47", "Mobile", {})
    mine.contexts.add(context.number)
    others.contexts.add(context.number + 1)
    job = publishing().replace(
        "</imageServing", f"<contextHandle>pc|{context.number}</contextHandle></imageServing"
    )
    submit(service, "P", job=job, version=NEW)
    service.library.root("47")
    assert list(mine.published) == ["Mobile"]
    assert not others.published


def test_a_publish_job_that_follows_an_upload(service: Service) -> None:
    more = (
        "<postImageServingPublishJob><publishType>Full</publishType>"
        "<emailSetting>None</emailSetting></postImageServingPublishJob>"
    )
    submit(service, "Up", job=urls(A, more=more), version=NEW)
    [asset] = service.library.assets("47")
    assert list(asset.published) == ["ImageServing"]


# Exports


def address_of(service: Service, name: str) -> str:
    [url] = [one for _, one in rows(service, name) if one is not None and "://" in one]
    return url


def test_an_archive_that_downloads() -> None:
    with mock.serve(plan=AT_ONCE) as server:
        server.put_server_files("/ftp", "a.jpg")
        service = server.service
        asset = service.library.put_asset("47", "", "a", file_name="a.jpg")
        twin = service.library.put_asset("47", "x", "a", file_name="a.jpg")
        job = exporting(f"a|{asset.number}|1|1", f"a|{twin.number}|1|2", "a|99|1|99")
        submit(service, "Out", job=job, version=NEW)
        assert rows(service, "Out")[:3] == [
            ("ReturnSuccess", "a.jpg"),
            ("ReturnSuccess", "a.jpg"),
            ("ReturnSuccess", "a|99|1|99"),
        ]
        url = address_of(service, "Out").replace("ips.test", f"{server.host}:{server.port}")
        answer = requests.get(url, timeout=30)
        assert answer.headers["Content-Type"] == "application/zip"
        package = zipfile.ZipFile(io.BytesIO(answer.content))
        assert package.testzip() is None
        assert package.namelist() == ["a.jpg", "2_a.jpg", "a|99|1|99"]
        assert package.read("a.jpg").decode() == f"a.jpg\na|{asset.number}|1|1\n"
        assert requests.head(url, timeout=30).content == b""
        assert requests.post(url, timeout=30).status_code == 405
        assert requests.get(url.replace(".zip", "0.zip"), timeout=30).status_code == 404
        assert list(service.store.server_files("47")) == ["ftp/a.jpg"]
        server.reset()
        assert requests.get(url, timeout=30).status_code == 404


def test_an_archive_in_the_process() -> None:
    with mock.activate(mock.Service(plan=AT_ONCE)) as service:
        submit(service, "Out", job=exporting("a|1|1|1"), version=NEW)
        url = address_of(service, "Out").replace("ips.test", "s7sps1apissl.scene7.com")
        assert url.startswith("http://s7sps1apissl.scene7.com/scene7/export/")
        assert zipfile.ZipFile(io.BytesIO(requests.get(url, timeout=30).content)).namelist()


def test_the_address_of_an_archive(service: Service) -> None:
    submit(service, "Out", job=exporting("a|1|1|1"), version=NEW)
    assert address_of(service, "Out").startswith("http://ips.test/scene7/export/")
    assert address_of(service, "Out").endswith(".zip")


def test_outcomes_of_export_jobs(service: Service) -> None:
    service.outcome("Out", "errors")
    submit(service, "Out", job=exporting("a|1|1|1", "a|2|1|2"), version=NEW)
    assert rows(service, "Out")[0] == ("GetFailure", "a|1|1|1")
    target = address_of(service, "Out").partition("ips.test")[2]
    answer = service.handle(Request("GET", target, {}, b""))
    assert zipfile.ZipFile(io.BytesIO(answer.body)).namelist() == ["a|2|1|2"]
    submit(service, "Out", job=exporting("a|1|1|1"), version=NEW)
    assert rows(service, "Out") == [("GetFailure", "a|1|1|1")]


def test_archives_are_bounded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_HANDLES", 3)
    targets = []
    for name in ("A", "B"):
        submit(service, name, job=exporting("a|1|1|1", "a|2|1|2"), version=NEW)
        targets.append(address_of(service, name).partition("ips.test")[2])
    answers = [service.handle(Request("GET", one, {}, b"")).status for one in targets]
    assert answers == [404, 200]


# Bounds


def test_logs_show_so_many_files(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effect, "MOST_FILES", 2)
    many = urls(*((A[0], f"{number}.jpg") for number in range(3)))
    submit(service, "Up", job=many, version=NEW)
    assert len(rows(service, "Up")) == 2
    assert counts(service, "Up") == {"success": 3, "total": 3}
    monkeypatch.setattr(effect, "MOST_LOGGED", 3)
    submit(service, "Next", job=many, version=NEW)
    assert len(rows(service, "Next")) == 2
    assert rows(service, "Up") == []
    assert counts(service, "Up") == {"success": 3, "total": 3}


def test_a_submission_touches_no_asset(service: Service) -> None:
    submit(service, "Up", job=urls(A), version=NEW)
    assert list(service.store.library.assets("47")) == []
    assert len(paths(service)) == 1


def test_uploads_and_publish_jobs_by_turns_are_bounded(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended_runs, "MOST_LOOKED_AT", 3)
    played: list[int] = []

    def count(*publication: Any) -> Any:
        played.append(1)
        return publishing_module.publish(*publication)

    monkeypatch.setattr(ended_runs, "publish", count)
    for number in range(20):
        service.clock.advance(seconds=1)
        submit(service, "Up", job=urls((A[0], f"{number}.jpg")), version=NEW)
        submit(service, "P", job=publishing(), version=NEW)
    last = service.exchanges[-1].time
    assert [asset.published for asset in service.library.assets("47")] == [
        {"ImageServing": last}
    ] * 20
    assert len(played) == 3  # Of one asset, of two, and of all at the end.


def test_the_log_of_an_asset_does_not_make_the_entries_of_others() -> None:
    def asked(count: int) -> int:
        service = mock.Service(plan=AT_ONCE)
        for number in range(count):
            service.library.put_asset("47", "", f"n{number}", file_name=f"n{number}.jpg")
        submit(service, "P", job=publishing(), version=NEW)
        inner = "<companyHandle>c|47</companyHandle><assetHandle>a|7</assetHandle>"
        call(service, "getAssetJobLogs", inner, NEW)  # Effects are worked out once.

        def work() -> None:
            answer = call(service, "getAssetJobLogs", inner, NEW)
            items = etree.fromstring(plain(answer)).iter("{*}logMessage")
            assert [item.text for item in items] == ["n6.jpg was processed"]

        return calls(work)

    assert asked(2000) < 2 * asked(200)
