"""Facts + rules + device -> recommendation with its reasons. No torch."""
