"""Run folders, workers and the catalogue: composes everything below it."""
