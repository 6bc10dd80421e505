"""Disks that are full, broken, slow to remember, read-only or gone, and files that were damaged."""

import errno
import os
import pathlib
import resource
import shutil
import signal
import subprocess

import tracing
from program import Skip, checkpoint, checkpoints, content, points, result, wait_until

SMALL = {"checkpointEvery": 2, "sampleEvery": 2}
PAGES = ("report.html", "samples.apng")


def faults(bench):
    """Each call that changes a file fails once, in a run and its saves."""
    tracing.require()
    config = points(4, keepLast=1, **SMALL)
    reference = bench.reference(config)
    folder = bench.place(config)
    trace = folder / "trace"
    bench.run(folder, "--quiet", before=tracing.tracer(trace))
    every = tracing.changes(tracing.calls(trace))
    writing = [call for call in every if call.name in ("write", "fsync")]
    others = [call for call in every if call.name not in ("write", "fsync") and not call.failed]
    # What can be made again at any time comes last; that it fails is a warning.
    pages = {id(call) for i, call in enumerate(every) if any(
        page in earlier.path for page in PAGES for earlier in every[:i + 1])}
    # What was said is written down where it can be, and a lock ends with its process: that either
    # fails is nobody's loss, and nobody is told.
    words = {
        id(call) for call in every
        if call.path.endswith("/log.txt") or "LOCK_UN" in call.arguments}
    trials = [(call, name, "") for name in ("ENOSPC", "EIO", "EDQUOT") for call in writing]
    trials += [(call, "EIO", "") for call in others]
    # From then on: as a disk that stays full.
    trials += [(call, "ENOSPC", "+") for call in writing if id(call) not in words]
    trials = bench.sample(trials, 12)
    for call, name, on in trials:
        what = f"{name} at {call}{on}"
        folder = bench.place(config)
        rule = f"{call.name}:error={name}:when={call.number}{on}"
        outcome = bench.run(folder, "--quiet", before=tracing.tracer(trace, rule))
        run = folder / "run"
        bench.check(
            outcome.code == (0 if id(call) in pages | words else 5), f"{what}: {outcome}")
        # A disk that is full for every write takes the words, too.
        silent = on and call.name == "write" or id(call) in words
        cause = os.strerror(getattr(errno, name))
        bench.check(
            silent or (cause in outcome.err and "run" in outcome.err),
            f"{what}: cause or path not named: {outcome}")
        if not on:
            bench.check(
                not [p for p in folder.iterdir() if p.name.startswith(".")],
                f"{what}: left a staged folder")
        for step in checkpoints(run):
            bench.check(
                len(content(checkpoint(run, step))) == 5, f"{what}: step {step} is not whole")
        outcome = bench.go_on(folder)
        bench.check(
            outcome.code == 0 and not outcome.doubts, f"resume after {what}: {outcome}")
        bench.same(run, reference, f"after {what}")
    return (
        "ENOSPC, EIO, EDQUOT at each write and fsync, EIO at other calls, ENOSPC for good",
        f"{len(trials)} faults ({len(writing)} writes and syncs, {len(others)} other calls)")


def order(bench):
    """A save survives a power cut: what must be on the disk first is synced first."""
    tracing.require()
    folder = bench.place(points(2, **SMALL))
    trace = folder / "trace"
    outcome = bench.run(folder, "--quiet", before=tracing.tracer(trace))
    bench.check(outcome.code == 0, outcome)
    found = tracing.calls(trace)
    save = "run/checkpoints/step-000002"
    moved = [
        i for i, call in enumerate(found)
        if call.name.startswith("rename") and call.paths[-1] == save]
    if not bench.check(len(moved) == 1, f"{len(moved)} renames to {save}"):
        return "a traced save", "no save found"
    end = moved[0]
    staged = found[end].paths[0]

    def index(name, path, after=-1, before=len(found)):
        places = [
            i for i, call in enumerate(found)
            if call.name.startswith(name) and call.path == path and after < i < before]
        return places[-1] if places else None

    files = []
    for i, call in enumerate(found[:end]):
        if not call.name.startswith("rename") or not call.paths[-1].startswith(staged + "/"):
            continue
        hidden_name, name = call.paths
        files.append(pathlib.Path(name).name)
        written = index("write", hidden_name, before=i)
        synced = index("fsync", hidden_name, before=i)
        bench.check(
            written is not None and synced is not None and written < synced,
            f"{name}: not synced between the last write and the rename")
        bench.check(
            index("fsync", staged, after=i, before=end) is not None,
            f"{name}: its directory is not synced between its rename and the checkpoint's")
    bench.check(len(files) == 5 and files[-1] == "manifest.json", f"the order of files is {files}")
    bench.check(
        index("fsync", "run/checkpoints", after=end) is not None,
        "the parent is not synced after the checkpoint's rename")
    begin = index("mkdir", staged)
    log = index("fsync", "run/metrics.jsonl", before=end)
    wrote = index("write", "run/metrics.jsonl", before=end)
    bench.check(
        None not in (log, wrote) and wrote < log < begin,
        "the metrics are not synced before the checkpoint that counts on them")
    # A new name is only safe once the directory that holds it is synced.
    # Both are made in the hidden folder that becomes the run's.
    for name in ("checkpoints", "metrics.jsonl"):
        made = min((
            i for i, call in enumerate(found)
            if call.name.startswith(("mkdir", "rename")) and not call.failed
            and pathlib.Path(call.paths[-1]).name == name), default=None)
        bench.check(
            made is not None and index(
                "fsync", found[made].paths[-1].rpartition("/")[0], after=made, before=end)
            is not None,
            f"{name}: the directory that holds it is not synced before the checkpoint is there")
    return (
        "strace of a first save",
        f"{len(files)} files: write, fsync, rename, fsync of the directory; manifest last")


def damage(bench):
    """The newest checkpoint is not what was written: `resume` takes the one before."""
    config = points(4, keepLast=2, **SMALL)
    folder = bench.place(config)
    bench.run(folder, "--quiet")
    reference = result(folder / "run")
    whole = bench.place() / "run"
    shutil.copytree(folder / "run", whole)
    files = sorted(content(checkpoint(whole, 4)))

    def damaged(change, what, name):
        folder = bench.place(config)
        shutil.copytree(whole, folder / "run")
        change(checkpoint(folder / "run", 4) / name)
        outcome = bench.resume(folder)
        bench.check(
            outcome.code == 0 and any("step-000004" in line for line in outcome.doubts)
            and "going on at step 2" in outcome.err, f"{name} {what}: {outcome}")
        bench.same(folder / "run", reference, f"{name} {what}")
        shutil.rmtree(folder)

    cuts, flips = bench.amount(200, 6), bench.amount(100, 4)
    sizes = {name: (checkpoint(whole, 4) / name).stat().st_size for name in files}
    places = [(name, cut) for name in files for cut in range(sizes[name])]
    for name, cut in bench.random.sample(places, cuts):
        damaged(lambda path: os.truncate(path, cut), f"cut to {cut} bytes", name)
    for name, place in bench.random.sample(places, flips):
        damaged(lambda path: _flip(path, place, bench.random.randrange(8)), f"flipped at {place}",
                name)
    odd = {
        "missing": os.remove,
        "with a byte more": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
        "a directory": lambda path: (path.unlink(), path.mkdir()),
        "a FIFO": lambda path: (path.unlink(), os.mkfifo(path)),
        "a link to /dev/zero": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
        "a link to itself": lambda path: (path.unlink(), path.symlink_to(path.name)),
    }
    trials = bench.sample([(what, name) for what in odd for name in files], 6)
    for what, name in trials:
        damaged(odd[what], what, name)
    unreadable = _unreadable(bench, config, whole, reference)
    _all_damaged(bench, config, whole, reference)
    return (
        "cuts, flipped bits and odd files in the newest checkpoint; one that cannot be read now",
        f"{cuts} cuts, {flips} flips, {len(trials)} odd files fell back; {unreadable}")


def _flip(path, place, bit):
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


def _all_damaged(bench, config, whole, reference):
    """No good checkpoint left: the run begins again, and says so."""
    folder = bench.place(config)
    shutil.copytree(whole, folder / "run")
    for step in (2, 4):
        _flip(checkpoint(folder / "run", step) / "manifest.json", 20, 0)
    outcome = bench.resume(folder)
    bench.check(
        outcome.code == 0 and len(outcome.doubts) == 2, f"all damaged: {outcome}")
    bench.same(folder / "run", reference, "all damaged")


def _unreadable(bench, config, whole, reference):
    """A disk that fails for a moment is no damage: the checkpoint must not be thrown away."""
    try:
        tracing.require()
    except Skip as reason:
        return f"unreadable skipped: {reason}"
    trials = 0
    good = content(checkpoint(whole, 4))
    for name, fault in (("openat", "EMFILE"), ("openat", "EIO"), ("pread64", "EIO")):
        folder = bench.place(config)
        shutil.copytree(whole, folder / "run")
        trace = folder / "trace"
        target = "run/checkpoints/step-000004/generator.safetensors"
        # -P counts only calls on this path.
        before = ["strace", "-f", "-qq", "-o", str(trace), "-P", target, "-e", f"trace={name}",
                  "-e", f"inject={name}:error={fault}:when=1"]
        outcome = bench.resume(folder, before=before)
        if not bench.check("INJECTED" in trace.read_text(), f"{fault} was not injected"):
            continue
        trials += 1
        bench.check(
            outcome.code == 5 and content(checkpoint(folder / "run", 4)) == good,
            f"{fault} at {name} of a good checkpoint: it is thrown away: {outcome}")
        outcome = bench.resume(folder)
        bench.check(outcome.code == 0, f"resume after {fault}: {outcome}")
        bench.same(folder / "run", reference, f"after {fault}")
    return f"{trials} reads that failed"


# Surroundings


def surroundings(bench):
    """Limits, permissions, folders and streams that are not as usual."""
    config = points(20, checkpointEvery=5, sampleEvery=5)
    reference = bench.reference(config)
    figures = [
        _file_size(bench, config, reference), _streams(bench, config, reference),
        _folder_gone(bench), _read_only(bench, config, reference), _small_disk(bench)]
    return (
        "file-size limit, closed and full streams, removed and read-only folders, 2 MB disk",
        "; ".join(figures))


def _file_size(bench, config, reference):
    """RLIMIT_FSIZE: every file that grows beyond it fails."""
    limits = bench.sample([2, 100, 400, 900, 1400, 1600, 2500, 4000], 3)
    for limit in limits:
        folder = bench.place(config)
        outcome = bench.run(folder, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (limit, limit)))
        bench.check(
            outcome.code == 5 and "File too large" in outcome.err, f"limit {limit}: {outcome}")
        outcome = bench.go_on(folder)
        bench.check(outcome.code == 0, f"resume after limit {limit}: {outcome}")
        bench.same(folder / "run", reference, f"after limit {limit}")
    return f"{len(limits)} file-size limits"


def _streams(bench, config, reference):
    """Standard streams that are full, gone or closed change nothing about the run."""
    full = open("/dev/full", "w")
    reading, gone = os.pipe()
    os.close(reading)
    cases = [
        ("stdout is /dev/full", {"stdout": full}, {5}),
        ("stderr is /dev/full", {"stderr": full}, {0}),
        ("stdout has no reader", {"stdout": gone}, {0}),
        ("stderr has no reader", {"stderr": gone}, {0}),
    ]
    # Closed streams must not be mistaken for the files that are opened next.
    for closed in ([0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]):
        def close(closed=closed):
            for number in closed:
                os.close(number)

        cases.append((
            f"closed {closed}", {"preexec_fn": close}, {0, 5} if 1 in closed else {0}))
    for what, options, codes in cases:
        folder = bench.place(config)
        outcome = bench.run(folder, **options)
        run = folder / "run"
        bench.check(outcome.code in codes, f"{what}: {outcome}")
        bench.check(
            (run / "lock").read_text().strip().isdecimal(),
            f"{what}: the lock holds other text than a process number")
        bench.same(run, reference, what)
    full.close()
    os.close(gone)
    return f"{len(cases)} streams"


def _folder_gone(bench):
    """A run whose folder is taken away ends; it does not train on into a folder of its own."""
    config = points(1_000_000, checkpointEvery=200, sampleEvery=1_000_000)
    for what in ("removed", "renamed"):
        folder = bench.place(config)
        run = folder / "run"
        process = bench.start(folder, "run", "small.json", "--out", "run", "--threads", 1)
        wait_until(lambda: len(checkpoints(run)) > 1, process)
        os.rename(run, folder / "elsewhere")
        if what == "removed":
            shutil.rmtree(folder / "elsewhere")
        try:
            code = process.wait(5)
        except subprocess.TimeoutExpired:
            code = None
            process.send_signal(signal.SIGINT)
        outcome = bench.finish(process)
        bench.check(code == 5, f"folder {what}: expected exit 5 at the next save: "
                    f"{'still running after 5 s' if code is None else outcome}")
        bench.check(not run.exists(), f"folder {what}: a new one without config was made")
        if what == "renamed" and not run.exists():
            os.rename(folder / "elsewhere", run)
            outcome = bench.resume(folder, "--set", "training.steps=401")
            bench.check(outcome.code == 0, f"resume of a renamed folder: {outcome}")
    return "folder removed and renamed"


def _read_only(bench, config, reference):
    """A folder that may not be written to is found out before training."""
    if os.geteuid() != 0:
        return "read-only skipped: needs root"
    if not shutil.which("setpriv"):
        return "read-only skipped: setpriv is not installed"
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    folder = bench.place(config)
    probe = subprocess.run([*nobody, bench.zoo, "--version"], cwd=folder, capture_output=True)
    if probe.returncode != 0:
        return "read-only skipped: another user may not run the program from here"
    outcome = bench.run(folder, before=nobody)
    bench.check(outcome.code == 5 and "Permission denied" in outcome.err, f"read-only: {outcome}")
    bench.check(outcome.seconds < 1, f"read-only: {outcome.seconds:.1f} s to find out")
    shortened = bench.run(folder, "--quiet", "--set", "training.steps=10")
    bench.check(shortened.code == 0, shortened)
    before = content(folder / "run")
    other = bench.resume(folder, before=nobody)
    bench.check(other.code == 5 and "Permission denied" in other.err, f"read-only resume: {other}")
    bench.check(content(folder / "run") == before, "a resume that may not write changed the run")
    bench.resume(folder, "--quiet", "--set", "training.steps=20")
    bench.same(folder / "run", reference, "after a resume that may not write")
    return f"read-only folder found in {outcome.seconds:.2f} s"


def _small_disk(bench):
    """A disk of 2 MB that fills up; then there is room again."""
    allowed = subprocess.run(["unshare", "-m", "true"], capture_output=True) \
        if shutil.which("unshare") else None
    if allowed is None or allowed.returncode != 0:
        return "2 MB disk skipped: unshare -m is not permitted"
    # About 0.7 MB for each checkpoint.
    config = points(20, width=150, checkpointEvery=5, sampleEvery=5, keepLast=3)
    for player in ("generator", "discriminator"):
        config[player]["layers"][1:1] = ["relu", {"dense": 150}]
    reference = bench.reference(config)
    folder = bench.place(config)
    (folder / "disk").mkdir()
    script = """
        mount -t tmpfs -o size=2m none disk || exit 99
        cd disk
        "$0" run ../small.json --out run --threads 1 >../first.txt 2>&1; echo $? >../first
        ls -A run/checkpoints >../left
        mount -o remount,ro . && "$0" resume run --threads 1 >../readonly.txt 2>&1
        echo $? >../readonly
        mount -o remount,rw,size=16m .
        "$0" resume run --threads 1 >../second.txt 2>&1; echo $? >../second
        cp -a run ../run
    """
    done = subprocess.run(["unshare", "-m", "sh", "-c", script, bench.zoo], cwd=folder)
    if done.returncode == 99:
        return "2 MB disk skipped: mounting is not permitted"

    def text(name):
        return (folder / name).read_text().strip()

    bench.check(
        text("first") == "5" and "No space left" in text("first.txt"),
        f"2 MB disk: exit {text('first')}: {text('first.txt')[-300:]}")
    left = text("left").split()
    bench.check(
        left and not [name for name in left if name.startswith(".")], f"2 MB disk: left {left}")
    bench.check(
        text("readonly") == "5", f"disk turned read-only: exit {text('readonly')}: "
        f"{text('readonly.txt')[-300:]}")
    bench.check(
        text("second") == "0" and "/checkpoints/" not in text("second.txt").split("going on")[0],
        f"2 MB disk, then room: exit {text('second')}: {text('second.txt')[-300:]}")
    if bench.check((folder / "run").exists(), "2 MB disk: the run is lost"):
        bench.same(folder / "run", reference, "2 MB disk")
    return f"2 MB disk full after {len(left)} checkpoints"
