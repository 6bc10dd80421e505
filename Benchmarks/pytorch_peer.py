"""The PyTorch side of the benchmark: the same networks, batch and steps, from the same JSON.

Reads a resolved config (`config.json` of a run: every layer is written out), builds both networks
as `nn.Sequential`, and times generator steps with their critic updates. Data are random images in
memory, so that only the step is measured. Prints one JSON object. Needs torch.

    python pytorch_peer.py CONFIG --threads 2 --layout channels_last --steps 5
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


def pair(value):
    return list(value) if isinstance(value, list) else [value, value]


class Same(nn.Module):
    """Zero padding as zoo's and TensorFlow's "same": the odd row goes below and to the right."""

    def __init__(self, size, kernel, stride):
        super().__init__()
        self.padding = []
        for n, k, s in reversed(list(zip(size, kernel, stride))):
            total = max((-(-n // s) - 1) * s + k - n, 0)
            self.padding += [total // 2, total - total // 2]

    def forward(self, x):
        return F.pad(x, self.padding)


class Crop(nn.Module):
    def __init__(self, height, width, top=0, left=0):
        super().__init__()
        self.box = (slice(None), slice(None), slice(top, top + height), slice(left, left + width))

    def forward(self, x):
        return x[self.box]


def layers(entries, shape):
    """PyTorch modules for a layer list, from samples of `shape` ([features] or [H, W, C])."""
    modules = []
    for entry in entries:
        name, value = (entry, None) if isinstance(entry, str) else next(
            (k, entry[k]) for k in entry if k in KINDS)
        options = {} if isinstance(entry, str) else entry
        made, shape = KINDS[name](value, options, shape)
        modules += made
    return nn.Sequential(*modules)


def dense(units, options, shape):
    return [nn.Linear(shape[0], units, options.get("bias", True))], [units]


def conv(channels, options, shape):
    kernel, stride = pair(options.get("kernel", 5)), pair(options.get("stride", 1))
    padding, bias = options.get("padding", "same"), options.get("bias", True)
    if padding == "same":
        made = [Same(shape[:2], kernel, stride),
                nn.Conv2d(shape[2], channels, kernel, stride, bias=bias)]
        return made, [-(-shape[0] // stride[0]), -(-shape[1] // stride[1]), channels]
    zeros = 0 if padding == "valid" else padding
    size = [(n + 2 * zeros - k) // s + 1 for n, k, s in zip(shape, kernel, stride)]
    return [nn.Conv2d(shape[2], channels, kernel, stride, zeros, bias=bias)], size + [channels]


def conv_transpose(channels, options, shape):
    kernel, stride = pair(options.get("kernel", 5)), pair(options.get("stride", 1))
    padding, bias = options.get("padding", "same"), options.get("bias", True)
    if padding == "same":
        size = [n * s for n, s in zip(shape, stride)]
        before = [max((n - 1) * s + k - o, 0) // 2
                  for n, s, k, o in zip(shape, stride, kernel, size)]
        made = [nn.ConvTranspose2d(shape[2], channels, kernel, stride, tuple(before), bias=bias),
                Crop(*size)]
        return made, size + [channels]
    zeros = 0 if padding == "valid" else padding
    extra = options.get("outputPadding", 0)
    size = [(n - 1) * s + k - 2 * zeros + extra for n, s, k in zip(shape, stride, kernel)]
    return [nn.ConvTranspose2d(shape[2], channels, kernel, stride, zeros, extra, bias=bias)], \
        size + [channels]


def batch_norm(epsilon, options, shape):
    kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
    return [kind(shape[-1], epsilon or 1e-5, options.get("momentum", 0.1))], shape


def reshape(target, options, shape):
    return [nn.Unflatten(1, (target[2], target[0], target[1]))], target


def flatten(value, options, shape):
    count = 1
    for n in shape:
        count *= n
    return [nn.Flatten()], [count]


KINDS = {
    "dense": dense, "conv": conv, "convTranspose": conv_transpose, "batchNorm": batch_norm,
    "reshape": reshape, "flatten": flatten,
    "crop": lambda v, o, s: ([Crop(*v)], v + [s[2]]),
    "relu": lambda v, o, s: ([nn.ReLU()], s),
    "leakyRelu": lambda v, o, s: ([nn.LeakyReLU(0.2 if v is None else v)], s),
    "tanh": lambda v, o, s: ([nn.Tanh()], s),
    "sigmoid": lambda v, o, s: ([nn.Sigmoid()], s),
    "maxPool": lambda v, o, s: ([nn.MaxPool2d(v or 2)], [s[0] // (v or 2), s[1] // (v or 2), s[2]]),
    "dropout": lambda v, o, s: ([nn.Dropout(0.5 if v is None else v)], s),
}


def optimizer(settings, parameters):
    """PyTorch's own; of a rate that changes the one that it begins with: it falls later than this lasts."""
    (kind, values), = settings.items()
    rate = values["learningRate"]
    rate = rate["points"][0][1] if isinstance(rate, dict) else rate
    if kind == "adam":
        return torch.optim.Adam(parameters, rate,
                                (float(values["beta1"]), float(values["beta2"])), values["epsilon"])
    if kind == "rmsprop":
        return torch.optim.RMSprop(parameters, rate, values["decay"])
    return torch.optim.SGD(parameters, rate, values["momentum"])


def arguments(description):
    """What both peers are told."""
    parser = argparse.ArgumentParser(description=description.split("\n\n")[0])
    parser.add_argument("config")
    parser.add_argument("--sample", type=int, nargs="+", default=[28, 28, 1], help="H W C")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layout", choices=["contiguous", "channels_last"], default="contiguous")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=1)
    parser.add_argument("--critic-gradients", action="store_true",
                        help="let the generator's step compute the critic's weight gradients too")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    with open(options.config) as file:
        return options, json.load(file)


def measure(step, options):
    """Times a step, and prints what it takes."""
    seconds = []
    for number in range(options.warmup + options.steps):
        start = time.perf_counter()
        step()
        if number >= options.warmup:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({"secondsPerStep": {
        "median": statistics.median(seconds), "min": min(seconds), "max": max(seconds)}}))


def main():
    options, config = arguments(__doc__)
    training, batch = config["training"], config["training"]["batch"]
    latent = config["generator"]["latent"]["size"]
    sample = options.sample
    generator = layers(config["generator"]["layers"], [latent])
    critic = layers(config["discriminator"]["layers"], sample)
    real = torch.rand(batch, sample[2], sample[0], sample[1])
    if options.layout == "channels_last":
        generator, critic = (n.to(memory_format=torch.channels_last) for n in (generator, critic))
        real = real.contiguous(memory_format=torch.channels_last)
    both = training["optimizer"]
    generator_optimizer = optimizer(training.get("generatorOptimizer", both), generator.parameters())
    critic_optimizer = optimizer(training.get("discriminatorOptimizer", both), critic.parameters())
    make, score = (torch.compile(n) if options.compile else n for n in (generator, critic))
    wasserstein = config["variant"] in ("wgan", "wgan-gp")
    penalty_weight = config["objective"].get("gradientPenalty", 0)

    def critic_update():
        with torch.no_grad():
            fake = make(torch.randn(batch, latent))
        if wasserstein:
            loss = score(fake).mean() - score(real).mean()
            if penalty_weight:
                mix = torch.rand(batch, 1, 1, 1)
                between = (mix * real + (1 - mix) * fake).requires_grad_()
                slope, = torch.autograd.grad(score(between).sum(), between, create_graph=True)
                norm = torch.sqrt(slope.square().sum(dim=(1, 2, 3)) + 1e-12)
                loss = loss + penalty_weight * (norm - 1).square().mean()
        elif config["variant"] == "lsgan":
            loss = (0.5 * (score(real) - 1).square().mean() + 0.5 * score(fake).square().mean())
        else:
            loss = F.softplus(-score(real)).mean() + F.softplus(score(fake)).mean()
        critic_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        critic_optimizer.step()

    def generator_update():
        critic.requires_grad_(options.critic_gradients)
        values = score(make(torch.randn(batch, latent)))
        if wasserstein:
            loss = -values.mean()
        elif config["variant"] == "lsgan":
            loss = 0.5 * (values - 1).square().mean()
        else:
            loss = F.softplus(-values).mean()
        generator_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        generator_optimizer.step()
        critic.requires_grad_(True)

    def step():
        for _ in range(training["discriminatorSteps"]):
            critic_update()
        generator_update()

    measure(step, options)


if __name__ == "__main__":
    main()
