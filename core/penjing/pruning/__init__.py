"""Criteria, coupled groups, and removal of channels."""
