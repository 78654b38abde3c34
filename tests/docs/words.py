"""
What the guides say of each thing that the code only names.

A thing without words here fails the tables, and so does a word whose thing is gone: whoever adds
a variable, a key or an exit code also says what it is for, in both languages.
"""

from typing import Final

from sync.wording import Text

VARIABLES: Final[dict[str, Text]] = {
    "ASANA_ACCESS_TOKEN": Text(
        "Le jeton du compte Asana qui écrit.", "The token of the Asana account that writes."
    ),
    "ASANA_ACCESS_TOKEN_FILE": Text(
        "Le fichier qui contient ce jeton, au lieu de la variable.",
        "The file that holds this token, instead of the variable.",
    ),
    "JALON_ASANA_WORKSPACE": Text(
        "L’espace de travail, par son nom ou son gid; utile quand le jeton en voit plusieurs.",
        "The workspace, by name or gid; needed when the token sees several.",
    ),
    "JALON_ASANA_REQUESTS_PER_MINUTE": Text(
        "Combien de requêtes par minute Asana accorde au jeton : 1500, ou 150 sans forfait payant.",
        "How many requests a minute Asana grants the token: 1500, or 150 on the free tier.",
    ),
    "JALON_PUBLISH": Text(
        "Les cibles, séparées par des virgules; remplacent celles de la configuration.",
        "The targets, separated by commas; they replace those of the config.",
    ),
    "JALON_PUBLISH_INTERNAL": Text(
        "Les hôtes de `JALON_PUBLISH` (https et CKAN) qui peuvent être dans un réseau privé, "
        "séparés par des virgules; seaux et SFTP n’en ont pas besoin.",
        "The hosts of `JALON_PUBLISH` (https and CKAN) that may be in a private network, separated "
        "by commas; buckets and SFTP need none of it.",
    ),
    "JALON_PUBLISH_TOKEN": Text(
        "Le jeton des cibles d’ailleurs; un seul hôte.",
        "The token of targets elsewhere; one host only.",
    ),
    "JALON_PUBLISH_TOKEN_FILE": Text(
        "Le fichier qui contient ce jeton.", "The file that holds that token."
    ),
    "JALON_SIGNING_KEY": Text(
        "La clé qui signe les publications, de `jalon keys new`; sans elle, rien n’est signé.",
        "The key that signs publications, from `jalon keys new`; without it, nothing is signed.",
    ),
    "JALON_SIGNING_KEY_FILE": Text(
        "Le fichier qui contient cette clé.", "The file that holds that key."
    ),
    "JALON_CONFIG": Text(
        "Les configurations : un fichier, un dossier, ou plusieurs séparés par « : »; "
        "`JALON_CONFIG=config` prend toutes celles de config/.",
        "The configs: a file, a folder, or several separated by “:”; "
        "`JALON_CONFIG=config` takes all those of config/.",
    ),
    "JALON_ASANA_URL": Text(
        "La racine de l’API; à changer seulement pour le bac à sable.",
        "The API’s root; changed only for the sandbox.",
    ),
    "JALON_DATABASE_URL": Text(
        "La base : sqlite:///fichier ou postgresql://….",
        "The store: sqlite:///file or postgresql://….",
    ),
    "JALON_WEBHOOK_URL": Text(
        "L’adresse publique, en https, où Asana joint le service; sans elle, pas de webhook.",
        "The public https address where Asana reaches the service; without it, no webhook.",
    ),
    "JALON_WEBHOOK_LISTEN": Text(
        "Où le service écoute pour elle : machine:port.",
        "Where the service listens for it: host:port.",
    ),
    "JALON_LANG": Text("La langue du terminal : fr ou en.", "The terminal’s language: fr or en."),
}

EXIT_CODES: Final[dict[int, tuple[Text, Text]]] = {
    0: (Text("Fait.", "Done."), Text("Rien.", "Nothing.")),
    1: (
        Text(
            "Imprévu; pour `jalon health`, le service ne vit pas.",
            "Unforeseen; for `jalon health`, the service is not alive.",
        ),
        Text(
            "Lire le fichier nommé dans le message et le joindre au signalement.",
            "Read the file that the message names and join it to the report.",
        ),
    ),
    2: (
        Text(
            "Usage, configuration, plan ou base refusés.",
            "Usage, config, plan or store refused.",
        ),
        Text(
            "Corriger ce que le message nomme (fichier, ligne, clé ou variable).",
            "Correct what the message names (file, line, key or variable).",
        ),
    ),
    3: (
        Text("`jalon diff` : un cycle changerait quelque chose.", "`jalon diff`: changes pending."),
        Text("Lire la liste, puis `jalon sync`.", "Read the list, then `jalon sync`."),
    ),
    4: (
        Text(
            "Retenu par le garde-fou, ou un autre cycle est en cours; `jalon verify` : le journal "
            "ne tient pas.",
            "Held by the guard, or another cycle is running; `jalon verify`: the log does not "
            "hold.",
        ),
        Text(
            "Voir le tableau des refus, plus bas; pour le journal, garder une copie de la base.",
            "See the table of refusals below; for the log, keep a copy of the database.",
        ),
    ),
    5: (
        Text(
            "Asana refuse ou ne répond pas, ou des écritures attendent une réponse.",
            "Asana denies or does not answer, or writes still wait for an answer.",
        ),
        Text(
            "Jeton, forfait, droits ou réseau; sinon attendre, le cycle suivant reprend.",
            "Token, tier, rights or network; otherwise wait, the next cycle takes it up.",
        ),
    ),
    6: (
        Text(
            "Publié en partie : une cible n’a pas pris la publication.",
            "Published in part: one target did not take the publication.",
        ),
        Text(
            "Corriger la cible nommée; sa dernière bonne publication y reste.",
            "Correct the target named; its last good publication stands there.",
        ),
    ),
    130: (Text("Interrompu au clavier.", "Interrupted from the keyboard."), Text("–", "–")),
    141: (
        Text("Le lecteur du tube est parti.", "The reader of the pipe went away."),
        Text("–", "–"),
    ),
}

GUARD_RULES: Final[dict[str, tuple[Text, Text]]] = {
    "other change set": (
        Text(
            "`--accept` : le changement n’est plus celui qui a été montré.",
            "`--accept`: the change set is no longer the one that was shown.",
        ),
        Text(
            "Lire `jalon diff`; accepter la nouvelle empreinte, ou non.",
            "Read `jalon diff`; accept the new digest, or do not.",
        ),
    ),
    "private value in publication": (
        Text(
            "Une valeur privée (identifiant, courriel) serait publiée.",
            "A private value (an id, an e-mail) would be published.",
        ),
        Text(
            "Chercher d’où elle vient dans le fichier nommé : note, preuve ou plan.",
            "Look where it comes from in the file named: note, proof or plan.",
        ),
    ),
    "private name in published snapshot": (
        Text(
            "Un nom ajouté à `never_publish` se lit dans un instantané publié.",
            "A name that was added to `never_publish` stands in a published snapshot.",
        ),
        Text(
            "Lancer chaque commande `jalon withdraw` que l’erreur donne, puis `jalon sync`.",
            "Run each `jalon withdraw` command that the error gives, then `jalon sync`.",
        ),
    ),
    "frozen rewritten": (
        Text(
            "Un état figé déjà publié changerait : la base n’est plus celle de cette page.",
            "A published frozen status would change: the store is no longer that of this page.",
        ),
        Text(
            "Rétablir la base d’une sauvegarde; une correction s’inscrit à côté, jamais dessus.",
            "Restore the store from a backup; a correction stands beside it, never over it.",
        ),
    ),
    "demonstration mixed": (
        Text(
            "La base mêlerait données inventées et vraies données.",
            "The store would mix invented and real data.",
        ),
        Text("Une base par usage.", "One store for each use."),
    ),
    "project archived": (
        Text(
            "Un de nos projets Asana est archivé, et le plan n’a pas pris fin.",
            "One of our Asana projects is archived, and the plan has not ended.",
        ),
        Text("Le désarchiver, ou retirer la configuration.", "Unarchive it, or remove the config."),
    ),
    "project gone": (
        Text(
            "Un de nos projets Asana n’existe plus ou n’est plus visible.",
            "One of our Asana projects is gone or no longer visible.",
        ),
        Text(
            "Le restaurer, ou redonner l’accès au compte de Jalon.",
            "Restore it, or give Jalon’s account access again.",
        ),
    ),
    "project marked twice": (
        Text(
            "Plusieurs projets portent la marque du plan (copie d’un projet).",
            "Several projects carry the plan’s mark (a copied project).",
        ),
        Text(
            "Retirer la ligne « [jalon: …] » de la description des copies.",
            "Remove the “[jalon: …]” line from the notes of the copies.",
        ),
    ),
    "store lost": (
        Text(
            "La base est vide, et le plan est déjà dans Asana ou publié.",
            "The store is empty, and the plan is in Asana or published already.",
        ),
        Text(
            "`jalon restore` une sauvegarde, ou `jalon recover`.",
            "`jalon restore` a backup, or `jalon recover`.",
        ),
    ),
    "store behind": (
        Text(
            "La base est plus ancienne que ce qui est publié, ou d’une autre histoire.",
            "The store is of an earlier day than what is published, or of another history.",
        ),
        Text(
            "`jalon recover`; si personne n’a restauré, `jalon verify --log` d’abord.",
            "`jalon recover`; if nobody restored anything, `jalon verify --log` first.",
        ),
    ),
    "another history": (
        Text(
            "`jalon recover` : la publication n’est pas celle de cette base.",
            "`jalon recover`: the publication is not this store’s.",
        ),
        Text("Donner la bonne par `--from`.", "Give the right one by `--from`."),
    ),
    "publication of another plan": (
        Text(
            "`jalon recover` : la publication est celle d’un autre plan.",
            "`jalon recover`: the publication is another plan’s.",
        ),
        Text("Choisir le bon dossier, ou le bon --plan.", "Choose the right folder, or --plan."),
    ),
    "doubts unanswered": (
        Text(
            "`jalon adopt --yes` : des cas douteux sont sans réponse.",
            "`jalon adopt --yes`: doubtful matches have no answer.",
        ),
        Text(
            "Répondre au terminal, ou dans un fichier donné par `--answers`.",
            "Answer at a terminal, or in a file given by `--answers`.",
        ),
    ),
    "project of another plan": (
        Text(
            "`jalon adopt` : le projet porte la marque d’un autre plan.",
            "`jalon adopt`: the project carries another plan’s mark.",
        ),
        Text("Choisir le bon projet, ou le bon --plan.", "Choose the right project, or --plan."),
    ),
}

LOG_EVENTS: Final[dict[str, Text]] = {
    "guard.accepted": Text(
        "Une personne a accepté un changement que le garde-fou retenait, par son empreinte.",
        "A person accepted a change set that the guard held, by its digest.",
    ),
    "worker.started": Text(
        "Le service démarre, avec sa version et ses plans.",
        "The service starts, with its version and plans.",
    ),
    "worker.stopped": Text("Le service s’est arrêté proprement.", "The service stopped cleanly."),
    "cycle.started": Text("Un cycle commence.", "A cycle begins."),
    "cycle.finished": Text(
        "Un cycle est fini : issue, requêtes, opérations, constats, instantané, et la tête du "
        "journal (`log_rows`, `log_head`).",
        "A cycle ended: outcome, requests, operations, findings, snapshot, and the log’s head "
        "(`log_rows`, `log_head`).",
    ),
    "cycle.busy": Text(
        "Un autre processus tient le bail du plan.", "Another process holds the plan’s lease."
    ),
    "cycle.crashed": Text(
        "Imprévu, avec sa trace; le service continue.",
        "Unforeseen, with its trace; the service goes on.",
    ),
    "slot.taken": Text(
        "Un autre processus a déjà fait ce créneau.", "Another process already ran this slot."
    ),
    "slots.missed": Text(
        "Des créneaux ont passé depuis le dernier cycle : combien, du premier au dernier.",
        "Slots went by since the last cycle: how many, from the first to the last.",
    ),
    "clock.jumped": Text(
        "L’horloge a été réglée, ou la machine a dormi : de combien; l’horaire est repris.",
        "The clock was set, or the machine slept: by how much; the schedule begins anew.",
    ),
    "operation.settled": Text(
        "Une écriture est réglée : faite, refusée, inconnue ou sans effet.",
        "A write is settled: done, rejected, unknown or void.",
    ),
    "snapshot.numbered": Text(
        "Un nouvel instantané, avec son empreinte.", "A new snapshot, with its digest."
    ),
    "publication.rested": Text(
        "une cible qui échoue toujours n’est pas essayée à ce cycle",
        "a target that keeps failing is not tried in this cycle",
    ),
    "publication.repaired": Text(
        "la cible n’avait plus ce qu’elle avait pris; elle est servie de nouveau",
        "the target no longer held what it had taken; it is served again",
    ),
    "publication.failed": Text(
        "Une cible n’a pas pris la publication.", "A target did not take the publication."
    ),
    "cycle.postponed": Text(
        "Asana a demandé d’attendre : pas de cycle avant cet instant; dit une fois.",
        "Asana asked to wait: no cycle before that instant; said once.",
    ),
    "budget.alone": Text(
        "Le dossier du budget de requêtes ne peut servir : ce processus compte seul.",
        "The folder of the request budget cannot be used: this process counts alone.",
    ),
    "repeats.spent": Text(
        "Un dixième des requêtes du cycle étaient des reprises : aucune autre ne sera répétée.",
        "A tenth of the cycle’s requests were repeats: no other is sent again.",
    ),
    "outage.started": Text(
        "Les cycles d’un plan échouent; dit une fois, puis quand la cause change.",
        "A plan’s cycles fail; said once, then when the cause changes.",
    ),
    "outage.ended": Text("Ils réussissent de nouveau.", "They succeed again."),
    "health.unwritten": Text(
        "Le fichier de santé n’a pu être écrit.", "The health file could not be written."
    ),
    "asana.change_announced": Text(
        "Asana annonce un changement de son API.", "Asana announces a change of its API."
    ),
    "webhook.registered": Text(
        "Asana nous dira les changements de ce projet.",
        "Asana will tell us of changes in this project.",
    ),
    "webhook.failed": Text(
        "Un webhook n’a pu être créé ou vérifié; nouvel essai plus tard, l’horaire continue.",
        "A webhook could not be made or looked at; tried again later, the schedule goes on.",
    ),
    "webhook.unconfirmed": Text(
        "Un webhook a été créé sans que son secret nous parvienne : il est abandonné.",
        "A webhook was made and its secret did not reach us: it is given up.",
    ),
    "webhook.lost": Text(
        "Asana a retiré un webhook : il est recréé, et tout est relu.",
        "Asana removed a webhook: it is made again, and everything is read.",
    ),
    "webhook.refused": Text(
        "Une livraison qui n’est pas d’Asana est refusée; dit une fois par cause.",
        "A delivery that is not Asana’s is refused; said once for each reason.",
    ),
    "webhook.unkept": Text(
        "Le fichier d’un webhook n’a pu être écrit : il sera recréé au prochain démarrage.",
        "A webhook’s file could not be written: it is made again at the next start.",
    ),
    "webhook.crashed": Text(
        "Un imprévu dans le récepteur, avec sa trace; il continue.",
        "Something unforeseen in the receiver, with its trace; it goes on.",
    ),
    "process.failed": Text("Le processus meurt d’un imprévu.", "The process dies unforeseen."),
    "thread.failed": Text("Un fil d’exécution est mort.", "A thread died."),
    "cleanup.failed": Text("Un nettoyage a échoué.", "A cleanup failed."),
}

CONFIG: Final[dict[str, Text]] = {
    "city": Text("Le nom public de la ville.", "The city’s public name."),
    "language": Text("La langue de la page : fr ou en.", "The page’s language: fr or en."),
    "languages": Text(
        "Toutes les langues des pages, celle de `language` d’abord; une autre est sous `en/`.",
        "Every language of the pages, that of `language` first; another one stands under `en/`.",
    ),
    "plan": Text("Le plan adopté (YAML).", "The plan as adopted (YAML)."),
    "source": Text("Le plan tel que publié.", "The plan as published."),
    "mapping": Text("Le fichier de mappings/.", "The file of mappings/."),
    "time_zone": Text("Fuseau IANA.", "IANA time zone."),
    "checkpoints[].id": Text("Identifiant, jamais changé.", "Id, never changed."),
    "checkpoints[].title": Text("Titre public.", "Public title."),
    "checkpoints[].echeance": Text("Le jour qui compte.", "The day that counts."),
    "checkpoints[].gel": Text(
        "Dernier jour compté dans l’état fixé; sinon cinq jours ouvrables plus tard.",
        "Last day that counts for the fixed status; else five working days later.",
    ),
    "ends": Text(
        "Dernier jour du plan, au plus tôt le dernier gel; sans lui, le plan se poursuit.",
        "The plan’s last day, no earlier than the last freeze; without it the plan goes on.",
    ),
    "checkpoints[].column": Text(
        "En-tête de sa colonne dans le document, s’il ne se devine pas.",
        "Header of its column in the document, if it cannot be guessed.",
    ),
    "asana.project": Text("Nom du projet des gestionnaires.", "Name of the managers’ project."),
    "asana.companion": Text(
        "Nom du projet des indicateurs; sinon « … – indicateurs ».",
        "Name of the indicators’ project; else “… – indicateurs”.",
    ),
    "asana.workspace": Text("Nom ou gid.", "Name or gid."),
    "asana.team": Text("Équipe avec qui partager.", "Team to share with."),
    "asana.members": Text(
        "Personnes avec qui partager, par courriel ou gid.",
        "People to share with, by e-mail or gid.",
    ),
    "asana.url": Text("Racine de l’API de ce plan.", "API root of this plan."),
    "asana.requests_per_minute": Text(
        "Requêtes par minute qu’Asana accorde au jeton : 1500, ou 150 sans forfait payant.",
        "Requests a minute that Asana grants the token: 1500, or 150 on the free tier.",
    ),
    "asana.reads_in_flight": Text(
        "Lectures en vol à la fois, par processus; 50 au plus.",
        "Readings in flight at once, per process; at most 50.",
    ),
    "asana.writes_in_flight": Text(
        "Écritures en vol à la fois, par processus; 15 au plus.",
        "Writings in flight at once, per process; at most 15.",
    ),
    "asana.token_env": Text("Variable du jeton.", "The token’s variable."),
    "asana.token_file_env": Text(
        "Variable qui nomme le fichier du jeton.", "Variable that names the token’s file."
    ),
    "directions[].id": Text("Identifiant.", "Id."),
    "directions[].name": Text("Nom, tel qu’il est publié.", "Name, as published."),
    "directions[].responsible": Text(
        "Courriel assigné une fois dans Asana; jamais publié.",
        "E-mail assigned once in Asana; never published.",
    ),
    "directions[].actions": Text("Les actions dont elle répond.", "The actions it answers for."),
    "signing.token_env": Text("Variable de la clé de signature.", "Variable of the signing key."),
    "signing.token_file_env": Text(
        "Variable qui nomme le fichier de cette clé.", "Variable that names that key’s file."
    ),
    "publish[].url": Text(
        "Un dossier (chemin ou file://), une adresse https, s3://, sftp:// ou ckan+https://.",
        "A folder (path or file://), an https address, s3://, sftp:// or ckan+https://.",
    ),
    "publish[].internal": Text(
        "`true` : la cible (https ou CKAN) peut être dans un réseau privé (10.…, 192.168.…).",
        "`true`: the target (https or CKAN) may be in a private network (10.…, 192.168.…).",
    ),
    "publish[].token_env": Text("Variable du jeton de la cible.", "Variable of its token."),
    "publish[].token_file_env": Text(
        "Variable qui nomme le fichier de ce jeton.", "Variable that names that token’s file."
    ),
    "schedule.cycle": Text(
        "Cron à cinq champs, jours de semaine par leur nom (mon-fri).",
        "Five-field cron, days of the week by name (mon-fri).",
    ),
    "schedule.full_read": Text("Heure (« 03:30 ») ou cron.", "Time (“03:30”) or cron."),
    "guard.minimum_population": Text(
        "Sous ce nombre de tâches (ou de valeurs), les parts ne comptent pas.",
        "Below this number of tasks (or values), shares do not count.",
    ),
    "guard.minimum_values": Text(
        "Tout ce que les gens ont saisi est vide : à partir de combien de valeurs.",
        "Everything that people entered is empty: from how many values on.",
    ),
    "guard.max_created_share": Text("Part des tâches créées.", "Share of created tasks."),
    "guard.max_updated_share": Text("Part des tâches modifiées.", "Share of updated tasks."),
    "guard.max_field_share": Text(
        "Part des tâches qui ont un champ et où il est réécrit.",
        "Share of the tasks with a field on which it is rewritten.",
    ),
    "guard.max_moved_share": Text("Part des tâches déplacées.", "Share of moved tasks."),
    "guard.max_restored_share": Text("Part des tâches rétablies.", "Share of restored tasks."),
    "guard.max_axis_share": Text(
        "Part d’un même axe qui change de la même manière.",
        "Share of one axis that changes in the same way.",
    ),
    "guard.max_declared_share": Text(
        "Part des états déclarés qui changent.", "Share of declared statuses that change."
    ),
    "guard.max_emptied_share": Text(
        "Part des états déclarés vidés, ou des indicateurs décochés.",
        "Share of declared statuses emptied, or of indicators unticked.",
    ),
    "guard.max_missing_share": Text(
        "Part des actions disparues.", "Share of actions that are missing."
    ),
    "guard.max_shrunk_share": Text(
        "Part des actions absentes de la liste du projet.",
        "Share of actions missing from the project’s listing.",
    ),
    "guard.max_renumbered_share": Text(
        "Part des actions sous un autre identifiant.", "Share of actions under another id."
    ),
    "guard.max_schema_changes": Text(
        "Nombre de nos champs et options qui peuvent manquer d’un coup.",
        "Number of our fields and options that may go missing at once.",
    ),
    "guard.max_turned_back": Text(
        "Nombre d’états publiés qui peuvent reculer.",
        "Number of published statuses that may turn back.",
    ),
    "never_publish": Text(
        "Des noms à ne jamais publier; une note qui en contient un est retenue.",
        "Names never to be published; a note that holds one is withheld.",
    ),
    "public_url": Text(
        "Où la page se lit; donne les liens dans Asana et dans le flux.",
        "Where the page is read; gives the links in Asana and in the feed.",
    ),
    "catalogue.licence": Text(
        "L’adresse de la licence des données; sans elle, aucune n’est dite.",
        "The address of the data’s licence; without it none is said.",
    ),
    "catalogue.categories": Text("Catégories du jeu de données.", "Categories of the data set."),
    "catalogue.keywords": Text("Étiquettes.", "Keywords."),
    "catalogue.frequency": Text(
        "Fréquence de mise à jour, dans les mots de Données Québec (`quotidien`, `temps_reel`…).",
        "How often it is updated, in Données Québec’s words (`quotidien`, `temps_reel`…).",
    ),
    "catalogue.territory": Text("Territoire couvert, en mots.", "Territory covered, in words."),
    "database": Text("La base, sans mot de passe.", "The store, without a password."),
}

STANDARDS: Final[dict[str, Text]] = {
    "dernier.json": Text("JSON, RFC 8785", "JSON, RFC 8785"),
    "actions.csv": Text("CSV, RFC 4180", "CSV, RFC 4180"),
    "indicateurs.csv": Text("CSV, RFC 4180", "CSV, RFC 4180"),
    "dictionnaire.csv": Text("CSV, RFC 4180", "CSV, RFC 4180"),
    "datapackage.json": Text("Data Package, Table Schema", "Data Package, Table Schema"),
    "flux.json": Text("JSON Feed 1.1", "JSON Feed 1.1"),
    "flux.atom": Text("Atom, RFC 4287", "Atom, RFC 4287"),
    "jalons.ics": Text("iCalendar, RFC 5545", "iCalendar, RFC 5545"),
    "plan.stratml.xml": Text("StratML, partie 2", "StratML, part 2"),
    "catalogue.jsonld": Text("DCAT, JSON-LD", "DCAT, JSON-LD"),
    "integration.html": Text("HTML; oEmbed à côté", "HTML; oEmbed beside it"),
    "schema/instantane.schema.json": Text("JSON Schema 2020-12", "JSON Schema 2020-12"),
    "etat.json": Text("JSON", "JSON"),
}

LAYERS: Final[dict[str, str]] = {
    "cli": "the command `jalon`: parse, call one function, print, return a code",
    "demo": "the whole road on invented progress, against the sandbox",
    "worker": "the service: when to wake, one cycle after the other, the sign of life",
    "wiring": "the composition root: which adapter stands behind which port",
    "adapters": "the only I/O, one outside thing each",
    "site": "snapshot → page, feed, open data; pure, with its templates and locales",
    "cycle": "one cycle in order; the only place that knows the order, and what it remembers",
    "proposal": "what a cycle would do: observe, compare and guard; writes nothing",
    "publishing": "the numbered snapshot, and its delivery to each target",
    "adoption": "a project that people built, taken for a plan’s own on a person’s yes",
    "recovery": "a lost or restored store, rebuilt from Asana and from what was published",
    "settlement": "a finding marked seen or settled, by a name and with a reason",
    "settings": "config, mapping and environment, strict, all problems at once",
    "logs": "JSON lines for the worker, a quiet console for commands, never a secret",
    "standings": "how far the publication has come at each target, asked before anything else",
    "ports": "what the cycle needs from outside: Target, Store, Publisher, Clock",
    "core": "pure functions, one step of the flow each; no clock, disk, network or log",
    "model": "frozen values",
    "errors": "errors, named for what the caller does next, with their exit code",
    "system": "what the operating system refused, in words",
    "wording": "words for people, in both languages at once",
}
