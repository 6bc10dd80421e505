"""The program under test: how it is started, what it was asked to train, what it left behind."""

import hashlib
import json
import os
import pathlib
import random
import re
import signal
import struct
import subprocess
import time

# `zoo help exit-codes`; anything else, and any death by a signal nobody sent, is a crash.
EXIT_CODES = {0, 1, 2, 3, 4, 5, 6, 129, 130, 143}
STEP = re.compile(r"step-(\d{6,})")


class Skip(Exception):
    """A test that this machine cannot do, and why."""


class Outcome:
    """How a process ended."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    @property
    def crashed(self):
        return self.code not in EXIT_CODES

    @property
    def doubts(self):
        """The lines that warn of a checkpoint."""
        return [
            line for line in self.err.splitlines()
            if "warning" in line and "/checkpoints/" in line]

    def __str__(self):
        return f"exit {self.code}, stderr: {self.err.strip()[:600] or '(nothing)'}"


class Bench:
    """What every test is given: the program, a folder of its own, chance, and a list of faults."""

    def __init__(self, zoo, folder, short, seed):
        self.zoo, self.folder, self.short = zoo, pathlib.Path(folder), short
        self.random = random.Random(seed)
        self.faults = []
        self._folders = 0
        self._processes = []

    def check(self, holds, fault):
        """Remembers a fault unless `holds`; returns `holds`."""
        if not holds:
            self.faults.append(str(fault))
        return bool(holds)

    def amount(self, full, short):
        """How often something is done in this form of the test."""
        return short if self.short else full

    def sample(self, items, short):
        """All items, or in the short form a few of them, evenly spread."""
        items = list(items)
        if not self.short or len(items) <= short:
            return items
        return [items[(2 * i + 1) * len(items) // (2 * short)] for i in range(short)]

    def place(self, config=None):
        """A new folder, with `small.json` in it."""
        self._folders += 1
        folder = self.folder / str(self._folders)
        folder.mkdir()
        if config is not None:
            (folder / "small.json").write_text(json.dumps(config))
        return folder

    def start(self, folder, *words, before=(), **options):
        """Starts the program in `folder`; `before` are the words of a command that starts it."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("stdin", subprocess.DEVNULL)
        # A group of its own: killing strace alone would leave the program.
        process = subprocess.Popen(
            [*before, self.zoo, *map(str, words)], cwd=folder, text=True, errors="replace",
            start_new_session=True, **options)
        self._processes.append(process)
        return process

    def finish(self, process, seconds=120):
        """Waits for a process; one that does not end is killed, and a fault."""
        begin = time.monotonic()
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            end(process)
            out, err = process.communicate()
            self.check(False, f"still running after {seconds} s: {process.args}")
        return Outcome(process.returncode, out or "", err or "", time.monotonic() - begin)

    def close(self):
        """Ends what a test that failed has left running."""
        for process in self._processes:
            if process.poll() is None:
                end(process)
                process.wait()

    def call(self, folder, *words, **options):
        """Runs the program to its end; a crash is a fault whatever the test looks at."""
        outcome = self.finish(self.start(folder, *words, **options))
        killed = options.get("before") and outcome.code in (-signal.SIGKILL, 128 + signal.SIGKILL)
        if not killed:
            self.check(not outcome.crashed, f"crash of zoo {' '.join(map(str, words))}: {outcome}")
        return outcome

    def run(self, folder, *words, threads=1, **options):
        """`zoo run small.json --out run`."""
        return self.call(
            folder, "run", "small.json", "--out", "run", "--threads", threads, *words, **options)

    def resume(self, folder, *words, threads=1, **options):
        """`zoo resume run`."""
        return self.call(folder, "resume", "run", "--threads", threads, *words, **options)

    def go_on(self, folder, *words, **options):
        """Continues the run in `folder`, or starts it when it was ended before it had a folder."""
        step = self.resume if (folder / "run").exists() else self.run
        return step(folder, *words, **options)

    def reference(self, config):
        """What the config's run leaves when nothing disturbs it."""
        folder = self.place(config)
        outcome = self.run(folder, "--quiet")
        if outcome.code != 0:
            raise RuntimeError(f"the undisturbed run failed: {outcome}")
        return result(folder / "run")

    def same(self, run, reference, what):
        """Checks that a run left what the undisturbed one did, and nothing hidden besides."""
        difference = differences(result(run), reference)
        stray = hidden(run)
        return self.check(not difference, f"{what}: differs in {difference}") & self.check(
            not stray, f"{what}: left {stray}")

    def variants(self):
        """The names of all variants."""
        outcome = self.call(self.folder, "list", "--json")
        return [variant["name"] for variant in json.loads(outcome.out)["variants"]]


def end(process):
    """Kills a process and all that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


# Configs


def digits(variant, steps, batch=4, width=2, **output):
    """A small run of any variant on the embedded images, with everything that has a state."""
    return {
        "variant": variant,
        "data": {"dataset": "stroke-digits"},
        "generator": {"latent": {"size": 4}, "architecture": "dcgan", "width": width},
        "discriminator": {"architecture": "dcgan", "width": width},
        "training": {
            "steps": steps, "batch": batch, "discriminatorSteps": 2, "averageDecay": 0.9,
            "learningRateDecay": "none",
        },
        "output": {"sampleEvery": 10, "checkpointEvery": 5, "grid": [1, 2], **output},
    }


def points(steps, width=4, **output):
    """A run that starts in a tenth of a second, where only files and signals matter."""
    return {
        "variant": "wgan-gp",
        "data": {"dataset": "ring8"},
        "generator": {
            "latent": {"size": 2}, "layers": [{"dense": width}, "relu", {"dense": 2}],
        },
        "discriminator": {"layers": [{"dense": width}, "relu", {"dense": 1}]},
        "training": {"steps": steps, "batch": 8, "discriminatorSteps": 2, "averageDecay": 0.9},
        "output": {"sampleEvery": 10, "checkpointEvery": 5, **output},
    }


# What a run leaves


def checkpoints(run):
    """The steps of a run's checkpoints, ascending."""
    folder = pathlib.Path(run) / "checkpoints"
    names = os.listdir(folder) if folder.is_dir() else []
    return sorted(int(match[1]) for match in map(STEP.fullmatch, names) if match)


def checkpoint(run, step):
    """The folder of a checkpoint."""
    return pathlib.Path(run) / "checkpoints" / f"step-{step:06}"


def content(folder):
    """Every file below a folder with its bytes."""
    folder = pathlib.Path(folder)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


def metrics(run):
    """The metrics of a run without the wall clock, line by line; a torn line as it is."""
    path = pathlib.Path(run) / "metrics.jsonl"
    lines = []
    for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
        try:
            values = json.loads(line)
            for clock in ("imagesPerSecond", "seconds"):
                values.pop(clock, None)
            line = json.dumps(values)
        except ValueError:
            pass
        lines.append(line)
    return lines


def result(run):
    """All that equal runs share: the last checkpoint, the pictures, the metrics."""
    run = pathlib.Path(run)
    steps = checkpoints(run)
    files = {f"last/{name}": data for name, data in content(checkpoint(run, steps[-1])).items()} \
        if steps else {}
    files.update((f"samples/{name}", data) for name, data in content(run / "samples").items())
    files["metrics"] = "\n".join(metrics(run)).encode()
    return files


def differences(found, expected):
    """The names under which two results differ."""
    return [name for name in sorted({*found, *expected}) if found.get(name) != expected.get(name)]


def digest(files):
    """One hash of a result."""
    whole = hashlib.sha256()
    for name, data in sorted(files.items()):
        whole.update(f"{name} {len(data)}\n".encode() + data)
    return whole.hexdigest()


def hidden(folder):
    """Hidden files below a folder: what a killed or failed write has left."""
    folder = pathlib.Path(folder)
    return [str(path.relative_to(folder)) for path in folder.rglob(".*")]


def finite(folder):
    """Whether every float of every safetensors file below a folder is finite."""
    for path in pathlib.Path(folder).rglob("*.safetensors"):
        data = path.read_bytes()
        floats = data[8 + int.from_bytes(data[:8], "little"):]
        # All exponent bits set: infinite or not a number.
        if any(bits & 0x7F800000 == 0x7F800000 for (bits,) in struct.iter_unpack("<I", floats)):
            return False
    return True


# Waiting


def wait_until(condition, process, seconds=60):
    """Waits for a condition while a process runs; whether it came true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        if process.poll() is not None:
            return condition()
        time.sleep(0.002)
    return False


def logged(run):
    """How many whole lines the metrics have: the steps that are done."""
    path = pathlib.Path(run) / "metrics.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0
