"""Cost table + coupled groups + ratios -> predicted cost table. No torch."""

from penjing.whatif.allocation import allocate
from penjing.whatif.prediction import predict

__all__ = ["allocate", "predict"]
