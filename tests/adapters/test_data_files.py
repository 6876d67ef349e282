"""Files of one's own are looked at before those that are shipped."""

import pytest

from flows.cli import main
from tasks.adapters import settings
from tasks.adapters.inputs import cards, data_files, lexicons, templates
from tasks.adapters.settings import PROJECT
from tasks.domain.errors import InputError

CARD = 'name = "{}"\nvendor = "acme"\n[endpoint]\nprovider = "openai_compatible"\nbase_url = "http://127.0.0.1:9/v1"\n'


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Return a data folder of one's own with one new card, and one whose name is that of a shipped card."""
    folder = tmp_path / "mine"
    (folder / "models").mkdir(parents=True)
    for name in ("mine-1", "phi-4"):
        (folder / "models" / f"{name}.toml").write_text(CARD.format(name) + f'served_name = "{name}"\n')
    monkeypatch.setenv("DISTILLOMETER_DATA", str(folder))
    return folder


def test_own_card_is_added_to_the_shipped_ones_and_wins_over_one_of_its_name(own) -> None:
    names = cards.card_names()
    assert {"mine-1", "phi-4", "gpt-6-luna"} <= set(names)
    assert len(names) == len(set(names))
    assert cards.read_card("phi-4").vendor == "acme"
    assert cards.read_card("gpt-6-luna").vendor == "openai"
    assert cards.read_plan("demo")[0].name == "demo"
    assert cards.read_prompt_set("general")[0].name == "general"
    assert templates.read_template_set("identity")[0].name == "identity"


def test_own_file_in_place_of_a_shipped_one_is_named_once(own, capsys) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(["models", "phi-4", "mine-1", "phi-4", "--home", str(own / "home")])
    assert end.value.code == 0
    said = capsys.readouterr().out.replace("\n", " ")
    assert said.count("model card phi-4: ") == 1
    assert "mine-1.toml" not in said


def test_copy_of_a_shipped_file_needs_no_word(own) -> None:
    (own / "models/phi-4.toml").write_bytes((PROJECT / "data/models/phi-4.toml").read_bytes())
    assert data_files.notes([(data_files.CARDS, "phi-4"), (data_files.CARDS, "mine-1")]) == []


@pytest.mark.fault
@pytest.mark.parametrize(
    ("read", "kind"),
    [
        (cards.read_card, "models"),
        (cards.read_plan, "plans"),
        (cards.read_prompt_set, "prompts"),
        (templates.read_template_set, "templates"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_name_that_is_nowhere_names_both_folders(own, read, kind) -> None:
    with pytest.raises(InputError) as caught:
        read("nothing-of-this-name")
    assert str(own / kind) in str(caught.value)
    assert str(PROJECT / "data" / kind) in str(caught.value)


def test_data_of_the_current_folder_comes_first_where_no_folder_is_named(own, monkeypatch) -> None:
    monkeypatch.delenv("DISTILLOMETER_DATA")
    monkeypatch.chdir(own)
    assert settings.data_dirs() == (PROJECT / "data",)
    own.rename(own.parent / "data")
    monkeypatch.chdir(own.parent)
    assert settings.data_dirs() == (own.parent / "data", PROJECT / "data")
    assert settings.data_dir() == own.parent / "data"


def test_own_lexicon_adds_vendors_and_replaces_those_of_the_same_id(own) -> None:
    shipped = lexicons.read_lexicon(PROJECT / "data")
    text = '[[vendor]]\nid = "{}"\ncountry = "China"\nmakers = ["{}"]\nmodels = {{ zorgl = ["{}"] }}\n'
    own_text = (
        'version = "7.0.0"\n' + text.format("alibaba", "Alibaba", "Zorgl") + text.format("zorg", "Zorg Labs", "Zorgly")
    )
    (own / "lexicon.toml").write_text(own_text)
    lexicon = lexicons.read_lexicon()
    assert {vendor.id for vendor in lexicon.vendors} == {vendor.id for vendor in shipped.vendors} | {"zorg"}
    [alibaba] = [vendor for vendor in lexicon.vendors if vendor.id == "alibaba"]
    assert [family.name for family in alibaba.models] == ["zorgl"]
    assert lexicon.version == f"{shipped.version}+7.0.0"
    (own / "lexicon.toml").write_bytes((PROJECT / "data/lexicon.toml").read_bytes())
    assert repr(lexicons.read_lexicon()) == repr(shipped)


@pytest.mark.fault
def test_own_lexicon_whose_name_means_a_shipped_vendor_is_refused(own) -> None:
    text = 'version = "7.0.0"\n[[vendor]]\nid = "zorg"\ncountry = "China"\nmakers = ["OpenAI"]\n'
    (own / "lexicon.toml").write_text(text)
    with pytest.raises(InputError, match="also means 'openai'") as caught:
        lexicons.read_lexicon()
    assert str(own / "lexicon.toml") in str(caught.value)


def test_lineage_is_found_by_its_name(own, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    from pathlib import Path

    assert data_files.lineage(Path("arenahard")) == PROJECT / "data/lineage/arenahard.csv"
    (tmp_path / "arenahard").write_text("model\n")
    assert data_files.lineage(Path("arenahard")) == Path("arenahard")
    assert data_files.lineage(Path("nothing.csv")) == Path("nothing.csv")
