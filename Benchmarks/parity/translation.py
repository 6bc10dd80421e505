"""Translators in plain PyTorch, written from junyanz/pytorch-CycleGAN-and-pix2pix and the papers, not
from a config's layer list: their names say which of zoo's parameters each one is."""

import torch
from torch import nn
from torch.nn import functional as F

VARIANTS = ("pix2pix",)


class Named(nn.Module):
    """`owners` maps zoo's names of parameters and statistics to modules and their own names."""

    def __init__(self):
        super().__init__()
        self.owners = {}

    def own(self, prefix, module):
        for key, _ in [*module.named_parameters(), *module.named_buffers()]:
            if key != "num_batches_tracked":
                self.owners[f"{prefix}{key}"] = (module, key)
        return module

    def tensors(self):
        return {name: getattr(module, key) for name, (module, key) in self.owners.items()}


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


class PatchGAN(Named):
    """NLayerDiscriminator with batch norm."""

    def __init__(self, channels, width, layers):
        super().__init__()
        stack, before, place = [], channels, 0
        for level in range(layers + 1):
            after = width * min(2 ** level, 8)
            stride = 2 if level < layers else 1
            stack.append(self.own(
                f"{place}.", nn.Conv2d(before, after, 4, stride, 1, bias=level == 0)))
            place += 1
            if level > 0:
                stack.append(self.own(f"{place}.", nn.BatchNorm2d(after)))
                place += 1
            stack.append(nn.LeakyReLU(0.2))
            place += 1
            before = after
        stack.append(self.own(f"{place}.", nn.Conv2d(before, 1, 4, 1, 1)))
        self.stack = nn.Sequential(*stack)

    def forward(self, x):
        return self.stack(x)


def networks(config, trace):
    source, sample = trace["update.0.source"], trace["update.0.real"]
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


def held_to(kind, scores, real):
    if kind == "logistic":
        return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, float(real)))
    if kind == "least-squares":
        return F.mse_loss(scores, torch.full_like(scores, float(real)))
    return -scores.mean() if real else scores.mean()


def loss(config, networks, player, real, source, drawn):
    """Isola et al. 2017, equations 1 to 4; both players look at one fake."""
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
