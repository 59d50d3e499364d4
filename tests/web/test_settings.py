from ipaddress import ip_network
from pathlib import Path

import pytest

from web.settings import BadSettings, Settings


def problems(**environ: str) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        Settings.from_environ({f"DIEMCAU_{name}": value for name, value in environ.items()})
    return caught.value.problems


def test_settings_have_a_default_for_everything() -> None:
    settings = Settings.from_environ({})

    assert (settings.port, settings.receiver_port) == (8080, 8081)
    assert (settings.host, settings.receiver_host) == ("127.0.0.1", "127.0.0.1")
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.data == Path(".diemcau")
    assert settings.keys_file == Path(".diemcau/keys.json")
    assert settings.is_embedded
    assert not settings.demo
    assert settings.trusted_proxies == ()


def test_settings_follow_one_another() -> None:
    settings = Settings.from_environ(
        {"DIEMCAU_PORT": "9000", "DIEMCAU_HOST": "0.0.0.0", "DIEMCAU_DATA": "/srv/d"}
    )

    assert settings.base_url == "http://127.0.0.1:9000"
    assert settings.keys_file == Path("/srv/d/keys.json")


def test_settings_read_lists_and_empty_means_unset() -> None:
    settings = Settings.from_environ(
        {"DIEMCAU_TRUSTED_PROXIES": "10.0.0.0/8, ::1/128", "DIEMCAU_DATABASE_URL": ""}
    )

    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert settings.is_embedded


def test_settings_name_every_problem_at_once() -> None:
    assert problems(PORT="x", DEMO="perhaps", BASE_URL="ftp://x", RECEIVER_PORT="70000") == [
        "DIEMCAU_BASE_URL is no http:// or https:// address",
        "DIEMCAU_DEMO is neither 0 nor 1: 'perhaps'",
        "DIEMCAU_PORT is not a whole number: 'x'",
        "DIEMCAU_RECEIVER_PORT is too large: '70000'",
    ]


def test_settings_read_secrets_from_files(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://diemcau:hunter2@db/diemcau\n")

    settings = Settings.from_environ({"DIEMCAU_DATABASE_URL_FILE": str(file)})

    assert settings.database_url == "postgresql://diemcau:hunter2@db/diemcau"
    assert "hunter2" not in repr(settings)


def test_settings_name_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    assert problems(SMTP_URL_FILE=str(missing), DATABASE_URL="x", DATABASE_URL_FILE="y") == [
        "DIEMCAU_DATABASE_URL and DIEMCAU_DATABASE_URL_FILE are both set",
        "DIEMCAU_DATABASE_URL does not start with postgresql://",
        f"DIEMCAU_SMTP_URL_FILE cannot be read: {missing}: No such file or directory",
    ]


def test_settings_never_show_a_secret_in_a_problem() -> None:
    said = " ".join(problems(DATABASE_URL="mysql://u:hunter2@h", SMTP_URL="hunter2"))

    assert "hunter2" not in said


def test_settings_demand_a_folder_that_somebody_chose() -> None:
    Settings.from_environ({"DIEMCAU_DATA": ".diemcau"}).require_data()
    with pytest.raises(BadSettings) as caught:
        Settings.from_environ({}).require_data()

    assert caught.value.problems == ["DIEMCAU_DATA is not set: name the folder that keeps the data"]


def test_a_command_takes_the_store_that_make_run_made_here(scratch, monkeypatch) -> None:
    monkeypatch.chdir(scratch)
    with pytest.raises(BadSettings):
        Settings.from_environ({}).require_store()

    (scratch / ".diemcau").mkdir()

    Settings.from_environ({}).require_store()
    with pytest.raises(BadSettings):
        Settings.from_environ({}).require_data()


def test_only_the_demo_lets_probes_look_at_this_machine() -> None:
    own = {"DIEMCAU_PROBE_NETWORKS": "169.254.7.0/24"}

    assert [str(one) for one in Settings.from_environ(own).networks_to_probe] == ["169.254.7.0/24"]
    assert [
        str(one) for one in Settings.from_environ({**own, "DIEMCAU_DEMO": "1"}).networks_to_probe
    ] == ["169.254.7.0/24", "127.0.0.0/8"]


def test_settings_read_a_directory_service() -> None:
    assert Settings.from_environ({}).ldap is None
    service = Settings.from_environ(
        {
            "DIEMCAU_LDAP_URL": "ldaps://dc1.hop.vn, ldap+starttls://dc2.hop.vn:3890",
            "DIEMCAU_LDAP_BASE": "dc=hop,dc=vn",
            "DIEMCAU_LDAP_ATTRIBUTES": "login=sAMAccountName, id=objectGUID",
            "DIEMCAU_LDAP_GROUPS": "cn=a,dc=vn => secretary@11; cn=b,dc=vn=>hall@03158",
        }
    ).ldap

    assert service is not None
    assert [(one.host, one.port, one.scheme) for one in service.places] == [
        ("dc1.hop.vn", 636, "ldaps"),
        ("dc2.hop.vn", 3890, "ldap+starttls"),
    ]
    assert (service.attributes.login, service.attributes.name) == ("sAMAccountName", "cn")
    assert [(one.group, one.role.value, one.unit) for one in service.groups] == [
        ("cn=a,dc=vn", "secretary", "11"),
        ("cn=b,dc=vn", "hall", "03158"),
    ]


def test_settings_of_a_directory_service_are_checked() -> None:
    found = problems(
        LDAP_URL="http://x",
        LDAP_GROUPS="cn=a => boss@11",
        LDAP_ATTRIBUTES="uid=x",
        LDAP_FILTER="uid=x",
        LDAP_PASSWORD="hunter2",
    )

    assert [said.split(":")[0] for said in found] == [
        "DIEMCAU_LDAP_ATTRIBUTES is not written login=…, name=…, mail=…, id=…",
        "DIEMCAU_LDAP_FILTER is no filter such as (objectClass=person)",
        "DIEMCAU_LDAP_GROUPS is not written GROUP => ROLE@UNIT; …",
        "DIEMCAU_LDAP_URL is no ldap",
    ]
    assert problems(LDAP_URL="ldaps://x") == ["DIEMCAU_LDAP_BASE is not set, and it is needed: ''"]


@pytest.mark.parametrize(
    ("url", "host"),
    [("ldap://dc1.hop.vn", "dc1.hop.vn"), ("ldaps://dc1.hop.vn, ldap://10.0.0.5", "10.0.0.5")],
)
def test_passwords_go_to_another_machine_encrypted_or_not_at_all(url: str, host: str) -> None:
    [said] = problems(LDAP_URL=url, LDAP_BASE="dc=hop")

    assert said.startswith(f"DIEMCAU_LDAP_URL sends passwords unencrypted to {host};")


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("ldap://dc1.hop.vn", "1"),
        ("ldap://localhost", "0"),
        ("ldap://127.0.0.1:3890,ldap://[::1]", "0"),
        ("ldap+starttls://dc1.hop.vn", "0"),
    ],
)
def test_passwords_go_where_nobody_listens_or_where_it_was_allowed(url: str, plain: str) -> None:
    own = {"DIEMCAU_LDAP_URL": url, "DIEMCAU_LDAP_BASE": "dc=hop", "DIEMCAU_LDAP_PLAIN": plain}

    assert Settings.from_environ(own).ldap is not None
