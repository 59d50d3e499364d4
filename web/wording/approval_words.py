"""Words of approvals by the value they stand for; English is the msgid."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meetings.approval.chains import Decision
from meetings.approval.submissions import Standing, What
from meetings.model import Urgency
from web.i18n import N_

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "conference.hand-over": N_("Handed a conference over"),
        "hand-over.offer": N_("Offered to hand a conference over"),
        "hand-over.decline": N_("Declined a hand-over"),
        "hand-over.withdraw": N_("Took an offer to hand over back"),
        "hand-over.lapse": N_("Nobody answered a hand-over in time"),
        "hand-over.accept": N_("Accepted a hand-over that needs an approval"),
        "submission.submit": N_("Submitted something for approval"),
        "submission.approve": N_("Approved a submission"),
        "submission.refuse": N_("Refused a submission"),
        "submission.withdraw": N_("Took a submission back"),
        "submission.replace": N_("Submitted something else in place of a submission"),
        "submission.lapse": N_("Nobody answered a submission in time"),
        "submission.clash": N_("Found halls taken at an approval"),
    }
)

SAID: Mapping[str, str] = MappingProxyType(
    {
        "handed": N_("The conference is handed over."),
        "hand-offered": N_("The conference is offered; it stays as it is until it is accepted."),
        "hand-accepted": N_("The conference is yours to look after from now on."),
        "hand-declined": N_("The hand-over is declined, and the one who offered is told why."),
        "hand-withdrawn": N_("The offer is taken back."),
        "submitted": N_("It is submitted for approval; what is held now stays until then."),
        "submission-withdrawn": N_("The submission is taken back; everything stays as it was."),
    }
)

SUBJECTS: Mapping[What, str] = MappingProxyType(
    {
        What.CHANGE: N_("Change of a conference"),
        What.HOST: N_("Another host for a conference"),
        What.SERIES: N_("A new series"),
        What.SERIES_CHANGE: N_("Change of a series"),
        What.SERIES_DATE: N_("A date of a series put back"),
    }
)

STANDINGS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.WAITING: N_("Waits for an answer"),
        Standing.APPROVED: N_("Everybody who was to agree has agreed."),
        Standing.REFUSED: N_("Refused; everything stays as it was."),
        Standing.WITHDRAWN: N_("Taken back; everything stays as it was."),
        Standing.REPLACED: N_("A later submission took its place."),
        Standing.LAPSED: N_("Nobody answered in time; everything stays as it was."),
        Standing.OVERTAKEN: N_("The series changed meanwhile, so that it comes to nothing."),
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
