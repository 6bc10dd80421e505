"""Translators in plain PyTorch, written from junyanz/pytorch-CycleGAN-and-pix2pix and the papers, not
from a config's layer list: their names say which of zoo's parameters each one is."""

import torch
from torch import nn
from torch.nn import functional as F

import scenes
from scenes import Named, held_to

VARIANTS = ("pix2pix", "cyclegan", "pix2pixhd")


class UNet(Named):
    """UnetGenerator with batch norm: blocks within blocks, each concatenating x and what it makes."""

    def __init__(self, channels_in, channels_out, width, depth):
        super().__init__()
        widths = [width * min(2 ** level, 8) for level in range(depth)]
        self.downs, self.down_norms = nn.ModuleList(), nn.ModuleDict()
        self.ups, self.up_norms = nn.ModuleList(), nn.ModuleDict()
        self.depth, path = depth, ""
        for level in range(depth):
            before = channels_in if level == 0 else widths[level - 1]
            innermost = level == depth - 1
            # The outermost block has no activation in front, so that all are one place earlier.
            place = 0 if level == 0 else 1
            down = nn.Conv2d(before, widths[level], 4, 2, 1, bias=False)
            self.downs.append(self.own(f"{path}{place}.", down))
            if 0 < level < depth - 1:
                norm = nn.BatchNorm2d(widths[level])
                self.down_norms[str(level)] = self.own(f"{path}2.", norm)
            inner = 1 if level == 0 else 3
            up_place = {0: 3 if depth > 1 else 2}.get(level, 3 if innermost else 5)
            after = channels_out if level == 0 else widths[level - 1]
            up = nn.ConvTranspose2d(
                widths[level] * (1 if innermost else 2), after, 4, 2, 1, bias=level == 0)
            self.ups.append(self.own(f"{path}{up_place}.", up))
            if level > 0:
                self.up_norms[str(level)] = self.own(f"{path}{up_place + 1}.", nn.BatchNorm2d(after))
            path += f"{inner}.skip."

    def block(self, x, level):
        down = self.downs[level](x if level == 0 else F.leaky_relu(x, 0.2))
        if str(level) in self.down_norms:
            down = self.down_norms[str(level)](down)
        inside = down if level == self.depth - 1 else self.block(down, level + 1)
        up = self.ups[level](F.relu(inside))
        if level == 0:
            return torch.tanh(up)
        return torch.cat([x, self.up_norms[str(level)](up)], 1)

    def forward(self, x):
        return self.block(x, 0)


class ResNet(Named):
    """ResnetGenerator with instance norm: two halvings, blocks, two transposed convolutions."""

    def __init__(self, channels_in, channels_out, width, blocks):
        super().__init__()
        def conv(prefix, *arguments, **settings):
            return self.own(f"{prefix}.", nn.Conv2d(*arguments, **settings))

        stack = [nn.ReflectionPad2d(3), conv(1, channels_in, width, 7), nn.InstanceNorm2d(width),
                 nn.ReLU()]
        for place, factor in ((4, 1), (7, 2)):
            stack += [conv(place, width * factor, width * factor * 2, 3, stride=2, padding=1),
                      nn.InstanceNorm2d(width * factor * 2), nn.ReLU()]
        for block in range(blocks):
            stack.append(ResNetBlock(self, f"10.{block}.0.residual", 4 * width))
        for place, factor in ((11, 4), (14, 2)):
            stack += [self.own(f"{place}.", nn.ConvTranspose2d(
                width * factor, width * factor // 2, 3, 2, 1, output_padding=1)),
                nn.InstanceNorm2d(width * factor // 2), nn.ReLU()]
        stack += [nn.ReflectionPad2d(3), conv(18, width, channels_out, 7), nn.Tanh()]
        self.stack = nn.Sequential(*stack)

    def forward(self, x):
        return self.stack(x)


class ResNetBlock(nn.Module):
    def __init__(self, owner, path, width):
        super().__init__()
        def conv(place):
            return owner.own(f"{path}.{place}.", nn.Conv2d(width, width, 3))

        self.stack = nn.Sequential(
            nn.ReflectionPad2d(1), conv(1), nn.InstanceNorm2d(width), nn.ReLU(),
            nn.ReflectionPad2d(1), conv(5), nn.InstanceNorm2d(width))

    def forward(self, x):
        return x + self.stack(x)


class Both(Named):
    """Two networks of one player, the second below a name of its own."""

    def __init__(self, first, second, name):
        super().__init__()
        self.first, self.second = first, second
        self.owners = first.owners | {
            f"{name}.{key}": owner for key, owner in second.owners.items()}


class PatchGAN(Named):
    """NLayerDiscriminator with batch norm, or with instance norm and biases."""

    def __init__(self, channels, width, layers, instance=False):
        super().__init__()
        stack, before, place = [], channels, 0
        for level in range(layers + 1):
            after = width * min(2 ** level, 8)
            stride = 2 if level < layers else 1
            stack.append(self.own(
                f"{place}.", nn.Conv2d(before, after, 4, stride, 1, bias=instance or level == 0)))
            place += 1
            if level > 0:
                stack.append(nn.InstanceNorm2d(after) if instance
                             else self.own(f"{place}.", nn.BatchNorm2d(after)))
                place += 1
            stack.append(nn.LeakyReLU(0.2))
            place += 1
            before = after
        stack.append(self.own(f"{place}.", nn.Conv2d(before, 1, 4, 1, 1)))
        self.stack = nn.Sequential(*stack)

    def forward(self, x):
        return self.stack(x)


def networks(config, trace):
    if config["variant"] == "pix2pixhd":
        return scenes.networks(config, trace)
    source, sample = trace["update.0.source"], trace["update.0.real"]
    if config["variant"] == "cyclegan":
        a, b = source.shape[1], sample.shape[1]
        width = trace["initial.generator.1.weight"].shape[0]
        blocks = len({name.split(".")[3] for name in trace
                      if name.startswith("initial.generator.10.")})
        judged = trace["initial.discriminator.0.weight"].shape[0]
        layers = sum(name.startswith("initial.discriminator.") and name.endswith(".weight")
                     and name.split(".")[2].isdigit() for name in trace) - 2
        return {
            "generator": Both(
                ResNet(a, b, width, blocks), ResNet(b, a, width, blocks), "back"),
            "discriminator": Both(
                PatchGAN(b, judged, layers, True), PatchGAN(a, judged, layers, True),
                "backDiscriminator")}
    # The depth and the widths as the parameters have them.
    depth = sum(name.startswith("initial.generator.") and name.endswith(".1.weight")
                for name in trace) + 1
    width = trace["initial.generator.0.weight"].shape[0]
    seen = sample.shape[1] + (source.shape[1] if config["objective"]["conditional"] else 0)
    layers = sum(name.startswith("initial.discriminator.") and name.endswith("running_mean")
                 for name in trace)
    judged = trace["initial.discriminator.0.weight"].shape[0]
    return {"generator": UNet(source.shape[1], sample.shape[1], width, depth),
            "discriminator": PatchGAN(seen, judged, layers)}


def exchanged(pool, size, fakes, draws):
    """ImagePool.query, with zoo's random numbers: two for each fake."""
    seen = []
    for fake, (coin, place) in zip(fakes, draws):
        if len(pool) < size:
            pool.append(fake)
            seen.append(fake)
        elif coin > 0.5:
            slot = min(int(place * size), size - 1)
            seen.append(pool[slot])
            pool[slot] = fake
        else:
            seen.append(fake)
    return torch.stack(seen)


def cycle_loss(config, networks, player, b, a, drawn, draw):
    """Zhu et al. 2017, equations 1 to 3, and the identity term of section 5.2."""
    options, generators, judges = config["objective"], networks["generator"], networks["discriminator"]
    forth, back, judge, back_judge = (
        generators.first, generators.second, judges.first, judges.second)
    kind, weight = options["loss"], options["cycle"]
    if player == "generator":
        fake_b, fake_a = forth(a), back(b)
        drawn["fakes"] = fake_b.detach(), fake_a.detach()
        total = (held_to(kind, judge(fake_b), True) + held_to(kind, back_judge(fake_a), True)
                 + weight * (F.l1_loss(back(fake_b), a) + F.l1_loss(forth(fake_a), b)))
        if options["identity"] > 0:
            total = total + weight * options["identity"] * (
                F.l1_loss(forth(b), b) + F.l1_loss(back(a), a))
        return total
    total = 0
    for name, score, real, fakes in (("b", judge, b, drawn["fakes"][0]),
                                     ("a", back_judge, a, drawn["fakes"][1])):
        pool = drawn.setdefault(name, [])
        seen = exchanged(pool, options["pool"], fakes, draw("replay")) if options["pool"] else fakes
        total = total + 0.5 * (held_to(kind, score(real), True) + held_to(kind, score(seen), False))
    return total


def loss(config, networks, player, real, source, drawn, draw):
    """Isola et al. 2017, equations 1 to 4; both players look at one fake."""
    if config["variant"] == "pix2pixhd":
        return scenes.loss(config, networks, player, real, source, drawn, draw)
    if config["variant"] == "cyclegan":
        return cycle_loss(config, networks, player, real, source, drawn, draw)
    options, make, judge = config["objective"], networks["generator"], networks["discriminator"]

    def score(image):
        return judge(torch.cat([source, image], 1) if options["conditional"] else image)

    if player == "discriminator":
        drawn["fake"] = make(source)
        on_real, on_fake = score(real), score(drawn["fake"].detach())
        return 0.5 * (held_to(options["loss"], on_real, True)
                      + held_to(options["loss"], on_fake, False))
    fake = drawn["fake"]
    return (options["adversarial"] * held_to(options["loss"], score(fake), True)
            + options["l1"] * F.l1_loss(fake, real))
