"""Writes layers.safetensors: what PyTorch's layers, and plain formulas for the layers that it does
not have, make of small inputs in Float64, with the derivatives at inputs and parameters.

    python3 Tests/ZooCoreTests/Fixtures/make_layers.py

Needs torch and safetensors. A case `c` has `c.x` (images channels first), `c.style` where it is
steered, `c.in.NAME` for each parameter and buffer under its name in the program, `c.y`, `c.weights`
of the outputs in the differentiated sum, `c.dx`, `c.d.NAME`, and `c.out.NAME` for buffers after it.
"""

import math
import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.safetensors")
generator = torch.Generator().manual_seed(2026)
tensors = {}


def normal(*shape):
    return torch.randn(*shape, generator=generator)


def case(name, function, x, parameters=None, buffers=None, style=None):
    """Runs function(x, {name: value}, style) and notes what it gives."""
    values = {key: value.clone().requires_grad_() for key, value in (parameters or {}).items()}
    kept = {key: value.clone() for key, value in (buffers or {}).items()}
    for key, value in {**values, **kept}.items():
        tensors[f"{name}.in.{key}"] = value.detach().clone()
    x = x.clone().requires_grad_()
    steers = () if style is None else (style.clone().requires_grad_(),)
    y = function(x, {**values, **kept}, *steers)
    weights = normal(*y.shape)
    wanted = [x, *steers, *values.values()]
    derivatives = torch.autograd.grad((y * weights).sum(), wanted)
    tensors.update({f"{name}.x": x, f"{name}.y": y, f"{name}.weights": weights,
                    f"{name}.dx": derivatives[0]})
    if steers:
        tensors.update({f"{name}.style": steers[0], f"{name}.dstyle": derivatives[1]})
    for key, value in zip(values, derivatives[1 + len(steers):]):
        tensors[f"{name}.d.{key}"] = value
    for key, value in kept.items():
        tensors[f"{name}.out.{key}"] = value


def spectrally_normed(name, module, x, shape, outputs):
    """Three training passes through torch.nn.utils.spectral_norm, whose order is algorithm 1's."""
    weight, bias, u = normal(*shape), normal(outputs), F.normalize(normal(outputs), dim=0)
    with torch.no_grad():
        module.weight.copy_(weight)
        module.bias.copy_(bias)
    torch.nn.utils.spectral_norm(module)
    with torch.no_grad():
        module.weight_u.copy_(u)
    for key, value in {"0.weight": weight, "0.bias": bias, "0.weight_u": u}.items():
        tensors[f"{name}.in.{key}"] = value
    x = x.clone().requires_grad_()
    module.train()
    for _ in range(3):
        y = module(x)
    weights = normal(*y.shape)
    dx, dw, db = torch.autograd.grad((y * weights).sum(), [x, module.weight_orig, module.bias])
    tensors.update({
        f"{name}.x": x, f"{name}.y": y, f"{name}.weights": weights, f"{name}.dx": dx,
        f"{name}.d.0.weight": dw, f"{name}.d.0.bias": db,
        f"{name}.out.0.weight_u": module.weight_u.clone()})


def instance_norm(x, p):
    return F.instance_norm(x, weight=p.get("0.weight"), bias=p.get("0.bias"), eps=1e-5)


def pixel_norm(x, p):
    return x / torch.sqrt((x * x).mean(1, keepdim=True) + 1e-8)


def minibatch_deviation(x, p, size=4):
    """Karras's MinibatchStdLayer with one feature."""
    n, c, h, w = x.shape
    y = x.reshape(size, -1, 1, c, h, w)
    y = y - y.mean(0)
    y = (y.square().mean(0) + 1e-8).sqrt().mean([2, 3, 4]).reshape(-1, 1, 1, 1)
    return torch.cat([x, y.repeat(size, 1, h, w)], dim=1)


def conditional_batch_norm(x, p, style):
    y = F.batch_norm(x, p["0.running_mean"], p["0.running_var"], training=True, momentum=0.1)
    gain, bias = 1 + style @ p["0.gain.weight"].T, style @ p["0.bias.weight"].T
    return y * gain[:, :, None, None] + bias[:, :, None, None]


def adaptive_instance_norm(x, p, style):
    y = F.instance_norm(x, eps=1e-8)
    gain = 1 + F.linear(style, p["0.gain.weight"], p["0.gain.bias"])
    bias = F.linear(style, p["0.bias.weight"], p["0.bias.bias"])
    return y * gain[:, :, None, None] + bias[:, :, None, None]


def modulated_conv(x, p, style):
    """The form with weights of each sample's own and a grouped convolution, as rosinality has it."""
    n, c, h, w = x.shape
    scales = F.linear(style, p["0.affine.weight"], p["0.affine.bias"])
    weight = p["0.weight"][None] * scales[:, None, :, None, None]
    weight = weight * torch.rsqrt(weight.square().sum([2, 3, 4], keepdim=True) + 1e-8)
    outputs, kernel = weight.shape[1], weight.shape[3]
    y = F.conv2d(x.reshape(1, n * c, h, w), weight.reshape(n * outputs, c, kernel, kernel),
                 padding=kernel // 2, groups=n)
    return y.reshape(n, outputs, h, w) + p["0.bias"][None, :, None, None]


def blurred(x, taps, up=1, down=1, pads=(0, 0), gain=1):
    """upfirdn2d, step by step: zeros behind pixels, zeros around, convolution, each n-th pixel."""
    n, c, h, w = x.shape
    y = F.pad(x.reshape(n, c, h, 1, w, 1), [0, up - 1, 0, 0, 0, up - 1]).reshape(n, c, h * up, w * up)
    y = F.pad(y, [*pads, *pads])
    line = torch.tensor(taps) / sum(taps) * gain
    kernel = torch.outer(line, line).flip(0, 1)[None, None].repeat(c, 1, 1, 1)
    return F.conv2d(y, kernel, groups=c)[:, :, ::down, ::down]


def doubling_conv(x, p, style):
    """Each sample's own weights, a transposed convolution with stride 2, a filter of gain 4."""
    scales = F.linear(style, p["0.affine.weight"], p["0.affine.bias"])
    weight = p["0.weight"][None] * scales[:, None, :, None, None]
    weight = weight * torch.rsqrt(weight.square().sum([2, 3, 4], keepdim=True) + 1e-8)
    y = torch.cat([F.conv_transpose2d(x[i:i + 1], weight[i].transpose(0, 1), stride=2)
                   for i in range(len(x))])
    return blurred(y, [1., 3., 3., 1.], pads=(1, 1), gain=2) + p["0.bias"][None, :, None, None]


def attention(x, p):
    """SAGAN's block as BigGAN-PyTorch has it."""
    n, c, h, w = x.shape
    theta = F.conv2d(x, p["0.theta.weight"]).flatten(2)
    phi = F.max_pool2d(F.conv2d(x, p["0.phi.weight"]), 2).flatten(2)
    g = F.max_pool2d(F.conv2d(x, p["0.g.weight"]), 2).flatten(2)
    beta = F.softmax(theta.transpose(1, 2) @ phi, -1)
    found = (g @ beta.transpose(1, 2)).reshape(n, c // 2, h, w)
    return x + p["0.gamma"] * F.conv2d(found, p["0.o.weight"])


def equalized_conv(x, p):
    # Gain √2 and rate 0.1; a fan-in of 9 · 3.
    factor = 0.1 * math.sqrt(2) / math.sqrt(27)
    return F.conv2d(x, p["0.weight"] * factor, p["0.bias"] * 0.1, padding=1)


def unet(x, p):
    """One level: down, up, and the input before it."""
    inner = F.conv_transpose2d(
        F.conv2d(F.leaky_relu(x, 0.2), p["0.skip.1.weight"], p["0.skip.1.bias"], stride=2, padding=1),
        p["0.skip.2.weight"], p["0.skip.2.bias"], stride=2, padding=1)
    return torch.cat([x, inner], 1)


def residual(x, p):
    way = F.conv2d(F.avg_pool2d(x, 2), p["0.shortcut.1.weight"], p["0.shortcut.1.bias"])
    body = F.avg_pool2d(
        F.conv2d(F.relu(x), p["0.residual.1.weight"], p["0.residual.1.bias"], padding=1), 2)
    return 0.5 * (way + body)


def main():
    image = normal(2, 3, 4, 5)
    spectrally_normed("spectral-dense", torch.nn.Linear(5, 4), normal(3, 5), (4, 5), 4)
    spectrally_normed(
        "spectral-conv", torch.nn.Conv2d(3, 4, 3, padding=1), image, (4, 3, 3, 3), 4)
    spectrally_normed(
        "spectral-transpose", torch.nn.ConvTranspose2d(3, 4, 4, stride=2, padding=1), image,
        (3, 4, 4, 4), 4)
    case("equalized", equalized_conv, image, {"0.weight": normal(4, 3, 3, 3), "0.bias": normal(4)})
    case("instance", instance_norm, image)
    case("instance-affine", instance_norm, image, {"0.weight": normal(3), "0.bias": normal(3)})
    case("pixel", pixel_norm, image)
    case("deviation", minibatch_deviation, normal(8, 3, 2, 2))
    statistics = {"0.running_mean": normal(3), "0.running_var": normal(3).square()}
    case("conditional", conditional_batch_norm, image,
         {"0.gain.weight": normal(3, 2), "0.bias.weight": normal(3, 2)}, statistics, normal(2, 2))
    case("adaptive", adaptive_instance_norm, image,
         {"0.gain.weight": normal(3, 2), "0.gain.bias": normal(3), "0.bias.weight": normal(3, 2),
          "0.bias.bias": normal(3)}, style=normal(2, 2))
    case("modulated", modulated_conv, image,
         {"0.weight": normal(4, 3, 3, 3), "0.bias": normal(4), "0.affine.weight": normal(3, 2),
          "0.affine.bias": normal(3)}, style=normal(2, 2))
    case("skip", unet, normal(2, 2, 4, 6),
         {"0.skip.1.weight": normal(3, 2, 4, 4), "0.skip.1.bias": normal(3),
          "0.skip.2.weight": normal(3, 2, 4, 4), "0.skip.2.bias": normal(2)})
    case("residual", residual, normal(2, 3, 4, 4),
         {"0.residual.1.weight": normal(4, 3, 3, 3), "0.residual.1.bias": normal(4),
          "0.shortcut.1.weight": normal(4, 3, 1, 1), "0.shortcut.1.bias": normal(4)})
    wide = normal(2, 8, 4, 5)
    case("attention", attention, wide,
         {"0.theta.weight": normal(2, 8, 1, 1), "0.phi.weight": normal(2, 8, 1, 1),
          "0.g.weight": normal(4, 8, 1, 1), "0.o.weight": normal(8, 4, 1, 1), "0.gamma": normal(1)})
    case("groups", lambda x, p: F.conv2d(x, p["0.weight"], p["0.bias"], padding=1, groups=4), wide,
         {"0.weight": normal(12, 2, 3, 3), "0.bias": normal(12)})
    case("doubling", doubling_conv, image,
         {"0.weight": normal(4, 3, 3, 3), "0.bias": normal(4), "0.affine.weight": normal(3, 2),
          "0.affine.bias": normal(3)}, style=normal(2, 2))
    case("blur-up", lambda x, p: blurred(x, [1., 3., 3., 1.], up=2, pads=(2, 1), gain=2), image)
    case("blur-down", lambda x, p: blurred(x, [1., 3., 2., 4.], down=2, pads=(1, 1)), image)
    case("blur-padded", lambda x, p: blurred(x, [1., 2., 1.], pads=(2, 2)), image)
    case("reflect", lambda x, p: F.pad(x, [2, 1, 3, 0], mode="reflect"), image)
    case("replicate", lambda x, p: F.pad(x, [2, 1, 3, 0], mode="replicate"), image)
    case("uncounted", lambda x, p: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), image)
    save_file({key: value.detach().contiguous().clone() for key, value in tensors.items()}, PATH)


if __name__ == "__main__":
    main()
