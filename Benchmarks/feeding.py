"""What feeding costs a training step: real data beside one batch that stays in memory.

    python3 Benchmarks/feeding.py [--rounds 7] [--zoo .build/release/zoo] [--threads 1 2]

Pairs of `zoo bench` with and without --sample, one after the other; the ratio is the time without
data divided by the time with it, so 1 means that feeding costs nothing. The folder holds 5,000
JPEGs of 178x218, drawn here (needs Pillow and NumPy); its first epoch, in which every picture is
decoded, is what is measured.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile

import numpy
from PIL import Image

parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--zoo", default=".build/release/zoo")
parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
options = parser.parse_args()


def draw(folder):
    """Pictures with the detail of photographs: smooth noise of several scales."""
    random = numpy.random.default_rng(1)
    for index in range(5000):
        picture = numpy.zeros((218, 178, 3))
        for cells in (4, 16, 64):
            noise = random.uniform(0, 255 / 3, (cells, cells, 3)).astype(numpy.uint8)
            picture += numpy.asarray(Image.fromarray(noise).resize((178, 218), Image.BICUBIC))
        Image.fromarray(picture.astype(numpy.uint8)).save(f"{folder}/{index:05}.jpg", quality=90)


def seconds(config, threads, steps, sample=None):
    command = [options.zoo, "bench", config, "--threads", str(threads), "--steps", str(steps),
               "--json"] + (["--sample", sample] if sample else [])
    result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return result["secondsPerStep"]["median"]


with tempfile.TemporaryDirectory() as folder:
    os.mkdir(f"{folder}/pictures")
    draw(f"{folder}/pictures")
    pictures = f"{folder}/pictures.json"
    with open(pictures, "w") as file:
        json.dump({
            "variant": "dcgan",
            "data": {"dataset": "folder", "path": f"{folder}/pictures",
                     "size": [64, 64], "crop": 160},
            "generator": {"architecture": "dcgan", "width": 32},
            "discriminator": {"architecture": "dcgan", "width": 32},
            "training": {"batch": 64}}, file)
    for name, config, steps, sample in [
            ("wgan-gp-mnist", "Configs/wgan-gp-mnist.json", 12, "28x28x1"),
            ("5,000 JPEGs to 64x64", pictures, 40, "64x64x3")]:
        for threads in options.threads:
            ratios = []
            for round in range(options.rounds):
                order = [None, sample] if round % 2 else [sample, None]
                times = {which: seconds(config, threads, steps, which) for which in order}
                ratios.append(times[sample] / times[None])
            print(f"{name}, {threads} thread{'s' * (threads > 1)}: {statistics.median(ratios):.3f} "
                  f"({min(ratios):.3f} to {max(ratios):.3f})", flush=True)
