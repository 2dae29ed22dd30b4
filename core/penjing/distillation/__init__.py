"""Losses and student builders."""
