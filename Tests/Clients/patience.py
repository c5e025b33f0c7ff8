"""How long checks wait. Nothing is judged by how long it takes: the machine may be slow, or busy with other checks."""

import time
import urllib.request

# Seconds; only what hangs takes as long.
PATIENCE = 600


def eventually(condition, pause: float = 0.05, sleep=time.sleep):
    """What `condition()` gives as soon as that is true, else what it gives when patience ends; asked again after
    seconds of pause."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()) and time.monotonic() < end:
        sleep(pause)
    return found


def answers(url: str) -> bool:
    """Whether there is a server that has this."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE):
            return True
    except OSError:
        return False
