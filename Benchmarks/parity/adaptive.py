"""StyleGAN in plain PyTorch, written from the paper and NVlabs/stylegan (training/networks_stylegan.py,
training/loss.py), with zoo's names for the parameters."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from residual import levels
from scenes import Named
from styles import Equalized, with_deviation

VARIANTS = ("stylegan",)
GAIN = math.sqrt(2)


def act(x):
    return F.leaky_relu(x, 0.2)


def blur(x):
    taps = torch.tensor([1.0, 2, 1], dtype=x.dtype)
    kernel = (taps[:, None] * taps / 16).expand(x.shape[1], 1, 3, 3)
    return F.conv2d(x, kernel, padding=1, groups=x.shape[1])


class Layer(nn.Module):
    """Weights at He's gain, and a bias that is added later."""

    def __init__(self, player, path, bias, channels_in, channels_out):
        super().__init__()
        self.conv = Equalized(player, path, (channels_out, channels_in, 3, 3), bias=False, gain=GAIN)
        self.bias = nn.Parameter(torch.zeros(channels_out))
        player.owners[f"{bias}.bias"] = (self, "bias")

    def shifted(self, x):
        return x + self.bias[:, None, None]


class Style(nn.Module):
    """Noise and bias, then StyleMod behind an instance norm; `first` is the place of the noise."""

    def __init__(self, player, first, channels, style, biased=True):
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(channels))
        player.owners[f"{first}.strength"] = (self, "strength")
        self.bias = nn.Parameter(torch.zeros(channels))
        player.owners[f"{first + 1}.bias"] = (self, "bias")
        self.scale, self.shift = (
            Equalized(player, f"{first + 3}.{name}", (channels, style)) for name in ("gain", "bias"))

    def forward(self, x, style, draw):
        noise = draw("noise").view(len(x), 1, *x.shape[2:])
        x = act(x + noise * self.strength[:, None, None] + self.bias[:, None, None])
        x = F.instance_norm(x, eps=1e-8)
        return x * (1 + self.scale(style)[:, :, None, None]) + self.shift(style)[:, :, None, None]


class Generator(Named):
    def __init__(self, config, sample, widths, depth):
        super().__init__()
        height, width, count = levels(*sample[:2])
        latent, style = config["generator"]["latent"]["size"], config["objective"]["style"]
        self.mapping = nn.ModuleList(
            Equalized(self, f"mapping.{1 + 2 * i}", (style, latent if i == 0 else style), rate=0.01,
                      gain=GAIN) for i in range(depth))
        self.start = nn.Parameter(torch.ones(widths[0], height, width))
        self.owners["0.weight"] = (self, "start")
        self.register_buffer("mean", torch.zeros(style))
        self.owners["style.mean"] = (self, "mean")
        self.places = 2 * count + 2
        self.convs, self.styled, place = nn.ModuleList(), nn.ModuleList(), 1

        def conv(channels_in, channels_out):
            nonlocal place
            self.convs.append(Equalized(
                self, str(place), (channels_out, channels_in, 3, 3), bias=False, gain=GAIN))
            place += 1

        def styled(channels):
            nonlocal place
            self.styled.append(Style(self, place, channels, style))
            place += 4

        for level, channels in enumerate(widths):
            if level > 0:
                place += 1
                conv(widths[level - 1], channels)
                place += 1
            styled(channels)
            conv(channels, channels)
            styled(channels)
        self.colours = Equalized(self, str(place), (sample[2], widths[-1], 1, 1))
        self.count = len(widths)

    def mapped(self, z):
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.mapping:
            x = act(layer(x))
        return x

    def forward(self, z, draw, mixing):
        style = self.mapped(z)
        with torch.no_grad():
            self.mean.add_((style.mean(0) - self.mean) * 0.005)
        each = [style] * self.places
        if mixing > 0:
            chance = draw("interpolation")
            if chance[0] < mixing:
                cut = 1 + min(int(chance[1] * (self.places - 1)), self.places - 2)
                other = self.mapped(draw("interpolation"))
                each = each[:cut] + [other] * (self.places - cut)
        x, conv = self.start[None].repeat(len(z), 1, 1, 1), iter(self.convs)
        for level in range(self.count):
            if level > 0:
                x = blur(next(conv)(F.interpolate(x, scale_factor=2), padding=1))
            x = self.styled[2 * level](x, each[2 * level], draw)
            x = self.styled[2 * level + 1](next(conv)(x, padding=1), each[2 * level + 1], draw)
        return self.colours(x)


class Discriminator(Named):
    def __init__(self, sample, widths):
        super().__init__()
        height, width, _ = levels(*sample[:2])
        self.first = Equalized(self, "0", (widths[-1], sample[2], 1, 1), gain=GAIN)
        self.blocks, place = nn.ModuleList(), 2
        for level in reversed(range(1, len(widths))):
            channels, below = widths[level], widths[level - 1]
            self.blocks.append(nn.ModuleList([
                Layer(self, str(place), place + 1, channels, channels),
                Layer(self, str(place + 4), place + 6, channels, below)]))
            place += 8
        self.last = Layer(self, str(place + 1), place + 2, widths[0] + 1, widths[0])
        self.dense = Equalized(
            self, str(place + 5), (widths[0], widths[0] * height * width), gain=GAIN)
        self.score = Equalized(self, str(place + 7), (1, widths[0]))

    def forward(self, x):
        x = act(self.first(x))
        for one, two in self.blocks:
            x = act(one.shifted(one.conv(x, padding=1)))
            x = act(two.shifted(F.avg_pool2d(two.conv(blur(x), padding=1), 2)))
        x = with_deviation(x)
        x = act(self.last.shifted(self.last.conv(x, padding=1)))
        return self.score(act(self.dense(x.flatten(1))))


def networks(config, sample, trace):
    depth = len([n for n in trace if n.startswith("initial.generator.mapping.")
                 and n.endswith(".weight")])
    count = levels(*sample[:2])[2]
    # From the largest map down; the smallest one's width is the constant's.
    widths = [trace["initial.discriminator.0.weight"].shape[0]] + [
        trace[f"initial.discriminator.{6 + 8 * k}.weight"].shape[0] for k in range(count)]
    return {"generator": Generator(config, sample, widths[::-1], depth),
            "discriminator": Discriminator(sample, widths[::-1])}


def loss(config, networks, player, real, z, draw):
    """D_logistic_simplegp with r1_gamma, G_logistic_nonsaturating."""
    options, make, judge = config["objective"], networks["generator"], networks["discriminator"]
    if player == "generator":
        return F.softplus(-judge(make(z, draw, options["mixing"]))).mean()
    with torch.no_grad():
        image = make(z, draw, options["mixing"])
    real = real.detach().requires_grad_()
    on_real = judge(real)
    slope, = torch.autograd.grad(on_real.sum(), real, create_graph=True)
    return (F.softplus(-on_real).mean() + F.softplus(judge(image)).mean()
            + options["slopePenalty"] / 2 * slope.square().sum((1, 2, 3)).mean())
