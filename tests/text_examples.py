"""A small text set with its tokenizer, a table, and networks for both, made in a folder without any download."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np

LENGTH = 24  # tokens that the text models take
WORDS = 400  # ids that the tokenizer has at most
FEATURES = 67  # inputs of the table's network: 64 pixels and the three values of `paper`
TOPICS = ("cooking", "sailing", "weather")

# What is said of each topic; the beginnings are the same for all, so that no single word gives a topic away.
_WHO = ("my aunt", "the old neighbour", "a friend of ours", "nobody", "the whole family", "her teacher")
_WHEN = ("this morning", "last winter", "on Sunday", "before noon", "after the long walk", "every year")
_WHAT = {
    "cooking": (
        "stirred the soup until it was thick", "let the dough rise twice", "cut onions into small cubes",
        "baked bread with too much salt", "fried an egg in butter", "took the pan off the stove",
    ),
    "sailing": (
        "hoisted the sail against the wind", "let the anchor down in the bay", "steered by the lighthouse",
        "took the small boat around the island", "tied a knot that did not hold", "leaned over the rail",
    ),
    "weather": (
        "saw clouds come over the hill", "was wet from the rain", "measured frost on the window",
        "waited for the storm to pass", "felt the fog rise from the river", "counted the days without sun",
    ),
}  # fmt: skip

MODELS = '''"""Small networks for ids of tokens (length 24, at most 400 words) and for rows of a table (67 inputs)."""

import torch
from torch import nn


class ConvText(nn.Module):
    """Embedding, a convolution over neighbours, the largest answer over the text, a linear layer."""

    def __init__(self, words=400, width=32, classes=3):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.conv = nn.Conv1d(width, 2 * width, 3, padding=1)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, ids):
        found = torch.relu(self.conv(self.embedding(ids).transpose(1, 2)))
        return self.head(found.amax(2))


class Encoder(nn.Module):
    """Embedding, one encoder layer that looks at real tokens alone, their mean, a linear layer."""

    def __init__(self, words=400, width=32, length=24, classes=3):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.place = nn.Parameter(torch.randn(length, width) * 0.02)
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(width, 2 * width)
        self.second = nn.Linear(2 * width, width)
        self.head = nn.Linear(width, classes)

    def forward(self, ids, mask):
        x = self.embedding(ids) + self.place
        scores = self.query(x) @ self.key(x).transpose(1, 2) / x.shape[-1] ** 0.5
        scores = scores.masked_fill(mask[:, None, :] == 0, -1e9)
        x = self.norm(x + scores.softmax(-1) @ self.value(x))
        x = x + self.second(torch.relu(self.first(x)))
        real = mask.unsqueeze(-1).to(x.dtype)
        return self.head((x * real).sum(1) / real.sum(1).clamp_min(1))


class Rows(nn.Module):
    """A perceptron with two hidden layers."""

    def __init__(self, features=67, width=64, outputs=10):
        super().__init__()
        self.first = nn.Linear(features, width)
        self.second = nn.Linear(width, width)
        self.last = nn.Linear(width, outputs)

    def forward(self, x):
        return self.last(torch.relu(self.second(torch.relu(self.first(x)))))


def conv_text():
    return ConvText()


def narrow_conv_text():
    return ConvText(width=16)


def encoder():
    return Encoder()


def rows():
    return Rows()


def narrow_rows():
    return Rows(width=24)


def rows_regression():
    return Rows(outputs=1)
'''


def models(folder: Path) -> Path:
    """`nets.py` with the factories conv_text, narrow_conv_text, encoder, rows, narrow_rows, rows_regression."""
    path = folder / "nets.py"
    path.write_text(MODELS, encoding="utf-8")
    return path


def sentences() -> list[tuple[str, str]]:
    """648 sentences, each with its topic, in a fixed disorder."""
    every = [
        (f"{when} {who} {what} .", topic)
        for topic in TOPICS
        for when, who, what in product(_WHEN, _WHO, _WHAT[topic])
    ]
    return [every[i] for i in np.random.RandomState(0).permutation(len(every))]


def text_set(folder: Path, name: str = "topics", splits: bool = False) -> Path:
    """The sentences as `datasets` saves them; with `splits` in a training and a test part. Reference: `hf:PATH`."""
    from datasets import ClassLabel, Dataset, DatasetDict, Features, Value, disable_progress_bars

    disable_progress_bars()
    features = Features({"text": Value("string"), "label": ClassLabel(names=list(TOPICS))})
    rows = [{"text": text, "label": TOPICS.index(topic)} for text, topic in sentences()]
    path = folder / name
    if splits:
        parts = {"train": rows[:500], "test": rows[500:]}
        whole = DatasetDict({key: Dataset.from_list(part, features=features) for key, part in parts.items()})
        whole.save_to_disk(str(path))
    else:
        Dataset.from_list(rows, features=features).save_to_disk(str(path))
    return path


def tokenizer(folder: Path, name: str = "tokenizer") -> Path:
    """A WordPiece tokenizer trained on the sentences, as a folder with `tokenizer.json`."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=WORDS, special_tokens=special, show_progress=False)
    made.train_from_iterator((text for text, _ in sentences()), trainer)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    path = folder / name
    path.mkdir(parents=True, exist_ok=True)
    made.save(str(path / "tokenizer.json"))
    return path


def table(folder: Path, name: str = "digits.csv") -> Path:
    """scikit-learn's digits: 64 pixels, a category `paper` that says nothing, missing values here and there, `digit`.

    A name that ends in `.parquet` makes a Parquet file.
    """
    import pandas
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    random = np.random.RandomState(0)
    frame = pandas.DataFrame(pixels, columns=[f"p{row}{column}" for row in range(8) for column in range(8)])
    for column in ("p34", "p43", "p07"):
        frame.loc[random.rand(len(frame)) < 0.05, column] = np.nan
    paper = random.choice(["plain", "lined", "squared"], len(frame)).astype(object)
    paper[random.rand(len(frame)) < 0.03] = None
    frame["paper"] = paper
    frame["digit"] = labels
    path = folder / name
    frame.to_parquet(path, index=False) if path.suffix == ".parquet" else frame.to_csv(path, index=False)
    return path
