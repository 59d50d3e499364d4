"""Words of approvals by the value they stand for; English is the msgid."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meetings.chains import Decision
from meetings.model import Urgency
from web.i18n import N_

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "conference.hand-over": N_("Handed a conference over"),
        "hand-over.offer": N_("Offered to hand a conference over"),
        "hand-over.decline": N_("Declined a hand-over"),
        "hand-over.withdraw": N_("Took an offer to hand over back"),
        "hand-over.lapse": N_("Nobody answered a hand-over in time"),
    }
)

SAID: Mapping[str, str] = MappingProxyType(
    {
        "handed": N_("The conference is handed over."),
        "hand-offered": N_("The conference is offered; it stays as it is until it is accepted."),
        "hand-accepted": N_("The conference is yours to look after from now on."),
        "hand-declined": N_("The hand-over is declined, and the one who offered is told why."),
        "hand-withdrawn": N_("The offer is taken back."),
    }
)

DECISIONS: Mapping[Decision, str] = MappingProxyType(
    {Decision.APPROVED: N_("Approved"), Decision.REFUSED: N_("Refused")}
)

URGENCIES: Mapping[Urgency, str] = MappingProxyType(
    {
        Urgency.NORMAL: N_("Not urgent"),
        Urgency.URGENT: N_("Urgent"),
        Urgency.VERY_URGENT: N_("Very urgent"),
        Urgency.FLASH: N_("Flash"),
    }
)
