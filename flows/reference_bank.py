"""Published replies of a population -> a reference bank: ingest -> choose candidate teachers -> build."""

from pathlib import Path

from tasks import ingest
from tasks.adapters.inputs import cards, data_files, lineages
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.ingest_rows import MEMORY
from tasks.similarity import build_bank, choose_references


@flow(name="reference bank", flow_run_name="reference bank {name}")
async def reference_bank(
    name: str, folder: str, format_name: str, lineage: str, *, note: str, home: str, bank: str
) -> int:
    """Build the bank of a population; return the number of its replies.

    Args:
        name: the population.
        folder: its files.
        format_name: the format that they are in.
        lineage: what is documented of its models: a file of data/lineage, or a path.
        note: whose replies they are, from when, on what terms.
        home: the home of the population, where its replies stay.
        bank: the file of the bank.
    """
    place = home_at(home)
    with store.writing(place) as warehouse, warehouse.limited(MEMORY):
        ingest.ingest(Path(folder), format_name, place, None, name)
        lineages.record_lineages(cards.read_lineage(data_files.lineage(Path(lineage))), warehouse)
        choose_references.score([], place)
        return build_bank.build_bank(name, note, Path(bank), place)
