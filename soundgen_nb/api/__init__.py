"""Ask a sound API and wait, without wasting money."""

from soundgen_nb.api.account import Account, Audio, Notice, Outcome
from soundgen_nb.api.client import Client
from soundgen_nb.api.polling import PollBudget
from soundgen_nb.api.watch import Doorbell
from soundgen_nb.api.webhook import WebhookReceiver

__all__ = [
    "Account",
    "Audio",
    "Client",
    "Doorbell",
    "Notice",
    "Outcome",
    "PollBudget",
    "WebhookReceiver",
]
