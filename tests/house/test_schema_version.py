"""Tables of facts are those of the version that the program says; a change of them is a new version, with its step.

`sql/migration/layout_N.sql` holds the tables of version N, so that an older warehouse can be brought to it also when there
are later ones. Until version N is released, its layout is renewed by `python -m tests.house.test_schema_version`.
"""

import re

from tasks.adapters.warehouse import sqlfiles
from tasks.adapters.warehouse.migrations import FOLDER
from tasks.adapters.warehouse.schema_version import SCHEMA_VERSION

LAYOUT = FOLDER / f"layout_{SCHEMA_VERSION}.sql"
WHAT_TO_DO = f"""the tables that are no computed ones are not those of schema version {SCHEMA_VERSION}.
Is version {SCHEMA_VERSION} released? Then raise SCHEMA_VERSION in tasks/adapters/warehouse/schema_version.py and write
sql/migration/{SCHEMA_VERSION}_to_{SCHEMA_VERSION + 1}.sql, which fills the new tables from those of layout_{SCHEMA_VERSION}.sql.
If it is not, adapt sql/migration/{SCHEMA_VERSION - 1}_to_{SCHEMA_VERSION}.sql.
In both cases then: python -m tests.house.test_schema_version"""


def _layout() -> str:
    """Return the declarations of all tables that are not formed anew at each scoring, without what is said of them."""
    facts = [relation for relation in sqlfiles.relations() if relation.is_declared and not relation.is_computed]
    texts = [
        "".join(line for line in relation.text.splitlines(keepends=True) if not line.lstrip().startswith("--"))
        for relation in sorted(facts, key=lambda relation: relation.full_name)
    ]
    head = f"-- The tables of schema version {SCHEMA_VERSION} but those that each scoring forms anew: copied from their files.\n"
    return head + "\n".join(texts)


def test_facts_have_the_layout_of_the_version_that_is_said() -> None:
    assert LAYOUT.exists(), WHAT_TO_DO
    assert LAYOUT.read_text(encoding="utf-8") == _layout(), WHAT_TO_DO


def test_each_version_has_its_layout_and_the_step_that_leads_to_it() -> None:
    wanted = {name for n in range(2, SCHEMA_VERSION + 1) for name in (f"layout_{n}.sql", f"{n - 1}_to_{n}.sql")}
    assert {path.name for path in FOLDER.iterdir()} == wanted


def test_a_table_is_created_as_its_file_says_and_altered_by_no_other_statement() -> None:
    for relation in sqlfiles.relations():
        if relation.is_declared:
            assert re.findall(r"(?im)^\s*(create|alter|insert|update|drop)\b", relation.text) == ["create"], relation


if __name__ == "__main__":
    LAYOUT.write_text(_layout(), encoding="utf-8")
