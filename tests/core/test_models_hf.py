"""Hugging Face folders: what opens, what it costs, what is refused, and that nothing in them runs."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from torch import nn

from penjing.costs.count import count
from penjing.costs.meta import example_inputs
from penjing.export import loader
from penjing.export.load import load_artefact
from penjing.models.open import open_model
from penjing.models.source import OpenedModel
from penjing.models.weights import state_sha256
from penjing.pruning.channels import remove
from penjing.pruning.groups import find_groups
from penjing.spec.messages import USAGE, Failure, Message
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.references import InputSpec
from penjing.whatif.predict import predict
from penjing_resources.messages import LANGUAGES, parts, render

D, F, V, LAYERS, HEADS, KEYS = 64, 128, 100, 2, 4, 2  # widths of the small models below
TEXT = {"hidden_size": D, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": F}


def bert(**more: Any) -> transformers.PreTrainedModel:
    config = transformers.BertConfig(vocab_size=V, **TEXT, **more)
    return transformers.BertForSequenceClassification(config)


def vit(**more: Any) -> transformers.PreTrainedModel:
    config = transformers.ViTConfig(image_size=32, patch_size=8, num_labels=5, **TEXT, **more)
    return transformers.ViTForImageClassification(config)


def gpt2() -> transformers.PreTrainedModel:
    config = transformers.GPT2Config(n_embd=D, n_layer=LAYERS, n_head=HEADS, vocab_size=V, bos_token_id=1,
                                     eos_token_id=1)  # fmt: skip
    return transformers.GPT2LMHeadModel(config)


def llama(**more: Any) -> transformers.PreTrainedModel:
    config = transformers.LlamaConfig(num_key_value_heads=KEYS, vocab_size=V, **TEXT, **more)
    return transformers.LlamaForCausalLM(config)


def attention(length: int) -> int:
    """MACs of one layer's scores and weighted values, all heads."""
    return 2 * length * length * D


# By hand, for L tokens: the projections, the scores and values, the feed-forward, and what is around the layers.
MACS: dict[str, tuple[Callable[[], transformers.PreTrainedModel], int]] = {
    "bert": (bert, LAYERS * (4 * 128 * D * D + attention(128) + 2 * 128 * D * F) + D * D + 2 * D),
    "vit": (vit, 16 * D * 3 * 64 + LAYERS * (4 * 17 * D * D + attention(17) + 2 * 17 * D * F) + 5 * D),
    "gpt2": (gpt2, LAYERS * (4 * 128 * D * D + attention(128) + 2 * 128 * D * 4 * D) + 128 * D * V),
    "llama": (
        llama,
        LAYERS * (128 * D * (2 * D + 2 * KEYS * D // HEADS) + attention(128) + 3 * 128 * D * F) + 128 * D * V,
    ),
}


@pytest.fixture(autouse=True)
def quiet() -> None:
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def saved(model: transformers.PreTrainedModel, to: Path) -> Path:
    torch.manual_seed(0)
    model.save_pretrained(to)
    return to


def opened(folder: Path, **options: Any) -> OpenedModel:
    return open_model(f"hf:{folder}", **options)


def refused(folder: Path, **options: Any) -> str:
    with pytest.raises(Failure) as caught:
        opened(folder, **options)
    assert caught.value.exit_code == USAGE
    message = caught.value.message
    for language in LANGUAGES:
        assert all(parts(message.code, message.params, language))
    return render(message.code, message.params)


def altered(folder: Path, file: str = "config.json", **values: Any) -> None:
    path = folder / file
    said = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(said | values), encoding="utf-8")


@pytest.mark.parametrize("name", list(MACS))
@pytest.mark.parametrize("bare", [False, True])
def test_macs_are_those_worked_out_by_hand(name: str, bare: bool, tmp_path: Path) -> None:
    make, macs = MACS[name]
    theirs = make().eval()
    folder = saved(theirs, tmp_path / "m")
    if bare:
        (folder / "model.safetensors").unlink()  # a configuration alone: nothing but counting needs weights
    said: list[Message] = []
    model = opened(folder, bare=bare)
    table = count(model.network(), model.input, warn=said.append)
    assert not said
    assert table.totals.macs == macs
    assert table.totals.params == sum(one.numel() for one in theirs.parameters())
    assert [one.code for one in model.warnings] == (["models.random_weights"] if bare else [])
    assert any(one.is_meta for one in model.network().parameters()) is bare


@pytest.mark.parametrize("name", list(MACS))
def test_the_network_is_theirs_by_name_by_weight_and_by_output(name: str, tmp_path: Path) -> None:
    theirs = MACS[name][0]().eval()
    model = opened(saved(theirs, tmp_path / "m"))
    assert model.sha256 == state_sha256(theirs.state_dict())
    assert [one for one, _ in model.network().named_modules()] == [one for one, _ in theirs.named_modules()]
    assert type(model.network()).__name__ == type(theirs).__name__
    given: dict[str, torch.Tensor]
    if name == "vit":
        given = {"pixel_values": torch.rand(2, 3, 32, 32)}
    else:
        mask = torch.ones(2, 12, dtype=torch.int64)
        mask[1, 7:] = 0
        given = {"input_ids": torch.randint(V, (2, 12)), "attention_mask": mask}
    with torch.no_grad():
        expected = theirs(**given).logits
        assert torch.equal(model.network()(*given.values()), expected)
        first = next(iter(given.values()))
        if name != "vit":
            given["attention_mask"] = torch.ones_like(first)  # what leaving the mask out means
        assert torch.equal(model.network()(first), theirs(**given).logits)


def test_what_it_takes_and_is_for(tmp_path: Path) -> None:
    tokens = InputSpec((128,), "int64")
    two = opened(saved(bert(), tmp_path / "two"))
    assert (two.input, two.task, two.outputs, two.format) == ((tokens, tokens), "classification", 2, "hf")
    one = opened(saved(bert(num_labels=1, max_position_embeddings=40), tmp_path / "one"))
    assert (one.input[0].shape, one.task, one.outputs) == ((40,), "regression", 1)
    picture = opened(saved(vit(), tmp_path / "vit"))
    assert (picture.input, picture.task, picture.outputs) == ((InputSpec((3, 32, 32)),), "classification", 5)
    assert opened(saved(gpt2(), tmp_path / "gpt2")).task is None
    single = opened(tmp_path / "two", inputs=[InputSpec((30,), "int64")])
    with torch.no_grad():
        assert single.network()(*example_inputs(single.input, 3)).shape == (3, 2)


def test_a_long_context_is_counted_without_memory_for_its_mask(tmp_path: Path) -> None:
    length = 100_000  # a mask of this by this, in floats, would take 40 GB
    folder = saved(llama(max_position_embeddings=length), tmp_path / "m")
    model = opened(folder, inputs=[InputSpec((length,), "int64")], bare=True)
    said: list[Message] = []
    totals = count(model.network(), model.input, warn=said.append).totals
    assert not said
    assert totals.macs > LAYERS * attention(length)


def test_a_head_that_gives_several_things_is_left_out_and_said(tmp_path: Path) -> None:
    theirs = transformers.BertForPreTraining(transformers.BertConfig(vocab_size=V, **TEXT)).eval()
    model = opened(saved(theirs, tmp_path / "m"))
    assert [(one.code, one.params["taken"]) for one in model.warnings] == [
        ("models.hf_without_head", "BertModel")
    ]
    ids = torch.randint(V, (1, 9))
    with torch.no_grad():
        expected = theirs.bert(input_ids=ids).last_hidden_state
        assert torch.allclose(model.network()(ids), expected, atol=1e-6)


def test_pictures_are_prepared_as_the_folder_says(tmp_path: Path) -> None:
    folder = saved(vit(), tmp_path / "m")
    transformers.ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    assert opened(folder).preprocessing == Preprocessing((32, 32), None, (0.5,) * 3, (0.5,) * 3, "bilinear")
    altered(folder, "preprocessor_config.json", size={"shortest_edge": 36}, crop_size={"height": 32, "width": 32},
            do_center_crop=True, resample=3, do_normalize=False)  # fmt: skip
    assert opened(folder).preprocessing == Preprocessing((32, 32), 36, (0.0,) * 3, (1.0,) * 3, "bicubic")
    altered(folder, "preprocessor_config.json", rescale_factor=1 / 127.5)
    assert opened(folder).preprocessing is None
    (folder / "preprocessor_config.json").write_text("[", encoding="utf-8")
    assert "cannot be read" in refused(folder)  # whether it brings code cannot be told


# Weights


def test_half_precision_shards_and_bin_files(tmp_path: Path) -> None:
    theirs = bert().eval()
    folder = saved(theirs, tmp_path / "m")
    wanted = opened(folder).sha256
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(state, folder / "pytorch_model.bin")
    assert (opened(folder).sha256, opened(folder).weights_label) == (wanted, "pytorch_model.bin")
    half = len(state) // 2
    places = {}
    for number, names in enumerate((list(state)[:half], list(state)[half:])):
        save_file({name: state[name] for name in names}, folder / f"part{number}.safetensors")
        places |= dict.fromkeys(names, f"part{number}.safetensors")
    altered(folder, "model.safetensors.index.json", weight_map=places)
    assert (opened(folder).sha256, opened(folder).weights_label) == (wanted, "model.safetensors.index.json")
    altered(folder, "model.safetensors.index.json", weight_map={"x": "../elsewhere.safetensors"})
    assert "outside its folder" in refused(folder)
    (folder / "model.safetensors.index.json").unlink()
    torch.save({name: one.half() for name, one in state.items()}, folder / "pytorch_model.bin")
    assert {one.dtype for one in opened(folder).network().parameters()} == {torch.float32}


def test_weights_given_beside_the_folder(tmp_path: Path) -> None:
    folder = saved(bert(), tmp_path / "m")
    torch.manual_seed(5)
    other = bert().state_dict()
    torch.save(
        {"model_state_dict": {f"module.{name}": one for name, one in other.items()}}, tmp_path / "w.pt"
    )
    model = opened(folder, weights=str(tmp_path / "w.pt"))
    assert model.sha256 == state_sha256(other)
    assert [one.code for one in model.warnings] == ["models.taken_from", "models.prefix_removed"]


def test_weights_are_never_loaded_half(tmp_path: Path) -> None:
    folder = saved(bert(), tmp_path / "m")
    state = load_file(folder / "model.safetensors")
    save_file(
        {name: one for name, one in state.items() if "classifier" not in name}, folder / "model.safetensors"
    )
    assert "2 tensors are missing (classifier.bias, classifier.weight)" in refused(folder)
    save_file(
        {**state, "classifier.weight": torch.zeros(3, D), "new": torch.zeros(1)}, folder / "model.safetensors"
    )
    line = refused(folder)
    assert "classifier.weight 3×64 ≠ 2×64" in line and "1 are unknown to it (new)" in line


class Touch:
    """A pickle that would leave a mark if it were run."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


def test_a_bin_file_with_code_is_not_run(tmp_path: Path) -> None:
    folder = saved(bert(), tmp_path / "m")
    (folder / "model.safetensors").unlink()
    torch.save({"w": Touch(tmp_path / "mark")}, folder / "pytorch_model.bin")
    for trust in (False, True):
        with pytest.raises(Failure):
            opened(folder, trust=trust)
    assert not (tmp_path / "mark").exists()


# What is refused

AUTO_MAP = {"AutoModel": "modeling.Net"}


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json", "preprocessor_config.json"])
def test_code_of_the_folder_is_refused_by_name(file: str, tmp_path: Path) -> None:
    folder = saved(bert(), tmp_path / "m")
    (folder / "modeling.py").write_text(f"open({str(tmp_path / 'mark')!r}, 'w')\n", encoding="utf-8")
    altered(folder, file, deeper=[{"auto_map": AUTO_MAP}])
    for trust in (False, True):
        line = refused(folder, trust=trust)
        assert "auto_map (modeling.Net)" in line and file in line
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"quantization_config": {"quant_method": "gptq"}}, "stored by gptq"),
        ({"model_type": "nonsense"}, "no model_type nonsense"),
        ({"model_type": None}, "has no model_type"),
        ({"hidden_size": "wide"}, "cannot build"),
        ({"num_attention_heads": 7}, "cannot build"),
        ({"is_encoder_decoder": True}, "text alone"),
    ],
)
def test_configurations_that_do_not_open(values: dict[str, Any], says: str, tmp_path: Path) -> None:
    folder = saved(bert(), tmp_path / "m")
    altered(folder, **values)
    assert says in refused(folder)


def test_folders_that_do_not_open(tmp_path: Path) -> None:
    assert "not found" in refused(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    assert "no config.json" in refused(tmp_path / "empty")
    (tmp_path / "empty" / "config.json").write_text("{", encoding="utf-8")
    assert "cannot be read" in refused(tmp_path / "empty")
    (tmp_path / "empty" / "config.json").write_text("[" * 100_000, encoding="utf-8")
    assert "cannot be read" in refused(tmp_path / "empty")
    assert "not a folder" in refused(tmp_path / "empty" / "config.json")
    folder = saved(bert(), tmp_path / "m")
    altered(folder, "adapter_config.json", base_model_name_or_path="somewhere/else")
    assert "adapter" in refused(folder)
    t5 = transformers.T5Config(d_model=32, num_layers=1, num_heads=2, d_kv=16, d_ff=32, vocab_size=V)
    assert "T5ForConditionalGeneration" in refused(
        saved(transformers.T5ForConditionalGeneration(t5), tmp_path / "t5")
    )


def test_no_connection_is_tried_and_no_kernel_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = saved(llama(), tmp_path / "m")
    altered(folder, attn_implementation="someone/kernel", _attn_implementation="someone/kernel",
            _name_or_path="someone/model", transformers_weights="../x")  # fmt: skip

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    model = opened(folder)
    assert model.network().config._attn_implementation == "sdpa"
    assert "_name_or_path" not in model.source.kwargs["config"]


def test_without_transformers_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = saved(bert(), tmp_path / "m")
    monkeypatch.setitem(sys.modules, "transformers", None)
    monkeypatch.delitem(sys.modules, "penjing.models.positional", raising=False)
    monkeypatch.delattr("penjing.models.positional", raising=False)
    assert 'pip install "penjing[hf]"' in refused(folder)


# Pruning and taking away


def test_a_bert_classifier_loses_whole_heads_and_costs_what_was_predicted(tmp_path: Path) -> None:
    model = opened(saved(bert(), tmp_path / "m"))
    network = model.network()
    example = example_inputs(model.input, 2)
    grouping = find_groups(network, example)
    heads = [one for one in grouping.groups if one.id.endswith("attention.self.query")]
    assert grouping.ok
    assert [(one.channels, one.prunable) for one in heads] == [(HEADS, True)] * LAYERS
    assert {(member.side, member.per_channel) for member in heads[0].members} == {("out", 16), ("in", 16)}
    kept = {one.id: one.channels - 1 for one in grouping.groups if one.prunable}
    before = count(network, model.input)
    predicted = predict(before, grouping.groups, kept)
    remove(network, example, kept)
    after = count(network, model.input)
    assert (predicted.totals.params, predicted.totals.macs) == (after.totals.params, after.totals.macs)
    assert network.bert.encoder.layer[0].attention.self.query.out_features == D - D // HEADS  # type: ignore[union-attr]


def test_heads_of_a_network_that_fixes_their_number_stay(tmp_path: Path) -> None:
    config = transformers.DebertaV2Config(
        vocab_size=V,
        relative_attention=True,
        pos_att_type=["c2p", "p2c"],
        position_biased_input=False,
        **TEXT,
    )
    theirs = transformers.DebertaV2ForSequenceClassification(config)
    model = opened(saved(theirs, tmp_path / "m"))
    grouping = find_groups(model.network(), example_inputs(model.input, 2))
    verdicts = {one.id.rpartition(".")[2]: one.prunable for one in grouping.groups}
    assert (verdicts["query_proj"], verdicts["dense"]) == (False, True)


@pytest.mark.parametrize("name", list(MACS))
def test_an_export_is_rebuilt_by_transformers_alone(name: str, tmp_path: Path) -> None:
    model = opened(saved(MACS[name][0](), tmp_path / "m"))
    network: nn.Module = model.network()
    if name == "bert":
        groups = find_groups(network, example_inputs(model.input, 2)).groups
        remove(network, example_inputs(model.input, 2), {one.id: 1 for one in groups if one.prunable})
    shutil.rmtree(tmp_path / "m")  # nothing of the folder is needed
    out = tmp_path / "out"
    out.mkdir()
    names = {id(one): key for key, one in network.state_dict(keep_vars=True).items()}
    save_file({key: one.detach() for key, one in network.state_dict(keep_vars=True).items() if names[id(one)] == key},
              out / loader.WEIGHTS)  # fmt: skip
    loader.write(network, model.source, model.input, out)
    text = (out / loader.LOADER).read_text(encoding="utf-8")
    assert "import penjing" not in text and "torch and transformers" in text
    assert (
        json.loads((out / "architecture" / "config.json").read_text(encoding="utf-8"))["model_type"] == name
    )
    if name != "gpt2":  # its output layer is its embedding: saved once here, and by an export twice
        example = example_inputs(model.input, 2)
        with torch.no_grad():
            assert torch.equal(load_artefact(out)(*example), network(*example))
