"""Where frames come from: sequences, videos, folders of images, cameras, streams."""
