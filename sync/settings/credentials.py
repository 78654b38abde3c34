"""
Where secrets come from: a variable, or a file that a variable names. Nowhere else.

Nothing here ever quotes a value. A file that everyone on the machine may read is refused.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from sync.settings.problems import Problem
from sync.system import reason_of
from sync.wording import Text

MAX_BYTES = 65_536


def named_secret(
    environ: Mapping[str, str], variable: str, problems: list[Problem]
) -> SecretStr | None:
    """The secret that a variable holds itself, or that the file named by `<variable>_FILE` does."""
    file_variable = f"{variable}_FILE"
    if variable in environ and file_variable in environ:
        problems.append(
            Problem(
                Text(
                    fr=f"donnée en même temps que {file_variable} : gardez l'une des deux.",
                    en=f"given together with {file_variable}: keep one of them.",
                ),
                key=variable,
            )
        )
        return None
    return _held_secret(environ, variable, problems) or filed_secret(
        environ, file_variable, problems
    )


def _held_secret(
    environ: Mapping[str, str], variable: str, problems: list[Problem]
) -> SecretStr | None:
    if variable not in environ:
        return None
    return _usable(environ[variable], variable, problems)


def filed_secret(
    environ: Mapping[str, str], variable: str, problems: list[Problem]
) -> SecretStr | None:
    """The content of the file that a variable names."""
    if variable not in environ:
        return None
    path = environ[variable]
    if not path.strip():
        problems.append(
            Problem(
                Text(
                    fr="variable vide : donnez le chemin du fichier.",
                    en="empty variable: give the path of the file.",
                ),
                key=variable,
            )
        )
        return None
    try:
        with Path(path).open("rb") as file:
            open_to_all = os.fstat(file.fileno()).st_mode & (stat.S_IROTH | stat.S_IWOTH)
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = reason_of(error)
        problems.append(
            Problem(
                Text(
                    fr=f"fichier illisible ({why.fr}). Vérifiez le chemin et les droits.",
                    en=f"the file cannot be read ({why.en}). Check the path and its permissions.",
                ),
                file=path,
                key=variable,
            )
        )
        return None
    if open_to_all:
        problems.append(
            Problem(
                Text(
                    fr="le fichier est ouvert à tous les comptes de la machine. Fermez-le : "
                    "chmod o-rw.",
                    en="the file is open to every account of the machine. Close it: chmod o-rw.",
                ),
                file=path,
                key=variable,
            )
        )
        return None
    try:
        text = body.decode("ascii") if len(body) <= MAX_BYTES else ""
    except UnicodeDecodeError:
        text = "\0"  # refused below, without a word of the content
    return _usable(text, variable, problems)


def _usable(value: str, variable: str, problems: list[Problem]) -> SecretStr | None:
    """A token goes into an HTTP header: one printable ASCII word."""
    value = value.strip()
    if not value:
        said = Text(
            fr="jeton vide : donnez-le ou retirez la variable.",
            en="empty token: give it or remove the variable.",
        )
    elif not value.isascii() or not value.isprintable() or " " in value:
        said = Text(
            fr="jeton mal copié : un seul mot, sans espace ni caractère invisible, est attendu.",
            en="badly copied token: one word, without space or invisible character, is expected.",
        )
    else:
        return SecretStr(value)
    problems.append(Problem(said, key=variable))
    return None
