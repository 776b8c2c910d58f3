"""Files from elsewhere are never executed, and every random number comes from a seed.

Which way imports point is held by the contracts in ``pyproject.toml``."""

import ast
from pathlib import Path

import pytest

from core.models.shipped import SHIPPED
from core.paths import SAMPLE_DATA

HOUSE = SAMPLE_DATA.parent
FILES = sorted(path for part in ("core", "dashboard", "pages") for path in (HOUSE / part).rglob("*.py"))
CORE = [path for path in FILES if path.is_relative_to(HOUSE / "core")]
SEEDED = {"Generator", "SeedSequence", "default_rng"}  # of numpy.random: what takes a seed or holds one
FORBIDDEN = {  # what runs code from a file, and the random state that all threads share
    "torch.load",
    "torch.save",
    "torch.seed",
    "torch.manual_seed",
    "torch.random.manual_seed",
    "torch.set_rng_state",
    "torch.cuda.manual_seed",
    "torch.default_generator",
}
AMBIGUOUS = {"pixel", "nearest", "random"}  # names of models that are other things as well


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path):
    """Every module that a file imports, inside functions too; ``from a import b`` counts as ``a.b``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(node):
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_off(value):
    return isinstance(value, ast.Constant) and value.value is False


def test_there_is_a_house_to_look_at():
    assert len(CORE) > 30 and len(FILES) > len(CORE) + 10
    assert {"core.clip.Clip", "numpy"} <= set(imports(HOUSE / "core/evaluation/compare.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(Path(p).relative_to(HOUSE)))
def test_nothing_is_unpickled_and_no_chance_is_without_a_seed(path):
    assert not {n.split(".")[0] for n in imports(path)} & {"pickle", "dill", "joblib", "shelve", "marshal", "random"}
    for node in ast.walk(tree(path)):
        name = dotted(node) if isinstance(node, ast.Attribute) else ""
        assert name not in FORBIDDEN, name
        assert not name.startswith("np.random.") or name.split(".")[2] in SEEDED, name
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            assert called not in ("eval", "exec"), called
            assert not called.endswith("default_rng") or node.args, "a generator without a seed"
            drawn = called.startswith("torch.rand")
            assert not drawn or any(k.arg == "generator" for k in node.keywords), f"{called} without a generator"
            assert all(is_off(k.value) for k in node.keywords if k.arg == "allow_pickle"), called


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(Path(p).relative_to(HOUSE)))
def test_models_are_named_in_one_file(path):
    """Elsewhere a model is asked what it can do, or taken from a spec."""
    names = {spec.name for spec in SHIPPED} - AMBIGUOUS
    if path != HOUSE / "core/models/shipped.py":
        assert not names & {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
