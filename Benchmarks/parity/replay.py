"""Replays zoo's training traces in plain PyTorch and says how far the two are apart.

    python3 Benchmarks/parity/replay.py            # every config below, and Documentation/parity.md
    python3 Benchmarks/parity/replay.py wgan-gp-mnist

For each config `zoo trace` writes the first parameters, and for each update the real batch, labels,
latent codes and other random numbers. The networks are built from the config's layer list, the losses
are written here from the papers, and PyTorch's own optimizers move the parameters. Compared are the
first losses, the first gradients of both players, and losses and parameters after 20 updates of each
player. Uses the virtual environment of `Benchmarks/run.py`, or any Python with torch and safetensors.
"""

import json
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))

import torch
from safetensors import safe_open
from torch import nn
from torch.nn import functional as F

import adaptive
import progressive
import relativistic
import residual
import styles
import translation
from pytorch_peer import KINDS, optimizer

# A config, and what of it is replaced: full networks, batches of a size that replays quickly.
# Rates that change over the run stay as SAGAN and BigGAN have them.
HELD = [f"training.{player}Optimizer.adam.learningRate={rate}"
        for player, rate in (("generator", 2e-4), ("discriminator", 4e-4))]
CONFIGS = {
    "gan-mnist": [], "dcgan-mnist": ["training.batch=32"], "lsgan-mnist": ["training.batch=32"],
    "wgan-mnist": ["training.batch=32"], "wgan-gp-mnist": ["training.batch=32"],
    "cgan-mnist": [], "cdcgan-mnist": ["training.batch=32"],
    # Where biases start at zero, a convolution over blank paper is exactly zero, and any number
    # between a LeakyReLU's two slopes is a derivative there. These start with other biases.
    "wgan-gp-mnist, biases not zero": [
        "training.batch=32", "generator.initialization=pytorch",
        "discriminator.initialization=pytorch"],
    "lsgan-mnist, biases not zero": [
        "training.batch=32", "generator.initialization=pytorch",
        "discriminator.initialization=pytorch"],
    "cdcgan-mnist, projection": ["training.batch=32", "conditioning=projection"],
    "infogan-mnist": ["training.batch=32"], "acgan-mnist": ["training.batch=32"],
    "vae-mnist": ["training.batch=32"], "pix2pix-edges2digits": [],
    "cyclegan-thicken": ["objective.pool=12"],
    "pix2pixhd-scenes": ["objective.coarseSteps=7", "objective.frozenSteps=6"],
    "sngan-cifar10": ["training.batch=16", "training.discriminatorBatch=8", "generator.width=16", "discriminator.width=16"],
    # The twin has spectral norm in both players, as the papers do, and SAGAN's own latent codes.
    "sagan-mnist": [
        "training.batch=16", "generator.latent.size=128", 'generator.weights="spectralNorm"', *HELD
    ],
    "biggan-mnist": ["training.batch=16", 'generator.weights="spectralNorm"', *HELD],
    # What changes over the run stays as it begins.
    "r3gan-mnist, its own networks": [
        "generator.architecture=r3gan-light", "discriminator.architecture=r3gan-light",
        "training.batch=16", "training.optimizer.adam.learningRate=2e-4",
        "training.optimizer.adam.beta2=0.9", "objective.slopePenalty=1"],
    # The twin is the paper's: its discriminator, mixed styles, both penalties in turns of their own.
    "stylegan2-mnist": [
        "training.batch=8", 'discriminator={"architecture":"stylegan2-light"}',
        "objective.mixing=0.9", "objective.pathLength=2", "objective.slopeEvery=16",
        "objective.slopePenalty=1",
        'training.generatorOptimizer={"adam":{"learningRate":1.6e-3,"beta1":0,"beta2":0.99199}}',
        'training.discriminatorOptimizer={"adam":{"learningRate":1.8824e-3,"beta1":0,"beta2":0.990585}}'],
    "stylegan-mnist": [
        "training.batch=8", 'discriminator={"architecture":"stylegan-light"}',
        "objective.mixing=0.9", "objective.slopePenalty=1", "training.averageDecay=0.99",
        *(f'training.{player}Optimizer={{"adam":{{"learningRate":1e-3,"beta1":0,"beta2":0.99}}}}'
          for player in ("generator", "discriminator"))],
    # All sizes within twenty steps.
    "progan-mnist": ["training.batch=8", "objective.stable=24", "objective.fade=40"],
    "pix2pixhd-scenes, encoder": ["objective.encoder=true", "objective.coarseSteps=0", "objective.frozenSteps=0"],
}
STEPS = 20
HEADED = ("infogan", "acgan")


class Dropout(nn.Module):
    """Drops where zoo's own random numbers say so: `draws` of all samples of an update, in turn."""

    def __init__(self, rate):
        super().__init__()
        # The rate as zoo compares it.
        self.rate, self.draws = torch.tensor(rate, dtype=torch.float32).item(), None

    def forward(self, x):
        mine, self.draws = self.draws[:len(x)], self.draws[len(x):]
        return x * (mine > self.rate) / (1 - self.rate)


class Stack(nn.Module):
    """A config's layers; `owners` maps zoo's names of parameters and statistics to their modules."""

    def __init__(self, entries, shape, first=0):
        super().__init__()
        self.blocks, self.owners, self.shapes = nn.ModuleList(), {}, [shape]
        for index, entry in enumerate(entries, first):
            name, value = (entry, None) if isinstance(entry, str) else next(
                (k, entry[k]) for k in entry if k in KINDS)
            made, shape = (
                ([Dropout(0.5 if value is None else value)], shape) if name == "dropout" else
                KINDS[name](value, {} if isinstance(entry, str) else entry, shape))
            for module in made:
                for key, _ in [*module.named_parameters(), *module.named_buffers()]:
                    if key != "num_batches_tracked":
                        self.owners[f"{index}.{key}"] = (module, key)
            self.blocks.append(nn.Sequential(*made))
            self.shapes.append(shape)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


class Network(nn.Module):
    """A player's network; `owners` as in Stack."""

    def tensors(self):
        return {name: getattr(module, key) for name, (module, key) in self.owners.items()}


class Generator(Network):
    """G(z), or G(z, y) with a code of the class beside z (Mirza & Osindero 2014)."""

    def __init__(self, config, classes):
        super().__init__()
        options = config["objective"]
        # InfoGAN's codes stand behind the noise.
        size = (config["generator"]["latent"]["size"] + options.get("categories", 0)
                + options.get("numbers", 0))
        conditioning = config.get("conditioning")
        self.label = nn.Embedding(classes, conditioning["embedding"]) if conditioning else None
        extra = conditioning["embedding"] if conditioning else 0
        self.stack = Stack(config["generator"]["layers"], [size + extra])
        self.owners = dict(self.stack.owners)
        if self.label:
            self.owners["label.weight"] = (self.label, "weight")

    def forward(self, z, labels):
        return self.stack(torch.cat([z, self.label(labels)], 1) if self.label else z)


class Discriminator(Network):
    """D(x), or D(x, y): y beside the features, as a plane, or projected (Miyato & Koyama 2018)."""

    def __init__(self, config, sample, classes):
        super().__init__()
        layers, conditioning = config["discriminator"]["layers"], config.get("conditioning")
        self.way, self.sample, self.body = None, sample, None
        if not conditioning or conditioning["discriminator"] == "none":
            self.stack = Stack(layers, sample)
        elif conditioning["discriminator"] == "projection":
            self.split(layers, sample)
            features = math.prod(self.body.shapes[-1])
            self.way, self.label = "projection", nn.Embedding(classes, features)
        elif layers[0] == "flatten":
            self.way, self.label = "features", nn.Embedding(classes, conditioning["embedding"])
            count = sample[0] * sample[1] * sample[2]
            self.stack = Stack(layers[1:], [count + conditioning["embedding"]], 1)
        else:
            self.way, self.label = "plane", nn.Embedding(classes, sample[0] * sample[1])
            self.stack = Stack(layers, [sample[0], sample[1], sample[2] + 1])
        self.owners = {**self.stack.owners, **(self.body.owners if self.body else {})}
        if self.way:
            self.owners["label.weight"] = (self.label, "weight")

    def split(self, layers, sample):
        """Everything before the last layer with parameters, and the rest."""
        whole = Stack(layers, sample)
        last = max(i for i in range(len(layers)) if any(
            name.startswith(f"{i}.") for name in whole.owners))
        self.body = Stack(layers[:last], sample)
        self.stack = Stack(layers[last:], whole.shapes[last], last)

    def forward(self, x, labels):
        if self.way == "features":
            return self.stack(torch.cat([x.flatten(1), self.label(labels)], 1))
        if self.way == "plane":
            plane = self.label(labels).view(-1, 1, self.sample[0], self.sample[1])
            return self.stack(torch.cat([x, plane], 1))
        if self.way == "projection":
            features = self.body(x)
            match = (features.flatten(1) * self.label(labels)).sum(1, keepdim=True)
            return self.stack(features) + match
        return self.stack(x)


class Headed(Discriminator):
    """A discriminator with a second network on its features: InfoGAN's codes, ACGAN's classifier."""

    def __init__(self, config, sample, classes):
        super().__init__(config, sample, classes)
        self.split(config["discriminator"]["layers"], sample)
        (role, network), = config["networks"].items()
        self.reader = Stack(network["layers"], self.body.shapes[-1])
        self.owners = {**self.body.owners, **self.stack.owners} | {
            f"{role}.{name}": owner for name, owner in self.reader.owners.items()}

    def forward(self, x, read=True):
        features = self.body(x)
        return self.stack(features), self.reader(features) if read else None


def information(read, z, options):
    """ln q(c | x) of Chen et al. 2016, without what is constant."""
    categories, numbers = options["categories"], options["numbers"]
    code = z[:, z.shape[1] - categories - numbers:]
    return (-F.cross_entropy(read[:, :categories], code[:, :categories].argmax(1))
            - 0.5 * (read[:, categories:] - code[:, categories:]).square().sum(1).mean())


def headed_discriminator_loss(variant, options, judge, real, fake, z, real_labels, labels):
    # InfoGAN's codes are read of fakes alone, as batch norm's statistics show.
    (on_real, of_real), (on_fake, of_fake) = judge(real, variant == "acgan"), judge(fake)
    loss = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
    if variant == "infogan":
        return loss - options["weight"] * information(of_fake, z, options)
    # Odena et al. 2017, L_S and L_C.
    return loss + options["classWeight"] * (
        F.cross_entropy(of_real, real_labels)
        + options["fakeClassWeight"] * F.cross_entropy(of_fake, labels))


def headed_generator_loss(variant, options, judge, fake, z, labels):
    on_fake, of_fake = judge(fake)
    loss = F.softplus(-on_fake).mean()
    if variant == "infogan":
        return loss - options["weight"] * information(of_fake, z, options)
    return loss + options["classWeight"] * F.cross_entropy(of_fake, labels)


class Autoencoder(Generator):
    """Generator and encoder of a VAE, which one player trains (Kingma & Welling 2013)."""

    def __init__(self, config, sample, classes):
        super().__init__(config, classes)
        self.encoder = Stack(config["networks"]["encoder"]["layers"], sample)
        self.owners |= {f"encoder.{name}": owner for name, owner in self.encoder.owners.items()}

    def bound(self, x, noise, options):
        """Appendix B and equation 10, the mean over the batch."""
        mean, log_variance = self.encoder(x).chunk(2, 1)
        output = self.stack(mean + noise * (0.5 * log_variance).exp())
        if options["likelihood"] == "bernoulli":
            lost = F.binary_cross_entropy_with_logits(output, x, reduction="none")
        else:
            lost = 0.5 * (output - x).square() + 0.5 * math.log(2 * math.pi)
        divergence = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(1)
        return (lost.flatten(1).sum(1) + options["beta"] * divergence).mean()


def discriminator_loss(variant, options, score, real, fake, draw):
    if variant in ("gan", "dcgan", "cgan"):
        # Goodfellow et al. 2014, equation 1, on logits.
        on_real, on_fake = score(real), score(fake)
        label = torch.full_like(on_real, options["realLabel"])
        return (F.binary_cross_entropy_with_logits(on_real, label)
                + F.binary_cross_entropy_with_logits(on_fake, torch.zeros_like(on_fake)))
    if variant == "lsgan":
        # Mao et al. 2017, equation 9.
        return (0.5 * (score(real) - options["realTarget"]).square().mean()
                + 0.5 * (score(fake) - options["fakeTarget"]).square().mean())
    # Arjovsky et al. 2017, algorithm 1.
    # The real batch is scored first, as in the authors' code: batch norm's running statistics see it.
    on_real, on_fake = score(real), score(fake)
    loss = on_fake.mean() - on_real.mean()
    if variant == "wgan-gp":
        # Gulrajani et al. 2017, algorithm 1.
        mix = draw("interpolation").view(-1, *[1] * (real.dim() - 1))
        between = (mix * real + (1 - mix) * fake).requires_grad_()
        slope, = torch.autograd.grad(score(between).sum(), between, create_graph=True)
        excess = slope.flatten(1).square().sum(1).add(1e-12).sqrt() - 1
        if options["sided"] == "one":
            excess = excess.clamp(min=0)
        loss = loss + options["gradientPenalty"] * excess.square().mean()
    return loss


def generator_loss(variant, options, values):
    if variant in ("gan", "dcgan", "cgan"):
        if options["generatorGoal"] == "minimax":
            return -F.softplus(values).mean()
        return F.binary_cross_entropy_with_logits(values, torch.ones_like(values))
    if variant == "lsgan":
        return 0.5 * (values - options["generatorTarget"]).square().mean()
    return -values.mean()


def distance(ours, theirs):
    """|ours - theirs| / |theirs| of two lists of tensors, taken as one vector each."""
    ours, theirs = (torch.cat([t.detach().double().flatten() for t in ts]) for ts in (ours, theirs))
    return ((ours - theirs).norm() / theirs.norm()).item()


def plain_networks(config, sample, classes):
    variant = config["variant"]
    networks = {
        "generator": (Autoencoder(config, sample, classes) if variant == "vae"
                      else Generator(config, classes))}
    if "discriminator" in config:
        networks["discriminator"] = (
            Headed if variant in HEADED else Discriminator)(config, sample, classes)
    return networks


def replay(path, dtype):
    """PyTorch's losses, first gradients and last parameters, and zoo's, in the same order."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        trace = {key: file.get_tensor(key).to(dtype) for key in file.keys()}
    config, players = json.loads(metadata["config"]), metadata["players"].split()
    variant, options, training = config["variant"], config["objective"], config["training"]
    real = trace["update.0.real"]
    sample = [real.shape[2], real.shape[3], real.shape[1]] if real.dim() == 4 else [real.shape[1]]
    classes = 10
    networks = (
        translation.networks(config, trace) if variant in translation.VARIANTS
        else residual.networks(config, sample, classes, trace) if variant in residual.VARIANTS
        else relativistic.networks(config, sample, trace) if variant in relativistic.VARIANTS
        else styles.networks(config, sample, trace) if variant in styles.VARIANTS
        else adaptive.networks(config, sample, trace) if variant in adaptive.VARIANTS
        else progressive.networks(config, sample, trace) if variant in progressive.VARIANTS
        else plain_networks(config, sample, classes))
    for network in networks.values():
        network.to(dtype)
    with torch.no_grad():
        for player, network in networks.items():
            for name, tensor in network.tensors().items():
                tensor.copy_(trace[f"initial.{player}.{name}"])
    both = training["optimizer"]
    optimizers = {
        player: optimizer(training.get(f"{player}Optimizer", both), network.parameters())
        for player, network in networks.items()}
    make, judge = networks["generator"], networks.get("discriminator")
    losses, gradients, seen, drawn, memory = [], {}, set(), {}, styles.Memory()
    for index, player in enumerate(players):
        prefix = f"update.{index}."
        labels = trace[prefix + "labels"].long() if prefix + "labels" in trace else None
        counts = {}

        def draw(purpose):
            counts[purpose] = counts.get(purpose, -1) + 1
            return trace[f"{prefix}{purpose}.{counts[purpose]}"]

        real = trace[prefix + "real"]
        if variant in styles.VARIANTS + adaptive.VARIANTS + progressive.VARIANTS:
            z = trace.get(prefix + "latents.0")
        elif judge is not None and variant not in translation.VARIANTS:
            z = draw("latents")
            for module in judge.modules():
                if isinstance(module, Dropout):
                    module.draws = draw("dropout")
        if judge is not None:
            judge.requires_grad_(player == "discriminator")
        if variant in translation.VARIANTS:
            loss = translation.loss(
                config, networks, player, real, trace[prefix + "source"], drawn, draw)
        elif variant in styles.VARIANTS:
            turn = next(
                (name for name in ("r1", "pathLength") if f"{prefix}term.{name}" in trace), None)
            loss = styles.loss(config, networks, player, turn, real, z, memory, draw)
        elif variant in adaptive.VARIANTS:
            loss = adaptive.loss(config, networks, player, real, z, draw)
        elif variant in progressive.VARIANTS:
            # Two updates a step, on one batch.
            shown = index // 2 * len(real)
            if player == "discriminator" and progressive.forgets(config, networks, shown):
                for each in optimizers.values():
                    each.state.clear()
            loss = progressive.loss(config, networks, player, real, z, shown, draw)
        elif variant == "vae":
            loss = make.bound(real, draw("noise"), options)
        elif variant in residual.VARIANTS and player == "generator":
            loss = residual.generator_loss(options, make, judge, z, labels)
        elif variant in relativistic.VARIANTS and player == "generator":
            loss = relativistic.generator_loss(make, judge, z, real)
        elif player == "discriminator":
            with torch.no_grad():
                fake = make(z, labels)
            real_labels = labels[:len(real)] if labels is not None else None
            if variant in residual.VARIANTS:
                loss = residual.discriminator_loss(
                    judge, real, fake, trace[prefix + "realLabels"].long(), labels)
            elif variant in relativistic.VARIANTS:
                loss = relativistic.discriminator_loss(options, judge, real, fake)
            elif variant in HEADED:
                loss = headed_discriminator_loss(
                    variant, options, judge, real, fake, z, trace[prefix + "realLabels"].long(),
                    labels)
            else:
                loss = discriminator_loss(
                    variant, options, lambda x: judge(x, real_labels), real, fake, draw)
        elif variant in HEADED:
            loss = headed_generator_loss(variant, options, judge, make(z, labels), z, labels)
        else:
            loss = generator_loss(variant, options, judge(make(z, labels), labels))
        optimizers[player].zero_grad(set_to_none=True)
        loss.backward()
        if player not in seen:
            seen.add(player)
            gradients |= {
                f"{player}.{name}": (trace[f"gradient.{player}.{name}"], tensor.grad.clone())
                for name, tensor in networks[player].tensors().items()
                if f"gradient.{player}.{name}" in trace}
        optimizers[player].step()
        if variant == "wgan" and player == "discriminator":
            with torch.no_grad():
                for parameter in judge.parameters():
                    parameter.clamp_(-options["clip"], options["clip"])
        losses.append((trace[prefix + "loss"].item(), loss.item()))
    parameters = {
        f"{player}.{name}": (trace[f"final.{player}.{name}"], tensor.detach())
        for player, network in networks.items() for name, tensor in network.tensors().items()}
    return losses, gradients, parameters


def apart(losses):
    scale = max(abs(theirs) for _, theirs in losses)
    return max(abs(ours - theirs) / scale for ours, theirs in losses)


def compare(path):
    losses, gradients, parameters = replay(path, torch.float32)
    exact, _, exact_parameters = replay(path, torch.float64)
    own = [(single, double) for (_, single), (_, double) in zip(losses, exact)]
    return {
        "first loss": apart(losses[:1]), "first gradients": distance(*zip(*gradients.values())),
        "losses of 20 updates": apart(losses), "parameters": distance(*zip(*parameters.values())),
        "PyTorch's own losses": apart(own),
        "PyTorch's own parameters": distance(
            [theirs for _, theirs in parameters.values()],
            [theirs for _, theirs in exact_parameters.values()]),
    }


def main():
    binary = subprocess.run(
        ["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT, text=True,
        capture_output=True, check=True).stdout.strip()
    chosen = sys.argv[1:] or CONFIGS
    rows = []
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trace.safetensors")
            command = [os.path.join(binary, "zoo"), "trace",
                       f"Configs/{name.split(',')[0]}.json", "--steps", str(STEPS), "--out", path]
            for override in CONFIGS[name] + ["data.dataset=stroke-digits"]:
                command += ["--set", override]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
            figures = compare(path)
        if not rows:
            rows = ["| config | " + " | ".join(figures) + " |", "| --- " * (len(figures) + 1) + "|"]
            print("\n".join(rows))
        rows.append(f"| {name} | " + " | ".join(f"{f:.1e}" for f in figures.values()) + " |")
        print(rows[-1], flush=True)
    if not sys.argv[1:]:
        page = os.path.join(ROOT, "Documentation", "parity.md")
        with open(page) as file:
            before, _, rest = file.read().partition("<!-- table -->\n")
        after = rest.partition("<!-- end of table -->\n")[2]
        with open(page, "w") as file:
            file.write(before + "<!-- table -->\n" + "\n".join(rows)
                       + "\n<!-- end of table -->\n" + after)


if __name__ == "__main__":
    main()
