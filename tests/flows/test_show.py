"""`show` and `export` print what is published, each as far as it was measured, and know models by name."""

import shlex

import pytest

from flows.cli import main
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tests.support import small_home


def shown(capsys, *arguments: object) -> str:
    with pytest.raises(SystemExit) as done:
        main.main([str(argument) for argument in arguments])
    assert done.value.code == 0
    return capsys.readouterr().out


def test_leaderboard(analysed, capsys) -> None:
    lines = shown(capsys, "show", "leaderboard", "--home", analysed.root).splitlines()
    first = next(line for line in lines if line.startswith("alpha-2"))
    cells = [cell.strip() for cell in first.split("│")]
    assert cells[:5] == ["alpha-2", "beta", "shares lineage (strong)", ".010", "0.90"]
    heading = "".join(lines[: lines.index(first)])
    assert "loose" in heading
    assert "hard" not in heading, "what nobody has is no column"


def test_pair(analysed, capsys) -> None:
    text = shown(capsys, "show", "pair", "alpha-2", "beta-1", "--home", analysed.root)
    assert "alpha-2: vendor alpha, family alpha, parent alpha-1" in text
    measures = text[text.index("Measures") : text.index("Verdicts")]
    assert "alpha-2 │ beta-1" in measures
    assert "beta-1  │ alpha-2" in measures
    assert "shares lineage (strong)" in text
    assert "same model or fine-tune" not in text, "that is the verdict on another group"
    assert "3.500" in text[text.index("Grades") :]
    telling = text[text.index("The prompts that add most to D") :]
    assert "small p2 (3 leading words shared, adds 1.386): Question p2" in telling
    assert "  alpha-2: A red kite, of course.\n  beta-1: A red kite." in telling
    assert telling.count("leading words shared") == 5


def test_verdict(analysed, capsys) -> None:
    text = shown(capsys, "show", "verdict", "alpha-2", "--home", analysed.root)
    assert text.endswith("\n\nalpha-2 shares lineage with beta models (p .010 over 2 vendors; nearest: beta).\n")
    assert "Statistic composite, version 1, with beta-1: 2.50 (2.30 to 2.69)" in text
    assert "Degree: 0.90, from 0" in text
    assert "Among the unrelated models gamma-1 looks like a student of beta itself" in " ".join(text.split())
    assert "Not: who learned from whom" in text
    rows = [[cell.strip() for cell in line.split("│")] for line in text.splitlines() if "│" in line]
    assert [row[:5] for row in rows[:3]] == [
        ["beta", "beta", ".005", "3.000", "shares lineage (strong)"],
        ["gamma", "gamma", ".020", "3.000", "shares lineage (moderate)"],
        ["alpha", "alpha", ".005", "3.000", "same model or fine-tune"],
    ]
    assert rows[3][:6] == ["layout", "0.500", "0.300", "0.100", "0.500", "3.000"]
    assert f"distillometer show pair alpha-2 beta-1 --home {analysed.root}" in text
    typed = [
        shlex.split(line.partition(": ")[2] or line) for line in text.splitlines() if "distillometer query" in line
    ]
    assert all(words[3:] == ["--home", str(analysed.root)] for words in typed)
    with store.reading(analysed) as snapshot:
        n_rows = [snapshot.ask(words[2]).height for words in typed]
    assert len(n_rows) == 2
    assert min(n_rows) > 0
    none = shown(capsys, "show", "verdict", "gamma-1", "--home", analysed.root)
    assert "There is no verdict on gamma-1: it shares no prompt" in none


def test_identity(analysed, capsys) -> None:
    text = shown(capsys, "show", "identity", "alpha-2", "--home", analysed.root)
    scores = text[: text.index("Whom it claims")]
    assert "loose │ 1.000 │ 0.980 │ 1.000" in scores
    assert "beta   │ foreign" in text
    leaks = text[text.index("replies that leak") :]
    assert leaks.index("hard, claims beta (bank, template plain-zh)") < leaks.index(
        "strict, claims beta (bank, template role-en)"
    )
    assert "alpha-2: Beta." in leaks
    assert "evidence: made by Beta" in leaks
    assert "no identity scores" in shown(capsys, "show", "identity", "gamma-1", "--home", analysed.root)


def test_cost(analysed, capsys) -> None:
    text = shown(capsys, "show", "cost", "--home", analysed.root)
    cells = [cell.strip() for line in text.splitlines() if line.startswith("alpha-1") for cell in line.split("│")]
    assert cells[:5] == ["alpha-1", "identity", "2", "0", "0.015"]
    assert "36 calls, 0.02 USD; the price of 5 of 7 lines is not known." in text


@pytest.mark.parametrize("arguments", [("pair", "alpha-2", "bete-1"), ("identity", "bete-1"), ("verdict", "bete-1")])
def test_unknown_models_are_met_with_near_ones(analysed, capsys, arguments) -> None:
    with pytest.raises(SystemExit) as done:
        main.main(["show", *arguments, "--home", str(analysed.root)])
    assert done.value.code == 2
    assert "there is no model 'bete-1'. Near to it: beta-1" in capsys.readouterr().err


def test_export(analysed, tmp_path, capsys) -> None:
    text = shown(capsys, "export", tmp_path / "out", "--format", "csv", "--home", analysed.root)
    assert "mart.verdict.csv" in text
    assert (
        "Not exported, as its rows are formed when they are asked for: mart.pair_evidence; query it by target, reference."
        in text
    )
    assert "no spreadsheet takes it for a formula" in text.replace("\n", " ")


def test_query_runs_an_example(analysed, capsys) -> None:
    text = shown(capsys, "query", "--example", "several_teachers", "--format", "csv", "--home", analysed.root)
    assert text == 'target,n_groups,candidate_groups\nalpha-2,2,"beta, gamma"\n'


def test_nothing_measured_is_said(tmp_path, capsys) -> None:
    home = Home(tmp_path)
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, [("alpha", "p1", 0, "well"), ("beta", "p1", 0, "then")], {"alpha": "a", "beta": "b"})
        warehouse.publish(home.published)
    said = shown(capsys, "show", "leaderboard", "--home", tmp_path)
    assert f"Nothing is scored yet: distillometer score --home {tmp_path}" in " ".join(said.split())
    text = shown(capsys, "show", "pair", "alpha", "beta", "--home", tmp_path)
    assert "Measures, both ways" in text
    assert "Verdicts" not in text


def test_calls_to_models_of_this_machine_cost_nothing(tmp_path, capsys) -> None:
    home, times = Home(tmp_path), {"registered_at": small_home.AT}
    reply = {"request_id": "q", "reply_id": "r", "reply_text": "Yes.", "n_attempts": 1, "replied_at": small_home.AT}
    request = {"request_id": "q", "model": "local", "fingerprint": "f", "prompt_id": "p", "sample": 0, "round": "R"}
    request |= {"sampling_text": "{}", "purpose": "reply", "requested_at": small_home.AT}
    with store.writing(home) as warehouse:
        card = {"model": "local", "fingerprint": "f", "source": "card", "card_text": "{}"}
        warehouse.append("model", [card | {"input_usd": 0.0, "output_usd": 0.0} | times])
        warehouse.append("request", [request])
        warehouse.append("reply", [reply | {"source": "asked", "cost_usd": 0.0, "cost_source": "free"}])
        warehouse.publish(home.published)
    assert "1 calls; they cost nothing." in shown(capsys, "show", "cost", "--home", tmp_path)


def test_power_says_what_is_lacking(analysed, capsys) -> None:
    said = shown(capsys, "show", "power", "--home", analysed.root)
    assert "No verdict can be reached: 2 prompts, at least 50 are needed." in said
