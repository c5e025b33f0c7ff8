"""What a peer's work cost, without the loading of Python packages before it."""

import json
import resource
import time
from contextlib import contextmanager


def _processor() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


@contextmanager
def own_cost(**facts):
    """Prints seconds, processor seconds and the facts given (and added) as one line of JSON."""
    start, processor = time.monotonic(), _processor()
    yield facts
    print(json.dumps({
        "seconds": time.monotonic() - start, "processor": _processor() - processor, **facts}))
