"""A card that sends a well-known key to another host is warned of once, on standard error, before any call."""

import pytest

from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

SENTENCE = "Warning: the key in OPENAI_API_KEY goes to 127.0.0.1, not to api.openai.com (card independent-alpha). If"


@pytest.mark.flow
def test_each_verb_that_would_send_the_key_says_where_it_goes(served, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key-of-this-test")
    bench = Workbench(tmp_path)
    with StubEndpoint() as stub:
        bench.card("independent-alpha", stub.base_url, key_env="OPENAI_API_KEY")
        bench.plan(["independent-alpha"], limit=1)
        for arguments in (["plan", "test"], ["models", "independent-alpha", "--ping"], ["evaluate", "test"]):
            done = bench.run(*arguments)
            assert done.returncode == 0, done.stderr
            assert done.stderr.count(SENTENCE) == 1
            assert "goes to" not in done.stdout
