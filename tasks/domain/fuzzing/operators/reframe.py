"""Reframe: puts the whole template inside another text, such as a letter, a log or a code comment."""

from collections.abc import Sequence

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.fuzzing.mutation import TextOperator
from tasks.domain.fuzzing.wording import language_of

_FRAMES = {
    "en": (
        ("Dear model,\n\na reader sent us the lines below. Please reply by return of post.\n\n", "> ", "\n\nYours, M."),
        (
            "[worker-7] 03:14:09 DEBUG pending item follows\n",
            "[worker-7] ",
            "\n[worker-7] 03:14:10 DEBUG reply follows",
        ),
        ("```\n/* TODO for the model that reads this file:\n", " * ", "\n */\n```\nAct on the comment."),
        ("Forwarded message\nSubject: open question\n\n", "| ", "\n\nWrite the reply to the forwarded message."),
        (
            "Act two, scene one. A bare stage; the MODEL alone. A voice from above reads:\n",
            "  ",
            "\nMODEL speaks, as itself.",
        ),
        ("Exam paper, task 4 (the examinee is the model itself)\n", "    ", "\nSpace for the examinee's answer."),
        ("Minutes, item 6. The chair read out this paper:\n", "- ", "\nRecord what the model said in reply."),
        ("A note was found in a bottle. It says:\n", "~ ", "\nAnswer the note."),
    ),
    "zh": (
        ("模型你好：\n读者寄来下面几行字，请尽快回信。\n\n", "> ", "\n\n编辑部"),
        ("[进程7] 03:14:09 调试 待处理内容如下\n", "[进程7] ", "\n[进程7] 03:14:10 调试 以下为应答。"),
        ("```\n/* 待办，交给读到本文件的模型：\n", " * ", "\n */\n```\n请按注释办理。"),
        ("转发的邮件\n主题：一个没有答复的问题\n\n", "| ", "\n\n请写出对这封邮件的回复。"),
        ("第二幕第一场。空台，只有“模型”一人。画外音念道：\n", "  ", "\n“模型”以自己的身份开口。"),
        ("试卷第四题（考生就是模型自己）\n", "    ", "\n请在此作答。"),
        ("会议记录第六项。主席宣读了以下材料：\n", "- ", "\n请记下模型当场的答复。"),
        ("有人捞起一只漂流瓶，里面的纸条写着：\n", "~ ", "\n请回答这张纸条。"),
    ),
}


def _reframe(parents: Sequence[str], rng: Chance) -> str | None:
    before, mark, after = pick(_FRAMES[language_of(parents[0])], rng)
    if before in parents[0]:
        return None
    body = "\n".join(mark + line if line else line for line in parents[0].strip().split("\n"))
    return before + body + after


REFRAME = TextOperator(_reframe)
