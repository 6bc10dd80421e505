"""Several programs at once in one place."""

import re
import signal
import time

import tracing
from program import checkpoints, logged, points, wait_until

HOLDER = re.compile(r"in use by process (\d+)")


def locks(bench):
    """Two programs that want the same run: one gets it, the other says who has it."""
    # Long enough that the first still runs when the second gives up.
    config = points(1_000_000, checkpointEvery=1000, sampleEvery=1_000_000)
    starts = bench.amount(100, 4)
    for i in range(starts):
        folder = bench.place(config)
        words = ["run", "small.json", "--out", "run", "--threads", 1]
        _one_wins(bench, [bench.start(folder, *words) for _ in range(2)], f"start {i}")
    resumes = bench.amount(25, 2)
    folder = bench.place(config)
    process = bench.start(folder, *words)
    wait_until(lambda: checkpoints(folder / "run"), process)
    for _ in range(resumes):
        outcome = bench.resume(folder)
        _names(bench, outcome, process, "resume of a run that goes on")
        outcome = bench.run(folder)
        _names(bench, outcome, process, "run into a run that goes on")
    process.send_signal(signal.SIGKILL)
    bench.finish(process)
    # The lock of a killed process is free at once.
    for i in range(resumes):
        words = ["resume", "run", "--threads", 1]
        _one_wins(bench, [bench.start(folder, *words) for _ in range(2)], f"resume {i}")
    return (
        "two runs into one folder, two resumes of one run, run and resume beside a run",
        f"{starts} + {resumes} + {2 * resumes}: one went on, the other exit 6 with its process")


def _one_wins(bench, processes, what):
    end = time.monotonic() + 60
    while all(process.poll() is None for process in processes) and time.monotonic() < end:
        time.sleep(0.002)
    ended = [process for process in processes if process.poll() is not None]
    going = [process for process in processes if process.poll() is None]
    bench.check(len(ended) == 1, f"{what}: {len(ended)} of two ended")
    for process in going:
        process.send_signal(signal.SIGKILL)
    outcomes = [(process, bench.finish(process)) for process in processes]
    for process, outcome in outcomes:
        if process in ended and going:
            _names(bench, outcome, going[0], what)


def _names(bench, outcome, holder, what):
    found = HOLDER.search(outcome.err)
    bench.check(
        outcome.code == 6 and found and int(found[1]) == holder.pid,
        f"{what}: process {holder.pid} not named: {outcome}")


def names(bench):
    """Runs that begin in the same second without a name get folders of their own."""
    count = bench.amount(50, 8)
    folder = bench.place(points(1))
    words = ["run", "small.json", "--threads", 1, "--quiet"]
    processes = [bench.start(folder, *words) for _ in range(count)]
    outcomes = [bench.finish(process) for process in processes]
    for outcome in outcomes:
        bench.check(outcome.code == 0, f"start without --out: {outcome}")
    runs = [path for path in (folder / "runs").iterdir() if not path.is_symlink()]
    whole = [path for path in runs if checkpoints(path) == [1] and logged(path) == 1]
    bench.check(len(whole) == count, f"{count} starts, {len(whole)} whole runs")
    bench.check(len(runs) == len(whole), f"left over: {sorted(p.name for p in runs)}")
    latest = folder / "runs" / "latest"
    bench.check(latest.resolve() in [path.resolve() for path in runs], "latest leads nowhere")
    seconds = len({path.name.split("-")[0] for path in runs})
    same = _same_tag(bench)
    return (
        f"{count} starts at once without --out; two starts that draw the same tag",
        f"{len(whole)} folders within {seconds} s; same tag {same}")


def _same_tag(bench):
    """The tag has 16 bits: among 50 starts in one second, two meet once in 54 times."""
    try:
        tracing.require()
    except tracing.Skip as reason:
        return f"skipped: {reason}"
    for _ in range(5):
        folder = bench.place(points(1))
        # The system's random numbers are zeros.
        zeros = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getrandom", "-e",
                 "inject=getrandom:poke_exit=@arg1=0000000000000000"]
        words = ["run", "small.json", "--threads", 1, "--quiet"]
        processes = [
            bench.start(folder, *words, before=zeros) for _ in range(2)]
        outcomes = [bench.finish(process) for process in processes]
        runs = [path.name for path in (folder / "runs").iterdir() if not path.is_symlink()]
        # Both must have wanted the same name: the same second, the same tag.
        met = len(runs) == 1 or len({name.split("-")[0] for name in runs}) == 1
        if not met:
            continue
        for outcome in outcomes:
            bench.check(outcome.code == 0, f"a start that draws the tag of another: {outcome}")
        return f"{len(runs)} folders of 2"
    return "skipped: never in the same second"
