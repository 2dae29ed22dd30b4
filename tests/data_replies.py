"""What the session worker answers of data sets, recorded, for tests of the data page."""

from __future__ import annotations

from typing import Any

PICTURES: dict[str, Any] = {
    "reference": "/data/letters",
    "kind": "pictures",
    "task": "classification",
    "labelled": True,
    "classes": 3,
    "class_names": ["A", "B", "C"],
    "input": [],
    "sizes": {"train": 210, "validation": 45, "test": 45},
    "fingerprint": "9f4c21ab77e0134a",
    "balance": {"train": [100, 80, 30], "validation": [20, 17, 8], "test": [20, 17, 8]},
    "target": None,
    "columns": [],
    "samples": [
        {"split": "train", "index": 7, "label": "A", "text": None, "row": None, "picture": "a.png"},
        {"split": "train", "index": 130, "label": "B", "text": None, "row": None, "picture": "missing.png"},
    ],
    "skipped": [{"path": "A/broken.png", "problem": "cannot identify image file"}],
    "warnings": [
        {
            "code": "data.skipped",
            "params": {"count": 1, "total": 301, "path": "A/broken.png", "problem": "not a picture"},
        },
        {
            "code": "data.imbalanced",
            "params": {"most": "A", "most_count": 100, "least": "C", "least_count": 30},
        },
        {"code": "data.output_does_not_fit", "params": {"outputs": 10, "wanted": 3, "classes": 3}},
    ],
    "preprocessing": {"size": [64, 48], "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.2, 0.2]},
}

_COLUMNS = [
    {"name": "age", "kind": "number", "missing": 2, "distinct": 70, "mean": 41.5, "std": 12.25, "min": 18, "max": 90},
    {"name": "town", "kind": "category", "missing": 0, "distinct": 3, "categories": ["X", "Y", "Z"]},
    {"name": "id", "kind": "ignore", "missing": 0, "distinct": 300},
    {"name": "bought", "kind": "target", "missing": 0, "distinct": 2, "categories": ["no", "yes"]},
]  # fmt: skip

TABLE: dict[str, Any] = {
    **PICTURES,
    "reference": "/data/people.csv",
    "kind": "table",
    "classes": 2,
    "class_names": ["no", "yes"],
    "input": [{"shape": [4], "dtype": "float32"}],
    "balance": {"train": [150, 60], "validation": [30, 15], "test": [30, 15]},
    "columns": _COLUMNS,
    "samples": [
        {"split": "train", "index": 0, "label": "no", "row": {"age": 33, "town": "X", "id": 1}},
        {"split": "train", "index": 1, "label": "yes", "row": {"age": None, "town": "Z", "id": 2}},
    ],
    "skipped": [],
    "warnings": [],
    "preprocessing": None,
}

REGRESSION: dict[str, Any] = {
    **TABLE,
    "task": "regression",
    "classes": None,
    "class_names": [],
    "balance": {},
    "target": {
        "min": 25.0,
        "max": 346.0,
        "mean": 152.0,
        "std": 77.0,
        "histogram": {"edges": [25.0, 132.0, 239.0, 346.0], "counts": [90, 70, 50]},
    },
}

TEXT: dict[str, Any] = {
    **PICTURES,
    "reference": "hf:/data/reviews",
    "kind": "text",
    "classes": 2,
    "class_names": ["bad", "good"],
    "balance": {"train": [105, 105], "validation": [22, 23], "test": [22, 23]},
    "samples": [
        {"split": "train", "index": 4, "label": "good", "text": "Worth it for the last scene alone."}
    ],
    "skipped": [],
    "warnings": [],
    "preprocessing": None,
}
