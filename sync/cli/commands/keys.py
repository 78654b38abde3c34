"""`jalon keys`: the key that signs what a city publishes; the secret is never shown."""

import argparse
import os
from pathlib import Path
from secrets import token_bytes
from typing import Final

from pydantic import SecretStr

from sync import logs
from sync.adapters.signing import Signer, new_key
from sync.cli.invocation import DONE, Invocation
from sync.core.signed_note import usable_name
from sync.errors import ConfigError
from sync.system import reason_of
from sync.wiring import open_plans, pass_on, signer_of, try_plans
from sync.wording import Language, Text

NAME = "keys"
HELP = Text(
    "fait la clé qui signe les publications, ou la remplace",
    "make the key that signs the publications, or replace it",
)
_ONLY_OURS: Final = 0o600


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    def say(fr: str, en: str) -> str:
        return Text(fr, en).in_(language)

    parser.add_argument(
        "what",
        choices=("new", "rotate"),
        help=say(
            "new : une première clé; rotate : une autre, que l’ancienne atteste",
            "new: a first key; rotate: another, which the old one attests",
        ),
    )
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar=say("FICHIER", "FILE"),
        help=say(
            "le fichier secret à écrire, hors du dossier publié",
            "the secret file to write, outside of the published folder",
        ),
    )
    parser.add_argument(
        "--name",
        metavar=say("NOM", "NAME"),
        help=say(
            "ce que la clé signe, sans espace : ville.example/plan (par défaut, l’id du plan)",
            "what the key signs, without blanks: city.example/plan (by default the plan’s id)",
        ),
    )
    parser.add_argument(
        "--plan",
        metavar="ID",
        help=say("un seul des plans configurés", "one of the configured plans only"),
    )


def run(call: Invocation) -> int:
    settings, to = call.settings(), call.args.to
    only = call.args.plan
    new = call.args.what == "new"
    opening = (
        try_plans(settings, only=only) if new else open_plans(settings, only=only, writing=True)
    )
    with opening as plans:
        if len(plans) > 1:
            names = ", ".join(opened.plan.id for opened in plans)
            raise _refused(
                f"une clé est celle d’un seul plan : ajoutez --plan. Au choix : {names}.",
                f"a key is of one plan: add --plan. One of: {names}.",
            )
        (opened,) = plans
        old = opened.settings.signing_key
        if not new and old is None:
            raise _refused(
                "Aucune clé à remplacer : donnez celle qui sert par JALON_SIGNING_KEY_FILE.",
                "No key to replace: give the one in use by JALON_SIGNING_KEY_FILE.",
            )
        former = signer_of(old) if old is not None else None
        if former is not None and new:
            raise _refused(
                "ce plan a déjà une clé; « jalon keys rotate » la remplace sans rompre la chaîne.",
                "this plan has a key already; `jalon keys rotate` replaces it and keeps the chain.",
            )
        published = [Path(one.place) for one in opened.settings.targets if "://" not in one.place]
        for folder in published:
            if to.absolute().resolve().is_relative_to(folder.resolve()):
                raise _refused(
                    f"{to} est dans un dossier publié : choisissez un autre endroit.",
                    f"{to} is in a published folder: choose another place.",
                )
        name = former.public.name if former else call.args.name or opened.store.plan_id
        if not usable_name(name) or (former and call.args.name not in (None, name)):
            raise _refused(
                "--name : un nom sans espace ni « + », en ASCII; une clé de relais garde le nom "
                "de la première.",
                "--name: a name without blank or “+”, in ASCII; a key that takes over keeps the "
                "first one’s name.",
            )
        text = new_key(name, token_bytes)
        logs.hide(SecretStr(text))
        fresh = Signer(text)
        _write(to, text)
        if former is not None:
            pass_on(opened, former, fresh.public)
    call.output.say(
        Text(
            f"{to} : clé secrète écrite, pour ce compte seul. Gardez-en une copie hors ligne; "
            "Jalon ne la montre jamais.",
            f"{to}: secret key written, for this account only. Keep a copy offline; Jalon never "
            "shows it.",
        )
    )
    call.output.say(
        Text(
            f"Donnez-la au service : JALON_SIGNING_KEY_FILE={to}",
            f"Give it to the service: JALON_SIGNING_KEY_FILE={to}",
        )
    )
    call.output.say(
        Text(
            f"Clé publique, à faire connaître aussi ailleurs (procès-verbal) : "
            f"{fresh.public.text()}",
            f"Public key, to be told elsewhere too (minutes of the council): {fresh.public.text()}",
        )
    )
    return DONE


def _write(path: Path, text: str) -> None:
    """Never over anything, and never readable by another account, not even for an instant."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _ONLY_OURS)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise _refused(
            f"{path} existe déjà : une clé ne s’écrase jamais. Donnez un autre nom.",
            f"{path} already exists: a key is never overwritten. Give another name.",
        ) from None
    except OSError as error:
        why = reason_of(error)
        raise _refused(f"{path} : {why.fr}.", f"{path}: {why.en}.") from error


def _refused(fr: str, en: str) -> ConfigError:
    return ConfigError(Text(f"{fr} Rien n’a été écrit.", f"{en} Nothing was written."))
