"""What the compiler made is kept: the second process has nothing to compile."""

import importlib
import os
import pkgutil
import subprocess
import sys

from numba.core.caching import NullCache
from numba.core.registry import CPUDispatcher

import corpus_builder.align

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


def test_all_compiled_functions_of_the_aligner_are_kept():
    found = {}
    for module in pkgutil.walk_packages(corpus_builder.align.__path__, "corpus_builder.align."):
        own = importlib.import_module(module.name)
        found |= {f"{module.name}.{k}": v for k, v in vars(own).items() if isinstance(v, CPUDispatcher)}
    assert len(found) > 20
    assert [name for name, function in found.items() if isinstance(function._cache, NullCache)] == []
