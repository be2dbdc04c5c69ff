"""Ask a sound API and wait, without wasting money."""

from soundgen_nb.api.account import Account, Audio, Doorbell, Notice, Outcome
from soundgen_nb.api.client import Client
from soundgen_nb.api.polling import PollBudget

__all__ = ["Account", "Audio", "Client", "Doorbell", "Notice", "Outcome", "PollBudget"]
