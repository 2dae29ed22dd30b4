"""Tokenizers' folders, made hostile or broken."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

from corpus.data_register import copied, tokenizer
from corpus.register import Call, touch, writing


def _changed(path: Path, **values: Any) -> None:
    copied("good_tokenizer", path)
    file = path / "tokenizer.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | values), encoding="utf-8")


def _settings(path: Path, **values: Any) -> None:
    copied("good_tokenizer", path)
    (path / "tokenizer_config.json").write_text(json.dumps(values), encoding="utf-8")


@tokenizer("tokenizer_auto_map", "tokenizer_auto_map_within")
def _auto_map(path: Path) -> None:
    named = {"AutoTokenizer": ["code.Own", None]}
    _settings(path, **({"auto_map": named} if path.name.endswith("map") else {"more": [{"auto_map": named}]}))
    (path / "code.py").write_text(writing(path) + "\n")


@tokenizer("tokenizer_class")
def _class(path: Path) -> None:
    path.mkdir()
    (path / "vocab.txt").write_text("[UNK]\n[PAD]\na\nb\n")
    (path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "code.Own"}))
    (path / "code.py").write_text(writing(path) + "\n")


@tokenizer("tokenizer_elsewhere")
def _elsewhere(path: Path) -> None:
    path.mkdir()
    (path / "vocab.txt").write_text("[UNK]\n[PAD]\na\nb\n")
    settings = {"tokenizer_class": "BertTokenizer", "vocab_file": "/dev/zero"}
    (path / "tokenizer_config.json").write_text(json.dumps(settings))


@tokenizer("tokenizer_template")
def _template(path: Path) -> None:
    within = "{{ ''.__class__.__mro__[1].__subclasses__() }}{% for i in range(10**12) %}"
    hostile = f"{within}{touch(path)}{{% endfor %}}"
    _settings(path, chat_template=hostile, tokenizer_class="PreTrainedTokenizerFast")
    (path / "chat_template.jinja").write_text(hostile)


@tokenizer("tokenizer_deep", "tokenizer_garbage", "tokenizer_empty")
def _damaged(path: Path) -> None:
    copied("good_tokenizer", path)
    texts = {"tokenizer_deep": '{"a":' * 100_000 + "1" + "}" * 100_000, "tokenizer_garbage": "\x01nope"}
    (path / "tokenizer.json").write_text(texts.get(path.name, ""))


@tokenizer("tokenizer_nested")
def _nested(path: Path) -> None:
    one: dict[str, Any] = {"type": "Lowercase"}
    for _ in range(60):
        one = {"type": "Sequence", "normalizers": [one]}
    _changed(path, normalizer=one)


@tokenizer("tokenizer_expression")
def _expression(path: Path) -> None:
    """The good set's texts hold a long row of one letter: the expression tries ever more ways to cut it."""
    pattern = {"Regex": "(a+)+$"}
    _changed(
        path, pre_tokenizer={"type": "Split", "pattern": pattern, "behavior": "Isolated", "invert": False}
    )


@tokenizer("tokenizer_swelling")
def _swelling(path: Path) -> None:
    one = {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 1000}
    _changed(path, normalizer={"type": "Sequence", "normalizers": [one] * 4})


@tokenizer("tokenizer_pickle")
def _pickle(path: Path) -> None:
    path.mkdir()
    for name in ("vocab.json", "merges.txt", "vocab.txt"):
        (path / name).write_bytes(pickle.dumps(Call(os.system, touch(path))))
    (path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "GPT2Tokenizer"}))


@tokenizer("tokenizer_model")
def _model(path: Path) -> None:
    path.mkdir()
    (path / "tokenizer.model").write_bytes(b"\x0a\xff\xff\xff\xff\x0f" + b"\xff" * 4000)
    (path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "LlamaTokenizer"}))


@tokenizer("tokenizer_device")
def _device(path: Path) -> None:
    copied("good_tokenizer", path)
    (path / "tokenizer_config.json").symlink_to("/dev/zero")


if hasattr(os, "mkfifo"):

    @tokenizer("tokenizer_pipe")
    def _pipe(path: Path) -> None:
        copied("good_tokenizer", path)
        os.mkfifo(path / "special_tokens_map.json")
