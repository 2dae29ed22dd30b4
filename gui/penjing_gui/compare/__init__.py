"""Step 4, Compare: what was gained, what was lost, export, prove."""
