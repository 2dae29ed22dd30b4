"""Artefacts, their proof in a fresh process, and the report."""
