"""SNGAN, SAGAN and BigGAN in plain PyTorch, written from the papers, sngan_projection,
self-attention-gan and BigGAN-PyTorch, with zoo's names for the parameters."""

import torch
from torch import nn
from torch.nn import functional as F

from scenes import Named

VARIANTS = ("sngan", "sagan", "biggan")


def levels(height, width):
    count = 0
    while height % 2 == 0 and width % 2 == 0 and min(height, width) > 4:
        height, width, count = height // 2, width // 2, count + 1
    return height, width, count


def attends(side, halved, most):
    """Attention stands behind the largest map that is small enough and smaller than the image."""
    fits = lambda times: side >> times <= most
    return halved > 0 and fits(halved) and (halved == 1 or not fits(halved - 1))


class Player(Named):
    def __init__(self, config, player):
        super().__init__()
        self.normalised = config[player]["weights"] == "spectralNorm"

    def weighted(self, path, module, plain=False):
        """A module under zoo's name, its weights divided by their largest singular value."""
        if self.normalised and not plain:
            module = nn.utils.spectral_norm(module, eps=1e-12)
            for key, name in (("weight_orig", "weight"), ("weight_u", "weight_u"), ("bias", "bias")):
                if getattr(module, key, None) is not None:
                    self.owners[f"{path}{name}"] = (module, key)
            return module
        return self.own(path, module)

    def conv(self, path, channels_in, channels_out, size, bias=True):
        return self.weighted(
            f"{path}.", nn.Conv2d(channels_in, channels_out, size, padding=size // 2, bias=bias))


class Attention(nn.Module):
    """SelfAttn of self-attention-gan: keys and values of a quarter of the pixels."""

    def __init__(self, player, path, channels):
        super().__init__()
        conv = lambda name, a, b: player.conv(f"{path}.{name}", a, b, 1, bias=False)
        self.theta, self.phi = (conv(name, channels, max(channels // 8, 1)) for name in ("theta", "phi"))
        self.g, self.o = conv("g", channels, channels // 2), conv("o", channels // 2, channels)
        self.gamma = nn.Parameter(torch.zeros(1))
        player.owners[f"{path}.gamma"] = (self, "gamma")

    def forward(self, x):
        count, channels, height, width = x.shape
        theta = self.theta(x).flatten(2)
        phi = F.max_pool2d(self.phi(x), 2).flatten(2)
        g = F.max_pool2d(self.g(x), 2).flatten(2)
        shares = torch.softmax(theta.transpose(1, 2) @ phi, -1)
        found = (g @ shares.transpose(1, 2)).view(count, channels // 2, height, width)
        return x + self.gamma * self.o(found)


class ClassNorm(nn.Module):
    """Batch norm whose scale, about one, and shift are linear in the style."""

    def __init__(self, player, path, channels, style, tables, epsilon):
        super().__init__()
        self.norm = player.own(f"{path}.", nn.BatchNorm2d(channels, epsilon, affine=False))
        self.gain, self.shift = (
            player.weighted(f"{path}.{name}.", nn.Linear(style, channels, bias=False), plain=tables)
            for name in ("gain", "bias"))

    def forward(self, x, style):
        gain, shift = (f(style)[:, :, None, None] for f in (self.gain, self.shift))
        return self.norm(x) * (1 + gain) + shift


class UpBlock(nn.Module):
    def __init__(self, player, path, channels_in, channels_out, norm):
        super().__init__()
        self.norms = nn.ModuleList([
            norm(f"{path}.residual.0", channels_in), norm(f"{path}.residual.4", channels_out)])
        self.convs = nn.ModuleList([
            player.conv(f"{path}.residual.3", channels_in, channels_out, 3),
            player.conv(f"{path}.residual.6", channels_out, channels_out, 3)])
        self.shortcut = player.conv(f"{path}.shortcut.1", channels_in, channels_out, 1)

    def forward(self, x, style):
        h = F.interpolate(F.relu(self.norms[0](x, style)), scale_factor=2)
        h = self.convs[1](F.relu(self.norms[1](self.convs[0](h), style)))
        return self.shortcut(F.interpolate(x, scale_factor=2)) + h


class Generator(Player):
    def __init__(self, config, sample, classes, width):
        super().__init__(config, "generator")
        variant, options = config["variant"], config["objective"]
        height, side, blocks = levels(sample[0], sample[1])
        self.start = (height, side)
        latent = config["generator"]["latent"]["size"]
        self.chunks = blocks + 1 if variant == "biggan" else 1
        self.classes, self.code = classes, None
        style = classes
        if variant == "biggan":
            shared = config["conditioning"]["embedding"]
            self.code = self.own("label.", nn.Embedding(classes, shared))
            style = shared + latent // self.chunks
        pyramid = variant != "sngan"
        widths = [width * 2 ** (blocks - 1 - k) if pyramid else width for k in range(blocks)]
        self.first = self.weighted(
            "0.", nn.Linear(latent // self.chunks, height * side * widths[0]))
        tables = variant != "biggan"
        epsilon = 2e-5 if variant == "sngan" else 1e-5
        norm = lambda path, channels: ClassNorm(self, path, channels, style, tables, epsilon)
        self.stack, place, before = nn.ModuleList(), 2, widths[0]
        most = {"sngan": 0, "sagan": 32, "biggan": 64}[variant]
        for block, after in enumerate(widths):
            self.stack.append(UpBlock(self, str(place), before, after, norm))
            place, before = place + 1, after
            if most and attends(max(sample[:2]), blocks - 1 - block, most):
                self.stack.append(Attention(self, str(place), after))
                place += 1
        self.last_norm = self.own(f"{place}.", nn.BatchNorm2d(before))
        self.last = self.conv(str(place + 2), before, sample[2], 3)

    def forward(self, z, labels):
        parts = z.chunk(self.chunks, 1)
        of_class = (self.code(labels) if self.code is not None
                    else F.one_hot(labels, self.classes).to(z.dtype))
        h = self.first(parts[0]).view(len(z), -1, *self.start)
        block = 0
        for layer in self.stack:
            if isinstance(layer, Attention):
                h = layer(h)
                continue
            block += 1
            h = layer(h, torch.cat([of_class, parts[block]], 1) if self.chunks > 1 else of_class)
        return torch.tanh(self.last(F.relu(self.last_norm(h))))


class DownBlock(nn.Module):
    def __init__(self, player, path, channels_in, channels_out, first, halves):
        super().__init__()
        places = (0, 2) if first else (1, 3)
        self.convs = nn.ModuleList([
            player.conv(f"{path}.residual.{places[0]}", channels_in, channels_out, 3),
            player.conv(f"{path}.residual.{places[1]}", channels_out, channels_out, 3)])
        self.first, self.halves, self.shortcut = first, halves, None
        if halves:
            self.shortcut = player.conv(
                f"{path}.shortcut.{1 if first else 0}", channels_in, channels_out, 1)

    def forward(self, x):
        h = self.convs[1](F.relu(self.convs[0](x if self.first else F.relu(x))))
        if not self.halves:
            return x + h
        # Of the image the mean is taken first, which costs less and is the same.
        way = (self.shortcut(F.avg_pool2d(x, 2)) if self.first
               else F.avg_pool2d(self.shortcut(x), 2))
        return F.avg_pool2d(h, 2) + way


class Discriminator(Player):
    def __init__(self, config, sample, classes, width):
        super().__init__(config, "discriminator")
        variant = config["variant"]
        pyramid = variant != "sngan"
        halving = levels(sample[0], sample[1])[2] if pyramid else 2
        most = {"sngan": 0, "sagan": 32, "biggan": 64}[variant]
        self.stack, place, before = nn.ModuleList(), 0, sample[2]
        for block in range(halving + (1 if pyramid else 2)):
            after = width * 2 ** min(block, halving - 1) if pyramid else width
            self.stack.append(
                DownBlock(self, str(place), before, after, block == 0, block < halving))
            place, before = place + 1, after
            if most and block < halving and attends(max(sample[:2]), block + 1, most):
                self.stack.append(Attention(self, str(place), after))
                place += 1
        self.score = self.weighted(f"{place + 2}.", nn.Linear(before, 1))
        self.label = self.weighted("label.", nn.Embedding(classes, before))

    def forward(self, x, labels):
        for layer in self.stack:
            x = layer(x)
        h = F.relu(x).sum((2, 3))
        return self.score(h) + (self.label(labels) * h).sum(1, keepdim=True)


def networks(config, sample, classes, trace):
    """Both players; the narrowest maps tell their widths."""
    last = max((name for name in trace if name.startswith("initial.generator.")
                and name.endswith(".weight") and trace[name].dim() == 4 and ".residual" not in name
                and ".shortcut" not in name and not name.split(".")[3] in ("theta", "phi", "g", "o")),
               key=lambda name: int(name.split(".")[2]))
    widths = {"generator": trace[last].shape[1],
              "discriminator": trace["initial.discriminator.0.residual.0.weight"].shape[0]}
    return {"generator": Generator(config, sample, classes, widths["generator"]),
            "discriminator": Discriminator(config, sample, classes, widths["discriminator"])}


def discriminator_loss(judge, real, fake, real_labels, labels):
    """Both batches in one pass, so that spectral norm's vectors move once."""
    scores = judge(torch.cat([real, fake]), torch.cat([real_labels, labels]))
    return F.relu(1 - scores[:len(real)]).mean() + F.relu(1 + scores[len(real):]).mean()


def generator_loss(options, make, judge, z, labels):
    loss = -judge(make(z, labels), labels).mean()
    strength = options.get("orthogonality", 0)
    for name, weight in make.tensors().items() if strength else ():
        if weight.dim() > 1 and not name.startswith("label."):
            # ortho of BigGAN-PyTorch's utils.py: its gradient is half of the equation's.
            rows = weight.flatten(1)
            products = rows @ rows.t() * (1 - torch.eye(len(rows), dtype=rows.dtype))
            loss = loss + strength * 0.5 * products.square().sum()
    return loss
