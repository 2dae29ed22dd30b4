"""Module -> cost table, counted on meta tensors; latency, measured."""
