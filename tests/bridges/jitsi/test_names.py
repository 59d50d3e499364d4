"""Room names: ours are slugs on which every rule of Jitsi's clients is the identity."""

import json
import random
import re
import unicodedata
from datetime import date
from urllib.parse import quote, unquote

from hypothesis import example, given
from hypothesis import strategies as st

from bridges.jitsi.census import read_census
from bridges.jitsi.names import has_tenant, read_means, read_room, read_user, room_name, user_id
from bridges.jitsi.reservations import parse_form
from meetings.model import Kind, Means, SiteId

DAY = date(2026, 11, 23)
SLUGS = st.builds(
    lambda kind, seed: room_name(kind, DAY, random.Random(seed).choice),
    st.sampled_from(list(Kind)),
    st.integers(),
)
VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụ"
    "ừứửữựỳýỷỹỵABCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY 0123456789-",
    min_size=1,
    max_size=30,
)
TENANTS = st.sampled_from(["[tinh]", "[so-tttt]", "[]"])


def by_client(name: str) -> str:
    """Return a name as Jitsi's clients make a room's node of it.

    Source: jitsi-meet react/features/base/util/uri.ts (6549d4723).
    """
    composed = unicodedata.normalize("NFKC", unquote(name)).lower()
    return quote(composed, safe="-_.!~*'()").lower()


@given(slug=SLUGS, tenant=TENANTS)
def test_a_slug_comes_back_as_itself_by_every_way(slug, tenant):
    assert re.fullmatch(r"[a-z0-9-]{8,63}", slug)
    assert by_client(slug) == slug
    for name in (slug, slug.upper(), slug.title(), quote(slug)):
        assert read_room(name) == slug
        assert not has_tenant(read_room(name))
    form = f"name={quote(tenant + slug, safe='')}&mail_owner=x&start_time=y".encode()
    assert parse_form(form).room == parse_form(form).name == tenant + slug
    assert has_tenant(parse_form(form).room)


@given(slug=SLUGS, data=st.data())
def test_a_slug_in_escapes_is_another_room_as_it_is_to_a_bridge(slug, data):
    """No client of Jitsi's writes a slug so, but whoever speaks XMPP himself can."""
    place = data.draw(st.integers(0, len(slug) - 1))
    twin = f"{slug[:place]}%{ord(slug[place]):02x}{slug[place + 1 :]}"

    for name in (twin, twin.upper(), f"[tinh]{twin}"):
        assert read_room(name) == name.lower() != slug
    assert parse_form(f"name={quote(twin, safe='')}".encode()).room == twin
    rows = [{"room_name": f"{name}@c", "participants": n} for name, n in ((slug, 45), (twin, 0))]
    assert read_census(json.dumps({"room_census": rows}).encode()).rooms == {slug: 45, twin: 0}


def test_slugs_do_not_collide():
    rng = random.Random(20261123)
    every = [room_name(Kind.BRIEFING, DAY, rng.choice) for _ in range(100_000)]

    assert len(set(every)) == len(every)


@example(name=" ", form="NFC")
@given(name=VIETNAMESE, form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_a_foreign_name_is_one_room_in_whatever_form_it_was_typed(name, form):
    typed = unicodedata.normalize(form, name)

    node = by_client(typed)
    asked = parse_form(f"name={quote(node, safe='')}".encode())

    assert asked.name == node
    assert asked.room == read_room(by_client(name.upper()))
    assert asked.room == unicodedata.normalize("NFKC", name).lower()


@given(number=st.integers(1, 10**17), means=st.sampled_from(Means))
def test_a_site_and_its_means_are_read_back_from_its_user(number, means):
    user = user_id(SiteId(number), means)

    assert (read_user(user), read_means(user)) == (SiteId(number), means)


@given(user=st.text(max_size=30))
def test_nobody_else_is_read_as_a_site(user):
    assert read_user(user) is None or re.fullmatch(r"site-[1-9][0-9]*(\.[a-z0-9]+)?", user)
