"""What the compiler made is kept: the second process has nothing to compile."""

import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile

import pytest
from numba.core.caching import NullCache
from numba.core.registry import CPUDispatcher

import corpus_builder.align
from corpus_builder import jit

MODULE = """
from corpus_builder.jit import compiled

@compiled
def _inner(x):
    return x + 1

@compiled
def outer(x):
    return _inner(x) * 2

assert outer(3) == 8
print(len(outer.stats.cache_hits), len(outer.stats.cache_misses))
"""


def test_compiled_code_is_kept_for_the_next_process(tmp_path):
    (tmp_path / "tried.py").write_text(MODULE)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "tried.py"]
    runs = [
        subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert runs == [["0", "1"], ["1", "0"]]  # (found in the cache, compiled)


READ_ONLY = """
import os
from numba.core import caching
from corpus_builder import jit

for locator in (caching.InTreeCacheLocator, caching.UserWideCacheLocator):  # as in a read-only home
    locator.from_function = classmethod(lambda *_: None)
told = []
jit.when_compiling(lambda: told.append(1))
import tried
print(*told)
"""


def test_where_neither_package_nor_home_can_be_written_compiled_code_is_kept_too(tmp_path):
    """And compiling is told, once, where it happens."""
    (tmp_path / "tried.py").write_text(MODULE)
    (tmp_path / "temporary").mkdir()
    environment = {k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"}
    environment |= {"TMPDIR": str(tmp_path / "temporary"), "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    runs = [
        subprocess.run(
            [sys.executable, "-c", READ_ONLY], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for _ in range(2)
    ]
    assert runs == [["0 1", "1"], ["1 0", ""]]


@pytest.mark.parametrize("shape", ["open", "link"])
def test_a_temporary_folder_that_others_can_write_to_is_not_used(tmp_path, monkeypatch, shape):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    folder = jit._own_folder()
    assert folder is not None
    assert folder.parent == tmp_path
    folder.chmod(0o777)
    if shape == "link":
        folder.chmod(0o700)
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    assert jit._own_folder() is None


def test_a_quick_start_leaves_scipy_to_those_who_use_it():
    code = """
import sys
from corpus_builder import jit
jit.start_quickly()
import numba, numpy
assert numba.njit(lambda x: x.sum() + 1)(numpy.ones(3)) == 4
assert "scipy" not in sys.modules, "the start imports SciPy"
import scipy.linalg
assert scipy.linalg.det(numpy.eye(2)) == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})


def test_all_compiled_functions_of_the_aligner_are_kept():
    found = {}
    for module in pkgutil.walk_packages(corpus_builder.align.__path__, "corpus_builder.align."):
        own = importlib.import_module(module.name)
        found |= {f"{module.name}.{k}": v for k, v in vars(own).items() if isinstance(v, CPUDispatcher)}
    assert len(found) > 20
    assert [name for name, function in found.items() if isinstance(function._cache, NullCache)] == []
