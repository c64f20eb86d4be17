"""Pictures: image files, crops of people, drawn tracks and encoded video."""
