import pytest

from monitoring.buffer import Buffer
from tests.monitoring.makers import MINUTE, NOON, a_result

RESULTS = [a_result("u", NOON + n * MINUTE) for n in range(6)]


def test_a_batch_that_was_written_is_gone():
    buffer = Buffer()
    for result in RESULTS:
        buffer.add(result)

    with buffer.batch(4) as taken:
        assert taken == RESULTS[:4]
    assert list(buffer.results) == RESULTS[4:]


def test_a_batch_that_was_not_written_comes_back_in_order():
    buffer = Buffer()
    for result in RESULTS[:5]:
        buffer.add(result)

    def fail() -> None:
        with buffer.batch(3):
            buffer.add(RESULTS[5])
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()
    assert list(buffer.results) == RESULTS
    assert buffer.lost == 0


def test_when_full_the_oldest_is_lost_and_counted():
    buffer = Buffer(most=4)
    for result in RESULTS:
        buffer.add(result)

    assert list(buffer.results) == RESULTS[2:]
    assert buffer.lost == 2
