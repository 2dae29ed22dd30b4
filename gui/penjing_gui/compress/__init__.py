"""Step 3, Compress: run it, live."""
