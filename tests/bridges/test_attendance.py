"""Attendance out of evidence: the same in any order, with duplicates, and with losses."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.jitsi.events import parse
from bridges.jitsi.names import user_id
from bridges.model import (
    BridgeId,
    Event,
    EvidenceKind,
    Occupant,
    OccupantJid,
    Room,
    RoomName,
)
from bridges.presence.attendance import Attendance, attendance
from bridges.presence.evidence import Beats, Census, Evidence, Roster, read
from bridges.presence.seconds import Seconds
from meetings.attendance.presence import union
from meetings.model import ConferenceId, Interval, Means, Period, SiteId
from tests.bridges.recorded import events, scene

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
END = START + timedelta(hours=2)
PERIOD = Period(START, END)
LATER = END + timedelta(days=2)
NAME = RoomName("briefing-20261130-abcdefghij")
ROOM = Room(
    conference=ConferenceId(1),
    bridge=BridgeId(1),
    bridge_name="lab",
    name=NAME,
    opens_at=START - timedelta(minutes=30),
    ends_at=END,
    closes_at=END + timedelta(minutes=30),
    grant_ends_at=END + timedelta(hours=12),
)
CREATED = START - timedelta(minutes=10)
DESTROYED = END + timedelta(minutes=5)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def occupant(
    site: int,
    joined: datetime,
    left: datetime | None = None,
    jid: str = "",
    means: Means = Means.LINK,
) -> Occupant:
    return Occupant(
        jid=OccupantJid(jid or f"{site}@meet/x"),
        user=user_id(SiteId(site), means),
        joined_at=joined,
        left_at=left,
    )


def created(moment: datetime = CREATED) -> Event:
    return Event(kind=EvidenceKind.CREATED, room=NAME, at=moment, created_at=moment)


def joined(one: Occupant, breakout: str = "") -> Event:
    known = occupant_of(one, None)
    return Event(
        kind=EvidenceKind.JOINED, room=NAME, at=one.joined_at, occupants=(known,), breakout=breakout
    )


def left(one: Occupant, breakout: str = "") -> Event:
    assert one.left_at is not None
    return Event(
        kind=EvidenceKind.LEFT, room=NAME, at=one.left_at, occupants=(one,), breakout=breakout
    )


def destroyed(
    *occupants: Occupant, moment: datetime = DESTROYED, begun: datetime = CREATED
) -> Event:
    return Event(
        kind=EvidenceKind.DESTROYED, room=NAME, at=moment, created_at=begun, occupants=occupants
    )


def occupant_of(one: Occupant, end: datetime | None) -> Occupant:
    return Occupant(jid=one.jid, user=one.user, joined_at=one.joined_at, left_at=end)


def judge(*evidence: Evidence, now: datetime = LATER) -> Attendance:
    return attendance(evidence, ROOM, PERIOD, now=now)


def stretch(start: datetime, end: datetime | None, evidence: str = "events") -> Interval:
    return Interval(start=start, end=end, evidence=evidence)


def test_a_whole_stay_is_one_interval():
    one = occupant(1, at(-5), at(120))

    found = judge(created(), joined(one), left(one), destroyed(one))

    assert found == Attendance(presences={SiteId(1): (stretch(at(-5), at(120)),)}, blind_spots=())


def test_somebody_still_in_has_no_end_while_the_room_is_open():
    found = judge(created(), joined(occupant(1, at(2))), now=at(60))

    assert found == Attendance(presences={SiteId(1): (stretch(at(2), None),)}, blind_spots=())


@pytest.mark.parametrize("lost", list(range(4)))
def test_any_one_lost_event_changes_nothing(lost: int):
    one = occupant(1, at(-5), at(100))
    told = [created(), joined(one), left(one), destroyed(one)]

    assert judge(*told[:lost], *told[lost + 1 :]) == judge(*told)


def test_a_reconnect_and_its_ghost_count_once():
    ghost = occupant(1, at(0), at(62), jid="a@meet/x")
    again = occupant(1, at(61), at(120), jid="b@meet/x")

    found = judge(created(), *map(joined, (ghost, again)), *map(left, (ghost, again)))

    assert found.presences == {SiteId(1): (stretch(at(0), at(120)),)}


def test_a_stay_in_a_side_room_counts_too():
    main = occupant(1, at(0), at(30))
    side = occupant(1, at(30), at(60), jid="side@meet/x")

    found = judge(created(), joined(main), left(main), joined(side, "b1"), left(side, "b1"))

    assert found.presences == {SiteId(1): (stretch(at(0), at(60)),)}


def test_a_lost_leaving_ends_where_the_same_connection_came_in_again():
    """The room lives on for hours after its hall went to a side room, and back."""
    main, side = occupant(1, at(0), at(30)), occupant(1, at(30), at(40))
    back, other = occupant(1, at(50), at(60)), occupant(2, at(0), at(120))
    told = [joined(main), joined(side, "b1"), left(side, "b1"), joined(back), left(back)]

    found = judge(created(), *told, joined(other), left(other), destroyed(back, other))

    [first, second] = found.presences[SiteId(1)]
    assert [first, second] == [stretch(at(0), at(40), "estimated+events"), stretch(at(50), at(60))]


def test_who_goes_on_to_a_side_room_was_no_ghost_however_silent_the_page():
    main, side = occupant(1, at(0), at(30)), occupant(1, at(30), at(60))
    own = [Beats(site=SiteId(1), seconds=Seconds.of(map(at, (0, 1, 2, 29, 31, 60))))]
    others = Beats(site=SiteId(2), seconds=Seconds.of(at(n) for n in range(60)))
    told = [joined(main), left(main), joined(side, "b1"), left(side, "b1")]

    found = judge(created(), *told, *own, others)

    assert [(one.start, one.end) for one in found.presences[SiteId(1)]] == [(at(0), at(60))]


def test_one_address_that_is_told_of_two_ways_is_the_same_in_any_process():
    """A token names one user; events that say otherwise must not be decided by chance."""
    told = [
        Event(kind=EvidenceKind.JOINED, room=NAME, at=at(0), occupants=(one,))
        for site in range(1, 30)
        for means in (Means.SIP, Means.LINK)
        for one in [occupant(site, at(0), jid=f"{site}@meet/x", means=means)]
    ]

    found = attendance(told, ROOM, PERIOD, now=LATER).presences

    assert [one.means for (one,) in found.values()] == [{Means.LINK}] * 29


def test_recorders_strangers_and_old_news_are_nobody():
    recorder = Occupant(jid=OccupantJid("r@hidden/x"), user="", joined_at=at(0))
    stranger = Occupant(jid=OccupantJid("s@meet/x"), user="an", joined_at=at(0))
    last_year = occupant(1, at(0) - timedelta(days=365))

    found = judge(created(), *map(joined, (recorder, stranger, last_year)))

    assert found.presences == {}


def test_a_lost_end_is_closed_at_the_hard_end_and_called_estimated():
    found = judge(created(), joined(occupant(1, at(0))))

    assert found.presences == {SiteId(1): (stretch(at(0), ROOM.closes_at, "estimated"),)}


def test_a_lost_end_is_closed_where_the_halls_page_fell_silent():
    beats = [Beats(site=SiteId(1), seconds=Seconds.of([at(minute)])) for minute in range(41)]

    found = judge(created(), joined(occupant(1, at(0))), *beats)

    assert found.presences == {SiteId(1): (stretch(at(0), at(40), "estimated+heartbeat"),)}


def test_a_lost_end_is_closed_when_two_polls_found_nobody():
    polls = [Census(at=at(minute), participants=int(minute < 50)) for minute in range(0, 120, 1)]

    found = judge(created(), joined(occupant(1, at(-1))), *polls)

    assert found.presences == {SiteId(1): (stretch(at(-1), at(49), "census"),)}
    assert found.blind_spots == ()


def test_one_empty_poll_proves_nothing():
    polls = [Census(at=at(10), participants=0), Census(at=at(11), participants=1)]

    found = judge(created(), joined(occupant(1, at(0))), *polls, now=at(12))

    assert found.presences == {SiteId(1): (stretch(at(0), None),)}


def test_who_does_not_come_back_after_a_kill_is_only_known_until_the_last_word():
    gone, other = occupant(1, at(0)), occupant(2, at(42), at(120), jid="new@meet/x")
    again = (created(at(42)), joined(other), left(other), destroyed(other, begun=at(42)))
    counted = Census(at=at(10), participants=1)

    found = judge(created(), joined(gone), counted, *again)

    assert found.presences[SiteId(1)] == (stretch(at(0), at(10), "estimated"),)
    assert [spot.period for spot in found.blind_spots] == [Period(at(11.5), at(42))]


def test_answers_after_a_restart_say_nothing_of_the_time_before():
    """Nobody asked for half an hour; the new room's lists name no connection of the old one."""
    before, back = occupant(1, at(20), jid="a@meet/x"), occupant(1, at(42.5), jid="b@meet/x")
    answers = [
        one
        for minute in (10, 43, 44, 45)
        for one in (
            Census(at=at(minute), participants=1),
            Roster.naming(["b@meet/x" if minute > 42 else "c@meet/x"], at=at(minute)),
        )
    ]

    found = judge(created(), joined(before), created(at(42)), joined(back), *answers, now=at(46))

    assert found.presences == {
        SiteId(1): (stretch(at(20), at(42), "estimated"), stretch(at(42.5), None))
    }


def test_a_lost_end_is_closed_where_a_page_first_fell_silent_though_it_speaks_again():
    """Nobody counts; others were heard meanwhile, so that it was not we who were away."""
    beats = [(1, minute) for minute in (*range(41), *range(70, 81))]
    others = [(2, minute) for minute in range(100)]
    pages = [Beats(site=SiteId(site), seconds=Seconds.of([at(m)])) for site, m in (*beats, *others)]

    found = judge(created(), joined(occupant(1, at(0))), *pages)

    assert [(one.start, one.end, one.end_evidence) for one in found.presences[SiteId(1)]] == [
        (at(0), at(40), "estimated"),
        (at(70), at(80), "heartbeat"),
    ]


def test_a_killed_bridge_leaves_a_blind_spot_until_it_is_heard_again():
    before, after = occupant(1, at(0)), occupant(1, at(42), at(120), jid="new@meet/x")

    found = judge(
        created(),
        joined(before),
        created(at(42)),
        joined(after),
        left(after),
        destroyed(after, begun=at(42)),
    )

    assert found.presences == {SiteId(1): (stretch(at(0), at(120), "estimated+events"),)}
    assert [(spot.period, spot.reason) for spot in found.blind_spots] == [
        (Period(at(0), at(42)), "lost-track")
    ]


def test_a_killed_bridge_leaves_no_blind_spot_while_some_hall_page_is_heard():
    before, after = occupant(1, at(0)), occupant(1, at(42), at(120), jid="new@meet/x")
    beats = Beats(site=SiteId(2), seconds=Seconds.of(map(at, (-20, 5, 20.25, 42, 90))))

    found = judge(created(), joined(before), beats, created(at(42)), joined(after), left(after))

    assert [(spot.period, spot.reason) for spot in found.blind_spots] == [
        (Period(at(20.25), at(42)), "lost-track")
    ]


def test_a_room_nobody_ever_spoke_of_is_all_dark():
    found = judge()

    assert [(spot.period, spot.reason) for spot in found.blind_spots] == [(PERIOD, "never-heard")]


def test_polls_that_found_no_room_make_it_light():
    polls = [Census(at=at(minute), participants=0) for minute in range(-1, 122)]

    assert judge(*polls) == Attendance(presences={}, blind_spots=())


def test_a_gap_in_the_polls_is_dark():
    polls = [
        Census(at=at(minute), participants=0) for minute in range(-1, 122) if not 30 < minute < 60
    ]

    (spot,) = judge(*polls).blind_spots

    assert spot.period == Period(at(31.5), at(58.5))


def test_heartbeats_alone_are_presence():
    beats = [
        Beats(site=SiteId(3), seconds=Seconds.of([at(minute)])) for minute in (0, 1, 2, 50, 51, 90)
    ]

    assert judge(*beats).presences == {
        SiteId(3): (stretch(at(0), at(2), "heartbeat"), stretch(at(50), at(51), "heartbeat"))
    }


@pytest.mark.parametrize(
    ("asked", "end"), [(30.2, None), (31.2, None), (31.3, 30), (151, 30)], ids=str
)
def test_a_hall_whose_page_alone_tells_is_in_while_it_may_only_rest(asked: float, end: int | None):
    """As with a bridge that tells no events; when the room is over the last beat is the end."""
    pages = Beats(site=SiteId(1), seconds=Seconds.of(at(n / 6) for n in range(181)))

    found = judge(pages, now=at(asked))

    [one] = found.presences[SiteId(1)]
    assert (one.end, one.end_evidence) == ((at(end), "heartbeat") if end else (None, ""))


def test_who_went_is_out_at_once_although_the_page_spoke_just_before():
    one = occupant(1, at(0), at(30))
    pages = Beats(site=SiteId(1), seconds=Seconds.of(at(n / 6) for n in range(180)))

    found = judge(created(), joined(one), left(one), pages, now=at(30.1))

    assert found.presences == {SiteId(1): (stretch(at(0), at(30), "events+heartbeat"),)}


def test_a_page_that_rested_does_not_hide_that_its_hall_was_out():
    """It may rest for a minute while it is in; of who was told to have left it says nothing."""
    first, again = occupant(1, at(0), at(30)), occupant(1, at(30.7), at(60), jid="again@meet/x")
    moments = [*(at(n / 6) for n in range(181)), *(at(30.7 + n / 6) for n in range(170))]
    pages = Beats(site=SiteId(1), seconds=Seconds.of(moments))
    told = [created(), joined(first), left(first), joined(again), left(again)]

    rested = judge(*told, pages).presences[SiteId(1)]
    spoke = judge(*told, pages, Beats(site=SiteId(1), seconds=Seconds.of([at(30.3)])))

    assert [(one.start, one.end, one.end_evidence) for one in rested] == [
        (at(0), at(30), "events"),
        (at(30.7), at(60), "events"),
    ]
    assert spoke.presences == {SiteId(1): (stretch(at(0), at(60), "events+heartbeat"),)}


def test_an_admission_is_no_presence():
    assert read(EvidenceKind.ADMITTED, {"site": 3, "at": at(0).isoformat()}) is None


@pytest.mark.parametrize("name", ["01-one-person-accepted", "32-sigterm-with-one-inside"])
def test_recorded_rooms_close_with_their_destruction(name: str):
    told = [parse(one.event_path, one.body) for one in scene(name) if one in events()]
    begins = min(event.at for event in told)
    room = Room(
        conference=ConferenceId(1),
        bridge=BridgeId(1),
        bridge_name="lab",
        name=told[0].room,
        opens_at=begins,
        ends_at=begins + timedelta(hours=1),
        closes_at=begins + timedelta(hours=1),
        grant_ends_at=begins + timedelta(hours=13),
    )

    found = attendance(told, room, Period(begins, room.ends_at), now=LATER)

    assert found == Attendance(presences={}, blind_spots=())


# Histories: halls come and go, lines break and ghosts stay; then the post loses and doubles.

minutes = st.integers(-10, 120)
stays = st.builds(
    lambda site, start, length, jid: occupant(
        site, at(start), min(at(start + length), DESTROYED), jid=f"{site}-{jid}@meet/x"
    ),
    st.integers(1, 5),
    minutes,
    st.integers(0, 60),
    st.integers(0, 20),
)


def history(occupants: list[Occupant]) -> list[Evidence]:
    """Return every event of a room, as event_sync tells: `destroyed` has each JID's last stay."""
    last = {one.jid: one for one in sorted(occupants, key=lambda one: one.joined_at)}
    told = [event for one in occupants for event in (joined(one), left(one))]
    return [created(), *told, destroyed(*last.values())]


def truth(occupants: list[Occupant]) -> dict[SiteId, tuple[Interval, ...]]:
    sites = sorted({int(one.user.removeprefix("site-")) for one in occupants})
    return {
        SiteId(site): union(
            stretch(one.joined_at, one.left_at)
            for one in occupants
            if one.user == user_id(SiteId(site))
        )
        for site in sites
    }


def distinct(occupants: list[Occupant]) -> list[Occupant]:
    return list({(one.jid, one.joined_at): one for one in occupants}.values())


@settings(max_examples=400, deadline=None)
@given(st.lists(stays, max_size=12).map(distinct), st.randoms(use_true_random=False))
def test_any_order_and_doubling_give_the_truth(occupants: list[Occupant], rng: random.Random):
    told = history(occupants)
    shuffled = [*told, *rng.choices(told, k=5)]
    rng.shuffle(shuffled)

    assert judge(*shuffled) == Attendance(presences=truth(occupants), blind_spots=())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(stays, max_size=12).map(distinct),
    st.sampled_from([EvidenceKind.JOINED, EvidenceKind.CREATED, EvidenceKind.DESTROYED]),
)
def test_losing_a_whole_kind_of_event_loses_nothing(occupants: list[Occupant], lost: EvidenceKind):
    told = [event for event in history(occupants) if getattr(event, "kind", None) is not lost]

    assert judge(*told).presences == truth(occupants)


@settings(max_examples=300, deadline=None)
@given(st.lists(stays, max_size=12).map(distinct), st.randoms(use_true_random=False))
def test_nobody_is_ever_in_after_the_hard_end(occupants: list[Occupant], rng: random.Random):
    told = [event for event in history(occupants) if rng.random() > 0.3]

    for intervals in judge(*told).presences.values():
        assert all(one.end is not None and one.end <= ROOM.closes_at for one in intervals)
        assert union(intervals) == intervals


def test_a_hall_was_in_by_all_that_it_came_by_and_by_no_more():
    system = occupant(1, at(0), at(60), jid="a@meet/x", means=Means.SIP)
    browser = occupant(1, at(30), at(90), jid="b@meet/x")
    phone = occupant(2, at(10), at(20), means=Means.PHONE)
    people = (system, browser, phone)
    told = [created(), *map(joined, people), *map(left, people)]

    found = attendance(told, ROOM, PERIOD, now=LATER)

    assert {site: told_of(one) for site, one in found.presences.items()} == {
        SiteId(1): [(at(0), at(90), {Means.SIP, Means.LINK})],
        SiteId(2): [(at(10), at(20), {Means.PHONE})],
    }


def told_of(stretches: tuple[Interval, ...]) -> list[tuple[datetime, datetime | None, set[Means]]]:
    return [(one.start, one.end, set(one.means)) for one in stretches]
