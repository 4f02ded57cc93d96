"""Words for what is wrong in a catalogue: for who keeps the file, and beside a field of a form."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.problems import Code, Value
from web.translation import gettext


def N_(text: str) -> str:  # noqa: N802 - the name by which strings to translate are found
    """Mark a string of a table for translation; it is translated when it is shown."""
    return text


FORMS = {
    "id": N_("des lettres minuscules, des chiffres et des traits d'union, comme visio-agents"),
    "any-id": N_("l'identifiant d'un service, comme visio-agents ou lyon.pronote"),
    "web-address": N_("une adresse web comme https://nuage.exemple.fr"),
    "probe-address": N_("une adresse comme https://nuage.exemple.fr ou tcp://serveur:443"),
    "email": N_("une adresse de courriel comme aide@exemple.fr"),
    "phone": N_("un numéro de téléphone, chiffres et espaces"),
    "path": N_("un chemin qui commence par / et n'a pas d'espace, comme /p/{name}"),
    "country": N_("un pays en deux capitales, comme FR"),
    "json-path": N_("des clés jointes par des points, comme status.version"),
    "instant": N_("un jour et une heure avec leur fuseau, comme 2026-08-31T08:00+02:00"),
    "base64": N_("un fichier écrit en base64"),
}

KINDS = {
    "mapping": N_("des clés et leurs valeurs"),
    "list": N_("une liste"),
    "text": N_("un texte"),
    "words": N_("un texte"),
    "choice": N_("un mot de la liste"),
    "integer": N_("un nombre entier"),
    "boolean": N_("true ou false"),
    "date": N_("un jour comme 2026-08-31"),
    "time": N_("une heure comme '9:00'"),
}

FILE_WORDS: dict[Code, str] = {
    Code.SOURCE_MISSING: N_("Le fichier n'existe pas. Vérifiez son chemin."),
    Code.SOURCE_UNREADABLE: N_("Le fichier ne se lit pas (%(reason)s). Vérifiez ses droits."),
    Code.SOURCE_CHANGING: N_("Le fichier est en cours d'écriture. Réessayez dans un instant."),
    Code.SOURCE_UNREACHABLE: N_("L'adresse ne répond pas (%(reason)s). Vérifiez-la."),
    Code.SOURCE_TOO_SLOW: N_("Rien de complet en %(seconds)s s. Réessayez plus tard."),
    Code.SOURCE_STATUS: N_("L'adresse répond %(status)s au lieu de 200."),
    Code.SOURCE_REDIRECT: N_("L'adresse renvoie à %(address)s. Donnez l'adresse finale, en https."),
    Code.TOO_LARGE: N_("Le fichier fait %(size)s octets ; %(limit)s au plus."),
    Code.EMPTY_FILE: N_("Le fichier est vide. La dernière liste reste servie."),
    Code.NOT_UTF8: N_("Le texte n'est pas en UTF-8 (octet %(byte)s). Enregistrez-le en UTF-8."),
    Code.BYTE_ORDER_MARK: N_("Le fichier commence par une marque BOM. Enregistrez-le sans elle."),
    Code.CONTROL_CHARACTER: N_("Un caractère invisible (%(character)s) est à supprimer."),
    Code.TAB: N_("Une tabulation est à remplacer par des espaces."),
    Code.NO_BREAK_SPACE: N_("Une espace insécable est à remplacer par une espace simple."),
    Code.SYNTAX: N_("Ce n'est pas du YAML (%(message)s). Regardez cette ligne et la précédente."),
    Code.COLON_IN_TEXT: N_("Deux « : » sur la ligne. Mettez le texte entre guillemets."),
    Code.UNCLOSED_QUOTE: N_("Un guillemet ouvert ici n'est pas fermé."),
    Code.UNCLOSED_BRACKET: N_("Un crochet ou une accolade ouverts ici ne sont pas fermés."),
    Code.INDENTATION: N_("La ligne n'est pas alignée avec ses voisines."),
    Code.RESERVED_CHARACTER: N_("YAML se réserve %(character)s. Mettez le texte entre guillemets."),
    Code.SEVERAL_DOCUMENTS: N_("Le fichier contient deux documents. Supprimez la ligne ---."),
    Code.TOO_DEEP: N_("Plus de %(limit)s niveaux. Vérifiez les crochets et l'alignement."),
    Code.UNSUPPORTED_FORMAT: N_("Le format %(text)s n'est pas connu. Écrivez %(choices)s."),
    Code.NO_SERVICE: N_("Il n'y a aucun service. Les derniers restent servis."),
    Code.UNFINISHED: N_("Il manque une fin de ligne : le fichier est peut-être coupé."),
    Code.TOO_MANY_PROBLEMS: N_("Plus de %(limit)s fautes. Corrigez celles-ci, puis vérifiez."),
    Code.ANCHOR: N_("Une ancre (&%(name)s) est à supprimer : écrivez la valeur."),
    Code.ALIAS: N_("Un renvoi (*%(name)s) est à remplacer par la valeur."),
    Code.TAG: N_("Une étiquette (%(name)s) est à supprimer."),
    Code.MERGE_KEY: N_("La clé << est à remplacer par les clés voulues."),
    Code.COMPLEX_KEY: N_("Une clé est un mot seul, avant les deux-points."),
    Code.DUPLICATE_KEY: N_("%(key)s est écrit deux fois (ligne %(first_line)s). Gardez-en une."),
    Code.UNKNOWN_KEY: N_("%(key)s n'est pas une clé connue.%(instead)s"),
    Code.MISSING_KEY: N_("Il manque %(key)s."),
    Code.EMPTY_VALUE: N_("%(key)s est vide. Écrivez sa valeur ou supprimez la clé."),
    Code.WRONG_KIND: N_("Il faut %(wanted)s."),
    Code.UNQUOTED: N_("Mettez %(text)s entre guillemets : YAML pourrait le lire autrement."),
    Code.NOT_AN_INTEGER: N_("Il faut un nombre entier, en chiffres ; trouvé : %(text)s."),
    Code.NOT_A_BOOLEAN: N_("Il faut true ou false, sans guillemets ; trouvé : %(text)s."),
    Code.NOT_A_DATE: N_("Il faut un jour du calendrier comme 2026-08-31 ; trouvé : %(text)s."),
    Code.NOT_A_TIME: N_("Il faut une heure comme '9:00' ; trouvé : %(text)s."),
    Code.UNKNOWN_CHOICE: N_("%(text)s n'est pas dans la liste (%(choices)s).%(instead)s"),
    Code.TOO_LONG: N_("%(length)s caractères ; %(limit)s au plus. Raccourcissez."),
    Code.BAD_FORM: N_("Il faut %(form)s ; trouvé : %(text)s."),
    Code.LOCAL_ID: N_("%(text)s est la forme des services d'académie. Retirez le point."),
    Code.OUT_OF_RANGE: N_("Il faut %(bound)s %(limit)s ; trouvé : %(text)s."),
    Code.TOO_FEW: N_("Il en faut au moins %(least)s."),
    Code.INVALID: N_("Cette valeur ne convient pas (%(message)s)."),
    Code.BACKENDS_AND_VARIANTS: N_("Des serveurs et des variantes : gardez les uns ou les autres."),
    Code.NO_ADDRESS: N_("Il n'y a aucune adresse à ouvrir. Donnez-en une."),
    Code.NAME_PLACEHOLDER: N_("Le chemin doit contenir {name} une fois, comme /p/{name}."),
    Code.NAME_NOT_WANTED: N_("Le chemin ne doit pas contenir {name} pour ce genre d'ouverture."),
    Code.UNKNOWN_PLACEHOLDER: N_("Pas d'autres accolades que {name} dans le chemin : %(text)s."),
    Code.DUPLICATE_ID: N_("L'identifiant %(id)s sert deux fois. Donnez-en un autre."),
    Code.LISTED_TWICE: N_("%(text)s est écrit deux fois."),
    Code.NO_TAKEOUT: N_(
        "Ce service a une fin (%(until)s) : dites comment reprendre ses données avant."
    ),
    Code.ENDS_BEFORE_START: N_("La fin (%(until)s) est avant le début (%(since)s)."),
    Code.OBSOLETE_WITHOUT_SUCCESSOR: N_("Ce service a fermé : dites par quoi le remplacer."),
    Code.NOTE_MISSING: N_("Dites en une phrase à quelles conditions."),
    Code.NOBODY_ENTERS: N_("Dites qui peut entrer."),
    Code.LICENSE_FORM: N_("%(text)s n'est pas un identifiant SPDX, comme AGPL-3.0-or-later."),
    Code.UNKNOWN_TIMEZONE: N_("%(text)s n'est pas un fuseau horaire connu.%(instead)s"),
    Code.HOURS_INCOMPLETE: N_("Il faut une heure d'ouverture et une heure de fermeture."),
    Code.HOURS_REVERSED: N_("La fermeture (%(closes)s) est avant l'ouverture (%(opens)s)."),
    Code.UNKNOWN_PROFILE: N_("%(text)s n'est pas une vérification connue (%(choices)s)."),
    Code.PROBE_ADDRESS: N_("L'adresse %(text)s ne va pas avec la vérification %(profile)s."),
    Code.EXPECT_UNUSED: N_("La vérification %(profile)s sait quoi attendre : rien à préciser."),
    Code.TIMEOUT_OVER_INTERVAL: N_(
        "L'attente (%(timeout)s s) doit être plus courte que l'intervalle (%(interval)s s)."
    ),
    Code.UNKNOWN_ICON: N_("Le pictogramme %(text)s n'existe pas.%(instead)s"),
    Code.UNKNOWN_ACADEMIE: N_("Aucune académie ne s'appelle %(text)s.%(instead)s"),
    Code.UNKNOWN_OPERATOR: N_("L'opérateur %(text)s n'est pas dans le fichier.%(instead)s"),
    Code.WITHHELD_OPERATOR: N_("L'opérateur %(text)s a lui-même une faute à corriger."),
    Code.UNKNOWN_CATEGORY: N_("La catégorie %(text)s n'existe pas (ou plus).%(instead)s"),
    Code.WITHHELD_CATEGORY: N_("La catégorie %(text)s a elle-même une faute à corriger."),
    Code.UNKNOWN_SERVICE: N_("Le service %(text)s n'existe pas.%(instead)s"),
    Code.SELF_REFERENCE: N_("Un service ne peut pas se désigner lui-même."),
    Code.SUCCESSOR_CIRCLE: N_("Ces services se renvoient l'un à l'autre : %(ids)s."),
    Code.DEPENDENCY_CIRCLE: N_("Ces services ont besoin l'un de l'autre, en rond : %(ids)s."),
    Code.ALTERNATIVE_CLOSED: N_("%(text)s a fermé : nommez son successeur."),
    Code.ALIAS_TAKEN: N_("%(text)s est déjà le nom du service %(owner)s."),
    Code.ASSOCIATION_NOT_OPT_IN: N_(
        "%(operator)s est une association : son service n'est que proposé (rollout: opt-in)."
    ),
    Code.PROBED_TOO_OFTEN: N_(
        "Pas plus d'une vérification toutes les %(least)s s chez une association."
    ),
    Code.TASK_TWICE: N_("Cette tâche est déjà celle de %(others)s. Dites ce qui les distingue."),
    Code.ALIKE: N_(
        "Une même recherche trouve aussi %(others)s : ajoutez « Plutôt pour … » pour aider "
        "à choisir."
    ),
}
"""One sentence each, for who keeps the file."""

FIELD_WORDS: dict[Code, str] = {
    Code.MISSING_KEY: N_("Il manque quelque chose ici."),
    Code.TOO_FEW: N_("Choisissez-en au moins un."),
    Code.BAD_FORM: N_("Écrivez %(form)s."),
    Code.NOT_A_DATE: N_("Écrivez un jour du calendrier, comme 2026-08-31."),
    Code.NOT_AN_INTEGER: N_("Écrivez un nombre entier, en chiffres."),
    Code.OUT_OF_RANGE: N_("Écrivez un nombre : %(bound)s %(limit)s."),
    Code.UNKNOWN_CHOICE: N_("Choisissez une réponse de la liste."),
    Code.DUPLICATE_ID: N_("Deux serveurs ont le même nom."),
    Code.NO_ADDRESS: N_("Donnez l'adresse à ouvrir, par exemple https://pronote.exemple.fr."),
    Code.UNKNOWN_ICON: N_("Choisissez un pictogramme de la liste."),
    Code.UNKNOWN_CATEGORY: N_("Choisissez une catégorie de la liste."),
    Code.UNKNOWN_PROFILE: N_("Choisissez une vérification de la liste."),
    Code.UNKNOWN_SERVICE: N_("Ce service n'existe plus : choisissez-en un autre."),
    Code.NAME_PLACEHOLDER: N_(
        "Le chemin doit contenir {name} une fois (par exemple /p/{name}) : c'est là que se met "
        "le nom de la salle ou du document."
    ),
    Code.TASK_TWICE: N_(
        "%(others)s a déjà cette tâche sur votre page. Dites en quoi celui-ci est différent."
    ),
    Code.PROBE_ADDRESS: N_(
        "Cette vérification ne va pas avec cette adresse : une page web veut http ou https."
    ),
    Code.NO_TAKEOUT: N_(
        "Ce service a une fin : dites comment reprendre ses données avant ce jour."
    ),
}
"""The same beside the field where it was typed, without the names that the file uses."""


def sentence(code: Code, values: Mapping[str, Value]) -> str:
    """Say what is wrong with the file, and what to do."""
    return gettext(FILE_WORDS[code]) % _said(values, {})


def field_sentence(
    code: Code, values: Mapping[str, Value], titles: Mapping[str, str] | None = None
) -> str:
    """Say what is wrong with what was typed; `titles` are those of services, by id."""
    return gettext(FIELD_WORDS.get(code, FILE_WORDS[code])) % _said(values, titles or {})


def _said(values: Mapping[str, Value], titles: Mapping[str, str]) -> dict[str, str]:
    said = {name: _text(value, titles) for name, value in values.items()}
    near = values.get("nearest")
    said["instead"] = gettext(" Vouliez-vous dire %(near)s ?", near=near) if near else ""
    form, wanted = said.get("form", ""), said.get("wanted", "")
    said["form"] = gettext(FORMS[form]) if form in FORMS else form
    said["wanted"] = gettext(KINDS[wanted]) if wanted in KINDS else wanted
    if "bound" in said:
        said["bound"] = gettext("au moins") if said["bound"] == "least" else gettext("au plus")
    return said


def _text(value: Value, titles: Mapping[str, str]) -> str:
    items = value if isinstance(value, tuple) else (value,)
    return ", ".join(titles.get(str(item), str(item)) for item in items)
