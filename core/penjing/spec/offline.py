"""What keeps libraries from reporting to their makers: nothing leaves the machine, theirs neither.

ONNX Runtime sends usage events from version 1.32 on, on Linux too, unless it is told not to before it is loaded. The
libraries of Hugging Face ask their hub for what they do not find. Both listen to variables of the environment.
"""

from __future__ import annotations

import os

SILENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
LOCAL = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


def stay_silent() -> None:
    """No reports from this process. For before a library is imported that would send some."""
    os.environ.update(SILENT)


def stay_offline() -> None:
    """No reports, and no files fetched. For before a library of Hugging Face is imported: it reads this once."""
    os.environ.update(SILENT | LOCAL)
