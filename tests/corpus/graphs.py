"""ONNX that reaches outside, calls itself, or is damaged."""

from __future__ import annotations

from pathlib import Path

from corpus.register import hostile
from corpus.sound import write_graph


@hostile("external_above.onnx")
def _external_above(path: Path) -> None:
    write_graph(path, "../secret.bin")


@hostile("external_absolute.onnx")
def _external_absolute(path: Path) -> None:
    write_graph(path, "/etc/passwd")


@hostile("external_backslash.onnx")
def _external_backslash(path: Path) -> None:
    write_graph(path, "..\\secret.bin")


@hostile("external_link.onnx")
def _external_link(path: Path) -> None:
    (path.parent / "linked.bin").symlink_to("/etc/passwd")
    write_graph(path, "linked.bin")


@hostile("external_linked_folder.onnx")
def _external_linked_folder(path: Path) -> None:
    (path.parent / "linked").symlink_to("/etc")
    write_graph(path, "linked/passwd")


@hostile("external_missing.onnx")
def _external_missing(path: Path) -> None:
    write_graph(path, "gone.bin")


def _calling(path: Path, *bodies: list[str]) -> None:
    """A graph that calls the first of some functions, each of which calls others of them by name."""
    import onnx

    sets = [onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid("own", 1)]
    functions = []
    for number, called in enumerate(bodies):
        nodes = [
            onnx.helper.make_node(name, [f"v{at}"], [f"v{at + 1}"], domain="" if name == "Relu" else "own")
            for at, name in enumerate(called)
        ]
        functions.append(
            onnx.helper.make_function("own", f"F{number}", ["v0"], [f"v{len(nodes)}"], nodes, sets)
        )
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("F0", ["x"], ["y"], domain="own", name="call")],
        "calls",
        [value("x", onnx.TensorProto.FLOAT, ["batch", 4])],
        [value("y", onnx.TensorProto.FLOAT, ["batch", 4])],
    )
    model = onnx.helper.make_model(graph, opset_imports=sets, functions=functions, producer_name="test")
    path.write_bytes(model.SerializeToString())


@hostile("calls_itself.onnx")
def _calls_itself(path: Path) -> None:
    _calling(path, ["F0"])


@hostile("calls_doubling.onnx")
def _calls_doubling(path: Path) -> None:
    _calling(path, *([f"F{number + 1}"] * 2 for number in range(40)), ["Relu"])


@hostile("many_nodes.onnx")
def _many_nodes(path: Path) -> None:
    import onnx

    count, make = 30_000, onnx.helper.make_node
    nodes = [make("Relu", ["x"], [f"t{number}"], name="same") for number in range(count)]
    nodes.append(make("Sum", [f"t{number}" for number in range(count)], ["y"], name="same"))
    value = onnx.helper.make_tensor_value_info
    ends = [[value(name, onnx.TensorProto.FLOAT, ["batch", 4])] for name in "xy"]
    model = onnx.helper.make_model(onnx.helper.make_graph(nodes, "many", *ends), producer_name="test")
    path.write_bytes(model.SerializeToString())


@hostile("no_nodes.onnx")
def _no_nodes(path: Path) -> None:
    import onnx

    graph = onnx.helper.make_graph([], "empty", [], [])
    path.write_bytes(onnx.helper.make_model(graph, producer_name="test").SerializeToString())


@hostile("torn.onnx")
def _torn_onnx(path: Path) -> None:
    write_graph(path)
    path.write_bytes(path.read_bytes()[:-20])
