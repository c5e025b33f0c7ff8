"""PASS and FAIL lines, and how many of each."""

import sys
import time
import traceback
from pathlib import Path


class Failure(Exception):
    """A check found something wrong; its text says what was expected and what was there."""


class Skipped(Exception):
    """A check cannot run here; its text says why."""


def require(condition, text: str) -> None:
    if not condition:
        raise Failure(text)


class Report:
    """Runs checks one after the other and prints a line for each."""

    def __init__(self, only: str | None = None):
        self.only = only
        self.passed = self.skipped = 0
        self.failures: list[str] = []

    def check(self, name: str, body, *arguments) -> None:
        """Runs a check; what it returns is printed behind its name."""
        if self.only and self.only not in name:
            return
        began = time.monotonic()
        trace = ""
        try:
            note = body(*arguments)
            self.passed += 1
            word = "PASS"
        except Skipped as reason:
            self.skipped += 1
            word, note = "SKIP", reason
        except Failure as failure:
            word, note = "FAIL", failure
        except Exception as error:  # a check that breaks has not passed
            trace = traceback.format_exc()
            lines = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)]
            word, note = "FAIL", f"{' '.join(lines[1:3])} {type(error).__name__}: {error}"
        seconds = time.monotonic() - began
        line = f"{word} {name} ({seconds:.1f} s){f': {note}' if note else ''}"
        if word == "FAIL":
            self.failures.append(line)
        # In one piece, as several parts may print at once.
        sys.stdout.write(f"{trace}{line}\n")
        sys.stdout.flush()

    def close(self) -> int:
        """Prints the failures once more, together, and the count; returns the exit code."""
        if self.failures:
            print("\nfailed:", *self.failures, sep="\n")
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {len(self.failures)} failed{skipped}")
        return 1 if self.failures or not self.passed else 0


def joined(reports) -> Report:
    """The reports of several parts as one."""
    whole = Report()
    for report in reports:
        whole.passed += report.passed
        whole.skipped += report.skipped
        whole.failures += report.failures
    return whole
