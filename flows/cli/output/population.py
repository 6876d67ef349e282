"""Prints the homogeneity of all models."""

from tasks.adapters import terminal
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.reporting.population_sentences import population_sentences


def print_population(home: Home) -> None:
    """Print the effective number of models in sentences; nothing where there are too few models."""
    with store.reading(home) as snapshot:
        homes = snapshot.read("mart.homogeneity").to_dicts()
        members = snapshot.read("mart.model_contribution").to_dicts()
        nodes = snapshot.read("mart.model_tree").to_dicts()
    lines = population_sentences(homes, members, nodes)
    if lines:
        terminal.print_lines(["", *(f"- {line}" for line in lines)])
