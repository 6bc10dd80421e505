"""Class score of MNIST generators: exp of the mean KL divergence between what a classifier says of
each sample and what it says on average (10 is best; real test digits score about 9.8).

Trains a small CNN on MNIST first (about two minutes on one core), kept in --classifier, then rebuilds
each run's generator in PyTorch from its config and its newest checkpoint.
Needs torch, numpy and safetensors.

    python mnist_score.py --mnist DIR RUN [RUN ...]
"""

import argparse
import gzip
import json
import os

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from pytorch_peer import layers


def idx(path):
    with gzip.open(path) as file:
        data = file.read()
    rank = data[3]
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(rank)]
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape).copy())


def classifier(folder, keep):
    network = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Dropout(0.3),
        nn.Linear(128, 10))
    if keep and os.path.exists(keep):
        network.load_state_dict(torch.load(keep))
        return network.eval()
    images = idx(f"{folder}/train-images-idx3-ubyte.gz").float().div(255).unsqueeze(1)
    labels = idx(f"{folder}/train-labels-idx1-ubyte.gz").long()
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    for _ in range(3):
        for rows in torch.randperm(len(images)).split(128):
            loss = F.cross_entropy(network(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    network.eval()
    if keep:
        torch.save(network.state_dict(), keep)
    return network


@torch.no_grad()
def score(network, images):
    p = torch.cat([network(part).softmax(1) for part in images.split(500)])
    mean = p.mean(0)
    value = (p * (p.clamp_min(1e-12).log() - mean.clamp_min(1e-12).log())).sum(1).mean().exp()
    return value.item(), p.argmax(1).bincount(minlength=10).tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--mnist", required=True)
    parser.add_argument("--classifier", help="file that keeps the trained classifier")
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("runs", nargs="*")
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = classifier(options.mnist, options.classifier)
    test = idx(f"{options.mnist}/t10k-images-idx3-ubyte.gz").float().div(255).unsqueeze(1)
    truth = idx(f"{options.mnist}/t10k-labels-idx1-ubyte.gz").long()
    with torch.no_grad():
        accuracy = (network(test).argmax(1) == truth).float().mean().item()
    print(f"real test digits: score {score(network, test)[0]:.2f}, accuracy {accuracy:.4f}")
    for run in options.runs:
        with open(f"{run}/config.json") as file:
            config = json.load(file)
        latent = config["generator"]["latent"]["size"]
        generator = layers(config["generator"]["layers"], [latent]).eval()
        newest = sorted(os.listdir(f"{run}/checkpoints"))[-1]
        weights = load_file(f"{run}/checkpoints/{newest}/generator.safetensors")
        # The peer has modules of its own for padding, so its numbers differ; the order is the same.
        own = {k: v for k, v in generator.state_dict().items() if "num_batches" not in k}
        kinds = ["weight", "bias", "running_mean", "running_var"]
        names = sorted(weights, key=lambda n: (int(n.split(".")[0]), kinds.index(n.split(".")[1])))
        weights = {name: weights[name] for name in names}
        assert [tuple(v.shape) for v in own.values()] == [tuple(v.shape) for v in weights.values()]
        generator.load_state_dict(dict(zip(own, weights.values())), strict=False)
        with torch.no_grad():
            images = torch.cat([generator(torch.randn(250, latent))
                                for _ in range(options.samples // 250)])
        low, high = config["data"]["range"]
        value, counts = score(network, (images - low) / (high - low))
        print(f"{run}: score {value:.2f}, samples per class {counts}")


if __name__ == "__main__":
    main()
