"""There is one leaderboard: terminal, report and artifact have the rows of `mart.target_summary` in its order."""

import re
import shutil
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from flows.cli import main
from flows.cli.output import tables
from tasks.adapters.prefect import artifacts
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.publish import publish_artifacts, render
from tests.support import reported_home, small_home

SEARCHED = "gamma-1"
"""A target that was asked prompts, but of identity probes those of a search alone."""


def _append_search(warehouse: store.Store) -> None:
    """Append a probe of a search, put to a target that has no others, and what a judge read of its reply."""
    reply = small_home.reply_id(SEARCHED, "role-en/maker", 0)
    small_home.fill(warehouse, [(SEARCHED, "role-en/maker", 0, "Beta made me.")], {SEARCHED: "gamma"})
    probe = {"request_id": reply, "mode": "search", "template_id": "role-en", "question_id": "p1", "is_leading": True}
    warehouse.append("probe", [probe | {"registered_at": small_home.AT}])
    label = {"label_id": f"text_claim/{reply}", "reply_id": reply, "judge": "text_claim", "judge_version": "1"}
    label |= {"attempt": 0, "is_contradiction": True, "is_foreign": True, "judged_at": small_home.AT}
    warehouse.append("judge_label", [label])


@pytest.fixture(scope="module")
def home(reported, tmp_path_factory) -> Home:
    """Return the reported home with a search, in which a degree, a D and a p each say another order."""
    home = Home(Path(shutil.copytree(reported.root, tmp_path_factory.mktemp("leaderboard") / "home")))
    with store.writing(home) as warehouse:
        scores = [
            row for row in warehouse.read("score.identity_score", slice="all").to_dicts() if row["target"] == "alpha-2"
        ]
        _append_search(warehouse)
        searched = {"target": SEARCHED, "mode": "search", "value": 0.987, "low": 0.975, "high": 0.991}
        small_home.add_scores(warehouse, "identity_score", [row | searched for row in scores])
        [one] = warehouse.read("score.verdict", target="alpha-1").to_dicts()
        told = [
            one | {"target": "alpha-1", "p_target": 0.2, "degree": 0.9, "prefix_overlap_d": 0.1},
            one
            | {"target": "beta-1", "candidate_group": "gamma", "reference": "gamma-1", "p_target": 0.1}
            | {"degree": 0.1, "prefix_overlap_d": 0.05},
        ]
        others = warehouse.read("score.verdict").filter(target="alpha-2").to_dicts()
        warehouse.replace("verdict", [*told, *(row | {"p_target": 0.3} for row in others)])
        warehouse.publish(home.published)
    return home


@pytest.fixture(scope="module")
def targets(home) -> list[str]:
    with store.reading(home) as snapshot:
        board = snapshot.read("mart.target_summary").sort("position")
    assert board["position"].to_list() == [1, 2, 3, 4, 5]
    assert board["target"].to_list()[:3] == ["alpha-2", "beta-1", "alpha-1"]
    return board["target"].to_list()


@pytest.fixture(scope="module")
def page(home) -> str:
    return render.render.fn(home).read_text(encoding="utf-8")


def _table(page: str, name: str) -> list[list[str]]:
    """Return the cells of a table of the page, its headings first, without markup."""
    [found] = re.findall(rf'<table id="{name}".*?</table>', page, flags=re.DOTALL)
    heads = re.findall(r"<button type=\"button\">(.*?)</button>", found)
    rows = re.findall(r"<tr>(.*?)</tr>", found, flags=re.DOTALL)[1:]
    cells = [re.findall(r"<td.*?>(.*?)</td>", row, flags=re.DOTALL) for row in rows]
    return [heads, *([re.sub(r"<small>.*", "", cell) for cell in row] for row in cells)]


def _in_order(text: str, targets: list[str]) -> list[str]:
    """Return the targets that begin a line of a table, in its order."""
    return [cell for line in text.splitlines() if (cell := re.split("[│|]", line.strip("| "))[0].strip()) in targets]


def test_report_has_its_order(page, targets) -> None:
    _, *rows = _table(page, "leaderboard")
    names = [re.sub("<.*?>", "", row[0]).replace("&#34;", '"') for row in rows]
    assert names == targets


def test_show_has_its_order(home, targets, capsys) -> None:
    with pytest.raises(SystemExit):
        main.main(["show", "leaderboard", "--home", str(home.root)])
    assert _in_order(capsys.readouterr().out, targets) == targets


def test_result_has_its_order(home, targets, capsys) -> None:
    tables.print_result(home, [], [])
    text = capsys.readouterr().out
    board = text[text.index("Leaderboard") :]
    assert _in_order(board, targets)[: len(targets)] == targets


def test_artifact_has_its_order(home, targets, monkeypatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(artifacts, "show", lambda key, text, description: shown.append(text))
    with disable_run_logger():
        publish_artifacts.publish_leaderboard.fn([], None, home)
    [text] = shown
    told = [target for target in targets if target != reported_home.FORMULA]  # It stands there escaped.
    assert _in_order(text.replace("\\", ""), told) == told


def test_what_a_search_found_stands_with_the_identity_scores_alone(home, page) -> None:
    with store.reading(home) as snapshot:
        [row] = snapshot.read("mart.target_summary", target=SEARCHED).to_dicts()
    assert {row[name] for name in ("identity_mode", "loose", "strict", "hard", "hard_low")} == {None}
    heads, *rows = _table(page, "leaderboard")
    [cells] = [row for row in rows if SEARCHED in row[0]]
    assert [cells[heads.index(name)] for name in ("probes", "loose", "strict", "hard (ICE)")] == ["-"] * 4
    heads, *rows = _table(page, "identity-scores")
    [cells] = [row for row in rows if SEARCHED in row[0]]
    assert cells[heads.index("mode")] == "search"
    assert "0.987" in cells[heads.index("strict")]


def _missing(home: Home) -> dict[str, int]:
    """Return how many requests of each model have no reply, counted from the requests themselves."""
    counts = "select model, count(*) - count(reply_text) as n from core.reply group by model"
    with store.reading(home) as snapshot:
        return dict(snapshot.ask(counts).rows())


def test_missing_is_one_number_of_a_model_wherever_it_is_shown(home, targets, page, capsys) -> None:
    """Its probes without a label are not added to it: those stand with the identity scores."""
    missing = _missing(home)
    assert missing["alpha-2"] == 1
    with store.reading(home) as snapshot:
        board = dict(snapshot.read_columns("mart.target_summary", ["target", "n_missing"]).rows())
        probes = snapshot.read("mart.identity_coverage", target="alpha-2")
        spent = snapshot.read("mart.spend", model="alpha-2", purpose="reply")
    assert probes["n_missing"].sum() == 1
    assert {model: board[model] for model in missing} == missing
    assert spent["n_failed"].sum() == missing["alpha-2"]
    heads, *rows = _table(page, "leaderboard")
    assert [re.sub("<.*?>", "", row[heads.index("missing")]) for row in rows if "alpha-2" in row[0]] == ["1"]
    tables.print_result(home, [], [])
    assert f"replies, {sum(missing.values())} missing." in " ".join(capsys.readouterr().out.split())
    with pytest.raises(SystemExit):
        main.main(["show", "cost", "--home", str(home.root)])
    lines = [re.split("[│┃]", line) for line in capsys.readouterr().out.splitlines() if "┃" in line or "│" in line]
    [heads, *rows] = [[cell.strip() for cell in line] for line in lines]
    [row] = [row for row in rows if row[:2] == ["alpha-2", "reply"]]
    assert row[heads.index("failed")] == "1"


def test_board_says_of_which_probes_its_shares_are(page) -> None:
    heads, *rows = _table(page, "leaderboard")
    assert {row[heads.index("probes")] for row in rows if row[heads.index("loose")] != "-"} == {"bank"}
