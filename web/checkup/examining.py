"""Every part in the order in which one needs the other."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from web.checkup.finding import Finding
from web.checkup.inside import look_at_store
from web.checkup.ldap import look_at_ldap
from web.checkup.local import look_at_folder, look_at_keys, look_at_major, look_at_spools
from web.checkup.network import look_at_mail, look_at_receiver
from web.settings import Settings


async def examine(settings: Settings) -> AsyncGenerator[Finding, None]:
    """Look at every part in the order in which one needs the other."""
    yield look_at_folder(settings.data)
    yield look_at_keys(settings.keys_file)
    stopper = look_at_major(settings)
    if stopper is not None:
        yield stopper
    else:
        async with aclosing(look_at_store(settings)) as findings:
            async for finding in findings:
                yield finding
    yield look_at_spools(settings.data)
    yield await look_at_receiver(settings)
    yield await look_at_mail(settings)
    if settings.ldap is not None:
        yield await look_at_ldap(settings.ldap)
