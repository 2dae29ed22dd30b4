"""Names that no pickle is allowed to call, whatever a person agreed to: ways to run programs, and detours to them.

The standard library is denied except for plain values. Of torch and NumPy, what loads or compiles code is denied.
Other packages, and a person's own code, are named to the person, who decides.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

UNKNOWN = "?"  # a name that is put together while the pickle runs

_PLAIN = {
    "builtins": "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple",
    "_codecs": "encode",
    "argparse": "Namespace",
    "array": "array _array_reconstructor",
    "collections": "OrderedDict Counter defaultdict deque",
    "copyreg": "_reconstructor __newobj__ __newobj_ex__",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "enum": "Enum Flag IntEnum IntFlag StrEnum",
    "fractions": "Fraction",
    "functools": "partial",
    "pathlib": "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
    "types": "SimpleNamespace",
    "uuid": "UUID SafeUUID",
}
_ALLOWED = {f"{module}.{name}" for module, names in _PLAIN.items() for name in names.split()}

_PARTS = {
    "torch": "load save hub jit ops classes package serialization fx export compile distributed multiprocessing "
    "_dynamo _inductor _export _ops _jit_internal library testing storage._load_from_bytes utils.cpp_extension "
    "utils.model_zoo utils.bundled_inputs utils.data utils.mobile_optimizer utils.hipify utils.collect_env "
    "utils.benchmark _utils_internal _lobpcg backends",
    "torchvision": "datasets io _internally_replaced_utils",
}
_NUMPY = (
    "dtype ndarray bool_ float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
    "_core.multiarray._reconstruct core.multiarray._reconstruct _core.multiarray.scalar core.multiarray.scalar"
)
_OWN = ("penjing.models.sample.DigitsCNN",)
_ROOTS = frozenset(
    [
        "pip",
        "setuptools",
        "pkg_resources",
        "distutils",
        "_distutils_hack",
        "IPython",
        "dill",
        "cloudpickle",
        "joblib",
        "pytest",
        "_pytest",
        "commands",
        "penjing",
        "penjing_gui",
        "penjing_resources",
    ]
)


def denied(name: str) -> bool:
    """Whether the global of a dotted name is one of these."""
    root, _, rest = name.partition(".")
    if name == UNKNOWN or not rest or (root in _ROOTS and name not in _OWN):
        return True
    if root in sys.stdlib_module_names or root in ("__builtin__", "copy_reg", "nt", "posix"):
        return f"{root}.{rest}" not in _ALLOWED
    if root == "numpy":
        return rest not in _NUMPY.split() and not rest.startswith("dtypes.")
    parts = _PARTS.get(root, "").split()
    return any(rest == part or rest.startswith(f"{part}.") for part in parts)


def denied_object(found: Any) -> bool:
    """As `denied`, for what a name came to: `somepackage.os.system` is `posix.system`, and a module is a detour."""
    if isinstance(found, ModuleType):
        return True
    module, name = getattr(found, "__module__", None), getattr(found, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str):
        return not isinstance(found, type) and callable(found) and type(found).__module__ == "builtins"
    return denied(f"{module}.{name}")
