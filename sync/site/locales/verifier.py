"""The words of `verifier.html`. `{n}` and `{m}` are filled in by the page itself."""

from collections.abc import Mapping
from typing import Final

from sync.wording import Text

FORM: Final[Mapping[str, Text]] = {
    "title": Text("Vérifier le suivi – {city}", "Check the tracking – {city}"),
    "heading": Text("Vérifier que rien n’a été récrit", "Check that nothing was rewritten"),
    "lead": Text(
        "Cette page recalcule, dans votre navigateur, ce que la ville a publié et signé. Elle "
        "n’envoie rien à personne. Enregistrez-la : elle marche aussi sans connexion.",
        "This page recomputes, in your browser, what the city published and signed. It sends "
        "nothing to anyone. Save it: it also works offline.",
    ),
    "why": Text(
        "La signature seule ne suffit pas : une ville qui récrirait le passé le signerait de "
        "nouveau. Seule une note que vous avez gardée le montre. Gardez donc note.txt aujourd’hui "
        "(quelques lignes, à imprimer au besoin), et comparez plus tard.",
        "A signature alone is not enough: a city that rewrote the past would sign it again. Only "
        "a note that you kept shows it. So keep note.txt today (a few lines, print them if you "
        "like), and compare later.",
    ),
    "demo": Text("Démonstration – données inventées", "Demonstration – invented data"),
    "what": Text("1. Ce qui est publié", "1. What is published"),
    "here": Text("Le site d’où vient cette page", "The site that this page comes from"),
    "folder": Text(
        "Un dossier copié sur votre appareil", "A folder that you copied to your device"
    ),
    "folder_help": Text(
        "Choisissez le dossier entier de la publication, avec son dossier « instantanes ».",
        "Choose the whole folder of the publication, with its folder “instantanes”.",
    ),
    "files": Text("Ou ses fichiers, un à un", "Or its files, one by one"),
    "old": Text(
        "2. La note que vous avez gardée (facultatif)", "2. The note that you kept (optional)"
    ),
    "old_file": Text("Le fichier", "The file"),
    "old_text": Text("Ou son texte", "Or its text"),
    "key": Text(
        "La clé de la ville, connue d’ailleurs (facultatif)",
        "The city’s key, known from elsewhere (optional)",
    ),
    "go": Text("Vérifier", "Check"),
    "result": Text("Résultat", "Result"),
    "back": Text("Retour au suivi : {plan}", "Back to the tracking: {plan}"),
    "not_yet": Text("Rien n’est encore vérifié.", "Nothing is checked yet."),
    "no_script": Text(
        "Cette page a besoin de JavaScript. Sans lui, suivez « jalon verify », ou OpenSSL et "
        "sha256sum.",
        "This page needs JavaScript. Without it, use `jalon verify`, or OpenSSL and sha256sum.",
    ),
}

SAID: Final[Mapping[str, Text]] = {
    "good": Text("Bon", "Good"),
    "bad": Text("À voir", "Look"),
    "plain": Text("Non vérifié", "Not checked"),
    "working": Text("Vérification en cours…", "Checking…"),
    "nothing": Text(
        "Aucune publication trouvée : il faut au moins dernier.json et le dossier « instantanes ».",
        "No publication found: at least dernier.json and the folder “instantanes” are needed.",
    ),
    "unread": Text(
        "Un fichier de la publication n’a pas pu être lu; rien n’est donc conclu. Réessayez plus "
        "tard, ou avec une copie sur votre appareil.",
        "A file of the publication could not be read, so nothing is concluded. Try again later, or "
        "with a copy on your device.",
    ),
    "unable": Text(
        "Ce navigateur refuse ici les calculs nécessaires. Enregistrez cette page et ouvrez-la "
        "depuis votre appareil, ou prenez une adresse https.",
        "This browser refuses the computations here. Save this page and open it from your device, "
        "or use an https address.",
    ),
    "old_browser": Text(
        "Ce navigateur ne sait pas vérifier une signature Ed25519; le reste est vérifié.",
        "This browser cannot check an Ed25519 signature; the rest is checked.",
    ),
    "holds": Text(
        "La publication tient : les instantanés 1 à {n} sont ceux que votre note attestait.",
        "The publication holds: snapshots 1 to {n} are those that your note attested.",
    ),
    "holds_unsigned": Text(
        "Les instantanés 1 à {n} sont ceux que votre note attestait, mais aucune signature n’a été "
        "vérifiée.",
        "Snapshots 1 to {n} are those that your note attested, but no signature was checked.",
    ),
    "agrees": Text(
        "La publication se tient et elle est signée. Gardez note.txt : seule une note plus "
        "ancienne montre un passé récrit.",
        "The publication agrees with itself and is signed. Keep note.txt: only an older note shows "
        "a rewritten past.",
    ),
    "unsigned": Text(
        "Les fichiers se tiennent entre eux, mais aucune signature n’a été vérifiée.",
        "The files agree with each other, but no signature was checked.",
    ),
    "fails": Text(
        "La publication ne tient pas. Gardez-en une copie avec votre note, et demandez à la ville "
        "ce qui s’est passé.",
        "The publication does not hold. Keep a copy of it with your note, and ask the city what "
        "happened.",
    ),
    "snapshots": Text("Instantanés recalculés : {n}", "Snapshots recomputed: {n}"),
    "withdrawn_count": Text(
        "Textes retirés par décision : {n}", "Texts withdrawn by decision: {n}"
    ),
    "root_is": Text("Racine : {n}", "Root: {n}"),
    "key_is": Text("Clé : {n}", "Key: {n}"),
    "signature_good": Text("Signature de note.txt", "Signature of note.txt"),
    "sums_signed": Text("Signature de SHA256SUMS", "Signature of SHA256SUMS"),
    "sums_good": Text(
        "Fichiers comparés à SHA256SUMS : {n} sur {m}", "Files compared with SHA256SUMS: {n} of {m}"
    ),
    "old_good": Text(
        "Note gardée : {n} instantanés, les mêmes aujourd’hui",
        "Kept note: {n} snapshots, the same today",
    ),
    "missing": Text("Instantané {n} : il manque", "Snapshot {n}: it is missing"),
    "snapshot": Text(
        "Instantané {n} : ce ne sont pas les octets d’un instantané",
        "Snapshot {n}: these are not the bytes of a snapshot",
    ),
    "number": Text("Instantané {n} : il porte un autre numéro", "Snapshot {n}: another number"),
    "plan": Text("Instantané {n} : il est d’un autre plan", "Snapshot {n}: of another plan"),
    "latest": Text(
        "dernier.json n’est pas le dernier instantané", "dernier.json is not the last snapshot"
    ),
    "note": Text(
        "note.txt manque ou n’est pas une note signée", "note.txt is missing or no signed note"
    ),
    "key_bad": Text(
        "La clé publique manque, est illisible ou n’est pas celle que vous donnez",
        "The public key is missing, unreadable or not the one that you give",
    ),
    "rotation": Text(
        "cles.json n’atteste pas la clé qui signe", "cles.json does not attest the key that signs"
    ),
    "signature": Text(
        "note.txt n’est pas signée par la clé publique", "note.txt is not signed by the public key"
    ),
    "origin": Text("note.txt est d’une autre origine", "note.txt is of another origin"),
    "size": Text("note.txt compte un autre nombre d’instantanés", "note.txt counts another number"),
    "root": Text(
        "La racine que signe note.txt n’est pas celle de ces instantanés",
        "The root that note.txt signs is not that of these snapshots",
    ),
    "withdrawn": Text(
        "Instantané {n} : un texte y est retiré et aucun instantané ne dit par quelle décision",
        "Snapshot {n}: a text is withdrawn and no snapshot says by what decision",
    ),
    "sum": Text("{n} : ce n’est pas ce que dit SHA256SUMS", "{n}: not what SHA256SUMS says"),
    "sums_signature": Text(
        "SHA256SUMS n’est pas signé par la clé publique",
        "SHA256SUMS is not signed by the public key",
    ),
    "old_note": Text(
        "Ce que vous avez gardé n’est pas une note signée", "What you kept is no signed note"
    ),
    "old_signature": Text(
        "Votre note n’est signée par aucune clé de cette publication",
        "Your note is signed by no key of this publication",
    ),
    "old_origin": Text("Votre note est d’une autre origine", "Your note is of another origin"),
    "shorter": Text(
        "Votre note compte {n} instantanés : il en manque aujourd’hui",
        "Your note counts {n} snapshots: today some are missing",
    ),
    "rewritten": Text(
        "Des {n} instantanés de votre note, au moins un a été récrit, retiré ou déplacé",
        "Of the {n} snapshots of your note, at least one was rewritten, removed or moved",
    ),
}
