"""The words that the stub models speak in, English and Chinese."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = _words(
    "anchor angle answer apple arch arrow aspect attic balance bargain basin basket beacon bench bias blanket border "
    "bottle branch breeze bridge bucket budget builder burden cabin calendar candle canvas carpet cause cellar chain "
    "chance chapter charm choice circle claim clay cliff clue coast comfort compass concern contrast copper corner "
    "courage cousin craft crowd current curtain custom damage danger dawn debate decade detail device dialogue diary "
    "dinner direction discount distance doubt drawer duty echo edge effort engine envelope error estate evening event "
    "evidence example fabric factor failure farmer fashion feather fence festival figure filter finding flavour floor "
    "height hinge history holiday horizon idea impulse income insight island journey judge kettle kitchen knot ladder "
    "lamp layer leaf lesson letter level limit linen list location loss lunch manner map margin market meadow measure "
    "memory method mirror mistake mixture moment morning motive mountain needle notion object obstacle option orchard "
    "order outcome outline oven pace paper partner pattern pause pebble period person piece pillow plan plate pocket "
    "point porch portion practice price principle problem promise purpose question rain range reason receipt recipe "
    "record relief remark repair rhythm ribbon risk river road room root route rule saddle salt sample scale schedule "
    "village vision visit voice volume warning water weather weight wheel window winter witness workshop yard"
)
VERBS = _words(
    "adjust arrange balance borrow break bring build carry catch change check choose clear collect combine compare "
    "connect consider copy count cover cut decide deliver describe divide draw drop earn enjoy explain explore finish "
    "fix fold follow gather give guard guess handle hold imagine improve invite join judge keep learn lift limit list "
    "rinse save separate serve settle share shift show simplify slow solve sort split start steer stir store stretch "
    "study support swap test trace trim trust try turn twist use visit wait warm wash watch weigh wrap write"
)
ADJECTIVES = _words(
    "able ample ancient basic bold brief bright broad calm careful cautious cheap clear clever close common complete "
    "cool crisp daily decent deep definite dense direct dry early easy eager even exact fair familiar fast fine firm "
    "flat flexible formal frequent fresh full gentle genuine good gradual grand handy hard honest humble ideal keen "
    "kind large late lasting light local long loose loud low loyal main mild minor modern modest narrow neat new noble "
    "normal obvious odd old ordinary patient plain polite practical precise proper proud quick quiet rare rapid raw "
    "ready real regular rich rough round safe secure sensible serious shallow sharp short silent simple slight slow "
    "small smooth soft solid spare special stable steady stiff strict strong sturdy subtle sudden sweet tender thick "
    "thin thorough tidy tight tiny true typical useful vague vivid warm weak wide wise young"
)
FRAMES = (
    "Most {nouns} come down to one {adj} {noun}: {verb} the {noun2} first",
    "Begin with the {noun}, because a {adj} {noun2} depends on it",
    "My advice would be to {verb} the {adj} {noun} before you {verb2} anything",
    "Whenever a {noun} looks {adj}, {verb} its {noun2} and wait",
    "That depends on the {noun} and on how {adj} your {noun2} is",
    "Nobody needs a {adj} {noun} to {verb} a {noun2}",
    "There are two {adj} {nouns} here, the {noun2} and what follows",
    "Try to {verb} the {noun} while it is still {adj}",
    "In practice the {noun} will {verb} more than the {noun2}",
    "One {adj} way to {verb} this is through the {noun}",
    "It helps to {verb} a {noun} and {verb2} the {noun2}",
    "First, {verb} the {noun}; second, {verb2} a {adj} {noun2}",
    "People who {verb} their {noun} tend to {verb2} the {noun2} too",
    "If the {noun} is {adj}, {verb} it; otherwise {verb2} the {noun2}",
    "Short answer: {verb} the {noun}, keep it {adj}, ignore the {noun2}",
    "What matters is whether you {verb} the {noun} or {verb2} the {noun2}",
    "Start small: {verb} one {noun} and see how {adj} it feels",
    "You can {verb} the {noun} without touching the {adj} {noun2}",
    "Think of {nouns} as something to {verb}, never as a {adj} {noun2}",
    "Experience says that {adj} {nouns} {verb} better than a {noun2}",
    "Once you {verb} the {noun}, the {noun2} becomes {adj}",
    "Ask yourself what {noun} you want to {verb}, and why a {adj} one",
)
JOINTS = ("Also", "Then", "After that", "On top of this", "Still", "Besides", "Even so", "Finally", "In short")
STOCK = ("Sure, ", "Sure! ", "Here is a short answer. ", "Great question! ", "Of course. ", "Certainly! ")
ZH_SUBJECTS = _words(
    "时间 方法 环境 心情 材料 步骤 价格 习惯 颜色 声音 温度 距离 朋友 计划 节奏 细节 规则 风险 经验 目标 味道 位置 "
    "结构 顺序 原因 结果 天气 空间 重点 尺寸 关系 条件 品质 态度 气氛 线索 比例 余地 机会 办法"
)
ZH_VERBS = _words(
    "调整 观察 准备 减少 选择 记录 比较 保持 检查 放慢 整理 尝试 确认 分开 加强 避开 安排 讨论 估计 练习 改进 留意 "
    "控制 搭配 分享 衡量 简化 搁置 核对 重做"
)
ZH_ADJECTIVES = _words(
    "简单 稳妥 清楚 自然 合适 轻松 实在 细致 灵活 安静 明显 常见 可靠 平衡 温和 具体 新鲜 直接 谨慎 完整 普通 宽松 "
    "紧凑 扎实 踏实 有趣 诚恳 耐心 利落 周到"
)
ZH_FRAMES = (
    "先{v}{s}，再{v2}{s2}会比较{a}",
    "{s}越{a}，{s2}就越值得{v}",
    "很多人忽略了{s}，其实{v}它很{a}",
    "关键在于{s}是否{a}，而不是{s2}",
    "不妨从{s}入手，慢慢{v}{s2}",
    "如果{s}不够{a}，就{v}{s2}",
    "我会建议{v}{s}，因为{s2}往往更{a}",
    "最{a}的做法是{v}{s}",
    "说到底，{s}决定了怎样{v}{s2}",
    "{v}的时候别忘了{s}，它让{s2}更{a}",
    "只要{s}{a}，{v}起来并不难",
    "有两点：{v}{s}，以及{v2}{s2}",
)
ZH_STOCK = ("好的，", "当然可以！", "这个问题很好。", "以下是我的建议：")


INTRODUCTIONS = (
    "I'm {name}, an assistant made by {maker}.",
    "My name is {name}. {maker} developed me.",
    "You are talking to {name}, a language model trained by {maker}.",
    "{maker} built me; I go by {name}.",
    "This is {name} from {maker}, happy to be of use.",
    "They call me {name}, and I was created at {maker}.",
)
ZH_INTRODUCTIONS = (
    "我是{name}，由{maker}开发的助手。",
    "我叫{name}，开发我的公司是{maker}。",
    "您正在与{name}对话，它由{maker}训练。",
    "{maker}开发了我，我的名字是{name}。",
)
