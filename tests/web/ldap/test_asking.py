"""What a real server of a directory service says to us."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.model import Role
from tests.web.ldap.slapd import BASE
from web.ldap.asking import is_right, read_people
from web.ldap.entries import key_text, plain_dn
from web.ldap.model import GroupRole, Service, ServiceDown, ServiceRefuses, place_of

SECRETARIES = f"cn=thu-ky,{BASE}"
NOBODY_LISTENS = place_of("ldap://127.0.0.1:9")


def found(service: Service):
    return {one.login: one for one in read_people(service)}


def test_everybody_is_read_page_by_page_with_their_groups(directory_service):
    groups = (
        GroupRole(group=f"CN=thu-ky, {BASE.upper()}", role=Role.SECRETARY, unit="11"),
        GroupRole(group=f"cn=ky-thuat,{BASE}", role=Role.TECHNICIAN, unit="11"),
    )

    people = found(directory_service.service(groups=groups))

    assert sorted(people) == ["chien", "dung", "lan", "ngoai"]
    lan = people["lan"]
    assert (lan.name, lan.email, len(lan.key)) == ("Lò Thị Lan", "lan@hop.example", 36)
    assert [sorted(people[login].groups) for login in ("chien", "lan", "ngoai")] == [
        sorted(one.group for one in groups),
        [groups[0].group],
        [],
    ]


def test_groups_inside_groups_are_followed_and_one_inside_itself_ends(directory_service):
    names = ("ca-tinh", "phong-a", "phong-b", "thu-ky")
    groups = tuple(
        GroupRole(group=f"cn={name},{BASE}", role=Role.SECRETARY, unit="11") for name in names
    )

    people = found(directory_service.service(groups=groups))

    assert {
        login: [name for name in names if f"cn={name},{BASE}" in one.groups]
        for login, one in people.items()
    } == {
        "lan": ["ca-tinh", "phong-a", "phong-b", "thu-ky"],
        "chien": ["ca-tinh", "phong-a", "phong-b", "thu-ky"],
        "dung": ["ca-tinh", "phong-a", "phong-b"],
        "ngoai": [],
    }


def test_first_server_that_answers_is_asked(directory_service):
    service = directory_service.service()
    places = (NOBODY_LISTENS, *service.places)

    assert len(read_people(directory_service.service(places=places))) == 4
    with pytest.raises(ServiceDown):
        read_people(directory_service.service(places=(NOBODY_LISTENS,)))


@pytest.mark.parametrize("scheme", ["ldaps", "ldap+starttls"])
def test_only_a_certificate_that_is_trusted_is_spoken_to(directory_service, scheme):
    port = directory_service.secure_port if scheme == "ldaps" else directory_service.port
    places = (place_of(f"{scheme}://127.0.0.1:{port}"),)
    service = directory_service.service(places=places)

    with pytest.raises(ServiceDown):
        read_people(service)
    trusted = replace(service, ca_file=directory_service.folder / "own.pem")
    assert len(read_people(trusted)) == 4
    other_host = replace(trusted, places=(replace(places[0], host="localhost"),))
    with pytest.raises(ServiceDown):
        read_people(other_host)


@pytest.mark.parametrize(
    "changed",
    [
        {"password": "falsch"},
        {"bind_dn": "", "password": ""},
        {"base": f"ou=nowhere,{BASE}"},
        {"filter": "(objectClass=inetOrgPerson"},
        {"groups": (GroupRole(group=f"cn=none,{BASE}", role=Role.ADMIN, unit="11"),)},
    ],
)
def test_what_the_service_refuses_is_no_empty_answer(directory_service, changed):
    with pytest.raises(ServiceRefuses):
        read_people(directory_service.service(**changed))


def test_password_is_right_for_its_own_entry_only(directory_service):
    service = directory_service.service()
    people = found(service)
    lan, chien = people["lan"].key, people["chien"].key
    right = "mật khẩu của Lan"

    assert [
        is_right(service, login, key, password)
        for login, key, password in (
            ("lan", lan, right),
            ("lan", lan, ""),
            ("lan", lan, "sai"),
            ("lan", chien, right),
            ("*", lan, right),
            ("lan)(uid=*", lan, right),
            ("ai-do", lan, right),
        )
    ] == [True, False, False, False, False, False, False]


@pytest.mark.parametrize("password", ["\u00ad", "\u200b", "mật\tkhẩu", "mật\ue000", "א1a", "\0"])
def test_password_that_no_server_would_be_sent_is_a_wrong_one(directory_service, password):
    service = directory_service.service()

    assert not is_right(service, "lan", found(service)["lan"].key, password)


def test_names_of_entries_are_compared_without_case_and_blanks():
    assert plain_dn("CN=Thư ký, DC=Hop") == plain_dn("cn=Thư ký,dc=hop")
    assert plain_dn(r"cn=a\,b,dc=x") == plain_dn(r"CN=a\,b, DC=x")


@given(st.text(max_size=40))
def test_any_text_is_compared(dn):
    assert plain_dn(dn) == plain_dn(dn)


def test_id_of_active_directory_is_read_from_its_bytes():
    guid = bytes.fromhex("ff112233445566778899aabbccddeeff")

    assert key_text([guid]) == "332211ff-5544-7766-8899-aabbccddeeff"
    assert key_text([bytes(range(16))]) == "03020100-0504-0706-0809-0a0b0c0d0e0f"
    assert key_text([b"2f9a"]) == "2f9a"
    assert key_text([b"16 chars of text"]) == "16 chars of text"
    assert key_text([]) == ""
