"""Models far larger than this machine's memory are counted in seconds, by shapes alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LLAMA = '''
import json, resource, sys, time
import torch
from torch import nn
from torch.nn import functional as F
from penjing.costs.count import count
from penjing.models.skeleton import skeleton
from penjing.spec.references import InputSpec
from penjing.whatif.blocks import repeats

start = time.process_time()


def peak():
    """Bytes. Where the system tells this process' own: `ru_maxrss` holds what its parent had when it was started."""
    if sys.platform == "linux":
        with open("/proc/self/status") as file:
            return 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


VOCABULARY, WIDTH, LAYERS, HEADS, KEY_HEADS, INNER, TOKENS = 128256, 8192, 80, 64, 8, 28672, 128
HEAD = WIDTH // HEADS


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj = nn.Linear(WIDTH, WIDTH, bias=False)
        self.k_proj = nn.Linear(WIDTH, KEY_HEADS * HEAD, bias=False)
        self.v_proj = nn.Linear(WIDTH, KEY_HEADS * HEAD, bias=False)
        self.o_proj = nn.Linear(WIDTH, WIDTH, bias=False)

    def forward(self, x, turn):
        q, k, v = (
            one(x).unflatten(-1, (-1, HEAD)).transpose(1, 2) for one in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = (one * turn.cos() + one.roll(HEAD // 2, -1) * turn.sin() for one in (q, k))
        made = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.o_proj(made.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate_proj = nn.Linear(WIDTH, INNER, bias=False)
        self.up_proj = nn.Linear(WIDTH, INNER, bias=False)
        self.down_proj = nn.Linear(INNER, WIDTH, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = nn.RMSNorm(WIDTH), nn.RMSNorm(WIDTH)
        self.self_attn, self.mlp = Attention(), FeedForward()

    def forward(self, x, turn):
        x = x + self.self_attn(self.input_layernorm(x), turn)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(WIDTH)
        self.lm_head = nn.Linear(WIDTH, VOCABULARY, bias=False)

    def forward(self, tokens):
        x = self.embed_tokens(tokens)
        place = torch.arange(tokens.shape[1], device=x.device, dtype=x.dtype)
        turn = torch.outer(place, torch.ones(HEAD, device=x.device, dtype=x.dtype))
        for layer in self.layers:
            x = layer(x, turn)
        return self.lm_head(self.norm(x))


torch.set_default_dtype(torch.bfloat16)
said = []
table = count(skeleton(Llama), [InputSpec((TOKENS,), "int64")], warn=said.append)
print(json.dumps({
    "seconds": time.process_time() - start,
    "peak": peak(),
    "totals": table.totals.to_json(),
    "said": [one.code for one in said],
    "scores": table.row("layers.79.self_attn.(self)").macs,
    "repeats": [[one.parent, one.count] for one in repeats(table)],
}))
'''


@pytest.mark.skipif(sys.platform == "win32", reason="resource is not there")
def test_a_llama_of_70_billion_parameters_in_15_seconds_and_2_gb() -> None:
    said = subprocess.run(
        [sys.executable, "-c", LLAMA], capture_output=True, text=True, timeout=280, check=False
    )
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    width, inner, keys, tokens = 8192, 28672, 1024, 128
    matrices = 2 * width * width + 2 * width * keys + 3 * width * inner
    embedding = 128256 * width
    assert found["totals"]["params"] == 80 * (matrices + 2 * width) + width + 2 * embedding == 70553706496
    assert found["totals"]["weight_bytes"] == 2 * 70553706496
    scores = 2 * tokens * tokens * width
    turns = tokens * 128  # the outer product of places and frequencies
    counted = found["totals"]["macs"]
    assert found["scores"] == scores
    assert counted - tokens * (80 * matrices + embedding) - 80 * scores in (0, turns)
    assert found["totals"]["complete"]
    assert found["said"] == []
    assert found["totals"]["peak_training_bytes"][0] > 80 * 2 * tokens * inner
    assert found["repeats"] == [["layers", 80]]
    assert found["seconds"] < 15
    assert found["peak"] < 2e9


def test_transformers_own_llama() -> None:
    transformers = pytest.importorskip("transformers")
    from penjing.costs.count import count
    from penjing.models.skeleton import skeleton
    from penjing.spec.messages import Message
    from penjing.spec.references import InputSpec

    config = transformers.LlamaConfig(
        vocab_size=1000, hidden_size=64, intermediate_size=160, num_hidden_layers=3, num_attention_heads=8,
        num_key_value_heads=2, tie_word_embeddings=False, use_cache=False,
    )  # fmt: skip
    module = skeleton(lambda: transformers.LlamaForCausalLM(config))
    # Its own mask and places are made of values, which there are none of on meta.
    inputs = {
        "input_ids": InputSpec((16,), "int64"),
        "attention_mask": InputSpec((1, 16, 16)),
        "position_ids": InputSpec((16,), "int64"),
    }
    said: list[Message] = []
    table = count(module, inputs, warn=said.append)
    assert not said
    matrices = 2 * 64 * 64 + 2 * 64 * 16 + 3 * 64 * 160
    assert table.totals.params == 3 * (matrices + 2 * 64) + 64 + 2 * 1000 * 64
    expected = 16 * (3 * matrices + 64 * 1000) + 3 * 2 * 16 * 16 * 64
    # Rotary embedding multiplies 16 places with 4 frequencies.
    assert table.totals.macs - expected in (0, 16 * 4)
