import re
from pathlib import Path

from monitoring import reasons
from monitoring.letters import ENGLISH
from monitoring.probes.observing import OURS, REASONS

SOURCE = Path(reasons.__file__).parent
RAISED = re.compile(r'(NoAnswer|Unseen)\("([a-z-]+)"\)')


def raised(fact: str) -> set[str]:
    found = [RAISED.findall(path.read_text()) for path in SOURCE.rglob("*.py")]
    return {code for pairs in found for kind, code in pairs if kind == fact}


def test_every_code_is_listed_on_its_side():
    assert raised("NoAnswer") | set(REASONS.values()) <= reasons.FAILURES
    assert raised("Unseen") | set(OURS.values()) <= reasons.BLIND
    assert reasons.FAILURES.isdisjoint(reasons.BLIND)


def test_a_letter_has_words_for_every_failure():
    assert ENGLISH.keys() >= reasons.FAILURES
