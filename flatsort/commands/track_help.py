"""The notes and examples at the end of `python tools/track.py --help`."""

from flatsort.commands.options import DETECTORS

EPILOG = f"""\
sources (SOURCE or --source):
  walk.mp4             a video file that FFmpeg can read
  photos/              a folder of images, in natural order of their names
  0                    a camera, by its number
  rtsp://, http://     a stream, or a video behind a URL
  MOT16-02, FOLDER     a MOTChallenge sequence, as with --seq
  From a camera or stream, the tracker always takes the newest frame. Frames that come while the
  tracker is busy are dropped.

several sources (SOURCE SOURCE ..., or --sources FILE):
  All are tracked at the same time, in one process. They share the networks, and each has a tracker
  and files of its own, equal to those of a run with this source alone. If one fails, the others go
  on; at the end, the command lists the failures, and its status is 2. Their names must differ.
  Boxes of other programs come from one file each: in --detector file:boxes/{{name}}.txt, {{name}}
  stands for the name of the source. --sources FILE names one source per line, as on the command
  line; lines that begin with # are comments.

parts of footage (--start, --end):
  90, 90s              seconds since the first frame
  1:30, 0:01:30        minutes and seconds; hours, minutes and seconds
  2250f                a frame by its number, from 1
  --start 10 --end 20 tracks the frames of ten seconds; with 20f, frame 20 is the last one. A camera
  has no --start; its --end counts from its first frame.

detectors (--detector):
{DETECTORS}
descriptors (--descriptor):
  none                 no appearance: SORT or FlatSORT; needs no images
  histogram            hue-saturation histograms of horizontal strips
  fmvae, vhpvae        weights/NAME.safetensors, trained without labels
  FILE.safetensors     your own weights, see tools/train_descriptor.py
  onnx:FILE            any re-identification network; the file gives the input size, and crops are
                       normalised as for ImageNet; for other settings, give
                       onnx:FILE,size=256x128,norm=unit,colour=bgr
                       (norm: imagenet, unit, symmetric, bytes); channels may come first or last;
                       a file written by tools/export_onnx.py needs no settings
  features:FILE.npy    precomputed features in DeepSORT's N x (10 + D) format; FILE.npy may lie in
                       the sequence's det/

camera movements (--camera-motion):
  FILE has one row "frame a b tx c d ty" per frame, the first frame being 0: the point (x, y) of the
  frame before is at (a x + b y + tx, c x + d y + ty), in pixels. A folder stands for its NAME.txt,
  for example MOT16-02.txt. Files of BoT-SORT and UCMCTrack have this format.

If you stop a run of --source, by Ctrl-C or by q in its window, its files are whole and hold the
frames so far. If you stop a run of --seq, it writes no files. Ctrl-C ends the command with status
130.

examples:
  # your own video: find people, track them and write a film
  python tools/track.py walk.mp4 --descriptor fmvae-track-unseen --video out.mp4

  # a camera in a window, and its tracks as a table
  python tools/track.py 0 --descriptor fmvae-track-unseen --show --also csv

  # four cameras at the same time, each with its film in the folder films
  python tools/track.py --sources cameras.txt --descriptor fmvae-track-unseen --video films

  # half a minute of a long recording, every second frame, and only people in the lower half
  python tools/track.py walk.mp4 --start 12:00 --end 12:30 --every 2 --region 0,360,1280,720

  # say what a run would read and write, without running
  python tools/track.py walk.mp4 --descriptor fmvae-track-unseen --video out.mp4 --dry-run

  # count people at a door; the film and the window show the counts, the record keeps them
  python tools/track.py --source walk.mp4 --detector hog --descriptor fmvae \\
      --line door=100,400,600,400 --video out.mp4

  # cars and buses; each track has a class, in every file and in the film
  python tools/track.py traffic.mp4 --classes car bus truck --preset flatsort \\
      --also csv --video out.mp4

  # horses and dogs
  python tools/track.py paddock.mp4 --classes horse dog --preset flatsort --video out.mp4

  # your own detection network
  python tools/track.py --source rtsp://camera.local/1 --detector onnx:yolo11n.onnx \\
      --classes car bus --preset flatsort --descriptor histogram

  # boxes that people drew in CVAT; the tracks for CVAT, and for training a YOLO network
  python tools/track.py walk.mp4 --detector file:annotations.xml --also cvat yolo

  # the built-in sequence, rendered on first use
  python tools/track.py --descriptor fmvae --video videos/scene.mp4

  # a sequence of MOT16 with its public detections, then the whole training set
  python tools/track.py --seq MOT16-02 --descriptor fmvae
  python tools/track.py --seq all --descriptor none

  # the boxes of another detector, from the sequence's det/
  python tools/track.py --seq MOT16-09 --detections yolox.txt --min-confidence 0.4

  # the same boxes by FlatSORT: no images needed, the camera may move
  python tools/track.py --seq MOT16-09 --detections yolox.txt --preset flatsort

  # a recording: who is who is decided after the last frame
  python tools/track.py walk.mp4 --descriptor fmvae-track-unseen --offline --video out.mp4

  # the same with a descriptor that first learns from the recording for three minutes
  python tools/track.py --source walk.mp4 --detector hog --adapt 3 --offline --video out.mp4

  # score the results
  python tools/eval_mot.py
"""
