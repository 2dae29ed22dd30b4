"""Take the pictures of the README: the real window, offscreen, through its four steps on the sample.

Each language is a window of its own (a process each), which goes the way a person goes: it opens the sample, takes
the plan, starts it, waits for it, verifies the artefacts. At each step it is photographed in light and dark, as
`docs/images/STEP-light.png`, `STEP-dark.png`, and for Chinese `STEP-zh-light.png`, `STEP-zh-dark.png`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SUFFIXES = {"en": "", "zh_CN": "-zh"}
COMPRESS_AT = 55  # percent of the run at which step 3 is photographed
PATIENCE = 300.0


def photograph(language: str, images: Path) -> None:
    """Go through the four steps in one language."""
    from PySide6.QtCore import QEventLoop, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    from penjing_gui import theme as themes
    from penjing_gui import translations
    from penjing_gui.compare.page import ComparePage
    from penjing_gui.compress.page import CompressPage
    from penjing_gui.decide.page import DecidePage
    from penjing_gui.main_window import MainWindow
    from penjing_gui.settings import Settings
    from penjing_gui.state import Workbench

    app = QApplication(["penjing"])
    translations.install(app, language)
    themes.apply(app, themes.LIGHT)
    bench = Workbench(theme=themes.LIGHT, language=language)
    window = MainWindow(bench, Settings(theme="light", language=language))
    decide, compress, compare = window.pages[1:]
    assert isinstance(decide, DecidePage)
    assert isinstance(compress, CompressPage)
    assert isinstance(compare, ComparePage)

    def settle(seconds: float) -> None:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def wait(condition: Callable[[], object], what: str) -> None:
        limit = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > limit:
                raise TimeoutError(what)
            settle(0.05)

    def click(widget: QWidget) -> None:
        wait(widget.isEnabled, f"{widget.accessibleName()} can be clicked")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def picture(step: str) -> None:
        for theme in ("light", "dark"):
            bench.set_theme(theme)
            settle(0.6)
            path = images / f"{step}{SUFFIXES[language]}-{theme}.png"
            window.grab().save(str(path), "PNG")
        bench.set_theme("light")

    try:
        window.resize(1440, 900)
        window.show()
        window.open_sample()
        wait(lambda: bench.groups_known, "the sample is open")
        table = bench.table
        assert table is not None
        bench.select(max(table.rows, key=lambda row: row.macs or 0).name)
        settle(1.5)
        picture("inspect")

        window.show_decide()
        drop = next(field for field in decide.strip.fields if field.limit == "max_accuracy_drop")
        drop.setFocus()
        QTest.keyClicks(drop, "1")
        wait(lambda: decide.advice is not None and decide.plan_card.use.isEnabled(), "the advice is there")
        settle(1.0)
        picture("decide")

        click(decide.plan_card.use)
        wait(lambda: bench.plan is not None, "the plan is taken")
        window.show_compress()
        settle(0.5)
        click(compress.recipe.outcome.button)
        wait(
            lambda: (view := bench.run_view) and (view.percent >= COMPRESS_AT or view.ended),
            "the run goes on",
        )
        picture("compress")
        wait(lambda: (view := bench.run_view) and view.ended, "the run is done")

        window.show_compare()
        settle(1.0)
        click(compare.proof.verify)
        wait(compare.proof.verify.isEnabled, "the artefacts are verified")
        settle(1.0)
        picture("compare")
    finally:
        window.close()
        bench.close()
    settle(0.2)


def shrink(path: Path) -> None:
    """Keep a picture in 256 colours, a third of the bytes: its most frequent ones as they are, and for the rest (the
    edges of letters, gradients) those that cover them best."""
    import numpy as np
    from PIL import Image

    exact = 144
    with Image.open(path) as file:
        pixels = np.asarray(file.convert("RGB"))
    colours, places, counts = np.unique(
        pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts)
    palette = colours[order[:exact]]
    if len(colours) > exact:
        rest = Image.fromarray(colours[order[exact:]][None])
        cover = rest.quantize(256 - exact, method=Image.Quantize.MAXCOVERAGE).convert("RGB")
        palette = np.concatenate([palette, np.unique(np.asarray(cover)[0], axis=0)])
    away = np.abs(colours[:, None].astype(np.int16) - palette[None].astype(np.int16)).sum(axis=2)
    picture = Image.fromarray(away.argmin(axis=1).astype(np.uint8)[places].reshape(pixels.shape[:2]), "P")
    picture.putpalette(palette.tobytes())
    picture.save(path, optimize=True)


def main() -> int:
    """Start one process a language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=IMAGES)
    parser.add_argument(
        "--all", type=Path, metavar="FOLDER", help="every page and dialog in every look, there"
    )
    parser.add_argument("--language", choices=tuple(SUFFIXES), help="only this one, in this process")
    arguments = parser.parse_args()
    out = arguments.all or arguments.out
    out.mkdir(parents=True, exist_ok=True)
    if arguments.language:
        if arguments.all:
            from every_page import photograph_all

            photograph_all(arguments.language, out)
        else:
            photograph(arguments.language, out)
        return 0
    for language in SUFFIXES:
        with tempfile.TemporaryDirectory(prefix="penjing-pictures-") as home:
            (Path(home) / "settings.json").write_text(json.dumps({"language": language}), encoding="utf-8")
            environment = {**os.environ, "PENJING_HOME": home}
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
            where = ["--all" if arguments.all else "--out", str(out)]
            command = [sys.executable, __file__, *where, "--language", language]
            subprocess.run(command, env=environment, check=True, stdin=subprocess.DEVNULL)
    for path in sorted(out.glob("*.png")) if not arguments.all else ():
        shrink(path)
        sys.stdout.write(f"{path.name}  {path.stat().st_size / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
