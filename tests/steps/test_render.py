"""The report is one file, holds what the database holds, and hostile replies stay inert in it."""

import base64
import gzip
import json
import re
from pathlib import Path

import pytest
from markupsafe import escape
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.report import chart_script
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.reporting import cells, identity, pairs
from tasks.domain.similarity.lexical import shared_prefix_overlap
from tasks.publish import publish_snapshot, render
from tasks.similarity import choose_references, sum_pairs, verdict

ALPHA, BETA, GAMMA = "alpha", 'beta<img src=x onerror="hacked=1">', "gamma-->"
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
                prefix_overlap = shared if model != GAMMA else "quite other"
                text = f"{prefix_overlap} own{model[0]}{sample} {hostile}".strip()
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
        ingest.ingest.fn(source, "replies", home)
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
        verdict.verdict.fn("", home)
        publish_snapshot.publish_snapshot.fn(home)
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    return build_home(tmp_path_factory.mktemp("render"))


@pytest.fixture(scope="module")
def text(home) -> str:
    return render.render.fn(home).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def own(text) -> str:
    """Return the file without the charting library, which is somebody else's text."""
    assert text.count(chart_script.javascript()) == 1
    return text.replace(chart_script.javascript(), "")


@pytest.fixture(scope="module")
def data(text) -> dict:
    [packed] = re.findall(r'id="data">([^<]*)</script>', text)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def test_one_small_file_and_nothing_beside_it(home, text, own) -> None:
    assert [path.name for path in home.reports.iterdir()] == ["latest.html"]
    assert len(text) < 1_500_000
    assert not re.findall(r'(?:src|href)="(?!#)', own)


@pytest.mark.fault
def test_nothing_hostile_stands_in_the_file(text, own) -> None:
    assert own.count("<script") == 3
    assert text.count("</script") == 3
    assert not re.search(r"<(img|svg|base|template)", own)
    assert "hacked=1</script>" not in text
    assert not set("\u202e\u2066\u200b\ufeff\u0007") & set(own)
    assert str(escape(BETA)) in text


def test_policy_lets_only_our_script_run(text) -> None:
    assert "default-src &#39;none&#39;" in text
    assert "unsafe" not in text.split("<title>")[0]


def test_equal_snapshots_give_equal_files(home, text) -> None:
    assert render.render.fn(home).read_text(encoding="utf-8") == text


def test_missing_is_a_dash_and_sorts_last(text) -> None:
    [board] = re.findall(r'<table id="leaderboard".*?</table>', text, flags=re.DOTALL)
    heads = re.findall(r"<button type=\"button\">(.*?)</button>", board)
    rows = re.findall(r"<tr>(.*?)</tr>", board, flags=re.DOTALL)[1:]
    cells = [re.findall(r"<td.*?</td>", row, flags=re.DOTALL)[heads.index("next nearest")] for row in rows]
    assert all(re.fullmatch(r'<td data-sort="[^"]+" class=" extra"><a .*</a></td>', cell) for cell in cells)
    assert "degree" not in heads
    [left_out] = re.findall("Left out, as no row has a value: ([^<]*), probes", text)
    assert {"p", "degree"} <= set(left_out.split(", "))


def test_what_the_snapshot_lacks_is_said_in_a_sentence(own) -> None:
    for said in (
        "No identity probe was sent",
        "No target has",
        "No two judges read",
        "no call was made",
        "No verdict says",
    ):
        assert said in own
    for drawn in ("chart-map", "chart-claims", "leak-list", "identity-scores"):
        assert f'id="{drawn}"' not in own


def test_what_is_missing_is_said(text) -> None:
    assert "2 of 42 replies are missing and in no figure; most of gamma--&gt;." in text
    assert "empty_reply 2" in text


def test_beside_self_has_its_table_and_no_sentence_over_so_few_prompts(text) -> None:
    assert 'id="beside-self"' in text
    assert "The same model twice?" not in text


def _excess(excess, row) -> float:
    """Return by how much two replies exceed unrelated models; without any of these, how alike they begin."""
    value = excess[row["prompt_id"]]
    return round(row["prefix_overlap"] if value is None else value, 9)


def test_pairs_hold_the_prompts_that_exceed_unrelated_models_most(home, data) -> None:
    with store.reading(home) as snapshot:
        evidence = snapshot.read("mart.pair_evidence")
        centred = snapshot.read("core.pair_centred")
        samples = dict(snapshot.read_columns("core.reply", ["reply_id", "sample"]).iter_rows())
    for target in (ALPHA, BETA, GAMMA):
        for reference in {ALPHA, BETA, GAMMA} - {target}:
            of_pair = centred.filter(target=target, reference=reference)
            excess = dict(of_pair.select("prompt_id", "prefix_overlap_d").iter_rows())
            expected = [
                (row["reply_id"], row["reference_reply_id"])
                for row in sorted(
                    evidence.filter(target=target, reference=reference).to_dicts(),
                    key=lambda row: (
                        -_excess(excess, row),
                        -row["bigram_jaccard"],
                        row["prompt_id"],
                    ),
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
        assert len(text) <= pairs.SHOWN_CHARACTERS
        assert n_more == 0 or len(text) == pairs.SHOWN_CHARACTERS
    assert max(n_more for _, _, n_more in data["replies"]) > 99_000
    counts = [
        (shared_prefix_overlap(data["replies"][row[3]][1], data["replies"][row[4]][1]), row[5]) for row in data["top"]
    ]
    assert all(left == right for left, right in counts)
    assert max(n for _, n in counts) == 6


@pytest.mark.parametrize(
    ("raw", "seen"), [("a\r\nb\rc\td", "a\nb\nc\td"), ("a\u202eb\u200b", "a�b�"), ("日本 é", "日本 é")]
)
def test_shown(raw, seen) -> None:
    assert cells.safe_text(raw) == seen


def test_each_target_has_its_share_of_the_leaks_that_the_page_holds() -> None:
    row = {"prompt_id": "p", "prompt_text": "t", "reply_text": "r", "is_hard": None, "is_foreign": True, "mode": "bank"}
    row |= {name: None for name in identity.LEAK if name not in row} | {"judge": "j"}
    many = [row | {"target": "many", "request_id": f"{n:05}"} for n in range(identity.HELD_LEAKS)]
    few = [row | {"target": "few", "request_id": f"{n:05}", "is_hard": n == 9} for n in range(10)]
    found = identity.leaks(many + few)
    assert found["targets"] == [["many", "many", identity.HELD_LEAKS], ["few", "few", 10]]
    held = [target for target, *_ in found["rows"]]
    assert (held.count(0), held.count(1)) == (identity.HELD_LEAKS - 10, 10)
    at = identity.LEAK.index("is_hard") + 4
    assert next(told for told in found["rows"] if told[0] == 1)[at]


def test_nothing_published(tmp_path) -> None:
    with pytest.raises(InputError, match="nothing is published"):
        render.render.fn(Home(tmp_path))
    assert not list(tmp_path.iterdir())
