"""What each operation is called, for people."""

from typing import Final

from sync.wording import Text

KINDS: Final[dict[str, Text]] = {
    "CreateProject": Text("projet à créer", "project to create"),
    "ShareProject": Text("projet à partager", "project to share"),
    "CreateSection": Text("section à créer", "section to create"),
    "CreateField": Text("champ à créer", "field to create"),
    "CreateOption": Text("option à créer", "option to create"),
    "AttachField": Text("champ à poser", "field to attach"),
    "CreateTask": Text("tâche à créer", "task to create"),
    "UpdateTask": Text("tâche à mettre à jour", "task to update"),
    "PlaceTask": Text("tâche à placer", "task to place"),
    "SetParent": Text("indicateur à raccrocher", "indicator to hang again"),
}

DONE_KINDS: Final[dict[str, Text]] = {
    "CreateProject": Text("projets créés", "projects created"),
    "ShareProject": Text("partages faits", "shares made"),
    "CreateSection": Text("sections créées", "sections created"),
    "CreateField": Text("champs créés", "fields created"),
    "CreateOption": Text("options créées", "options created"),
    "AttachField": Text("champs posés", "fields attached"),
    "CreateTask": Text("tâches créées", "tasks created"),
    "UpdateTask": Text("tâches mises à jour", "tasks updated"),
    "PlaceTask": Text("tâches placées", "tasks placed"),
    "SetParent": Text("indicateurs raccrochés", "indicators hung again"),
}


def named(kind: str, words: dict[str, Text]) -> Text:
    """A kind that an older or newer release logged keeps its own name."""
    return words.get(kind, Text(kind, kind))
