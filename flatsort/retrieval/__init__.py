"""Finding the tracks of one person among those of many cameras."""
