"""The trial bridge as an aiohttp application, mounted by the program at `/trial`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from bridges.trial import control
from bridges.trial.admission import TrialBridge
from bridges.trial.config import TrialConfig
from bridges.trial.keys import BRIDGE, CONFIG, TEMPLATES
from bridges.trial.pages import STATIC, make_templates, show_room
from bridges.trial.sending import Sender
from bridges.trial.sockets import enter


def trial_app(config: TrialConfig) -> web.Application:
    """Return the bridge's application; it opens nothing before it is started."""
    app = web.Application()
    app[CONFIG] = config
    app[TEMPLATES] = make_templates()
    app[BRIDGE] = TrialBridge(config, Sender(config))
    app.add_routes(control.routes)
    app.router.add_static("/static", STATIC)
    app.router.add_get("/{room}", show_room)
    app.router.add_get("/{room}/socket", enter)
    app.cleanup_ctx.append(sending)
    app.cleanup_ctx.append(sweeping)
    app.on_shutdown.append(closing)
    return app


async def sending(app: web.Application) -> AsyncIterator[None]:
    """Keep the client for the two services open."""
    async with app[BRIDGE].sender:
        yield


async def sweeping(app: web.Application) -> AsyncIterator[None]:
    """Sweep now and then for as long as the application runs."""
    task = asyncio.create_task(sweep_forever(app[BRIDGE]), name="trial sweep")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def sweep_forever(bridge: TrialBridge) -> None:
    """Sweep on Prosody's rhythm."""
    while True:
        await asyncio.sleep(bridge.config.timing.sweep.total_seconds())
        bridge.sweep()


async def closing(app: web.Application) -> None:
    """End all rooms while the sockets can still be told."""
    await app[BRIDGE].stop()
