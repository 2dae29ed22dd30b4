"""The window. No torch anywhere in here, not even through `penjing`."""
