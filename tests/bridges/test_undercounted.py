"""A bridge that counts fewer people than it told of: a leaving was lost without a trace."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.model import Event, EvidenceKind
from bridges.presence.attendance import Attendance, attendance
from bridges.presence.evidence import Beats, Census, Evidence, Roster
from bridges.presence.undercounted import UNDERCOUNTED
from meetings.model import BlindSpot, Period, SiteId
from tests.bridges.histories import (
    BEAT,
    LATER,
    LENGTH,
    PERIOD,
    POLL,
    ROOM,
    Device,
    World,
    a_device,
    a_world,
    event,
    moment,
    told_of,
)

TWO_POLLS = timedelta(seconds=2 * POLL)


def a_meeting(*devices: Device, pages: bool = True) -> World:
    world = World(devices=list(devices))
    for one in devices if pages else ():
        world.beats.setdefault(one.site, set()).update(range(one.came, one.out, BEAT))
    return world


def told_without_leaving(world: World, lost: Device) -> list[Evidence]:
    """Return what reaches us if nobody ever tells that a device left; the counts show it."""

    def spoken(event: Event) -> bool:
        leaving = event.kind in {EvidenceKind.LEFT, EvidenceKind.DESTROYED}
        return not (leaving and any(one.jid == lost.jid for one in event.occupants))

    counts = [one for one in world.polls() if isinstance(one, Census)]
    return [*filter(spoken, world.events()), *counts, *world.heartbeats()]


def judge(*told: Evidence) -> Attendance:
    return attendance(told, ROOM, PERIOD, now=LATER)


def test_the_one_whose_page_is_silent_is_gone_since_the_last_right_count():
    gone = a_device(2, 0, 605)
    world = a_meeting(a_device(1, 0, LENGTH), gone)

    found = judge(*told_without_leaving(world, gone))

    (one,) = found.presences[SiteId(2)]
    assert (one.end, one.end_evidence) == (moment(600), "census")
    assert [told_of(found.presences[SiteId(1)])] == [[(moment(0), moment(LENGTH))]]
    assert found.blind_spots == ()


def test_counts_tell_again_where_a_bridge_stopped_telling_who_is_in():
    gone, named_out = a_device(2, 0, 605), a_device(3, 0, 155)
    world = a_meeting(a_device(1, 0, LENGTH), gone, named_out)
    rosters = [one for one in world.polls() if isinstance(one, Roster) and one.at <= moment(330)]
    told = [
        one
        for one in told_without_leaving(world, gone)
        if not (isinstance(one, Event) and is_leaving_of(one, named_out))
    ]

    found = judge(*told, *rosters)

    assert {site: told_of(one) for site, one in found.presences.items()} == {
        SiteId(1): [(moment(0), moment(LENGTH))],
        SiteId(2): [(moment(0), moment(600))],
        SiteId(3): [(moment(0), moment(150))],
    }
    assert found.blind_spots == ()


def test_a_room_that_emptied_with_its_lists_leaves_nothing_in_doubt():
    gone = a_device(2, 0, 3000)
    world = a_meeting(a_device(1, 0, 3000), gone, pages=False)
    rosters = [one for one in world.polls() if isinstance(one, Roster)]
    told = told_without_leaving(world, gone)

    found = [
        attendance(heard_by(now, [*told, *rosters]), ROOM, PERIOD, now=now)
        for now in map(moment, range(3000, 3600, POLL))
    ]

    assert {one.blind_spots for one in found} == {()}
    assert told_of(found[-1].presences[SiteId(2)]) == [(moment(0), moment(2980))]


def heard_by(now: datetime, told: list[Evidence]) -> list[Evidence]:
    return [one for one in told if not isinstance(one, Beats) and one.at <= now]


def is_leaving_of(event: Event, device: Device) -> bool:
    leaving = event.kind in {EvidenceKind.LEFT, EvidenceKind.DESTROYED}
    return leaving and any(one.jid == device.jid for one in event.occupants)


def test_who_of_two_is_gone_is_marked_until_it_follows():
    gone = a_device(2, 0, 605)
    world = a_meeting(a_device(1, 0, LENGTH), gone, pages=False)
    told, now = told_without_leaving(world, gone), moment(3000)

    live = attendance(heard_by(now, told), ROOM, PERIOD, now=now)
    later = judge(*told)

    spot = BlindSpot(period=Period(moment(600), now), reason=UNDERCOUNTED)
    assert live.blind_spots == (spot,)
    assert {site: told_of(one) for site, one in live.presences.items()} == {
        SiteId(1): [(moment(0), None)],
        SiteId(2): [(moment(0), None)],
    }
    assert later.blind_spots == ()
    assert told_of(later.presences[SiteId(2)]) == [(moment(0), moment(600))]


def test_a_count_that_is_low_for_a_minute_sends_nobody_out():
    world = a_meeting(a_device(1, 0, LENGTH), a_device(2, 0, LENGTH))
    low = {moment(second) for second in range(600, 680, POLL)}
    told = [
        Census(at=one.at, participants=1) if isinstance(one, Census) and one.at in low else one
        for one in [*world.events(), *world.polls()]
    ]

    found = judge(*(one for one in told if isinstance(one, (Event, Census))))

    assert {site: told_of(one) for site, one in found.presences.items()} == world.truth()
    assert found.blind_spots == ()


@pytest.mark.parametrize("side", [False, True])
def test_a_page_is_not_believed_while_the_bridge_counts_nobody(*, side: bool):
    left_open = a_device(1, 0, 600)
    world = a_meeting(left_open)
    world.beats[1].update(range(600, 1200, BEAT))
    if side:
        elsewhere = Device(site=2, jid="2@x/y", room="b1", came=0, out=600, noticed=600)
        world.devices.append(elsewhere)

    found = judge(*world.events(), *world.polls(), *world.heartbeats())

    (one,) = found.presences[SiteId(1)]
    assert one.end == moment(1190 if side else 600)


def told_with_page_open(*devices: Device, lost: str = "") -> Attendance:
    """Return what is made of a hall that left at 600 and whose page says for long that it is in."""
    world = a_meeting(a_device(1, 0, LENGTH), a_device(2, 0, 600), *devices)
    world.beats[2].update(range(600, 1800, BEAT))
    told = [one for one in world.events() if not any(who.jid == lost for who in one.occupants)]
    return judge(*told, *world.polls(), *world.heartbeats())


def test_a_page_is_not_believed_while_the_bridge_names_its_hall_no_more():
    found = told_with_page_open()

    assert told_of(found.presences[SiteId(2)]) == [(moment(0), moment(600))]


def test_a_page_that_is_cut_off_is_not_in_between_two_lists_either():
    """While the room is open, what it said since the last list may not be asked about yet."""
    world = a_meeting(a_device(1, 0, LENGTH), a_device(2, 0, 600))
    world.beats[2].update(range(600, 1800, BEAT))
    now = moment(1219)
    told = [
        one
        for one in (*world.events(), *world.polls(), *world.heartbeats())
        if ((one.seconds.last or now) if isinstance(one, Beats) else one.at) <= now
    ]

    found = attendance(told, ROOM, PERIOD, now=now)

    assert told_of(found.presences[SiteId(2)]) == [(moment(0), moment(600))]


def test_a_page_is_believed_again_when_its_hall_is_named_again():
    found = told_with_page_open(a_device(2, 1200, 1500))

    assert told_of(found.presences[SiteId(2)]) == [
        (moment(0), moment(600)),
        (moment(1200), moment(1500)),
    ]


def test_a_page_is_believed_while_somebody_is_in_whom_no_event_named():
    unheard = Device(site=2, jid="99999999@x/y", room="", came=900, out=1500, noticed=1500)
    found = told_with_page_open(unheard, lost=unheard.jid)

    (_, (begins, ends)) = told_of(found.presences[SiteId(2)])
    assert moment(900 - POLL) <= begins <= moment(900)
    assert ends is not None
    assert moment(1500) - timedelta(seconds=BEAT) <= ends <= moment(1500 + POLL)


@pytest.mark.parametrize("unheard", [False, True])
def test_a_recorder_on_the_lists_is_nobody_who_was_not_told_of(*, unheard: bool):
    """It stands there under another name than in its event; one more may be the hall itself."""
    world = a_meeting(a_device(1, 0, LENGTH), a_device(2, 0, 600), a_recorder())
    world.beats[2].update(range(600, 1800, BEAT))
    named = {"recorder": ["5e1f0a11", "99999999"] if unheard else ["5e1f0a11"]}
    lists = [
        Roster.naming([name for own in one.names for name in named.get(own, [own])], at=one.at)
        for one in world.polls()
        if isinstance(one, Roster)
    ]

    found = judge(*world.events(), *lists, *world.heartbeats())

    assert told_of(found.presences[SiteId(2)]) == [(moment(0), moment(1790 if unheard else 600))]


def test_lists_tell_of_a_short_absence_too_which_a_page_that_rests_would_hide():
    world = a_meeting(a_device(1, 0, LENGTH), a_device(2, 0, 605), a_device(2, 660, 900))
    world.beats[2].update(range(605, 660, BEAT))

    found = judge(*world.events(), *world.polls(), *world.heartbeats())

    [(came, went), (again, _)] = told_of(found.presences[SiteId(2)])
    assert (came, went) == (moment(0), moment(605))
    assert moment(660 - POLL) <= again <= moment(660)


def test_a_room_that_moved_is_asked_for_where_it_is():
    """Lists come of the bridge that carries the room; the other was heard of before, or later."""
    world = a_meeting(a_device(1, 0, LENGTH), a_device(2, 0, 600))
    world.beats[2].update(range(600, 1800, BEAT))
    elsewhere = replace(world.events()[0], bridge="beta")

    found = judge(elsewhere, *world.events(), *world.polls(), *world.heartbeats())

    assert told_of(found.presences[SiteId(2)]) == [(moment(0), moment(600))]


def test_nobody_is_missed_whose_room_was_begun_anew():
    """A killed bridge tells no leaving; the counts of its next room are of that one's people."""
    before, after = a_device(1, 0, 600), a_device(2, 900, LENGTH)
    world = a_meeting(before, after)
    anew = event("room/created", created_at=int(moment(890).timestamp()))
    told = [
        one for one in world.events() if one.kind in {EvidenceKind.CREATED, EvidenceKind.JOINED}
    ]
    counts = [one for one in world.polls() if isinstance(one, Census) and one.at < moment(LENGTH)]

    found = judge(*told, anew, *(replace(one, participants=1) for one in counts))

    assert UNDERCOUNTED not in {spot.reason for spot in found.blind_spots}


def a_recorder() -> Device:
    return Device(site=0, jid="recorder@hidden/x", room="", came=9, out=LENGTH, noticed=LENGTH)


def test_a_page_is_believed_where_no_list_comes_or_there_is_a_side_room():
    world = a_meeting(a_device(1, 0, LENGTH), a_device(2, 0, 600))
    world.beats[2].update(range(600, 1800, BEAT))
    counts = [one for one in world.polls() if isinstance(one, Census)]
    aside = Device(site=1, jid="1@x/y", room="b1", came=0, out=9, noticed=9)
    unlisted = judge(*world.events(), *counts, *world.heartbeats())
    world.devices.append(aside)
    beside = judge(*world.events(), *world.polls(), *world.heartbeats())

    for found in (unlisted, beside):
        assert told_of(found.presences[SiteId(2)]) == [(moment(0), moment(1790))]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_lost_leaving_is_right_within_two_polls_or_marked(seed: int):
    chance = Random(seed)
    world = a_world(chance, halls=4, sides=False)
    if not world.devices:
        return
    lost = chance.choice(world.devices)

    found = judge(*told_without_leaving(world, lost))

    late = [
        site
        for site, stretches in world.truth().items()
        for (_, end), told in zip(stretches[-1:], told_of(found.presences[site])[-1:], strict=True)
        if told[1] is None or abs(told[1] - end) > TWO_POLLS + timedelta(seconds=BEAT)
    ]
    assert late == [] or found.blind_spots
