# Two commands do everything: `make course`, then `make test`.

PYTHON ?= python3
VENV ?= .venv
export PYTHON VENV

# One thread each: the arrays are small, workers run side by side, and sums come out the
# same on every machine.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

BIN := $(abspath $(VENV))/bin
# nbgrader and the book start programs by name, so the environment must come first on PATH.
WITH := PATH="$(BIN):$$PATH"
HTML := build/book/_build/html

.DEFAULT_GOAL := help
.PHONY: help course test environment book check lint types unit unit-attacks unit-attacks-and-book unit-others browser claims grade demo trial clean

help:
	@echo 'make course    set up, build notebooks and book, grade a sample class'
	@echo 'make test      check everything: lint, types, unit, book, browser'
	@echo 'make book      build the book; a warning is an error'
	@echo 'make grade     grade what lies in course/submitted/<student>/<assignment>/'
	@echo 'make demo      make and grade a sample class'
	@echo 'make trial     put the judge on trial and renew its records: about an hour'
	@echo 'make claims    run the experiments whose code changed: ONLY=<chapter>[/<claim>] for some'
	@echo 'make check     lint, types, and the exercises that changed: two minutes'
	@echo 'make lint | types | unit | browser    one part of make test'
	@echo 'make clean     remove the environment, builds and caches; course/ stays'
	@echo
	@echo 'Variables: PYTHON=$(PYTHON), VENV=$(VENV)'

course:
	@echo '[1/5] programs of the system ...'
	@scripts/setup.sh system
	@echo '[2/5] Python environment ...'
	@scripts/setup.sh environment
	@echo '[3/5] building the notebooks ...'
	@$(WITH) autograder build
	@echo '[4/5] building the book ...'
	@$(MAKE) --no-print-directory book
	@echo '[5/5] grading a sample class ...'
	@$(WITH) autograder demo
	@echo
	@echo 'The course is ready.'
	@echo '  the book                 $(HTML)/index.html'
	@echo '  notebooks for students   course/release/'
	@echo '  sample grades            build/demo/grades.csv'
	@echo '  sample feedback          build/demo/feedback/'
	@echo 'Next: `make test` checks everything. Put what students hand in into'
	@echo 'course/submitted/<student>/<assignment>/ and run `make grade`.'

# Cheap failures first.
test:
	@echo '[1/5] programs and Python environment ...'
	@scripts/setup.sh system required
	@scripts/setup.sh environment
	@echo '[2/5] lint ...'
	@$(MAKE) --no-print-directory lint
	@echo '[3/5] types ...'
	@$(MAKE) --no-print-directory types
	@echo '[4/5] unit tests, and the book beside them ...'
	@$(MAKE) --no-print-directory --jobs 2 unit-attacks-and-book unit-others
	@echo '[5/5] the book in a browser ...'
	@$(MAKE) --no-print-directory browser
	@echo 'All is well.'

environment:
	@scripts/setup.sh environment

# While one works: no notebook is graded, no page executed. SINCE=<commit> compares with another.
check: environment
	@$(MAKE) --no-print-directory lint types
	@$(WITH) pytest tests/test_rooms.py tests/test_generated.py tests/test_sections.py
	@$(WITH); names=$$(python scripts/touched.py $(SINCE)) || exit 1; \
	if [ -z "$$names" ]; then echo 'No exercise changed, so no exercise is tried.'; \
	else pytest tests/test_*.py tests/chapters tests/trial -n 2 --dist loadgroup -m "$$names"; fi

lint: environment
	@$(WITH) ruff check .
	@$(WITH) ruff format --check .

types: environment
	@$(WITH) mypy

# The class of attacks has homes, folders and workers of its own, and a process of its own: what
# runs beside it must not find them gone. All of them wait a good deal, so they run side by side;
# with more of them at once, limits of time would be met by waiting for a processor.
unit: environment
	@$(MAKE) --no-print-directory --jobs 2 unit-attacks unit-others

unit-attacks:
	@$(WITH) pytest tests/attacks --ignore=tests/attacks/test_costs.py -n 0

unit-attacks-and-book: unit-attacks
	@$(MAKE) --no-print-directory book

unit-others:
	@$(WITH) pytest tests --ignore=tests/attacks --ignore=tests/browser -n 2 --dist loadgroup

# Jupyter Book forgets the warnings of pages that it does not read again, hence --all.
book: environment
	@$(WITH) jupyter-book build book -W -n --keep-going --all --path-output build/book

browser: environment
	@$(WITH) pytest tests/browser -n 2 --dist loadfile

grade: environment
	@$(WITH) autograder grade

demo: environment
	@$(WITH) autograder demo

# Full-length experiments behind the lectures' claims; pages show what they leave.
claims: environment
	@$(WITH); cd book && python -m claims $(ONLY)

trial: environment
	@$(WITH) python -m trial
	@$(WITH) python -m trial faults
	@$(WITH) python -m trial stock
	@$(WITH) CS231N_WHOLE_TRIAL=1 pytest tests/attacks

clean:
	rm -rf build dist $(VENV) *.egg-info autograder/*.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './course/*' -prune -exec rm -rf {} +
