"""Model reference -> module, input spec, and where it came from; formats and trust."""
