"""
The public state at the end of a cycle: immutable, numbered, and nothing but allow-listed facts.

These models are the allow-list. Their JSON keys are French without accents and are the
published contract (`schema/instantane.schema.json` is generated from them). Nothing here may
hold a person, an Asana gid or a link into Asana.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from sync.model.progress import Basis, Status


def snapshot_path(number: int) -> str:
    """Where a publication holds the snapshot of that number, for good."""
    return f"instantanes/{number:04d}.json"


class PublicModel(BaseModel):
    """Strict and frozen: an unknown key is an error, on reading too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_post_init(self, _context: object, /) -> None:
        """Nobody asks which keys were given: one set a class, not one of 728 bytes a thing."""
        object.__setattr__(self, "__pydantic_fields_set__", _keys(type(self)))


@cache
def _keys(model: type[PublicModel]) -> set[str]:
    return set(model.model_fields)


PublicLink = Annotated[str, Field(max_length=2_000, pattern=r"^https://[^\s\\\"'<>`]+$")]
"""The form that every published link has; `sync/core/privacy.py` decides which ones are fit."""


class PublicGoal(PublicModel):
    genre: Literal["livrable", "quantite", "etat", "continuite"]
    minimum: int | None = None
    maximum: int | None = None
    unite: str | None = None


class PublicIndicator(PublicModel):
    id: str
    texte: str
    cible: PublicGoal
    fait: bool
    fait_le: date | None = None
    quantite: int | str | None = Field(
        default=None, description="Nombre entier, ou décimal écrit en texte : aucun flottant."
    )


class PublicCorrection(PublicModel):
    """One dated entry beside a frozen status, which stays as it was."""

    etat: Status
    le: date
    motif: str


class PublicStanding(PublicModel):
    """One action at one checkpoint."""

    indicateurs: tuple[PublicIndicator, ...]
    faits: int
    attendus: int
    declare: Literal["a_venir", "en_cours", "atteint", "en_continu"] | None = None
    etat: Status
    selon: Basis
    confirme: bool
    provisoire: bool
    etat_fige: Status | None = None
    fige_le: date | None = None
    fige_apres_coup: bool = False
    corrections: tuple[PublicCorrection, ...] = ()
    regle_le: date | None = None
    motif: str | None = None


class PublicAction(PublicModel):
    id: str
    titre: str
    jalons: dict[str, PublicStanding]
    direction: str | None = None
    note: str | None = None
    preuve: PublicLink | None = None
    texte_retenu: bool = False
    preuve_retenue: Literal["forme", "prive"] | None = None
    donnees_du: date | None = Field(
        default=None, description="Dernière lecture, quand la tâche n'est plus visible."
    )


class PublicVolet(PublicModel):
    id: str
    titre: str
    actions: tuple[PublicAction, ...]


class PublicAxis(PublicModel):
    numero: int
    titre: str
    objectif: str
    volets: tuple[PublicVolet, ...]


class PublicCheckpoint(PublicModel):
    id: str
    titre: str
    echeance: date
    gel: date


class PublicPlan(PublicModel):
    id: str
    titre: str
    revision: int
    adopte_le: date


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
HexSalt = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
TypedPlace = Annotated[str, Field(pattern=r"^(/[^/]+)+$")]


class PublicWithdrawal(PublicModel):
    """A text that was withdrawn from past snapshots by a decision; by whom is no public fact."""

    instantanes: tuple[Annotated[int, Field(ge=1)], ...]
    action: str
    champ: Literal["note", "preuve", "motif", "correction"]
    jalon: str | None = None
    le: date
    motif: str


class PublicLog(PublicModel):
    """
    How far the city's log had come: its head, which no text of the log can be read from.

    Told outside of the database, it shows a log that was cut or rewritten since.
    """

    lignes: Annotated[int, Field(ge=0)]
    tete: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


Counts = dict[Status, Annotated[int, Field(ge=0)]]


class PublicTotals(PublicModel):
    """
    Counts of actions, never an average. `fige` is empty until the checkpoint is frozen.

    `corrige` counts what stands for the gel's day once corrections are heard; it is empty while
    there are none.
    """

    etat: Counts
    fige: Counts
    corrige: Counts = Field(default_factory=dict)


class Snapshot(PublicModel):
    """
    `numero` counts from 1 without a gap; `etat_au` is the day the facts describe.

    `fin` is the plan's last day where the city gave one; `termine_le` the day of the reading that
    its last state was made from, while it stands ended.
    """

    version: Literal[1] = 1
    numero: Annotated[int, Field(ge=1)]
    etat_au: date
    genere_le: datetime
    demonstration: bool
    plan: PublicPlan
    jalons: tuple[PublicCheckpoint, ...]
    totaux: dict[str, PublicTotals]
    axes: tuple[PublicAxis, ...]
    journal: PublicLog | None = None  # absent from snapshots older than the chain
    retraits: tuple[PublicWithdrawal, ...] = ()
    fin: date | None = None
    termine_le: date | None = None
    sels: dict[TypedPlace, HexSalt] = Field(default_factory=dict)
    engagements: dict[TypedPlace, Digest] = Field(default_factory=dict)

    def actions(self) -> tuple[PublicAction, ...]:
        return tuple(a for axis in self.axes for volet in axis.volets for a in volet.actions)

    def with_actions(self, changed: Callable[[PublicAction], PublicAction]) -> Self:
        """A copy with each action as `changed` gives it; all else is the same."""
        axes = tuple(
            axis.model_copy(
                update={
                    "volets": tuple(
                        volet.model_copy(update={"actions": tuple(map(changed, volet.actions))})
                        for volet in axis.volets
                    )
                }
            )
            for axis in self.axes
        )
        return self.model_copy(update={"axes": axes})

    @property
    def ended(self) -> tuple[date, date] | None:
        """The plan's last day and the day of its last state; None while it goes on."""
        return (self.fin, self.termine_le) if self.fin and self.termine_le else None


class State(PublicModel):
    """
    `etat.json`: the current number and when a complete cycle last confirmed it.

    Where the plan has ended, `verifie_le` says when a complete reading last found the publication
    in its place, and no more: what Asana says no longer reaches it.
    """

    numero: int
    verifie_le: datetime
    demonstration: bool
    termine: bool = False
    journal: PublicLog | None = None
