"""Data reference -> train, validation and test splits with their transforms."""
