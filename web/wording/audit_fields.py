"""Words for single fields of records, as the audit names them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from web.i18n import N_

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "active": N_("May sign in"),
        "app_id": N_("Application id (app_id)"),
        "at": N_("When"),
        "before": N_("Called before"),
        "chair": N_("Chaired by"),
        "closes": N_("Closes"),
        "date": N_("Date"),
        "day": N_("Day"),
        "duty": N_("Duty"),
        "email": N_("E-mail"),
        "fingerprint": N_("Fingerprint of the key"),
        "from": N_("From"),
        "full_name": N_("Full name"),
        "gateway": N_("Called from"),
        "jibri_urls": N_("Addresses of Jibris"),
        "jicofo_url": N_("Address of Jicofo"),
        "jigasi_url": N_("Address of Jigasi"),
        "jvb_urls": N_("Addresses of videobridges"),
        "key": N_("Key in the directory service"),
        "locale": N_("Language"),
        "login": N_("Login name"),
        "muc_domain": N_("MUC domain"),
        "name": N_("Called"),
        "name_en": N_("English name"),
        "note": N_("Note"),
        "off": N_("Day off"),
        "opens": N_("Opens"),
        "period": N_("Time"),
        "phone": N_("Phone"),
        "prosody_url": N_("Address of Prosody"),
        "public_url": N_("Public address"),
        "rank": N_("Order of precedence"),
        "region": N_("Region of the bridge"),
        "remark": N_("Remark"),
        "seats": N_("Seats"),
        "secretary": N_("Secretary"),
        "senders": N_("Networks its events come from"),
        "sha256": N_("Fingerprint (SHA-256)"),
        "signed_as": N_("Office of who signs"),
        "signed_by": N_("Full name of who signs"),
        "signed_for": N_("Signed for whom"),
        "since": N_("From"),
        "site": N_("Hall"),
        "subject": N_("To whom or until when"),
        "title": N_("Title"),
        "to": N_("To"),
        "unit": N_("Unit"),
        "unit_id": N_("Unit"),
        "until": N_("Until"),
        "valid_from": N_("First day"),
        "valid_to": N_("First day no more"),
        "waiver": N_("Reason for short notice"),
        "worked": N_("Working day instead"),
        "xmpp_domain": N_("XMPP domain"),
    }
)
"""Fields that are told as they are written."""

COUNTS: Mapping[str, str] = MappingProxyType(
    {
        "added": N_("Added"),
        "changed": N_("Changed"),
        "replaced": N_("Replaced"),
        "closed": N_("Closed"),
        "unchanged": N_("Unchanged"),
        "bytes": N_("Size in bytes"),
        "conferences": N_("Conferences"),
        "dates": N_("Dates"),
        "devices": N_("Devices"),
        "generation": N_("Which link, counted from the first"),
        "headcount": N_("People in the hall"),
        "holds": N_("Bookings held otherwise now"),
        "items": N_("Points of the agenda"),
        "links": N_("Links"),
        "periods": N_("Days to choose from"),
        "records": N_("Events"),
        "segments": N_("Parts"),
        "skipped": N_("Dates left out"),
        "step": N_("Step"),
        "steps": N_("Steps"),
        "tiers": N_("Tiers"),
        "units": N_("Units"),
        "asked": N_("Number of the order"),
        "conference": N_("Conference no."),
        "displaced_by": N_("Gave way to conference no."),
        "document": N_("Document no."),
        "recording": N_("Recording no."),
        "rehearsal": N_("Line test no."),
        "series": N_("Series no."),
        "target": N_("Address no."),
    }
)
"""Details that are numbers."""
