"""One slapd for all tests of this folder that only read; it is started when first asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.ldap import slapd

PEOPLE = (
    slapd.somebody("lan", "Lò Thị Lan", "mật khẩu của Lan", "lan@hop.example")
    + slapd.somebody("chien", "Quàng Văn Chiến", "mật khẩu của Chiến")
    + slapd.somebody("dung", "Vàng A Dũng", "mật khẩu của Dũng")
    + slapd.somebody("ngoai", "Người ngoài", "mật khẩu khác")
    + slapd.a_group("thu-ky", "lan", "chien")
    + slapd.a_group("ky-thuat", "chien", "dung")
    + slapd.a_group("ca-tinh", groups=("phong-a", "khong-co", "admin"))
    + slapd.a_group("phong-a", "dung", groups=("thu-ky", "phong-b"))
    + slapd.a_group("phong-b", groups=("phong-b", "ca-tinh"))
)


@pytest.fixture(scope="module")
def directory_service() -> Iterator[slapd.Slapd]:
    """Give a server with four people in groups, also in each other; three at once are too many."""
    if reason := slapd.missing():
        pytest.skip(reason)
    with (
        tempfile.TemporaryDirectory(prefix="diemcau-slapd-") as folder,
        slapd.running(Path(folder), PEOPLE) as server,
    ):
        yield server
