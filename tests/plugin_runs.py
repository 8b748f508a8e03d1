"""Runs of pytest with the plugin, in processes of their own, and what came of each test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    import pytest

# A client as a project may have it; the inner tests import it.
CLIENT = '''
import urllib.error
import urllib.request

BODY = """\\
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">
<e:Header><authHeader xmlns="http://www.scene7.com/IpsApi/xsd">
<user>me@example.com</user><password>hunter2</password></authHeader></e:Header>
<e:Body><submitJobParam xmlns="{namespace}">
<companyHandle>{company}</companyHandle>
<jobName>{name}</jobName>
<imageServingPublishJob>
<publishType>{kind}</publishType><emailSetting>Error</emailSetting>
</imageServingPublishJob>
</submitJobParam></e:Body></e:Envelope>"""
OLD = "http://www.scene7.com/IpsApi/xsd"


class Refused(Exception):
    pass


def body(name="My Test Job", kind="Full", namespace=OLD, company="47"):
    return BODY.format(name=name, kind=kind, namespace=namespace, company=company).encode()


def send(endpoint, data):
    headers = {"Content-Type": "text/xml", "SOAPAction": "submitJob"}
    request = urllib.request.Request(endpoint, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            raise Refused(error.read().decode()) from None


def submit(mock, **values):
    return send(mock.endpoint, body(**values))


def submit_anyway(mock, **values):
    """A client that hides from its caller that it was refused."""
    try:
        return submit(mock, **values)
    except Refused:
        return None
'''


# To import all plugins that are installed takes an inner run more than half of its time. Those that
# its words, files and settings do not mention in this way (a regular expression) stay out.
MENTIONED = {
    "anyio": "anyio",
    "asyncio": "mark.asyncio",
    "hypothesispytest": "hypothesis",
    "platformdirs": "platformdirs",
    "pytest_httpserver": "httpserver",
    "rerunfailures": "reruns",
    "schemathesis": "schemathesis",
    "xdist": "xdist|numprocesses",
    "xdist.looponfail": "looponfail",
}


class Ran(NamedTuple):
    """An inner run: its exit status, its output, and of each test the outcome and its text."""

    status: int
    output: str
    outcomes: dict[str, str]
    texts: dict[str, str]


def run(
    pytester: pytest.Pytester,
    *words: str,
    ini: str = "",
    files: dict[str, str] | None = None,
    warnings: str = "error",
) -> Ran:
    """Runs pytest in a process of its own, warnings as errors, on ``files`` and the client."""
    pytester.makepyfile(client=CLIENT, **(files or {}))
    texts_here = [path.read_text() for path in pytester.path.rglob("*.py")]
    mentioned = "\n".join((*words, ini, *texts_here))
    without = [plugin for plugin, word in MENTIONED.items() if not re.search(word, mentioned)]
    # Without it pytest-asyncio warns.
    scope = "" if "asyncio" in without else "asyncio_default_fixture_loop_scope = function"
    pytester.makeini(f"[pytest]\nfilterwarnings =\n    {warnings}\n{scope}\n{ini}")
    plugins = [f"-pno:{plugin}" for plugin in ("cacheprovider", *without)]
    result = pytester.runpytest_subprocess(
        *plugins, "--strict-markers", "--junit-xml=junit.xml", *words
    )
    outcomes, texts = {}, {}
    path = pytester.path / "junit.xml"
    for case in etree.parse(path).iter("testcase") if path.exists() else ():
        name = case.get("name", "")
        found = [child for child in case if child.tag in ("failure", "error", "skipped")]
        outcomes[name] = "+".join(str(child.tag) for child in found) or "passed"
        texts[name] = "\n".join(f"{child.get('message')}\n{child.text}" for child in case)
    path.unlink(missing_ok=True)
    return Ran(int(result.ret), result.stdout.str() + result.stderr.str(), outcomes, texts)
