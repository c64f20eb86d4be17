# Two commands from a fresh machine with Python 3.11: `make demo`, `make test`.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint table2 results clean

help:
	@echo "make demo     set up, render the built-in sequence, track it, score it, film it"
	@echo "make test     set up, run all tests"
	@echo "make lint     ruff"
	@echo "make table2   the paper's Table 2 beside ours, into docs/table2.md (needs MOT16)"
	@echo "make results  all tables and the picture of README and docs (needs MOT16 and det/yolox.txt)"
	@echo "make clean    remove the environment, results and films"

# The stamp is newer than what it was installed from, or pip runs again.
$(VENV)/installed: requirements.txt requirements-dev.txt pyproject.toml
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

demo: $(VENV)/installed
	$(BIN)/python tools/make_scene.py
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
	$(BIN)/python tools/table2.py

results: demo table2
	$(BIN)/python tools/eval_mot.py --seq scene --tracker none fmvae --markdown docs/scene.md
	$(BIN)/python tools/overlay.py --seq scene --results results/fmvae/scene.txt --frame 325 \
		--image docs/overlay.jpg
	$(BIN)/python tools/track.py --seq all --descriptor none \
		--detections yolox.txt --min-confidence 0.4 --tracker SORT
	$(BIN)/python tools/eval_mot.py --seq all --tracker SORT \
		--markdown docs/sort.md
	$(BIN)/python tools/update_readme.py

clean:
	rm -rf $(VENV) results videos data/scene
