"""Runs a command as a child process on chosen cores and says what it cost, by the kernel's own account."""

import json
import os
import subprocess
import sys
import threading
import time


class Failed(Exception):
    """A measured command ended badly; the message has its last lines."""


def cores(count):
    """The first `count` cores this process may use."""
    return sorted(os.sched_getaffinity(0))[:count]


def run(command, threads=2, env=None):
    """Seconds, peak memory (bytes) and output of `command` pinned to `threads` cores."""
    pinned = cores(threads)
    started = time.perf_counter()
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
        preexec_fn=lambda: os.sched_setaffinity(0, pinned),
    )
    # A second reader, so that a child that says much on one pipe never waits for the other.
    errors = []
    reader = threading.Thread(target=lambda: errors.append(child.stderr.read()))
    reader.start()
    output = child.stdout.read()
    reader.join()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        tail = b"\n".join(errors[0].splitlines()[-12:]).decode(errors="replace")
        raise Failed(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{tail}")
    return {
        "seconds": seconds,
        "peak_bytes": usage.ru_maxrss * 1024,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "output": output.decode(errors="replace"),
    }


class Worker:
    """A child that answers one JSON line for each JSON line it is sent: what "warm" means here."""

    def __init__(self, command, threads=2):
        pinned = cores(threads)
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, pinned)
        )

    def ask(self, question):
        self.child.stdin.write(json.dumps(question) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            raise Failed(f"the worker {self.child.args[0]} ended early")
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def close(self):
        self.child.stdin.close()
        _, _, usage = os.wait4(self.child.pid, 0)
        self.child.returncode = 0
        return usage.ru_maxrss * 1024


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def percentile(values, share):
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def say(text):
    print(text, file=sys.stderr, flush=True)
