"""Imports go down only: the table below is the architecture, and every import of the package is held to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "summae"

# Who may import what of ours, by longest prefix; `errors` and the package's own rooms are free to all.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "config": set(),
    "text": set(),
    "data": {"text"},
    "models": set(),
    "estimators": {"models.outputs"},
    "objectives": {"text", "estimators", "models.outputs"},
    "training": {"config", "objectives.loss"},
    "representations": {"models", "estimators", "objectives", "data"},
    "inference": {"text"},
    "inference.backends.torch": {"text", "inference", "models"},
    "inference.export": {"text", "inference", "models"},
    "evaluation": {"text", "inference"},
    "recipes": {
        *("config", "text", "data", "models", "estimators", "objectives", "training"),
        *("representations", "inference", "evaluation"),
    },
    "__main__": {"cli"},
    "cli": {
        *("config", "text", "data", "models", "estimators", "objectives", "training"),
        *("representations", "inference", "evaluation", "recipes"),
    },
}

HEAVY = {"torch", "transformers", "datasets", "accelerate"}
LIGHT = ("text", "inference", "cli.summarize")
MAY_BE_HEAVY = ("inference.backends.torch", "inference.export")


@dataclass(frozen=True)
class Import:
    """One name that a module imports, absolute and dotted."""

    target: str
    line: int
    is_lazy: bool
    """Inside a function: happens only when it is called."""


def module_name(path: Path) -> str:
    """`summae/text/length.py` -> `text.length`; the package's own `__init__.py` -> ``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports_of(module: str, source: str) -> list[Import]:
    """Every import of a module, also inside functions; those for the type checker alone are left out."""
    is_package = MODULES.get(module, Path("x.py")).name == "__init__.py"
    inside = ["summae", *module.split(".")] if module else ["summae"]
    room = inside if is_package else inside[:-1]
    return list(_walk(ast.parse(source), room, is_lazy=False))


def _walk(node: ast.AST, room: list[str], *, is_lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for statement in child.orelse:
                yield from _walk(ast.Module([statement], []), room, is_lazy=is_lazy)
        elif isinstance(child, ast.Import):
            for name in child.names:
                yield Import(name.name, child.lineno, is_lazy)
        elif isinstance(child, ast.ImportFrom):
            above = room[: len(room) - child.level + 1] if child.level else []
            base = ".".join([*above, *([child.module] if child.module else [])])
            for name in child.names:
                yield Import(f"{base}.{name.name}", child.lineno, is_lazy)
        else:
            is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _walk(child, room, is_lazy=is_lazy or is_function)


def is_within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(prefix + ".")


def rule_for(module: str) -> str:
    """The longest row of the table that covers the module."""
    rows = [row for row in MAY_IMPORT if is_within(module, row)]
    return max(rows, key=len, default="")


def forbidden_imports(module: str, source: str) -> list[str]:
    """What the module imports of ours against the table, one readable line each."""
    row = rule_for(module)
    allowed = {*MAY_IMPORT[row], "errors", row}
    found = []
    for item in imports_of(module, source):
        target = item.target.removeprefix("summae.")
        if not is_within(item.target, "summae") or target == "__version__":
            continue
        if not any(is_within(target, name) for name in allowed):
            found.append(f"summae.{module}:{item.line} imports summae.{target}")
    return found


def heavy_imports(module: str, source: str) -> list[str]:
    return [
        f"summae.{module}:{item.line} imports {item.target}"
        for item in imports_of(module, source)
        if item.target.split(".")[0] in HEAVY
    ]


def loaded_with(module: str) -> set[str]:
    """Our modules that importing this one loads: itself, the packages around it, and what they import at once."""
    loaded: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        while (
            name not in MODULES and "." in name
        ):  # `text.length.Length` is a name in `text.length`
            name = name.rpartition(".")[0]
        if name in loaded or name not in MODULES:
            continue
        loaded.add(name)
        waiting.append(name.rpartition(".")[0])
        waiting.extend(
            item.target.removeprefix("summae.")
            for item in imports_of(name, MODULES[name].read_text("utf-8"))
            if is_within(item.target, "summae") and not item.is_lazy
        )
    return loaded


LIGHT_MODULES = [
    name
    for name in MODULES
    if any(is_within(name, light) for light in LIGHT)
    and not any(is_within(name, heavy) for heavy in MAY_BE_HEAVY)
]


@pytest.mark.parametrize("module", [name for name in MODULES if name])
def test_imports_go_down_only(module: str) -> None:
    if is_within(module, "assets"):
        pytest.skip("data, no code")
    assert rule_for(module), f"summae.{module} stands in no row of the table: give its package one"
    assert forbidden_imports(module, MODULES[module].read_text("utf-8")) == []


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_summarising_never_imports_torch(module: str) -> None:
    assert heavy_imports(module, MODULES[module].read_text("utf-8")) == []


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_nothing_loaded_on_the_way_imports_torch(module: str) -> None:
    found = [
        line
        for name in sorted(loaded_with(module))
        for line in heavy_imports(name, MODULES[name].read_text("utf-8"))
        if name not in MAY_BE_HEAVY
    ]
    assert found == []


def test_the_light_modules_are_found() -> None:
    # Were a folder renamed, the two tests above would silently have nothing to check.
    for light in LIGHT:
        assert any(is_within(name, light) for name in LIGHT_MODULES), light


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("text.length", "from summae.data import sources"),
        ("text.length", "from ..models.generator import Generator"),
        ("data.loaders", "def load():\n    import summae.models.generator"),
        ("objectives.loss", "from summae.models.generator import Generator"),
        ("training.trainer", "from summae.objectives.denoising import denoising_loss"),
        ("recipes.mined", "from summae.cli import main"),
        ("evaluation.rouge", "from summae import Summarizer"),
    ],
)
def test_an_import_that_goes_up_is_caught(module: str, source: str) -> None:
    assert len(forbidden_imports(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("text.length", "from summae.text.normalize import normalize"),
        ("text.length", "from .normalize import normalize\nfrom ..errors import InputError"),
        ("objectives.loss", "from summae.models.outputs import Scored"),
        ("evaluation.signature", "from summae import __version__"),
        ("text.length", "if TYPE_CHECKING:\n    from summae.data.sources import Row"),
        ("cli.main", "def train():\n    from summae.recipes import pipeline"),
    ],
)
def test_an_import_that_goes_down_is_allowed(module: str, source: str) -> None:
    assert forbidden_imports(module, source) == []


def test_a_lazy_import_of_torch_is_caught_too() -> None:
    assert heavy_imports("text.length", "def f():\n    from torch.nn import Module") != []
