"""The words of the page. `{…}` is filled by the template with `say`."""

from collections.abc import Mapping

from sync.wording import Text

PAGE: Mapping[str, Text] = {
    "skip": Text("Aller au contenu", "Skip to content"),
    "demo": Text("Démonstration – données inventées", "Demonstration – invented data"),
    "demo_why": Text(
        "Le plan est celui que la ville a fourni; son avancement est inventé. Rien ici ne dit ce "
        "que la ville a fait ou n’a pas fait.",
        "The plan is the one that the city supplied; its progress is invented. Nothing here says "
        "what the city has or has not done.",
    ),
    "ended_short": Text("plan terminé", "plan ended"),
    "ending": Text("Fin du plan", "End of the plan"),
    "ended": Text("Le plan a pris fin le {day}.", "The plan ended on {day}."),
    "ended_why": Text(
        "Voici son dernier état, lu le {day} : il ne change plus, sauf correction ou retrait.",
        "This is its last state, read on {day}: it no longer changes, but for a correction or a "
        "withdrawal.",
    ),
    "missing_title": Text("Page introuvable", "Page not found"),
    "missing": Text("Cette page n’existe pas", "This page does not exist"),
    "missing_why": Text(
        "L’adresse est peut-être incomplète ou mal recopiée, ou le lien est ancien. Ce qui est "
        "publié du plan se retrouve d’ici :",
        "The address may be incomplete or miscopied, or the link an old one. What is published of "
        "the plan can be found from here:",
    ),
    "no_way": Text(
        "L’adresse est peut-être incomplète ou mal recopiée, ou le lien est ancien. Pour revenir "
        "au suivi du plan, effacez la fin de l’adresse, d’une barre oblique à l’autre.",
        "The address may be incomplete or miscopied, or the link an old one. To return to the "
        "plan, erase the end of the address, from one slash to the one before.",
    ),
    "ends_on": Text("Fin du plan : {day}", "End of the plan: {day}"),
    "kicker": Text("Tableau de suivi public", "Public tracking table"),
    "as_of": Text("État au {day}", "As of {day}"),
    "updated": Text("Données à jour le {moment}", "Data updated on {moment}"),
    "edition": Text(
        "Instantané numéro {number} · plan en révision {revision}, adoptée le {day}",
        "Snapshot no. {number} · plan revision {revision}, adopted on {day}",
    ),
    "nav": Text("Sur cette page", "On this page"),
    "glance": Text("En un coup d’œil", "At a glance"),
    "glance_why": Text(
        "Des nombres d’actions, jamais une moyenne : les actions ne se valent pas toutes.",
        "Numbers of actions, never an average: actions are not all of equal weight.",
    ),
    "due": Text("Échéance : {day}", "Due: {day}"),
    "phase_before": Text(
        "L’échéance n’est pas passée : les états peuvent encore bouger.",
        "Not due yet: statuses may still change.",
    ),
    "phase_provisional": Text(
        "L’échéance est passée; les états sont provisoires jusqu’au gel, le {day}.",
        "Past due; statuses are provisional until the freeze, on {day}.",
    ),
    "phase_frozen": Text(
        "Les états ont été fixés le {day} : c’est le gel. La colonne « Au gel » ne change plus; "
        "l’autre continue de suivre l’avancement.",
        "Statuses were fixed on {day}: that is the freeze. The “At freeze” column no longer "
        "changes; the other goes on following progress.",
    ),
    "phase_ended": Text(
        "L’état au gel du {day} est fixé; celui d’à côté est le dernier, à la fin du plan.",
        "The status at the freeze of {day} is fixed; the one beside it is the last, at the end of "
        "the plan.",
    ),
    "phase_unfrozen": Text(
        "Le gel était prévu le {day}; aucun état n’est encore fixé.",
        "The freeze was due on {day}; no status is fixed yet.",
    ),
    "counts_caption": Text(
        "Nombre d’actions par état et par axe – {checkpoint}",
        "Number of actions by status and axis – {checkpoint}",
    ),
    "status": Text("État", "Status"),
    "axis_n": Text("Axe {number}", "Axis {number}"),
    "total": Text("Total", "Total"),
    "at_freeze": Text("Au gel", "At freeze"),
    "one_unfrozen": Text(
        "La colonne « Au gel » compte {n} action de moins : ce jour-là, elle n’avait aucun "
        "indicateur à ce jalon ou n’était pas au plan.",
        "The “At freeze” column counts {n} action fewer: that day it had no indicator at this "
        "checkpoint or was not in the plan.",
    ),
    "many_unfrozen": Text(
        "La colonne « Au gel » compte {n} actions de moins : ce jour-là, elles n’avaient aucun "
        "indicateur à ce jalon ou n’étaient pas au plan.",
        "The “At freeze” column counts {n} actions fewer: that day they had no indicator at this "
        "checkpoint or were not in the plan.",
    ),
    "watch": Text("À surveiller", "To watch"),
    "watch_none": Text(
        "Aucune action non atteinte, non évaluée ou en retard à ce jalon.",
        "No action not achieved, not assessed or late at this checkpoint.",
    ),
    "news": Text("Quoi de neuf", "What is new"),
    "news_since": Text(
        "Depuis la publication précédente, l’instantané numéro {number} (état au {day}).",
        "Since the previous publication, snapshot no. {number} (as of {day}).",
    ),
    "news_none": Text("Rien n’a changé.", "Nothing has changed."),
    "one_more_news": Text("Voir l’autre action touchée", "See the other action concerned"),
    "many_more_news": Text(
        "Voir les {n} autres actions touchées", "See the {n} other actions concerned"
    ),
    "objective": Text("Objectif", "Objective"),
    "actions": Text("Les actions", "The actions"),
    "permalink": Text("Lien vers l’action {id}", "Link to action {id}"),
    "direction": Text("Responsable : {name}", "In charge: {name}"),
    "one_of": Text("{n}\u00a0fait\u00a0sur\u00a0{m}", "{n}\u00a0of\u00a0{m}\u00a0done"),
    "many_of": Text("{n}\u00a0faits\u00a0sur\u00a0{m}", "{n}\u00a0of\u00a0{m}\u00a0done"),
    "table_counts": Text(
        "À côté de chaque état : combien d’indicateurs sont faits, sur ceux que le plan annonce.",
        "Beside each status: how many indicators are done, of those that the plan announces.",
    ),
    "one_of_m": Text("{n} indicateur fait sur {m}", "{n} indicator done of {m}"),
    "many_of_m": Text("{n} indicateurs faits sur {m}", "{n} indicators done of {m}"),
    "indicators": Text("Indicateurs attendus", "Expected indicators"),
    "no_indicator": Text(
        "Le plan n’annonce aucun indicateur à ce jalon.",
        "The plan announces no indicator at this checkpoint.",
    ),
    "provisional": Text("Provisoire", "Provisional"),
    "disagreement": Text(
        "À confirmer : la déclaration et les indicateurs diffèrent",
        "To be confirmed: the declaration and the indicators differ",
    ),
    "unconfirmed": Text("À confirmer", "To be confirmed"),
    "by_indicators": Text("Selon les indicateurs", "According to the indicators"),
    "by_declaration": Text("Selon la déclaration", "According to the declaration"),
    "by_calendar": Text("Selon le calendrier", "According to the calendar"),
    "by_settlement": Text("Réglé par l’administration", "Settled by the administration"),
    "ruled": Text("Décidé par l’administration le {day}", "Decided by the administration on {day}"),
    "frozen": Text("État au gel du {day} : {status}", "Status at the freeze of {day}: {status}"),
    "frozen_same": Text("Même état au gel du {day}", "Same status at the freeze of {day}"),
    "corrected": Text("Corrigé le {day} : {status}", "Corrected on {day}: {status}"),
    "after_correction": Text(
        "Avec les corrections apportées depuis, la colonne « Au gel » donnerait – {counts}.",
        "With the corrections made since, the “At freeze” column would read – {counts}.",
    ),
    "instead": Text("{status} : {n} au lieu de {was}", "{status}: {n} instead of {was}"),
    "frozen_late": Text(
        "fixé après coup, faute de lecture à temps",
        "fixed afterwards, as nothing was read in time",
    ),
    "frozen_unseen": Text(
        "d’après la dernière lecture, du {day} : la fiche n’était plus visible au gel",
        "from the last reading, on {day}: the record was no longer visible at the freeze",
    ),
    "now": Text("Au {day}", "On {day}"),
    "done": Text("Fait", "Done"),
    "done_on": Text("Fait le {day}", "Done on {day}"),
    "not_done": Text("Pas encore fait", "Not done yet"),
    "left_undone": Text("Non fait", "Not done"),
    "quantity": Text(
        "Quantité constatée : {value} (cible : {goal})", "Quantity recorded: {value} (goal: {goal})"
    ),
    "quantity_bare": Text("Quantité constatée : {value}", "Quantity recorded: {value}"),
    "range": Text("{low} à {high}", "{low} to {high}"),
    "note": Text("Note de la ville", "Note from the city"),
    "evidence": Text("Preuve publique : {host}", "Public evidence: {host}"),
    "evidence_forme": Text(
        "Une preuve est déposée, mais ce qui y est inscrit n’est pas l’adresse https d’un site "
        "public.",
        "Evidence was given, but what was entered is not the https address of a public site.",
    ),
    "evidence_prive": Text(
        "L’adresse de la preuve est retenue, parce qu’elle semble contenir un renseignement privé.",
        "The address of the evidence is withheld because it seems to hold private information.",
    ),
    "withheld": Text(
        "La note de la ville est retenue, parce qu’elle semble contenir un renseignement privé.",
        "The city’s note is withheld because it seems to hold private information.",
    ),
    "last_known": Text(
        "Dernier état connu, lu le {day} : la fiche de cette action n’est plus visible.",
        "Last known state, read on {day}: this action’s record is no longer visible.",
    ),
    "withdrawn_on": Text(
        "par décision du {day} (instantanés : {snapshots}).",
        "by decision of {day} (snapshots: {snapshots}).",
    ),
    "withdrawn_of": Text("Action", "Action"),
    "withdrawn_why": Text("Motif publié : {reason}", "Published reason: {reason}"),
    "text_withdrawn": Text("texte retiré", "text withdrawn"),
    "numbers": Text("numéros {first} à {last}", "nos. {first} to {last}"),
    "and": Text("et", "and"),
    "state_word": Text(
        "le plan n’écrit ici qu’un état, sans dire quel résultat",
        "the plan states only a status here, without saying what result",
    ),
    "definitions": Text("Ce que les mots veulent dire", "What the words mean"),
    "marks": Text("Les précisions", "The marks"),
    "rule": Text("La règle complète", "The whole rule"),
    "rule_why": Text(
        "Elle se lit du haut vers le bas; la première ligne qui s’applique donne l’état. "
        "L’échéance est le jour qui compte. Au gel, quelques jours plus tard, l’état est fixé; "
        "l’état affiché à côté continue de suivre l’avancement.",
        "Read it from the top; the first line that applies gives the status. The due date is the "
        "day that counts. At the freeze, a few days later, the status is fixed; the one shown "
        "beside it goes on following progress.",
    ),
    "rule_caption": Text("Comment l’état est établi", "How the status is established"),
    "rule_when": Text("Quand", "When"),
    "rule_gives": Text("État publié", "Published status"),
    "rule_indicator": Text(
        "Quand un indicateur compte comme fait", "When an indicator counts as done"
    ),
    "rule_counts": Text("Compte", "Counts"),
    "yes": Text("oui", "yes"),
    "no": Text("non", "no"),
    "rule_settled": Text(
        "celui qui a été décidé, avec sa raison si elle est publiée",
        "as decided, with its reason where that is published",
    ),
    "open_data": Text("Données ouvertes", "Open data"),
    "data_history": Text("Tous les instantanés", "All snapshots"),
    "data_history_why": Text(
        "Un instantané est l’état de toutes les actions, tel qu’il a été publié un jour donné. Il "
        "est numéroté et n’est jamais modifié; quand un texte en est retiré par décision, sa page "
        "le dit.",
        "A snapshot is the state of all the actions as it was published on a given day. It is "
        "numbered and never changed; when a text is withdrawn from one by decision, its page says "
        "so.",
    ),
    "snapshot_n": Text("numéro {number}, état au {day}", "no. {number}, as of {day}"),
    "cite": Text("Citer cet état", "Cite this state"),
    "cite_how": Text(
        "Pour citer cette page, donnez le numéro et l’empreinte de l’instantané :",
        "To cite this page, give the snapshot’s number and digest:",
    ),
    "cite_line": Text(
        "instantané numéro {number}, état au {day}.", "snapshot no. {number}, as of {day}."
    ),
    "verify_how": Text(
        "Pour vérifier : téléchargez {file} et calculez son empreinte SHA-256. Si un seul "
        "caractère a changé, elle diffère.",
        "To verify: download {file} and compute its SHA-256 digest. If a single character has "
        "changed, it differs.",
    ),
    "words_kept": Text(
        "Les mots du plan sont ceux que la ville a publiés, sans retouche.",
        "The words of the plan are as the city published them, untouched.",
    ),
    "top": Text("Retour au début", "Back to top"),
    "feed": Text("Fil des changements", "Feed of changes"),
    "open_data_why": Text(
        "Tout ce que la page dit se télécharge, se réutilise et se vérifie.",
        "All that the page says can be downloaded, reused and verified.",
    ),
    "open_data_all": Text("Tous les fichiers", "All the files"),
    "open_data_title": Text("Données ouvertes et vérification", "Open data and verification"),
    "files": Text("Les fichiers", "The files"),
    "files_why": Text(
        "Ils disent tous la même chose que les pages, chacun pour son usage.",
        "They all say the same as the pages, each for its own use.",
    ),
    "verify": Text("Vérifier par soi-même", "Verify it yourself"),
    "verify_page": Text(
        "Chaque instantané est lié à ceux d’avant par une note signée. Qui garde une ancienne note "
        "verra si un instantané a été récrit, retiré ou déplacé depuis.",
        "Each snapshot is bound to those before it by a signed note. Whoever keeps an old note "
        "will see whether a snapshot was rewritten, dropped or moved since.",
    ),
    "verify_page_is": Text(
        "Vérifie tout dans votre navigateur, même enregistrée et hors ligne",
        "Verifies everything in your browser, even saved and offline",
    ),
    "verify_note_is": Text(
        "La note signée : gardez-en une copie", "The signed note: keep a copy of it"
    ),
    "verify_sums_is": Text(
        "L’empreinte de chaque fichier, pour sha256sum", "Each file’s digest, for sha256sum"
    ),
    "verify_sig_is": Text(
        "La signature de SHA256SUMS, pour OpenSSL", "The signature of SHA256SUMS, for OpenSSL"
    ),
    "verify_key_is": Text(
        "La clé publique de la ville, pour OpenSSL", "The city’s public key, for OpenSSL"
    ),
    "table": Text("Le tableau de suivi", "The tracking table"),
    "table_whole": Text("Le tableau entier", "The whole table"),
    "table_by_volet": Text("Le tableau, volet par volet", "The table, section by section"),
    "table_volets": Text(
        "Chaque volet a sa page, où ses actions se lisent et se filtrent. Les voici toutes sur une "
        "seule :",
        "Each section has a page of its own, where its actions can be read and filtered. Here they "
        "all are on one:",
    ),
    "table_csv": Text("pour un tableur (CSV)", "for a spreadsheet (CSV)"),
    "whereabouts_volet": Text("Où se trouve ce volet", "Where this section stands"),
    "neighbours_volet": Text("Volets voisins", "Neighbouring sections"),
    "previous_volet": Text("Volet précédent", "Previous section"),
    "following_volet": Text("Volet suivant", "Next section"),
    "gone_volet": Text(
        "Ce volet n’est plus au plan. Voici son dernier état publié : instantané numéro {number}, "
        "état au {day}.",
        "This section is no longer in the plan. This is its last published state: snapshot no. "
        "{number}, as of {day}.",
    ),
    "action_column": Text("Action", "Action"),
    "by_status": Text("Voir par état", "See by status"),
    "by_status_either": Text(
        "Voir par état, à un jalon ou à l’autre", "See by status, at one checkpoint or another"
    ),
    "filter": Text("Filtrer le tableau", "Filter the table"),
    "filter_words": Text("Chercher dans les actions", "Search the actions"),
    "filter_status": Text("État", "Status"),
    "filter_all": Text("Tous", "All"),
    "filter_checkpoint": Text("Jalon", "Checkpoint"),
    "filter_either": Text("L’un ou l’autre", "Either one"),
    "filter_one": Text("{n} action affichée sur {m}", "{n} action shown of {m}"),
    "filter_many": Text("{n} actions affichées sur {m}", "{n} actions shown of {m}"),
    "checked": Text("Vérifiées pour la dernière fois le ", "Last checked on "),
    "stands": Text(
        "Cette page vaut depuis ce jour-là (instantané numéro {number}); elle reste à jour tant "
        "que rien n’y change",
        "This page has held since that day (snapshot no. {number}); it stays current until "
        "something on it changes",
    ),
    "stands_checked": Text(
        "Encore à jour à la dernière vérification, le ", "Still current at the last check, on "
    ),
    "stale": Text(
        "Attention : ces données n’ont pas été vérifiées depuis plus de {hours} heures; elles ne "
        "sont peut-être plus à jour. Dernière vérification : ",
        "Warning: these data have not been checked for more than {hours} hours; they may be out "
        "of date. Last check: ",
    ),
    "stale_end": Text(".", ""),
    "superseded": Text(
        "Un état plus récent est publié : rechargez la page pour le lire.",
        "A newer state is published: reload the page to read it.",
    ),
    "unchecked": Text(
        "La date de la dernière vérification n’a pas pu être lue; ces données ne sont peut-être "
        "plus à jour.",
        "The date of the last check could not be read; these data may be out of date.",
    ),
    "short_provisional": Text("Provisoire", "Provisional"),
    "short_disagreement": Text("À confirmer", "To be confirmed"),
    "short_unconfirmed": Text("À confirmer", "To be confirmed"),
    "short_frozen": Text("Au gel : {status}", "At the freeze: {status}"),
    "short_corrected": Text("Gel corrigé : {status}", "Freeze corrected: {status}"),
    "news_other": Text("Depuis un autre instantané", "Since another snapshot"),
    "history_whole": Text(
        "Tous les instantanés, et ce qui a changé depuis chacun",
        "All snapshots, and what has changed since each",
    ),
    "whereabouts": Text("Où se trouve cette action", "Where this action stands"),
    "action_id": Text("Action {id}", "Action {id}"),
    "gone": Text(
        "Cette action n’est plus au plan. Voici son dernier état publié : instantané numéro "
        "{number}, état au {day}.",
        "This action is no longer in the plan. This is its last published state: snapshot no. "
        "{number}, as of {day}.",
    ),
    "declared": Text("Déclaré", "Declared"),
    "declared_nothing": Text("Rien n’est déclaré", "Nothing is declared"),
    "declared_means": Text(
        "Ce que la direction responsable dit de son travail, à ce jalon.",
        "What the department in charge says of its work, at this checkpoint.",
    ),
    "schedule": Text("Échéance", "Schedule"),
    "schedule_means": Text(
        "Le jour qui compte, et le gel, quelques jours plus tard, où l’état est fixé.",
        "The day that counts, and the freeze, a few days later, when the status is fixed.",
    ),
    "schedule_dates": Text("{day}, gel le {freeze}.", "{day}, freeze on {freeze}."),
    "schedule_before": Text("{day}, pas encore passée", "{day}, not past yet"),
    "schedule_provisional": Text(
        "{day}, passée; l’état sera fixé au gel du {freeze}",
        "{day}, past; the status will be fixed at the freeze of {freeze}",
    ),
    "schedule_past": Text("{day}, passée; gel du {freeze}", "{day}, past; freeze of {freeze}"),
    "proof": Text("Preuve", "Evidence"),
    "proof_means": Text(
        "Ce que la direction a inscrit comme fait, avec sa date : le nombre d’indicateurs faits, "
        "sur ceux que le plan annonce. Là où la ville donne une preuve publique, un lien y mène.",
        "What the department recorded as done, with its date: how many indicators are done, of "
        "those that the plan announces. Where the city gives public evidence, a link leads to it.",
    ),
    "action_history": Text("Ce qui a changé", "What has changed"),
    "snapshot_short": Text("instantané numéro {number}", "snapshot no. {number}"),
    "correction": Text("Correction", "Correction"),
    "reason": Text("Motif publié : {reason}", "Published reason: {reason}"),
    "neighbours": Text("Actions voisines", "Neighbouring actions"),
    "previous": Text("Action précédente", "Previous action"),
    "following": Text("Action suivante", "Next action"),
    "address": Text("Adresse permanente", "Permanent address"),
    "the_statuses": Text("Les états", "The statuses"),
    "other_words": Text("Les autres mots", "Other words"),
    "the_questions": Text("Les trois questions", "The three questions"),
    "who_has_it": Text("Voir les actions", "See the actions"),
    "status_title": Text("Actions à l’état « {status} »", "Actions with the status “{status}”"),
    "past_banner": Text(
        "État publié par l’instantané numéro {number}.", "State published by snapshot no. {number}."
    ),
    "past_why": Text(
        "Cette page ne change plus; un état plus récent peut avoir été publié depuis.",
        "This page no longer changes; a newer state may have been published since.",
    ),
    "past_ended": Text(
        "À cet instantané, le plan avait pris fin le {day}.",
        "At this snapshot the plan had ended, on {day}.",
    ),
    "past_current": Text("Lire l’état courant", "Read the current state"),
    "past_file": Text("Les mêmes données, lisibles par machine :", "The same data, for machines:"),
    "published": Text("Publié le {moment}.", "Published on {moment}"),
    "since_title": Text(
        "Quoi de neuf depuis l’instantané numéro {number}",
        "What is new since snapshot no. {number}",
    ),
    "since_span": Text(
        "De l’instantané numéro {before} (état au {then}) au numéro {after} (état au {now}).",
        "From snapshot no. {before} (as of {then}) to no. {after} (as of {now}).",
    ),
    "since_net": Text(
        "Ce qui a changé puis est revenu comme avant n’est pas répété; la page de chaque action "
        "dit tout.",
        "What changed and came back is not repeated; each action’s page tells everything.",
    ),
    "since_too_old": Text(
        "Cet instantané est trop ancien pour être comparé ici à l’état courant. Les deux états se "
        "lisent :",
        "This snapshot is too old to be compared with the current state here. Both states can be "
        "read:",
    ),
    "since_short": Text("Depuis le numéro {number}", "Since no. {number}"),
    "history_caption": Text("Les instantanés, du plus récent au plus ancien", "Newest first"),
    "snapshot": Text("Instantané", "Snapshot"),
    "number_n": Text("numéro {number}", "no. {number}"),
    "state": Text("État publié alors", "State published then"),
    "changes_since": Text("Ce qui a changé depuis", "What has changed since"),
    "is_current": Text("État courant", "Current state"),
    "file": Text("Fichier", "File"),
    "embed_whole": Text("Voir tout le suivi du plan", "See the whole tracking of the plan"),
    "feed_title": Text("{plan} – changements – {city}", "{plan} – changes – {city}"),
    "feed_about": Text(
        "Numéro, empreinte et changements de l’instantané publié par Jalon.",
        "Number, digest and changes of the snapshot published by Jalon.",
    ),
    "feed_item": Text("État au {day} : {changes}", "As of {day}: {changes}"),
    "feed_part": Text(" (partie {part} sur {parts})", " (part {part} of {parts})"),
    "feed_verify": Text(
        "Instantané numéro {number}, empreinte SHA-256 {digest}",
        "Snapshot no. {number}, SHA-256 digest {digest}",
    ),
    "feed_note": Text(
        "Note signée, à garder : elle montre plus tard ce qui était publié ce jour-là.",
        "Signed note, to be kept: it shows later what was published on that day.",
    ),
    "one_change": Text("{n} changement", "{n} change"),
    "many_changes": Text("{n} changements", "{n} changes"),
    "one_action": Text("{n}\u00a0action", "{n}\u00a0action"),
    "many_action": Text("{n}\u00a0actions", "{n}\u00a0actions"),
    "no_action": Text("aucune action", "no action"),
    "count": Text("{status} :\u00a0{n}", "{status}:\u00a0{n}"),
    "colon": Text(" : ", ": "),
}
