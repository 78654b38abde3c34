"""
Refuse an implausible change set or publication: a person must look first.

Limits are shares of what is already known, so that the first provisioning is free and a later
mass change is not. « Suivi public » follows the calendar for all actions at once, and notes the
config: neither is counted.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from hashlib import sha256

from sync.core.leaks import leaks
from sync.core.marks import field_ref
from sync.core.recognise import Recognition
from sync.core.status import STATUS_NAMES
from sync.errors import ConfigError, UnsafeChangeSet
from sync.model.mapping import FieldMapping
from sync.model.operation import AnyOperation, CreateTask, PlaceTask, SetParent, UpdateTask
from sync.model.progress import Status
from sync.model.record import SnapshotRecord
from sync.model.rules import GuardLimits, Rules
from sync.model.snapshot import Snapshot
from sync.model.target import Observed
from sync.wording import Text

SANDBOX_SEEN = "sandbox_seen"
"""The fact that holds what a store's first reading came from (`sandbox_word`)."""

_GOOD = {Status.ACHIEVED, Status.ACHIEVED_LATE, Status.CONTINUOUS}


def guard_changes(
    operations: Sequence[AnyOperation],
    recognition: Recognition,
    missing: int,
    known: int,
    known_actions: int,
    mapping: FieldMapping,
    limits: GuardLimits,
    *,
    asked: bool = False,
) -> None:
    """
    Raise UnsafeChangeSet when too much would change at once.

    `asked` says that a person asked for it since the last clean cycle: a first provisioning not
    yet finished, a revision adopted, a config changed. Then only losses are limited.

    `known` is the number of tasks linked before this cycle, `missing` the losses as a person
    counts them, an action that took its indicators along being one; their share is of the
    actions. Below the minimum population nothing is refused, except that everything is gone.
    """
    gone = len(recognition.gone)
    if known and gone == known:
        raise _refusal("all tasks gone", gone, known, 0.0, "disparues d’Asana", "gone from Asana")
    if known < limits.minimum_population:
        return
    share = max(limits.max_missing_share, 1.5 / known_actions) if known_actions else 0.0
    _limit("too many missing", missing, known_actions, share, "disparues", "missing")
    if asked:
        return
    derived = {field_ref(mapping.role("public_followup").key)}
    created = sum(isinstance(op, CreateTask) for op in operations)
    updated = {op.ref for op in operations if _counts(op, derived)}
    _limit("too many creations", created, known, limits.max_created_share, "à créer", "to create")
    _limit(
        "too many updates", len(updated), known, limits.max_updated_share, "à modifier", "to update"
    )


def _counts(operation: AnyOperation, derived: set[str]) -> bool:
    if isinstance(operation, UpdateTask):
        return bool(operation.builtins.keys() - {"notes"}) or bool(set(operation.fields) - derived)
    return isinstance(operation, PlaceTask | SetParent)


def _limit(rule: str, changed: int, known: int, share: float, fr: str, en: str) -> None:
    if changed > known * share:
        raise _refusal(rule, changed, known, share, fr, en)


def _refusal(
    rule: str, changed: int, known: int, share: float, fr: str, en: str
) -> UnsafeChangeSet:
    return UnsafeChangeSet(
        Text(
            f"{changed} tâches {fr} sur {known} connues (limite : {share:.0%}). "
            "Rien n’a été écrit ; vérifiez la cause, ou relevez la limite « guard » de la "
            "configuration.",
            f"{changed} tasks {en} of {known} known (limit: {share:.0%}). Nothing was written; "
            "check the cause, or raise the `guard` limit of the config.",
        ),
        rule=rule,
        changed=changed,
        known=known,
        limit=share,
    )


def guard_publication(before: Snapshot | None, after: Snapshot, limits: GuardLimits) -> None:
    """Raise UnsafeChangeSet when the publication would lose actions or turn back statuses."""
    if before is None:
        return
    _same_store_of_truth(before, after)
    old = {a.id: a for a in before.actions()}
    new = {a.id: a for a in after.actions()}
    lost = sorted(old.keys() - new.keys())
    if lost and after.plan.revision == before.plan.revision:
        raise UnsafeChangeSet(
            Text(
                f"La publication perdrait {len(lost)} action(s) ({', '.join(lost)}) sans révision "
                "du plan. Rien n’a été publié.",
                f"The publication would lose {len(lost)} action(s) ({', '.join(lost)}) without a "
                "plan revision. Nothing was published.",
            ),
            rule="actions lost",
            changed=len(lost),
            known=len(old),
        )
    back = [
        f"{id_} ({checkpoint} : {STATUS_NAMES[was.etat].fr} → {STATUS_NAMES[now.etat].fr})"
        for id_ in sorted(old.keys() & new.keys())
        for checkpoint, was in old[id_].jalons.items()
        if (now := new[id_].jalons.get(checkpoint)) is not None
        and was.etat in _GOOD
        and now.etat not in _GOOD
        and now.etat not in (Status.RETIRED, Status.NOT_APPLICABLE)
    ]
    if len(back) > limits.max_turned_back:
        raise UnsafeChangeSet(
            Text(
                f"{len(back)} états publiés reculeraient à la fois (limite : "
                f"{limits.max_turned_back}) : {', '.join(back[:5])}… Rien n’a été publié.",
                f"{len(back)} published statuses would turn back at once (limit: "
                f"{limits.max_turned_back}): {', '.join(back[:5])}… Nothing was published.",
            ),
            rule="statuses turned back",
            changed=len(back),
            limit=limits.max_turned_back,
        )


def _same_store_of_truth(before: Snapshot, after: Snapshot) -> None:
    if before.demonstration == after.demonstration:
        return
    raise UnsafeChangeSet(
        Text(
            "Cette base mêlerait des données inventées et de vraies données. Rien n’a été publié ; "
            "utilisez une base par usage.",
            "This store would mix invented and real data. Nothing was published; use one store "
            "for each.",
        ),
        rule="demonstration mixed",
    )


def guard_sandbox(seen: str | None, observed: Observed, *, sandbox_only: bool) -> None:
    """
    Raise ConfigError when a store that saw the sandbox meets real Asana, or the reverse.

    `seen` is what `sandbox_word` told of the store's first reading, None for a new store.
    """
    if sandbox_only and not observed.sandbox:
        raise ConfigError(
            Text(
                "--as-of ne s’emploie qu’avec le bac à sable : ailleurs, le passé se lit dans "
                "l’historique, il ne se recalcule pas.",
                "--as-of works only against the sandbox: elsewhere the past is read from "
                "history, never recomputed.",
            )
        )
    if seen is None or seen == sandbox_word(observed):
        return
    raise ConfigError(
        Text(
            "Cette base a servi "
            + ("au bac à sable" if seen == "oui" else "au vrai Asana")
            + " et l’adresse actuelle est l’autre. Choisissez une autre base "
            "(JALON_DATABASE_URL) ; rien n’a été écrit.",
            "This store was used with "
            + ("the sandbox" if seen == "oui" else "the real Asana")
            + " and the current address is the other. Choose another store "
            "(JALON_DATABASE_URL); nothing was written.",
        )
    )


def sandbox_word(observed: Observed) -> str:
    return "oui" if observed.sandbox else "non"


def guard_projects(observed: Observed, *, store_is_empty: bool) -> None:
    """
    Raise UnsafeChangeSet for an archived project, or an empty store beside a project in use.

    A lost database is not a new one: its numbering and frozen statuses are gone.
    """
    archived = [p.name for p in observed.projects.values() if p.archived]
    if archived:
        raise UnsafeChangeSet(
            Text(
                f"Le projet « {archived[0]} » est archivé dans Asana. Rien n’a été écrit ; "
                "désarchivez-le, ou retirez le plan de la configuration.",
                f"Project “{archived[0]}” is archived in Asana. Nothing was written; unarchive "
                "it, or remove the plan from the config.",
            ),
            rule="project archived",
        )
    if not store_is_empty or not observed.projects:
        return
    name = next(iter(observed.projects.values())).name
    raise UnsafeChangeSet(
        Text(
            f"La base est vide, mais le projet « {name} » de ce plan existe déjà dans Asana. Rien "
            "n’a été écrit ni publié : remettez la base depuis sa sauvegarde.",
            f"The store is empty, but project “{name}” of this plan already exists in Asana. "
            "Nothing was written or published: restore the store from its backup.",
        ),
        rule="store lost",
    )


def intent(revision_number: int, rules: Rules) -> str:
    """What people asked for, in short: it changes with a revision, a date, a name, a mapping."""
    told = repr((rules.checkpoints, rules.mapping, rules.project_name, rules.page_url))
    return f"{revision_number}:{sha256(told.encode()).hexdigest()[:16]}"


def guard_time(last: SnapshotRecord | None, today: date) -> None:
    """Raise ConfigError when the day lies before the last public one: the past is not remade."""
    if last is None or today >= last.as_of:
        return
    raise ConfigError(
        Text(
            f"Le jour demandé ({today}) précède celui du dernier instantané ({last.as_of}). Rien "
            "n’a été écrit ; vérifiez --as-of ou l’horloge.",
            f"The day asked for ({today}) is before that of the last snapshot ({last.as_of}). "
            "Nothing was written; check --as-of or the clock.",
        )
    )


def guard_bytes(files: Mapping[str, bytes], private: Collection[str]) -> None:
    """Raise UnsafeChangeSet when a byte about to be published holds a private value."""
    found = leaks(files, private)
    if found:
        raise UnsafeChangeSet(
            Text(
                f"Une valeur privée serait publiée ({', '.join(found[:5])}). Rien n’a été publié ; "
                "trouvez-la dans les notes publiques, les preuves ou le plan.",
                f"A private value would be published ({', '.join(found[:5])}). Nothing was "
                "published; find it in the public notes, the proofs or the plan.",
            ),
            rule="private value in publication",
            changed=len(found),
        )
