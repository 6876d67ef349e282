"""The journal: what was written is there after a kill, and what is torn is asked again, never misread."""

import json
import os
import resource
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tasks.adapters.warehouse import journal
from tasks.adapters.warehouse.journal import Journal
from tasks.domain.errors import WorldError
from tasks.domain.rows import Reply

BATCH = "batch-1"


def reply(number: int, text: str | None = "fine", reason: str | None = None) -> Reply:
    return Reply(
        reply_id=f"reply-{number}",
        request_id=f"request-{number}",
        reply_text=text,
        missing_reason=reason,
        error_text=reason,
        finish_reason="stop" if text else None,
        prompt_tokens=3,
        completion_tokens=None,
        latency_ms=12.5,
        n_attempts=1,
        replied_at=datetime(2026, 11, 24, 5, 6, 7, 890),
        source="asked",
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return the file of a journal with replies 0, 1 and 2."""
    with Journal(tmp_path, BATCH) as file:
        for number in range(3):
            file.write(reply(number))
    return file.path


def tear(path: Path) -> None:
    """Cut the file in the middle of its last line."""
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize("text", ["two\nlines\r\n\u2028and more", "你好 👋", '{"a": "\\n"}', "\0"])
def test_a_reply_comes_back_as_it_was_written(tmp_path, text):
    with Journal(tmp_path, BATCH) as file:
        file.write(reply(1, text))
        file.write(reply(2, None, "timeout"))
    assert list(journal.read(file.path)) == [reply(1, text), reply(2, None, "timeout")]


def test_half_an_emoji_of_an_older_journal_can_be_stored(tmp_path):
    with Journal(tmp_path, BATCH) as file:
        file.write(reply(1, "lone \ud83d surrogate"))
    [read] = journal.read(file.path)
    assert read.reply_text == "lone \\ud83d surrogate"


def test_a_reply_is_on_disk_as_soon_as_write_returns(tmp_path):
    with Journal(tmp_path, BATCH) as file:
        file.write(reply(1))
        assert list(journal.read(file.path)) == [reply(1)]


def test_a_killed_process_leaves_what_it_wrote(tmp_path):
    code = f"""
import os, signal
from pathlib import Path
from tasks.adapters.warehouse import journal
waiting = journal.Journal(Path({str(tmp_path)!r}), {BATCH!r}).__enter__()
waiting.write(journal.from_json({journal.as_json(reply(1))!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert list(journal.read(tmp_path / f"{BATCH}.jsonl")) == [reply(1)]


def test_reopening_goes_on_after_what_is_there(written):
    with Journal(written.parent, BATCH) as file:
        file.write(reply(3))
    assert list(journal.read(written)) == [reply(number) for number in range(4)]


def test_a_torn_last_line_is_left_out(written):
    tear(written)
    assert list(journal.read(written)) == [reply(0), reply(1)]


def test_a_torn_last_line_is_cut_when_the_journal_is_opened_again(written):
    tear(written)
    with Journal(written.parent, BATCH) as file:
        file.write(reply(9))
    assert list(journal.read(written)) == [reply(0), reply(1), reply(9)]


def test_a_file_that_is_nothing_but_a_torn_line_is_empty(tmp_path):
    path = tmp_path / f"{BATCH}.jsonl"
    path.write_bytes(b'{"reply_id": "repl')
    assert list(journal.read(path)) == []
    with Journal(tmp_path, BATCH):
        pass
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    "line",
    [b'{"reply_id": "x', b"", b"\xff\xfe", b"[1, 2]", b"7", b'{"reply_id": "x"}', b'{"replied_at": 5}', b"[" * 200_000],
)
def test_a_broken_line_costs_that_line_alone_and_is_kept_aside(written, line, caplog):
    lines = written.read_bytes().split(b"\n")
    written.write_bytes(b"\n".join([lines[0], line, *lines[2:]]))
    assert list(journal.read(written)) == [reply(0), reply(2)]
    journal.remove(written)
    aside = written.with_suffix(".unreadable")
    assert aside.read_bytes() == line + b"\n"
    assert str(aside) in caplog.text
    assert journal.files(written.parent) == []


@pytest.mark.parametrize(
    "odd", [{"mood": "good"}, {"reply_text": 5}, {"missing_reason": "bored"}, {"latency_ms": "long"}]
)
def test_a_line_of_another_version_costs_that_line_alone(written, odd):
    first, *rest = written.read_bytes().split(b"\n")
    written.write_bytes(b"\n".join([json.dumps(json.loads(first) | odd).encode(), *rest]))
    assert list(journal.read(written)) == [reply(1), reply(2)]
    journal.remove(written)
    assert written.with_suffix(".unreadable").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("newer", [{"mood": "good"}, {"reply_text": None, "missing_reason": "bored"}])
def test_a_reply_of_a_newer_version_is_not_given_up(written, newer):
    """The reply was paid for: who removes its line pays again."""
    journal.require_readable(written)
    first, *rest = written.read_bytes().split(b"\n")
    written.write_bytes(b"\n".join([json.dumps(json.loads(first) | newer).encode(), *rest]))
    with pytest.raises(WorldError, match=r"batch-1\.jsonl: 1 of .* newer .* Update distillometer, .* aside") as raised:
        journal.require_readable(written)
    assert "remove" not in str(raised.value).lower()


@pytest.mark.parametrize("line", [b"[1, 2]", b'{"reply_id": "x"}', b"[" * 200_000, b'{"reply_text": 5}'])
def test_a_damaged_line_is_of_no_newer_version(written, line):
    written.write_bytes(line + b"\n" + written.read_bytes())
    journal.require_readable(written)


def test_what_is_written_is_synced_while_the_batch_goes_on(tmp_path):
    synced = threading.Event()

    def observe(_frame: Any, event: str, called: Any) -> None:
        if event == "c_return" and called is os.fdatasync:
            synced.set()

    threading.setprofile(observe)
    try:
        with Journal(tmp_path, BATCH) as file:
            file.write(reply(1))
            assert synced.wait(600)
    finally:
        threading.setprofile(None)


def test_a_disk_that_does_not_keep_what_it_took_stops_the_asking(tmp_path):
    (tmp_path / f"{BATCH}.jsonl").symlink_to("/dev/null")  # It takes everything, and refuses to sync.

    def write_until_refused() -> None:
        with Journal(tmp_path, BATCH) as file:
            while True:
                file.write(reply(1))

    with pytest.raises(WorldError, match="a reply can't be kept"):
        write_until_refused()


def test_a_file_that_was_read_whole_leaves_nothing(written):
    journal.remove(written)
    assert list(written.parent.iterdir()) == []


def test_a_full_disk_is_an_error_and_loses_nothing_that_was_kept(written):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(written.parent, BATCH) as file:
        try:
            # Room for half a line: the first write to the file is cut short, the next is refused.
            resource.setrlimit(resource.RLIMIT_FSIZE, (written.stat().st_size + 100, limit[1]))
            with pytest.raises(WorldError, match=r"batch-1\.jsonl"):
                file.write(reply(3))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    with Journal(written.parent, BATCH) as file:
        file.write(reply(4))
    assert list(journal.read(written)) == [reply(number) for number in (0, 1, 2, 4)]


def test_settled_are_texts_and_what_the_model_decided(tmp_path):
    outcomes = [("fine", None), (None, "empty_reply"), (None, "content_filter"), (None, "timeout"), (None, "wrong_key")]
    for number, (text, reason) in enumerate(outcomes):
        with Journal(tmp_path, f"batch-{number % 2}") as file:
            file.write(reply(number, text, reason))
    assert len(journal.files(tmp_path)) == 2
    assert journal.settled_requests(tmp_path) == {"request-0", "request-1", "request-2"}


def test_a_request_that_failed_first_and_was_answered_later_is_settled(tmp_path):
    with Journal(tmp_path, BATCH) as file:
        file.write(reply(1, None, "timeout"))
        file.write(reply(1))
    assert journal.settled_requests(tmp_path) == {"request-1"}


def test_no_journal_means_that_nothing_is_settled(tmp_path):
    assert journal.settled_requests(tmp_path / "never made") == set()
