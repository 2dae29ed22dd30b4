"""`penjing-gui [MODEL] [--exit-when-shown]`: the application around the window."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence

from penjing_resources.messages import render, system_language

USAGE = "penjing-gui [MODEL] [--exit-when-shown]"


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown: on Linux and the BSDs only with a display server or a chosen Qt platform."""
    if platform in ("win32", "darwin", "cygwin"):
        return True
    return any(environment.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))


def parse_arguments(arguments: Sequence[str]) -> tuple[str | None, bool, str | None]:
    """The model, whether to exit when shown, and the first argument that is not known."""
    model, exit_when_shown = None, False
    for argument in arguments:
        if argument == "--exit-when-shown":
            exit_when_shown = True
        elif argument.startswith("-") or model is not None:
            return model, exit_when_shown, argument
        else:
            model = argument
    return model, exit_when_shown, None


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window. Returns the exit code: 0, or 2 for bad usage or where there is no display."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if {"-h", "--help"} & set(arguments):
        sys.stdout.write(f"{USAGE}\n")
        return 0
    model, exit_when_shown, unknown = parse_arguments(arguments)
    if unknown is not None:
        return _refuse("window.usage", argument=unknown)
    if not has_display(sys.platform, os.environ):
        return _refuse("window.no_display")
    return _show(model, exit_when_shown)


def _refuse(code: str, **params: str) -> int:
    sys.stderr.write(f"penjing: {render(code, params, system_language())}\n")
    return 2


def _show(model: str | None, exit_when_shown: bool) -> int:
    from PySide6.QtWidgets import QApplication

    from penjing_gui import settings as stored
    from penjing_gui import theme as themes
    from penjing_gui import translations
    from penjing_gui.collector import Collector
    from penjing_gui.icons import app_icon
    from penjing_gui.start import Start
    from penjing_gui.state import Workbench

    settings = stored.load()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["penjing"])
    app.setApplicationName("penjing")
    app.setApplicationDisplayName("Penjing")
    app.setDesktopFileName("penjing")
    app.setWindowIcon(app_icon())
    language = translations.chosen_language(settings.language)
    translations.install(app, language)
    theme = themes.theme_of(settings.theme)
    themes.apply(app, theme)
    collector = Collector(app)
    bench = Workbench(theme=theme, language=language)
    from penjing_gui.main_window import MainWindow

    window = MainWindow(bench, settings)
    start = Start(window, model, exit_when_shown)
    window.painted.connect(start.begin)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window.show()
    code = app.exec()
    bench.close()
    collector.stop()
    return code


if __name__ == "__main__":
    sys.exit(main())
