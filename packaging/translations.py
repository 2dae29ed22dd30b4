"""The window's translations: collect the texts, take translations in, compile, check.

    python packaging/translations.py update          collect all tr() texts into the .ts files, then compile
    python packaging/translations.py merge FILE...   take {"Context": {"text": "translation"}} from JSON files
    python packaging/translations.py release         compile the .ts files into .qm files
    python packaging/translations.py check           fail where a text is missing, unfinished or not compiled

Both the `.ts` files (for people) and the `.qm` files (for the program) are kept with the sources, so a clone runs
in Chinese without any tool.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "gui" / "penjing_gui"
FOLDER = ROOT / "resources" / "penjing_resources" / "translations"
LANGUAGE = "zh_CN"
TS = FOLDER / f"penjing_{LANGUAGE}.ts"
QM = FOLDER / f"penjing_{LANGUAGE}.qm"
ENGLISH_TS = FOLDER / "penjing_en.ts"
ENGLISH_QM = FOLDER / "penjing_en.qm"
_BRACES = re.compile(r"\{[^{}]*\}|%n|%\d")


def _tool(name: str) -> str:
    """Path of a PySide6 tool of this environment."""
    found = Path(sysconfig.get_path("scripts")) / name
    return str(found) if found.exists() else name


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{' '.join(command[:1])}: {done.stderr or done.stdout}")


def _sources() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in SOURCES.rglob("*.py"))


def collect(target: Path, language: str, plural_only: bool = False) -> None:
    """Run lupdate: new texts come in as unfinished, texts that are gone go out."""
    target.parent.mkdir(parents=True, exist_ok=True)
    options = ["-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", language]
    if plural_only:
        options.append("-pluralonly")
    command = [_tool("pyside6-lupdate"), *_sources(), *options, "-ts", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
    if done.returncode:
        sys.exit(f"pyside6-lupdate: {done.stderr or done.stdout}")


def compile_to(source: Path, target: Path) -> None:
    """Run lrelease. The target is replaced whole: a running window has the old file mapped into its memory."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _run(_tool("pyside6-lrelease"), "-silent", str(source), "-qm", str(fresh))
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def update() -> None:
    """Collect all texts and compile."""
    collect(TS, LANGUAGE)
    collect(ENGLISH_TS, "en", plural_only=True)
    _fill_english()
    release()
    left = unfinished(TS)
    print(f"{TS.name}: {len(left)} texts without a translation")  # noqa: T201
    for context, text in left:
        print(f"  {context}: {text!r}")  # noqa: T201


def _fill_english() -> None:
    """English plurals: `%n layer(s)` is `%n layer` for one and `%n layers` for more, `%n class(es)` likewise."""
    tree = ET.parse(ENGLISH_TS)
    for message in tree.iter("message"):
        translation = message.find("translation")
        source = message.findtext("source", "")
        plural = re.search(r"\((e?s)\)", source)
        if translation is None or translation.get("type") != "unfinished" or plural is None:
            continue
        forms = translation.findall("numerusform")
        for form, ending in zip(forms, ("", plural[1]), strict=True):
            form.text = source.replace(plural[0], ending)
        del translation.attrib["type"]
    _write(tree, ENGLISH_TS)


def release() -> None:
    """Compile."""
    compile_to(TS, QM)
    compile_to(ENGLISH_TS, ENGLISH_QM)


def _write(tree: ET.ElementTree[ET.Element], path: Path) -> None:
    """As lupdate writes it, so that the two do not take turns in changing the file."""
    ET.indent(tree, "    ")
    body = ET.tostring(tree.getroot(), encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")


def messages(path: Path) -> list[tuple[str, str, list[str], bool]]:
    """(context, source, translated forms, finished) of every message."""
    found: list[tuple[str, str, list[str], bool]] = []
    for context in ET.parse(path).iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            source = message.findtext("source", "")
            if translation is None:
                found.append((name, source, [], False))
                continue
            forms = [form.text or "" for form in translation.findall("numerusform")] or [
                translation.text or ""
            ]
            finished = translation.get("type") is None and all(forms)
            found.append((name, source, forms, finished))
    return found


def unfinished(path: Path) -> list[tuple[str, str]]:
    """(context, source) of what has no finished translation."""
    return [(context, source) for context, source, _, finished in messages(path) if not finished]


def merge(files: list[str]) -> None:
    """Take translations in from JSON files. Those for texts that are not in the window are named and passed over."""
    tree = ET.parse(TS)
    wanted: dict[tuple[str, str], str | list[str]] = {}
    for name in files:
        for context, texts in json.loads(Path(name).read_text(encoding="utf-8")).items():
            for source, translated in texts.items():
                wanted[(context, source)] = translated
    taken: set[tuple[str, str]] = set()
    for context in tree.iter("context"):
        for message in context.iter("message"):
            key = (context.findtext("name", ""), message.findtext("source", ""))
            translation = message.find("translation")
            if key not in wanted or translation is None:
                continue
            value = wanted[key]
            forms = translation.findall("numerusform")
            if forms:
                values = value if isinstance(value, list) else [value] * len(forms)
                for form, text in zip(forms, values, strict=False):
                    form.text = text
            else:
                translation.text = value if isinstance(value, str) else value[0]
            translation.attrib.pop("type", None)
            taken.add(key)
    _write(tree, TS)
    for context, source in sorted(set(wanted) - taken):
        print(f"not in the window: {context}: {source!r}")  # noqa: T201
    release()


def problems() -> list[str]:
    """Everything that is not as it should be, one line each."""
    found: list[str] = []
    for path, qm, language, plural_only in (
        (TS, QM, LANGUAGE, False),
        (ENGLISH_TS, ENGLISH_QM, "en", True),
    ):
        if not path.exists() or not qm.exists():
            found.append(f"{path.name} or its .qm is missing: run `make translations`")
            continue
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder) / path.name
            fresh.write_bytes(path.read_bytes())
            collect(fresh, language, plural_only)
            have = {(context, source) for context, source, _, _ in messages(path)}
            need = {(context, source) for context, source, _, _ in messages(fresh)}
            found += [f"{path.name} lacks {context}: {source!r}" for context, source in sorted(need - have)]
            found += [
                f"{path.name} has what is gone, {context}: {source!r}"
                for context, source in sorted(have - need)
            ]
            compiled = Path(folder) / qm.name
            compile_to(path, compiled)
            if compiled.read_bytes() != qm.read_bytes():
                found.append(f"{qm.name} was not compiled from {path.name}: run `make translations`")
        found += [f"{path.name} unfinished, {context}: {source!r}" for context, source in unfinished(path)]
        for context, source, forms, _ in messages(path):
            want = sorted(set(_BRACES.findall(source)))
            for form in forms:
                got = sorted(set(_BRACES.findall(form)))
                if form and got != want and not (language == "en" and "%n" in want):
                    found.append(f"{path.name} braces differ, {context}: {source!r} → {form!r}")
    return found


def check() -> int:
    """Print what is wrong; 1 where anything is."""
    found = problems()
    for line in found:
        print(line)  # noqa: T201
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    """The command line."""
    match arguments:
        case ["update"]:
            update()
        case ["release"]:
            release()
        case ["check"]:
            return check()
        case ["merge", *files] if files:
            merge(files)
        case _:
            sys.stderr.write((__doc__ or "") + "\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
