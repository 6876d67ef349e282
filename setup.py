"""Builds the wheel; what is not said here stands in pyproject.toml."""

import runpy
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

READ_BY_THE_PROGRAM = ("sql", "data", "prefect.yaml")


class BuildWithFiles(build_py):
    """Puts what the program reads beside its code: around an installed wheel there is no repository."""

    def run(self) -> None:
        """Copy the modules and the files, and build the charts' script; an editable install has them in place."""
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
        script = runpy.run_path("tasks/adapters/report/chart_script.py")
        (target / script["FILE"]).write_text(script["built"](), encoding="utf-8")


setup(cmdclass={"build_py": BuildWithFiles})
