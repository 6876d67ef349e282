"""`compare`: a population that others published is fetched once, by checksum, and one model is held against it."""

import hashlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tasks.adapters.inputs import cards
from tests.flows.test_check import STUDENT, TEACHERS, reply
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.flow

N_PROMPTS = 55


class _Served(ThreadingHTTPServer):
    """Serves a folder, and notes what is asked for."""

    def __init__(self, folder: Path) -> None:
        self.paths: list[str] = []

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(handler) -> None:
                self.paths.append(handler.path)
                super().do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Iterator[_Served]:
    folder = tmp_path_factory.mktemp("published")
    prompts = [prompt for prompt in cards.read_prompt_set("general")[1] if len(prompt.messages) == 1][:N_PROMPTS]
    for name in TEACHERS:
        rows = [
            {
                "instruction": prompt.messages[0].content,
                "output": reply(name, prompt),
                "generator": name,
                "dataset": "x",
            }
            for prompt in prompts
        ]
        (folder / name).mkdir()
        (folder / name / "model_outputs.json").write_text(json.dumps(rows))
    server = _Served(folder)
    server.folder = folder
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bench(tmp_path, published) -> Workbench:
    made = Workbench(tmp_path)
    files = {
        f"{name}/model_outputs.json": hashlib.sha256(
            (published.folder / name / "model_outputs.json").read_bytes()
        ).hexdigest()
        for name in TEACHERS
    }
    (made.root / "lineage.csv").write_text(
        "model,vendor,group,family,role\n" + "".join(f"{name},{name},{name},{name},independent\n" for name in TEACHERS)
    )
    (made.root / "data/populations").mkdir()
    (made.root / "data/populations/stubs.toml").write_text(
        'name = "stubs"\ntitle = "Ten stub models"\nsource = "this test"\nlicence = "none"\nyears = "2026"\n'
        f'format = "alpaca-eval"\nlineage = "{made.root}/lineage.csv"\nrevision = "r1"\n'
        f'url = "http://127.0.0.1:{published.server_port}/{{file}}?{{revision}}"\n[files]\n'
        + "".join(f'"{file}" = "{checksum}"\n' for file, checksum in files.items())
    )
    published.paths.clear()
    return made


def test_a_population_is_fetched_once_and_its_prompts_are_asked(served, bench, published) -> None:
    with StubEndpoint() as stub:
        bench.card(STUDENT, stub.base_url)
        first = bench.run("compare", STUDENT, "--population", "stubs", "--allow-unknown-prices")
        assert first.returncode == 0, first.stderr
        assert len(published.paths) == len(TEACHERS)
        assert len(stub.calls) == N_PROMPTS
        assert f"{STUDENT} shares lineage with independent-alpha models" in first.stdout
        assert "Licence: none" in first.stdout
        again = bench.run("compare", STUDENT, "--population", "stubs", "--allow-unknown-prices")
        assert again.returncode == 0, again.stderr
        assert len(published.paths) == len(TEACHERS)
        assert len(stub.calls) == N_PROMPTS
        # The bank that was built is one as others: `check` finds it, and the prompts' texts in the population's home.
        listed = bench.run("bank", "list", "--json")
        [table] = json.loads(listed.stdout)["tables"]
        assert "stubs" in [row["bank"] for row in table["rows"]]
        checked = bench.run("check", STUDENT, "--bank", "stubs", "--allow-unknown-prices")
        assert f"{STUDENT} shares lineage with independent-alpha models" in checked.stdout, checked.stderr
        assert len(stub.calls) == N_PROMPTS
    assert (bench.home / "populations/stubs/stubs.parquet").is_file()


@pytest.mark.fault
def test_a_file_that_is_not_the_published_one_is_not_used(served, bench, published) -> None:
    path = bench.root / "data/populations/stubs.toml"
    text = path.read_text()
    path.write_text(text.replace(text.rpartition(' = "')[2][:8], "0" * 8))
    done = bench.run("compare", STUDENT, "--population", "stubs", "--replies", "none.csv")
    assert done.returncode == 3
    assert "its SHA-256 is" in done.stderr
    assert not (bench.home / "populations/stubs/stubs.parquet").exists()


@pytest.mark.fault
def test_a_source_that_is_gone_is_named_and_what_arrived_is_not_fetched_again(served, bench, published) -> None:
    path = bench.root / "data/populations/stubs.toml"
    text = path.read_text()
    path.write_text(text.replace(f'"{TEACHERS[-1]}/', '"gone/'))
    done = bench.run("compare", STUDENT, "--population", "stubs", "--replies", "none.csv")
    assert done.returncode == 3
    assert "it can't be fetched" in done.stderr
    assert "404" in done.stderr
    n_before = len(published.paths)
    bench.run("compare", STUDENT, "--population", "stubs", "--replies", "none.csv")
    assert len(published.paths) == n_before + 1


@pytest.mark.fault
def test_a_folder_without_the_files_is_refused(served, bench, published) -> None:
    done = bench.run("compare", STUDENT, "--population", "stubs", "--from", str(bench.root))
    assert done.returncode == 2
    assert "10 of 10 files are not there" in done.stderr
    assert published.paths == []
    done = bench.run("compare", STUDENT, "--population", "stub")
    assert done.returncode == 2
    assert "there is no reference population" in done.stderr
