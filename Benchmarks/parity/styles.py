"""StyleGAN2 in plain PyTorch, written from the papers and NVlabs/stylegan2 (training/networks_stylegan2.py,
training/loss.py), with zoo's names for the parameters. Weights are modulated sample by sample, as the
paper has it."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from residual import levels
from scenes import Named

VARIANTS = ("stylegan2",)


def act(x):
    return F.leaky_relu(x, 0.2) * math.sqrt(2)


def with_deviation(x):
    """minibatch_stddev_layer with groups of four: one more channel."""
    count, channels, height, width = x.shape
    group = max(g for g in range(1, min(4, count) + 1) if count % g == 0)
    y = x.view(group, -1, channels, height, width)
    y = (y - y.mean(0)).square().mean(0).add(1e-8).sqrt().mean((1, 2, 3))
    return torch.cat([x, y.repeat(group)[:, None, None, None].expand(-1, 1, height, width)], 1)


def resampled(x, up=1, down=1, pad=(0, 0)):
    """upfirdn2d with the filter 1 3 3 1."""
    channels = x.shape[1]
    taps = torch.tensor([1.0, 3, 3, 1], dtype=x.dtype)
    kernel = (taps[:, None] * taps / taps.sum() ** 2 * up ** 2).expand(channels, 1, 4, 4)
    if up > 1:
        spread = x.new_zeros(len(x), channels, up * x.shape[2], up * x.shape[3])
        spread[:, :, ::up, ::up] = x
        x = spread
    return F.conv2d(F.pad(x, [*pad, *pad]), kernel, stride=down, groups=channels)


class Equalized(nn.Module):
    """Weights N(0, 1 / rate²), scaled as they are used."""

    def __init__(self, player, path, shape, bias=True, rate=1.0, gain=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(shape))
        self.bias = nn.Parameter(torch.zeros(shape[0])) if bias else None
        self.scale, self.rate = rate * gain / math.sqrt(math.prod(shape[1:])), rate
        player.owners[f"{path}.weight"] = (self, "weight")
        if bias:
            player.owners[f"{path}.bias"] = (self, "bias")

    def forward(self, x, stride=1, padding=0):
        bias = None if self.bias is None else self.bias * self.rate
        if self.weight.dim() == 2:
            return F.linear(x, self.weight * self.scale, bias)
        return F.conv2d(x, self.weight * self.scale, bias, stride, padding)


class Modulated(nn.Module):
    def __init__(self, player, path, channels_in, channels_out, size, style, up=False, demodulate=True):
        super().__init__()
        self.conv = Equalized(player, path, (channels_out, channels_in, size, size))
        self.affine = Equalized(player, f"{path}.affine", (channels_in, style))
        self.up, self.demodulate, self.size = up, demodulate, size

    def forward(self, x, style):
        count, channels, height, width = x.shape
        weight = self.conv.weight * self.conv.scale
        weight = weight[None] * self.affine(style)[:, None, :, None, None]
        if self.demodulate:
            weight = weight * (weight.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
        outputs = weight.shape[1]
        x = x.reshape(1, -1, height, width)
        if self.up:
            weight = weight.transpose(1, 2).reshape(-1, outputs, self.size, self.size)
            x = F.conv_transpose2d(x, weight, stride=2, groups=count)
            x = resampled(x.view(count, outputs, *x.shape[2:]) * 4, pad=(1, 1))
        else:
            weight = weight.reshape(-1, channels, self.size, self.size)
            x = F.conv2d(x, weight, padding=self.size // 2, groups=count)
            x = x.view(count, outputs, height, width)
        return x + self.conv.bias[:, None, None]


class Generator(Named):
    def __init__(self, config, sample, widths, depth):
        super().__init__()
        height, width, count = levels(*sample[:2])
        latent, style = config["generator"]["latent"]["size"], config["objective"]["style"]
        self.mapping = nn.ModuleList(
            Equalized(self, f"mapping.{1 + 2 * i}", (style, latent if i == 0 else style), rate=0.01)
            for i in range(depth))
        self.start = nn.Parameter(torch.randn(widths[0], height, width))
        self.owners["0.weight"] = (self, "start")
        self.register_buffer("mean", torch.zeros(style))
        self.owners["style.mean"] = (self, "mean")
        self.places = 2 * count + 2
        self.convs, self.strengths, self.colours = nn.ModuleList(), nn.ParameterList(), nn.ModuleList()

        def add(path, noise, *sizes, **rest):
            self.convs.append(Modulated(self, path, *sizes, 3, style, **rest))
            strength = nn.Parameter(torch.zeros(1))
            self.strengths.append(strength)
            self.owners[f"{noise}.strength"] = (self.strengths, str(len(self.strengths) - 1))

        add("1", "2", widths[0], widths[0])
        prefix, place = "", 4
        for level, channels in enumerate(widths):
            if level > 0:
                prefix, place = f"{prefix}{place}.sum.1.", 6
                add(f"{prefix}0", f"{prefix}1", widths[level - 1], channels, up=True)
                add(f"{prefix}3", f"{prefix}4", channels, channels)
            last = level == len(widths) - 1
            self.colours.append(Modulated(
                self, f"{prefix}{place}" + ("" if last else ".sum.0.0"), channels, sample[2], 1,
                style, demodulate=False))

    def mapped(self, z):
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.mapping:
            x = act(layer(x))
        return x

    def styles(self, z, draw, mixing):
        """[N, places, size]; the mean moves, and of a batch one cut may be drawn."""
        style = self.mapped(z)
        with torch.no_grad():
            self.mean.add_((style.mean(0) - self.mean) * 0.005)
        each = style[:, None].repeat(1, self.places, 1)
        if mixing > 0:
            chance = draw("interpolation")
            if chance[0] < mixing:
                cut = 1 + min(int(chance[1] * (self.places - 1)), self.places - 2)
                each = torch.cat([each[:, :cut], self.mapped(draw("interpolation"))[:, None].repeat(
                    1, self.places - cut, 1)], 1)
        return each

    def synthesis(self, styles, draw):
        x = self.start[None].repeat(len(styles), 1, 1, 1)

        def layer(x, index):
            x = self.convs[index](x, styles[:, index])
            noise = draw("noise").view(len(x), 1, *x.shape[2:])
            return act(x + noise * self.strengths[index])

        x, image = layer(x, 0), None
        for level, colours in enumerate(self.colours):
            if level > 0:
                x = layer(layer(x, 2 * level - 1), 2 * level)
                image = resampled(image, up=2, pad=(2, 1))
            own = colours(x, styles[:, 2 * level + 1])
            image = own if image is None else image + own
        return image


class Discriminator(Named):
    def __init__(self, sample, widths):
        super().__init__()
        height, width, _ = levels(*sample[:2])
        self.first = Equalized(self, "0", (widths[-1], sample[2], 1, 1))
        self.blocks, place = nn.ModuleList(), 2
        for level in reversed(range(1, len(widths))):
            channels, below = widths[level], widths[level - 1]
            self.blocks.append(nn.ModuleList([
                Equalized(self, f"{place}.residual.0", (channels, channels, 3, 3)),
                Equalized(self, f"{place}.residual.3", (below, channels, 3, 3)),
                Equalized(self, f"{place}.shortcut.1", (below, channels, 1, 1), bias=False)]))
            place += 1
        self.conv = Equalized(self, f"{place + 1}", (widths[0], widths[0] + 1, 3, 3))
        self.dense = Equalized(self, f"{place + 4}", (widths[0], widths[0] * height * width))
        self.score = Equalized(self, f"{place + 6}", (1, widths[0]))

    def forward(self, x):
        x = act(self.first(x))
        for one, two, skip in self.blocks:
            y = act(two(resampled(act(one(x, padding=1)), pad=(2, 2)), stride=2))
            x = (y + skip(resampled(x, down=2, pad=(1, 1)))) / math.sqrt(2)
        x = with_deviation(x)
        return self.score(act(self.dense(act(self.conv(x, padding=1)).flatten(1))))


def networks(config, sample, trace):
    names = [name for name in trace if name.startswith("initial.generator.")]
    depth = len([n for n in names if ".mapping." in n and n.endswith(".weight")])
    blocks = sorted((n for n in trace if n.startswith("initial.discriminator.")
                     and n.endswith(".residual.0.weight")), key=lambda n: int(n.split(".")[2]))
    widths = [trace[name].shape[0] for name in blocks][::-1]
    widths = [trace["initial.generator.0.weight"].shape[0], *widths]
    return {"generator": Generator(config, sample, widths, depth),
            "discriminator": Discriminator(sample, widths)}


class Memory:
    """The running mean of path lengths."""

    def __init__(self):
        self.length = 0.0


def loss(config, networks, player, turn, real, z, memory, draw):
    """G_logistic_ns_pathreg and D_logistic_r1, their regularisers in turns of their own."""
    options, make, judge = config["objective"], networks["generator"], networks["discriminator"]
    if turn == "r1":
        real = real.detach().requires_grad_()
        slope, = torch.autograd.grad(judge(real).sum(), real, create_graph=True)
        return (slope.square().sum((1, 2, 3)).mean() * options["slopePenalty"] / 2
                * options["slopeEvery"])
    if turn == "pathLength":
        styles = make.styles(z[:max(1, len(z) // 2)], draw, 0)
        image = make.synthesis(styles, draw)
        # zoo's numbers have the deviation 1 / √(HW) already.
        noise = draw("noise").view(len(image), *image.shape[2:], -1).permute(0, 3, 1, 2)
        slopes, = torch.autograd.grad((image * noise).sum(), styles, create_graph=True)
        lengths = slopes.square().sum(2).mean(1).sqrt()
        mean = memory.length + 0.01 * (lengths.mean() - memory.length)
        memory.length = mean.detach()
        return ((lengths - mean).square().mean() * options["pathLength"] * options["pathEvery"])
    if player == "generator":
        image = make.synthesis(make.styles(z, draw, options["mixing"]), draw)
        return F.softplus(-judge(image)).mean()
    with torch.no_grad():
        image = make.synthesis(make.styles(z, draw, options["mixing"]), draw)
    return F.softplus(-judge(real)).mean() + F.softplus(judge(image)).mean()
