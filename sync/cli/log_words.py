"""
What the log's own codes are called, for people; `--json` keeps the codes.

A code that an older or newer release stored, or one that has its own table elsewhere (a finding,
a revision), is shown as it is.
"""

from typing import Final

from sync.wording import Text

LOGGED_KINDS: Final[dict[str, Text]] = {
    "CreateProject": Text("création d’un projet", "project creation"),
    "ShareProject": Text("partage d’un projet", "project share"),
    "CreateSection": Text("création d’une section", "section creation"),
    "CreateField": Text("création d’un champ", "field creation"),
    "CreateOption": Text("création d’une option", "option creation"),
    "AttachField": Text("pose d’un champ", "field attachment"),
    "CreateTask": Text("création d’une tâche", "task creation"),
    "UpdateTask": Text("mise à jour d’une tâche", "task update"),
    "PlaceTask": Text("placement d’une tâche", "task placement"),
    "SetParent": Text("rattachement d’un indicateur", "indicator hung again"),
    "keep": Text("rien à faire", "nothing to do"),
    "agree": Text("accord constaté", "agreement seen"),
    "write": Text("écriture", "write"),
    "restore": Text("rétablissement", "restoration"),
    "report": Text("écart signalé", "drift reported"),
    "conflict": Text("conflit", "conflict"),
    "hold": Text("retenue", "held back"),
    "create": Text("création", "creation"),
    "pull": Text("lecture", "reading"),
    "freeze": Text("gel", "freeze"),
    "ended": Text("fin du plan", "end of the plan"),
    "resumed": Text("reprise du plan", "plan resumed"),
    "finding": Text("constat", "finding"),
    "overwritten": Text("changement remplacé", "change overwritten"),
    "revision": Text("révision du plan", "plan revision"),
    "erased": Text("effacement", "erasure"),
    "withdrawn": Text("retrait d’un texte publié", "withdrawal of a published text"),
    "restored": Text("restauration de la base", "database restored"),
    "recovered": Text("reprise de la base", "database recovered"),
    "accepted": Text("changement accepté", "change accepted"),
    "settlement": Text("règlement", "settlement"),
    "settle": Text("suite d’un règlement", "settlement carried out"),
}

RULES: Final[dict[str, Text]] = {
    "keep": Text("laisser tel quel", "leave as it is"),
    "agree": Text("retenir l’accord", "remember the agreement"),
    "write": Text("suivre le plan", "follow the plan"),
    "restore": Text("rétablir selon le plan", "restore from the plan"),
    "report": Text("signaler sans corriger", "report, do not correct"),
    "conflict": Text("ne pas trancher", "do not take sides"),
    "hold": Text("ne pas écrire dans le doute", "do not write in doubt"),
    "settle": Text("suivre ce qu’une personne a réglé", "follow what a person settled"),
    "create": Text("créer ce qui manque", "create what is missing"),
    "pull": Text("lire ce que les gens déclarent", "read what people declare"),
    "lost_answer": Text("réponse perdue", "lost answer"),
    "gel": Text("gel du jalon", "checkpoint freeze"),
    "end": Text("dernier jour du plan", "last day of the plan"),
    "erased": Text("effacer par décision", "erase by decision"),
    "withdrawn": Text("retirer par décision", "withdraw by decision"),
    "restored": Text("remettre une sauvegarde", "put a backup back"),
    "recovered": Text("reprendre de la page et d’Asana", "take over from the page and Asana"),
    "overwritten": Text("garder ce qui fut remplacé", "keep what was overwritten"),
    "accepted": Text("accepté par une personne", "accepted by a person"),
}

OUTCOMES: Final[dict[str, Text]] = {
    "intended": Text("à envoyer", "to be sent"),
    "done": Text("fait", "done"),
    "rejected": Text("refusé par Asana", "refused by Asana"),
    "unknown": Text("sans réponse", "no answer"),
    "resolved": Text("a bien eu lieu", "did happen"),
    "void": Text("n’a pas eu lieu", "did not happen"),
    "unseen": Text("ne se voit plus", "can no longer be seen"),
    "read": Text("lu", "read"),
    "left": Text("laissé tel quel", "left as it is"),
    "open": Text("ouvert", "opened"),
    "reopened": Text("rouvert", "reopened"),
    "changed": Text("dit autrement", "worded anew"),
    "seen": Text("vu", "seen"),
    "settled": Text("réglé", "settled"),
    "closed": Text("fermé", "closed"),
    "noted": Text("noté", "noted"),
}


def in_words(code: str, words: dict[str, Text]) -> Text:
    return words.get(code, Text(code, code))
