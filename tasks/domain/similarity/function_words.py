"""Words that carry grammar rather than a topic, and words that join one thought to the next; English and Chinese.

Chinese counts by character, as in `lexical.words`; simplified and traditional forms stand side by side.
"""

from collections.abc import Mapping, Sequence

_ENGLISH = """
a about above across after again against all along also although always am among an and another any anybody anyone
anything are aren't around as at away back be because been before behind being below beneath beside besides between
beyond both but by can can't cannot could couldn't did didn't do does doesn't doing don't done down during each either
else enough etc even ever every everyone everything except few for from further had hadn't has hasn't have haven't
having he he's hence her here here's hers herself him himself his how however i i'd i'll i'm i've if in indeed inside
instead into is isn't it it's its itself just least less let let's like may maybe me might mine more moreover most
much must my myself near neither never nevertheless no nobody none nor not nothing now of off often on once one ones
only onto or other others otherwise ought our ours ourselves out over own per perhaps quite rather really same shall
shan't she she's should shouldn't since so some somebody someone something sometimes soon still such than that that's
the their theirs them themselves then there there's therefore these they they're they've this those though through
throughout thus till to together too toward towards under unless until up upon us very via was wasn't we we'll we're
we've were weren't what what's whatever when whenever where whereas wherever whether which while who whoever whole
whom whose why will with within without won't would wouldn't yet you you'd you'll you're you've your yours yourself
yourselves
"""

_CHINESE = (
    "的了着过地得之乎者也矣焉哉吗呢吧啊呀哦嘛么是有无不没未非莫勿别在于自从由到至向往朝对跟和与同及或且并而但却虽然"
    "若如果则因为所以故既即便就才都也还又再更最很太极较比被把将让使令给叫替为了按照据除除了这那此其该某各每另些个们我你您"
    "他她它咱谁何哪怎什几多少能可会应须需要想愿敢肯已曾正刚将只仅单光全均皆总共约大概等以之间里上下中内外前后时"
    "過嗎麼無沒別從對與並雖則為還極較讓給據這該個們誰幾應須會願剛將僅單總約間裡內後時"
)

FUNCTION_WORDS = frozenset(_ENGLISH.split()) | frozenset(_CHINESE)

_CONNECTIVES: Mapping[str, str] = {
    "addition": "also, additionally, furthermore, moreover, besides, in addition, as well as, on top of that, "
    "not only, likewise, similarly, 此外, 另外, 而且, 并且, 同时, 不仅, 除此之外, 同样, 並且, 同時, 不僅",
    "contrast": "but, however, although, though, even though, nevertheless, nonetheless, whereas, while, yet, instead, "
    "despite, in contrast, by contrast, on the other hand, on the contrary, rather than, conversely, "
    "但是, 但, 然而, 不过, 尽管, 虽然, 而不是, 相反, 相比之下, 另一方面, 却, 不過, 儘管, 雖然, 卻",
    "cause": "because, since, so, so that, therefore, thus, hence, consequently, as a result, due to, owing to, "
    "for this reason, that is why, which means, 因为, 由于, 因此, 所以, 因而, 从而, 于是, "
    "这意味着, 因為, 由於, 從而, 於是",
    "order": "first, firstly, first of all, to begin with, second, secondly, third, thirdly, next, then, after that, "
    "afterwards, finally, lastly, meanwhile, 首先, 第一, 其次, 第二, 第三, 再次, 然后, 接着, 接下来, 之后, 最后, "
    "然後, 接著, 接下來, 之後, 最後",
    "example": "for example, for instance, e g, such as, namely, in particular, especially, specifically, "
    "例如, 比如, 譬如, 举例来说, 具体来说, 特别是, 尤其, 舉例來說, 具體來說, 特別是",
    "condition": "if, unless, otherwise, provided that, as long as, in case, assuming, suppose, "
    "如果, 假如, 若, 若是, 只要, 除非, 否则, 假设, 否則, 假設",
    "conclusion": "in conclusion, in summary, to summarize, to summarise, to sum up, overall, in short, in general, "
    "ultimately, in other words, that is, 总之, 综上所述, 总的来说, 总体而言, 总结, 简而言之, 换句话说, 也就是说, "
    "總之, 綜上所述, 總的來說, 總體而言, 總結, 簡而言之, 換句話說, 也就是說",
}

LONGEST_CONNECTIVE = 5


def _by_words() -> dict[tuple[str, ...], str]:
    kind_of: dict[tuple[str, ...], str] = {}
    for kind, wordings in _CONNECTIVES.items():
        for wording in wordings.split(", "):
            kind_of[tuple(wording.split()) if wording.isascii() else tuple(wording)] = kind
    return kind_of


_KIND_OF = _by_words()
_OPENERS = frozenset(wording[0] for wording in _KIND_OF)


def connectives(words: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of the connectives in `words` in their order; of overlapping ones the longest counts."""
    kinds, place, n = [], 0, len(words)
    while place < n:
        step = 1
        if words[place] in _OPENERS:
            for length in range(min(LONGEST_CONNECTIVE, n - place), 0, -1):
                kind = _KIND_OF.get(tuple(words[place : place + length]))
                if kind is not None:
                    kinds.append(kind)
                    step = length
                    break
        place += step
    return tuple(kinds)
