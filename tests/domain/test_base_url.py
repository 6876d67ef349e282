"""An address that can't be called, or that holds a key, is found when the card is read."""

import pytest

from tasks.domain.base_url import checked_base_url, require_encrypted


@pytest.mark.parametrize(
    "text",
    [
        "https://api.example.org/v1",
        "http://127.0.0.1:8080/v1",
        "http://[::1]:8080/v1",
        "http://localhost",
        "https://bücher.example/v1",
        "http://model_server:8000/v1/",
        "https://example.org/openai?api-version=2026-01-01",
    ],
)
def test_an_address_that_can_be_called_is_given_back(text: str) -> None:
    assert checked_base_url(text) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    {
        "ftp://example.org": "http://",
        "example.org/v1": "http://",
        "http://": "host",
        "http:///v1": "host",
        "http://host:99999/v1": "port",
        "http://host:abc/v1": "port",
        "http://host:0/v1": "port",
        "http://[::1/v1": "IPv6",
        "http://[::z]/v1": "IPv6|address|permitted",
        "http://a host/v1": "space",
        "http://host/\x07": "printed",
        "http://host\n/v1": "printed",
        "http://-host/v1": "host",
        "http://a..b/v1": "host",
        f"http://{'a' * 64}.org/v1": "host",
        "http://xn--\u2603.example/v1": "host",
        "https://user:pass@example.org/v1": "key_env",
        "https://token@example.org/v1": "key_env",
        "https://example.org/v1?api_key=abc": "key_env",
        "https://example.org/v1?access-token=abc": "key_env",
        "https://example.org/v1?subscription-key=": "key_env",
    }.items(),
)
def test_an_address_that_cannot_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        checked_base_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8080/v1",
        "http://127.8.9.1",
        "http://[::1]:1/v1",
        "http://localhost:8000",
        "HTTPS://model.example",
    ],
)
def test_this_machine_and_https_are_private(text: str) -> None:
    require_encrypted(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://model_server:8000/v1", "model_server"),
        ("HTTP://Api.Example.org/v1", "api.example.org"),
        ("http://10.0.0.4/v1", "10.0.0.4"),
        ("http://0.0.0.0/v1", "0.0.0.0"),
        ("http://128.0.0.1/v1", "128.0.0.1"),
        ("http://[::2]/v1", "::2"),
        ("http://localhost.example.org", "localhost.example.org"),
        ("http://127.0.0.1.example.org", "127.0.0.1.example.org"),
    ],
)
def test_http_to_another_machine_is_refused_with_the_remedy(text: str, host: str) -> None:
    with pytest.raises(ValueError, match=rf"unencrypted to {host}: use https://, or write allow_http = true"):
        require_encrypted(text)
