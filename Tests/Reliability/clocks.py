"""A wall clock that goes back, leaps ahead or stands still: nothing but labels hangs on it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

from program import Skip, checkpoint, checkpoints, logged, points, wait_until

DAY = 86400
# Back a day, ahead ten years, back to 1970, as it is.
JUMPS = [0, -DAY, 10 * 365 * DAY, 0, -50 * 365 * DAY, 20 * 365 * DAY]


def clock(bench):
    """Times of files, and the clock itself, are not what they should be."""
    config = points(20, keepLast=20, checkpointEvery=2, sampleEvery=5)
    _dated_files(bench, config)
    done = "checkpoints dated 10 years ahead and a day back"
    try:
        shim = _shim(bench)
    except Skip as reason:
        return done, f"newest by step; jumps skipped: {reason}"
    reference = bench.reference(config)
    figures = [_jumps(bench, config, reference, shim), _names(bench, shim)]
    return done + "; a clock that jumps at every look, and one that stands still", "; ".join(figures)


def _dated_files(bench, config):
    folder = bench.place(config)
    bench.run(folder, "--quiet", "--set", "training.steps=4")
    run = folder / "run"
    now = time.time()
    for step, days in ((2, 3650), (4, -1)):
        for path in [checkpoint(run, step), *checkpoint(run, step).iterdir()]:
            os.utime(path, (now + days * DAY,) * 2)
    outcome = bench.resume(folder)
    bench.check("complete at step 4" in outcome.out, f"newest by time: {outcome}")


def _shim(bench):
    """The library that bends the clock of the program that it is loaded into."""
    compiler = shutil.which("cc") or shutil.which("clang") or shutil.which("gcc")
    if not compiler:
        raise Skip("no C compiler")
    library = bench.folder / "clock.so"
    built = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(library),
         str(pathlib.Path(__file__).with_name("clock.c")), "-ldl"], capture_output=True, text=True)
    if built.returncode != 0:
        raise Skip(f"clock.c does not build here: {built.stderr.strip()[:200]}")
    return library


def _bent(shim, offsets):
    return {"env": {**os.environ, "LD_PRELOAD": str(shim), "ZOO_CLOCK": offsets}}


def _jumps(bench, config, reference, shim):
    """A run, and one that is killed and goes on, whose clock jumps at every look."""
    runs = 0
    for turn in range(bench.amount(len(JUMPS), 2)):
        # Each run begins elsewhere in the list.
        offsets = ",".join(map(str, JUMPS[turn:] + JUMPS[:turn]))
        options = _bent(shim, offsets)
        folder = bench.place(config)
        outcome = bench.run(folder, **options)
        bench.check(outcome.code == 0, f"clock {offsets}: {outcome}")
        bench.check("-" not in outcome.err.split("left")[0].rpartition("images/s")[2],
                    f"clock {offsets}: a negative time left: {outcome}")
        _check(bench, folder / "run", reference, offsets)
        folder = bench.place(config)
        process = bench.start(
            folder, "run", "small.json", "--out", "run", "--threads", 1, **options)
        wait_until(lambda: checkpoints(folder / "run"), process)
        process.send_signal(signal.SIGKILL)
        bench.finish(process)
        begun = checkpoints(folder / "run")
        outcome = bench.resume(folder, **options)
        bench.check(outcome.code == 0 and (begun[-1:] == [20] or (
            f"going on at step {begun[-1]}" in outcome.err)), f"clock {offsets}, killed: {outcome}")
        _check(bench, folder / "run", reference, f"{offsets}, killed")
        runs += 2
    return f"{runs} runs on clocks that jump equal to the undisturbed one"


def _check(bench, run, reference, what):
    bench.same(run, reference, f"clock {what}")
    seconds = [
        json.loads(line)["seconds"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    bench.check(
        seconds == sorted(seconds) and 0 <= seconds[0] and seconds[-1] < 120,
        f"clock {what}: seconds in the metrics are {seconds}")
    # TensorBoard joins files by name: each later one must sort behind.
    events = sorted(run.glob("events.out.tfevents.*"), key=lambda path: path.stat().st_mtime_ns)
    bench.check(
        [path.name for path in events] == sorted(path.name for path in events),
        f"clock {what}: the order of events is {[path.name for path in events]}")


def _names(bench, shim):
    """Runs without a name that all begin at the same moment, and go on a day before it."""
    count = bench.amount(30, 6)
    folder = bench.place(points(1))
    words = ["run", "small.json", "--threads", 1, "--quiet"]
    for offsets in ("frozen", str(-DAY)):
        processes = [
            bench.start(folder, *words, **_bent(shim, offsets)) for _ in range(count)]
        for process in processes:
            outcome = bench.finish(process)
            bench.check(outcome.code == 0, f"clock {offsets}: {outcome}")
    runs = [path for path in (folder / "runs").iterdir() if not path.is_symlink()]
    whole = [path for path in runs if checkpoints(path) == [1] and logged(path) == 1]
    bench.check(
        len(runs) == len(whole) == 2 * count,
        f"{2 * count} starts, {len(runs)} folders, {len(whole)} whole")
    # The link follows starts, not the clock.
    outcome = bench.call(folder, *words, **_bent(shim, str(-2 * DAY)))
    bench.check(outcome.code == 0, outcome)
    newest = {path for path in (folder / "runs").iterdir() if not path.is_symlink()} - set(runs)
    latest = (folder / "runs" / "latest").resolve()
    bench.check([latest] == [path.resolve() for path in newest], f"latest is {latest.name}")
    return f"{2 * count} starts, {len(whole)} folders"
