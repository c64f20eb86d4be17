# A fresh machine with Python 3.11 needs two commands: `make demo` and `make test`.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

# The footage on which the shipped weights are trained: one whole sequence, and clips of others.
MOT16_ROOT ?= data/MOT16
CLIPS ?= $(sort $(wildcard $(MOT16_ROOT)/../clips/*))
SEEN := $(MOT16_ROOT)/train/MOT16-09 $(CLIPS)
TRAIN := OMP_NUM_THREADS=1 $(BIN)/python tools/train_descriptor.py --detections yolox.txt --bfloat16 --threads 1
# ONNX file of a supervised network: it adds one row to Table 2 and to the report.
REID_ONNX ?=
# YOLOX-nano as ONNX file: it adds its boxes of MOT16-09 to the benchmark.
DETECTOR ?=
# `make readme` runs commands that need these resources only where they are named: data machine hours.
ALLOW ?=
# Results of other trackers, for the benchmark of scoring: FOREIGN/NAME/SEQ.txt.
FOREIGN ?= $(MOT16_ROOT)/../results
# The camera's movements in each sequence, MOVEMENTS/SEQ.txt: frame a b tx c d ty.
MOVEMENTS ?= $(MOT16_ROOT)/../gmc
# CMU's motion files, and MNIST as .npz. Without a path, `make flatness` downloads them.
MOTION ?=
MNIST ?=

.PHONY: help demo test coverage fuzz lint audit weights seeds report table2 search sizes vgg16 flatness bench accuracy galleries evidence docs readme results clean

help:
	@echo "make demo     install, render the built-in street, track it twice, score and film both runs"
	@echo "make test     install, run all tests"
	@echo "make coverage run all tests, and list the files of which they run least"
	@echo "make fuzz     attack with damaged files, random crowds, kills and full disks, for five minutes or HOURS=n, JOBS=n at a time"
	@echo "make lint     check the code with ruff, and the types of tracker/ and reid_vae/ with mypy"
	@echo "make audit    look for known vulnerabilities of the installed packages"
	@echo "make weights  train the shipped weights again (needs MOT16 and det/yolox.txt, and PEOPLE for strangers; -j2 trains two at a time)"
	@echo "make seeds    train the three main weights with two more seeds, into runs/seeds"
	@echo "make report   measure the descriptors on MOT16-09, into docs/descriptors"
	@echo "make table2   write the paper's Table 2 beside ours, into docs/table2.md (needs MOT16)"
	@echo "make search   measure the search for people's other tracks, into docs/search.md (needs MOT16 and CLIPS)"
	@echo "make sizes    compare latent sizes from 4 to 128, into docs/latent-sizes.md"
	@echo "make vgg16    train the paper's network of crops at three beta, into docs/vgg16.md"
	@echo "make flatness run the paper's experiments on latent spaces, into docs/flatness"
	@echo "make bench    measure speed beside other projects, into benchmarks/results (needs MOT16, det/yolox.txt and FOREIGN)"
	@echo "make accuracy compare trackers in accuracy and cost, into docs/benchmark.md (needs MOT16 and det/yolox.txt)"
	@echo "make galleries measure the search among up to ten million boxes, into docs/galleries.md (needs MOT16, CLIPS and 25 GB)"
	@echo "make evidence compare the descriptors of Table 2 over many recordings and trainings, into docs/evidence.md (takes hours)"
	@echo "make docs     write the parts of README and docs/ that come from files and from --help, and docs/choosing.md"
	@echo "make readme   run every command of README in a fresh clone (takes an hour; ALLOW='data machine hours' runs more)"
	@echo "make results  write all tables and pictures of README and docs/ (needs MOT16 and det/yolox.txt)"
	@echo "make clean    remove the environment, results and videos"

# pip runs again when one of these files is newer than the stamp.
$(VENV)/installed: requirements.txt requirements-dev.txt pyproject.toml
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m flatsort.compile_ahead
	touch $@

demo: $(VENV)/installed
	$(BIN)/python tools/make_scene.py
	$(BIN)/python tools/track.py --descriptor none --video videos/scene-none.mp4
	$(BIN)/python tools/track.py --descriptor fmvae --video videos/scene-fmvae.mp4
	$(BIN)/python tools/eval_mot.py --seq scene --tracker none fmvae --columns Purity
	@echo "films: videos/scene-none.mp4 videos/scene-fmvae.mp4"

test: $(VENV)/installed
	$(BIN)/python -m pytest -n auto

# On Python 3.11 tracing makes the tests a third slower, so `make test` does without. Shown are the
# twenty files with the least coverage.
coverage: $(VENV)/installed
	$(BIN)/python -m pytest -n auto --cov --cov-report=
	@$(BIN)/coverage report | sed -n '1,22p;/^TOTAL/p'

# An hour also writes docs/reliability.md.
fuzz: $(VENV)/installed
	$(BIN)/python -m tests.attack $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS)) $(if $(HOURS),--hours $(HOURS) --page docs/reliability.md)

lint: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

audit: $(VENV)/installed
	$(BIN)/python -m tests.audit

WEIGHTS := vhpvae fmvae-300 fmvae fmvae-track vhpvae-unseen fmvae-unseen fmvae-track-unseen
# The paper's objective and the network `slim`; fmvae-track has the network `small`.
PAPER := --architecture slim --steps 4500
OPTIONS_vhpvae := $(PAPER) --beta 0 --start pytorch
OPTIONS_fmvae-300 := $(PAPER) --beta 300 --start principal
OPTIONS_fmvae := $(PAPER) --start principal
OPTIONS_fmvae-track := --covariance nuisance --start principal
SEEDED := $(foreach name,vhpvae fmvae fmvae-track,$(name)-seed1 $(name)-seed2)

# The principal subspaces of the crops of both families.
PCA := pca pca-unseen
FIT := $(BIN)/python tools/fit_pca.py --detections yolox.txt

# Few latents, a curved and flat decoder; docs/latent-sizes.md compares other numbers of latents.
CURVED := --architecture curved --latent-size 10 --kappa 0.55 --hold-out-late 0.2

weights: $(WEIGHTS:%=weights/%) $(PCA:%=weights/%) weights/curved-10 $(if $(PEOPLE),weights/strangers)
seeds: $(SEEDED:%=seeds/%)

weights/pca: $(VENV)/installed
	$(FIT) --name pca --seq $(SEEN)

weights/pca-unseen: $(VENV)/installed
	$(FIT) --name pca-unseen --seq $(CLIPS)

weights/curved-10: $(VENV)/installed
	$(TRAIN) --name curved-10 --seq $(SEEN) $(CURVED)

# Pictures of people of other cameras, whom nobody named.
PEOPLE ?= $(wildcard $(MOT16_ROOT)/../reid/market_unlabelled.tar)

weights/strangers: $(VENV)/installed
	$(TRAIN) --name strangers --seq $(CLIPS) --crops $(PEOPLE) --architecture strangers --covariance nuisance

weights/%-unseen: $(VENV)/installed
	$(TRAIN) --name $*-unseen --seq $(CLIPS) --abroad $(OPTIONS_$*)

weights/%: $(VENV)/installed
	$(TRAIN) --name $* --seq $(SEEN) $(OPTIONS_$*)

seeds/%-seed1: $(VENV)/installed
	$(TRAIN) --name $*-seed1 --seq $(SEEN) $(OPTIONS_$*) --seed 1 --out runs/seeds

seeds/%-seed2: $(VENV)/installed
	$(TRAIN) --name $*-seed2 --seq $(SEEN) $(OPTIONS_$*) --seed 2 --out runs/seeds

report: $(VENV)/installed
	$(BIN)/python tools/descriptor_report.py --seq MOT16-09 --detections yolox.txt --out docs/descriptors \
		--descriptor histogram $(PCA) $(WEIGHTS) strangers curved-10 $(sort $(wildcard runs/seeds/*.safetensors)) \
		$(if $(REID_ONNX),onnx:$(REID_ONNX))

# requirements-bench.txt lists the other projects. Run nothing else meanwhile.
bench: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m benchmarks.association
	$(BIN)/python -m benchmarks.first_run
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.descriptor $(if $(REID_ONNX),--osnet $(REID_ONNX))
	$(BIN)/python -m benchmarks.training
	$(if $(and $(STREET),$(DETECTOR)),$(BIN)/python -m benchmarks.streams --video $(STREET) --detector onnx:$(DETECTOR))
	$(if $(wildcard $(FOREIGN)/*),OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.scoring --results $(FOREIGN) \
		--tracker $(notdir $(wildcard $(FOREIGN)/*)),@echo "$(FOREIGN) has no results of other trackers: scoring is not measured")

# norfair and boxmot ask for older packages than ours, but run with ours.
accuracy: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps norfair~=2.3 boxmot~=25.0 loguru~=0.7
	$(BIN)/python -m benchmarks.accuracy $(if $(DETECTOR),--detector $(DETECTOR))

# An hour, 25 GB of disk. Stopped runs go on where they were.
galleries: $(VENV)/installed
	$(BIN)/python -m benchmarks.galleries --clips $(CLIPS)

# The trainings take hours; the comparison goes on from their weights.
evidence: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m benchmarks.evidence_training --jobs 2
	$(BIN)/python -m benchmarks.evidence --jobs 2 $(if $(DETECTOR),--detector $(DETECTOR)) \
		$(if $(REID_ONNX),--osnet $(REID_ONNX))

table2: $(VENV)/installed
	$(BIN)/python tools/table2.py $(if $(REID_ONNX),--onnx $(REID_ONNX))

# The descriptors are compared on SORT's tracks, because no descriptor influenced them.
SEARCHED := fmvae-track fmvae-track-unseen fmvae fmvae-unseen vhpvae $(PCA) histogram $(if $(REID_ONNX),onnx:$(REID_ONNX))

search: demo
	for seq in $(SEEN); do $(BIN)/python tools/track.py --seq $$seq --detections yolox.txt \
		--min-confidence 0.4 --tracker search || exit; done
	for name in $(SEARCHED); do $(BIN)/python tools/search.py index --descriptor $$name \
		--results $(foreach seq,$(SEEN),results/search/$(notdir $(seq)).txt) \
		--out runs/search/$$(basename $$name).npz || exit; done
	$(BIN)/python tools/search.py evaluate --markdown docs/search.md \
		--index $(foreach name,$(SEARCHED),runs/search/$(notdir $(name)).npz)
	$(BIN)/python tools/search.py index --results results/none/scene.txt \
		--descriptor fmvae-track-unseen --out runs/search/scene.npz
	$(BIN)/python tools/search.py query --index runs/search/scene.npz --track scene:1 --top 11 \
		--out docs/search.jpg

sizes: $(VENV)/installed
	$(BIN)/python tools/latent_sizes.py --clips $(CLIPS) --detections yolox.txt

vgg16: $(VENV)/installed
	$(BIN)/python tools/vgg16.py --seq $(SEEN) --detections yolox.txt

flatness: $(VENV)/installed
	$(BIN)/python tools/flatness.py all $(if $(MOTION),--motion $(MOTION)) $(if $(MNIST),--mnist $(MNIST))

# The table of descriptors comes from the files of weights, report, bench, accuracy and evidence.
docs: $(VENV)/installed
	$(BIN)/python -m benchmarks.choosing
	$(BIN)/python tools/command_reference.py
	$(BIN)/python tools/update_pages.py

readme: $(VENV)/installed
	$(BIN)/python -m tests.readme $(if $(wildcard $(MOT16_ROOT)),--mot-root $(MOT16_ROOT)) $(if $(ALLOW),--allow $(ALLOW))

results: demo report table2 search
	$(BIN)/python tools/eval_mot.py --seq scene --tracker none fmvae --columns Purity \
		--markdown docs/scene.md
	$(BIN)/python tools/overlay.py --seq scene --results results/fmvae/scene.txt --frame 325 \
		--image docs/overlay.jpg
	$(BIN)/python tools/compare_tracks.py --seq scene --tracker none fmvae --top 2 \
		--out docs/switches.jpg
	$(BIN)/python tools/track.py --seq all --descriptor none \
		--detections yolox.txt --min-confidence 0.4 --tracker SORT
	$(BIN)/python tools/track.py --seq all --preset flatsort \
		--detections yolox.txt --tracker FlatSORT
	$(BIN)/python tools/eval_mot.py --seq all --tracker SORT FlatSORT --columns Purity \
		--markdown docs/sort.md
	for boxes in yolox det; do \
		$(BIN)/python tools/track.py --seq all --detections $$boxes.txt --preset sort \
			--tracker sort-$$boxes && \
		$(BIN)/python tools/track.py --seq all --detections $$boxes.txt --preset flatsort \
			--camera-motion none --tracker flatsort-still-$$boxes && \
		$(BIN)/python tools/track.py --seq all --detections $$boxes.txt --preset flatsort \
			--tracker flatsort-$$boxes || exit; done
	$(BIN)/python tools/eval_mot.py --seq all --tracker sort-yolox flatsort-still-yolox flatsort-yolox \
		sort-det flatsort-still-det flatsort-det --columns Purity --markdown docs/presets.md
	$(if $(wildcard $(MOVEMENTS)/*.txt),$(BIN)/python -m benchmarks.camera_motion --movements $(MOVEMENTS),\
		@echo "$(MOVEMENTS) has no movements of the camera: docs/camera_motion.md stays as it is")
	$(BIN)/python -m benchmarks.scenes
	$(BIN)/python -m benchmarks.counting $(if $(STREET),--video $(STREET) --detector $(DETECTOR))
	$(if $(wildcard runs/benchmark/*),$(BIN)/python -m benchmarks.linking $(if $(DETECTOR),--detector $(DETECTOR)),\
		@echo "runs/benchmark has no results of other trackers (make accuracy): docs/linking.md stays as it is")
	$(BIN)/python -m benchmarks.thresholds $(if $(DETECTOR),--detector $(DETECTOR))
	$(BIN)/python -m benchmarks.verdict $(if $(DETECTOR),--detector $(DETECTOR)) $(if $(REID_ONNX),--reid $(REID_ONNX))
	$(BIN)/python -m benchmarks.choosing
	$(BIN)/python tools/update_pages.py

clean:
	rm -rf $(VENV) results videos data/scene
