"""Runs that are ended from outside, at any moment, and go on to the same bits."""

import fcntl
import os
import re
import signal
import subprocess
import time

import tracing
from program import checkpoint, checkpoints, content, digits, logged, points, wait_until

GOING_ON = re.compile(r"going on at step (\d+)")
SAVED = re.compile(r"saved at step (\d+); continue with: zoo resume run\b")


def kills(bench):
    """SIGKILL at random times, again and again until the run is through."""
    wanted, kills, runs, lost, unequal = bench.amount(200, 3), 0, 0, 0, 0
    variants = bench.variants() if not bench.short else ["wgan-gp"]
    steps = bench.amount(120, 40)
    references = {}
    while kills < wanted:
        variant = variants[runs % len(variants)]
        config = digits(variant, steps)
        if variant not in references:
            references[variant] = bench.reference(config)
        folder = bench.place(config)
        runs += 1
        attempts = 0
        while True:
            attempts += 1
            words = ["resume", "run"] if (folder / "run").exists() else [
                "run", "small.json", "--out", "run"]
            threads = bench.random.choice([1, 2])
            # The last kills leave the run alone, so that it ends.
            patient = attempts > 12 or kills >= wanted
            process = bench.start(folder, *words, "--threads", threads)
            if not patient:
                # Two of three kills hit training, the others what comes before it.
                if bench.random.random() < 0.67:
                    process.stderr.readline()
                    time.sleep(bench.random.uniform(0, 0.5))
                else:
                    time.sleep(bench.random.uniform(0, 1))
                process.send_signal(signal.SIGKILL)
            outcome = bench.finish(process)
            if outcome.code == -signal.SIGKILL and not patient:
                kills += 1
                continue
            what = f"{variant}, {attempts - 1} kills"
            if not bench.check(outcome.code == 0, f"{what}: {outcome}"):
                lost += 1
            elif not bench.same(folder / "run", references[variant], what):
                unequal += 1
            break
    return (
        "SIGKILL at random times on runs that save every 5 steps, then resume",
        f"{kills} kills, {runs} runs of {len(variants)} variants: {lost} lost, {unequal} unequal")


def every_call(bench):
    """SIGKILL in place of each call that changes a file, in a run's first steps and in a resume."""
    tracing.require()
    config = points(4, checkpointEvery=2, sampleEvery=2, keepLast=1)
    reference = bench.reference(config)
    started = _kill_each(bench, config, reference, lambda folder: None, 10)
    resumed = _kill_each(bench, config, reference, lambda folder: _leave_torn(bench, folder), 4)
    return (
        "SIGKILL at each call that creates, writes, syncs, renames or removes, then resume",
        f"{started} calls of a run with 2 saves, {resumed} of a resume: all went on whole")


def _kill_each(bench, config, reference, prepare, short):
    folder = bench.place(config)
    prepare(folder)
    trace = folder / "trace"
    outcome = bench.go_on(folder, "--quiet", before=tracing.tracer(trace))
    bench.check(outcome.code == 0, f"under strace: {outcome}")
    every = tracing.changes(tracing.calls(trace))
    reached = 0
    for call in bench.sample(every, short):
        folder = bench.place(config)
        prepare(folder)
        outcome = bench.go_on(folder, "--quiet", before=tracing.killer(trace, call))
        if not bench.check(outcome.code == -signal.SIGKILL, f"no kill at {call}: {outcome}"):
            continue
        # Whatever has a checkpoint's name is whole; once saved, a step is never lost again.
        steps = checkpoints(folder / "run")
        newest = steps[-1] if steps else 0
        bench.check(newest >= reached, f"killed at {call}: step {reached} had been saved, is gone")
        reached = max(reached, newest)
        existed = (folder / "run").exists()
        outcome = bench.go_on(folder)
        bench.check(outcome.code == 0, f"killed at {call}: {outcome}")
        bench.check(not outcome.doubts, f"killed at {call}: {outcome}")
        if existed:
            at = GOING_ON.search(outcome.err)
            resumed = int(at[1]) if at else 4 if "complete at step 4" in outcome.out else None
            bench.check(
                resumed == newest, f"killed at {call}: step {newest} not resumed: {outcome}")
        for page in ("report.html", "samples.apng"):
            bench.check((folder / "run" / page).exists(), f"killed at {call}: no {page}")
        bench.same(folder / "run", reference, f"killed at {call}")
    return len(bench.sample(every, short))


def _leave_torn(bench, folder):
    """A run as a kill may leave it: lines without a checkpoint, a torn line, half-written files."""
    bench.run(folder, "--quiet", "--set", "training.steps=2")
    config = folder / "run" / "config.json"
    config.write_text(config.read_text().replace('"steps": 2', '"steps": 4'))
    with open(folder / "run" / "metrics.jsonl", "a") as log:
        log.write('{"step":3,"discriminatorLoss":1.0,"seconds":1.0}\n{"step":4,"discr')
    staged = folder / "run" / "checkpoints" / ".step-000004.1-1-1.tmp"
    staged.mkdir()
    (staged / "generator.safetensors").write_bytes(b"half")
    (folder / "run" / "samples" / ".step-000004.png.1-1-2.tmp").write_bytes(b"half")


def resume(bench):
    """Every variant, stopped in three ways, at least 20 steps before its end, across an epoch."""
    # 30 000 images, two batches of 250 in a step: the second epoch begins in step 61.
    steps, count, batch = bench.amount((75, 0, 250), (40, 1, 25))
    variants = bench.variants()[-count:]
    runs = 0
    for variant in variants:
        config = digits(variant, steps, batch=batch)
        reference = bench.reference(config)
        for way in ("SIGKILL", "SIGINT", "just after a save"):
            folder = bench.place(config)
            run = folder / "run"
            process = bench.start(folder, "run", "small.json", "--out", "run", "--threads", 1)
            at = bench.random.randrange(6, steps - 25)
            if way == "just after a save":
                at -= at % 5
                wait_until(lambda: checkpoint(run, at).exists(), process)
            else:
                wait_until(lambda: logged(run) >= at, process)
            process.send_signal(signal.SIGINT if way == "SIGINT" else signal.SIGKILL)
            outcome = bench.finish(process)
            stopped = 130 if way == "SIGINT" else -signal.SIGKILL
            bench.check(outcome.code == stopped, f"{variant}, {way}: {outcome}")
            reached = (checkpoints(run) or [0])[-1]
            bench.check(
                reached <= steps - 20, f"{variant}, {way}: stopped at {reached}, too late to tell")
            outcome = bench.resume(folder, threads=2)
            bench.check(outcome.code == 0, f"{variant}, {way}: {outcome}")
            bench.same(run, reference, f"{variant}, {way} at step {at}")
            runs += 1
    return (
        f"SIGKILL, SIGINT and SIGKILL just after a save, then 20 to {steps} further steps",
        f"{runs} runs of {len(variants)} variants, all equal to undisturbed ones")


# Ctrl-C, the system's, and a closed terminal's.
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def signals(bench):
    """SIGINT, SIGTERM and SIGHUP at random times, twice, and when nobody reads what the program says."""
    config = points(400, checkpointEvery=50, sampleEvery=100)
    reference = bench.reference(config)
    slowest = 0
    wanted = bench.amount(50, 4)
    for i in range(wanted):
        number = STOPS[i % len(STOPS)]
        outcome, folder = _signalled(bench, config, number, bench.random.uniform(0, 0.25))
        run = folder / "run"
        slowest = max(slowest, outcome.seconds)
        bench.check(outcome.code == 128 + number, f"{number.name}: {outcome}")
        saved = SAVED.search(outcome.err)
        if bench.check(saved, f"{number.name}: no word of how to go on: {outcome}"):
            step = int(saved[1])
            bench.check(
                checkpoints(run)[-1:] == [step] and logged(run) == step,
                f"{number.name}: saved at {step}, but {checkpoints(run)} and {logged(run)} lines")
        outcome = bench.resume(folder)
        bench.check(outcome.code == 0, f"resume after {number.name}: {outcome}")
        bench.same(run, reference, f"after {number.name}")
    second = _second_signals(bench, bench.amount(10, 1))
    stuck = _nobody_reads(bench)
    return (
        "SIGINT, SIGTERM and SIGHUP at random times; a second signal; stderr that is full",
        f"{wanted} signals, slowest stop {slowest:.2f} s; {second}; with stderr full {stuck}")


def _signalled(bench, config, number, delay):
    """Sends a signal to a run in training; tries again when the run was faster."""
    while True:
        folder = bench.place(config)
        process = bench.start(folder, "run", "small.json", "--out", "run", "--threads", 1)
        wait_until(lambda: logged(folder / "run") > 0, process)
        time.sleep(delay)
        process.send_signal(number)
        outcome = bench.finish(process)
        if outcome.code != 0:
            return outcome, folder
        delay /= 2


def _second_signals(bench, count):
    """A second signal while a step runs that takes longer than anybody waits."""
    # A second or so for a step.
    config = digits(
        "wgan-gp", 2, batch=bench.amount(1024, 384), width=16, checkpointEvery=1, sampleEvery=2)
    reference = bench.reference(config)
    slowest = 0
    for i in range(count):
        number = STOPS[i % len(STOPS)]
        folder = bench.place(config)
        run = folder / "run"
        process = bench.start(folder, "run", "small.json", "--out", "run", "--threads", 1)
        wait_until(lambda: checkpoints(run) == [1], process)
        before = content(checkpoint(run, 1))
        process.send_signal(number)
        time.sleep(0.1)
        process.send_signal(number)
        outcome = bench.finish(process)
        slowest = max(slowest, outcome.seconds)
        bench.check(outcome.code == 128 + number, f"second {number.name}: {outcome}")
        bench.check(outcome.seconds < 1, f"second {number.name}: {outcome.seconds:.2f} s to end")
        bench.check("saved at" not in outcome.err, f"the step was too short to tell: {outcome}")
        bench.check(
            content(checkpoint(run, 1)) == before,
            f"second {number.name}: older checkpoint changed")
        outcome = bench.resume(folder)
        bench.check(outcome.code == 0, f"resume after two signals: {outcome}")
        bench.same(run, reference, "after two signals")
    return f"{count} second signals, slowest {slowest:.2f} s"


def _nobody_reads(bench):
    """Two signals to a program that waits for somebody to read its standard error."""
    folder = bench.place(points(1_000_000, sampleEvery=1, checkpointEvery=1000))
    reading, writing = os.pipe()
    try:
        # F_SETPIPE_SZ: one page, with room for the first lines of a run.
        fcntl.fcntl(writing, 1031, 4096)
        os.write(writing, b"." * 3500)
        process = bench.start(
            folder, "run", "small.json", "--out", "run", "--threads", 1, stderr=writing,
            stdout=subprocess.DEVNULL)
        os.close(writing)
        # It stands still when no line has come for a while.
        lines = -1
        while lines != (lines := logged(folder / "run")) or lines == 0:
            time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        begin = time.monotonic()
        try:
            code = process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            bench.check(False, "stderr full: two SIGINT do not end the program within 1 s")
            return "it does not end"
        bench.check(code in (130, -signal.SIGINT), f"stderr full: exit {code}")
        return f"{time.monotonic() - begin:.2f} s"
    finally:
        os.close(reading)
