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


def busy(pinned):
    """Seconds that the given cores have worked since the machine started, for whomever."""
    names = {f"cpu{core}" for core in pinned}
    ticks = 0
    with open("/proc/stat", encoding="utf-8") as stat:
        for line in stat:
            name, *times = line.split()
            if name in names:
                # user, nice, system, idle, iowait, irq, softirq, steal
                ticks += sum(int(t) for i, t in enumerate(times[:8]) if i not in (3, 4))
    return ticks / os.sysconf("SC_CLK_TCK")


def run(command, threads=2, env=None, meanwhile=None):
    """Seconds, peak memory (bytes) and output of `command` pinned to `threads` cores, and the share of those cores that
    others used. `meanwhile` is called every second until it answers true."""
    pinned = cores(threads)
    before, started = busy(pinned), time.perf_counter()
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
    ended = threading.Event()
    if meanwhile:
        threading.Thread(target=lambda: _repeat(meanwhile, ended), daemon=True).start()
    output = child.stdout.read()
    reader.join()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    ended.set()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        tail = b"\n".join(errors[0].splitlines()[-12:]).decode(errors="replace")
        raise Failed(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{tail}")
    own = usage.ru_utime + usage.ru_stime
    others = max(0.0, busy(pinned) - before - own) / (seconds * len(pinned))
    return {
        "seconds": seconds,
        "peak_bytes": usage.ru_maxrss * 1024,
        "cpu_seconds": own,
        "others": others,
        "output": output.decode(errors="replace"),
    }


def _repeat(action, ended):
    while not ended.wait(1.0) and not action():
        pass


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


def parquet(folder):
    """Bytes and number of the Parquet files below a folder, or of the one file named."""
    if os.path.isfile(folder):
        return os.path.getsize(folder), 1
    sizes = [
        os.path.getsize(os.path.join(where, name))
        for where, _, names in os.walk(folder)
        if not where.endswith("_delta_log")
        for name in names
        if name.endswith(".parquet")
    ]
    return sum(sizes), len(sizes)


def say(text):
    print(text, file=sys.stderr, flush=True)
