"""What a shell completes: names of plans and cards (`distillometer --install-completion` sets it up)."""


def plan_names(incomplete: str) -> list[str]:
    """Return the plans whose name begins with what is typed; none where the data folders can't be read."""
    from tasks.adapters.inputs import data_files

    return _beginning(data_files.PLANS, incomplete)


def card_names(incomplete: str) -> list[str]:
    """Return the cards whose name begins with what is typed; none where the data folders can't be read."""
    from tasks.adapters.inputs import data_files

    return _beginning(data_files.CARDS, incomplete)


def _beginning(pattern: str, incomplete: str) -> list[str]:
    from tasks.adapters.inputs import data_files

    try:
        return [name for name in data_files.names(pattern) if name.startswith(incomplete)]
    except OSError:
        return []
