"""What a failure says to people."""

from __future__ import annotations

from penjing.spec.messages import USAGE, Failure
from penjing_resources.messages import LANGUAGES, parts, render


def line(failure: Failure) -> str:
    """The English line of bad input; it is whole in every language."""
    message = failure.message
    assert failure.exit_code == USAGE
    for language in LANGUAGES:
        assert all(parts(message.code, message.params, language))
        assert "{" not in render(message.code, message.params, language)
    return render(message.code, message.params)
