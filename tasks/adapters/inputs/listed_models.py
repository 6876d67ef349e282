"""What models an endpoint says that it has: `GET /models`, which every server of OpenAI's protocol answers."""

import json
import urllib.error
import urllib.request
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tasks.adapters.secrets import secret
from tasks.domain.base_url import is_loopback
from tasks.domain.card import HostedEndpoint
from tasks.domain.errors import WorldError

SECONDS = 10.0
MOST_BYTES = 16 << 20


def listed_models(endpoint: HostedEndpoint) -> list[dict[str, Any]]:
    """Return what the endpoint lists, as it gives it; each entry has an `id`.

    Raises:
        WorldError: it does not answer, or with something else than a list of models.
    """
    url = f"{endpoint.base_url.rstrip('/')}/models"
    key = secret(endpoint.key_env) if endpoint.key_env else None
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    # Redirects are not followed: the key is for this address.
    opener = urllib.request.build_opener(_NoRedirect, *([urllib.request.ProxyHandler({})] if is_loopback(url) else []))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return listed_in(json.loads(answer.read(MOST_BYTES)))
    except urllib.error.HTTPError as error:
        reason = f"status {error.code}"
    except (OSError, ValueError, RecursionError) as error:
        reason = type(error).__name__ if isinstance(error, ValueError | RecursionError) else str(error)
    raise WorldError(f"it lists no models ({reason}).", where=url, remedy="Is the address right, and the key set?")


def listed_in(content: Any) -> list[dict[str, Any]]:
    """Return the entries of a list of models, as `/models` answers it.

    Raises:
        ValueError: it is something else.
    """
    try:
        entries = TypeAdapter(list[Any]).validate_python(content["data"], strict=True)
    except (TypeError, LookupError, ValidationError):
        raise ValueError("it is no list of models") from None
    return [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None
