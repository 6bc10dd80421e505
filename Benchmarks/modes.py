"""Counts the modes that runs on ring8 and grid25 cover, in PyTorch, from their newest checkpoints.

    python3 Benchmarks/modes.py runs/latest [RUN ...]

2,500 samples; good is what lies within three deviations of the nearest mode, and a mode is covered
when a good sample is nearest to it (Lin et al. 2018, arXiv:1712.04086). Needs torch and safetensors.
"""

import json
import math
import os
import sys

import torch
from safetensors.torch import load_file

# Centres and deviation as in Gulrajani's gan_toy.py.
MODES = {
    "ring8": (
        [[2 * math.cos(math.pi * i / 4) / 1.414, 2 * math.sin(math.pi * i / 4) / 1.414]
         for i in range(8)], 0.02 / 1.414),
    "grid25": (
        [[x / 2.828, y / 2.828] for x in range(-4, 5, 2) for y in range(-4, 5, 2)], 0.05 / 2.828),
}


def count(run):
    newest = sorted(os.listdir(f"{run}/checkpoints"))[-1]
    with open(f"{run}/config.json") as file:
        config = json.load(file)
    weights = load_file(f"{run}/checkpoints/{newest}/generator.safetensors")
    centres, deviation = MODES[config["data"]["dataset"]]
    x = torch.randn(2500, config["generator"]["latent"]["size"],
                    generator=torch.Generator().manual_seed(7))
    for index, layer in enumerate(config["generator"]["layers"]):
        if layer == "relu":
            x = x.relu()
        elif isinstance(layer, dict) and "dense" in layer:
            x = x @ weights[f"{index}.weight"].T + weights[f"{index}.bias"]
        else:
            sys.exit(f"{run}: a layer that is not counted here: {layer}")
    distance, nearest = torch.cdist(x.double(), torch.tensor(centres).double()).min(1)
    good = distance < 3 * deviation
    share = torch.bincount(nearest[good], minlength=len(centres)).double()
    share = share / share.sum()
    entropy = -(share[share > 0] * share[share > 0].log()).sum()
    print(f"{run} {newest}: {(share > 0).sum()} of {len(centres)} modes, "
          f"{100 * good.double().mean():.1f} % good samples, "
          f"reverse KL {math.log(len(centres)) - entropy:.3f}")


for path in sys.argv[1:] or ["runs/latest"]:
    count(path)
