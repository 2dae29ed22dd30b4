"""The window's language: which one, and the translators that make it so."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

LANGUAGES = ("en", "zh_CN")


# Qt's own button texts, for where its translations are not installed (some distributions, some frozen builds).
_BUTTONS = {
    "OK": "确定",
    "&OK": "确定(&O)",
    "Cancel": "取消",
    "&Cancel": "取消(&C)",
    "Close": "关闭",
    "&Close": "关闭(&C)",
    "Save": "保存",
    "&Save": "保存(&S)",
    "Open": "打开",
    "&Yes": "是(&Y)",
    "&No": "否(&N)",
}


class ButtonTexts(QTranslator):
    """Chinese texts of Qt's standard buttons."""

    def translate(
        self,
        context: str,
        sourceText: str,
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        """A button's text, or nothing for any other text."""
        return _BUTTONS.get(sourceText, "") if context in ("QPlatformTheme", "QDialogButtonBox") else ""

    def isEmpty(self) -> bool:
        """It has texts, though no file."""
        return False


def chosen_language(setting: str) -> str:
    """`en` or `zh_CN`: as set, or for `system` the first of the person's languages that there is."""
    if setting in LANGUAGES:
        return setting
    chosen = os.environ.get("PENJING_LANG", "")
    for name in [chosen] if chosen else QLocale.system().uiLanguages():
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
            continue
        translator.deleteLater()
        if name == "qtbase_zh_CN":
            buttons = ButtonTexts(app)
            app.installTranslator(buttons)
            installed.append(buttons)
    return installed
