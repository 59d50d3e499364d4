"""The directory service: whether it answers, and whether nobody listens on the way."""

import asyncio

from web.checkup.finding import Finding, broken, well
from web.i18n import N_
from web.ldap.asking import read_people
from web.ldap.model import LdapError, Service


async def look_at_ldap(service: Service) -> Finding:
    """Read everybody once, as the command would."""
    part = N_("directory service")
    try:
        people = await asyncio.to_thread(read_people, service)
    except LdapError as error:
        sentence = N_("the directory service does not give its people: %(reason)s")
        return broken(part, sentence, reason=error.reason)
    if not people:
        return broken(part, N_("the directory service answers, but its filter finds nobody"))
    if open_ones := [place.host for place in service.places if not place.is_private]:
        sentence = N_(
            "the directory service answers and finds %(count)s people, and passwords travel "
            "unencrypted to %(hosts)s, as DIEMCAU_LDAP_PLAIN allows"
        )
        return well(part, sentence, count=len(people), hosts=", ".join(open_ones))
    sentence = N_("the directory service answers and finds %(count)s people")
    return well(part, sentence, count=len(people))
