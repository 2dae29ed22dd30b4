"""Device profiles: the shipped ones are whole, and a file that is not gets one clear line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import psutil
import pytest

from penjing.advice import devices
from penjing.spec.messages import Failure
from penjing_resources.messages import render

PHONE = (files("penjing_resources") / "devices" / "phone.toml").read_text(encoding="utf-8")


def failure(path: str) -> Failure:
    with pytest.raises(Failure) as caught:
        devices.load(path)
    assert caught.value.exit_code == 2
    for language in ("en", "zh_CN"):
        line = render(caught.value.message.code, caught.value.message.params, language)
        assert "\n" not in line and "{" not in line.replace('{ value = …, source = "…" }', "")
    return caught.value


@pytest.mark.parametrize("name", devices.names())
def test_shipped_profiles(name: str) -> None:
    profile = devices.load(name)
    assert profile.name == name
    assert profile.title("en") != profile.title("zh_CN")
    assert set(profile.sources) == set(devices.FIGURES)
    assert "channel" in profile.sparsity
    document = profile.to_json()
    assert document["macs_per_s"]["value"] == profile.macs_per_s > 1e6
    assert all(document[figure]["source"] for figure in devices.FIGURES)


def test_names_are_the_contracts() -> None:
    assert set(devices.names()) == {
        "phone", "single-board", "embedded-gpu", "microcontroller", "laptop", "server-gpu", "this-machine",
    }  # fmt: skip
    shipped = {entry.name for entry in (files("penjing_resources") / "devices").iterdir()}
    assert shipped == {f"{name}.toml" for name in devices.names()}


def test_this_machine() -> None:
    cautious = devices.load("this-machine")
    assert cautious.measured is False and cautious.sources["macs_per_s"].estimate
    assert cautious.weight_budget_mb == round(psutil.virtual_memory().total / 8e6)
    measured = devices.load("this-machine", macs_per_s=4.2e10, bytes_per_s=2e10)
    assert (measured.measured, measured.macs_per_s, measured.bytes_per_s) == (True, 4.2e10, 2e10)
    assert not measured.sources["macs_per_s"].estimate


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "board.toml"
    file.write_text(
        PHONE.replace('name = "phone"', 'name = "board"').replace("value = 100\n", "value = 7\n"), "utf-8"
    )
    profile = devices.load(str(file))
    assert (profile.name, profile.weight_budget_mb, profile.measured) == ("board", 7.0, None)


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("[activation_budget_mb]", "[activation_budget]", "advice.device_key_unknown", "activation_budget"),
        ("value = 60", "value = 60\ncolour = 1", "advice.device_key_unknown", "energy_per_mac_pj.colour"),
        ("value = 60", "value = -60", "advice.device_value", "energy_per_mac_pj"),
        ("value = 60", "value = nan", "advice.device_value", "energy_per_mac_pj"),
        ("value = 60", "value = true", "advice.device_value", "energy_per_mac_pj"),
        ('source = "3 W ÷ 50 G MACs/s"', "", "advice.device_value", "energy_per_mac_pj"),
        ('value = "float16"', 'value = "float8"', "advice.device_value", "precision"),
        ('["channel", "weight"]', '["channels"]', "advice.device_value", "sparsity"),
        ('name = "phone"', "", "advice.device_key_missing", "name"),
    ],
)
def test_a_file_that_is_not_whole(tmp_path: Path, old: str, new: str, code: str, key: str) -> None:
    file = tmp_path / "board.toml"
    assert old in PHONE
    file.write_text(PHONE.replace(old, new), "utf-8")
    caught = failure(str(file))
    assert (caught.message.code, caught.message.params["key"]) == (code, key)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    unknown = failure("toaster")
    assert unknown.message.code == "advice.device_unknown"
    assert all(name in render(unknown.message.code, unknown.message.params) for name in devices.names())
    assert failure(str(tmp_path / "none.toml")).message.code == "advice.device_not_found"
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ", "utf-8")
    assert failure(str(broken)).message.code == "advice.device_malformed"
    broken.write_bytes(b"\xff\xfe")
    assert failure(str(broken)).message.code == "advice.device_unreadable"
    (tmp_path / "folder.toml").mkdir()
    assert failure(str(tmp_path / "folder.toml")).message.code == "advice.device_unreadable"
