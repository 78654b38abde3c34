"""What a person answers to the doubts of an adoption, in a file: a thing of the plan, a gid."""

from pathlib import Path
from typing import Final

from sync.model.adoption import Answers
from sync.settings.document import read_document
from sync.settings.problems import Problem, refusal
from sync.settings.strict import Strict, parse
from sync.wording import Text

NONE: Final = "none"


class AnswersFile(Strict):
    """`answers` maps a ref, as the proposal shows it, to a gid of Asana or to `none`."""

    answers: dict[str, str | int]


def read_answers(path: Path) -> Answers:
    """Strictly read; ConfigError names the file, the line and the key."""
    document = read_document(path)
    problems: list[Problem] = []
    found = parse(document, AnswersFile, problems)
    given = {ref: str(gid) for ref, gid in found.answers.items()} if found else {}
    problems += [
        document.problem(
            ("answers", ref),
            Text(
                fr=f"« {gid} » n'est ni un identifiant Asana (des chiffres) ni « {NONE} ».",
                en=f"“{gid}” is neither a gid of Asana (digits) nor `{NONE}`.",
            ),
        )
        for ref, gid in given.items()
        if gid != NONE and not (gid.isascii() and gid.isdecimal())
    ]
    if problems:
        raise refusal(problems)
    return {ref: None if gid == NONE else gid for ref, gid in given.items()}
