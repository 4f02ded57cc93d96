"""What a decision about a service is made of, in words: reasons, visibility, fields."""

from __future__ import annotations

from instances.models import HideReason, Visibility
from web.translation import gettext as _


def reason(value: HideReason) -> str:
    """Word why a service is hidden."""
    return {
        HideReason.EQUIVALENT_TOOL: _("Outil équivalent déjà en place"),
        HideReason.NOT_READY: _("Pas encore prêts (formation, réseau)"),
        HideReason.EXPERIMENT: _("Expérimentation en cours"),
        HideReason.PERSONAL_DATA: _("Données personnelles : avis du DPD"),
        HideReason.OUTAGES: _("Trop de pannes"),
        HideReason.HIERARCHY: _("Demande de la hiérarchie"),
        HideReason.OTHER: _("Autre"),
    }[value]


def visibility(value: Visibility) -> str:
    """Word what an académie says of a service."""
    return {
        Visibility.SHOWN: _("Affiché"),
        Visibility.HIDDEN: _("Masqué"),
        Visibility.NATIONAL: _("Comme au niveau national"),
    }[value]


def field_name(name: str) -> str:
    """Name a field of a decision; the name itself where it has no word yet."""
    return _words().get(name, name.replace("_", " ").replace("-", " "))


def knows(name: str) -> bool:
    """Tell whether a field has a word of its own."""
    return name in _words()


def _words() -> dict[str, str]:
    return {
        **_choice_fields(),
        **_service_fields(),
        **_entrance_fields(),
        **_maintenance_fields(),
        **_other_fields(),
    }


def _choice_fields() -> dict[str, str]:
    return {
        "visibility": _("Affichage"),
        "visibility_after": _("Ensuite"),
        "reason": _("Raison"),
        "precision": _("Précision"),
        "replacement_service": _("À la place"),
        "replacement_url": _("Adresse à la place"),
        "word": _("Mot aux collègues"),
        "review_on": _("À revoir le"),
        "until": _("Jusqu'au"),
        "position": _("Place"),
        "wording": _("Texte"),
        "backends": _("Adresse"),
        "task": _("Besoin"),
        "choose_when": _("Plutôt pour"),
        "summary": _("Résumé"),
        "description": _("Description"),
        "order": _("Ordre"),
    }


def _service_fields() -> dict[str, str]:
    return {
        "id": _("Identifiant"),
        "title": _("Nom"),
        "icon": _("Pictogramme"),
        "categories": _("Rubriques"),
        "keywords": _("Mots de recherche"),
        "profiles": _("Utile à"),
        "users": _("Qui peut entrer"),
        "with_pupils": _("Avec les élèves"),
        "sign_in": _("Pour se connecter"),
        "software": _("Logiciel"),
        "operator": _("Tenu par"),
        "run_by": _("Tenu par"),
        "lifecycle": _("Étapes de vie"),
        "stage": _("Stade"),
        "since": _("Depuis"),
        "successor": _("Remplacé par"),
        "note": _("Note"),
        "label": _("Nom"),
        "path": _("Chemin"),
        "hosting": _("Hébergement"),
        "provider": _("Hébergeur"),
        "country": _("Pays"),
        "probe": _("Vérification"),
        "profile": _("Genre"),
        "codes": _("Réponses normales"),
        "interval": _("Toutes les (secondes)"),
        "takeout": _("Reprendre ses données"),
        "retention": _("Durée de conservation"),
        "location": _("Lieu"),
        "host": _("Hébergeur"),
    }


def _entrance_fields() -> dict[str, str]:
    return {
        "agents": _("Agents"),
        "eleves": _("Élèves"),
        "familles": _("Familles"),
        "tous": _("Tout le monde"),
        "replaced_by": _("À la place"),
        "farewell": _("Mot d'adieu"),
        "shown": _("Affiché"),
        "rollout": _("Déploiement"),
        "launch": _("Ouverture"),
        "variants": _("Déclinaisons"),
        "limits": _("Limites"),
        "data": _("Données"),
        "links": _("Liens"),
        "alternatives": _("Services proches"),
        "depends_on": _("A besoin de"),
        "aliases": _("Anciens identifiants"),
        "contact": _("Contact interne"),
        "content": _("Fiche publiée"),
        "draft": _("Brouillon"),
        "retired_at": _("Retiré le"),
        "published_at": _("Publié le"),
    }


def _maintenance_fields() -> dict[str, str]:
    return {
        "about": _("À propos de"),
        "repeats": _("Se répète"),
        "timezone": _("Fuseau horaire"),
    }


def _other_fields() -> dict[str, str]:
    return {
        "academie": _("Académie"),
        "day": _("Jour"),
        "days": _("Jours"),
        "drafts": _("Avec les brouillons"),
        "delegation": _("Nom de la délégation"),
        "email": _("Adresse électronique"),
        "ends": _("Fin"),
        "ends_at": _("Fin"),
        "expires_at": _("Valable jusqu'au"),
        "help": _("Contacts d'aide"),
        "kind": _("Genre"),
        "level": _("Niveau"),
        "logo": _("Logo"),
        "name": _("Nom"),
        "publication": _("Version de la liste nationale"),
        "role": _("Rôle"),
        "scope": _("Pour"),
        "service": _("Service"),
        "service_id": _("Service"),
        "services": _("Services"),
        "source": _("Origine"),
        "spotlight": _("Mise en avant"),
        "starts": _("Début"),
        "starts_at": _("Début"),
        "text": _("Texte"),
        "url": _("Adresse"),
        "value": _("Texte"),
        "welcome": _("Phrase d'accueil"),
        "phone": _("Téléphone"),
        "hours": _("Horaires"),
        "format": _("Format"),
        "size": _("Taille"),
        "media_type": _("Format"),
        "width": _("Largeur"),
        "height": _("Hauteur"),
        "invited_by": _("Invitation de"),
        "withdrawn": _("Retirée"),
    }
