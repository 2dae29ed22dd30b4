"""Opens every recipe of the data corpus in this process, and writes down what runs meanwhile. A script for a child.

`python data_open.py REQUEST.json REPLY.json`: the request is a list of `[name, recipe]`. Files may be written into
Penjing's home alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True

import datasets  # noqa: E402, F401 - before the watch: imports read and map files of their own
import pandas  # noqa: E402, F401
import psutil  # noqa: E402
import pyarrow.parquet  # noqa: E402, F401
import torch  # noqa: E402
import transformers.models.auto.tokenization_auto  # noqa: E402, F401

from corpus.watching import Watch  # noqa: E402
from penjing.data.open import open_data  # noqa: E402
from penjing.data.summary import summary  # noqa: E402
from penjing.spec.messages import Failure  # noqa: E402
from penjing.spec.recipe import DataRecipe  # noqa: E402
from penjing.spec.references import InputSpec  # noqa: E402

torch.set_num_threads(1)
watch = Watch(Path(os.environ["PENJING_HOME"]))


def outcome(recipe: dict[str, Any]) -> dict[str, Any]:
    """How one recipe opens, with what a reader is shown of it."""
    try:
        asked = DataRecipe(**recipe)
        data = open_data(asked)
        if data.kind == "text":
            data = data.for_model((InputSpec((8,), "int64"),), None)
        found = summary(data, asked, None)
    except Failure as failure:
        return failure.to_json()
    skipped = sorted(one["path"] for one in found["skipped"])  # the reasons are Pillow's own words
    return {"opens": data.kind, "sizes": found["sizes"], "skipped": skipped}


def main() -> None:
    """Open what the request lists."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.addaudithook(watch)
    found, seconds = {}, {}
    before = psutil.Process().memory_info().rss
    for name, recipe in request:
        began = time.process_time()
        watch.current = name
        found[name] = outcome(recipe)
        watch.current = ""
        seconds[name] = time.process_time() - began
    reply = {"outcomes": found, "executions": watch.seen, "seconds": seconds, "memory": _highest() - before}
    Path(sys.argv[2]).write_text(json.dumps(reply, ensure_ascii=False), encoding="utf-8")


def _highest() -> int:
    """The most memory that this process has had, in bytes; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return 0


if __name__ == "__main__":
    main()
