"""The PyTorch side of the benchmark of SNGAN, SAGAN and BigGAN: their networks and steps.

    python residual_peer.py CONFIG --sample 28 28 1 --threads 2 --layout channels_last

Takes batch, optimizers and widths from a resolved config, and the networks of `parity/residual.py`,
which are written from the papers' code. Prints one JSON object. Needs torch.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "parity"))

import torch

import residual
from pytorch_peer import arguments, measure, optimizer


def widths(layers):
    """The channels of the 3x3 convolutions in a list, residual blocks included."""
    found = []
    for layer in layers:
        if isinstance(layer, dict):
            if "conv" in layer and layer.get("kernel") in (3, [3, 3]):
                found.append(layer["conv"])
            found += widths(layer.get("residual", []))
    return found


def main():
    options, config = arguments(__doc__)
    training, classes, batch = config["training"], 10, config["training"]["batch"]
    sample, latent = options.sample, config["generator"]["latent"]["size"]
    format = (torch.channels_last if options.layout == "channels_last"
              else torch.contiguous_format)
    # The generator ends at its width, the discriminator begins at it.
    make = residual.Generator(config, sample, classes, widths(config["generator"]["layers"])[-2])
    judge = residual.Discriminator(config, sample, classes, widths(config["discriminator"]["layers"])[0])
    players = {"generator": make.to(memory_format=format), "discriminator": judge.to(memory_format=format)}
    optimizers = {
        player: optimizer(training.get(f"{player}Optimizer", training["optimizer"]), network.parameters())
        for player, network in players.items()}
    real = torch.rand(batch, sample[2], sample[0], sample[1]).contiguous(memory_format=format)
    labels = torch.randint(classes, (batch,))
    if options.compile:
        make, judge = torch.compile(make), torch.compile(judge)

    def update(player, loss):
        optimizers[player].zero_grad(set_to_none=True)
        loss.backward()
        optimizers[player].step()

    def step():
        for _ in range(training["discriminatorSteps"]):
            with torch.no_grad():
                fake = make(torch.randn(batch, latent), labels)
            update("discriminator", residual.discriminator_loss(judge, real, fake, labels, labels))
        judge.requires_grad_(options.critic_gradients)
        update("generator", residual.generator_loss(
            config["objective"], make, judge, torch.randn(batch, latent), labels))
        judge.requires_grad_(True)

    measure(step, options)


if __name__ == "__main__":
    main()
