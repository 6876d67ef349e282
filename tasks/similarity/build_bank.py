"""Replies of a home whose candidate teachers are chosen -> a reference bank."""

from pathlib import Path

from tasks.adapters.inputs import bank_files
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import reference_banks, store


@task(name="build bank", task_run_name="build bank {name}", cache_policy=NO_CACHE)
def build_bank(name: str, note: str, path: Path, home: Home) -> int:
    """Write the bank of all models with replies; return the number of its replies.

    Args:
        name: the bank's name.
        note: whose replies they are, from when, on what terms.
        path: its file.
        home: the home of the warehouse.
    """
    with store.writing(home) as warehouse:
        bank = reference_banks.build(warehouse, name, note)
    bank_files.write(bank, path)
    get_run_logger().info("bank %s: %d models, %d replies", name, len(bank.models), len(bank.prompt))
    return len(bank.prompt)
