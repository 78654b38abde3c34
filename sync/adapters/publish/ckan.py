"""
Publish as a data set of a CKAN portal.

One write carries title, description, number, digests, links and every file that changed
(`package_revise`), so that no stop leaves a record of which one half is newer than the other. It
says which state of the data set it is meant for: if a person changed the record meanwhile, or if
a write whose answer was lost arrived after all, the portal refuses it, and all is looked at
again. What was not put there by us is neither changed nor removed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import requests
from pydantic import SecretStr

from sync.adapters.publish.checked import check
from sync.adapters.publish.exchange import Line, Pace, glance
from sync.adapters.publish.layout import LATEST, sha256
from sync.adapters.publish.portal import LONGEST, Files, Invalid, Missing, Portal, Unclear
from sync.adapters.publish.portal_record import (
    EXTRAS,
    MANIFEST,
    SUBSCRIBED,
    PortalManifest,
    PortalRecord,
    Resource,
    altered_in,
    extras_of,
    leaf_in,
    licence_id,
    manifest_from,
    manifest_of,
    record_for,
    resource_id,
    resources_of,
    stands,
)
from sync.adapters.publish.reach import Resolve, resolve
from sync.adapters.publish.told import Unread
from sync.core.chain import Told
from sync.core.commitments import withdrawn_places
from sync.core.places import CkanPlace
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.publication import Standing
from sync.model.record import Head
from sync.model.snapshot import State, snapshot_path
from sync.ports import Publication
from sync.wording import Text

Dataset = Mapping[str, Any]

PACE: Final = Pace(connect=10.0, read=60.0, deadline=120.0, first_wait=2.0)
"""A portal indexes a data set before it answers."""
LOOKS: Final = 4
"""How often the data set may move, or an answer be lost, within one delivery."""


class CkanPublisher:
    """One data set. `name` keys its delivery state and is safe to log."""

    def __init__(
        self,
        place: CkanPlace,
        name: str,
        token: SecretStr,
        *,
        internal: bool = False,
        pace: Pace = PACE,
        look_up: Resolve = resolve,
        open_session: Callable[[], requests.Session] = requests.Session,
    ) -> None:
        self.name = name
        self._place = place
        self._token = token
        self._pace = pace
        self._line = Line(
            place.site, pace, internal=internal, look_up=look_up, open_session=open_session
        )

    def __repr__(self) -> str:
        return f"CkanPublisher({self.name!r})"

    def publish(self, publication: Publication) -> None:
        """Raises PublicationFailed; the data set then is as it was, or as it should be."""
        check(publication)
        try:
            record = record_for(publication)
        except (KeyError, ValueError, TypeError, AttributeError) as broken:
            raise self._failed(_NO_RECORD) from broken
        _Delivery(self.name, self._place, self._portal(), publication, record).carry_out()

    def confirm(self, state: State, digest: str) -> None:
        """
        Look whether the record still is what was put there; nothing is written.

        A portal has no place for the time of the last check: the page tells that.
        """
        dataset = _shown(self._portal(), self._place)
        manifest = manifest_of(dataset) if dataset else None
        if dataset is None or manifest is None or dataset.get("state") == "deleted":
            self._missing(_GONE)
        if manifest.numero != state.numero or manifest.empreinte != digest:
            self._missing(_ANOTHER)
        altered = altered_in(dataset, manifest)
        if altered is not None:
            self._missing(
                Text(
                    f"{altered} n’est plus ce qui y a été publié",
                    f"{altered} is no longer what was published there",
                )
            )

    def standing(self, plan_id: str) -> Standing | None:
        manifest = self._manifest(plan_id)
        if manifest is None:
            return None
        log = manifest.journal
        return Standing(manifest.numero, Head(log.lignes, log.tete) if log else None)

    def told(self, plan_id: str) -> Iterator[Told | Unread]:
        """The log's head that the data set tells. Raises PublicationFailed."""
        dataset = _shown(self._portal(), self._place)
        manifest = manifest_of(dataset) if dataset else None
        if manifest is not None and manifest.plan == plan_id and manifest.journal:
            yield Told(Head(manifest.journal.lignes, manifest.journal.tete), self.name)

    def _manifest(self, plan_id: str) -> PortalManifest | None:
        try:
            portal = self._portal(glance(self._pace))
            dataset = _shown(portal, self._place)
        except PublicationFailed:
            return None
        manifest = manifest_of(dataset) if dataset else None
        return manifest if manifest and manifest.plan == plan_id else None

    def _portal(self, pace: Pace | None = None) -> Portal:
        return Portal(self._place.site, self.name, self._token, self._line, pace or self._pace)

    def _failed(self, why: Text) -> PublicationFailed:
        return PublicationFailed(
            Text(f"{self.name} : {why.fr}", f"{self.name}: {why.en}"), target=self.name
        )

    def _missing(self, why: Text) -> NoReturn:
        raise PublicationMissing(
            Text(
                f"{self.name} : {why.fr}. Une publication complète doit suivre.",
                f"{self.name}: {why.en}. A complete publication must follow.",
            ),
            target=self.name,
        )


def _shown(portal: Portal, place: CkanPlace) -> Dataset | None:
    try:
        found = portal.read("package_show", id=place.dataset)
    except Missing:
        return None
    return found if isinstance(found, dict) and "id" in found else None


@dataclass(frozen=True, slots=True)
class _Change:
    """What one write must carry; nothing where all stands already."""

    removed: tuple[str, ...]
    update: Mapping[str, Any]
    new: tuple[tuple[str, Resource], ...]
    changed: tuple[tuple[str, Resource], ...]
    renamed: tuple[tuple[str, Resource], ...]

    def __bool__(self) -> bool:
        return any((self.removed, self.update, self.new, self.changed, self.renamed))

    def written(self, dataset: Dataset) -> tuple[dict[str, Any], Files]:
        """As CKAN's `package_revise` reads it, and the files that go with it."""
        lists = [f"-{key}" for key in ("extras", "tags") if key in self.update]
        gone = [f"-resources__{one}" for one in self.removed]
        said: dict[str, Any] = {
            "match": {"id": dataset["id"], "metadata_modified": dataset["metadata_modified"]},
            "filter": [*lists, *gone],
            "update": dict(self.update),
        }
        files: dict[str, tuple[str, bytes, str]] = {}
        for one_id, resource in (*self.changed, *self.renamed):
            said[f"update__resources__{one_id}"] = resource.fields()
        for one_id, resource in self.changed:
            if resource.body is not None:
                files[f"update__resources__{one_id}__upload"] = _part(resource, resource.body)
        if self.new:
            said["update__resources__extend"] = [
                {"id": one_id, **resource.fields()} for one_id, resource in self.new
            ]
        for back, (_, resource) in enumerate(reversed(self.new), start=1):
            if resource.body is not None:
                files[f"update__resources__-{back}__upload"] = _part(resource, resource.body)
        if files:  # a form has no nesting: every value is JSON in it
            said = {key: json.dumps(value) for key, value in said.items()}
        return said, files


def _file_of(dataset: Dataset, row: Mapping[str, Any]) -> str:
    """The path at which the portal itself serves an uploaded file, whatever its record says."""
    file_name = str(row.get("url") or "").rpartition("/")[2] or "file"
    return f"/dataset/{dataset['id']}/resource/{row['id']}/download/{file_name}"


def _part(resource: Resource, body: bytes) -> tuple[str, bytes, str]:
    return resource.file_name, body, resource.media_type


class _Delivery:
    """One publication on its way to one data set."""

    def __init__(
        self,
        name: str,
        place: CkanPlace,
        portal: Portal,
        publication: Publication,
        record: PortalRecord,
    ) -> None:
        self._name = name
        self._place = place
        self._portal = portal
        self._publication = publication
        self._record = record
        self._sent: set[str] = set()
        self._served_otherwise: set[str] = set()
        self._portals_own: set[str] = set()

    def carry_out(self) -> None:
        for look in range(1, LOOKS + 1):
            dataset = _shown(self._portal, self._place)
            if dataset is None:
                self._create(look)
                continue
            self._refuse_what_is_not_ours(dataset)
            change = self._difference(dataset)
            if not change:
                self._served_otherwise = self._read_again(dataset) - self._sent
                if not self._served_otherwise:
                    return
                continue
            said, files = change.written(dataset)
            self._sent |= {one_id for one_id, _ in (*change.new, *change.changed)}
            try:
                self._portal.write("package_revise", said, files)
            except Unclear as unclear:
                self._portal.wait(look, unclear.why)
            except Missing:
                continue
            except Invalid as invalid:
                own = self._refused_extras(invalid, change) - self._portals_own
                self._portals_own |= own
                if "match" not in invalid.fields and not own:
                    raise self._portal.refused(invalid) from None
        raise self._failed(_RESTLESS)

    def _create(self, look: int) -> None:
        """The bare record: it claims no number before its files are there."""
        place = self._place
        said = {"name": place.dataset, "title": self._record.title, "notes": self._record.notes}
        if place.organisation:
            said["owner_org"] = place.organisation
        try:
            self._portal.write("package_create", said)
        except Unclear as unclear:
            self._portal.wait(look, unclear.why)
        except Missing:
            raise self._failed(_NO_ORGANISATION) from None
        except Invalid as invalid:
            if set(invalid.fields) == {"name"}:
                raise self._failed(_NAME_TAKEN) from None
            raise self._portal.refused(invalid) from None

    def _refuse_what_is_not_ours(self, dataset: Dataset) -> None:
        if dataset.get("state") == "deleted":
            raise self._failed(_DELETED)
        there = manifest_of(dataset)
        if there is None:
            if not resources_of(dataset):
                return
            there = self._told_by_what_is_served(dataset)
        if there.plan != self._record.manifest.plan:
            raise self._failed(_ANOTHER_PLAN)
        ours = self._publication.immutable.get(snapshot_path(there.numero), b"")
        same = ours and (
            sha256(ours) == there.empreinte
            or (there.feuille is not None and leaf_in(ours) == there.feuille)
        )
        if there.numero > self._publication.record.number or not same:
            raise self._another_history(there.numero)
        if set(there.retires) - withdrawn_places(ours).keys():
            raise self._failed(_WITHDRAWN)

    def _told_by_what_is_served(self, dataset: Dataset) -> PortalManifest:
        """
        How far a data set has come that lost its manifest, to a form or to a person.

        Our resources prove by their ids whose they are; number, history and withdrawals are told
        by `dernier.json` as it is served. The record is never ahead of that file, unless somebody
        put an older one there: so `version` must not be higher than ours either.
        """
        if not self._ours_in(dataset):
            raise self._failed(_FOREIGN)
        row = resources_of(dataset).get(self._id(dataset, LATEST))
        served = None if row is None else self._portal.downloaded(_file_of(dataset, row), LONGEST)
        found = manifest_from(served or b"")
        if found is None:
            raise self._failed(_NO_MANIFEST)
        version = str(dataset.get("version") or "")
        number = self._publication.record.number
        if version.isascii() and version.isdecimal() and int(version) > number:
            raise self._another_history(int(version))
        return found

    def _ours_in(self, dataset: Dataset) -> dict[str, str]:
        """
        The ids of our resources that are there, by path.

        A path that this publication no longer has stands in the resource's description; it counts
        where the id agrees, and nobody makes up such an id.
        """
        there = resources_of(dataset)
        before = manifest_of(dataset)
        paths = {one.path for one in self._record.resources} | SUBSCRIBED
        paths |= set(before.fichiers if before else ())
        paths |= {str(one.get("description") or "") for one in there.values()}
        ids = {path: self._id(dataset, path) for path in sorted(paths)}
        return {path: one_id for path, one_id in ids.items() if one_id in there}

    def _another_history(self, standing: int) -> PublicationFailed:
        number = self._publication.record.number
        return PublicationFailed(
            Text(
                f"{self._name} : l’instantané {standing} y est déjà publié; le numéro "
                f"{number} ne peut pas le remplacer, ou son contenu diffère. Vérifiez que "
                "cette base de données est bien celle de ce jeu, ou publiez dans un autre.",
                f"{self._name}: snapshot {standing} is already published there; number "
                f"{number} cannot replace it, or its content differs. Check that this database "
                "is the one of this data set, or publish into another.",
            ),
            target=self._name,
            standing=standing,
            number=number,
        )

    def _difference(self, dataset: Dataset) -> _Change:
        record, extras, there = self._record, extras_of(dataset), resources_of(dataset)
        ids = {one.path: self._id(dataset, one.path) for one in record.resources}
        removed = [one for path, one in self._ours_in(dataset).items() if path not in ids]
        again = self._served_otherwise - self._sent
        new, changed, renamed = [], [], []
        for one in record.resources:
            found = there.get(ids[one.path])
            if found is None:
                new.append((ids[one.path], one))
            elif not stands(found, one.told, one.size) or ids[one.path] in again:
                changed.append((ids[one.path], one))
            elif found.get("name") != one.name or found.get("description") != one.description:
                renamed.append((ids[one.path], one))
        update: dict[str, Any] = {
            key: value
            for key, value in self._fields().items()
            if value is not None and dataset.get(key) != value
        }
        wanted = self._extras(dataset)
        theirs = {key: value for key, value in extras.items() if key not in {*EXTRAS, MANIFEST}}
        if {**theirs, **wanted} != extras:
            update["extras"] = [
                {"key": key, "value": value} for key, value in {**theirs, **wanted}.items()
            ]
        tags = dataset.get("tags") or []
        missing = set(record.tags) - {one.get("name") for one in tags}
        if missing:
            update["tags"] = [*tags, *({"name": name} for name in sorted(missing))]
        return _Change(tuple(removed), update, tuple(new), tuple(changed), tuple(renamed))

    def _extras(self, dataset: Dataset) -> dict[str, str]:
        """But for those that this portal has fields of its own for: they are filled in by hand."""
        before = manifest_of(dataset)
        own = self._portals_own | {key for key in self._record.extras if key in dataset}
        own |= set(before.laisses if before else ()) & EXTRAS
        told = self._record.manifest.model_copy(update={"laisses": sorted(own)})
        said = {key: value for key, value in self._record.extras.items() if key not in own}
        return {**said, MANIFEST: told.model_dump_json()}

    def _refused_extras(self, invalid: Invalid, change: _Change) -> set[str]:
        """Those of ours that the portal refuses for their name, where nothing else is wrong."""
        rows, sent = invalid.fields.get("extras"), change.update.get("extras", ())
        if set(invalid.fields) != {"extras"} or not isinstance(rows, list):
            return set()
        wrong = [
            one["key"]
            for row, one in zip(rows, sent, strict=False)
            if isinstance(row, dict) and row
        ]
        by_name = all("key" in row for row in rows if isinstance(row, dict) and row)
        return set(wrong) if by_name and EXTRAS.issuperset(wrong) else set()

    def _fields(self) -> dict[str, str | None]:
        record, licence = self._record, None
        if record.licence:
            licence = licence_id(record.licence, self._portal.read("license_list"))
        return {
            "title": record.title,
            "notes": record.notes,
            "version": record.version,
            "url": record.landing_page,
            "license_id": licence,
        }

    def _id(self, dataset: Dataset, path: str) -> str:
        return resource_id(str(dataset["id"]), self._record.manifest.plan, path)

    def _read_again(self, dataset: Dataset) -> set[str]:
        """
        The record was just read; now the bytes of every file, as the portal serves them.

        All of them, and not what this delivery sent alone: an earlier one may have been stopped
        before it looked, and the digest in the record is only what we said ourselves. The ids of
        files that are served otherwise; raises where this delivery sent them itself.
        """
        altered = altered_in(dataset, self._record.manifest)
        if altered is not None:
            raise self._other(altered)
        there, wrong = resources_of(dataset), set()
        for resource in self._record.resources:
            if resource.body is None:
                continue
            one_id = self._id(dataset, resource.path)
            served = self._portal.downloaded(
                _file_of(dataset, there[one_id]), len(resource.body) + 1
            )
            if served is None or served == resource.body:
                continue
            if one_id in self._sent:
                raise self._other(resource.path)
            wrong.add(one_id)
        return wrong

    def _other(self, what: str) -> PublicationFailed:
        return self._failed(
            Text(
                f"{what} y est relu autrement qu’il n’a été envoyé. Cherchez ce qui le change sur "
                "le portail (une extension, un mandataire); le prochain cycle reprendra.",
                f"{what} is read back there other than it was sent. Look for what changes it on "
                "the portal (an extension, a proxy); the next cycle will try again.",
            )
        )

    def _failed(self, why: Text) -> PublicationFailed:
        return PublicationFailed(
            Text(f"{self._name} : {why.fr}", f"{self._name}: {why.en}"), target=self._name
        )


_GONE = Text("le jeu n’y est plus, ou n’est plus celui-ci", "the data set is gone, or is another")
_ANOTHER = Text("un autre instantané y est montré", "another snapshot is shown there")
_NO_RECORD = Text(
    "la publication n’a pas de fiche DCAT (catalogue.jsonld) lisible. C’est un défaut de Jalon; "
    "signalez-le.",
    "the publication has no readable DCAT record (catalogue.jsonld). This is a defect of Jalon; "
    "report it.",
)
_FOREIGN = Text(
    "ce jeu de données existe déjà, a des ressources, et ne vient pas de Jalon. Rien n’y a été "
    "changé : donnez un autre nom, ou un jeu préparé à la main et encore sans ressource.",
    "this data set already exists, has resources, and is not Jalon’s. Nothing was changed: give "
    "another name, or a data set prepared by hand that has no resource yet.",
)
_NO_MANIFEST = Text(
    "le champ « jalon_manifeste » de ce jeu a été perdu, et dernier.json n’y est pas lisible non "
    "plus : rien ne dit jusqu’où il en est, ni quels textes y furent retirés. Rien n’y a été "
    "changé : remettez ce champ d’après l’historique du jeu, ou supprimez-en toutes les ressources "
    "pour que tout y soit publié à neuf.",
    "the field `jalon_manifeste` of this data set was lost, and dernier.json cannot be read there "
    "either: nothing tells how far it has come, or which texts were withdrawn. Nothing was "
    "changed: put that field back from the data set’s history, or delete all of its resources for "
    "everything to be published anew.",
)
_ANOTHER_PLAN = Text(
    "ce jeu de données est celui d’un autre plan. Rien n’y a été changé : donnez un autre nom.",
    "this data set is another plan’s. Nothing was changed: give another name.",
)
_DELETED = Text(
    "ce jeu de données a été supprimé sur le portail. Jalon ne le recrée pas : restaurez-le, ou "
    "donnez un autre nom.",
    "this data set was deleted on the portal. Jalon does not create it again: restore it, or give "
    "another name.",
)
_NAME_TAKEN = Text(
    "ce nom est pris par un jeu que ce jeton ne voit pas (privé, ou supprimé). Donnez-en un autre, "
    "ou demandez aux responsables du portail de le libérer.",
    "this name is taken by a data set that this token does not see (private, or deleted). Give "
    "another, or ask those in charge of the portal to free it.",
)
_NO_ORGANISATION = Text(
    "l’organisation de l’adresse n’existe pas sur ce portail. Donnez son nom, tel qu’à la fin de "
    "l’adresse de sa page, par organisation=.",
    "the organisation in the address does not exist on this portal. Give its name, as at the end "
    "of its page’s address, by organisation=.",
)
_WITHDRAWN = Text(
    "un texte y a été retiré par décision, que cette base de données a encore. Rien n’a été "
    "remplacé : refaites ce retrait ici (« jalon withdraw »).",
    "a text was withdrawn there by decision, which this database still has. Nothing was replaced: "
    "make that withdrawal here again (`jalon withdraw`).",
)
_RESTLESS = Text(
    "le jeu de données a changé à chaque regard, ou le portail n’a pas pris ce qui lui était "
    "envoyé. Le prochain cycle reprendra.",
    "the data set changed at each look, or the portal did not take what it was sent. The next "
    "cycle will try again.",
)
