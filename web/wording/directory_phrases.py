"""Words about the directory: duties, what the audit calls its changes, what was just done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from web.i18n import N_

DUTIES: Mapping[str, str] = MappingProxyType(
    {
        "on-call": N_("On call"),
        "technician": N_("Technician of the hall"),
        "secretary": N_("Secretary of the unit"),
        "leader": N_("Leader of the unit"),
    }
)
"""What a contact is called for, the first to call first."""

LEDGER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "units": N_("Units"),
        "sites": N_("Halls"),
        "devices": N_("Devices"),
        "contacts": N_("Contacts"),
        "officials": N_("Officials"),
        "conferences": N_("Conferences"),
        "people": N_("People and roles"),
    }
)
AFTER_FILES: Mapping[str, str] = MappingProxyType({"people": "/people?waiting=yes&said=imported"})
"""Where one goes on after a file, if not with the next one."""

ACTIONS: dict[str, str] = {
    "correction.propose": N_("Proposed a correction"),
    "correction.approve": N_("Approved a correction"),
    "correction.refuse": N_("Refused a correction"),
    "group.add": N_("Made a group"),
    "group.change": N_("Changed a group"),
    "group.forget": N_("Gave a group up"),
    "contact.add": N_("Added a contact"),
    "contact.change": N_("Changed a contact"),
    "contact.forget": N_("Forgot a contact"),
    "unit.close": N_("Closed a unit"),
    "unit.rename": N_("Renamed a unit"),
    "unit.merge": N_("Merged units"),
    "unit.inherit": N_("Took over what the units left that became this one"),
    "site.add": N_("Added a hall"),
    "site.change": N_("Changed a hall"),
}

SAID: dict[str, str] = {
    "proposed": N_("The correction waits for a decision."),
    "approved-correction": N_("The record is put right."),
    "refused-correction": N_("The record stays as it was."),
    "official-kept": N_("The official is kept."),
    "official-ended": N_("The official is in office no more from today on."),
    "tags-kept": N_("The tags of the hall are kept."),
    "group-kept": N_("The group is kept."),
    "group-gone": N_("The group is given up."),
    "role-given": N_("The role is given and counts at once."),
    "role-taken": N_("The role is taken away and counts no more."),
    "imported": N_("The file is brought in."),
    "contact-added": N_("The contact is written down."),
    "contact-kept": N_("The contact is kept."),
    "contact-forgotten": N_("The contact is forgotten."),
    "unit-close": N_("The unit ends with the day before; its halls end with it."),
    "unit-rename": N_("The unit has its new name."),
    "unit-merge": N_("The units are merged."),
}
