"""
`plan.stratml.xml`: the plan and where it stands, in StratML Part 2 (Performance_Report).

An axis is a Goal, an action an Objective, a result that it expects a PerformanceIndicator. What
StratML has no place for is put where its readers look for it: the volet in the objective's
description, and the status of an action at a checkpoint in a PerformanceIndicator of its own,
whose ActualResult names it in a Descriptor (now, at the gel, and each correction). A submitter
is a person, so none is ever named. Ids are name-based UUIDs (RFC 9562) of ours, behind the `_`
that an XML id needs.
"""

import uuid
from collections.abc import Iterator
from typing import Final

from lxml import etree

from sync.core.status import STATUS_NAMES
from sync.model.progress import Status
from sync.model.snapshot import (
    PublicAction,
    PublicAxis,
    PublicCheckpoint,
    PublicIndicator,
    PublicStanding,
    PublicVolet,
    Snapshot,
)
from sync.site.catalogue import description_of, period_of, title_of
from sync.site.edition import Edition
from sync.site.locales.definitions import BASIS_NAMES
from sync.site.locales.page import PAGE
from sync.site.locales.stratml import GOAL_UNITS, STRATML
from sync.site.presentation import Presentation
from sync.site.typography import display
from sync.site.xml_text import xml_text
from sync.wording import Language

PATH: Final = "plan.stratml.xml"
NAMESPACE: Final = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"


def stratml(edition: Edition) -> bytes:
    return _Writer(edition).document()


class _Writer:
    """One document; holds what each level needs to be said in the right language."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._snapshot: Snapshot = edition.current.snapshot
        self._presentation: Presentation = edition.presentation
        self._language: Language = edition.presentation.language

    def document(self) -> bytes:
        root = etree.Element(f"{{{NAMESPACE}}}PerformancePlanOrReport", nsmap={None: NAMESPACE})
        root.set("Type", "Performance_Report")
        self._add(root, "Name", title_of(self._edition))
        self._add(root, "Description", description_of(self._edition))
        core = self._add(root, "StrategicPlanCore")
        organization = self._add(core, "Organization")
        self._add(organization, "Name", self._presentation.city)
        self._add(organization, "Identifier", self._id("organisation"))
        for axis in self._snapshot.axes:
            self._goal(core, axis)
        self._administrative(root)
        etree.indent(root, space=" ")
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"

    def _administrative(self, root: etree._Element) -> None:
        told = self._add(root, "AdministrativeInformation")
        self._add(told, "Identifier", self._id("instantane", str(self._snapshot.numero)))
        start, end = period_of(self._edition)
        self._add(told, "StartDate", start)
        self._add(told, "EndDate", end)
        self._add(told, "PublicationDate", self._snapshot.etat_au.isoformat())
        if home := self._presentation.address(""):
            self._add(told, "Source", home)

    def _goal(self, core: etree._Element, axis: PublicAxis) -> None:
        goal = self._add(core, "Goal")
        self._add(goal, "Name", axis.titre)
        self._add(goal, "Description", axis.objectif)
        self._add(goal, "Identifier", self._id("axe", str(axis.numero)))
        self._add(goal, "SequenceIndicator", str(axis.numero))
        for volet in axis.volets:
            for action in volet.actions:
                self._objective(goal, volet, action)

    def _objective(self, goal: etree._Element, volet: PublicVolet, action: PublicAction) -> None:
        node = self._add(goal, "Objective")
        self._add(node, "Name", action.titre)
        self._add(node, "Description", self._say("volet", title=volet.titre))
        self._add(node, "Identifier", self._id("action", action.id))
        self._add(node, "SequenceIndicator", action.id)
        if action.direction:
            holder = self._add(node, "Stakeholder")
            holder.set("StakeholderTypeType", "Organization")
            self._add(holder, "Name", action.direction)
            role = self._add(holder, "Role")
            self._add(role, "Name", self._say("in_charge"))
            self._add(role, "RoleType", "Performer")
        if said := "\n".join(self._beside(action)):
            self._add(node, "OtherInformation", said)
        for checkpoint in self._snapshot.jalons:
            standing = action.jalons.get(checkpoint.id)
            if standing is not None:
                self._status(node, action, checkpoint, standing)
                for line in standing.indicateurs:
                    self._indicator(node, checkpoint, line)

    def _beside(self, action: PublicAction) -> Iterator[str]:
        if action.note:
            yield self._say("note", note=action.note)
        if action.preuve:
            yield self._say("evidence", url=action.preuve)
        if action.texte_retenu:
            yield PAGE["withheld"].in_(self._language)
        if action.preuve_retenue:
            yield PAGE[f"evidence_{action.preuve_retenue}"].in_(self._language)
        if action.donnees_du:
            yield self._say("last_read", day=action.donnees_du.isoformat())

    def _status(
        self,
        objective: etree._Element,
        action: PublicAction,
        checkpoint: PublicCheckpoint,
        standing: PublicStanding,
    ) -> None:
        node = self._add(objective, "PerformanceIndicator")
        node.set("PerformanceIndicatorType", "Qualitative")
        node.set("ValueChainStage", "Outcome")
        self._add(node, "SequenceIndicator", checkpoint.id)
        self._add(node, "MeasurementDimension", self._say("status", title=checkpoint.titre))
        self._add(node, "UnitOfMeasurement", self._say("status_unit"))
        self._add(node, "Identifier", self._id("etat", action.id, checkpoint.id))
        instance = self._add(node, "MeasurementInstance")
        wanted = self._add(instance, "TargetResult")
        self._add(wanted, "EndDate", checkpoint.echeance.isoformat())
        self._add(wanted, "NumberOfUnits", str(standing.attendus))
        self._add(wanted, "Description", self._say("expected"))
        now = self._add(instance, "ActualResult")
        self._add(now, "EndDate", self._snapshot.etat_au.isoformat())
        self._add(now, "NumberOfUnits", str(standing.faits))
        self._descriptor(now, "etat", standing.etat)
        self._add(now, "Description", " ".join(self._account(standing)))
        if standing.etat_fige is not None:
            frozen = self._add(instance, "ActualResult")
            if standing.fige_le:
                self._add(frozen, "EndDate", standing.fige_le.isoformat())
            self._descriptor(frozen, "etat_fige", standing.etat_fige)
            name = STATUS_NAMES[standing.etat_fige].in_(self._language)
            self._add(frozen, "Description", self._say("frozen", name=name))
        for correction in standing.corrections:
            corrected = self._add(instance, "ActualResult")
            self._add(corrected, "EndDate", correction.le.isoformat())
            self._descriptor(corrected, "corrige_etat", correction.etat)
            name = STATUS_NAMES[correction.etat].in_(self._language)
            said = self._say("corrected", name=name, reason=correction.motif)
            self._add(corrected, "Description", said)

    def _descriptor(self, result: etree._Element, name: str, status: Status) -> None:
        """The names and codes of the table, so that one program reads both."""
        descriptor = self._add(result, "Descriptor")
        self._add(descriptor, "DescriptorName", name)
        self._add(descriptor, "DescriptorValue", status.value)

    def _account(self, standing: PublicStanding) -> Iterator[str]:
        name = STATUS_NAMES[standing.etat].in_(self._language)
        basis = BASIS_NAMES[standing.selon].in_(self._language)
        yield self._say("now", name=name, basis=basis)
        if standing.provisoire:
            yield f"{PAGE['provisional'].in_(self._language)}."
        if not standing.confirme:
            yield f"{PAGE['unconfirmed'].in_(self._language)}."
        if standing.motif:
            yield standing.motif

    def _indicator(
        self, objective: etree._Element, checkpoint: PublicCheckpoint, line: PublicIndicator
    ) -> None:
        goal = line.cible
        node = self._add(objective, "PerformanceIndicator")
        counted = goal.genre == "quantite"
        node.set("PerformanceIndicatorType", "Quantitative" if counted else "Qualitative")
        node.set("ValueChainStage", "Output")
        self._add(node, "SequenceIndicator", line.id)
        self._add(node, "MeasurementDimension", line.texte)
        unit = goal.unite or GOAL_UNITS[goal.genre].in_(self._language)
        self._add(node, "UnitOfMeasurement", unit)
        self._add(node, "Identifier", self._id("indicateur", line.id))
        instance = self._add(node, "MeasurementInstance")
        wanted = self._add(instance, "TargetResult")
        self._add(wanted, "EndDate", checkpoint.echeance.isoformat())
        if goal.minimum is not None:
            self._add(wanted, "NumberOfUnits", str(goal.minimum))
        if goal.maximum is not None and goal.maximum != goal.minimum:
            most = self._say("at_most", low=goal.minimum, high=goal.maximum)
            self._add(wanted, "Description", most)
        actual = self._add(instance, "ActualResult")
        day = line.fait_le or self._snapshot.etat_au
        self._add(actual, "EndDate", day.isoformat())
        if line.quantite is not None:
            self._add(actual, "NumberOfUnits", str(line.quantite))
        descriptor = self._add(actual, "Descriptor")
        self._add(descriptor, "DescriptorName", "fait")
        self._add(descriptor, "DescriptorValue", "oui" if line.fait else "non")

    def _say(self, key: str, **values: object) -> str:
        """Our own words get their typography; those that fill them stay as published."""
        return display(STRATML[key].in_(self._language), self._language).format(**values)

    def _id(self, *parts: str) -> str:
        name = ":".join(("urn:jalon", self._snapshot.plan.id, *parts))
        return f"_{uuid.uuid5(uuid.NAMESPACE_URL, name)}"

    def _add(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        node = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        node.text = None if text is None else xml_text(text)
        return node
