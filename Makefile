# Two commands for a fresh clone with Python 3.11+ and make:
#   make demo   the main job, shown
#   make test   all checks
PYTHON ?= python3
DEMO = .venv-demo
DEV = .venv

.PHONY: demo test bench clean

demo: $(DEMO)/installed
	$(DEMO)/bin/python -m ips_contract.cli.demo

test: $(DEV)/installed
	$(DEV)/bin/python check.py

bench: $(DEV)/installed
	$(DEV)/bin/python -m benchmarks

$(DEMO)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make demo PYTHON=python3.11")'
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[server]'
	touch $@

$(DEV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make test PYTHON=python3.11")'
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf $(DEMO) $(DEV) .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
