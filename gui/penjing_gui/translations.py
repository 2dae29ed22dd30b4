"""The window's language: which one, and the translators that make it so."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

LANGUAGES = ("en", "zh_CN")


def chosen_language(setting: str) -> str:
    """`en` or `zh_CN`: as set, or for `system` the first of the person's languages that there is."""
    if setting in LANGUAGES:
        return setting
    for name in QLocale.system().uiLanguages():
        if name.startswith("zh"):
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"


def folder() -> Path:
    """Where the compiled translations lie."""
    return Path(str(files("penjing_resources") / "translations"))


def install(app: QCoreApplication, language: str) -> list[QTranslator]:
    """Install the translators of a language: Qt's own texts first, then ours. English needs ours for plurals only."""
    installed: list[QTranslator] = []
    QLocale.setDefault(QLocale(language))
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    wanted = [(f"qtbase_{language}", qt), (f"penjing_{language}", str(folder()))]
    for name, where in wanted:
        translator = QTranslator(app)
        if translator.load(name, where):
            app.installTranslator(translator)
            installed.append(translator)
        else:
            translator.deleteLater()
    return installed
