# La Trousse: `make` alone prints what can be done.
.DEFAULT_GOAL := help
.PHONY: help run test check bench screenshots translations messages profiles routes migration lock clean environment

HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=
# Tests mostly wait: more processes than processors.
JOBS ?= 3
export HOST PORT PYTHON

BIN := .venv/bin
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/messages.po)

help: ## Print this list
	@echo "La Trousse. Type make and one of:"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

run: translations ## Serve the portal and its monitor (HOST=127.0.0.1 PORT=8000)
	@$(BIN)/python -m flask --app app database upgrade
	@exec $(BIN)/python deploy/run.py

test: environment ## Run the tests (ARGS="-k name" for some of them)
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: environment ## Read the code without running it: ruff, mypy, djlint, the catalogue
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint --quiet --check --lint templates
	$(BIN)/python -m flask --app app catalogue check --strict

bench: environment ## Measure speed, memory and weight against the budgets of docs/performance.md
	@$(BIN)/python -m bench $(ARGS)

screenshots: environment ## Make the pictures of the documentation again
	@$(BIN)/python -m docs.make_screenshots

routes: environment ## Write the addresses of the site down again (tests/architecture/routes.txt)
	@$(BIN)/python -m tests.architecture.routes

profiles: environment ## Write what docs/probe-profiles.md says of each profile again
	@$(BIN)/python -m docs.make_profiles

messages: environment ## Collect the words of the screens that are to be translated
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F translations/babel.cfg -k lazy_gettext --no-location --sort-output -o build/messages.pot .
	@$(BIN)/pybabel -q update -i build/messages.pot -d translations -l en --no-fuzzy-matching --ignore-obsolete -w 98
	@# What Babel adds to the header would differ at each run.
	@sed -i -E '/^"(Project-Id-Version|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By)/d' $(CATALOGUES)

migration: environment ## Write the next migration (NAME="Add announcements")
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME="Add announcements"' >&2; exit 1; }
	@$(BIN)/python -m flask --app app database upgrade
	@$(BIN)/python -m flask --app app database revision "$(NAME)"

lock: environment ## Renew requirements.lock (ARGS=--upgrade for newer versions)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/python deploy/lock.py $(ARGS)

clean: ## Remove what can be made again; never the state folder
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f $(CATALOGUES:.po=.mo)

environment:
	@sh deploy/environment.sh test
	@$(if $(CATALOGUES),$(MAKE) --no-print-directory --silent $(CATALOGUES:.po=.mo))

translations:
	@sh deploy/environment.sh run
	@$(if $(CATALOGUES),$(MAKE) --no-print-directory --silent $(CATALOGUES:.po=.mo))

%.mo: %.po
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@
