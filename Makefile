# The jobs of the audit. Each sets up what it needs; `make help` lists them.
#
#   make audit                                   the whole job on the embedded examples
#   make audit TERRAFORM=DIR [PROFILE=NAME|LIVE=1]   on your own source and account; no example is touched
#
# Variables: TERRAFORM REPOSITORY PROFILE REGION ROLE LIVE VAR_FILE PLAN STATE DOCUMENT SPECS REPORT_DIR RUN FORMAT CHECKOV
#            HISTORY LINK ACCOUNT (nightly: the history's file, where the report can be read, the only account to accept)
#            SINCE (premerge: only what changed since this commit fails) · BUNDLE SIGN (evidence) · COUNT SEED (fuzz) PLANE (mutate)
# VAR_FILE, REGION, ROLE and SPECS take several, parted by spaces; the others are one value, which may have spaces in it.
# The exit status of the job is also in $(REPORT_DIR)/status: make itself only tells zero or not.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first that is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for one in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && echo $$one && break; done)
VENV := .venv
CHECKOV_VENV := .venv-checkov
RUN_PYTHON := $(VENV)/bin/python
OWN_SPECS := $(SPECS)
SPECS ?= specs
REPORT_DIR ?= reports/out
FORMAT ?= html

# What the shell happens to hold under these names is nobody's wish to read an account.
$(foreach name,PROFILE REGION ROLE LIVE ACCOUNT,$(if $(filter environment,$(origin $(name))),$(eval $(name) :=)))
override LIVE := $(filter 1,$(LIVE))

# $(1) as one word of the shell, whatever is in it.
quote = '$(subst ','\'',$(1))'

# Any input of one's own turns every example off.
OWN := $(strip $(TERRAFORM)$(REPOSITORY)$(PROFILE)$(LIVE)$(PLAN)$(STATE)$(VAR_FILE)$(DOCUMENT)$(REGION)$(ROLE)$(OWN_SPECS))
option = $(if $(2),--$(1)=$(call quote,$(2)))
SOURCE := $(call option,terraform,$(TERRAFORM)) $(call option,plan,$(PLAN)) $(call option,state,$(STATE)) \
	$(call option,repository,$(REPOSITORY)) \
	$(foreach file,$(VAR_FILE),$(call option,var-file,$(file))) $(call option,document,$(DOCUMENT))
ACCOUNT_OPTIONS := $(if $(filter 1,$(LIVE)),--live) $(call option,profile,$(PROFILE)) \
	$(foreach one,$(REGION),$(call option,region,$(one))) \
	$(foreach one,$(ROLE),$(call option,account-role,$(one))) $(foreach one,$(ACCOUNT),$(call option,expect-account,$(one)))
REPORTS := $(foreach one,json=run.json html=report.html markdown=report.md junit=junit.xml,--report=$(call \
	quote,$(subst =,=$(REPORT_DIR)/,$(one))))
# The nightly run of the examples, or of one's own.
NIGHTLY = $(if $(OWN),$(AUDIT) $(SOURCE) $(ACCOUNT_OPTIONS) $(REPORTS),$(RUN_PYTHON) -m examples.glimpse demo \
	--report-dir $(call quote,$(REPORT_DIR))) --history=$(call quote,$(or $(HISTORY),$(REPORT_DIR)/history.sqlite))
# The folder of the audits that are not one control each, collected where they can say something.
ITEMS := audits
# An audit needs none of pytest's installed plugins, no rewritten asserts, and no search for forgotten coroutines.
LEAN := --disable-plugin-autoload --assert=plain -p no:unraisableexception
AUDIT := PYTEST_ADDOPTS="$${PYTEST_ADDOPTS-$(LEAN)}" $(RUN_PYTHON) -m pytest $(foreach one,$(SPECS),$(call quote,$(one))) $(ITEMS) -q
# Checkov runs beside the audit, in an environment of its own that is set up on first use. CHECKOV=0 leaves it out,
# CHECKOV=PATH takes another; so does AUDIT_CHECKOV in the environment.
AUDIT_CHECKOV ?= $(if $(filter-out 1,$(CHECKOV)),$(patsubst 0,off,$(CHECKOV)),$(CHECKOV_VENV)/bin/checkov)
BESIDE := $(if $(filter $(CHECKOV_VENV)/bin/checkov,$(AUDIT_CHECKOV)),checkov)
GRAMMAR := audits/planes/terraform/hcl_grammar.json
EXAMPLE_REPOSITORY := examples/glimpse
POLICIES := audits/checkov_policies.txt
EXAMPLE := examples/glimpse/terraform/environments/startup-prod

# Runs $(1), leaves its exit status in $(REPORT_DIR)/status, and ends with it.
define with_status
	mkdir -p $(call quote,$(REPORT_DIR))
	rm -f $(call quote,$(REPORT_DIR)/status)
	status=0
	$(1) || status=$$?
	echo $$status > $(call quote,$(REPORT_DIR)/status)
	exit $$status
endef

.PHONY: help setup checkov checkov-policies audit watch premerge nightly report evidence test e2e mutate fuzz bench lint lock generated reference provider-schema accuracy plans prices

help: ## this list
	@grep -hE '^[a-z0-9 -]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 32

# Compiled beforehand: containers often set PYTHONDONTWRITEBYTECODE, and would compile at each start (a third of it).
COMPILED := $(VENV)/.compiled
SOURCES := $(wildcard conftest.py $(foreach folder,audits reports,$(foreach depth,* */* */*/* */*/*/*,$(folder)/$(depth).py)))

setup: $(COMPILED) ## make .venv with what requirements.lock says

$(VENV)/.done: requirements.lock
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=…" >&2; exit 4; }
	echo "setting up $(VENV) (once)"
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(COMPILED): $(VENV)/.done $(SOURCES)
	@{ $(VENV)/bin/python -m compileall -q conftest.py audits reports && touch $@; } > /dev/null 2>&1 || true

audit premerge nightly watch: export AUDIT_CHECKOV := $(AUDIT_CHECKOV)

audit: setup $(BESIDE) ## both planes: on the examples, or on TERRAFORM= and PROFILE= (or LIVE=1)
ifeq ($(OWN),)
	@$(call with_status,$(RUN_PYTHON) -m examples.glimpse demo --report-dir $(call quote,$(REPORT_DIR)))
else
	@$(call with_status,$(AUDIT) $(SOURCE) $(ACCOUNT_OPTIONS) $(REPORTS))
endif

premerge: setup $(BESIDE) ## Terraform only, no credentials
	@$(call with_status,$(AUDIT) $(if $(OWN),$(SOURCE),--terraform $(EXAMPLE) --repository $(EXAMPLE_REPOSITORY)) \
		$(call option,changed-since,$(SINCE)) $(REPORTS) --report=$(call quote,sarif=$(REPORT_DIR)/report.sarif))

watch: setup ## audit again at each change of specs and source: TERRAFORM= (or the example), VAR_FILE=, DOCUMENT=
	@exec $(RUN_PYTHON) -m audits watch $(foreach one,$(SPECS),$(call quote,$(one))) $(if $(OWN),$(SOURCE) $(ACCOUNT_OPTIONS),\
		--terraform $(EXAMPLE) --repository $(EXAMPLE_REPOSITORY))

test: setup ## the project's own tests
	@$(RUN_PYTHON) -m pytest -q -n auto --ignore=tests/e2e

e2e: setup ## end to end, with the Terraform CLI where it is
	@$(RUN_PYTHON) -m pytest -q -n auto tests/e2e/test_faults.py
	@$(RUN_PYTHON) -m pytest -q tests/e2e --ignore=tests/e2e/test_faults.py

lint: setup ## ruff, mypy, layers, generated files
	@$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(MAKE) generated

generated: setup ## check that generated files are what the code would make
	@$(RUN_PYTHON) -m audits schema | diff -u specs/schema/spec.schema.json - || { echo "run: .venv/bin/python -m audits schema > specs/schema/spec.schema.json" >&2; exit 1; }
	$(RUN_PYTHON) -m audits.planes.terraform.grammar_tables | cmp -s - $(GRAMMAR) || { echo "run: .venv/bin/python -m audits.planes.terraform.grammar_tables > $(GRAMMAR)" >&2; exit 1; }
	$(RUN_PYTHON) docs/generate.py --check
	[ ! -e $(CHECKOV_VENV)/.done ] || $(CHECKOV_VENV)/bin/python -I audits/checkov_driver.py policies 2> /dev/null | cmp -s - $(POLICIES) \
		|| { echo "run: make checkov-policies" >&2; exit 1; }

reference: setup ## remake docs/reference/ from the code
	@$(RUN_PYTHON) docs/generate.py

provider-schema: setup ## remake audits/provider_schema.json and resource_shapes.txt (needs the Terraform CLI and AUDIT_TF_PLUGIN_DIR)
	@folder=$$(mktemp -d)
	trap 'rm -rf "$$folder"' EXIT
	cp audits/provider_schema.tf $$folder/main.tf
	terraform -chdir=$$folder init -plugin-dir=$${AUDIT_TF_PLUGIN_DIR:?} > /dev/null
	terraform -chdir=$$folder providers schema -json > $$folder/schema.json
	terraform -chdir=$$folder plan -out=plan > /dev/null
	terraform -chdir=$$folder show -json plan > $$folder/plan.json
	version=$$(terraform -chdir=$$folder version -json | $(RUN_PYTHON) -c 'import json,sys; print(json.load(sys.stdin)["provider_selections"]["registry.terraform.io/hashicorp/aws"])')
	$(RUN_PYTHON) -m audits provider-schema $$folder/schema.json $$folder/plan.json $$version > $$folder/reduced.json
	$(RUN_PYTHON) -m audits resource-shapes $$folder/schema.json > $$folder/shapes.txt
	mv $$folder/reduced.json audits/provider_schema.json
	mv $$folder/shapes.txt audits/resource_shapes.txt

prices: setup ## fetch the list prices of REGION= (ap-northeast-2) anew, with PROFILE= (needs credentials: pricing:GetProducts)
	@$(RUN_PYTHON) -m audits prices $(call quote,$(or $(REGION),ap-northeast-2)) $(call option,profile,$(PROFILE))

report: setup ## render RUN= as FORMAT=
	@$(RUN_PYTHON) -m reports render $(call quote,$(or $(RUN),$(REPORT_DIR)/run.json)) --to $(call quote,$(FORMAT))

accuracy: setup ## how the evaluator agrees with 'terraform plan', root by root
	@$(RUN_PYTHON) -m tests.planes.terraform.accuracy

plans: setup ## remake the stored plans (needs the Terraform CLI and AUDIT_TF_PLUGIN_DIR)
	@$(RUN_PYTHON) -m tests.planes.terraform.plans

bench: setup $(CHECKOV_VENV)/.done ## times and memory beside their targets: PART=jobs example large growth scale account
	@$(RUN_PYTHON) -m tests.bench $(PART)

checkov: ## make .venv-checkov with what requirements-checkov.lock says
	@[ -e $(CHECKOV_VENV)/.done ] && [ ! requirements-checkov.lock -nt $(CHECKOV_VENV)/.done ] \
		|| $(MAKE) $(CHECKOV_VENV)/.done || echo "Checkov could not be set up: the audit goes on, and says so as a gap" >&2

checkov-policies: $(CHECKOV_VENV)/.done ## remake audits/checkov_policies.txt with the locked Checkov
	@$(CHECKOV_VENV)/bin/python -I audits/checkov_driver.py policies > $(POLICIES).new
	mv $(POLICIES).new $(POLICIES)

# Checkov brings a fork of python-hcl2 under the same name and an old boto3: it has an environment of its own, and runs as
# a process.
$(CHECKOV_VENV)/.done: requirements-checkov.lock
	@echo "setting up $(CHECKOV_VENV) (once)"
	$(or $(PYTHON),false) -m venv $(CHECKOV_VENV)
	$(CHECKOV_VENV)/bin/pip install -qq --disable-pip-version-check --retries 1 --require-hashes \
		-r requirements-checkov.lock
	touch $@

fuzz: setup ## COUNT= broken inputs (100,000), SEED=
	@$(RUN_PYTHON) -m tests.planes.terraform.fuzzing $(or $(COUNT),100000) --seed $(or $(SEED),1) --failures $(call quote,$(REPORT_DIR)/fuzz)

mutate: setup ## single changes to the conforming example, each with the controls it must turn: PLANE=terraform, live or both
	@$(RUN_PYTHON) -m tests.mutation $(PLANE)

# Two runs do not collide: the second ends with 6. The lock is the kernel's, so it goes with whoever holds it.
nightly: setup $(BESIDE) ## everything, with history and notifications: TERRAFORM= and PROFILE= (or LIVE=1), DOCUMENT=
	@mkdir -p $(call quote,$(REPORT_DIR))
	exec 9>> $(call quote,$(REPORT_DIR)/.lock)
	$(RUN_PYTHON) -m reports.lock 9 || { echo "another nightly run is going on in $(REPORT_DIR)" >&2; exit 6; }
	status=0
	touch $(call quote,$(REPORT_DIR)/.begun)
	$(NIGHTLY) || status=$$?
	echo $$status > $(call quote,$(REPORT_DIR)/status)
	if [ $(call quote,$(REPORT_DIR)/run.json) -nt $(call quote,$(REPORT_DIR)/.begun) ]; then
		said=($(call quote,$(REPORT_DIR)/run.json))
	else
		said=(--broken $$status)
	fi
	$(RUN_PYTHON) -m reports notify "$${said[@]}" $(call option,link,$(LINK)) || [ $$status != 0 ] || status=5
	echo $$status > $(call quote,$(REPORT_DIR)/status)
	exit $$status

evidence: setup ## all that an auditor needs of RUN=, in BUNDLE= (a new folder or .zip): SIGN=gpg or cosign
	@$(RUN_PYTHON) -m reports evidence $(call quote,$(or $(RUN),$(REPORT_DIR)/run.json)) \
		--output $(call quote,$(or $(BUNDLE),$(REPORT_DIR)/evidence-$(shell date -u +%Y%m%dT%H%M%SZ))) $(call option,sign,$(SIGN))

lock: ## resolve requirements*.in into requirements*.lock (needs uv)
	@for name in requirements requirements-checkov; do
		uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header $$name.in -o $$name.lock
	done
