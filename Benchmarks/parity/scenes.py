"""pix2pixHD in plain PyTorch, written from NVIDIA/pix2pixHD (`models/networks.py`,
`models/pix2pixHD_model.py`) and the paper, with zoo's names for the parameters."""

import torch
from torch import nn
from torch.nn import functional as F

# Features that are kept of each class.
ROOM = 10
HALVED = dict(kernel_size=3, stride=2, padding=1, count_include_pad=False)


def held_to(kind, scores, real):
    if kind == "logistic":
        return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, float(real)))
    if kind == "least-squares":
        return F.mse_loss(scores, torch.full_like(scores, float(real)))
    return -scores.mean() if real else scores.mean()


def encode_input(maps, classes):
    """encode_input and get_edges: one plane a class, and the edges of instances."""
    labels, instances = maps[:, 0].long(), maps[:, 1:2]
    planes = F.one_hot(labels, classes).permute(0, 3, 1, 2).to(maps.dtype)
    edge = torch.zeros_like(instances, dtype=torch.bool)
    edge[:, :, :, 1:] |= instances[:, :, :, 1:] != instances[:, :, :, :-1]
    edge[:, :, :, :-1] |= instances[:, :, :, 1:] != instances[:, :, :, :-1]
    edge[:, :, 1:, :] |= instances[:, :, 1:, :] != instances[:, :, :-1, :]
    edge[:, :, :-1, :] |= instances[:, :, 1:, :] != instances[:, :, :-1, :]
    return torch.cat([planes, edge.to(maps.dtype)], 1)


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


class Block(nn.Module):
    """ResnetBlock with reflection padding."""

    def __init__(self, player, path, width):
        super().__init__()
        conv = [player.own(f"{path}.{place}.", nn.Conv2d(width, width, 3)) for place in (1, 5)]
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), conv[0], nn.InstanceNorm2d(width), nn.ReLU(),
            nn.ReflectionPad2d(1), conv[1], nn.InstanceNorm2d(width))

    def forward(self, x):
        return x + self.conv_block(x)


def trunk(player, prefix, channels, width, halvings, blocks):
    """GlobalGenerator without its last three layers; an Encoder's too, where there are no blocks."""
    layers, place = [nn.ReflectionPad2d(3)], 1

    def add(conv):
        nonlocal place
        layers.extend([player.own(f"{prefix}{place}.", conv),
                       nn.InstanceNorm2d(conv.out_channels), nn.ReLU()])
        place += 3

    add(nn.Conv2d(channels, width, 7))
    for level in range(halvings):
        add(nn.Conv2d(width << level, width << level + 1, 3, 2, 1))
    if blocks:
        for block in range(blocks):
            layers.append(Block(player, f"{prefix}{place}.{block}.0.residual", width << halvings))
        place += 1
    for level in reversed(range(halvings)):
        add(nn.ConvTranspose2d(width << level + 1, width << level, 3, 2, 1, output_padding=1))
    return nn.Sequential(*layers), place


def head(player, prefix, place, width, channels):
    return nn.Sequential(
        nn.ReflectionPad2d(3),
        player.own(f"{prefix}{place}.", nn.Conv2d(width, channels, 7)), nn.Tanh())


class Generator(Named):
    def __init__(self, options, channels, image, width, halvings, blocks, enhancer_blocks):
        super().__init__()
        self.options = options
        # Not the repository's: what zoo remembers of who draws, and of instances.
        if options["enhancer"] and options["coarseSteps"]:
            self.register_buffer("enhanced", torch.zeros(1))
            self.owners["enhanced"] = (self, "enhanced")
        if options["encoder"]:
            classes = channels - 1
            self.register_buffer("memory", torch.zeros(classes * ROOM, 3))
            self.register_buffer("seen", torch.zeros(classes))
            self.owners |= {f"styles.{key}": (self, key) for key in ("memory", "seen")}
        channels += 3 if options["encoder"] else 0
        self.coarse, _ = trunk(self, "", channels, width, halvings, blocks)
        if not options["enhancer"] or options["coarseSteps"]:
            self.head = head(self, "head.", 1, width, image)
        if options["enhancer"]:
            self.down = nn.Sequential(
                nn.ReflectionPad2d(3),
                self.own("enhancerDown.1.", nn.Conv2d(channels, width // 2, 7)),
                nn.InstanceNorm2d(width // 2), nn.ReLU(),
                self.own("enhancerDown.4.", nn.Conv2d(width // 2, width, 3, 2, 1)),
                nn.InstanceNorm2d(width), nn.ReLU())
            self.up = nn.Sequential(
                *[Block(self, f"enhancerUp.0.{block}.0.residual", width)
                  for block in range(enhancer_blocks)],
                self.own("enhancerUp.1.", nn.ConvTranspose2d(
                    width, width // 2, 3, 2, 1, output_padding=1)),
                nn.InstanceNorm2d(width // 2), nn.ReLU(),
                *head(self, "enhancerUp.", 5, width // 2, image))
        if options["encoder"]:
            body, place = trunk(self, "encoder.", image, 16, halvings, 0)
            self.encoder = nn.Sequential(*body, head(self, "encoder.", place + 1, 16, 3))

    def styles(self, image, maps):
        """Encoder.forward: the mean over each instance, at all of its pixels."""
        made = self.encoder(image)
        means = torch.empty_like(made)
        for sample in range(len(image)):
            # In the order in which they come, row by row.
            for number in dict.fromkeys(maps[sample, 1].flatten().tolist()):
                inside = maps[sample, 1] == number
                mean = made[sample][:, inside].mean(1)
                means[sample][:, inside] = mean[:, None]
                self.remember(int(maps[sample, 0][inside][0]), mean.detach())
        return means

    def remember(self, label, mean):
        count = int(self.seen[label])
        self.memory[label * ROOM + count % ROOM] = mean
        self.seen[label] = count + 1 if count < 2 * ROOM - 1 else ROOM

    def forward(self, source, image, maps, stage):
        if stage != "coarse" and hasattr(self, "enhanced"):
            self.enhanced.fill_(1)
        if self.options["encoder"]:
            source = torch.cat([source, self.styles(image, maps)], 1)
        if not self.options["enhancer"]:
            return self.head(self.coarse(source))
        half = F.avg_pool2d(source, **HALVED)
        if stage == "coarse":
            return self.head(self.coarse(half))
        if stage == "frozen":
            with torch.no_grad():
                seen = self.coarse(half)
        else:
            seen = self.coarse(half)
        return self.up(self.down(source) + seen)


class Judges(Named):
    """MultiscaleDiscriminator with getIntermFeat; the first one sees the full size."""

    def __init__(self, channels, width, layers, sizes):
        super().__init__()
        self.models = nn.ModuleList()
        for prefix in ("", "halfDiscriminator.", "quarterDiscriminator.")[:sizes]:
            blocks, before, place = nn.ModuleList(), channels, 0
            for level in range(layers + 1):
                after = width * min(2 ** level, 8)
                conv = self.own(f"{prefix}{place}.", nn.Conv2d(
                    before, after, 4, 2 if level < layers else 1, 2))
                norm = [nn.InstanceNorm2d(after)] if level else []
                blocks.append(nn.Sequential(conv, *norm, nn.LeakyReLU(0.2)))
                place += 2 + len(norm)
                before = after
            blocks.append(self.own(f"{prefix}{place}.", nn.Conv2d(before, 1, 4, 1, 2)))
            self.models.append(blocks)

    def forward(self, pair, first):
        seen = []
        for place, blocks in enumerate(self.models[first:]):
            if place:
                pair = F.avg_pool2d(pair, **HALVED)
            values = [pair]
            for block in blocks:
                values.append(block(values[-1]))
            seen.append(values[1:])
        return seen


def networks(config, trace):
    options, real = config["objective"], trace["update.0.real"]
    labels = trace["initial.discriminator.0.weight"]
    channels = labels.shape[1] - real.shape[1]
    names = [name.removeprefix("initial.generator.") for name in trace
             if name.startswith("initial.generator.")]
    width = trace["initial.generator.1.weight"].shape[0]
    own = [name.split(".") for name in names if name[0].isdigit()]
    middle = next(part[0] for part in own if "residual" in part)
    blocks = len({part[1] for part in own if "residual" in part})
    enhancing = len({name.split(".")[2] for name in names if name.startswith("enhancerUp.0.")})
    layers = sum(name.startswith("initial.discriminator.") and name.endswith(".weight")
                 and name.split(".")[2].isdigit() for name in trace) - 2
    return {
        "generator": Generator(
            options, channels, real.shape[1], width, int(middle) // 3 - 1, blocks, enhancing),
        "discriminator": Judges(labels.shape[1], labels.shape[0], layers, options["sizes"])}


def loss(config, networks, player, real, maps, drawn, draw):
    """Both losses of the same fakes, the generator's first: equations 2 to 5."""
    options, make, judge = config["objective"], networks["generator"], networks["discriminator"]
    source = encode_input(maps, networks["discriminator"].models[0][0][0].in_channels
                          - real.shape[1] - 1)
    if player == "generator":
        drawn["step"] = drawn.get("step", -1) + 1
    stage = ("coarse" if drawn["step"] < options["coarseSteps"] else
             "frozen" if options["enhancer"]
             and drawn["step"] < options["coarseSteps"] + options["frozenSteps"] else "whole")
    first, truth, seen = 0, real, source
    if stage == "coarse":
        first, truth, seen = 1, F.avg_pool2d(real, **HALVED), F.avg_pool2d(source, **HALVED)
    kind = options["loss"]
    if player == "discriminator":
        on_real = judge(torch.cat([seen, truth], 1), first)
        on_fake = judge(torch.cat([seen, drawn["fake"]], 1), first)
        return 0.5 * sum(held_to(kind, real[-1], True) + held_to(kind, fake[-1], False)
                         for real, fake in zip(on_real, on_fake))
    fake = make(source, real, maps, stage)
    drawn["fake"] = fake.detach()
    on_fake = judge(torch.cat([seen, fake], 1), first)
    with torch.no_grad():
        on_real = judge(torch.cat([seen, truth], 1), first)
    total = sum(held_to(kind, fake[-1], True) for fake in on_fake)
    layers = len(on_fake[0]) - 2
    for of_real, of_fake in zip(on_real, on_fake):
        for ours, theirs in zip(of_fake[:-1], of_real[:-1]):
            total = total + options["matching"] * F.l1_loss(ours, theirs) * (
                4 / (layers + 1) / len(on_fake))
    return total
