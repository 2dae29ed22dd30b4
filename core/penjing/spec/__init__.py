"""Plain data shared by every part: recipes, journal events, cost tables, results, messages.

Nothing here imports torch or Qt, so the window can read everything a run writes.
"""
