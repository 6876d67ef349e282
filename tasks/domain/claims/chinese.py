"""Chinese cues."""

import re

from tasks.domain.claims.cue import NAME, ZH_FIELD, ZH_MAKER_NOUN, ZH_SPEAKER, ZH_THIS, Cue, cue
from tasks.domain.claims.naming import ANY, MODEL

ZH_MAKES = (
    r"(?:开发|研发|创建|创造|训练|推出|打造|设计|构建|制作|制造|建立|研制|发布|提供|维护|运营|支持|更新|负责|孵化|出品|赋予|"
    r"驱动|建造|搭建|创立|优化|研究)"
)
_PART = r"(?:技术|平台|架构|模型|代码|系统|框架|底层|核心|能力|算法|知识|训练|开发|更新|运行|服务|研发|设计|身份)"
_GAP = "[^\ue000-\ue005。！？；\n]"
_ANYTHING = "[^。！？；\n]"
_KINDS = (
    r"(?:[「“\"*《\[【\s]|一[个款名位种]|由|被|基于|来自|语言|人工智能|AI|智能|助手|模型|大型|大|的|名为|叫做?|称为|"
    r"强大|先进)"
)
_SURELY = r"(?:其实|就|真的|确实|可|实际上|当然|仍然|仍|还|只|也|正|，|\s)"
_DERIVED = r"(?:基于|采用|依托|源于|使用(?:的是|了)?|建立在|蒸馏自|微调自)"

CHINESE: tuple[Cue, ...] = (
    cue(
        "我是",
        "identity",
        rf"{ZH_SPEAKER}(?:的(?:名字|真名|名称|身份|真实身份))?{_SURELY}{{0,6}}(?:是|叫做?|名叫|名为|便是|乃|即)"
        rf"{_KINDS}{{0,15}}{NAME}",
    ),
    cue(
        "正在与…对话",
        "maker",
        rf"[您你](?:正在|在)(?:与|和|跟){_GAP}{{1,30}}?(?:对话|交谈|聊天|交流)[，,]{_GAP}{{0,4}}?由{NAME}{_GAP}{{0,10}}?(?:{ZH_MAKES}|训练)",
    ),
    cue("作为", "identity", rf"(?:作为|身为){_KINDS}{{0,15}}{NAME}"),
    cue(
        "由…开发",
        "maker",
        rf"(?:由|被|是|来自|受|通过|靠|得益于|在){_GAP}{{0,20}}?{NAME}{_GAP}{{0,30}}?{ZH_MAKES}",
        "passive",
    ),
    cue(
        "开发我",
        "maker",
        rf"{NAME}{_GAP}{{0,25}}?{ZH_MAKES}了?(?:出|并\w{{2,4}}了?)?(?:我|{ZH_THIS}|像我)",
        is_agent=True,
    ),
    cue(
        "我的开发者",
        "maker",
        rf"(?:{ZH_SPEAKER}|您|你)的?{_GAP}{{0,20}}?{ZH_MAKER_NOUN}{_GAP}{{0,40}}?"
        rf"(?:是|为|：|:|由|来自|属于|隶属|名为|叫|即|——|，|在|（|\(){_GAP}{{0,25}}?{NAME}",
    ),
    cue("我的开发者X", "maker", rf"{ZH_SPEAKER}的?{_GAP}{{0,12}}?{ZH_MAKER_NOUN}[ “\"「]*{NAME}"),
    cue(
        "我的技术",
        "maker",
        rf"{ZH_SPEAKER}的?{_GAP}{{0,15}}?{_PART}{_GAP}{{0,40}}?(?:由|来自|源自|归|属于|出自|基于){_GAP}{{0,15}}?{NAME}",
    ),
    cue(
        "是我的开发者",
        "maker",
        rf"{NAME}{_GAP}{{0,25}}?(?:是|作为|，|——|、){_GAP}{{0,8}}?{ZH_SPEAKER}的?{_GAP}{{0,8}}?{ZH_MAKER_NOUN}",
        is_agent=True,
    ),
    cue(
        "我来自",
        "maker",
        rf"{ZH_SPEAKER}{_GAP}{{0,12}}?(?:来自|属于|隶属于?|归属于?|出自|源自|效力于|服务于|所在的){_GAP}{{0,20}}?{NAME}",
    ),
    cue("背后的", "maker", rf"(?:{ZH_SPEAKER}|{ZH_THIS}){_GAP}{{0,6}}?背后{_GAP}{{0,25}}?{NAME}"),
    cue("在…我们", "maker", rf"(?:在|作为){NAME}[，,]?\s*我们"),
    cue(
        "的产品",
        "maker",
        rf"{ZH_SPEAKER}{_GAP}{{0,12}}?是{_GAP}{{0,12}}?{NAME}{_GAP}{{0,15}}?"
        r"(?:产品|服务|模型|助手|作品|成果|一员|成员|项目)",
    ),
    cue("基于", "derivation", rf"{ZH_SPEAKER}{_ANYTHING}{{0,50}}?{_DERIVED}{_GAP}{{0,20}}?(?P<name>{MODEL})"),
    cue(
        "基于…技术",
        "derivation",
        rf"{ZH_SPEAKER}{_ANYTHING}{{0,50}}?{_DERIVED}{_GAP}{{0,15}}?{NAME}{_GAP}{{0,12}}?"
        r"(?:技术|模型|架构|平台|系统|框架|提供|开发)",
    ),
    cue(
        "项目",
        "maker",
        rf"(?:^|[{{|\"“，,])\W{{0,4}}{ZH_FIELD}[\"“*\s]{{0,4}}[:：|][\"“*\s]{{0,4}}{NAME}\W{{0,3}}(?:[,，|}}]|$)",
        "field",
    ),
    cue("答案", "maker", rf"^\W*(?:是|由|来自)?\W*{NAME}(?:公司|团队|开发的?|研发的?|训练的?)?\W*$", "whole"),
)

_SPEAKER = re.compile(f"{ZH_SPEAKER}|{ZH_THIS}", re.IGNORECASE)
_PREPOSITION = re.compile(r"[由被是来受通靠得在]")
_OTHER_SUBJECT = re.compile(rf"{ANY}[”\"」》\s]*(?:就|则|也)?$")
_OWN_SUBJECT = re.compile(rf"{ZH_SPEAKER}(?:是|叫|就是|，)?[ “\"「《]*{ANY}[”\"」》\s]*(?:就|则|也)?$", re.IGNORECASE)
_AS_ONE = re.compile(r"(?:作为|身为|一[个款])\W*$|作为|身为")
# A reply often repeats the question's "your" where it means "my".
_YOUR = re.compile(r"[\s*\"“]*[您你](?:们)?所?(?:的|使用)")
_WHOLE = re.compile(
    rf"是?由\s*{ANY}\s*(?:的?(?:公司|团队|研究团队|开发团队))?{ZH_MAKES}{{1,3}}(?:和{ZH_MAKES}{{1,3}})?的?[。！!.”\"]*$"
)


def names_speaker(text: str) -> bool:
    """Return whether a Chinese word in `text` means the speaker."""
    return bool(_SPEAKER.search(text))


def is_preposition(text: str, start: int) -> bool:
    """Return whether a Chinese preposition begins at `start`."""
    return bool(_PREPOSITION.match(text, start))


def refers_to_speaker(text: str, start: int) -> bool:
    """Return whether the phrase with a preposition at `start`, such as 由…开发, refers to the speaker."""
    left = text[:start]
    if _OTHER_SUBJECT.search(left):
        return bool(_OWN_SUBJECT.search(left))
    if not left.strip(' *_-“"—:：'):
        return bool(_WHOLE.match(text, start))
    return names_speaker(left) or bool(_YOUR.match(left) or _AS_ONE.search(left))
