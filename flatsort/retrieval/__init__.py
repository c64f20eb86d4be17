"""Find the tracks of one person among the tracks of many cameras."""
