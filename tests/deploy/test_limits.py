"""What the nginx of deploy/ lets pass, against what the program takes; no nginx is needed."""

import re
from pathlib import Path

from bridges.receiving.heads import LARGEST_BODY, LARGEST_HEAD
from bridges.spooling.framing import LARGEST_RECORD

CONF = Path(__file__).parents[2] / "deploy/nginx/diemcau.conf"
EVENTS = re.compile(r"location [^{]*/events/ \{[^}]*client_max_body_size (\d+)m;")


def test_an_event_that_the_receiver_takes_passes_nginx_and_fits_the_spool():
    """What nginx refuses nobody hears of; what the receiver refuses is counted and told."""
    [megabytes] = EVENTS.findall(CONF.read_text())

    assert int(megabytes) * 1024**2 > 2 * LARGEST_BODY
    assert LARGEST_BODY + LARGEST_HEAD <= LARGEST_RECORD
