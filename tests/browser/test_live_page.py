"""The live page in a browser: what it shows as it happens, and what its buttons do."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from ips_contract import mock, validate
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.http.messages import Request
from tests.browser.submissions import HEADERS, body, submit
from tests.browser.tab import PHONE, VIEWS, live
from tests.plugin_runs import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ips_contract.mock.serving import MockServer
    from tests.browser.tab import Opener, Tab

pytest_plugins = ["pytester"]

SEED = {
    "companies": [
        {
            "name": "Acme Shoes",
            "folders": ["empty"],
            "assets": [
                {"folder": "shoes", "name": "boot", "fileName": "boot.jpg", "info": {"width": 8}},
                {"folder": "shoes/winter", "name": "fur", "metadata": {"Tags": ["new", "sale"]}},
            ],
        }
    ]
}
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e'\"&amp;"


def loaded(open_tab: Opener, server: MockServer, **options: object) -> Tab:
    """The page, once it is told what happens."""
    tab = open_tab(live(server), **options)
    expect(tab.find("#link")).to_have_text("● Live")
    return tab


def fill(server: MockServer) -> None:
    """Something of each kind."""
    server.seed(SEED)
    submit(server)
    submit(server, "Broken", "full")
    submit(server, HOSTILE)
    server.script(fault=20003)


def items(tab: Tab, view: str = "exchanges") -> list[str]:
    return tab.find(f"#{view} .item").all_inner_texts()


def test_it_says_where_to_send_to_while_nothing_came(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    expect(tab.find("#exchanges .welcome")).to_contain_text("Nothing came yet")
    expect(tab.find("#exchanges .welcome code")).to_have_text(server.endpoint)
    assert tab.find("#exchanges .welcome a").get_attribute("href") == f"{server.endpoint}?wsdl"


def test_a_submission_shows_within_a_second(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    for attempt in range(3):  # Two are spare, for a machine that is busy with something else.
        submit(server, f"Job {attempt}")
        try:
            expect(tab.find("#exchanges .item").first).to_contain_text(
                f"47|Job {attempt}|", timeout=1000
            )
        except AssertionError:
            continue
        break
    else:
        pytest.fail("none was shown within a second")
    expect(tab.find("#exchanges .item .badge").first).to_have_text("✓ valid")
    expect(tab.find("#tab-jobs .count")).to_have_text(str(attempt + 1))


def test_a_message_with_its_findings_nearest_form_and_answer(
    open_tab: Opener, server: MockServer
) -> None:
    tab = loaded(open_tab, server)
    submit(server, kind="full")
    tab.find("#exchanges .item").click()
    expect(tab.find("#exchanges .row.hit mark")).to_have_text("<publishType>full")
    below = tab.find("#exchanges .row.hit + .note")
    expect(below).to_contain_text("constant")
    expect(below).to_contain_text("fault 30001 (invalid parameter) · source: documented pages")
    expect(tab.find("#exchanges .row.del")).to_contain_text("<publishType>full</publishType>")
    expect(tab.find("#exchanges .row.add")).to_contain_text("<publishType>Full</publishType>")
    expect(tab.find("#exchanges .detail")).to_contain_text("Answer: HTTP 500")
    expect(tab.find("#exchanges .detail")).to_contain_text("<faultstring>")
    assert "hunter2" not in tab.page.content()


def test_a_message_in_another_encoding(open_tab: Opener, server: MockServer) -> None:
    for data in (b"\xff\xfe" + body(kind="full").decode().encode("utf-16-le"), b"<a>\xff</a>"):
        server.service.handle(Request("POST", SERVICE_PATH, HEADERS, data))
    tab = loaded(open_tab, server)
    choose(tab, 1)
    expect(tab.find("#exchanges .row.hit mark")).to_have_text("<publishType>full")
    choose(tab, 2)
    expect(tab.find("#exchanges .detail h3").first).to_have_text("Message, in base64")
    expect(tab.find("#exchanges .note").first).to_be_visible()


def test_what_fits_the_filter_and_the_search(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    fill(server)
    submit(server, "Refused by a script")
    expect(tab.find("#exchanges .item")).to_have_count(4)
    tab.button("Invalid").click()
    expect(tab.find("#exchanges .item")).to_have_count(1)
    tab.button("Faults").click()
    expect(tab.find("#exchanges .item")).to_have_count(2)
    tab.find("#exchanges input[type=search]").fill("20003")
    expect(tab.find("#exchanges .item")).to_have_count(1)
    tab.button("Valid").click()
    tab.find("#exchanges input[type=search]").fill("no such thing")
    expect(tab.find("#exchanges .none")).to_have_text("Nothing fits.")


# Nothing of a message is ever markup.


def test_a_hostile_name_stays_text(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    submit(server, HOSTILE)
    shown = HOSTILE.replace("\u202e", "\\u202e")
    expect(tab.find("#exchanges .item")).to_contain_text(f"47|{shown}|")
    tab.find("#exchanges .item").click()
    expect(tab.find("#exchanges .detail .result")).to_contain_text(shown)
    tab.open("jobs")
    tab.find("#jobs .item").click()
    expect(tab.find("#jobs .title h2")).to_have_text(shown)
    tab.find("#jobs select").select_option("errors")
    tab.button("End", "#jobs").click()
    expect(tab.find("#toast")).to_contain_text(HOSTILE[:20])
    assert tab.find("img, main script").count() == 0
    assert "\u202e" not in tab.find("main").inner_text()


def test_the_browser_itself_refuses_markup_and_other_addresses(
    open_tab: Opener, server: MockServer
) -> None:
    """And the tests of this folder would see it."""
    tab = loaded(open_tab, server)
    tab.expected = ("TrustedHTML", "trusted-types", "Content Security Policy", "connect-src")
    heading = "document.querySelector('h1')"
    with pytest.raises(Exception, match="TrustedHTML"):
        tab.page.evaluate(f"{heading}.innerHTML = '<b>bold</b>'")
    with pytest.raises(Exception, match="fetch"):
        tab.page.evaluate("fetch('http://127.0.0.1:9/')")
    seen = tab.page.evaluate("globalThis.violations")
    assert [words.split()[0] for words in seen] == ["require-trusted-types-for", "connect-src"]


# The buttons.


def test_the_clock(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    for words, offset in (("+1 min", "+1 min"), ("+1 h", "+1 h 1 min"), ("+1 day", "+1 d 1 h")):
        tab.button(words).click()
        expect(tab.find("#offset")).to_have_text(offset)
    assert 90_000 < (server.clock.now().timestamp() - time.time()) < 90_100
    tab.button("Set …").click()
    tab.find("#new-time").fill("2031-02-03T04:05:06")
    tab.button("Set", "#ask-time").click()
    expect(tab.find("#time")).to_contain_text("2031-02-03 04:05:")
    assert server.clock.now().year == 2031
    tab.button("Set …").click()
    tab.button("Cancel", "#ask-time").click()
    tab.button("Real time").click()
    expect(tab.find("#offset")).to_be_hidden()
    assert server.clock.now().timestamp() == pytest.approx(time.time(), abs=60)


def test_reset_asks_first(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    fill(server)
    expect(tab.find("#exchanges .item")).to_have_count(3)
    tab.button("Reset …").click()
    tab.page.keyboard.press("Enter")  # The choice to begin with is not to.
    expect(tab.find("#ask-reset")).to_be_hidden()
    assert len(server.exchanges) == 3
    tab.button("Reset …").click()
    tab.button("Reset", "#ask-reset").click()
    expect(tab.find("#exchanges .welcome")).to_be_visible()
    for view in ("jobs", "scripts"):
        expect(tab.find(f"#tab-{view} .count")).to_have_text("")
    assert len(server.exchanges) == 0


def test_scripts(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    tab.open("scripts")
    tab.find("#script-fault").select_option("20003")
    tab.button("Script it").click()
    expect(tab.find("#scripts li")).to_have_text(
        "fault 20003 no operation permissionfor submitJobonceForget"
    )
    for way, field, value, words in (
        ("status", "status", "503", "HTTP 503"),
        ("delay", "delay", "2.5", "2.5 s late"),
        ("drop", "operation", "*", "a dropped connection"),
        ("truncate", "times", "3", "a body cut off"),
        ("malformed", "operation", "getFolders", "broken XML"),
    ):
        tab.find("#script-way").select_option(way)
        tab.find(f"#script-{field}").fill(value)
        tab.button("Script it").click()
        expect(tab.find("#scripts li").last).to_contain_text(words)
    expect(tab.find("#scripts li").nth(4)).to_contain_text("3 times")
    expect(tab.find("#tab-scripts .count")).to_have_text("6")
    tab.expected = ("422",)
    tab.find("#script-operation").fill("getFolder")
    tab.button("Script it").click()
    expect(tab.find("#alert")).to_contain_text("did you mean getFolders?")
    tab.button("Close", "#alert").click()
    tab.button("Forget script 2").click()
    expect(tab.find("#scripts li")).to_have_count(5)
    submit(server)  # It gets the first.
    expect(tab.find("#scripts li")).to_have_count(4)
    assert server.exchanges[-1].fault == 20003
    tab.button("Forget all").click()
    expect(tab.find("#scripts li")).to_have_count(0)
    assert len(server.service.scripted) == 0


def test_jobs_end_by_the_clock_and_by_hand(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    tab.open("jobs")
    submit(server, "By time")
    # In one step of the page, which draws the bar anew while time goes on.
    width = "document.querySelector('#jobs .item .bar').getBoundingClientRect().width"
    expect(tab.find("#jobs .item .badge")).to_have_text("▸ active")
    before = tab.page.evaluate(width)
    tab.button("+1 min").click()
    expect(tab.find("#jobs .item .badge")).to_have_text("✓ success")
    assert tab.page.evaluate(width) > 2 * before > 0
    submit(server, "By hand")
    tab.page.locator("#jobs .item", has_text="By hand").click()
    tab.find("#jobs select").select_option("fatal")
    tab.button("End", "#jobs").click()
    expect(tab.find("#jobs .title .badge")).to_have_text("✗ fatal")
    tab.find("#jobs").get_by_label("Polls").fill("0")
    tab.find("#jobs").get_by_label("Seconds").fill("")
    tab.button("Plan", "#jobs").click()
    expect(tab.find("#toast")).to_contain_text("Later runs of By hand")
    submit(server, "By hand")
    expect(tab.find("#jobs .item .badge").first).to_have_text("✗ fatal")
    for words in ("1 min", "10 min", "1 h", "1 day", "All"):
        tab.button(words, "#jobs").click()
        expect(tab.button(words, "#jobs")).to_have_attribute("aria-pressed", "true")
    tab.find("#jobs input[type=search]").fill("by time")
    expect(tab.find("#jobs .item")).to_have_count(1)


def test_folders_and_assets(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    server.seed(SEED)
    tab.open("library")
    expect(tab.find("#library .item")).to_have_count(6)
    tab.find("#library .item").filter(has_text="fur").click()
    expect(tab.find("#library .detail")).to_contain_text("new, sale")
    tab.page.locator("#library .item", has_text="shoes").last.locator(".fold").click()
    expect(tab.find("#library .item")).to_have_count(3)
    tab.page.keyboard.press("Enter")
    expect(tab.find("#library .item")).to_have_count(6)
    tab.find("#library input[type=search]").fill("boot")
    expect(tab.find("#library .item")).to_have_count(2)


def test_rows_stay_where_somebody_aims(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    submit(server, "Aimed at")
    row = tab.find("#exchanges .item").first
    expect(row).to_contain_text("Aimed at")
    box = row.bounding_box()
    assert box is not None
    x, y = box["x"] + 50, box["y"] + 20
    for step in range(12):  # Longer than it takes to be told.
        tab.page.mouse.move(x, y + step % 2)
        if step == 2:
            submit(server, "In between")
        tab.page.wait_for_timeout(50)
    tab.page.mouse.down()
    tab.page.mouse.up()
    expect(tab.find("#exchanges .detail")).to_contain_text("<jobName>Aimed at</jobName>")
    expect(tab.find("#exchanges .item").first).to_contain_text("In between")


def test_an_exchange_can_be_forgotten(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    submit(server, "One")
    submit(server, "Two")
    submit(server, "Three")
    tab.find("#exchanges .item").filter(has_text="One").click()
    tab.button("Forget", "#exchanges").click()
    expect(tab.find("#exchanges .item")).to_have_count(2)
    assert [exchange.handle for exchange in server.exchanges] == ["47|Two|", "47|Three|"]
    tab.page.locator("#exchanges .item", has_text="Three").click()
    expect(tab.find("#exchanges .detail h2")).to_be_visible()
    with server.service.lock:
        server.exchanges.remove(2)
    expect(tab.find("#exchanges .item")).to_have_count(1)
    expect(tab.find("#exchanges .detail h2")).to_be_visible()  # What was chosen still is.
    with server.service.lock:
        server.exchanges.remove(3)
    expect(tab.find("#exchanges .welcome")).to_be_visible()
    expect(tab.find("#exchanges .detail h2")).to_have_count(0)


def test_dark_and_light(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server, color_scheme="dark")
    color = "getComputedStyle(document.body).backgroundColor"
    dark = tab.page.evaluate(color)
    tab.button("Dark or light").click()
    light = tab.page.evaluate(color)
    assert sum(map(int, light[4:-1].split(","))) > sum(map(int, dark[4:-1].split(","))) + 400
    tab.page.reload()
    assert tab.page.evaluate(color) == light
    tab.button("Dark or light").click()
    assert tab.page.evaluate(color) == dark


# What is copied.


def choose(tab: Tab, number: int) -> None:
    """An exchange by its number."""
    of_number = tab.page.get_by_text(f"#{number}", exact=True)
    tab.page.locator("#exchanges .item", has=of_number).click()
    expect(tab.find("#exchanges .detail p").first).to_contain_text(f"#{number} ")


def copied(tab: Tab, button: str) -> str:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.button(button, "#exchanges").click()
    expect(tab.find("#toast")).to_contain_text("Copied")
    text: str = tab.page.evaluate("navigator.clipboard.readText()")
    return text


BODIES = {
    "as clients send it": body(),
    "with quotes and markup of shells": body('\'; $(id) `id` "x" \\'),
    "with the end of a here-document": body("a\nXML\nXML_\nb"),
    "with what a terminal may take for keys": body("a\x1b[201~ls\r\nb"),
    "no text": b"\xff\xfe<\x00a\x00",
}


def test_what_is_hidden_as_a_whole_is_not_copied(open_tab: Opener, server: MockServer) -> None:
    server.service.handle(Request("POST", SERVICE_PATH, HEADERS, b"no XML, but a secret"))
    tab = loaded(open_tab, server)
    choose(tab, 1)
    for name in ("curl", "pytest test", "fixture file"):
        expect(tab.button(name)).to_be_disabled()


def test_as_curl(open_tab: Opener, server: MockServer) -> None:
    """What it sends is what came, whatever that was; nothing of it is taken for a command."""
    headers = {"content-type": "text/xml", "soapaction": "submitJob", "authorization": "Basic eA=="}
    for data in BODIES.values():
        server.service.handle(Request("POST", SERVICE_PATH, headers, data))
    tab = loaded(open_tab, server)
    for number, name in enumerate(BODIES, 1):
        choose(tab, number)
        command = copied(tab, "curl")
        assert "\x1b" not in command
        ran = subprocess.run(["sh", "-c", command], capture_output=True, check=True, timeout=30)
        assert b"Envelope" in ran.stdout
        first, second = server.exchanges[number - 1], server.exchanges[-1]
        assert b"xmlns" in first.body or name == "no text"
        assert second.body.rstrip(b"\n") == first.body.rstrip(b"\n"), name
        assert second.fault == first.fault
        assert second.request.headers["soapaction"] == "submitJob"
        expect(tab.find("#exchanges .item")).to_have_count(len(BODIES) + number)


SCRIPTS: list[dict[str, Any]] = [
    {"fault": 20003},
    {"status": 503, "delay": 0.01},
    {"drop": True},
    {"malformed": True},
    {"body": b"busy", "status": 500},
]


def test_as_a_test(open_tab: Opener, server: MockServer, pytester: pytest.Pytester) -> None:
    """It passes where it is put, without a change."""
    tab = loaded(open_tab, server)
    for kind in ("Full", "full", '\'"""\\ \u20ac\U0001f600\\'):
        submit(server, kind=kind)
    for script in SCRIPTS:
        server.script(**script)
        try:
            submit(server)
        except OSError:
            assert script == {"drop": True}
    files = {}
    for number in range(1, len(server.exchanges) + 1):
        choose(tab, number)
        text = copied(tab, "pytest test")
        files[f"test_copied{number}"] = text.replace("test_submit_job", f"test_{number}")
    assert "assert exchange.fault == 20003" in files["test_copied4"]
    ran = run(pytester, files=files)
    assert ran.outcomes == {f"test_{number}": "passed" for number in range(1, 9)}, ran.output


def test_as_a_file(open_tab: Opener, server: MockServer, tmp_path: Path) -> None:
    tab = loaded(open_tab, server)
    submit(server, kind="full")
    tab.find("#exchanges .item").click()
    with tab.page.expect_download() as download:
        tab.button("fixture file").click()
    assert download.value.suggested_filename == "submitJob-1.xml"
    download.value.save_as(tmp_path / "a.xml")
    data = (tmp_path / "a.xml").read_bytes()
    assert data == body(kind="full").replace(b"hunter2", b"***")
    assert [found.rule for found in validate(data).violations] == ["constant"]


def test_where_the_browser_gives_no_clipboard(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    tab.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    tab.button("Copy").click()
    expect(tab.find("#text-box")).to_have_value(server.endpoint)
    tab.page.keyboard.press("Escape")
    expect(tab.find("#text")).to_be_hidden()


# Keys, screens, people.


def test_keys(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    for name in ("One", "Two", "Three"):
        submit(server, name)
    expect(tab.find("#exchanges .item")).to_have_count(3)
    press = tab.page.keyboard.press
    chosen = tab.find("#exchanges .item[aria-selected=true]")
    for key, name in (("j", "Three"), ("j", "Two"), ("j", "One"), ("j", "One"), ("k", "Two")):
        press(key)
        expect(chosen).to_contain_text(f"47|{name}|")
        expect(tab.find("#exchanges .detail")).to_contain_text(f"<jobName>{name}</jobName>")
    press("/")
    expect(tab.find("#exchanges input[type=search]")).to_be_focused()
    tab.page.keyboard.type("one")
    expect(tab.find("#exchanges .item")).to_have_count(1)
    press("Escape")
    press("Escape")
    expect(tab.find("#exchanges .detail")).to_contain_text("Choose an exchange")
    for number, view in enumerate(VIEWS, 1):
        press(str(number))
        expect(tab.find(f"#{view}")).to_be_visible()
        expect(tab.find(f"#tab-{view}")).to_have_attribute("aria-selected", "true")
    press("?")
    expect(tab.find("#keys")).to_be_visible()
    tab.page.get_by_label("Single keys work").uncheck()
    press("Escape")
    press("1")
    expect(tab.find("#scripts")).to_be_visible()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(6):
        press("Tab")
        assert tab.page.evaluate(outline) == "solid"


def see_all(tab: Tab) -> Iterator[str]:
    """Opens each view, with something chosen in it."""
    for view in VIEWS:
        tab.open(view)
        if view != "scripts":
            expect(tab.find(f"#{view} .item").first).to_be_visible()
            tab.page.keyboard.press("j")
            tab.page.keyboard.press("j")
            expect(tab.find(f"#{view} .detail h2")).to_be_visible()
        yield view


def test_nobody_is_shut_out(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server)
    assert tab.barriers() == []  # While there is nothing.
    fill(server)
    for view in see_all(tab):
        assert (view, tab.barriers()) == (view, [])
    tab.page.keyboard.press("?")
    assert tab.barriers() == []


def test_the_dark_form_can_be_read(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server, color_scheme="dark")
    fill(server)
    for view in see_all(tab):
        assert (view, tab.barriers("color-contrast")) == (view, [])


def test_on_a_phone(open_tab: Opener, server: MockServer) -> None:
    tab = loaded(open_tab, server, viewport=PHONE, has_touch=True)
    server.clock.advance(days=400)
    fill(server)
    for view in VIEWS:
        tab.open(view)
        if view != "scripts":
            expect(tab.find(f"#{view} .detail")).to_be_hidden()
            tab.find(f"#{view} .item").first.tap()
            expect(tab.find(f"#{view} .list")).to_be_hidden()
            assert not tab.is_wider_than_its_window(), view
            tab.find(f"#{view} .back").click()
            expect(tab.find(f"#{view} .list")).to_be_visible()
        assert not tab.is_wider_than_its_window(), view
    assert tab.barriers() == []


# Many, and other servers.

# Searches, and gives the milliseconds until that is drawn.
_FILTER = """
(text) => new Promise((done) => {
  const field = document.querySelector("#exchanges input");
  const start = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})
"""


def test_ten_thousand_exchanges(open_tab: Opener, server: MockServer) -> None:
    request = Request("POST", SERVICE_PATH, HEADERS, body())
    for _ in range(9_999):
        server.service.handle(request)
    submit(server, "The last")
    tab = loaded(open_tab, server)
    expect(tab.find("#tab-exchanges .count")).to_have_text("10,000")
    expect(tab.find("#exchanges .item").first).to_contain_text("The last")
    assert len(items(tab)) < 50
    tab.find("#exchange-list").evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
    expect(tab.find("#exchanges .item").last).to_contain_text("#1")
    submit(server, "One more")  # The oldest goes.
    expect(tab.find("#exchanges .item").last).to_contain_text("#2")
    # What is in sight stays where it is.
    tab.find("#exchange-list").evaluate("(list) => list.scrollTo(0, 580 * 100 + 7)")
    place = tab.page.get_by_text("#9001", exact=True)
    expect(place).to_be_visible()
    before = place.bounding_box()
    submit(server, "Above")
    row = tab.page.locator("#exchanges .item", has=place)
    expect(row).to_have_attribute("aria-posinset", "1002")
    assert place.bounding_box() == before
    tab.find("#exchange-list").press("Home")
    expect(tab.find("#exchanges .item").first).to_contain_text("Above")
    # Once the words of all are gathered, to filter takes no longer than a reader notices.
    assert min(tab.page.evaluate(_FILTER, text) for text in ("abov", "bove", "above")) < 100
    expect(tab.find("#exchanges .item")).to_have_count(1)


def test_tenants(open_tab: Opener, server: MockServer) -> None:
    submit(server, "Of none")
    submit(server, "Of blue", root="/t/blue")
    tab = loaded(open_tab, server)
    expect(tab.find("#exchanges .item")).to_contain_text("Of none")
    tab.page.get_by_label("Tenant").select_option("blue")
    tab.page.wait_for_url("**/t/blue/_ips/")
    expect(tab.find("#exchanges .item")).to_contain_text("Of blue")
    choose(tab, 1)
    assert f"'http://127.0.0.1:{server.port}/t/blue/scene7/services/" in copied(tab, "curl")
    tab.button("+1 h").click()
    expect(tab.find("#offset")).to_have_text("+1 h")
    assert server.clock.now().timestamp() == pytest.approx(time.time(), abs=60)
    tab.page.get_by_label("Tenant").select_option("none")
    expect(tab.find("#exchanges .item")).to_contain_text("Of none")


def test_a_token(open_tab: Opener) -> None:
    with mock.serve(control_token="right") as server:
        submit(server)
        tab = open_tab(live(server))
        tab.expected = ("401", "ERR_")  # The second when the server ends.
        tab.find("#token").fill("wrong")
        tab.page.keyboard.press("Enter")
        tab.find("#token").fill("right")
        tab.button("Go on").click()
        expect(tab.find("#exchanges .item")).to_have_count(1)
        expect(tab.find("#ask-token")).to_be_hidden()
        tab.page.reload()  # The tab still knows it.
        expect(tab.find("#exchanges .item")).to_have_count(1)
        assert "right" not in tab.page.url


def test_where_no_events_come_it_looks(open_tab: Opener, server: MockServer) -> None:
    tab = open_tab("about:blank")
    tab.expected = ("ERR_FAILED",)
    tab.context.route("**/_ips/events*", lambda route: route.abort())
    tab.page.goto(live(server))
    expect(tab.find("#link")).to_have_text("● Looking each second")
    for _ in range(3):
        submit(server)
    expect(tab.find("#exchanges .item")).to_have_count(3)
    with server.service.lock:
        server.exchanges.remove(2)
    expect(tab.find("#exchanges .item")).to_have_count(2)


def test_a_server_that_goes_and_comes_back(open_tab: Opener) -> None:
    with mock.serve() as server:
        tab = loaded(open_tab, server)
        tab.expected = ("ERR_",)
        submit(server, "Before")
        expect(tab.find("#exchanges .item")).to_have_count(1)
    expect(tab.find("#link")).to_have_text("● The server does not answer")
    with mock.serve(port=server.port) as other:
        expect(tab.find("#link")).to_have_text("● Looking each second")
        expect(tab.find("#exchanges .welcome")).to_be_visible()
        submit(other, "After")
        expect(tab.find("#exchanges .item")).to_contain_text("After")
