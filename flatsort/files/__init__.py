"""Files and folders: MOTChallenge sequences, boxes and results, atomic writes, downloads."""
