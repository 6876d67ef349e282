"""What Prefect shows of a run's stages: text from outside stays text, what is missing stays missing."""

import pytest

from tasks.domain.reporting import stages
from tasks.domain.reporting.markdown import MOST_CHARACTERS, bullets, cell, escaped, table

HOSTILE = [
    "<script>alert(1)</script>",
    "a | b | c",
    "`code` and ```fence```",
    "[click](javascript:alert(1))",
    "![x](http://127.0.0.1/leak.png)",
    "line\nbreak\r\n# heading",
    "https://example.com/",
    "back\\slash \\| pipe",
    "&lt;b&gt; \"quoted\" 'single'",
    "turned \u202e around \u2028 and split",
    "$math$ ~~struck~~ *bold* _soft_",
]


@pytest.mark.fault
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_from_outside_has_a_meaning(text: str) -> None:
    shown = escaped(text)
    assert not set("<>\n\r\u202e\u2028") & set(shown)
    bare = shown.replace("\\\\", "")
    assert not [at for at, sign in enumerate(bare) if sign in "|`*_[]!$~" and bare[at - 1 : at] != "\\"]
    assert "://" not in shown
    [_, _, row] = table([{"a": text, "b": "last"}], {"first": "a", "second": "b"}).splitlines()
    assert row.endswith(" | last |")


def test_long_text_is_cut_and_says_so() -> None:
    assert escaped("a" * 1000) == "a" * MOST_CHARACTERS + "…"


def test_missing_is_a_dash_and_zero_is_zero() -> None:
    assert [cell(value) for value in (None, float("nan"), "", 0, 0.0, False)] == ["-", "-", "-", "0", "0.000", "False"]


def test_bullets_are_one_line_each() -> None:
    assert bullets(["one\ntwo", "three"]) == "- one two\n- three"


def test_plan_tells_calls_and_cost() -> None:
    calls = [stages.ModelCalls("dear", 10, 4, 1.5), stages.ModelCalls("unpriced", 5, 0, None)]
    text = stages.plan("test", "2026-W48", calls, ["One more."])
    assert text.startswith("# Plan test, round 2026\\-W48\n\n15 calls, 11 of them to be made.\n\n")
    assert "About 1\\.50 US dollars for the calls to be made" in text
    assert "Models without a price in their card, whose cost is not known\\: 1\\." in text
    assert "| dear | 10 | 4 | 6 | 1.500 |\n| unpriced | 5 | 0 | 5 | - |" in text


def test_coverage_puts_failures_first() -> None:
    row = {
        "prompt_set": "general",
        "n_requests": 10,
        "missing_reasons": None,
        "n_truncated": 0,
        "median_latency_ms": 12.5,
    }
    rows = [{**row, "model": "whole", "n_answered": 10, "n_missing": 0}]
    rows += [{**row, "model": "lacking", "n_answered": 7, "n_missing": 3, "missing_reasons": "timeout 3"}]
    text = stages.coverage(rows, [], ["model lacking: <b>3</b> of 10 requests have no reply"] * 2)
    assert "17 of 20 requests have a reply, 3 have none." in text
    assert text.index("- 2 times") < text.index("| lacking |") < text.index("| whole |")
    assert "<b>" not in text
    assert "Spent" not in text


def test_leaderboard_links_and_cuts() -> None:
    row = dict.fromkeys(
        [
            "p_target",
            "q",
            "p_holm",
            "score",
            "degree",
            "prefix_overlap_d",
            "prefix_overlap_d_low",
            "prefix_overlap_d_high",
            "n_prompts",
            "n_missing",
            "hard",
        ]
    )
    row |= {"identity_mode": None, "candidate_group": "x|y", "verdict": "not conclusive"}
    rows = [{**row, "target": f"m{n}"} for n in range(stages.MOST_ROWS + 1)]
    text = stages.leaderboard(rows, ["odd"], {"Report": "/a (b)>/c.html"})
    assert "- [Report](file:///a%20%28b%29%3E/c.html): " in text
    assert text.index("| m0 | not conclusive | x\\|y |") < text.index("| m1 | not conclusive |")
    assert "and 1 more rows" in text
    assert "## Warnings\n\n- odd" in text
    served = stages.leaderboard([], [], {"Report": "http://127.0.0.1:1/latest.html"}, ["<b>s</b> resembles t."])
    assert "- [Report](http://127.0.0.1:1/latest.html): " in served
    assert served.index("&lt;b&gt;s&lt;\\/b&gt; resembles t") < served.index("[Report]")
