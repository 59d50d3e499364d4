"""What answers over the network: receiver, bridges, mail server."""

from datetime import timedelta
from http import HTTPStatus

import aiosmtplib
from aiohttp import ClientError, ClientSession, ClientTimeout

from bridges.model import Bridge
from web.channels.mail import connection_of
from web.checkup.finding import Finding, broken, well
from web.i18n import N_
from web.settings import Settings, local_url

PATIENCE = timedelta(seconds=5)


async def get(url: str) -> str:
    """Return "" when an address answers without an error of its own, else what is wrong."""
    timeout = ClientTimeout(total=PATIENCE.total_seconds())
    try:
        async with ClientSession(timeout=timeout) as client, client.get(url) as answer:
            fine = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
            return "" if fine else f"HTTP {answer.status}"
    except (ClientError, OSError, ValueError) as error:
        return str(error) or type(error).__name__


async def look_at_receiver(settings: Settings) -> Finding:
    """Ask the receiver whether it lives."""
    url = f"{local_url(host=settings.receiver_host, port=settings.receiver_port)}/healthz"
    if reason := await get(url):
        sentence = N_("no receiver answers at %(url)s; is the service running? (%(reason)s)")
        return broken(N_("receiver"), sentence, url=url, reason=reason)
    return well(N_("receiver"), N_("the receiver answers at %(url)s"), url=url)


async def look_at_bridge(bridge: Bridge) -> Finding:
    """Ask a bridge's public address whether anybody is there."""
    values = {"name": bridge.name, "url": bridge.public_url}
    if reason := await get(bridge.public_url):
        sentence = N_("the bridge %(name)s does not answer at %(url)s: %(reason)s")
        return broken(N_("bridges"), sentence, **values, reason=reason)
    return well(N_("bridges"), N_("the bridge %(name)s answers at %(url)s"), **values)


async def look_at_mail(settings: Settings) -> Finding:
    """Ask the mail server whether it would take a message from us."""
    part = N_("mail")
    if settings.smtp_url is None:
        return well(part, N_("no mail server is set (DIEMCAU_SMTP_URL): alerts are not mailed"))
    limit = {"timeout": PATIENCE.total_seconds()}
    client = aiosmtplib.SMTP(**{**connection_of(settings.smtp_url), **limit})
    try:
        async with client:
            await client.noop()
    except (aiosmtplib.SMTPException, OSError) as error:
        return broken(part, N_("the mail server does not answer: %(reason)s"), reason=error)
    return well(part, N_("the mail server answers"))
