"""The conferences of the demo, placed around one moment; the next working morning stays free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from meetings.model import Kind, Period
from meetings.office.workdays import ZONE, is_working_day, local_day

COMMUNES = ("all-communes",)
EVERYBODY = ("all-communes", "offices")
BORDER = ("border-communes",)

SOON = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One conference as a province holds it; `host` and `units` are codes of units."""

    title: str
    kind: Kind
    host: str
    chair: str
    minutes: int
    groups: tuple[str, ...] = COMMUNES
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A scenario with its time."""

    scenario: Scenario
    period: Period
    over: bool


DEPLOYMENT = Scenario(
    title="Hội nghị trực tuyến toàn tỉnh triển khai nhiệm vụ phát triển kinh tế - xã hội, "
    "bảo đảm quốc phòng - an ninh năm 2027",
    kind=Kind.DEPLOYMENT,
    host="11.vpubnd",
    chair="Chủ tịch UBND tỉnh",
    minutes=210,
    groups=EVERYBODY,
)
RELAY = Scenario(
    title="Hội nghị trực tuyến toàn quốc quán triệt, triển khai Nghị quyết của Bộ Chính trị "
    "(tiếp sóng Trung ương)",
    kind=Kind.DEPLOYMENT,
    host="11.vptu",
    chair="Phó Bí thư Thường trực Tỉnh ủy",
    minutes=240,
)
BRIEFING = Scenario(
    title="Họp giao ban trực tuyến tháng {month} của Chủ tịch UBND tỉnh "
    "với Chủ tịch UBND các xã, phường",
    kind=Kind.BRIEFING,
    host="11.vpubnd",
    chair="Chủ tịch UBND tỉnh",
    minutes=150,
)
FLOOD = Scenario(
    title="Họp khẩn ứng phó mưa lũ, sạt lở đất",
    kind=Kind.URGENT,
    host="11.snnmt",
    chair="Phó Chủ tịch UBND tỉnh",
    minutes=60,
    groups=(),
    units=("03176", "03203", "03208", "03214", "03295", "03370", "03382", "03385"),
)
TRAINING = Scenario(
    title="Hội nghị tập huấn kỹ năng số và vận hành phòng họp trực tuyến "
    "cho cán bộ kỹ thuật cấp xã",
    kind=Kind.TRAINING,
    host="11.skhcn",
    chair="Giám đốc Sở Khoa học và Công nghệ",
    minutes=420,
)
REHEARSAL = Scenario(
    title="Phiên kết nối thử kỹ thuật các điểm cầu (tổng duyệt)",
    kind=Kind.REHEARSAL,
    host="11.skhcn",
    chair="Trưởng ca trực kỹ thuật",
    minutes=90,
)
COUNCIL = Scenario(
    title="Kỳ họp chuyên đề HĐND tỉnh (trực tiếp kết hợp trực tuyến)",
    kind=Kind.OTHER,
    host="11.vphdnd",
    chair="Chủ tịch HĐND tỉnh",
    minutes=240,
)
BORDER_WORK = Scenario(
    title="Hội nghị trực tuyến công tác dân tộc và giảm nghèo bền vững các xã biên giới",
    kind=Kind.WORKING,
    host="11.sdttg",
    chair="Phó Chủ tịch UBND tỉnh",
    minutes=150,
    groups=BORDER,
)
ADMINISTRATION = Scenario(
    title="Giao ban trực tuyến công tác cải cách hành chính và vận hành "
    "Trung tâm Phục vụ hành chính công cấp xã",
    kind=Kind.BRIEFING,
    host="11.snv",
    chair="Phó Chánh Văn phòng UBND tỉnh",
    minutes=120,
)
HEALTH = Scenario(
    title="Hội nghị trực tuyến triển khai công tác y tế dự phòng, tiêm chủng mùa đông - xuân",
    kind=Kind.DEPLOYMENT,
    host="11.syt",
    chair="Giám đốc Sở Y tế",
    minutes=120,
)
SCHOOL = Scenario(
    title="Hội nghị trực tuyến tổng kết năm học và triển khai nhiệm vụ năm học mới",
    kind=Kind.REVIEW,
    host="11.sgddt",
    chair="Phó Chủ tịch UBND tỉnh",
    minutes=210,
)

MORNING, LATE_MORNING, AFTERNOON = time(8), time(8, 30), time(14)

# Working days before today, when, and what was held.  All is told at once when the demo is loaded:
# what was yesterday would come as late as from a bridge whose clock is hours off, and be read so.
PAST = (
    (2, MORNING, HEALTH),
    (3, AFTERNOON, ADMINISTRATION),
    (5, MORNING, BORDER_WORK),
    (8, MORNING, RELAY),
    (11, AFTERNOON, FLOOD),
    (16, MORNING, BRIEFING),
    (22, MORNING, TRAINING),
    (29, LATE_MORNING, SCHOOL),
    (38, MORNING, BRIEFING),
    (44, AFTERNOON, REHEARSAL),
)
# Working days after today; the first morning is left to a newcomer.
AHEAD = (
    (1, AFTERNOON, HEALTH),
    (2, MORNING, RELAY),
    (3, LATE_MORNING, REHEARSAL),
    (3, AFTERNOON, ADMINISTRATION),
    (4, MORNING, DEPLOYMENT),
    (6, MORNING, COUNCIL),
    (8, LATE_MORNING, BORDER_WORK),
)


def plan(now: datetime) -> tuple[Planned, ...]:
    """Return the demo's conferences around `now`: past, one in five minutes, and ahead."""
    return (*past(now), *today(now), *ahead(now))


def past(now: datetime) -> Iterator[Planned]:
    """Yield what was held on working days before today."""
    for days, at, scenario in PAST:
        yield planned(scenario, working_day(local_day(now), -days), at, over=True)


def today(now: datetime) -> Iterator[Planned]:
    """Yield the one that starts in five minutes, on a full minute."""
    start = (now + SOON).replace(second=0, microsecond=0) + timedelta(minutes=1)
    titled = with_month(BRIEFING, local_day(now))
    length = timedelta(minutes=titled.minutes)
    yield Planned(scenario=titled, period=Period(start, start + length), over=False)


def ahead(now: datetime) -> Iterator[Planned]:
    """Yield what is booked for the working days to come."""
    for days, at, scenario in AHEAD:
        yield planned(scenario, working_day(local_day(now), days), at, over=False)


def planned(scenario: Scenario, day: date, at: time, *, over: bool) -> Planned:
    """Place a scenario on a day, at a local time."""
    start = datetime.combine(day, at, ZONE).astimezone(UTC)
    period = Period(start, start + timedelta(minutes=scenario.minutes))
    return Planned(scenario=with_month(scenario, day), period=period, over=over)


def with_month(scenario: Scenario, day: date) -> Scenario:
    """Return the scenario with the month in its title, where it names one."""
    return Scenario(
        title=scenario.title.format(month=day.month),
        kind=scenario.kind,
        host=scenario.host,
        chair=scenario.chair,
        minutes=scenario.minutes,
        groups=scenario.groups,
        units=scenario.units,
    )


def working_day(day: date, count: int) -> date:
    """Return the day that lies `count` working days after (or before) another."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day
