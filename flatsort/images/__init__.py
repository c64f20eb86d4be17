"""Pictures: reading, cutting out people, drawing tracks, encoding video."""
