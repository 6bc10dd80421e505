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
import sys

from judging import Zoo, table

VARIANTS = ["gan", "dcgan", "lsgan", "wgan", "wgan-gp", "cgan"]
# What two minutes hold on an AMD EPYC (Zen 3).
STEPS = {"gan": 10150, "dcgan": 5250, "lsgan": 600, "wgan": 2550, "wgan-gp": 950, "cgan": 7300}
parser = argparse.ArgumentParser()
parser.add_argument("--out", required=True)
parser.add_argument("--measure", action="store_true", help="as many steps as this machine makes")
parser.add_argument("--minutes", type=float, default=2)
parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
parser.add_argument("--zoo", default=".build/release/zoo")
parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
parser.add_argument("--train-only", action="store_true")
options = parser.parse_args()
zoo = Zoo(options.zoo)


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
    zoo.train(run, f"Configs/{variant}-mnist.json", steps, "--seed", seed, *threads)
    return run


os.makedirs(options.out, exist_ok=True)
steps = steps_in_budget()
# The bits do not depend on the number of threads, so that several runs may share the cores.
threads = ["--threads", 1] if options.jobs > 1 else []
keys = [(variant, seed) for seed in options.seeds for variant in VARIANTS]
with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
    runs = dict(zip(keys, pool.map(lambda key: trained(*key, steps[key[0]]), keys)))
if options.train_only:
    sys.exit()
results = {key: zoo.judge(run) for key, run in runs.items()}
with open(f"{options.out}/results.json", "w") as file:
    json.dump([{"variant": variant, "seed": seed, **result}
               for (variant, seed), result in results.items()], file, indent=1)


table(["", "steps"], [
    ((variant, steps[variant]), "generated",
     [results[variant, seed] for seed in options.seeds]) for variant in VARIANTS
] + [(("training images", ""), "real", [next(iter(results.values()))])])
