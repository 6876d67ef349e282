"""Processes for sums: a user's script that has no guard around its calls is run once, not once more in each of them."""

import subprocess
import sys

from tasks.adapters.settings import PROJECT

SCRIPT = """
from tasks.adapters.warehouse.pair_shards import processes

print("begun")
with processes(2) as pool:
    print(sorted(pool.map(abs, [-1, -2, -3])))
"""


def test_the_calling_script_is_not_run_again(tmp_path) -> None:
    script = tmp_path / "scored.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env={"PYTHONPATH": str(PROJECT)})
    assert done.stdout.splitlines() == ["begun", "[1, 2, 3]"], done.stderr
