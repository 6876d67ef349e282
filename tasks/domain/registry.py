"""Finds plug-ins: every module of a folder whose constant has the file's name in capitals."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from tasks.domain.errors import InputError


def names(package: ModuleType) -> list[str]:
    """Return the plug-in names of `package` in alphabetical order, without importing them."""
    return sorted(module.name for module in iter_modules(package.__path__))


def load(package: ModuleType, name: str) -> Any:
    """Return the plug-in `name` of `package`: the constant that has the file's name in capitals.

    Raises:
        InputError: there is no such file; the message lists those that exist.
    """
    stem = name.replace("-", "_")
    if stem not in names(package):
        kind = package.__name__.rsplit(".", 1)[-1]
        known = ", ".join(names(package))
        raise InputError(f"there is no {name!r} among {kind}.", remedy=f"Known: {known}.")
    return getattr(import_module(f"{package.__name__}.{stem}"), stem.upper())
