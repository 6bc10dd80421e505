"""What each part of BigGAN does for digits: one change at a time, equal steps, one judge.

    ZOO_DATA_DIR=... python3 Benchmarks/ablation.py --out ablation [--steps 1200] [--seeds 1] [--jobs 2]

Trains `biggan-mnist` as it is, and without attention, spectral norm, projection, or orthogonality. Runs
that are complete are not run again. Prints the table of Documentation/results.md.
"""

import argparse
import concurrent.futures
import json
import os

from judging import COLUMNS, Zoo, table

CONFIG = "Configs/biggan-mnist.json"
CLASSES = ("conditionalAccuracy", "right for their class", 1, 3)

parser = argparse.ArgumentParser()
parser.add_argument("--out", required=True)
parser.add_argument("--steps", type=int, default=1200)
parser.add_argument("--seeds", type=int, nargs="*", default=[1])
parser.add_argument("--zoo", default=".build/release/zoo")
parser.add_argument("--jobs", type=int, default=2, help="runs at a time, on one thread each")
options = parser.parse_args()
zoo = Zoo(options.zoo)


def attentionless(layers):
    return [layer for layer in layers
            if layer != "attention" and not (isinstance(layer, dict) and "attention" in layer)]


def changes():
    """Configs by what they lack."""
    # A run's own config has the layers written out.
    zoo.train(f"{options.out}/layers", CONFIG, 1)
    with open(f"{options.out}/layers/config.json") as file:
        whole = json.load(file)

    def changed(change):
        config = json.loads(json.dumps(whole))
        change(config)
        return config

    def without_attention(config):
        for player in ("generator", "discriminator"):
            config[player]["layers"] = attentionless(config[player]["layers"])

    def plain(config):
        for player in ("generator", "discriminator"):
            config[player]["weights"] = "plain"

    def concatenated(config):
        config["conditioning"]["discriminator"] = "concatenate"

    def oblique(config):
        config["objective"]["orthogonality"] = 0

    return {
        "all of it": whole, "no attention": changed(without_attention),
        "no spectral norm": changed(plain), "class beside the image, no projection":
        changed(concatenated), "no orthogonality": changed(oblique)}


os.makedirs(options.out, exist_ok=True)
names = {}
for number, (name, config) in enumerate(changes().items()):
    names[name] = f"{options.out}/{number}"
    with open(f"{names[name]}.json", "w") as file:
        json.dump(config, file)
keys = [(name, seed) for seed in options.seeds for name in names]


def trained(key):
    name, seed = key
    run = f"{names[name]}-{seed}"
    zoo.train(run, f"{names[name]}.json", options.steps, "--seed", seed, "--threads",
              1 if options.jobs > 1 else 2)
    return run


with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
    runs = dict(zip(keys, pool.map(trained, keys)))
results = {key: zoo.judge(run) for key, run in runs.items()}
table([""], [((name,), "generated", [results[name, seed] for seed in options.seeds])
              for name in names], [CLASSES, *COLUMNS])
