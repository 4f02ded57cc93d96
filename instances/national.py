"""The nation seen as one more instance: what everybody is offered, where no académie decided."""

from __future__ import annotations

from catalogue.schema import Text
from instances.schema import AcademyCard

NATIONAL_SLUG = "national"

# Its slug is one of our own first segments, which no card of the folder may take.
NATIONAL_CARD = AcademyCard.model_construct(
    slug=NATIONAL_SLUG,
    name="Offre nationale",
    title=Text(fr="Offre nationale", en="National offer"),
    within=Text(fr="dans l’offre nationale", en="in the national offer"),
    region=None,
    departements=(),
    former=(),
    mail_domains=(),
    hosts=(),
    timezone="Europe/Paris",
    holiday_zone=None,
    delegation=Text(fr="votre académie", en="your académie"),
    help=(),
)
