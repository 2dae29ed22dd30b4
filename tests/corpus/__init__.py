"""Files that are hostile, broken or good, made by a script."""
