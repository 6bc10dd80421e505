"""ProGAN in plain PyTorch, written from the paper and tkarras/progressive_growing_of_gans (networks.py,
loss.py, train.py), with zoo's names for the parameters."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from residual import levels
from scenes import Named
from styles import Equalized, with_deviation

VARIANTS = ("progan",)
GAIN = math.sqrt(2)


def act(x):
    return F.leaky_relu(x, 0.2)


def normed(x):
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def enlarged(x, times):
    return F.interpolate(x, scale_factor=2 ** times) if times else x


def shrunk(x, times):
    return F.avg_pool2d(x, 2 ** times) if times else x


class Player(Named):
    def grows(self, path, sizes):
        self.register_buffer("growth", torch.zeros(sizes))
        self.owners[path] = (self, "growth")
        self.sizes = sizes

    def move(self, place):
        """train.py's lod, counted from the smallest size up."""
        place = min(place, self.sizes - 1)
        self.growth.zero_()
        self.growth[int(place)] = 1 - (place - int(place))
        if place > int(place):
            self.growth[int(place) + 1] = place - int(place)

    def level(self):
        whole = int((self.growth > 0).nonzero()[0])
        return whole, self.growth[whole + 1] if whole + 1 < self.sizes else torch.tensor(0.0)


class Generator(Player):
    def __init__(self, config, sample, widths):
        super().__init__()
        self.start = levels(*sample[:2])[:2]
        area = self.start[0] * self.start[1]
        latent = config["generator"]["latent"]["size"]
        self.grows("1.growth", len(widths))
        self.dense = Equalized(
            self, "1.pyramid.0.0", (area * widths[0], latent), bias=False, gain=GAIN / 4)
        self.bias = nn.Parameter(torch.zeros(widths[0]))
        self.owners["1.pyramid.0.2.bias"] = (self, "bias")
        self.stages, self.images = nn.ModuleList(), nn.ModuleList()
        for size, width in enumerate(widths):
            conv = lambda place, channels: Equalized(
                self, f"1.pyramid.{size}.{place}", (width, channels, 3, 3), gain=GAIN)
            self.stages.append(nn.ModuleList(
                [conv(5, width)] if size == 0 else [conv(1, widths[size - 1]), conv(4, width)]))
            self.images.append(Equalized(self, f"1.images.{size}.0", (sample[2], width, 1, 1)))

    def stage(self, x, size):
        if size > 0:
            x = enlarged(x, 1)
        for conv in self.stages[size]:
            x = normed(act(conv(x, padding=1)))
        return x

    def forward(self, z):
        x = self.dense(normed(z)).view(len(z), -1, *self.start) + self.bias[:, None, None]
        x = normed(act(x))
        whole, share = self.level()
        for size in range(whole + 1):
            x = self.stage(x, size)
        image = enlarged(self.images[whole](x), self.sizes - 1 - whole)
        if share > 0:
            new = self.images[whole + 1](self.stage(x, whole + 1))
            image = torch.lerp(image, enlarged(new, self.sizes - 2 - whole), share.to(image.dtype))
        return image


class Discriminator(Player):
    def __init__(self, sample, widths):
        super().__init__()
        height, width, _ = levels(*sample[:2])
        self.grows("0.growth", len(widths))
        self.images = nn.ModuleList(
            Equalized(self, f"0.images.{size}.0", (channels, sample[2], 1, 1), gain=GAIN)
            for size, channels in enumerate(widths))
        self.stages = nn.ModuleList(nn.ModuleList([
            Equalized(self, f"0.funnel.{size}.0", (above, above, 3, 3), gain=GAIN),
            Equalized(self, f"0.funnel.{size}.2", (below, above, 3, 3), gain=GAIN)])
            for size, (below, above) in enumerate(zip(widths, widths[1:])))
        self.conv = Equalized(self, "2", (widths[0], widths[0] + 1, 3, 3), gain=GAIN)
        self.dense = Equalized(self, "5", (widths[0], widths[0] * height * width), gain=GAIN)
        self.score = Equalized(self, "7", (1, widths[0]))

    def stage(self, x, size):
        for conv in self.stages[size]:
            x = act(conv(x, padding=1))
        return shrunk(x, 1)

    def forward(self, image):
        whole, share = self.level()
        seen = lambda size: act(self.images[size](shrunk(image, self.sizes - 1 - size)))
        x = seen(whole)
        if share > 0:
            x = torch.lerp(x, self.stage(seen(whole + 1), whole), share.to(x.dtype))
        for size in reversed(range(whole)):
            x = self.stage(x, size)
        x = with_deviation(x)
        return self.score(act(self.dense(act(self.conv(x, padding=1)).flatten(1))))


def networks(config, sample, trace):
    count = levels(*sample[:2])[2] + 1
    widths = [trace[f"initial.discriminator.0.images.{size}.0.weight"].shape[0]
              for size in range(count)]
    return {"generator": Generator(config, sample, widths),
            "discriminator": Discriminator(sample, widths)}


def faded(real, judge):
    """train.py's process_reals: the image as the sizes that are there show it."""
    whole, share = judge.level()
    coarse = lambda size: enlarged(
        shrunk(real, judge.sizes - 1 - size), judge.sizes - 1 - size)
    image = coarse(whole)
    return torch.lerp(image, coarse(whole + 1), share.to(real.dtype)) if share > 0 else image


def place(options, seen):
    phase = options["stable"] + options["fade"]
    return options["start"] + seen // phase + max(
        seen % phase - options["stable"], 0) / options["fade"]


def forgets(config, networks, seen):
    """Whether train.py resets the optimizers' state: floor or ceiling of the level are others."""
    judge = networks["discriminator"]
    before = judge.growth.clone()
    judge.move(place(config["objective"], seen))
    return ((before > 0) != (judge.growth > 0)).any().item()


def loss(config, networks, player, real, z, seen, draw):
    """G_wgan_acgan and D_wgangp_acgan without labels."""
    options, make, judge = config["objective"], networks["generator"], networks["discriminator"]
    make.move(place(options, seen)), judge.move(place(options, seen))
    if player == "generator":
        return -judge(make(z)).mean()
    with torch.no_grad():
        fake = make(z)
    real = faded(real, judge)
    on_real, on_fake = judge(real), judge(fake)
    mix = draw("interpolation").view(-1, 1, 1, 1)
    between = torch.lerp(real, fake, mix).requires_grad_()
    slope, = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
    target = options["gradientNorm"]
    excess = slope.square().sum((1, 2, 3)).add(1e-12).sqrt() - target
    return (on_fake.mean() - on_real.mean()
            + options["gradientPenalty"] * excess.square().mean() / target ** 2
            + options["drift"] * on_real.square().mean())
