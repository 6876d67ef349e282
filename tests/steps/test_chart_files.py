"""Each chart stands alone as SVG and PNG, with its data as CSV that no spreadsheet takes for anything else."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from flows.cli import main
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.publish.render import draw_figures
from tests.support import reported_home


@pytest.fixture(scope="module")
def folder(reported, tmp_path_factory) -> Path:
    """Return the folder that the command wrote figures to."""
    folder = tmp_path_factory.mktemp("drawn") / "new"
    with pytest.raises(SystemExit) as done:
        main.main(["report", "--figures", str(folder), "--home", str(reported.root)])
    assert done.value.code == 0
    return folder


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_every_chart_is_there_thrice(folder) -> None:
    names = {path.stem for path in folder.glob("*.svg")}
    assert {"heat_map_prefix_overlap_d", "map", "claims", "rates", "slices"} <= names
    for name in names:
        ElementTree.fromstring((folder / f"{name}.svg").read_text(encoding="utf-8"))
        assert (folder / f"{name}.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert list(folder.glob(f"{name}*.csv"))


def test_figures_need_no_page(folder) -> None:
    for path in folder.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "var(--" not in text
        assert "<script" not in text
        assert "<image" not in text


def test_data_are_what_the_snapshot_holds(reported, folder) -> None:
    with store.reading(reported) as snapshot:
        similarity = snapshot.read("mart.pair_similarity")
        expected = {
            (row["target"], row["reference"]): round(row["prefix_overlap_d"], 4)
            for row in similarity.to_dicts()
            if row["prefix_overlap_d"] is not None
        }
    found = {
        (row["target"].removeprefix("'"), row["reference"].removeprefix("'")): float(row["value"])
        for row in _rows(folder / "heat_map_prefix_overlap_d.csv")
    }
    assert found == pytest.approx(expected)


def test_no_cell_is_a_formula(folder) -> None:
    targets = {row["target"] for row in _rows(folder / "rates.csv")}
    assert f"'{reported_home.FORMULA}" in targets
    for path in folder.glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            assert not [cell for cell in row if cell[:1] in ("=", "+", "@", "\t")]


def test_nothing_published(tmp_path) -> None:
    with pytest.raises(InputError, match="nothing is published"):
        draw_figures.fn(Home(tmp_path / "home"), tmp_path / "figures")
    assert not list(tmp_path.iterdir())
