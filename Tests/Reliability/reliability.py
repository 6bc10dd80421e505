#!/usr/bin/env python3
"""Kills, faults, damage, signals and races against the real program.

usage: reliability.py [--zoo PATH] [--short] [--seed N] [test ...]

Prints a line for each test and ends with 1 when any failed. Builds nothing and writes only to a
temporary folder. `--short` does a small share, for continuous integration.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

# Nothing is written beside the tests.
sys.dont_write_bytecode = True

import clocks  # noqa: E402
import computing  # noqa: E402
import disk  # noqa: E402
import sharing  # noqa: E402
import stops  # noqa: E402
from program import Bench, Skip  # noqa: E402

TESTS = {
    "kills": stops.kills,
    "every-call": stops.every_call,
    "faults": disk.faults,
    "order": disk.order,
    "damage": disk.damage,
    "resume": stops.resume,
    "threads": computing.threads,
    "signals": stops.signals,
    "locks": sharing.locks,
    "names": sharing.names,
    "nan": computing.nan,
    "disk": disk.surroundings,
    "clock": clocks.clock,
    "memory": computing.memory,
}
# Of the faults of one test, that many are shown.
SHOWN = 12


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--zoo", help="the program; default: the package's release build")
    parser.add_argument("--short", action="store_true", help="a small share, in under a minute")
    parser.add_argument("--seed", type=int, default=1, help="for all that is drawn by chance")
    parser.add_argument("tests", nargs="*", metavar="test", help=", ".join(TESTS))
    arguments = parser.parse_args()
    unknown = [name for name in arguments.tests if name not in TESTS]
    if unknown:
        parser.error(f"no test {', '.join(unknown)}; there are {', '.join(TESTS)}")
    zoo = program(parser, arguments.zoo)
    failed = 0
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zoo-reliability-") as folder:
        # Other users must be able to look inside and to start the program: see the test `disk`.
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        copy = folder / "zoo"
        shutil.copy(zoo, copy)
        for name in arguments.tests or TESTS:
            failed += not perform(name, str(copy), folder / name, arguments)
    print(f"{failed} failed, {time.monotonic() - begin:.0f} s")
    return 1 if failed else 0


def program(parser, path):
    """The program to test, as given or as the package builds it."""
    if path is None:
        root = pathlib.Path(__file__).resolve().parents[2]
        shown = subprocess.run(
            ["swift", "build", "-c", "release", "--show-bin-path"], cwd=root,
            capture_output=True, text=True)
        path = pathlib.Path(shown.stdout.strip()) / "zoo"
    path = pathlib.Path(path).resolve()
    if not path.is_file():
        parser.error(f"there is no program at {path}: build it, or name it with --zoo")
    return path


def perform(name, zoo, folder, arguments):
    """Runs one test and prints its line; whether it passed."""
    folder.mkdir()
    bench = Bench(zoo, folder, arguments.short, arguments.seed)
    begin = time.monotonic()
    done, figure, verdict = "", "", "pass"
    try:
        done, figure = TESTS[name](bench)
    except Skip as reason:
        verdict, figure = "skip", str(reason)
    except Exception:
        bench.faults.append(traceback.format_exc())
    finally:
        bench.close()
    if bench.faults:
        verdict = "FAIL"
    seconds = time.monotonic() - begin
    print(f"{verdict}  {name:10}  {done}: {figure} ({seconds:.0f} s)", flush=True)
    for fault in bench.faults[:SHOWN]:
        print("      " + fault.rstrip().replace("\n", "\n      "), flush=True)
    if len(bench.faults) > SHOWN:
        print(f"      and {len(bench.faults) - SHOWN} more", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    return not bench.faults


if __name__ == "__main__":
    sys.exit(main())
