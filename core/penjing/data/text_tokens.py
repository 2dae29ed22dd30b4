"""A local tokenizer: texts -> ids of tokens. Nothing is downloaded, and no code of the folder is run."""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from penjing.data import tokenizer_folder
from penjing.data.saved_folder import read_json
from penjing.spec.messages import bad_input
from penjing.spec.offline import stay_offline
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import parse_data, parse_model

_CHUNK = 4096
PATIENCE = 60.0  # seconds that a batch of texts may take at least: an expression may need time without end
SLOWEST = 20_000  # characters a second
Ids = np.ndarray[Any, np.dtype[np.int64]]


def has_tokenizer(folder: Path) -> bool:
    """Whether a folder holds a tokenizer's files."""
    return any((folder / name).is_file() for name in tokenizer_folder.FILES)


@dataclass(frozen=True)
class Encoder:
    """Texts, or ids that were made before (`tokenizer` None), in rows of one length.

    `tokenizer` is a `tokenizers.Tokenizer`; it keeps its own marks at both ends when it cuts a text short.
    """

    tokenizer: Any
    pad: int = 0

    def told(self) -> str:
        """What tells this tokenizer from others: the same texts have other ids with another one."""
        if self.tokenizer is None:
            return ""
        return hashlib.sha256(f"{self.pad} {self.tokenizer.to_str()}".encode()).hexdigest()

    def longest(self, contents: Sequence[Any]) -> int:
        """Tokens in the longest text."""
        if self.tokenizer is None:
            return max(map(len, contents), default=1)
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        return max(
            (len(one.ids) for chunk in _chunks(contents) for one in self._batch(chunk)),
            default=1,
        )

    def rows(self, contents: Sequence[Any], length: int, width: int) -> tuple[Ids, Ids, int]:
        """Ids and mask (N, width), and how many texts are longer than `length` tokens and were cut."""
        ids = np.full((len(contents), width), self.pad, np.int64)
        mask = np.zeros((len(contents), width), np.int64)
        cut = 0
        for at, (whole, short) in enumerate(self._encoded(contents, length)):
            one = whole[:length]  # shorter than a tokenizer's own marks is not cut by it
            ids[at, : len(one)] = one
            mask[at, : len(one)] = 1
            cut += short
        return ids, mask, cut

    def _encoded(self, contents: Sequence[Any], length: int) -> Any:
        if self.tokenizer is None:
            for one in contents:
                yield one[:length], len(one) > length
            return
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(length)
        for chunk in _chunks(contents):
            for one in self._batch(chunk):
                yield one.ids, bool(one.overflowing)

    def _batch(self, texts: list[str]) -> Any:
        seconds = PATIENCE + sum(map(len, texts)) / SLOWEST
        try:
            return _within(seconds, lambda: self.tokenizer.encode_batch(texts))
        except TimeoutError:
            raise bad_input("data.tokenizer_slow", seconds=round(seconds)) from None
        except (
            BaseException
        ) as error:  # an expression that its library gives up on is a panic, which is no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".;: ")
            raise bad_input("data.tokenizer_fails", problem=line) from error


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """What `call` returns or raises. Raises `TimeoutError` where it takes longer: its thread cannot be ended, and is
    left behind."""
    answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:
            answers.put((None, error))

    threading.Thread(target=work, daemon=True, name="tokenizer").start()
    try:
        value, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return value


def _chunks(contents: Sequence[Any]) -> Any:
    for at in range(0, len(contents), _CHUNK):
        yield list(contents[at : at + _CHUNK])


def open_tokenizer(folder: Path) -> Encoder:
    """The tokenizer in a folder. Raises `Failure` (exit code 2), also for one that needs code of its own."""
    if not folder.is_dir() or not has_tokenizer(folder):
        raise bad_input("data.tokenizer_not_found", path=str(folder))
    said = tokenizer_folder.settings(folder)
    tokenizer_folder.check_files(folder)
    if (folder / "tokenizer.json").is_file():
        tokenizer = _fast(folder)
    else:
        tokenizer_folder.check_named(said, folder)
        tokenizer = _converted(folder)
    given = said["tokenizer_config.json"].get("pad_token") or said["special_tokens_map.json"].get("pad_token")
    named = given.get("content") if isinstance(given, dict) else given
    padding = tokenizer.padding
    if padding is not None:
        return Encoder(tokenizer, int(padding["pad_id"]))
    for name in (named, "[PAD]", "<pad>"):
        found = tokenizer.token_to_id(name) if isinstance(name, str) else None
        if found is not None:
            return Encoder(tokenizer, int(found))
    return Encoder(tokenizer)


def _fast(folder: Path) -> Any:
    path = folder / "tokenizer.json"
    described = read_json(path, None, tokenizer_folder.MOST)
    if isinstance(described, dict):
        tokenizer_folder.check_swelling(described, folder)
    del described
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise bad_input("data.hf_library", path=str(folder)) from None
    try:
        return Tokenizer.from_file(str(path))
    except BaseException as error:  # the library raises plain Exceptions, and panics that are none
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise _unreadable(folder, error) from error


def _converted(folder: Path) -> Any:
    """A tokenizer of older files (`vocab.txt`, …), as transformers makes it."""
    stay_offline()
    try:
        from transformers import AutoTokenizer
    except ImportError:
        raise bad_input("data.hf_library", path=str(folder)) from None
    try:
        made = AutoTokenizer.from_pretrained(
            str(folder.resolve()), local_files_only=True, trust_remote_code=False
        )
        return made.backend_tokenizer
    except Exception as error:  # what it raises depends on the files
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, error: BaseException) -> Exception:
    line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".;: ")
    return bad_input("data.tokenizer_unreadable", path=str(folder), problem=line)


def with_tokenizer(data: DataRecipe, model: str) -> DataRecipe:
    """The recipe with the tokenizer beside the weights of an `hf:` model, where it names none itself."""
    if data.tokenizer is not None or parse_data(data.reference).kind != "hf":
        return data
    parsed = parse_model(model)
    if parsed.kind != "hf" or not has_tokenizer(Path(parsed.target).expanduser()):
        return data
    return data.model_copy(update={"tokenizer": str(Path(parsed.target).expanduser().resolve())})
