"""The snapshot for assistants: the official client speaks to the command over its standard input and output."""

import asyncio
import json
import sys
from typing import Any

import pytest

from tasks.adapters.settings import PROJECT, Home

pytest.importorskip("mcp")


def _asked(home: Home, calls: list[tuple[str, dict[str, Any]]]) -> tuple[list[str], list[Any]]:
    """Return the names of the server's tools, and the result of each call."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    async def ask() -> tuple[list[str], list[Any]]:
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "flows.cli.main", "mcp", "--home", str(home.root)], cwd=PROJECT
        )
        async with stdio_client(command) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            names = [tool.name for tool in (await session.list_tools()).tools]
            return names, [await session.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(ask())


def test_an_assistant_reads_verdicts_and_the_catalogue_and_nothing_else(analysed) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("relations", {}),
        ("columns", {"relation": "mart.verdict"}),
        ("query", {"sql": "select model from core.model order by model"}),
        ("query", {"sql": "copy (select 1) to '/tmp/written'"}),
        ("query", {"sql": "select * from read_text('/etc/hostname')"}),
        ("verdict", {"model": "nobody"}),
    ]
    names, results = _asked(analysed, calls)
    assert set(names) == {"verdict", "evidence", "relations", "columns", "query"}
    relations, columns, rows, *refused = results
    assert any("mart.verdict" in part.text for part in relations.content)
    assert any("p_target" in part.text for part in columns.content)
    found = json.loads(rows.content[0].text)
    assert found["n_rows"] == len(found["rows"]) > 0
    assert not found["is_truncated"]
    assert [result.is_error for result in refused] == [True] * 3
    assert "no model" in refused[2].content[0].text
    model = found["rows"][0]["model"]
    _, [verdict] = _asked(analysed, [("verdict", {"model": model})])
    assert model in json.loads(verdict.content[0].text)["answer"]


@pytest.mark.fault
def test_without_anything_published_the_command_says_so(tmp_path, capsys) -> None:
    from flows.cli import main

    with pytest.raises(SystemExit) as left:
        main.main(["mcp", "--home", str(tmp_path)])
    assert left.value.code == 2
    assert "distillometer: " in capsys.readouterr().err
