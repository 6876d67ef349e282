"""Cards of reference populations: pinned by revision and checksums."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tasks.adapters.inputs import data_files, reference_populations
from tasks.adapters.inputs.cards import read_lineage
from tasks.domain.reference_population import ReferencePopulation

FIELDS = {
    "name": "one",
    "title": "t",
    "source": "s",
    "licence": "l",
    "years": "2026",
    "format": "replies",
    "lineage": "one",
    "url": "https://host/{revision}/{file}",
    "revision": "r1",
    "files": {"a/b.json": "0" * 64},
}


def test_an_address_is_that_of_a_file_in_a_revision() -> None:
    card = ReferencePopulation.model_validate(FIELDS)
    assert card.url_of("a/b.json") == "https://host/r1/a/b.json"
    assert ReferencePopulation.model_validate(FIELDS | {"files": {"a/b.json": "1" * 64}}).note != card.note


@pytest.mark.fault
@pytest.mark.parametrize(
    "change",
    [
        {"files": {}},
        {"files": {"../b.json": "0" * 64}},
        {"files": {"/b.json": "0" * 64}},
        {"files": {"b.json": "0"}},
        {"url": "https://host/{file}"},
        {"url": "https://host/{revision}"},
        {"url": "file:///{revision}/{file}"},
        {"revision": None},
    ],
)
def test_a_card_that_is_not_pinned_is_refused(change) -> None:
    with pytest.raises(ValidationError):
        ReferencePopulation.model_validate(FIELDS | change)


@pytest.mark.parametrize("name", ["alpaca-eval", "arena-hard"])
def test_a_shipped_population_names_a_lineage_of_its_own_models(name) -> None:
    population = reference_populations.read(name)
    documented = {row.model for row in read_lineage(data_files.lineage(Path(population.lineage)))}
    models = {file.split("/")[-2 if name == "alpaca-eval" else -1].removesuffix(".jsonl") for file in population.files}
    assert models - {"question"} <= documented
