"""docs/plan.md, docs/card.md and the schemas are what the models say, and the schemas take what the program takes."""

import json
import tomllib

import jsonschema
import pytest

from tasks.adapters.settings import PROJECT
from tests.house import key_reference

KINDS = {"plan": "plans", "card": "models"}


@pytest.mark.parametrize("path", key_reference.files(), ids=lambda path: path.name)
def test_file_is_written_from_the_models(path) -> None:
    """Else run `python -m tests.house.key_reference`."""
    assert path.read_text(encoding="utf-8") == key_reference.files()[path]


@pytest.mark.parametrize(("kind", "folder"), KINDS.items())
def test_schema_takes_every_shipped_file(kind, folder) -> None:
    schema = json.loads((PROJECT / f"data/schemas/{kind}.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    contents = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (PROJECT / "data" / folder).glob("*.toml")]
    assert len(contents) > 1
    for content in contents:
        # Dates of TOML are texts in JSON, for which the schema is written.
        assert [error.message for error in validator.iter_errors(json.loads(json.dumps(content, default=str)))] == []


@pytest.mark.parametrize(("kind", "folder"), KINDS.items())
def test_schema_refuses_an_unknown_key(kind, folder) -> None:
    path = next((PROJECT / "data" / folder).glob("*.toml"))
    content = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))
    validator = jsonschema.Draft202012Validator(key_reference.schema(kind))
    assert "nothing" in " ".join(error.message for error in validator.iter_errors(content | {"nothing": 1}))


def test_page_names_every_table_and_key_with_its_meaning() -> None:
    page = key_reference.page("plan")
    for line in ("## [identity.sampling]", "## [[prompts]]", "## [budget]", "| **`models`** |", "| `seed` |"):
        assert line in page
    assert "What counts as a success: a foreign claim, or any contradiction of the facts." in page
    assert '## [endpoint] with provider = "llama_cpp"' in key_reference.page("card")
