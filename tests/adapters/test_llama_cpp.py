"""A local server that is left while a reply is under way does not hold up the process."""

import subprocess
import sys

import pytest

from tasks.adapters.settings import PROJECT

LEFT_UNDER_WAY = """
import http.client, json, sys, time
from pathlib import Path
from tasks.adapters.inputs import cards
from tasks.adapters.models.providers.llama_cpp import LLAMA_CPP

with LLAMA_CPP.serve(cards.read_card("smollm2-135m-instruct"), Path(sys.argv[1])) as reached:
    host = reached.base_url.removeprefix("http://").partition("/")[0]
    asked = {"messages": [{"role": "user", "content": "Count."}], "max_tokens": 100_000, "ignore_eos": True}
    connection = http.client.HTTPConnection(host)
    connection.request("POST", "/v1/chat/completions", json.dumps(asked), {"Content-Type": "application/json"})
    time.sleep(1)
    raise KeyboardInterrupt
"""


@pytest.mark.fault
@pytest.mark.local_model
def test_an_interrupt_does_not_wait_for_a_reply_under_way(tmp_path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LEFT_UNDER_WAY, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True
    )
    assert "KeyboardInterrupt" in ended.stderr
    assert ended.returncode != 0
