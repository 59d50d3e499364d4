"""What a person reads for the codes of bridges, their rooms and their fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from web.i18n import N_

BRIDGES: Mapping[str, str] = MappingProxyType(
    {
        "bridge-not-found": N_("There is no bridge of that name."),
        "bridge-exists": N_("There is a bridge of that name already."),
        "bridge-in-use": N_(
            "Something is or was on this bridge, and the record needs it. Let it take no new "
            "conferences instead."
        ),
        "bridge-built-in": N_("The built-in bridge cannot be removed."),
        "stale-bridge": N_("Somebody else has changed the bridge meanwhile. Look at it again."),
        "rotation-under-way": N_(
            "This secret is being rotated already: the bridge may not have the present one yet."
        ),
        "no-bridge-fits": N_("No bridge has so many places free at that time."),
        "room-not-found": N_("The conference has no room on a bridge."),
        "no-such-room": N_("This bridge never carried such a room."),
        "recording-not-found": N_("There is no such recording."),
        "recording-missing": N_(
            "The recording lies with the recorder and has no address. Ask the administrator."
        ),
        "bad-event": N_("This is no event of a bridge."),
        "spool-full": N_("The event cannot be written down now. Send it again."),
        "spool-in-use": N_("The event cannot be written down now. Send it again."),
        "snapshot-missing": N_("What is booked is not known yet. Please try again."),
        "bridge-silent": N_("The bridge does not answer."),
        "no-control-page": N_("Nobody can do this: no control page is open in the room."),
        "upstream-not-found": N_("The conference relays no higher one."),
        "no-room-system": N_("This hall has no SIP room system that could be called."),
        "bridge-cannot": N_("The bridge that carries this conference cannot do this."),
        "nothing-to-extend": N_("The conference lasts until then anyway, or is over."),
        "extension-too-long": N_("The bridge cannot keep the room so long."),
        "bad-algorithm": N_("This is not the algorithm of that secret."),
        "bad-bridge-name": N_("A bridge's name has 1 to 63 small letters, digits and hyphens."),
        "bad-domain": N_("This is no domain name such as meet.jitsi."),
    }
)
