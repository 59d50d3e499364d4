"""Names under which the trial application keeps its parts."""

from __future__ import annotations

import jinja2
from aiohttp import web

from bridges.trial.admission import TrialBridge
from bridges.trial.config import TrialConfig

CONFIG = web.AppKey("trial_config", TrialConfig)
BRIDGE = web.AppKey("trial_bridge", TrialBridge)
TEMPLATES = web.AppKey("trial_templates", jinja2.Environment)
