"""Words of approvals by the value they stand for; English is the msgid."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meetings.chains import Decision
from meetings.model import Urgency
from web.i18n import N_

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
