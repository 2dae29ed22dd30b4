"""Hugging Face folders of models."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from corpus.register import hostile, writing


@hostile("hf_auto_map")
def _auto_map(path: Path) -> None:
    path.mkdir()
    configuration = {"model_type": "bert", "auto_map": {"AutoModel": "modeling.Net"}}
    (path / "config.json").write_text(json.dumps(configuration))
    (path / "modeling.py").write_text(writing(path) + "\n")


def _huggingface(path: Path, **values: Any) -> None:
    path.mkdir()
    small = {"hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": 16}
    usual = {"model_type": "bert", "architectures": ["BertModel"], "intermediate_size": 8, **small}
    (path / "config.json").write_text(json.dumps(usual | values))


@hostile("hf_layers")
def _layers(path: Path) -> None:
    _huggingface(path, num_hidden_layers=10**9)


@hostile("hf_backbone", "hf_hub")
def _backbone(path: Path) -> None:
    named = "hf-hub:somebody/something" if path.name == "hf_hub" else str(path)
    _huggingface(
        path, model_type="detr", architectures=["DetrModel"], backbone=named, use_pretrained_backbone=True
    )


if hasattr(os, "mkfifo"):

    @hostile("hf_pipe")
    def _hf_pipe(path: Path) -> None:
        _huggingface(path)
        os.mkfifo(path / "tokenizer_config.json")


@hostile("hf_device")
def _hf_device(path: Path) -> None:
    _huggingface(path)
    (path / "tokenizer_config.json").symlink_to("/dev/zero")


@hostile("hf_cycle")
def _hf_cycle(path: Path) -> None:
    _huggingface(path)
    (path / "tokenizer_config.json").symlink_to("tokenizer_config.json")
