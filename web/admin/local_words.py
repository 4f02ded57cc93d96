"""Words of the form of a local service: labels, answers, pictograms."""

from __future__ import annotations

from catalogue.schema import Access, LaunchKind, OperatorKind, Stage, Visibility
from instances.local_services import Duplicate, Likeness, LocalServiceError
from monitoring.profiles import PROFILES
from web.admin import unknown_words as states
from web.translation import gettext as _

# Templates reach it through this module.
__all__ = ["states"]


def access(value: Access) -> str:
    return {Access.DIRECT: _("Directement"), Access.LINK: _("Par un lien qu'on leur donne")}[value]


def launch(value: LaunchKind) -> str:
    return {
        LaunchKind.LINK: _("Ouvrir son adresse"),
        LaunchKind.CREATE: _("Ouvrir la page où l'on crée sa salle ou son document"),
        LaunchKind.ROOM: _("Faire une adresse de salle (visio)"),
        LaunchKind.DOCUMENT: _("Faire une adresse de document (pad)"),
    }[value]


def runner(value: OperatorKind) -> str:
    return {
        OperatorKind.EDUCATION: _("Un autre service de l'Éducation nationale"),
        OperatorKind.STATE: _("Un autre service de l'État"),
        OperatorKind.COLLECTIVITE: _("Une collectivité (région, département, commune)"),
        OperatorKind.ASSOCIATION: _("Une association ou une entreprise"),
    }[value]


def stage(value: Stage) -> str:
    return {
        Stage.ALPHA: _("Premier essai (à l'essai)"),
        Stage.BETA: _("À l'essai"),
        Stage.STABLE: _("En service"),
        Stage.OBSOLETE: _("Fermé"),
    }[value]


def visibility(value: Visibility) -> str:
    return {
        Visibility.PUBLIC: _("Tout le monde"),
        Visibility.AGENTS: _("Les agents qui ont ouvert une session"),
    }[value]


def probe_profile(name: str) -> str:
    """Name what is looked at, in words."""
    return {
        "http": _("Page web"),
        "tcp": _("Port ouvert (tcp)"),
        "discourse": _("Forum Discourse"),
        "etherpad": _("Pad Etherpad"),
        "jitsi": _("Visio Jitsi Meet"),
        "nextcloud": _("Nextcloud"),
        "peertube": _("PeerTube"),
    }.get(name) or " / ".join(PROFILES[name].covers)


def labels() -> dict[str, str]:
    return {
        "title": _("Nom du service"),
        "task": _("Tâche"),
        "choose_when": _("Plutôt pour… (facultatif)"),
        "summary": _("En une phrase (facultatif)"),
        "description": _("Présentation (facultatif)"),
        "icon": _("Pictogramme"),
        "category": _("Catégorie"),
        "other_categories": _("Aussi utile dans"),
        "keywords": _("Mots cherchés (facultatif)"),
        "profiles": _("Surtout utile à"),
        "users_agents": _("Les agents"),
        "users_eleves": _("Les élèves"),
        "users_familles": _("Les familles"),
        "users_tous": _("Tout le monde"),
        "with_pupils": _("Avec les élèves"),
        "with_pupils_note": _("À quelles conditions"),
        "sign_in": _("Comment se connecter"),
        "launch_kind": _("Ce que fait le bouton"),
        "launch_path": _("Chemin ajouté à l'adresse (facultatif)"),
        "software": _("Logiciel (facultatif)"),
        "run_by_kind": _("Qui tient ce service"),
        "run_by_name": _("Son nom"),
        "contact": _("Votre contact pour ce service (interne)"),
        "help_url": _("Page d'aide (facultatif)"),
        "limits": _("À savoir avant, une ligne chacune (facultatif)"),
        "data_host": _("Qui héberge les données (facultatif)"),
        "data_location": _("Où (facultatif)"),
        "data_retention": _("Durée de conservation (facultatif)"),
        "takeout": _("Comment reprendre ses données"),
        "stage": _("Où en est-il"),
        "since": _("Depuis le (facultatif)"),
        "until": _("Dernier jour (facultatif)"),
        "alternative": _("En cas de panne, à la place"),
        "visibility": _("Qui voit ce service sur la page"),
        "reason": _("Pourquoi ce changement (interne, facultatif)"),
    }


def backend_labels() -> dict[str, str]:
    return {
        "url": _("Adresse"),
        "weight": _("Part des ouvertures"),
        "profile": _("Vérification"),
        "path": _("Chemin à vérifier (facultatif)"),
        "codes": _("Réponses normales (facultatif)"),
        "text": _("Texte attendu sur la page (facultatif)"),
        "probe_url": _("Autre adresse à vérifier (facultatif)"),
    }


def icons() -> dict[str, str]:
    """Name the pictograms that a service may have, in the order of the picker."""
    return {
        "ecole": _("École"),
        "classe": _("Classe"),
        "releve": _("Relevé"),
        "toque": _("Formation"),
        "livre": _("Livre"),
        "medaille": _("Médaille"),
        "carte": _("Carte"),
        "code": _("Code"),
        "visio": _("Visio"),
        "bulle": _("Bulle"),
        "presentation": _("Présentation"),
        "discussion": _("Discussion"),
        "forum": _("Forum"),
        "courrier": _("Courrier"),
        "nuage": _("Nuage"),
        "envoi": _("Envoi"),
        "depot": _("Dépôt"),
        "ecrire": _("Crayon"),
        "pad": _("Pad"),
        "notes": _("Notes"),
        "video": _("Vidéo"),
        "photo": _("Photo"),
        "date": _("Date"),
        "sondage": _("Sondage"),
        "blog": _("Blog"),
        "forge": _("Forge"),
        "cle": _("Clé"),
        "portail": _("Portail"),
        "trousse": _("Trousse"),
        "bouee": _("Bouée"),
    }


def missing(key: str) -> str:
    """Say what to type where nothing was."""
    return {
        "title": _("Donnez le nom du service, par exemple Pronote."),
        "task": _("Dites ce qu'on vient y faire, par exemple « Saisir les notes »."),
        "url": _("Donnez l'adresse à ouvrir, par exemple https://pronote.exemple.fr."),
        "icon": _("Choisissez un pictogramme."),
        "categories": _("Choisissez une catégorie."),
        "users": _("Dites qui peut entrer."),
        "sign_in": _("Dites comment on entre ; « Sans compte » si rien n'est demandé."),
        "name": _("Donnez son nom, par exemple « la région Auvergne-Rhône-Alpes »."),
    }.get(key, _("Il manque quelque chose ici."))


def refused(error: LocalServiceError) -> str:
    """Say why something cannot be done to a local service."""
    words = {
        "gone": _("Ce service a été renommé ou supprimé entre-temps."),
        "never-published": _("Ce service n'a jamais été publié."),
        "replaces-itself": _("Un service ne peut pas se remplacer lui-même."),
        "unreadable": _("Ce service ne peut plus être montré tel quel : modifiez-le d'abord."),
        "task-taken": _(
            "%(title)s vient d'être publié avec la même tâche. Dites ce qui les distingue.",
            title=error.values.get("title", ""),
        ),
    }
    return words[error.code]


def likenesses(duplicate: Duplicate) -> str:
    """Say in what a local and a national service are alike."""
    words = {
        Likeness.TASK: _("la même tâche"),
        Likeness.ADDRESS: _("la même adresse"),
        Likeness.SOFTWARE: _("le même logiciel"),
        Likeness.TITLE: _("presque le même nom"),
        Likeness.KEYWORDS: _("les mêmes mots cherchés"),
    }
    return ", ".join(words[item] for item in duplicate.likenesses)


def standing(value: str) -> str:
    return {
        "published": _("Sur la page"),
        "changed": _("Sur la page, avec un brouillon"),
        "draft": _("Brouillon"),
        "retired": _("Retiré"),
    }[value]
