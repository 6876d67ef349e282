"""`validate` on a planted population: its student is called with the right vendor, and all figures are in the file."""

import json

import pytest

from tests.support.populations import OPENING_ONLY, Population, references, strangers, student

pytestmark = [pytest.mark.flow, pytest.mark.usefixtures("served")]


def test_a_planted_student_is_called_and_all_figures_are_written(bench):
    models = [*references(8, 2), *strangers(2), student("pupil", "ref-a1", 1.0, OPENING_ONLY)]
    replies, lineage = Population(models, 60, 1).write(bench.root / "population")
    bases = bench.root / "bases.csv"
    bases.write_text("model,base\npupil,ref-b1\n")
    ingested = bench.run("ingest", str(replies))
    assert ingested.returncode == 0, ingested.stderr
    output = bench.root / "figures.json"
    done = bench.run(
        "validate", "--lineage", str(lineage), "--bases", str(bases), "--embed-prompts", "0", "--json", str(output)
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(output.read_text())["as_answered"]
    found = told["composite"]
    assert told["n_targets"] == 19
    assert found["students"]["mean"] == 1.0
    calls = found["calls"]["documented"]
    assert (calls["n_targets"], calls["n_students"], calls["right_fdr05"], calls["right_alone"]) == (3, 1, 1, 1)
    assert (calls["n_human"], calls["human_fdr05"], calls["wrong_fdr05"]) == (2, 0, 0)
    assert found["alarms"]["controls"]["n"] == 16
    assert found["alarms"]["vendor_cells"]["0.05"]["n"] == 16 * 7
    assert found["attribution"]["documented"]["vendor_first"] == 1
    assert told["siblings"]["n_students"] == 1
    assert {"prefix_overlap_0_1_0", "first_words", "word_jaccard", "rouge_l", "length"} <= told["rivals"].keys()
    assert "raw_embedding" not in told["rivals"]
    assert told["rivals"]["first_words"]["calls"]["documented"]["n_students"] == 1
    assert told["provenance"]["controls"]["n"] == 16
    assert json.loads(output.read_text())["without_first_sentences"] is None
    said = " ".join(done.stdout.split())
    assert "Students of candidates of documented origin: 1, of whom 1 can be tested" in said
    assert "Called of 2 taught by human data: 0" in said
    assert "same first word" in said
    assert f"Figures: {output}" in said
