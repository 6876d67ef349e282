"""Builds the wheel; what is not said here stands in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

READ_BY_THE_PROGRAM = ("sql", "data", "prefect.yaml")


class BuildWithFiles(build_py):
    """Puts what the program reads beside its code: around an installed wheel there is no repository."""

    def run(self) -> None:
        """Copy the modules, then the files; an editable install reads these where they are."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib, "distillometer", "shipped")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in READ_BY_THE_PROGRAM:
            if Path(name).is_dir():
                shutil.copytree(name, target / name, ignore=shutil.ignore_patterns("out", "__pycache__"))
            else:
                shutil.copyfile(name, target / name)


setup(cmdclass={"build_py": BuildWithFiles})
