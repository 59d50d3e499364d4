"""A real slapd of our own on the loopback: a fresh folder, no rights of root needed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_ports
from web.ldap.model import Attributes, Service, place_of

BASE = "dc=hop,dc=example"
ADMIN = f"cn=admin,{BASE}"
PASSWORD = "mật khẩu dịch vụ"
SCHEMAS = Path("/etc/ldap/schema")
MODULES = Path("/usr/lib/ldap")
START_SECONDS = 30

CONFIG = """
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
TLSCertificateFile {folder}/own.pem
TLSCertificateKeyFile {folder}/own.key
sizelimit 3
database mdb
suffix "{base}"
rootdn "cn=root,{base}"
rootpw secret
directory {folder}/data
limits dn.exact="{admin}" size.soft=3 size.pr=unlimited size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{admin}" read by anonymous auth by * none
"""

TREE = f"""
dn: {BASE}
objectClass: dcObject
objectClass: organization
o: Tỉnh
dc: hop

dn: {ADMIN}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: admin
userPassword: {PASSWORD}

"""


def missing() -> str:
    """Return why there is no slapd to try, or ""."""
    if program("slapd") is None or program("slapadd") is None:
        return "slapd is not installed (Debian: apt-get install slapd)"
    return "" if SCHEMAS.is_dir() and MODULES.is_dir() else "the schemas of slapd are elsewhere"


def program(name: str) -> str | None:
    """Return where a program of the server is."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def somebody(login: str, name: str, password: str = "", mail: str = "") -> str:
    """Return a person as LDIF."""
    lines = [f"dn: uid={login},{BASE}", "objectClass: inetOrgPerson", f"uid: {login}"]
    lines += [f"cn: {name}", f"sn: {name}"]
    lines += [f"mail: {mail}"] if mail else []
    lines += [f"userPassword: {password}"] if password else []
    return "\n".join(lines) + "\n\n"


def a_group(name: str, *logins: str, groups: Sequence[str] = ()) -> str:
    """Return a group of people and of groups as LDIF."""
    lines = [f"dn: cn={name},{BASE}", "objectClass: groupOfNames", f"cn: {name}"]
    inside = [*(f"uid={login}" for login in logins), *(f"cn={group}" for group in groups)]
    return "\n".join(lines + [f"member: {one},{BASE}" for one in inside]) + "\n\n"


@dataclass(slots=True)
class Slapd:
    """A server that runs, and how we reach it."""

    folder: Path
    port: int
    secure_port: int

    @property
    def url(self) -> str:
        """Return the address."""
        return f"ldap://127.0.0.1:{self.port}"

    def service(self, **changed: object) -> Service:
        """Return the settings under which it answers."""
        values: dict[str, object] = {
            "places": (place_of(self.url),),
            "base": BASE,
            "filter": "(objectClass=inetOrgPerson)",
            "bind_dn": ADMIN,
            "password": PASSWORD,
            "attributes": Attributes(),
        }
        return Service(**(values | changed))  # type: ignore[arg-type]  # checked by its users

    def environ(self, **more: str) -> dict[str, str]:
        """Return the same as the environment says it."""
        return {
            "DIEMCAU_LDAP_URL": self.url,
            "DIEMCAU_LDAP_BASE": BASE,
            "DIEMCAU_LDAP_BIND_DN": ADMIN,
            "DIEMCAU_LDAP_PASSWORD": PASSWORD,
            **more,
        }


@contextmanager
def running(folder: Path, ldif: str) -> Iterator[Slapd]:
    """Run a server with these entries; it is stopped and forgotten afterwards."""
    certify(folder)
    (folder / "data").mkdir(parents=True)
    config = folder / "slapd.conf"
    config.write_text(
        CONFIG.format(schemas=SCHEMAS, modules=MODULES, folder=folder, base=BASE, admin=ADMIN)
    )
    load = [program("slapadd") or "", "-q", "-f", str(config)]
    subprocess.run(load, input=TREE + ldif, text=True, check=True, capture_output=True, timeout=60)
    server = Slapd(folder, *free_ports())
    listen = f"{server.url} ldaps://127.0.0.1:{server.secure_port}"
    # -d keeps it in the foreground; it tells nothing at this level.
    command = [program("slapd") or "", "-f", str(config), "-h", listen, "-d", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(server.port, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def certify(folder: Path) -> None:
    """Write a certificate of our own for the loopback."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "slapd")]), datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    day = timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day)
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "own.pem").write_bytes(signed.public_bytes(pem))
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "own.key").write_bytes(key.private_bytes(pem, kind, plain))


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens."""
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise RuntimeError("slapd does not start")
