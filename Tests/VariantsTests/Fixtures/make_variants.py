"""Writes variants.json: small runs of every variant as PyTorch sees them, in Float64.

    python3 Tests/VariantsTests/Fixtures/make_variants.py

The first weights, batches and random numbers come from `zoo trace`, everything else is
`Benchmarks/parity/replay.py`. To be run again when a recipe or a random number changes.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(ROOT, "Benchmarks", "parity"))

import torch

from replay import replay

STEPS = 5
# Initial weights as PyTorch's own: where biases start at zero, a convolution over blank paper is
# exactly zero, and a LeakyReLU has no derivative there.
NETWORKS = {
    "data": {"dataset": "stroke-digits"},
    "generator": {"latent": {"size": 8}, "width": 4, "initialization": "pytorch"},
    "discriminator": {"width": 4, "initialization": "pytorch"},
    "training": {"batch": 8, "seed": 7},
}
RUNS = {
    "gan": {}, "gan, minimax and smooth": {
        "objective": {"generatorGoal": "minimax", "realLabel": 0.9}},
    "dcgan": {}, "lsgan": {}, "lsgan, other targets": {
        "objective": {"fakeTarget": -1, "realTarget": 1, "generatorTarget": 0}},
    "wgan": {}, "wgan-gp": {}, "wgan-gp, one-sided": {"objective": {"sided": "one"}},
    "cgan": {}, "cgan, dcgan with projection": {
        "conditioning": "projection", "architecture": "dcgan"},
    "wgan-gp, conditional": {"conditioning": "concatenate"},
    "infogan": {"objective": {"categories": 10, "numbers": 2}}, "infogan, other codes": {
        "objective": {"categories": 3, "numbers": 0, "weight": 2}},
    "acgan": {}, "acgan, classes of fakes": {
        "objective": {"fakeClassWeight": 1, "classWeight": 2}},
    "pix2pix": {"objective": {"l1": 10}}, "pix2pix, least squares, not conditional": {
        "objective": {"loss": "least-squares", "conditional": False}},
    "cyclegan": {"objective": {"pool": 10}},
    "pix2pixhd": {"objective": {"enhancer": True, "coarseSteps": 2, "frozenSteps": 1}},
    "sngan": {}, "sagan": {}, "biggan": {},
    # More steps than intervals are long: both penalties have turns.
    "stylegan2": {"objective": {"slopeEvery": 2, "pathEvery": 2, "style": 12}},
    "stylegan": {"objective": {"style": 12, "slopePenalty": 1}},
    # Four steps of eight samples: in the second one size comes in, in the fourth the next.
    "progan": {"objective": {"stable": 8, "fade": 12}},
    "r3gan": {"objective": {"slopePenalty": 1}}, "r3gan, R1 alone": {
        "objective": {"slopePenalty": 2, "atFake": False}, "architecture": "r3gan-light"},
    "pix2pixhd, encoder": {"objective": {"encoder": True}}, "vae": {}, "vae, gaussian": {"objective": {"likelihood": "gaussian", "beta": 4}},
}


def probes(tensor):
    """Its norm, and its share along a direction that no order or sign leaves alone."""
    values = tensor.flatten().double()
    direction = torch.sin(torch.arange(1, len(values) + 1, dtype=torch.float64))
    return [values.norm().item(), (values @ direction / direction.norm()).item()]


def infogan(codes):
    """Its networks made narrow, and without biases in front of batch norms: those have no derivative,
    and Adam would make full steps of the rounding."""
    def normed(layer, slope):
        activation = {"leakyRelu": slope} if slope else "relu"
        return [{**layer, "bias": False}, "batchNorm", activation]
    strided = {"kernel": 4, "stride": 2}
    return {
        "generator": [
            *normed({"dense": 16}, 0), *normed({"dense": 392}, 0), {"reshape": [7, 7, 8]},
            *normed({"convTranspose": 4, **strided}, 0), {"convTranspose": 1, **strided}, "sigmoid"],
        "discriminator": [
            {"conv": 4, **strided}, {"leakyRelu": 0.01}, *normed({"conv": 8, **strided}, 0.01),
            "flatten", *normed({"dense": 16}, 0.01), {"dense": 1}],
        "codes": ["flatten", *normed({"dense": 8}, 0.01), {"dense": codes}],
    }


def config(name, changes):
    made = json.loads(json.dumps(NETWORKS))
    made["variant"] = name.split(",")[0]
    if made["variant"] == "vae":
        del made["discriminator"]
    if made["variant"] == "cyclegan":
        made["data"] |= {"pad": 32, "source": {"made": "thicken", "paired": False}}
        # Biases in front of instance norms have no derivative: Adam would make full steps of rounding.
        # Steps are small, as these norms also make much of what rounding moves across a kink.
        made["training"] |= {"batch": 4, "optimizer": {"sgd": {"learningRate": 0.0001}}}
        made["networks"] = {
            "back": {"width": 4, "initialization": "pytorch"},
            "backDiscriminator": {"width": 4, "initialization": "pytorch"}}
    if made["variant"] == "pix2pixhd":
        made["data"] |= {"pad": 32, "source": {"made": "scenes"}}
        made["training"] |= {"batch": 2, "optimizer": {"sgd": {"learningRate": 0.0001}}}
        made["networks"] = {
            role: {"width": 4, "initialization": "pytorch"}
            for role in ("head", "enhancerDown", "enhancerUp", "halfDiscriminator")}
        made["networks"]["encoder"] = {"initialization": "pytorch"}
    if made["variant"] in ("progan", "stylegan", "stylegan2", "r3gan"):
        # Groups of eight channels; no rate changes over the run. Without momentum, which PyTorch lets go
        # on where it gives a derivative that vanishes everywhere as zeros.
        made["training"] |= {
            which: {"sgd": {"learningRate": 0.001, "momentum": 0}}
            for which in ("optimizer", "generatorOptimizer", "discriminatorOptimizer")}
        for player in ("generator", "discriminator"):
            made[player]["width"] = 8
    if made["variant"].startswith("stylegan"):
        made["networks"] = {"mapping": {"width": 8}}
    if made["variant"] in ("sngan", "sagan", "biggan"):
        # Attention has one channel of eight; BigGAN cuts codes into three. Biases in front of batch norms
        # have no derivative: Adam would make full steps of rounding.
        made["training"] |= {
            which: {"sgd": {"learningRate": 0.001}}
            for which in ("optimizer", "generatorOptimizer", "discriminatorOptimizer")}
        made["generator"] |= {"width": 8, "latent": {"size": 12}}
        made["discriminator"]["width"] = 8
    if made["variant"] == "pix2pix":
        made["data"] |= {"pad": 32, "source": {"made": "edges"}}
    if made["variant"] == "infogan":
        codes = changes["objective"]["categories"] + changes["objective"]["numbers"]
        for player, layers in infogan(codes).items():
            made.setdefault(player, {}).pop("width", None)
            made[player] |= {"layers": layers, "initialization": "pytorch"}
        made["networks"] = {"codes": made.pop("codes")}
        return {**made, **changes}
    role = {"vae": "encoder", "infogan": "codes", "acgan": "classifier"}.get(made["variant"])
    if role:
        made["networks"] = {role: {"width": 4, "initialization": "pytorch"}}
    changes = dict(changes)
    architecture = changes.pop("architecture", None)
    if architecture:
        for player in ("generator", "discriminator"):
            made[player]["architecture"] = architecture
    return {**made, **changes}


def main():
    binary = subprocess.run(
        ["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT, text=True,
        capture_output=True, check=True).stdout.strip()
    runs = []
    for name, changes in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            source, trace = os.path.join(folder, "run.json"), os.path.join(folder, "trace")
            with open(source, "w") as file:
                json.dump(config(name, changes), file)
            subprocess.run(
                [os.path.join(binary, "zoo"), "trace", source, "--steps", str(STEPS), "--out",
                 trace], check=True, capture_output=True)
            losses, gradients, parameters = replay(trace, torch.float64)
        runs.append({
            "name": name, "config": config(name, changes), "steps": STEPS,
            "losses": [theirs for _, theirs in losses],
            "gradients": {name: probes(theirs) for name, (_, theirs) in gradients.items()},
            "parameters": {name: probes(theirs) for name, (_, theirs) in parameters.items()},
        })
    with open(os.path.join(HERE, "variants.json"), "w") as file:
        json.dump(runs, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
