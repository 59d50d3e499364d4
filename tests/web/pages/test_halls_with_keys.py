"""Halls of a bridge whose tokens a private key signs: given at the door, and nowhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bridges.jitsi.keys import new_private_key
from bridges.jitsi.tokens import read
from bridges.placement.placing import place
from meetings.links.invitations import link_secret, make_links, reset_link, revoke_link
from tests.makers import a_conference
from web.keys import SNAPSHOT, TOKENS
from web.scheduling.booking import LINKS


async def test_a_token_that_was_signed_ahead_is_given_to_a_good_link_only(
    app, client_for, conn, bridge, keyring
):
    now, key, private = datetime.now(UTC), keyring.derive(LINKS), new_private_key()
    await conn.execute(
        "UPDATE bridges SET algorithm = 'RS256', jwt_secret = $1",
        keyring.seal("bridge", private.encode()),
    )
    async with conn.transaction():
        conference = await a_conference(conn, start=now + timedelta(minutes=20))
        await place(conn, conference, bridge=None, now=now)
        await make_links(conn, conference, key)
    site = conference.sites[1]
    hall = await client_for(None)

    async def enter(generation: int) -> tuple[int, list[int]]:
        """Sign for all links of this moment, go to the door, and read the token in the page."""
        await app[SNAPSHOT].refresh(conn, now)
        await app[TOKENS].sign(app[SNAPSHOT].contents, now)
        path = f"/j/{link_secret(key, conference.id, site, generation)}/enter"
        answer = await hall.post(path, headers={"Sec-Fetch-Site": "same-origin"})
        given = re.findall(r'data-token="([^"]+)"', await answer.text())
        told = [read(one, private, app_id="diemcau-trial", now=datetime.now(UTC)) for one in given]
        return answer.status, [one["generation"] for one in told if one is not None]

    first = await enter(1)
    await revoke_link(conn, conference.id, site, by="program:test", now=now)
    revoked = await enter(1)
    await reset_link(conn, conference.id, site, key, by="program:test")

    assert (first, revoked) == ((200, [1]), (403, []))
    assert (await enter(1), await enter(2)) == ((404, []), (200, [2]))
