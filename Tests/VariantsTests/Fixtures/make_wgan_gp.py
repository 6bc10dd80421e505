"""PyTorch oracle for WGAN-GP as its authors train it on MNIST: ten generator
steps, each after five critic updates, in float32 on MNIST-shaped data.

Every parameter and input is a pure function of Philox4x32-10 words, so the
fixture holds only losses and norms. Needs numpy and torch. Run:

    python make_wgan_gp.py > wgan-gp-paper.json

To judge tolerances, `--double` computes the same (from the same float32
parameters and inputs) in float64, and `--threads N` on N threads. Losses are
those before the update; norms are L2 norms summed in float64.
"""

import argparse
import json
import math
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

SEED = 2026
KEY = (SEED, 99)  # initial parameters (tensor ids 0...15) and images
SHUFFLE, LATENTS, INTERPOLATION = 2, 3, 5  # zoo's purposes (RandomPurpose)
IMAGES = 101  # tensor id
BATCH, LATENT_SIZE, GENERATOR_STEPS, CRITIC_UPDATES = 50, 128, 10, 5
PENALTY_WEIGHT = 10.0


# Random numbers

def philox(counter, key):
    """Philox4x32-10 of four counter words (arrays or scalars) and two key words."""
    mask, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    c0, c1, c2, c3 = (np.asarray(c, np.uint64) for c in counter)
    k0, k1 = key
    for _ in range(10):
        p0, p1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = ((p1 >> shift) ^ c1 ^ np.uint64(k0), p1 & mask,
                          (p0 >> shift) ^ c3 ^ np.uint64(k1), p0 & mask)
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(np.broadcast_arrays(c0, c1, c2, c3), axis=-1)


def check_philox():
    """Random123's known answers."""
    ones = 0xFFFFFFFF
    for counter, key, expected in [
        ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((ones,) * 4, (ones,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
         "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ]:
        assert philox(counter, key).tolist() == [int(w, 16) for w in expected.split()]


def words(key, counter, blocks):
    """[blocks, 4] words of the blocks with counters (i, *counter)."""
    return philox((np.arange(blocks), *counter), key)


def uniform(n, key, *counter):
    """n float32 values in [0, 1): value i is lane i % 4 of block i // 4."""
    w = words(key, counter, -(-n // 4)).reshape(-1)[:n]
    return (w >> np.uint64(8)).astype(np.float32) * np.float32(2.0**-24)


def normal(n, key, *counter):
    """n float32 standard normals: Box-Muller in float64, two per block."""
    w = words(key, counter, -(-n // 2))
    a, b = (w[:, 1] << np.uint64(32)) | w[:, 0], (w[:, 3] << np.uint64(32)) | w[:, 2]
    u1 = ((a >> np.uint64(11)) + np.uint64(1)).astype(np.float64) * 2.0**-53
    u2 = (b >> np.uint64(11)).astype(np.float64) * 2.0**-53
    r, angle = np.sqrt(-2 * np.log(u1)), 2 * np.pi * u2
    pairs = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=-1)
    return pairs.reshape(-1)[:n].astype(np.float32)


def permutation(count, epoch):
    """zoo's order of an epoch: Fisher and Yates's shuffle from the back."""
    w = words((SEED, SHUFFLE), (0, 0, epoch), -(-count // 4)).reshape(-1)
    order = list(range(count))
    for drawn, last in enumerate(range(count - 1, 0, -1)):
        other = int(w[drawn]) * (last + 1) >> 32
        order[last], order[other] = order[other], order[last]
    return order


# Networks

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(LATENT_SIZE, 4096)
        self.deconv1 = nn.ConvTranspose2d(256, 128, 5, stride=2, padding=1)
        self.deconv2 = nn.ConvTranspose2d(128, 64, 5, stride=2, padding=1)
        self.deconv3 = nn.ConvTranspose2d(64, 1, 5, stride=2, padding=1)

    def forward(self, z):
        x = F.relu(self.linear(z).view(-1, 256, 4, 4))
        # Dropping the last row and column gives TensorFlow's SAME.
        x = F.relu(self.deconv1(x)[:, :, :-1, :-1][:, :, :7, :7])
        x = F.relu(self.deconv2(x)[:, :, :-1, :-1])
        return torch.sigmoid(self.deconv3(x)[:, :, :-1, :-1])


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 5, stride=2)
        self.conv2 = nn.Conv2d(64, 128, 5, stride=2)
        self.conv3 = nn.Conv2d(128, 256, 5, stride=2)
        self.linear = nn.Linear(4096, 1)

    def forward(self, x):
        # TensorFlow's SAME for a stride of 2: 28, 14 and 7 give 14, 7 and 4.
        x = F.leaky_relu(self.conv1(F.pad(x, (1, 2, 1, 2))), 0.2)
        x = F.leaky_relu(self.conv2(F.pad(x, (1, 2, 1, 2))), 0.2)
        x = F.leaky_relu(self.conv3(F.pad(x, (2, 2, 2, 2))), 0.2)
        return self.linear(x.flatten(1)).squeeze(1)


def limit(layer):
    """Half-width of the uniform distribution of a layer's initial weights."""
    if isinstance(layer, nn.Linear):
        return math.sqrt(6 / (layer.in_features + layer.out_features))
    fan_in, fan_out = layer.in_channels * 25, layer.out_channels * 25
    if isinstance(layer, nn.ConvTranspose2d):
        fan_in /= 4
    else:
        fan_out /= 4
    return math.sqrt(3) * math.sqrt(4 / (fan_in + fan_out))


def initialise(network, first_id):
    for i, (name, p) in enumerate(network.named_parameters()):
        layer, kind = name.split(".")
        scale = limit(getattr(network, layer)) if kind == "weight" else 0.05
        u = uniform(p.numel(), KEY, first_id + i, 0, 0)
        values = (np.float32(2) * u - np.float32(1)) * np.float32(scale)
        p.data = torch.from_numpy(values).view(p.shape)


# Training

def norms(network, gradient=False):
    return {name: (p.grad if gradient else p.detach()).double().norm().item()
            for name, p in network.named_parameters()}


def update(network, optimizer, loss):
    """One Adam step on the gradient for this network's parameters alone."""
    parameters = list(network.parameters())
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = gradient
    optimizer.step()


def train(dtype):
    generator, critic = Generator(), Critic()
    initialise(generator, 0)
    initialise(critic, 8)
    generator.to(dtype)
    critic.to(dtype)
    counts = {"generator": sum(p.numel() for p in generator.parameters()),
              "critic": sum(p.numel() for p in critic.parameters())}
    assert counts == {"generator": 1_554_177, "critic": 1_030_145}
    generator_adam, critic_adam = (
        torch.optim.Adam(n.parameters(), lr=1e-4, betas=(0.5, 0.9), eps=1e-8)
        for n in (generator, critic))

    def tensor(values, *shape):
        return torch.from_numpy(values).view(shape).to(dtype)

    def latents(step, substep):
        return tensor(normal(BATCH * LATENT_SIZE, (SEED, LATENTS), 0, substep, step),
                      BATCH, LATENT_SIZE)

    order = permutation(GENERATOR_STEPS * CRITIC_UPDATES * BATCH, epoch=0)
    images = np.stack([uniform(784, KEY, IMAGES, i, 0) for i in order])
    batches = iter((images * images * images).reshape(-1, BATCH, 1, 28, 28))

    critic_losses, estimates, penalties, generator_losses = [], [], [], []
    first = {}
    for step in range(GENERATOR_STEPS):
        for substep in range(CRITIC_UPDATES):
            real = tensor(next(batches), BATCH, 1, 28, 28)
            epsilon = tensor(uniform(BATCH, (SEED, INTERPOLATION), 0, substep, step),
                             BATCH, 1, 1, 1)
            with torch.no_grad():
                fake = generator(latents(step, substep))
            mixed = (epsilon * real + (1 - epsilon) * fake).requires_grad_()
            (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
            norm = torch.sqrt(slope.square().sum(dim=(1, 2, 3)) + 1e-12)
            penalty = (norm - 1).square().mean()
            estimate = critic(real).mean() - critic(fake).mean()
            loss = -estimate + PENALTY_WEIGHT * penalty
            update(critic, critic_adam, loss)
            first.setdefault("critic", norms(critic, gradient=True))
            critic_losses.append(loss.item())
            estimates.append(estimate.item())
            penalties.append(penalty.item())
        loss = -critic(generator(latents(step, CRITIC_UPDATES))).mean()
        update(generator, generator_adam, loss)
        first.setdefault("generator", norms(generator, gradient=True))
        generator_losses.append(loss.item())

    return {
        "criticLoss": critic_losses,
        "wassersteinEstimate": estimates,
        "gradientPenalty": penalties,
        "generatorLoss": generator_losses,
        "firstGradientNorms": first,
        "finalParameterNorms": {"generator": norms(generator), "critic": norms(critic)},
        "parameterCounts": counts,
    }


def rounded(value):
    """Nine significant digits, which tell any two float32 values apart."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--double", action="store_true", help="compute in float64")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    # oneDNN's float32 convolutions err a few times as much as the plain ones:
    # enough, in the first update, to take one LeakyReLU input of 8e-7 for
    # negative and so change that update's gradient by some 3e-4.
    torch.backends.mkldnn.set_flags(False)
    check_philox()
    result = train(torch.float64 if options.double else torch.float32)
    json.dump(rounded(result), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
