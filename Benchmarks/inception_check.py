"""Compares features, FID, KID, Inception score, precision, recall, density and coverage with
torch-fidelity's Inception network and metrics, on random weights. The test suite runs it:

    ZOO_INCEPTION_PYTHON=python3 swift test -c release --filter InceptionFiguresTests

`inception_check.py make FOLDER` writes weights and images there, the test adds what the program
makes of them, and `inception_check.py compare FOLDER` prints the differences; the exit code is 1
where one is too large. Needs torch, torch-fidelity and safetensors. The images are CIFAR-10's from
$ZOO_DATA_DIR, where they are there, else noise of several sizes.
"""

import json
import os
import sys

import numpy as np
import torch
from safetensors.numpy import load_file
from safetensors.torch import save_file
from torch_fidelity import metric_fid, metric_isc, metric_kid, metric_prc
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

COUNT = 240
# Of the scale of features and logits; and of each figure.
FEATURES, FIGURES = 1e-4, 1e-3
# What is computed of the same features: Float64 here and there, but for cdist.
SAME_FEATURES = 1e-6


class Untrained(FeatureExtractorInceptionV3):
    """torch-fidelity's network, which keeps the weights of its construction."""

    def load_state_dict(self, _):
        pass


def network(folder):
    empty = f"{folder}/empty.pth"
    torch.save({}, empty)
    return Untrained("inception", ["2048", "logits_unbiased"], feature_extractor_weights_path=empty)


def read_images():
    """Real images, and others with noise of all strengths, uint8 [N, 32, 32, 3]."""
    rng = np.random.default_rng(1)
    path = os.path.join(os.environ.get("ZOO_DATA_DIR", ""), "cifar-10-batches-bin/test_batch.bin")
    if os.path.exists(path):
        records = np.fromfile(path, np.uint8, 3073 * 2 * COUNT).reshape(2 * COUNT, 3073)
        images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    else:
        blocks = [np.kron(rng.integers(0, 256, (2 * COUNT, s, s, 3)), np.ones((1, 32 // s, 32 // s, 1)))
                  for s in (2, 4, 8)]
        images = np.mean(blocks, axis=0)
    strength = rng.uniform(0, 60, (COUNT, 1, 1, 1))
    noisy = images[COUNT:] + strength * rng.standard_normal((COUNT, 32, 32, 3))
    noisy[::8] = rng.integers(0, 256, noisy[::8].shape)
    return [np.ascontiguousarray(np.clip(np.round(x), 0, 255).astype(np.uint8))
            for x in (images[:COUNT], noisy)]


def make(folder):
    torch.manual_seed(1)
    real, generated = read_images()
    model = network(folder)
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.weight, 1, 0.2)
            torch.nn.init.normal_(module.bias, 0, 0.2)
            module.momentum = 1.0
    torch.nn.init.normal_(model.fc.weight, 0, 0.1)
    # Statistics of real images keep all layers at one scale, and images apart.
    model.train()
    with torch.no_grad():
        model(torch.from_numpy(real[:32]).permute(0, 3, 1, 2))
    # As zoo tells the users of the real weights.
    path = f"{folder}/random.pth"
    torch.save(model.state_dict(), path)
    save_file({k: v.float().contiguous() for k, v in torch.load(path).items()
               if "num_batches" not in k}, f"{folder}/weights.safetensors")
    for name, images in [("real", real), ("generated", generated)]:
        np.save(f"{folder}/{name}.npy", images)
    print(f"{len(real)} real images and as many noisy ones")


def look(model, images):
    parts = []
    with torch.no_grad():
        for first in range(0, len(images), 16):
            parts.append(model(torch.from_numpy(images[first:first + 16]).permute(0, 3, 1, 2)))
    return [torch.cat(tensors) for tensors in zip(*parts)]


def figures(generated, real, logits, order):
    """torch-fidelity's figures, and density and coverage as in Naeem et al.'s code."""
    statistics = [metric_fid.fid_features_to_statistics(x) for x in (generated, real)]
    fid = metric_fid.fid_statistics_to_metric(*statistics, False)
    kid = metric_kid.kid_features_to_metric(
        generated, real, kid_subset_size=len(real), verbose=False)
    isc = metric_isc.isc_features_to_metric(logits[order], 10, False)
    prc = metric_prc.prc_features_to_metric(generated, real, verbose=False)
    radii = torch.cdist(real, real).kthvalue(6).values
    inside = torch.cdist(real, generated) < radii[:, None]
    return {
        "frechetDistance": fid["frechet_inception_distance"],
        "kernelDistance": kid["kernel_inception_distance_mean"],
        "classifierScore": isc["inception_score_mean"],
        "classifierScoreDeviation": isc["inception_score_std"],
        "precision": prc["precision"], "recall": prc["recall"],
        "density": inside.double().sum(0).mean().item() / 5,
        "coverage": inside.any(1).double().mean().item(),
    }


def compare(folder):
    model = network(folder)
    torch.nn.Module.load_state_dict(model, torch.load(f"{folder}/random.pth"))
    zoo = {name: torch.from_numpy(x) for name, x in load_file(f"{folder}/zoo.safetensors").items()}
    with open(f"{folder}/zoo.json") as file:
        scores = json.load(file)
    bad = False

    def report(what, value, reference, difference, limit):
        nonlocal bad
        bad |= not difference <= limit
        print(f"{what:44} {value:12.6g} {reference:12.6g} {difference:9.1e}"
              + ("" if difference <= limit else f"  more than {limit}"))

    print(f"{'':44} {'zoo':>12} {'reference':>12} {'difference':>9}")
    expected = {}
    for name in ("real", "generated"):
        for what, tensor in zip(("features", "logits"), look(model, np.load(f"{folder}/{name}.npy"))):
            expected[f"{name}.{what}"] = tensor
            found = zoo[f"{name}.{what}"]
            scale = tensor.abs().max().item()
            report(f"{what} of {name} images (largest)", found.abs().max().item(), scale,
                   (found - tensor).abs().max().item() / scale, FEATURES)
            # Images must differ by far more than rounding, or the comparison says little.
            print(f"  deviation between images: {tensor.std(0).mean().item() / scale:.1e} of that")
    order = zoo["order"].long()
    for title, source, limit in [("torch-fidelity", expected, FIGURES),
                                 ("its metrics, zoo's features", zoo, SAME_FEATURES)]:
        # Float64, as zoo computes its figures.
        sets = [source[f"{name}.features"].double() for name in ("generated", "real")]
        for key, value in figures(*sets, source["generated.logits"], order).items():
            report(f"{key} ({title})", scores[key], value, abs(scores[key] / value - 1), limit)
    sys.exit(bad)


{"make": make, "compare": compare}[sys.argv[1]](sys.argv[2])
