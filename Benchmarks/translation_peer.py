"""The PyTorch side of the benchmark of translators: networks and steps as their repositories have them.

    python translation_peer.py CONFIG --sample 256 256 3 --threads 2 --layout channels_last

Takes batch, optimizer and losses from a resolved config, and the networks of
`parity/translation.py`, which are written from junyanz/pytorch-CycleGAN-and-pix2pix; dropout stands
where the repository has it. Prints one JSON object. Needs torch.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "parity"))

import torch
from torch.nn import functional as F

from pytorch_peer import arguments, measure, optimizer
from scenes import held_to
from translation import PatchGAN, ResNet, UNet


class DroppingUNet(UNet):
    """Dropout on the n - 5 blocks above the innermost one."""

    def block(self, x, level):
        made = super().block(x, level)
        above = self.depth - 1 - level
        if not 0 < above <= self.depth - 5:
            return made
        skipped = x.shape[1]
        return torch.cat([made[:, :skipped], F.dropout(made[:, skipped:], 0.5)], 1)


def convolutions(layers):
    """How often each kind of layer with a kernel stands in a list, lists within included."""
    found = []
    for layer in layers:
        for key, value in layer.items() if isinstance(layer, dict) else ():
            if key in ("conv", "convTranspose"):
                found.append(value)
            elif isinstance(value, list) and value and key != "kernel":
                found += convolutions(value) * (layer.get("repeat", 1) if key == "layers" else 1)
    return found


def main():
    options, config = arguments(__doc__)
    objective, training = config["objective"], config["training"]
    height, width, channels = options.sample
    of_generator = convolutions(config["generator"]["layers"])
    of_judge = convolutions(config["discriminator"]["layers"])
    judge_layers = len(of_judge) - 2
    format = (torch.channels_last if options.layout == "channels_last"
              else torch.contiguous_format)

    def ready(network):
        network = network.to(memory_format=format)
        return torch.compile(network) if options.compile else network

    def images():
        return torch.rand(training["batch"], channels, height, width).contiguous(
            memory_format=format)

    a, b, kind = images(), images(), objective["loss"]
    if config["variant"] == "pix2pix":
        generators = [ready(DroppingUNet(channels, channels, of_generator[0], len(of_generator) // 2))]
        judges = [ready(PatchGAN(2 * channels, of_judge[0], judge_layers))]
    else:
        blocks = (len(of_generator) - 6) // 2
        generators = [ready(ResNet(channels, channels, of_generator[0], blocks)) for _ in range(2)]
        judges = [ready(PatchGAN(channels, of_judge[0], judge_layers, True)) for _ in range(2)]

    def of_all(player, networks):
        return optimizer(
            training.get(f"{player}Optimizer", training["optimizer"]),
            [p for network in networks for p in network.parameters()])

    of_making, of_judging = of_all("generator", generators), of_all("discriminator", judges)

    def update(which, loss):
        which.zero_grad(set_to_none=True)
        loss.backward()
        which.step()

    def trains(flag):
        for judge in judges:
            judge.requires_grad_(flag)

    def pix2pix():
        (make,), (judge,) = generators, judges
        fake = make(a)
        loss = 0.5 * (held_to(kind, judge(torch.cat([a, b], 1)), True)
                      + held_to(kind, judge(torch.cat([a, fake.detach()], 1)), False))
        update(of_judging, loss)
        trains(options.critic_gradients)
        update(of_making, held_to(kind, judge(torch.cat([a, fake], 1)), True)
               + objective["l1"] * F.l1_loss(fake, b))
        trains(True)

    def cyclegan():
        (forth, back), (judge, back_judge) = generators, judges
        weight = objective["cycle"]
        trains(options.critic_gradients)
        fake_b, fake_a = forth(a), back(b)
        loss = (held_to(kind, judge(fake_b), True) + held_to(kind, back_judge(fake_a), True)
                + weight * (F.l1_loss(back(fake_b), a) + F.l1_loss(forth(fake_a), b)))
        if objective["identity"]:
            loss = loss + weight * objective["identity"] * (
                F.l1_loss(forth(b), b) + F.l1_loss(back(a), a))
        update(of_making, loss)
        trains(True)
        # The pool costs nothing beside this.
        loss = sum(0.5 * (held_to(kind, which(real), True) + held_to(kind, which(fake), False))
                   for which, real, fake in ((judge, b, fake_b.detach()),
                                             (back_judge, a, fake_a.detach())))
        update(of_judging, loss)

    measure(pix2pix if config["variant"] == "pix2pix" else cyclegan, options)


if __name__ == "__main__":
    main()
