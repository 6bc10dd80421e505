"""Numbers: the same on any number of threads, never bad ones on the disk, no growing memory."""

import re
import shutil
import signal
import time

from program import (
    Skip, checkpoint, checkpoints, content, digest, digits, finite, logged, points, result)

CULPRIT = re.compile(r"training diverged at step (\d+): .*the (generator|discriminator)'s ")


def threads(bench):
    """The same bits on 1, 2, 3 and 4 threads, in separate processes."""
    steps, processes, counts = bench.amount((200, 3, [1, 2, 3, 4]), (40, 1, [1, 4]))
    variants = bench.variants() if not bench.short else ["cgan"]
    runs, hashes = 0, {}
    for variant in variants:
        config = digits(variant, steps, batch=16, width=4, sampleEvery=100, checkpointEvery=100)
        found = set()
        for count in counts * processes:
            folder = bench.place(config)
            outcome = bench.run(folder, "--quiet", threads=count)
            bench.check(outcome.code == 0, f"{variant} on {count} threads: {outcome}")
            found.add(digest(result(folder / "run")))
            shutil.rmtree(folder)
            runs += 1
        hashes[variant] = found
        bench.check(len(found) == 1, f"{variant}: {len(found)} different results")
    shown = " ".join(f"{variant}={min(found)[:8]}" for variant, found in hashes.items())
    return (
        f"{steps} steps on {'/'.join(map(str, counts))} threads, {processes} processes each",
        f"{runs} processes, one hash for each variant: {shown}")


def nan(bench):
    """Training that diverges: nothing bad is kept, and going back has an end."""
    # Plain descent with rate 10 on squares grows without bound within three steps; so it does with
    # an eighth of it from there.
    config = points(100, width=16, checkpointEvery=1, sampleEvery=100)
    config["variant"] = "lsgan"
    config["discriminator"] = {"layers": [{"dense": 16}, "relu"] * 2 + [{"dense": 1}]}
    config["training"]["optimizer"] = {"sgd": {"learningRate": 10}}
    folder = bench.place(config)
    run = folder / "run"
    outcome = bench.run(folder)
    bench.check(outcome.code == 3, f"expected exit 3: {outcome}")
    culprit = CULPRIT.search(outcome.err)
    bench.check(culprit, f"what is bad is not named: {outcome}")
    steps = checkpoints(run)
    step = int(culprit[1]) if culprit else 0
    bench.check(steps[-1:] == [step - 1], f"diverged at {step}, checkpoints {steps}")
    bench.check(finite(run), "a checkpoint has values that are not finite")
    before = content(checkpoint(run, steps[-1])) if steps else {}
    outcome = bench.resume(folder)
    bench.check(outcome.code == 3, f"resume of a diverged run: {outcome}")
    bench.check(
        steps and content(checkpoint(run, steps[-1])) == before, "the older checkpoint changed")

    config["training"]["rollbacks"] = 3
    folder = bench.place(config)
    outcome = bench.run(folder)
    back = outcome.err.count("back to step")
    bench.check(outcome.code == 3 and back == 3, f"3 rollbacks, {back} were made: {outcome}")
    bench.check(finite(folder / "run"), "a checkpoint has values that are not finite")
    overflow = _overflow(bench)
    return (
        "a run that diverges, with 0 and 3 rollbacks; gradients whose squares overflow",
        f"exit 3 at step {step} naming the {culprit[2] if culprit else '?'}; {back} rollbacks; "
        f"{overflow}")


def _overflow(bench):
    """Finite gradients whose squares, which Adam keeps, are not: what is saved must load again."""
    config = points(6, checkpointEvery=2, sampleEvery=100)
    config["variant"] = "lsgan"
    config["discriminator"] = {"layers": [{"dense": 4}, {"leakyRelu": 0.2}] * 9 + [{"dense": 1}]}
    config["training"]["optimizer"] = {"adam": {"learningRate": 10}}
    folder = bench.place(config)
    outcome = bench.run(folder)
    bench.check(outcome.code in (0, 3), f"squares that overflow: {outcome}")
    bench.check(finite(folder / "run"), "squares that overflow were saved as infinity")
    again = bench.resume(folder)
    bench.check(
        again.code == outcome.code, f"squares that overflow, exit {outcome.code}, then: {again}")
    return f"overflow exit {outcome.code}, resumed {again.code}"


def memory(bench):
    """Derivatives of derivatives, step after step, take no more memory than the first ones."""
    warm, further, limit = bench.amount((200, 2000, 5), (100, 400, 5))
    folder = bench.place(
        digits("wgan-gp", warm + further + 50, sampleEvery=100, checkpointEvery=50))
    run = folder / "run"
    process = bench.start(
        folder, "run", "small.json", "--out", "run", "--threads", 2, "--quiet")
    if not resident(process.pid):
        process.send_signal(signal.SIGKILL)
        bench.finish(process)
        raise Skip("/proc/PID/status does not tell the memory in use")
    # Single looks may fall into a save: the most of some looks around either moment.
    first, most, last = 0, 0, 0
    while logged(run) < warm + further:
        time.sleep(0.01)
        now = resident(process.pid)
        if process.poll() is not None or not now:
            break
        done = logged(run)
        most = max(most, now)
        if warm - 50 <= done < warm:
            first = max(first, now)
        if done >= warm + further - 50:
            last = max(last, now)
    outcome = bench.finish(process)
    bench.check(outcome.code == 0, f"training: {outcome}")
    growth = (last - first) / 1024
    bench.check(first and last, "the run was too fast to look at")
    bench.check(growth <= limit, f"{growth:.1f} MB more after {further} steps")
    return (
        f"resident memory of wgan-gp after {warm} steps and after {further} more",
        f"{first / 1024:.1f} MB, then {last / 1024:.1f} MB, at most {most / 1024:.1f} MB: "
        f"{growth:+.1f} MB of {limit} allowed")


def resident(process):
    """Resident memory in KB; 0 when it cannot be told."""
    try:
        with open(f"/proc/{process}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0
