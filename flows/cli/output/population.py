"""What the command prints of how alike all models are to each other."""

from tasks.adapters import terminal
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.reporting.population_sentences import population_sentences


def print_population(home: Home) -> None:
    """Print in words how many distinct models all of them write like; nothing where there are too few to say."""
    with store.reading(home) as snapshot:
        homes = snapshot.read("mart.homogeneity").to_dicts()
        members = snapshot.read("mart.model_contribution").to_dicts()
        nodes = snapshot.read("mart.model_tree").to_dicts()
    lines = population_sentences(homes, members, nodes)
    if lines:
        terminal.print_lines(["", *(f"- {line}" for line in lines)])
