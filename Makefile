# Commands for a fresh clone with Python 3.11+ and make:
#   make demo      the main job, shown
#   make test      all checks; of long sweeps a sample
#   make whole     the tests that took a sample, whole; .ci/run says which of them CI runs. Some:
#                  make whole WHOLE=tests/contract
#   make languages the examples in other languages, all of them; CI runs it, too
#   make screenshots  the pictures in docs/images, anew; it needs Chromium
#   make site      the documentation as a site, in build/site; the checks build it, too
#   make elsewhere the wheel with the oldest dependencies, pytest 8, an application, pre-commit's hook and the action; CI runs it, too
#   make browser   the live page and the reports in Chromium; CI runs it, too
#   make scoreboard  the battery against SOAP stacks, into docs/reference/scoreboard.html; some of them:
#                  make scoreboard STACKS=zeep,php
#   make nightly   that, and messages by the hundred thousand: hours
# Tests start hundreds of processes; without bytecode each would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
WHOLE ?= tests
DEMO = .venv-demo
DEV = .venv

.PHONY: demo test whole site screenshots languages elsewhere browser nightly bench scoreboard clean

demo: $(DEMO)/installed
	$(DEMO)/bin/python -m ips_contract.cli.demo

test: $(DEV)/installed
	$(DEV)/bin/python check.py

whole: $(DEV)/installed
	IPS_TESTS=whole $(DEV)/bin/python -m pytest --numprocesses=2 --dist=worksteal \
	  $$(grep -rl --include='test_*.py' 'from tests.sweep import' $(WHOLE))

site: $(DEV)/installed
	$(DEV)/bin/python -m tests.site

screenshots: $(DEV)/installed
	$(DEV)/bin/python -m tests.screenshots

languages: $(DEV)/installed
	IPS_LANGUAGES=all $(DEV)/bin/python -m pytest --numprocesses=2 tests/languages

elsewhere: $(DEV)/installed
	$(DEV)/bin/python -m tests.elsewhere

browser: $(DEV)/installed
	$(DEV)/bin/python -m tests.browser

nightly: whole elsewhere
	$(DEV)/bin/python -m tests.nightly valid 100000
	$(DEV)/bin/python -m tests.nightly invalid 100000
	$(DEV)/bin/python -m tests.nightly messages 3
	$(DEV)/bin/python -m tests.nightly adequacy 1000

bench: $(DEV)/installed
	$(DEV)/bin/python -m benchmarks

scoreboard: $(DEV)/installed
	$(DEV)/bin/python -m scoreboard $(STACKS)

$(DEMO)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make demo PYTHON=python3.11")'
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[server]'
	touch $@

# The pip that Python brings takes three times as long to choose a hundred packages, and compiles
# them one after the other. Both lines with a dash save time only: nothing depends on them.
$(DEV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make test PYTHON=python3.11")'
	$(PYTHON) -m venv $(DEV)
	-$(DEV)/bin/python -m pip install -qq --no-compile --upgrade pip
	$(DEV)/bin/python -m pip install -qq --disable-pip-version-check --no-compile --editable '.[dev]'
	-$(DEV)/bin/python -m compileall -q -j 2 $(DEV)/lib
	touch $@

clean:
	rm -rf $(DEMO) $(DEV) .scoreboard .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
