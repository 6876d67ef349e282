"""What the README tells to type works, on a home with a little of everything."""

import re
from pathlib import Path

from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse.notebook import open_snapshot

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_its_python_runs(analysed: Home, capsys) -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    exec(compile(code.replace('"data/out"', repr(str(analysed.root))), "README.md", "exec"), {"Path": Path})
    assert "n_identical" in capsys.readouterr().out


def test_its_queries_run_and_have_the_columns_that_it_shows(analysed: Home) -> None:
    asked = re.findall(
        r'^\$ distillometer query (?:--example (\w+)|"(.*?)")\n(.*?)\n', README, flags=re.DOTALL | re.MULTILINE
    )
    assert len(asked) >= 2
    with open_snapshot(analysed.root) as snapshot:
        for name, text, heading in asked:
            frame = snapshot.example(name) if name else snapshot.sql(text)
            assert [cell.strip() for cell in heading.split("┃")] == frame.columns
