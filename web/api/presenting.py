"""From values to views."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from meetings.audit import AuditEntry
from meetings.model import (
    Conference,
    Group,
    Person,
    Rival,
    Secrecy,
    Site,
    SiteId,
    Unit,
    UnitId,
)
from meetings.scheduling.ways import Alternative
from web.api import problems, views


def unit_name(unit: Unit) -> views.UnitName:
    """Return a unit as others name it."""
    return views.UnitName(code=unit.code, name=unit.name)


def unit_view(unit: Unit) -> views.UnitView:
    """Return all that is public of a unit."""
    return views.UnitView(
        id=unit.id,
        code=unit.code,
        name=unit.name,
        full_name=unit.full_name,
        name_en=unit.name_en,
        kind=unit.kind,
        parent_id=unit.parent_id,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )


def site_view(site: Site) -> views.SiteView:
    """Return a site with the unit it belongs to."""
    return views.SiteView(
        id=site.id,
        label=site.label,
        name=site.name,
        phone=site.phone,
        unit=views.UnitName(code=site.unit_code, name=site.unit_name),
        unit_kind=site.unit_kind,
    )


def group_view(group: Group) -> views.GroupView:
    """Return a group with its size today."""
    return views.GroupView(code=group.code, name=group.name, name_en=group.name_en, size=group.size)


def conference_view(
    conference: Conference, host: Unit, *, hidden: Collection[SiteId] = ()
) -> views.ConferenceView:
    """Return a conference for somebody who may know of it; its `hidden` halls are counted only."""
    return views.ConferenceView(
        id=conference.id,
        title=conference.title,
        kind=conference.kind,
        state=conference.state,
        host=unit_name(host),
        chair=conference.chair,
        secretary=conference.secretary,
        visibility=conference.visibility,
        secrecy=Secrecy.NONE,
        chair_id=conference.chair_id,
        delegates=list(conference.delegates),
        main_site=None if conference.main_site in hidden else conference.main_site,
        sites=[site for site in conference.sites if site not in hidden],
        halls=len(conference.sites),
        start=conference.period.start,
        end=conference.period.end,
        note=conference.note,
        version=conference.version,
        cancel_reason=conference.cancel_reason,
        ended_at=conference.ended_at,
        created_by=conference.created_by,
        demo=conference.demo,
        urgency=conference.urgency,
        waiver=conference.waiver,
        call_systems=conference.call_systems,
    )


def person_view(person: Person, units: Mapping[UnitId, Unit]) -> views.PersonView:
    """Return a person with what they may do."""
    return views.PersonView(
        id=person.id,
        login=person.login,
        name=person.name,
        unit=unit_name(units[person.unit_id]),
        email=person.email,
        locale=person.locale,
        active=person.active,
        grants=[
            views.GrantView(role=grant.role, unit=unit_name(units[grant.unit]))
            for grant in sorted(person.grants, key=lambda grant: (grant.role, grant.unit))
        ],
    )


def audit_view(entry: AuditEntry) -> views.AuditView:
    """Return one change."""
    return views.AuditView(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        unit=entry.unit,
        detail=dict(entry.detail),
        on_behalf=list(entry.on_behalf),
    )


def rival_view(rival: Rival, site: Site, host: Unit, *, known: bool) -> problems.RivalView:
    """Return who holds a site; what they hold it for only where it is `known` to the asker."""
    return problems.RivalView(
        site=rival.site,
        label=site.label,
        host=unit_name(host),
        start=rival.period.start,
        end=rival.period.end,
        kept_from=(rival.kept or rival.period).start,
        kept_until=(rival.kept or rival.period).end,
        conference=rival.conference if known else None,
        title=rival.title if known else None,
    )


def alternative_view(alternative: Alternative) -> problems.AlternativeView:
    """Return what would have worked."""
    return problems.AlternativeView(
        main_site=alternative.main_site,
        sites=sorted(alternative.sites),
        start=alternative.period.start,
        end=alternative.period.end,
    )


def labels(sites: Mapping[SiteId, Site]) -> dict[SiteId, str]:
    """Return what each site is called."""
    return {key: site.label for key, site in sites.items()}
