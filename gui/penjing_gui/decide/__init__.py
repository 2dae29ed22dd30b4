"""Step 2, Decide: which technique, and why."""
