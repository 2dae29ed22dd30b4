"""`inspect --self-test`: counts against torchvision's published figures."""

from __future__ import annotations

from penjing.commands.console import err, figure, out, print_json, text
from penjing.spec.messages import DONE, FAILED


def self_test(json: bool) -> int:
    """Count the whole zoo, say what agrees, and return the exit code: 1 where a figure differs."""
    import torchvision

    from penjing.runs.self_test import check_counts

    with err().status("") as status:
        result = check_counts(
            lambda done, total, name: status.update(
                text("cli.self_test_at", name=name, done=done, total=total)
            )
        )
    if json:
        print_json({**result, "torchvision": torchvision.__version__})
        return DONE if result["ok"] else FAILED
    from rich.table import Table

    view = Table(box=None, pad_edge=False)
    for code in ("cli.model", "cli.input", "cli.params", "cli.macs", "cli.published", "cli.agrees"):
        view.add_column(
            text(code), justify="left" if code in ("cli.model", "cli.input", "cli.agrees") else "right"
        )
    for one in result["models"]:
        view.add_row(
            one["name"],
            " + ".join("×".join(map(str, spec["shape"])) for spec in one["input"]),
            figure(one["params"], 6),
            f"{one['macs'] / 1e9:.3f} G",
            f"{one['published_gmacs']:.3f} G",
            text("cli.yes") if one["ok"] else text("cli.no"),
        )
    out().print(view)
    right = sum(one["ok"] for one in result["models"])
    out().print(
        text(
            "cli.self_tested",
            right=right,
            count=len(result["models"]),
            version=torchvision.__version__,
            seconds=f"{sum(one['seconds'] for one in result['models']):.1f}",
        ),
        markup=False,
        soft_wrap=True,
    )
    return DONE if result["ok"] else FAILED
