"""What a model card may give as the address of an endpoint: found wrong at reading, before anything is sent."""

import ipaddress
import re
from urllib.parse import parse_qsl, urlsplit

_SECRET_NAME = re.compile(r"key|token|secret|passw|auth|sig|credential", re.IGNORECASE)
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def checked_base_url(text: str) -> str:
    """Return the address as it is given.

    Raises:
        ValueError: it can't be called, or it holds a key, which would be stored with every result.
    """
    if not text.isprintable() or " " in text:
        raise ValueError("it holds a space or a character that can't be printed")
    parts = urlsplit(text)  # Raises ValueError itself where brackets don't match.
    if parts.scheme not in ("http", "https"):
        raise ValueError("it has to begin with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it holds a user or password, which would be stored: name a variable in key_env instead")
    named = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if _SECRET_NAME.search(name)]
    if named:
        raise ValueError(f"it holds {named[0]!r}, which would be stored: name a variable in key_env instead")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("its port is no number from 1 to 65535")
    _require_host(parts.hostname or "")
    return text


def is_loopback(base_url: str) -> bool:
    """Return whether the address is of this machine itself."""
    host = (urlsplit(base_url).hostname or "").partition("%")[0].removesuffix(".")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def require_encrypted(text: str) -> None:
    """Require that what is sent to an address can't be read on the way: https, or this machine itself.

    Raises:
        ValueError: it is http to another machine; the message names the host and the remedy.
    """
    parts = urlsplit(text)
    if parts.scheme == "http" and not is_loopback(text):
        raise ValueError(
            f"key, prompts and replies would go unencrypted to {parts.hostname}: use https://, or write "
            "allow_http = true under [endpoint] if the network up to there is yours"
        )


def _require_host(host: str) -> None:
    if ":" in host:
        ipaddress.IPv6Address(host.partition("%")[0])
        return
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    labels = name.removesuffix(".").split(".")
    if not name or len(name) > 253 or not all(_HOST.fullmatch(label) for label in labels):
        raise ValueError(f"its host is no name: {host!r}")
