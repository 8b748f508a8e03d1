"""What stands at the end of a command's ``--help``: examples, and what its exit status means."""

from __future__ import annotations

from ips_contract.contract.versions import LATEST

_USUAL = "exit status: 0; 2 the command was wrong"

MAIN = """\
examples:
  ips-contract sample uploadUrls > request.xml
  ips-contract validate request.xml
  ips-contract serve --port 8080
  ips-contract help validate"""

WSDL_DIFF = """\
examples:
  ips-contract wsdl diff their.wsdl
  ips-contract wsdl diff --against 6.8 --format sarif --output wsdl.sarif their.wsdl
  ips-contract wsdl diff http://localhost:8080/scene7/webservice/IpsApi.wsdl

exit status: 0 the same; 1 different; 2 the other WSDL cannot be read, or the command was wrong"""

EPILOGS = {
    "validate": """\
examples:
  ips-contract validate request.xml
  ips-contract validate --explain --strict messages/
  ips-contract validate --format sarif --output ips.sarif messages/
  ips-contract validate traffic.har

exit status: 0 every document is valid, 1 some are not, 2 a file could not be read or the
command was wrong (2 wins over 1), 130 interrupted, 141 the reader of a pipe went away""",
    "sample": f"""\
examples:
  ips-contract sample --list
  ips-contract sample uploadUrls
  ips-contract sample image-serving-publish --wrap soap11
  ips-contract sample searchAssets --api-version 4.5 --full
  ips-contract sample searchAssetsReturn

exit status: 0; 2 there is no such message in {LATEST}, or in the version given, or the command
was wrong""",
    "serve": """\
examples:
  ips-contract serve
  ips-contract serve --port 8080 --user me@example.com:secret
  ips-contract serve --port 8080 --log traffic.jsonl
  ips-contract serve --tls --ca-file ca.pem
  ips-contract serve --ready-file ready.json --exit-with-stdin

exit status: 0 it was ended, by a signal or with its standard input; 2 it could not start, or the
command was wrong""",
    "record": """\
examples:
  ips-contract record --upstream https://s7sps1apissl.scene7.com --log traffic.jsonl
  ips-contract validate traffic.jsonl
  ips-contract serve --replay traffic.jsonl

exit status: 0 it was ended by a signal; 2 it could not start, or the command was wrong""",
    "fixtures": """\
examples:
  ips-contract fixtures traffic.jsonl --out tests/recorded
  python -m pytest tests/recorded

exit status: 0; 2 the file could not be read or has no message in it, nothing could be written,
or the command was wrong""",
    "capture-report": """\
examples:
  ips-contract capture-report traffic.jsonl
  ips-contract capture-report --output report.html monday.jsonl tuesday.har

exit status: 0 all is valid, 1 some messages are not, 2 a file could not be read or the command
was wrong""",
    "generate": """\
examples:
  ips-contract generate -n 20 --seed 7
  ips-contract generate --operation searchAssets --api-version 6.8
  ips-contract generate --invalid -n 500 --out bad
  ips-contract generate --rule range --rule time-zone -n 10
For one message that reads as if a person had written it: ips-contract sample

exit status: 0; 2 the command was wrong, or nothing could be written""",
    "fuzz": """\
The client submits one image serving publish job named IPS_JOB_NAME for the company IPS_COMPANY to
IPS_ENDPOINT (WSDL at IPS_WSDL) as IPS_USER with IPS_PASSWORD. It prints the job handle alone on
standard output in UTF-8 and exits with status 0; after a fault, or an answer that cannot be
trusted, it prints no handle and exits with another status, within IPS_TIMEOUT seconds.

examples:
  ips-contract fuzz --list
  ips-contract fuzz -- python client.py
  ips-contract fuzz -v --case 'gzip-*' --report battery.html -- ./client

exit status: 0 every gating case passes, or is as --expected says; 1 not; 2 the command was wrong;
130 interrupted; 143 terminated""",
    "rules": f"""\
examples:
  ips-contract rules
  ips-contract rules time-zone
  ips-contract rules 'handle-*' element-order
  ips-contract rules --format json

{_USUAL}, or there is no such rule""",
    "schema": f"""\
examples:
  ips-contract schema
  ips-contract schema --api-version 4.5 > ips-4.5.xsd

{_USUAL}""",
    "wsdl": """\
examples:
  ips-contract wsdl > ips.wsdl
  ips-contract wsdl --api-version 6.6 --service-url http://localhost:8080/ips > ips-6.6.wsdl
  ips-contract wsdl diff their.wsdl

exit status: 0 it is printed, or the same; 1 different; 2 the other WSDL cannot be read, or the
command was wrong""",
    "versions": f"""\
examples:
  ips-contract versions
  ips-contract versions --format json

{_USUAL}""",
    "completion": """\
examples:
  ips-contract completion bash > ips-contract.bash
  ips-contract completion zsh > _ips-contract
  ips-contract completion fish > ips-contract.fish

Where shells look for these: docs/how-to/install.md.
It needs shtab: pip install 'ips-contract[completion]'

exit status: 0; 2 the extra is not installed, or the command was wrong""",
    "version": f"""\
examples:
  ips-contract version
  ips-contract --version

{_USUAL}""",
    "help": f"""\
examples:
  ips-contract help
  ips-contract help rules

{_USUAL}, or there is no such command""",
}
