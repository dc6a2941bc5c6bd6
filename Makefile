# Thin: what is to be done stands in manage.py commands, pyproject.toml and tests/.

PYTHON ?= python3
PORT ?= 8000
MANAGE = .venv/bin/python manage.py
SEMGREP = .venv-audit/bin/semgrep scan --metrics off --disable-version-check
INSTALL = -m pip install --quiet --disable-pip-version-check --requirement
NEXT_PYTHON := $(firstword $(shell python3.13 -c 'import sys; print(sys.executable)' 2>/dev/null) \
	$(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python3.13))

# Everything here runs on this machine, for this machine: see the settings table in README.md.
export LOCAL = 1

.PHONY: run test check audit test-next bench messages lock sbom licences

run: .venv/run
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) collectstatic --no-input --verbosity 0
	@$(MANAGE) prepare --port $(PORT)
	@exec .venv/bin/granian --interface wsgi twinning.wsgi:application --port $(PORT) --http 1 --no-ws \
		--workers 2 --blocking-threads 4 --log-level warning

test: .venv/test
	.venv/bin/python -m pytest

check: .venv/test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/djlint --lint --quiet templates
	.venv/bin/mypy
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run
	.venv/bin/python -m pytest --quiet tests/test_translations.py

# What bandit and rules of our own find in the code. Bad examples prove first that each of them finds something.
audit: .venv-audit/made
	$(SEMGREP) --quiet --test --config tests/audit tests/audit
	$(SEMGREP) --quiet --strict --error --config tests/audit/rules.yml partners twinning templates
	! .venv-audit/bin/bandit --quiet --configfile pyproject.toml tests/audit/rules.py >/dev/null 2>&1
	.venv-audit/bin/bandit --quiet --configfile pyproject.toml --recursive manage.py partners twinning

# The suite on the Django and Python that a city will move to, where that Python is found.
test-next: $(if $(NEXT_PYTHON),.venv-next/test)
	$(if $(NEXT_PYTHON),.venv-next/bin/python -m pytest,@echo "Python 3.13 is not here: nothing was tested on the next Django.")

# Figures of README.md; DATABASE_URL as for make test.
bench: .venv/test
	.venv/bin/python -m tests.bench

messages: .venv/test
	$(MANAGE) makemessages --locale lv --no-wrap --no-obsolete --add-location file --ignore '.venv*' --ignore var --ignore tests
	$(MANAGE) compilemessages --locale lv --ignore '.venv*'

lock:
	uv pip compile pyproject.toml --generate-hashes --universal --no-header --no-annotate --group lts --output-file requirements.txt
	uv pip compile pyproject.toml --generate-hashes --universal --no-header --no-annotate --group lts --group dev --output-file requirements-dev.txt
	uv pip compile pyproject.toml --generate-hashes --universal --no-header --no-annotate --group next --group dev --python-version 3.13 --output-file requirements-next.txt

# What a server installs, and nothing else: its bill of materials (CycloneDX), and the licences it may come under.
sbom: .venv-audit/made .venv-production/made
	.venv-audit/bin/cyclonedx-py environment --pyproject pyproject.toml --of JSON --output-reproducible \
		--output-file var/sbom.json .venv-production/bin/python

licences: .venv-audit/made .venv-production/made
	.venv-audit/bin/pip-licenses --python .venv-production/bin/python --order license --with-urls --partial-match \
		--allow-only "Apache;BSD;ISC;LGPL;MIT;MPL;PSF;Python Software Foundation;Unlicense"

.venv-production/made: requirements.txt
	$(PYTHON) -m venv --clear .venv-production
	.venv-production/bin/python $(INSTALL) requirements.txt
	.venv-production/bin/python -m pip uninstall --quiet --yes pip setuptools
	@mkdir -p var && touch $@

.venv-audit/made: Makefile
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check \
		"bandit~=1.9" "cyclonedx-bom~=7.5" "pip-licenses~=5.5" "semgrep~=1.185"
	@touch $@

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	.venv/bin/python $(INSTALL) requirements.txt
	@touch $@

.venv/test: requirements-dev.txt | .venv/bin/python
	.venv/bin/python $(INSTALL) requirements-dev.txt
	@touch $@ .venv/run

.venv-next/test: requirements-next.txt
	$(NEXT_PYTHON) -m venv .venv-next
	.venv-next/bin/python $(INSTALL) requirements-next.txt
	@touch $@
