"""`jalon verify FOLDER|ADDRESS`: whether a publication is still what it was."""

from pathlib import Path
from typing import Any, Final

from sync.adapters.signing import verify
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Output
from sync.core.fill import fill
from sync.core.signed_note import NoNote, PublicKey
from sync.core.verification import Breach, Fault, Found, check, gather
from sync.errors import ConfigError, UnsafeChangeSet
from sync.system import reason_of
from sync.wiring import fetching
from sync.wording import Text

DOES_NOT_HOLD: Final = UnsafeChangeSet.exit_code
"""A person must look."""

SHOWN: Final = 10

BREACHES: Final[dict[Breach, Text]] = {
    "missing": Text("il manque", "it is missing"),
    "snapshot": Text(
        "ce ne sont pas les octets d’un instantané", "these are not the bytes of a snapshot"
    ),
    "number": Text("il porte un autre numéro", "it bears another number"),
    "plan": Text("il est d’un autre plan", "it is of another plan"),
    "latest": Text(
        "dernier.json n’est pas le dernier instantané", "dernier.json is not the last snapshot"
    ),
    "note": Text(
        "note.txt manque ou n’est pas une note signée", "note.txt is missing or no signed note"
    ),
    "key": Text(
        "la clé publique manque, est illisible ou n’est pas celle que vous donnez",
        "the public key is missing, unreadable or not the one that you give",
    ),
    "rotation": Text(
        "cles.json n’atteste pas la clé qui signe", "cles.json does not attest the key that signs"
    ),
    "signature": Text(
        "note.txt n’est pas signée par la clé publique", "note.txt is not signed by the public key"
    ),
    "origin": Text("note.txt est d’une autre origine", "note.txt is of another origin"),
    "size": Text(
        "note.txt compte un autre nombre d’instantanés",
        "note.txt counts another number of snapshots",
    ),
    "root": Text(
        "la racine que signe note.txt n’est pas celle de ces instantanés",
        "the root that note.txt signs is not that of these snapshots",
    ),
    "withdrawn": Text(
        "un texte y est retiré et aucun instantané ne dit par quelle décision",
        "a text is withdrawn and no snapshot says by what decision",
    ),
    "sum": Text("ce n’est pas ce que dit SHA256SUMS", "it is not what SHA256SUMS says"),
    "sums_signature": Text(
        "SHA256SUMS n’est pas signé par la clé publique",
        "SHA256SUMS is not signed by the public key",
    ),
    "old_note": Text(
        "le fichier de --since n’est pas une note signée", "the file of --since is no signed note"
    ),
    "old_signature": Text(
        "la note gardée n’est signée par aucune clé de cette publication",
        "the kept note is signed by no key of this publication",
    ),
    "old_origin": Text(
        "la note gardée est d’une autre origine", "the kept note is of another origin"
    ),
    "shorter": Text(
        "la note gardée en compte jusque-là : des instantanés ont disparu",
        "the kept note counts up to there: snapshots are gone",
    ),
    "rewritten": Text(
        "jusqu’à lui, au moins un instantané a été récrit, retiré ou déplacé depuis la note gardée",
        "up to there, at least one snapshot was rewritten, removed or moved since the kept note",
    ),
}


def verify_publication(call: Invocation) -> int:
    where, args = call.args.where, call.args
    if args.head or args.plan:
        raise ConfigError(
            Text(
                "--head et --plan ne vont qu’avec --log.", "--head and --plan go with --log alone."
            )
        )
    old = _kept(args.since) if args.since else None
    with call.output.step(Text("Lecture de la publication…", "Reading the publication…")):
        evidence = gather(fetching(where), old, _pinned(args.key) if args.key else None)
    if not evidence.snapshots:
        raise ConfigError(
            Text(
                f"{where} : aucune publication ici. Donnez le dossier ou l’adresse où se trouve "
                "dernier.json.",
                f"{where}: no publication here. Give the folder or the address where "
                "dernier.json is.",
            )
        )
    found = check(evidence, verify)
    if args.json:
        call.output.json([_json(where, found)])
    else:
        _report(call.output, found)
    return DOES_NOT_HOLD if found.faults else DONE


def _kept(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = reason_of(error)
        raise ConfigError(
            Text(f"--since {path} : {why.fr}.", f"--since {path}: {why.en}.")
        ) from error


def _pinned(text: str) -> PublicKey:
    try:
        return PublicKey.read(text)
    except NoNote:
        raise ConfigError(
            Text(
                "--key : ce n’est pas une clé publique, nom+id+clé comme dans cle.pub.",
                "--key: this is no public key, name+id+key as in cle.pub.",
            )
        ) from None


def _report(output: Output, found: Found) -> None:
    counts = {
        "snapshots": found.checkpoint.size,
        "withdrawn": found.withdrawn,
        "files": found.files,
    }
    output.say(
        fill(
            Text(
                "{snapshots:# instantané recalculé|# instantanés recalculés}, {withdrawn:# texte "
                "retiré|# textes retirés} par décision; {files:# fichier comparé|# fichiers "
                "comparés} à SHA256SUMS.",
                "{snapshots:# snapshot|# snapshots} recomputed, {withdrawn:# text|# texts} "
                "withdrawn by decision; {files:# file|# files} compared with SHA256SUMS.",
            ),
            counts,
        )
    )
    output.say(
        Text(f"Racine : {found.checkpoint.root.hex()}", f"Root: {found.checkpoint.root.hex()}")
    )
    if found.key is not None:
        output.say(Text(f"Clé : {found.key.text()}", f"Key: {found.key.text()}"))
    for fault in found.faults[:SHOWN]:
        output.say(_said(fault), style="bold red")
    if len(found.faults) > SHOWN:
        more = len(found.faults) - SHOWN
        output.say(Text(f"… et {more} autres.", f"… and {more} more."))
    said, style = _conclusion(found)
    output.say(said, style=style)


def _conclusion(found: Found) -> tuple[Text, str]:
    if found.faults:
        return Text(
            "La publication ne tient pas. Gardez-en une copie avec votre note et demandez à la "
            "ville ce qui s’est passé.",
            "The publication does not hold. Keep a copy of it with your note, and ask the city "
            "what happened.",
        ), "bold red"
    if found.old is not None:
        first = found.old.size
        return fill(
            Text(
                "La publication tient : {n:le premier instantané est|les # premiers instantanés "
                "sont} ce que la note gardée attestait.",
                "The publication holds: the first {n:snapshot is|# snapshots are} what the kept "
                "note attested.",
            ),
            {"n": first},
        ), "green"
    if not found.signed:
        return Text(
            "Les fichiers se tiennent entre eux, mais rien n’est signé : rien ne lie la ville à "
            "ces instantanés.",
            "The files agree with each other, but nothing is signed: nothing binds the city to "
            "these snapshots.",
        ), "yellow"
    return Text(
        "La publication se tient et elle est signée. Un passé récrit en entier puis signé de "
        "nouveau ne se verrait que par une note plus ancienne : gardez note.txt ailleurs, et "
        "donnez-la plus tard par --since.",
        "The publication agrees with itself and is signed. A past that was rewritten as a whole "
        "and signed again would only show by an older note: keep note.txt elsewhere, and give it "
        "later by --since.",
    ), "yellow"


def _said(fault: Fault) -> Text:
    said = BREACHES[fault.breach]
    if fault.number is not None:
        where = Text(f"Instantané {fault.number}", f"Snapshot {fault.number}")
    elif fault.name:
        where = Text(fault.name, fault.name)
    else:
        where = Text("Preuve", "Proof")
    return Text(f"{where.fr} : {said.fr}.", f"{where.en}: {said.en}.")


def _json(where: str, found: Found) -> dict[str, Any]:
    return {
        "where": where,
        "holds": not found.faults,
        "signed": found.signed,
        "snapshots": found.checkpoint.size,
        "root": found.checkpoint.root.hex(),
        "key": found.key.text() if found.key else None,
        "withdrawn": found.withdrawn,
        "files": found.files,
        "since": found.old.size if found.old else None,
        "faults": [
            {"breach": fault.breach, "snapshot": fault.number, "file": fault.name or None}
            for fault in found.faults
        ],
    }
