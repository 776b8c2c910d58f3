"""The science must run without a screen, and in one direction: a world that asked a model, or a model that asked its
judge, could favour one arm. Files from elsewhere are never executed, and every chance is drawn from a seed."""

import ast
from pathlib import Path

import pytest

from core.paths import SAMPLE_DATA

HOUSE = SAMPLE_DATA.parent
FILES = sorted(path for part in ("core", "dashboard", "pages") for path in (HOUSE / part).rglob("*.py"))
CORE = [path for path in FILES if path.is_relative_to(HOUSE / "core")]
SEEDED = {"Generator", "SeedSequence", "default_rng"}  # of numpy.random: what takes a seed or holds one
ARROWS = {  # the modules of a part, and what they must not import
    "core/worlds": ("core.models", "core.training", "core.evaluation"),
    "core/models": ("core.training", "core.evaluation"),
    "core/evaluation": ("core.training",),
    "core/video": ("core.worlds", "core.models", "core.training", "core.evaluation"),
    "core/clip.py": ("core.",),
    "core": ("dashboard", "pages", "streamlit", "plotly"),
}


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path):
    """Every module that a file imports, inside functions too; ``from a import b`` counts as ``a.b``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports by dots"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(node):
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def below(name, module):
    return name == module or name.startswith(module.rstrip(".") + ".")


def test_there_is_a_house_to_look_at():
    assert len(CORE) > 30 and len(FILES) > len(CORE) + 10
    assert {"core.clip.Clip", "numpy"} <= set(imports(HOUSE / "core/evaluation/compare.py"))


@pytest.mark.parametrize("part, barred", ARROWS.items(), ids=ARROWS)
def test_imports_point_one_way(part, barred):
    files = [path for path in CORE if path.is_relative_to(HOUSE / part)]
    assert files
    wrong = [f"{p.relative_to(HOUSE)}: {n}" for p in files for n in imports(p) for b in barred if below(n, b)]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle():
    names = {".".join(p.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__"): p for p in CORE}
    ahead = {}
    for name, path in names.items():
        top = [n for n in tree(path).body if isinstance(n, ast.ImportFrom) and n.module]
        wanted = {m for n in top for m in (n.module, *(f"{n.module}.{alias.name}" for alias in n.names))}
        ahead[name] = {m for m in wanted & set(names) if not below(name, m)}
    done = set()
    while ready := {name for name in ahead if name not in done and ahead[name] <= done}:
        done |= ready
    assert set(ahead) - done == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(Path(p).relative_to(HOUSE)))
def test_nothing_is_unpickled_and_no_chance_is_without_a_seed(path):
    assert not {n.split(".")[0] for n in imports(path)} & {"pickle", "dill", "joblib", "shelve", "marshal", "random"}
    for node in ast.walk(tree(path)):
        name = dotted(node) if isinstance(node, ast.Attribute) else ""
        assert name not in ("torch.load", "torch.save", "torch.seed"), name
        assert not name.startswith("np.random.") or name.split(".")[2] in SEEDED, name
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            assert called not in ("eval", "exec"), called
            assert not called.endswith("default_rng") or node.args, "a generator without a seed"
            drawn = called.startswith("torch.rand")
            assert not drawn or any(k.arg == "generator" for k in node.keywords), f"{called} without a generator"
            assert all(k.arg != "allow_pickle" for k in node.keywords), called
