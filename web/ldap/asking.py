"""The only place that speaks LDAP: blocking, with a limit on every wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

import ldap3
from ldap3.core import exceptions as facts
from ldap3.utils.conv import escape_filter_chars

from web.ldap.circles import Walk
from web.ldap.encrypting import StrictTls
from web.ldap.entries import Attributes, key_text, lowered, person_of, plain_dn, text, tidy
from web.ldap.model import Found, Place, Service, ServiceDown, ServiceRefuses

PATIENCE_SECONDS = 5
PAGE = 500
MEMBERS = ("member", "uniqueMember")
GROUPS = (
    "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)"
    "(member=*)(uniqueMember=*))"
)
GROUP_KINDS = frozenset({"group", "groupofnames", "groupofuniquenames", "groupofmembers"})

WRONG_PASSWORD = (
    facts.LDAPInvalidCredentialsResult,
    facts.LDAPInappropriateAuthenticationResult,
    facts.LDAPConstraintViolationResult,
    facts.LDAPUnwillingToPerformResult,
    facts.LDAPInsufficientAccessRightsResult,
    facts.LDAPSASLPrepError,
)
"""What is said of a wrong, empty, expired or locked password; which of them is not told on.

The last one is the library's own: nobody has a password of these characters (RFC 4513, 5.1.3).
"""

ELSEWHERE = (
    facts.LDAPNoSuchObjectResult,
    facts.LDAPReferralResult,
    facts.LDAPInvalidDNSyntaxResult,
)
"""What is said of a member that was removed, or is of another domain: none of ours."""

SILENT = (
    facts.LDAPSocketOpenError,
    facts.LDAPSocketReceiveError,
    facts.LDAPSocketSendError,
    facts.LDAPSessionTerminatedByServerError,
    facts.LDAPResponseTimeoutError,
    facts.LDAPStartTLSError,
    facts.LDAPUnavailableResult,
    facts.LDAPBusyResult,
    OSError,
)


def read_people(service: Service) -> list[Found]:
    """Return everybody whom the filter finds; all of them, or an error.

    Raises:
        ServiceDown, ServiceRefuses: as `opened`; a group of the map is not there.
    """
    names = service.attributes
    wanted = [names.login, names.name, names.mail, names.id, "memberOf"]
    with opened(service) as conn:
        entries = list(searched(conn, service.base, service.filter, wanted))
        people = frozenset(plain_dn(dn) for dn, _ in entries)
        walk = Walk(people, partial(members_of, conn), may_be_group=sorter(conn, service))
        circles = {one.group: walk.circle(one.group) for one in service.groups}
    found = (person_of(dn, attributes, service, circles) for dn, attributes in entries)
    return [person for person in found if person is not None]


def sorter(conn: ldap3.Connection, service: Service) -> Callable[[str], bool]:
    """Return what tells whether an entry may be a group, without asking for each that is none.

    Below the base all groups are known at once; people whom the filter leaves out are none.
    """
    inside, found = f",{plain_dn(service.base)}", set[str]()
    if service.groups:
        found.update(plain_dn(dn) for dn, _ in searched(conn, service.base, GROUPS, ["1.1"]))
    return lambda name: name in found or not name.endswith(inside)


def members_of(conn: ldap3.Connection, dn: str) -> frozenset[str] | None:
    """Return whom a group names; None of an entry that is none, or is not there.

    Active Directory gives long lists in parts, which the library puts together.
    """
    try:
        conn.search(tidy(dn), "(objectClass=*)", ldap3.BASE, attributes=["objectClass", *MEMBERS])
    except ELSEWHERE:
        return None
    entries = [one for one in conn.response or () if one["type"] == "searchResEntry"]
    if not entries:
        return None
    values = lowered(entries[0]["raw_attributes"])
    kinds = {text(value).lower() for value in values.get("objectclass", ())}
    named = frozenset(text(value) for name in MEMBERS for value in values.get(name.lower(), ()))
    return named if named or kinds & GROUP_KINDS else None


def searched(
    conn: ldap3.Connection, base: str, wanted: str, attributes: Sequence[str]
) -> Iterator[tuple[str, Attributes]]:
    """Yield every entry that matches, page by page."""
    entries = conn.extend.standard.paged_search(
        base, wanted, ldap3.SUBTREE, attributes=list(attributes), paged_size=PAGE, generator=True
    )
    for one in entries:
        if one["type"] == "searchResEntry":
            yield one["dn"], lowered(one["raw_attributes"])


def is_right(service: Service, login: str, key: str, password: str) -> bool:
    """Tell whether the password is that of the entry with that login and id.

    An empty password is never right: a server takes it for a bind without a name.

    Raises:
        ServiceDown, ServiceRefuses: as `opened`.
    """
    names = service.attributes
    wanted = f"(&{service.filter}({names.login}={escape_filter_chars(login)}))"
    with opened(service) as conn:
        found = [
            dn
            for dn, attributes in searched(conn, service.base, wanted, [names.id])
            if key_text(attributes.get(names.id.lower(), ())) == key
        ]
        if len(found) != 1 or not password or "\0" in password:
            return False
        try:
            return bool(conn.rebind(found[0], password, authentication=ldap3.SIMPLE))
        except WRONG_PASSWORD:
            return False


@contextmanager
def opened(service: Service) -> Iterator[ldap3.Connection]:
    """Lend a connection to the first server that answers, bound as the service account.

    Raises:
        ServiceDown: none answers.
        ServiceRefuses: one does, and refuses what is asked.
    """
    conn = first_open(service)
    try:
        yield conn
    except SILENT as error:
        raise ServiceDown(reason_of(error)) from error
    except facts.LDAPException as error:
        raise ServiceRefuses(reason_of(error)) from error
    finally:
        close(conn)


def first_open(service: Service) -> ldap3.Connection:
    """Return a connection to the first server that answers."""
    silent: list[str] = []
    for place in service.places:
        try:
            return connect(service, place)
        except SILENT as error:
            silent.append(f"{place.host}:{place.port}: {reason_of(error)}")
        except facts.LDAPException as error:
            raise ServiceRefuses(reason_of(error)) from error
    raise ServiceDown("; ".join(silent))


def connect(service: Service, place: Place) -> ldap3.Connection:
    """Return a connection to a server, encrypted where it should be, bound as the account."""
    server = ldap3.Server(
        place.host,
        port=place.port,
        use_ssl=place.scheme == "ldaps",
        tls=StrictTls(place.host, service.ca_file),
        get_info=ldap3.NONE,
        connect_timeout=PATIENCE_SECONDS,
    )
    conn = ldap3.Connection(
        server,
        user=service.bind_dn or None,
        password=service.password or None,
        auto_referrals=False,
        raise_exceptions=True,
        receive_timeout=PATIENCE_SECONDS,
    )
    try:
        conn.open()
        if place.scheme == "ldap+starttls":
            conn.start_tls()
        conn.bind()
    except Exception:
        close(conn)
        raise
    return conn


def close(conn: ldap3.Connection) -> None:
    """Hang up; whoever does not listen any more need not hear it."""
    with suppress(facts.LDAPException, OSError):
        conn.unbind()
    # The library forgets a socket that could not connect without closing it.
    if conn.socket is not None:
        conn.socket.close()


def reason_of(error: BaseException) -> str:
    """Return why in one short line."""
    said = " ".join(str(error).split())
    return said[:200] or type(error).__name__
