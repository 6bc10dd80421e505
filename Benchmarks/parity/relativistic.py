"""R3GAN in plain PyTorch, written from the paper and brownvc/R3GAN (Networks.py, AdversarialTraining),
with zoo's names for the parameters."""

import torch
from torch import nn
from torch.nn import functional as F

from residual import levels
from scenes import Named

VARIANTS = ("r3gan",)


class Resample(nn.Module):
    """The filter 1 3 3 1 along both sides, up or down by two: `upfirdn2d` by way of a grouped convolution."""

    def __init__(self, up):
        super().__init__()
        self.up = up

    def forward(self, x):
        channels = x.shape[1]
        taps = torch.tensor([1.0, 3, 3, 1], dtype=x.dtype)
        kernel = (taps[:, None] * taps / taps.sum() ** 2).expand(channels, 1, 4, 4)
        if not self.up:
            return F.conv2d(F.pad(x, [1, 1, 1, 1]), kernel, stride=2, groups=channels)
        spread = x.new_zeros(len(x), channels, 2 * x.shape[2], 2 * x.shape[3])
        spread[:, :, ::2, ::2] = x
        return F.conv2d(F.pad(spread, [2, 1, 2, 1]), kernel * 4, groups=channels)


class Block(nn.Module):
    """1x1 to twice the width, grouped 3x3, 1x1 back; biases stand with the activations."""

    def __init__(self, player, path, width):
        super().__init__()
        conv = lambda place, *sizes, **rest: player.own(
            f"{path}.residual.{place}.", nn.Conv2d(*sizes, **rest))
        self.body = nn.Sequential(
            conv(0, width, 2 * width, 1), nn.LeakyReLU(0.2),
            conv(2, 2 * width, 2 * width, 3, padding=1, groups=width // 8), nn.LeakyReLU(0.2),
            conv(4, 2 * width, width, 1, bias=False))

    def forward(self, x):
        return x + self.body(x)


class Player(Named):
    def __init__(self, widths, count):
        super().__init__()
        self.widths, self.count, self.stack, self.place = widths, count, [], 0

    def add(self, module, named=True):
        self.stack.append(self.own(f"{self.place}.", module) if named else module)
        self.place += 1

    def blocks(self, width):
        for _ in range(self.count):
            self.stack.append(Block(self, str(self.place), width))
            self.place += 1

    def pointwise(self, channels_in, channels_out):
        self.add(nn.Conv2d(channels_in, channels_out, 1, bias=False))


class Basis(nn.Module):
    """A learned image, each channel times its feature."""

    def __init__(self, channels, height, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels, height, width))

    def forward(self, x):
        return self.weight * x[:, :, None, None]


class Generator(Player):
    def __init__(self, sample, latent, widths, count):
        super().__init__(widths, count)
        height, width, _ = levels(*sample[:2])
        self.add(nn.Linear(latent, widths[0], bias=False))
        self.add(Basis(widths[0], height, width))
        for level, channels in enumerate(widths):
            if level > 0:
                if channels != widths[level - 1]:
                    self.pointwise(widths[level - 1], channels)
                self.add(Resample(up=True), named=False)
            self.blocks(channels)
        self.pointwise(widths[-1], sample[2])
        self.layers = nn.Sequential(*self.stack)

    def forward(self, z, labels):
        return self.layers(z)


class Discriminator(Player):
    def __init__(self, sample, widths, count):
        super().__init__(widths, count)
        height, width, _ = levels(*sample[:2])
        self.pointwise(sample[2], widths[-1])
        for level, channels in reversed(list(enumerate(widths))):
            self.blocks(channels)
            if level > 0:
                self.add(Resample(up=False), named=False)
                if widths[level - 1] != channels:
                    self.pointwise(channels, widths[level - 1])
        self.add(nn.Conv2d(
            widths[0], widths[0], (height, width), groups=widths[0], bias=False))
        self.add(nn.Flatten(), named=False)
        self.add(nn.Linear(widths[0], 1, bias=False))
        self.layers = nn.Sequential(*self.stack)

    def forward(self, x, labels):
        return self.layers(x)


def networks(config, sample, trace):
    """Both players; the widths are those of the blocks' last convolutions."""
    names = [name for name in trace if name.startswith("initial.generator.")
             and name.endswith("residual.4.weight")]
    widths = [trace[name].shape[0] for name in sorted(names, key=lambda n: int(n.split(".")[2]))]
    count = len(widths) // (levels(*sample[:2])[2] + 1)
    widths = widths[::count]
    return {"generator": Generator(sample, config["generator"]["latent"]["size"], widths, count),
            "discriminator": Discriminator(sample, widths, count)}


def discriminator_loss(options, judge, real, fake):
    """AdversarialTraining.AccumulateDiscriminatorGradients: both penalties in every update."""
    real, fake = real.detach().requires_grad_(), fake.detach().requires_grad_()
    on_real, on_fake = judge(real, None), judge(fake, None)

    def penalty(samples, scores):
        slope, = torch.autograd.grad(scores.sum(), samples, create_graph=True)
        return slope.square().sum((1, 2, 3)).mean()

    loss = F.softplus(-(on_real - on_fake)).mean()
    for asked, pair in ((options["atReal"], (real, on_real)), (options["atFake"], (fake, on_fake))):
        if asked:
            loss = loss + options["slopePenalty"] / 2 * penalty(*pair)
    return loss


def generator_loss(make, judge, z, real):
    return F.softplus(-(judge(make(z, None), None) - judge(real, None).detach())).mean()
