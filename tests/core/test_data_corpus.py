"""The corpus of hostile and broken data: nothing runs, nothing is left half-written, and each says what it has to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus import data_make
from corpus.data_outcomes import EXPECTED, outcomes
from corpus.data_register import good_set
from penjing_resources.messages import LANGUAGES, parts

NAMES = sorted({"good", *data_make.DATA})
TABLE: dict[str, dict[str, Any]] = json.loads(EXPECTED.read_text(encoding="utf-8"))
# Hostile beside what is read: the data are sound, and are opened.
HARMLESS = {
    "good", "pictures", "nul.csv", "metadata.parquet", "nested.parquet", "extension.parquet", "set_script",
    "set_extension", "tokenizer_template",
}  # fmt: skip
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and devices are POSIX's")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return outcomes(tmp_path_factory.mktemp("data"))


def test_nothing_runs(found: dict[str, Any]) -> None:
    assert found["executions"] == []
    assert found["canaries"] == []


def test_nothing_is_changed_or_left_half_written(found: dict[str, Any]) -> None:
    assert found["changed"] == []
    assert found["library"] == []
    kept = [one for one in found["left"] if one.startswith(("home/splits/", "home/cache/pictures-"))]
    assert kept == found["left"]
    assert all(one.endswith((".npz", ".json")) for one in kept)


def test_time_and_memory_are_bounded(found: dict[str, Any]) -> None:
    assert max(found["seconds"].values()) < 30  # of computing; none takes more than one on a machine at rest
    assert found["memory"] < 2**30


@pytest.mark.parametrize("name", NAMES)
def test_each_comes_to_what_the_table_says(name: str, found: dict[str, Any]) -> None:
    outcome = found["outcomes"][name]
    assert outcome == TABLE[name]
    assert ("opens" in outcome) == (name in HARMLESS)
    if "code" in outcome:
        assert outcome["exit_code"] == 2
        for language in LANGUAGES:
            assert all(parts(outcome["code"], outcome["params"], language))


SLOW = """
import sys, time
from pathlib import Path
import numpy as np
from penjing.data import text_tokens
from penjing.spec.messages import Failure

class Endless:
    def no_padding(self): pass
    def enable_truncation(self, length): pass
    def encode_batch(self, texts): time.sleep(3600)

text_tokens.PATIENCE = 0.2
try:
    text_tokens.Encoder(Endless()).rows(["a text"], 4, 4)
except Failure as failure:
    print(failure.message.code)
"""


def test_a_tokenizer_without_end_is_given_up(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SLOW], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=True
    )
    assert done.stdout.split() == ["data.tokenizer_slow"]


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    from penjing.data import saved_folder

    good_set(tmp_path / "set")
    file = next((tmp_path / "set").glob("*.arrow"))
    file.rename(tmp_path / "set" / "moved")
    file.symlink_to("moved")
    saved_folder.check(tmp_path / "set")
