# Two commands from a fresh machine with Python 3.11: `make demo`, `make test`.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
MOT_ROOT := $(or $(MOT16_ROOT),data/MOT16)

.PHONY: demo test lint table2 picture clean help

help:
	@echo "make demo     set up, render the built-in sequence, track it, score it, film it"
	@echo "make test     set up, run all tests"
	@echo "make lint     ruff"
	@echo "make table2   the paper's Table 2 beside ours, on the MOT16 sequences at hand"
	@echo "make picture  the README's picture, from the demo's film"
	@echo "make clean    remove the environment, results and films"

# The stamp is newer than what it was installed from, or pip runs again.
$(VENV)/installed: requirements.txt requirements-dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

demo: $(VENV)/installed
	$(BIN)/python tools/track.py --descriptor none --video videos/scene-none.mp4
	$(BIN)/python tools/track.py --descriptor fmvae --video videos/scene-fmvae.mp4
	$(BIN)/python tools/eval_mot.py --seq scene --tracker none fmvae
	@echo "films: videos/scene-none.mp4 videos/scene-fmvae.mp4"

test: $(VENV)/installed
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check

table2: $(VENV)/installed
	$(BIN)/python tools/table2.py --mot-root $(MOT_ROOT)

clean:
	rm -rf $(VENV) results videos data/scene
