"""Finds plug-ins: every module of a folder whose constant has the file's name in capitals."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from tasks.domain.errors import InputError


def names(package: ModuleType) -> list[str]:
    """Return the plug-in names of `package` in alphabetical order, without importing them."""
    return sorted(module.name for module in iter_modules(package.__path__))


def require(package: ModuleType, name: str, where: str = "") -> None:
    """Require that `package` has a plug-in `name`, without importing it.

    Raises:
        InputError: there is no such file; the message lists those that exist.
    """
    if name.replace("-", "_") not in names(package):
        kind = package.__name__.rsplit(".", 1)[-1]
        raise InputError(
            f"there is no {name!r} among {kind}.", where=where, remedy=f"Known: {', '.join(names(package))}."
        )


def load(package: ModuleType, name: str) -> Any:
    """Return the plug-in `name` of `package`: the constant that has the file's name in capitals.

    Raises:
        InputError: there is no such file; the message lists those that exist.
    """
    require(package, name)
    stem = name.replace("-", "_")
    return getattr(import_module(f"{package.__name__}.{stem}"), stem.upper())
