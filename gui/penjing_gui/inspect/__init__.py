"""Step 1, Inspect: what every layer costs."""
