"""timm's zoo: what opens, what it says of itself, what fits which weights."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file

from penjing.costs.count import count
from penjing.export import loader
from penjing.export.load import load_artefact
from penjing.models.open import open_model
from penjing.models.weights import state_sha256
from penjing.spec.messages import USAGE, Failure, Message
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.references import InputSpec
from penjing_resources.messages import LANGUAGES, parts, render

# One small model of each family; the whole list takes 20 seconds.
FEW = (
    "resnet10t", "vit_tiny_patch16_224", "convnext_zepto_rms", "swin_tiny_patch4_window7_224", "regnetx_002",
    "vit_base_mci_224", "xcit_nano_12_p8_224", "levit_128s",
)  # fmt: skip
FAMILIES = (
    "beit_base_patch16_224", "halonet_h1", "mobileone_s1", "cait_xxs24_224", "coat_lite_tiny", "convit_tiny",
    "convmixer_768_32", "convnext_zepto_rms", "cpubone_nano", "crossvit_tiny_240", "csatv2",
    "cs3darknet_focus_s", "cspnext_tiny", "davit_tiny", "deit_tiny_patch16_224", "densenet121", "dla46x_c",
    "dpn48b", "edgenext_xx_small", "efficientformer_l1", "efficientformerv2_s0", "mobilenetv2_035",
    "efficientvim_m1", "efficientvit_b0", "efficientvit_m0", "vit_tiny_patch16_dinov3_qkvb", "fasternet_t0",
    "fastvit_t8", "focalnet_tiny_srf", "gcvit_xxtiny", "ghostnet_050", "hardcorenas_b", "hgnetv2_b0",
    "hiera_tiny_224", "sam2_hiera_tiny", "hrnet_w18_small", "iformer_t", "inception_next_atto",
    "inception_resnet_v2", "inception_v3", "inception_v4", "lcnetv2_small", "levit_128s", "lowformer_b0",
    "mambaout_femto", "maxvit_pico_rw_256", "poolformerv2_s12", "gmlp_ti16_224", "mobilenetv3_small_050",
    "mobilevit_xxs", "mvitv2_tiny", "nest_tiny", "nextvit_small", "nf_regnet_b0", "pit_ti_224",
    "pnasnet5large", "pvt_v2_b0", "rdnet_tiny", "regnetx_002", "repghostnet_050", "repvit_m1", "res2next50",
    "resnest14d", "resnet10t", "resnetv2_18", "rexnet_100", "selecsls42", "legacy_seresnet18",
    "sequencer2d_s", "shvit_s1", "skresnet18", "starnet_s050", "swiftformer_xs",
    "swin_tiny_patch4_window7_224", "swinv2_tiny_window8_256", "swinv2_cr_tiny_224", "tiny_vit_5m_224",
    "tnt_s_legacy_patch16_224", "tresnet_m", "twins_svt_small", "vgg11", "visformer_tiny",
    "vit_tiny_patch16_224", "vit_base_mci_224", "vit_srelpos_small_patch16_224", "samvit_base_patch16_224",
    "vitamin_base_224", "volo_d1_224", "ese_vovnet19b_slim_dw", "legacy_xception", "xception41p",
    "xcit_nano_12_p8_224",
)  # fmt: skip


def refused(reference: str, weights: Path | None = None, inputs: tuple[InputSpec, ...] = ()) -> str:
    with pytest.raises(Failure) as caught:
        open_model(reference, str(weights) if weights else None, inputs)
    assert caught.value.exit_code == USAGE
    message = caught.value.message
    for language in LANGUAGES:
        assert all(parts(message.code, message.params, language))
    return render(message.code, message.params)


def inspects(name: str) -> None:
    """Opens and is counted without memory, without a word of caution; parameters are timm's own."""
    said: list[Message] = []
    model = open_model(f"timm:{name}", bare=True)
    assert model.module is not None
    table = count(model.module, model.input, warn=said.append)
    assert not said, said
    assert table.totals.complete and table.totals.macs > 1_000_000
    assert table.totals.params == sum(one.numel() for one in model.module.parameters())
    assert [one.code for one in model.warnings] == ["models.random_weights"]
    assert (model.task, model.outputs) == ("classification", model.module.num_classes) or not model.task
    assert model.preprocessing is not None and model.preprocessing.size == model.input[0].shape[1:]


@pytest.mark.parametrize("name", FEW)
def test_a_family_opens_and_is_counted(name: str) -> None:
    inspects(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_opens_and_is_counted(name: str) -> None:
    inspects(name)


def test_the_families_are_many() -> None:
    assert len({timm.models._registry._model_to_module[name] for name in FAMILIES}) >= 90


@pytest.mark.parametrize(("name", "gmacs", "params"), [("resnet18", 1.814, 11689512), ("resnet50", 4.089, 25557032),
                                                       ("vgg11", 7.609, 132863336)])  # fmt: skip
def test_costs_are_those_published_for_torchvisions_twin(name: str, gmacs: float, params: int) -> None:
    model = open_model(f"timm:{name}", bare=True)
    assert model.module is not None
    totals = count(model.module, model.input).totals
    assert totals.params == params
    assert round(totals.macs / 1e9, 3) == gmacs


def test_random_weights_are_seeded_and_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    state = torch.get_rng_state()
    one, other = (open_model("timm:resnet10t.c3_in1k") for _ in range(2))
    assert one.sha256 == other.sha256 != ""
    assert torch.equal(torch.get_rng_state(), state)
    assert "timm.create_model(model_name='resnet10t.c3_in1k', pretrained=False)" in one.source.expression


def test_preprocessing_is_timms_own() -> None:
    wanted = Preprocessing((224, 224), 248, (0.5,) * 3, (0.5,) * 3, "bicubic")
    assert open_model("timm:vit_tiny_patch16_224", bare=True).preprocessing == wanted
    smaller = open_model("timm:resnet18", inputs=[InputSpec((3, 112, 112))], bare=True).preprocessing
    assert smaller is not None and (smaller.size, smaller.resize) == ((112, 112), 118)
    grey = open_model("timm:resnet18", inputs=[InputSpec((1, 112, 112))], bare=True)
    assert grey.preprocessing is None  # its means are of three channels


def test_the_input_sets_channels_and_image_size() -> None:
    model = open_model("timm:vit_tiny_patch16_224", inputs=[InputSpec((1, 96, 64))])
    with torch.no_grad():
        assert model.network()(torch.zeros(1, 1, 96, 64)).shape == (1, 1000)
    assert "img_size=(96, 64)" in model.source.expression and "in_chans=1" in model.source.expression
    plain = open_model("timm:resnet10t", inputs=[InputSpec((3, 64, 64))], bare=True)
    assert "img_size" not in plain.source.expression  # takes pictures of any size


@pytest.mark.parametrize("classes", [7, 0])
def test_the_head_is_the_weights(classes: int, tmp_path: Path) -> None:
    state = timm.create_model("resnet10t", num_classes=classes).state_dict()
    save_file(state, tmp_path / "w.safetensors")
    model = open_model("timm:resnet10t", str(tmp_path / "w.safetensors"))
    assert state_sha256(model.network().state_dict()) == state_sha256(state) == model.sha256
    assert [one.code for one in model.warnings] == ["models.classes_from_weights"]
    assert model.warnings[0].params["classes"] == classes
    assert (model.task, model.outputs) == (("classification", 7) if classes else (None, 512))


def test_a_head_on_a_network_that_comes_without_one(tmp_path: Path) -> None:
    name = "vit_small_patch14_dinov2"
    assert timm.get_pretrained_cfg(name).num_classes == 0
    inputs = [InputSpec((3, 28, 28))]
    torch.save(timm.create_model(name, num_classes=4, img_size=28).state_dict(), tmp_path / "w.pt")
    model = open_model(f"timm:{name}", str(tmp_path / "w.pt"), inputs)
    assert (model.task, model.outputs) == ("classification", 4)


def test_names_that_are_none_get_help(tmp_path: Path) -> None:
    assert "resnet18" in refused("timm:resnet_18")
    assert "timm:resnet18" in refused("timm:zzzzzzzz")
    assert "a1_in1k" in refused("timm:resnet18.nothing")
    # What timm would fetch, or read from a folder with code.
    for name in ("hf-hub:timm/resnet18", "hf_hub:x/y", "local-dir:/tmp", "../resnet18"):
        assert "no model" in refused(f"timm:{name}")
    torch.save(timm.create_model("resnet14t").state_dict(), tmp_path / "w.pt")
    line = refused("timm:resnet10t", tmp_path / "w.pt")
    assert "0 tensors are missing" in line and "unknown to it (layer" in line
    assert "layer2.0.conv1.weight" in line and "another shape" in line and "penjing identify" in line


def test_without_timm_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    assert 'pip install "penjing[timm]"' in refused("timm:resnet18")


def test_an_export_is_rebuilt_by_timm_alone(tmp_path: Path) -> None:
    model = open_model("timm:mobilenetv3_small_050")
    save_file(model.network().state_dict(), tmp_path / loader.WEIGHTS)
    loader.write(model.network(), model.source, model.input, tmp_path)
    text = (tmp_path / loader.LOADER).read_text(encoding="utf-8")
    assert "import penjing" not in text and "torch and timm" in text
    assert state_sha256(load_artefact(tmp_path).state_dict()) == model.sha256
