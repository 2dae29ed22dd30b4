"""Step 2, Decide: facts, the document's decision, needs and budgets, considerations, and a plan."""
