"""What keeps a name near the speaker from being a claim: denial, comparison, hypothesis, quotation, another topic."""

import re

from tasks.domain.claims.cue import APOSTROPHE
from tasks.domain.claims.naming import ANY

REACH = 90
"""Number of characters to the left of a name that the rules read."""

RULES = (
    rf"{APOSTROPHE}?s? (?:(?!(?:I|we|my|our|you|that|which|to|follow\w*|must|ha[sv]e?|is|are)\b)[\w-]+[ ,/]+){{0,5}}?"
    r"(?:polic|guideline|rule|terms|standard|restriction|"
    r"regulation|constraint|censor|ethic|content filter|limitation)"
)
ZH_RULES = r"(?:公司)?的?[^，。！？；]{0,8}?(?:政策|规定|准则|指南|规则|条款|规范|限制|审查)"

_RULES = re.compile(f"{ANY}(?:{RULES}|{ZH_RULES})", re.IGNORECASE)
_RULES_OF = re.compile(
    r"(?:polic(?:y|ies)|guidelines?|rules|principles|terms|standards|restrictions?|constraints?)\b"
    r"[^.;!?\ue000-\ue005]{0,40}?\b(?:by|of|from|at)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"(?:\b(?:like|unlike|both|similar(?:ly)? to|such as|than|versus|vs\.?|compared? (?:to|with)|e\.g\.,?|including|"
    r"rather than|instead of|not|nor|resembl\w+|akin to|comparable to|same as|different from|differs? from|"
    r"other than|besides|except|inspired by|compet\w+ (?:with|of)|rivals?)"
    r"[ *\"\u201c(]{0,3}(?:[\w-]+[ *\"\u201c(]+){0,2}"
    r"|(?:不同于|不像|区别于|有别于|相比于?|类似于?|好比|比如|例如|诸如|包括|如同?|像|比|而不是|而非|不是|并非|非|与|跟|和|不会是)"
    r"[ “\"「《]*)$",
    re.IGNORECASE,
)
_ONE_OF_MANY = re.compile(
    r"[ *]*(?:is|are|was|were) (?:one of|among) (?:the|several|many|a number)\b|[ *]*是[^，。]{0,6}之一",
    re.IGNORECASE,
)
_PARTNER = re.compile(
    r"\b(?:partner\w*|collaborat\w+|cooperat\w+|alliance|work(?:s|ed|ing)?|joint\w*|integrat\w+|"
    r"compet\w+|deals?|relationship)(?:\W+\w+){0,3}\W+(?:with|between)\W+(?:\w+\W+){0,5}$",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:about|regarding|concerning|questions? (?:on|for|regarding)|information (?:on|about)|visit\w*|check out|"
    r"contact\w*|refer(?:ring)? to|known as the|mention\w*)[ *\"\u201c]+(?:\w+ ){0,2}[*\"\u201c]*$"
    r"|(?:关于|有关|了解|访问|联系)\W*\w{0,6}$",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"\b(?:by|with|using|uses?|via|through)\W+(?:the )?$", re.IGNORECASE)
_HELPER = re.compile(
    r"\b(?:contribut\w+|instrumental|key player|play(?:s|ed)? (?:a|an|their) \w* ?(?:part|role)|help(?:s|ed)|"
    r"sponsor\w*|invest\w*|another|partner\w*|collaborat\w+|cooperat\w+|could|might|would|theoretically|while|"
    r"whereas|similar to|comparable to)\b|合作|赞助|投资|贡献|协助|类似",
    re.IGNORECASE,
)
_TOOL = re.compile(
    r"\b(?:transformers?(?![- ]based)|attention|tensorflow|pytorch|jax|keras|word2vec|seq2seq|cuda|[tg]pus?|docker|"
    r"kubernetes|python|librar(?:y|ies)|datasets?|web services|cloud|hardware|chips?|platforms like)\b"
    r"|注意力|学习框架|开源框架|云服务|云平台|基础设施|硬件|芯片|数据集|库",
    re.IGNORECASE,
)
_CLOUD = re.compile(r"cloud|web services|aws|azure|bedrock|云", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|never|neither|nor|no|cannot|without|deny|denies|incorrect|false|wrong\w*|mistak\w+|nothing|hardly)\b"
    rf"|\b(?:is|are|was|were|do|does|did|ca|wo)n{APOSTROPHE}?t\b"
    r"|不是|并非|并不|不(?:隶属|来自|归|由|为|会|能|属|叫|算)|没有|从未|而非|无关|不要|别|未|非",
    re.IGNORECASE,
)
_NO_DENIAL = re.compile(
    r"\bnot (?:only|just|merely|simply|surprisingly)\b|\bno (?:doubt|other than|wonder)\b"
    r"|不仅|不只|非常|并非只|不光|别人",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:\u2014()\[\]*，；：、]|\s-\s|\b(?:but|however|though|although|while|whereas|because|since|so|as an?|"
    r"and (?:I|my|we|it|was|am))\b|但是?|不过|然而|而是|而",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"\b(?:but|rather)\b|而是", re.IGNORECASE)
_UNREAL = re.compile(
    rf"\b(?:if|imagin\w+|suppos\w+|assum\w+|pretend\w*|as if|as though|what if|let{APOSTROPHE}?s say|picture) "
    r"(?:that )?(?:I|we|my|our|to|being|he|she)\b"
    rf"(?! (?:have|want|need|are|would|{APOSTROPHE}d|can|could|may|should)\b)"
    r"|\bwere I\b|\bif I (?:were|was|am)\b|\bhypothetical\w*\b|\b(?:would|could|might|may) (?:say|be|have been|claim)\b"
    r"|\b(?:pretend\w*|claim\w*|act\w*|pos(?:e|ing)|impersonat\w+|masquerad\w+|simulat\w+|role-?play\w*|"
    r"play(?:ing)? the role) (?:to be|as(?: if)?|that|being|of)?\b"
    r"|假如|如果我|如果说|如果[您你](?:正在|在)?使用|假设|倘若|要是|假装|假扮|扮演|冒充|想象|若我|若是",
    re.IGNORECASE,
)
_OTHERS_SAY = re.compile(
    r"\b(?:you|users?|people|they|some|many|others?|he|she|everyone|somebody|someone|one)\b[^.;!?,]{0,30}"
    r"\b(?:think|thought|says?|said|ask\w*|believe\w*|assum\w+|wonder\w*|claim\w*|suppos\w+|suggest\w*|heard)\b"
    r"[^.;!?,]{0,30}$|\bwhether\b[^.;!?,]{0,20}$|(?:以为|认为|觉得|问|是否|是不是|说)[^，。；！？]{0,6}$",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"(?:\b(?:sa(?:id|ys?)|ask(?:s|ed|ing)?|wr(?:ote|ites?|itten)|repl(?:y|ied|ies)|answer(?:s|ed)?|state[sd]?|"
    r"claim(?:s|ed)?|phrase|sentence|question|prompt|template|text|translat\w+|means?|example|statement|message|"
    r"mention(?:s|ed)?|titled|term|string|output|respond(?:s|ed)?|print\w*)\b"
    r"|回答|说|问|写道|例如|翻译|意思|句子|提问|短语|称)[^\"“”「」『』]{0,40}$",
    re.IGNORECASE,
)
_OPENING_QUOTES, _CLOSING_QUOTES = '"“「『', '"”」』'


def owns_rules(text: str, place: int, *, is_agent: bool) -> bool:
    """Return whether the name at `place` is only the owner of rules that the text mentions."""
    if _RULES.match(text, place):
        return True
    return not is_agent and bool(_RULES_OF.search(text[max(0, place - REACH) : place]))


def is_beside(text: str, place: int, *, is_agent: bool) -> bool:
    """Return whether the name at `place` is a comparison, a partner of the speaker, or the topic."""
    left = text[max(0, place - REACH) : place]
    if _COMPARED.search(left) or _ONE_OF_MANY.match(text, place + 1):
        return True
    if is_agent:
        return bool(_OBJECT.search(left))
    return bool(_PARTNER.search(left) or _TOPIC.search(left))


def is_denied(text: str, start: int, place: int) -> bool:
    """Return whether the clause with the words from `start` to the name at `place` is negated."""
    low = max(0, start - REACH)
    bounds = [match.end() for match in _CLAUSE.finditer(text, low, start)]
    bounds += [match.end() for match in _CONTRAST.finditer(text, start, place)]
    clause = text[bounds[-1] if bounds else low : place]
    return bool(_NEGATION.search(_NO_DENIAL.sub(" ", clause)))


def is_unreal(text: str, place: int) -> bool:
    """Return whether the statement up to `place` is a hypothesis or speaks of pretending."""
    return bool(_UNREAL.search(text[:place]))


def is_quoted(text: str, place: int) -> bool:
    """Return whether the name at `place` is inside a quotation."""
    start = max(text.rfind(mark, 0, place) for mark in _OPENING_QUOTES)
    if start < 0 or (text[start] == '"' and text.count('"', 0, place) % 2 == 0):
        return False
    if any(mark in text[start + 1 : place] for mark in _CLOSING_QUOTES):
        return False
    return bool(_REPORTED.search(text[max(0, start - REACH) : start]))


def is_hearsay(text: str, start: int) -> bool:
    """Return whether the words from `start` are what others think, say or ask."""
    return bool(_OTHERS_SAY.search(text[max(0, start - REACH) : start]))


def is_helper(text: str, start: int, end: int) -> bool:
    """Return whether the words from `start` to `end` describe a supporter, partner or sponsor, not a maker."""
    return bool(_HELPER.search(text, start, end))


def is_tool(text: str, start: int, place: int, name: str) -> bool:
    """Return whether the name at `place` made a general tool, such as a library or a cloud, not the speaker."""
    return bool(_CLOUD.search(name)) or bool(_TOOL.search(text, max(0, start - 60), place + 25))
