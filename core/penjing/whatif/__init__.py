"""Cost table + coupled groups + ratios -> predicted cost table. No torch."""

from penjing.whatif.allocate import allocate
from penjing.whatif.predict import predict

__all__ = ["allocate", "predict"]
