"""Cost table + coupled groups + ratios -> predicted cost table. No torch."""
