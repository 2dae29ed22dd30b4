"""The lint of the window's translations finds what it is there to find."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, working on copies of the translations and on sources of the test's own."""
    spec = importlib.util.spec_from_file_location("translations_tool", ROOT / "packaging" / "translations.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if shutil.which(module._tool("pyside6-lupdate")) is None:
        pytest.skip("the Qt translation tools are not installed")
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "one.py").write_text(
        "from PySide6.QtCore import QObject\n\n\nclass One(QObject):\n    def say(self) -> None:\n"
        '        self.tr("Open {name}")\n        self.tr("%n layer(s)", "", 3)\n',
        encoding="utf-8",
    )
    folder = tmp_path / "translations"
    for name, value in {
        "ROOT": tmp_path,
        "SOURCES": sources,
        "FOLDER": folder,
        "TS": folder / "penjing_zh_CN.ts",
        "QM": folder / "penjing_zh_CN.qm",
        "ENGLISH_TS": folder / "penjing_en.ts",
        "ENGLISH_QM": folder / "penjing_en.qm",
    }.items():
        monkeypatch.setattr(module, name, value)
    module.update()
    return module


def merge(tool: ModuleType, tmp_path: Path, texts: dict[str, str]) -> None:
    file = tmp_path / "zh.json"
    file.write_text(json.dumps({"One": texts}), encoding="utf-8")
    tool.merge([str(file)])


def test_from_unfinished_to_clean(tool: ModuleType, tmp_path: Path) -> None:
    assert sum("unfinished" in line for line in tool.problems()) == 2, (
        "both Chinese texts; English made its plurals"
    )
    merge(tool, tmp_path, {"Open {name}": "打开 {name}", "%n layer(s)": "%n 层"})
    assert tool.problems() == []


def test_what_it_finds(tool: ModuleType, tmp_path: Path) -> None:
    merge(tool, tmp_path, {"Open {name}": "打开 {nmae}", "%n layer(s)": "%n 层"})
    assert [line for line in tool.problems() if "braces differ" in line]
    merge(tool, tmp_path, {"Open {name}": "打开 {name}"})
    tool.TS.write_text(tool.TS.read_text(encoding="utf-8").replace("打开", "开"), encoding="utf-8")
    assert [line for line in tool.problems() if "was not compiled" in line]
    tool.release()
    source = tool.SOURCES / "one.py"
    source.write_text(
        source.read_text(encoding="utf-8").replace("Open {name}", "Close {name}"), encoding="utf-8"
    )
    lines = tool.problems()
    assert any("lacks One: 'Close {name}'" in line for line in lines)
    assert any("has what is gone, One: 'Open {name}'" in line for line in lines)


def test_a_compiled_file_is_replaced_whole(tool: ModuleType, tmp_path: Path) -> None:
    """A running window has the old file mapped: it must not change under it."""
    before = tool.QM.read_bytes()
    with tool.QM.open("rb") as held:
        merge(tool, tmp_path, {"Open {name}": "打开 {name}", "%n layer(s)": "%n 层"})
        assert tool.QM.read_bytes() != before
        assert held.read() == before
    assert sorted(one.name for one in tool.FOLDER.iterdir()) == sorted(
        one.name for one in (tool.TS, tool.QM, tool.ENGLISH_TS, tool.ENGLISH_QM)
    )
