"""`python tests/corpus/record.py` writes `expected.json` anew: read the difference before it is kept."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from corpus.outcomes import EXPECTED, outcomes


def main() -> None:
    """Write what the corpus comes to today."""
    with tempfile.TemporaryDirectory() as folder:
        found = outcomes(Path(folder))
    assert found["executions"] == [] and found["canaries"] == [], found
    kept = json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else {}
    # What cannot be made here (a file that root cannot read) stays as it was.
    text = json.dumps({**kept, **found["outcomes"]}, ensure_ascii=False, indent=1)
    EXPECTED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
