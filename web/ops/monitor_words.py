"""What is wrong with the monitor, in plain words, and what to do about it."""

from __future__ import annotations

from datetime import datetime

from monitoring.vitals import Trouble, Vitals
from web.ops import times
from web.translation import gettext as _
from web.translation import ngettext


def verdict(found: tuple[Trouble, ...]) -> str:
    """Say in one sentence how the monitor fares."""
    if not found:
        return _("La surveillance tourne et rien ne la gêne.")
    if found == (Trouble.REFUSED,):
        return _("La surveillance tourne ; quelques adresses lui sont interdites.")
    return ngettext(
        "La surveillance a %(num)d souci.", "La surveillance a %(num)d soucis.", len(found)
    )


def what(trouble: Trouble, vitals: Vitals, now: datetime) -> str:
    """Say what is wrong."""
    figures = vitals.figures
    last = times.when(figures.last_batch_at, now) if figures and figures.last_batch_at else ""
    doubt = times.when(figures.breaker_since, now) if figures and figures.breaker_since else ""
    oldest = times.when(vitals.waiting.oldest, now) if vitals.waiting.oldest else ""
    return {
        Trouble.NEVER_RAN: _("Aucune surveillance n'a jamais tourné."),
        Trouble.NOT_RUNNING: _(
            "Aucune surveillance ne tourne. Dernière écriture : %(last)s.", last=last
        ),
        Trouble.SILENT: _("La surveillance tourne mais n'écrit plus depuis %(last)s.", last=last),
        Trouble.OUR_NETWORK: _(
            "Presque tout échoue depuis %(since)s : c'est sans doute notre réseau.", since=doubt
        ),
        Trouble.NOTHING_TO_DO: _("La surveillance n'a rien à regarder."),
        Trouble.LATE: _("Les vérifications partent en retard."),
        Trouble.SLOW: _("Un tour de la surveillance dure trop longtemps."),
        Trouble.ALERTS_STUCK: _("Des alertes attendent depuis %(since)s.", since=oldest),
        Trouble.ANOTHER_VERSION: _("La surveillance n'a pas la version du site."),
        Trouble.REFUSED: _("Des adresses ne peuvent pas être vérifiées."),
    }[trouble]


def remedy(trouble: Trouble) -> str:
    """Say what to do."""
    start = _(
        "Lancez « flask monitor run », ou relancez son service. D'ici là, les états deviennent "
        "inconnus ; les pages et les ouvertures continuent."
    )
    return {
        Trouble.NEVER_RAN: start,
        Trouble.NOT_RUNNING: start,
        Trouble.SILENT: _(
            "Regardez son journal : base de données lente ou pleine, disque plein, processus "
            "suspendu. Puis relancez-la."
        ),
        Trouble.OUR_NETWORK: _(
            "Depuis la machine de la surveillance, essayez d'ouvrir un site extérieur ; vérifiez "
            "le DNS, le pare-feu, le proxy. Les états restent inconnus tant que ça dure."
        ),
        Trouble.NOTHING_TO_DO: _(
            "Vérifiez que la liste nationale est lue, et que ses serveurs ont une vérification."
        ),
        Trouble.LATE: _(
            "La machine est trop chargée ou beaucoup de serveurs sont lents : allongez "
            "l'intervalle (TROUSSE_PROBE_INTERVAL) ou donnez-lui plus de processeur."
        ),
        Trouble.SLOW: _("La base de données répond lentement : regardez son disque et sa charge."),
        Trouble.ALERTS_STUCK: _(
            "Voyez l'écran Alertes : la route est peut-être fermée, ou son adresse a changé."
        ),
        Trouble.ANOTHER_VERSION: _("Relancez-la après chaque mise à jour."),
        Trouble.REFUSED: _(
            "Elles sont listées plus bas, avec la raison. Un réseau privé s'autorise par "
            "TROUSSE_PROBE_ALLOWED_NETWORKS."
        ),
    }[trouble]
