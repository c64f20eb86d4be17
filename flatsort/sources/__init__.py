"""Sources of frames: sequences, videos, folders of images, cameras and streams."""
