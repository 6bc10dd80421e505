"""The zoo's own table: six variants on MNIST, one time budget, three seeds, one judge.

    ZOO_DATA_DIR=... python3 Benchmarks/results.py --out results [--measure] [--minutes 2] [--seeds 1 2 3]

Every variant trains with its shipped config for as many steps as two minutes hold on two threads of
one machine, measured by `zoo bench`; so the runs have the same bits on every machine of the same
kind, however busy it is. With --measure the steps are those of this machine, written to
OUT/steps.json and read from there the next time. `zoo eval` judges 10,000 samples of each run by the
classifier of MNIST. Runs that are complete are not run again. Prints the table of
Documentation/results.md.
"""

import argparse
import concurrent.futures
import json
import os
import statistics
import subprocess
import sys

VARIANTS = ["gan", "dcgan", "lsgan", "wgan", "wgan-gp", "cgan"]
# What two minutes hold on an AMD EPYC (Zen 3).
STEPS = {"gan": 10150, "dcgan": 5250, "lsgan": 600, "wgan": 2550, "wgan-gp": 950, "cgan": 7300}
# Of `zoo eval`: key, title, factor, digits.
COLUMNS = [
    ("frechetDistance", "Fréchet distance", 1, 2), ("classifierScore", "classifier score", 1, 2),
    ("kernelDistance", "kernel distance", 1, 2), ("precision", "precision", 1, 3),
    ("recall", "recall", 1, 3), ("density", "density", 1, 3), ("coverage", "coverage", 1, 3),
    ("nearDuplicates", "near doubles, %", 100, 2),
]

parser = argparse.ArgumentParser()
parser.add_argument("--out", required=True)
parser.add_argument("--measure", action="store_true", help="as many steps as this machine makes")
parser.add_argument("--minutes", type=float, default=2)
parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
parser.add_argument("--zoo", default=".build/release/zoo")
parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
parser.add_argument("--train-only", action="store_true")
options = parser.parse_args()


def zoo(*arguments):
    result = subprocess.run([options.zoo, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"zoo {' '.join(map(str, arguments))}: {result.stderr}")
    return result.stdout


def steps_in_budget():
    if not options.measure:
        return STEPS
    path = f"{options.out}/steps.json"
    if not os.path.exists(path):
        steps = {}
        for variant in VARIANTS:
            times = [json.loads(zoo("bench", f"Configs/{variant}-mnist.json", "--threads", 2,
                                    "--steps", 20, "--json"))["secondsPerStep"]["median"]
                     for _ in range(3)]
            steps[variant] = round(60 * options.minutes / statistics.median(times) / 50) * 50
        with open(path, "w") as file:
            json.dump(steps, file)
    with open(path) as file:
        return json.load(file)


def trained(variant, seed, steps):
    run = f"{options.out}/{variant}-{seed}"
    if not os.path.exists(f"{run}/config.json"):
        zoo("run", f"Configs/{variant}-mnist.json", "--set", f"training.steps={steps}",
            "--set", f"output.sampleEvery={max(1, steps // 10)}", "--seed", seed,
            "--out", run, "--quiet", *threads)
    elif not os.path.exists(f"{run}/checkpoints/step-{steps:06}"):
        zoo("resume", run, "--set", f"training.steps={steps}", "--quiet", *threads)
    print(variant, seed, file=sys.stderr, flush=True)
    return run


def judged(run):
    return json.loads(zoo("eval", run, "--json", "--quiet"))


def cell(values, factor, digits):
    values = [factor * value for value in values if value is not None]
    if not values:
        return "–"
    mean = f"{statistics.mean(values):.{digits}f}"
    return mean + (f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


os.makedirs(options.out, exist_ok=True)
steps = steps_in_budget()
# The bits do not depend on the number of threads, so that several runs may share the cores.
threads = ["--threads", 1] if options.jobs > 1 else []
keys = [(variant, seed) for seed in options.seeds for variant in VARIANTS]
with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
    runs = dict(zip(keys, pool.map(lambda key: trained(*key, steps[key[0]]), keys)))
if options.train_only:
    sys.exit()
results = {key: judged(run) for key, run in runs.items()}
with open(f"{options.out}/results.json", "w") as file:
    json.dump([{"variant": variant, "seed": seed, **result}
               for (variant, seed), result in results.items()], file, indent=1)


rows = [(variant, "generated", [results[variant, seed] for seed in options.seeds])
        for variant in VARIANTS] + [("training images", "real", [next(iter(results.values()))])]
print("| | steps | " + " | ".join(title for _, title, _, _ in COLUMNS) + " |")
print("|---" * (len(COLUMNS) + 2) + "|")
for name, side, some in rows:
    print(f"| {name} | {steps.get(name, '')} | " + " | ".join(
        cell([result[side].get(key) for result in some], factor, digits)
        for key, _, factor, digits in COLUMNS) + " |")
