# make run: the dashboard on 127.0.0.1:8501 (PORT=... moves it). make test: every check. Both make .venv themselves.
PORT ?= 8501
BIN := .venv/bin

.PHONY: run test bench clean
run: .venv/app.stamp
	@PORT=$(PORT) exec $(BIN)/worldscope app

# Two files at a time, the long ones (tests/browser) first; on one thread each: small networks wait longer for a second
# one than it helps.
test: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	cd dashboard/components && for check in "lint" "fmt --check" "check"; do DENO_NO_UPDATE_CHECK=1 ../../$(BIN)/deno $$check -q || exit 1; done
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: .venv/test.stamp
	$(BIN)/python -m pytest -s --override-ini=norecursedirs= tests/benchmarks

.venv/bin/python:
	@for python in python3.13 python3.12 python3.11 python3; do \
		if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			exec $$python -m venv .venv; \
		fi; \
	done; echo "worldscope needs Python 3.11 or newer, with venv and pip."; exit 1

.venv/app.stamp: .venv/bin/python pyproject.toml
	@test -f .venv/test.stamp && test .venv/test.stamp -nt pyproject.toml || $(BIN)/python -m pip install -q -e .
	@touch $@

.venv/test.stamp: .venv/bin/python pyproject.toml # modules are compiled when they are first imported: few ever are
	$(BIN)/python -m pip install -q --no-compile -e '.[test]'
	@touch $@

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
