"""Hosts that well-known keys belong to: a card that sends one to another host is worth a warning."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from tasks.domain.card import HostedEndpoint, ModelCard

HOSTS_OF_KEYS = {
    "ANTHROPIC_API_KEY": ("api.anthropic.com",),
    "ARK_API_KEY": ("volces.com",),
    "AZURE_OPENAI_API_KEY": ("openai.azure.com", "cognitiveservices.azure.com"),
    "COHERE_API_KEY": ("api.cohere.com", "api.cohere.ai"),
    "DASHSCOPE_API_KEY": ("dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"),
    "DEEPINFRA_API_KEY": ("api.deepinfra.com",),
    "DEEPSEEK_API_KEY": ("api.deepseek.com",),
    "FIREWORKS_API_KEY": ("api.fireworks.ai",),
    "GEMINI_API_KEY": ("generativelanguage.googleapis.com",),
    "GROQ_API_KEY": ("api.groq.com",),
    "HF_TOKEN": ("router.huggingface.co", "api-inference.huggingface.co", "endpoints.huggingface.cloud"),
    "MISTRAL_API_KEY": ("api.mistral.ai",),
    "MOONSHOT_API_KEY": ("api.moonshot.ai", "api.moonshot.cn"),
    "OPENAI_API_KEY": ("api.openai.com",),
    "OPENROUTER_API_KEY": ("openrouter.ai",),
    "TOGETHER_API_KEY": ("api.together.xyz", "api.together.ai"),
    "XAI_API_KEY": ("api.x.ai",),
    "ZHIPU_API_KEY": ("open.bigmodel.cn", "api.z.ai"),
}
"""By the name of its variable, the hosts that a provider documents for its key; a host's subdomains count as it."""


def key_warnings(cards: Iterable[ModelCard]) -> list[str]:
    """Return one sentence for each well-known key and host that it does not belong to, in the order of the cards."""
    names: dict[tuple[str, str], list[str]] = {}
    for card in cards:
        endpoint = card.endpoint
        if not isinstance(endpoint, HostedEndpoint) or endpoint.key_env not in HOSTS_OF_KEYS:
            continue
        host = (urlsplit(endpoint.base_url).hostname or "").removesuffix(".")
        if not any(host == own or host.endswith(f".{own}") for own in HOSTS_OF_KEYS[endpoint.key_env]):
            of_models = names.setdefault((endpoint.key_env, host), [])
            of_models += [card.name] if card.name not in of_models else []
    return [
        f"the key in {variable} goes to {host}, not to {HOSTS_OF_KEYS[variable][0]} (card {', '.join(models)}). "
        "If that is not meant, correct base_url or key_env of the card."
        for (variable, host), models in names.items()
    ]
