"""Links: shown again, reset, revoked; head-counts as halls declare them."""

import pytest

from meetings.audit import list_audit
from meetings.errors import ImpossibleHeadcount, SitesNotFound
from meetings.links.invitations import (
    declare_headcount,
    headcounts,
    link_hash,
    link_secret,
    make_links,
    reset_link,
    revoke_link,
    show_links,
)
from meetings.model import Changes, ConferenceId, SiteId
from meetings.scheduling.booking import amend
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, some_sites

KEY = b"k" * 32
NEWER = b"n" * 32


async def shown(conn, conference):
    return {link.site.id: link for link in await show_links(conn, conference, KEY, "person:1")}


async def hashes(conn):
    return {row["hash"] for row in await conn.fetch("SELECT hash FROM links")}


def test_a_secret_has_144_bits_and_is_its_own_for_each_part():
    secrets = {
        link_secret(key, ConferenceId(conference), SiteId(site), generation)
        for key in (KEY, NEWER)
        for conference in (1, 11)
        for site in (1, 11)
        for generation in (1, 11)
    }

    assert len(secrets) == 16
    assert {len(secret) for secret in secrets} == {24}


async def test_every_site_has_one_link(conn):
    await a_directory(conn)
    conference = await a_conference(conn, sites=45)

    await make_links(conn, conference, KEY)
    await make_links(conn, conference, KEY)

    links = await show_links(conn, conference, KEY, "person:1")
    assert [link.site.id for link in links] == await some_sites(conn, 45)
    assert await hashes(conn) == {link_hash(link.secret) for link in links}


async def test_looking_at_links_is_audited_without_secrets(conn):
    await a_directory(conn)
    conference = await a_conference(conn)
    await make_links(conn, conference, KEY)

    await show_links(conn, conference, KEY, "person:1")

    entry = (await list_audit(conn, subject=f"conference:{conference.id}"))[0]
    assert (entry.actor, entry.action, entry.detail) == ("person:1", "links.show", {"links": 3})


async def test_a_reset_replaces_the_secret(conn):
    await a_directory(conn)
    conference = await a_conference(conn)
    await make_links(conn, conference, KEY)
    site = conference.sites[0]
    old = (await shown(conn, conference))[site]
    await revoke_link(conn, conference.id, site, by="person:1", now=MONDAY_EIGHT)

    secret = await reset_link(conn, conference.id, site, KEY, by="person:1")

    new = (await shown(conn, conference))[site]
    assert (new.secret, new.generation, new.revoked) == (secret, old.generation + 1, False)
    assert link_hash(old.secret) not in await hashes(conn)


async def test_a_revoked_link_is_shown_as_such(conn):
    await a_directory(conn)
    conference = await a_conference(conn)
    await make_links(conn, conference, KEY)
    site, other, _ = conference.sites

    first = await revoke_link(conn, conference.id, site, by="person:1", now=MONDAY_EIGHT)
    again = await revoke_link(conn, conference.id, site, by="person:1", now=MONDAY_EIGHT)

    links = await shown(conn, conference)
    assert (links[site].revoked, links[other].revoked) == (True, False)
    assert first == again
    actions = [entry.action for entry in await list_audit(conn)]
    assert actions.count("links.revoke") == 1


async def test_a_site_invited_anew_never_gets_an_old_secret_back(conn):
    await a_directory(conn)
    conference = await a_conference(conn)
    await make_links(conn, conference, KEY)
    leaves = next(site for site in conference.sites if site != conference.main_site)
    old = (await shown(conn, conference))[leaves].secret
    rest = frozenset(conference.sites) - {leaves}

    for sites in (rest, frozenset(conference.sites)):
        conference = await amend(
            conn,
            conference.id,
            Changes(sites=sites),
            version=None,
            by="person:1",
            now=conference.period.start,
        )
        await make_links(conn, conference, KEY)

    assert (await shown(conn, conference))[leaves].secret != old
    assert link_hash(old) not in await hashes(conn)


async def test_links_of_an_older_key_are_still_shown(conn):
    await a_directory(conn)
    conference = await a_conference(conn)
    await make_links(conn, conference, KEY)

    before = await show_links(conn, conference, KEY, "person:1")

    assert await show_links(conn, conference, NEWER, "person:1", older=[KEY]) == before
    lost = await show_links(conn, conference, NEWER, "person:1")
    assert {link.secret for link in lost} == {""}


async def test_a_link_that_is_not_there_is_named(conn):
    await a_directory(conn)
    conference = await a_conference(conn)

    with pytest.raises(SitesNotFound):
        await revoke_link(conn, conference.id, conference.sites[0], by="person:1", now=MONDAY_EIGHT)


async def test_the_last_headcount_counts(conn):
    await a_directory(conn)
    conference = await a_conference(conn)
    site = conference.sites[0]
    actor = f"link:{conference.id}/{site}"

    for people in (40, 43):
        await declare_headcount(conn, conference.id, site, people, by=actor, now=MONDAY_EIGHT)

    assert await headcounts(conn, conference.id) == {site: 43}
    assert (await list_audit(conn))[0].actor == actor


@pytest.mark.parametrize("people", [-1, 100_001])
async def test_an_impossible_headcount_is_refused(conn, people):
    with pytest.raises(ImpossibleHeadcount):
        await declare_headcount(
            conn, ConferenceId(1), SiteId(1), people, by="link:1/1", now=MONDAY_EIGHT
        )


async def test_a_hall_that_is_not_invited_declares_nothing(conn):
    await a_directory(conn)
    conference = await a_conference(conn)

    with pytest.raises(SitesNotFound):
        await declare_headcount(
            conn, conference.id, SiteId(999), 3, by="link:1/999", now=MONDAY_EIGHT
        )
