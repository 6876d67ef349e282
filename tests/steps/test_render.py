"""The report is one file, holds what the database holds, and hostile replies stay inert in it."""

import base64
import gzip
import json
import re
from pathlib import Path

import pytest
from markupsafe import escape
from prefect.logging import disable_run_logger

from tasks import ingest, publish_snapshot, render, score
from tasks.adapters import store
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError
from tasks.domain.likeness.lexical import shared_opening
from tasks.domain.reporting import page

ALPHA, BETA, GAMMA = "alpha", 'beta<img src=x onerror="hacked=1">', "gamma\u202e"
LONG = "x" * 100_000
HOSTILE = [
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror='window.hacked=1'><svg onload=window.hacked=1>",
    "</template></td></table></textarea></style><!-- <base href='http://evil.invalid/'>",
    "abc\u202edef\u2066ghi\u200bjkl\ufeffmno\u0007",
    LONG,
    "{{ 7 * 7 }} {% raw %} ${7*7} &lt;b&gt; \\u003cscript\\u003e",
]


def build_home(root: Path) -> Home:
    """Return a home whose snapshot holds three models, seven hostile prompts and two samples of each reply."""
    rows = []
    for number, hostile in enumerate(HOSTILE):
        shared = " ".join(f"word{k}" for k in range(number))
        for model in (ALPHA, BETA, GAMMA):
            for sample in (0, 1):
                opening = shared if model != GAMMA else "quite other"
                text = f"{opening} own{model[0]}{sample} {hostile}".strip()
                is_missing = model == GAMMA and number == 0
                rows.append(
                    {
                        "model": model,
                        "prompt": f"Prompt {number} {hostile}",
                        "reply": "" if is_missing else text,
                        "sample": sample,
                    }
                )
    source = root / "replies.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    home = Home(root / "home")
    with disable_run_logger():
        ingest.ingest.fn(source, "replies", (None, None), home)
        score.score.fn([], home)
        publish_snapshot.publish_snapshot.fn(home)
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    return build_home(tmp_path_factory.mktemp("render"))


@pytest.fixture(scope="module")
def text(home) -> str:
    return render.render.fn(home).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(text) -> dict:
    [packed] = re.findall(r'id="data">([^<]*)</script>', text)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def test_one_small_file_and_nothing_beside_it(home, text) -> None:
    assert [path.name for path in home.reports.iterdir()] == ["latest.html"]
    assert len(text) < 1_000_000
    assert not re.findall(r'(?:src|href)="(?!#)', text)


def test_nothing_hostile_stands_in_the_file(text) -> None:
    assert text.count("<script") == 2
    assert text.count("</script") == 2
    assert not re.search(r"<(img|svg|base|template)", text)
    assert "hacked=1</script>" not in text
    assert not set("\u202e\u2066\u200b\ufeff\u0007") & set(text)
    assert str(escape(BETA)) in text


def test_policy_lets_only_our_script_run(text) -> None:
    assert "default-src &#39;none&#39;" in text
    assert "unsafe-inline" not in text


def test_equal_snapshots_give_equal_files(home, text) -> None:
    assert render.render.fn(home).read_text(encoding="utf-8") == text


def test_missing_is_a_dash_and_sorts_last(text) -> None:
    [board] = re.findall(r'<table id="leaderboard".*?</table>', text, flags=re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", board, flags=re.DOTALL)[1:]
    column = list(page.BOARD).index("centred_cos")
    cells = [re.findall(r"<td.*?</td>", row, flags=re.DOTALL)[column] for row in rows]
    assert cells == ['<td data-sort="" class="number">-</td>'] * 3


def test_what_is_missing_is_said(text) -> None:
    assert re.search(r"<dt>missing</dt><dd>2</dd>", text)
    assert "empty_reply 2" in text


def test_beside_self_comes_first_with_its_sentences(text) -> None:
    assert text.index('id="beside-self"') < text.index('id="leaderboard"')
    assert "begin their replies" in text


def test_pairs_hold_their_most_alike_prompts(home, data) -> None:
    with store.reading(home) as snapshot:
        evidence = snapshot.read("mart.pair_evidence")
        samples = dict(snapshot.read_columns("core.reply", ["reply_id", "sample"]).iter_rows())
    for target in (ALPHA, BETA, GAMMA):
        for reference in {ALPHA, BETA, GAMMA} - {target}:
            expected = [
                (row["reply_id"], row["reference_reply_id"])
                for row in sorted(
                    evidence.filter(target=target, reference=reference).to_dicts(),
                    key=lambda row: (-row["opening"], -row["bigram_jaccard"], row["prompt_id"]),
                )
                if samples[row["reply_id"]] == samples[row["reference_reply_id"]] == 0
            ]
            names = [model[0] for model in data["models"]]
            found = [
                (data["replies"][row[3]][0], data["replies"][row[4]][0])
                for row in data["top"]
                if (names[row[0]], names[row[1]]) == (target, reference)
            ]
            assert found == expected[:5]
            assert len(found) == 5


def test_texts_are_cut_visibly_and_shared_words_counted(data) -> None:
    for _, text, n_more in data["replies"]:
        assert len(text) <= page.SHOWN_CHARACTERS
        assert n_more == 0 or len(text) == page.SHOWN_CHARACTERS
    assert max(n_more for _, _, n_more in data["replies"]) > 99_000
    counts = [(shared_opening(data["replies"][row[3]][1], data["replies"][row[4]][1]), row[5]) for row in data["top"]]
    assert all(left == right for left, right in counts)
    assert max(n for _, n in counts) == 6


@pytest.mark.parametrize(
    ("raw", "seen"), [("a\r\nb\rc\td", "a\nb\nc\td"), ("a\u202eb\u200b", "a�b�"), ("日本 é", "日本 é")]
)
def test_shown(raw, seen) -> None:
    assert page.shown(raw) == seen


def test_nothing_published(tmp_path) -> None:
    with pytest.raises(InputError, match="nothing is published"):
        render.render.fn(Home(tmp_path))
    assert not list(tmp_path.iterdir())
