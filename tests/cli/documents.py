"""Documents to judge, and the command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

GOOD = """\
<submitJobParam xmlns="http://www.scene7.com/IpsApi/xsd">
   <companyHandle>47</companyHandle>
   <jobName>My Test Job</jobName>
   <imageServingPublishJob>
      <publishType>Full</publishType>
      <emailSetting>Error</emailSetting>
   </imageServingPublishJob>
</submitJobParam>
"""
BAD = GOOD.replace("Full", "Fulll")
WARNED = GOOD.replace("My Test Job", "47|日本")
# Without credentials, which HTTP may carry.
OPEN = f'<Request xmlns="http://www.scene7.com/IpsApi/xsd">{GOOD}</Request>'

VALID = "(submitJobParam, pre-4.0)"
CONSTANT = '"Fulll" is not one of Full, FullWithSearch or Incremental. Write Full.'
BAR = '"47|日本" has a bar, which separates the parts of a job handle; avoid it.'
GOOD_LINES = f"good.xml: valid {VALID}\n"
BAD_LINES = f"bad.xml:5: constant: {CONSTANT}\n"
WARNED_LINES = (
    f"warned.xml:3: name-separator: warning: {BAR}\nwarned.xml: valid {VALID}, 1 warning\n"
)
EXPLAINED = f"""\
bad.xml: invalid (submitJobParam, pre-4.0): 1 error

error constant: {CONSTANT}
  at bad.xml:5:7, /submitJobParam/imageServingPublishJob/publishType
    5 |       <publishType>Fulll</publishType>
      |       ^~~~~~~~~~~~~~~~~~
  fault 30001 (invalid parameter); source: documented pages, API reference: constants

"""

# The folder that every test of the command runs in.
FILES: dict[str, str | bytes] = {
    "good.xml": GOOD,
    "bad.xml": BAD,
    "warned.xml": WARNED,
    "open.xml": OPEN,
    "empty.xml": b"",
    "binary.bin": b"\x00\x01\xff\xfe" * 100,
    "notes.txt": "not a document",
    "folder/b.soap": GOOD,
    "folder/a.XML": GOOD,
    "folder/below/c.xml": BAD,
    "folder/below/readme.txt": "",
    "none/readme.txt": "",
    "utf16.xml": BAD.encode("utf-16"),
}

SETTINGS = ("NO_COLOR", "TERM", "WT_SESSION", "COLUMNS", "PYTHONUNBUFFERED", "PYTHONIOENCODING")


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return kept | {"PYTHONUTF8": "1"} | settings


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ips_contract", *arguments]


def run(*arguments: str, given: bytes = b"", **settings: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*arguments),
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
        env=environment(**settings),
    )
