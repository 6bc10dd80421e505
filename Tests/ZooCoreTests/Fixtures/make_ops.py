"""Writes ops.safetensors: ops and their first derivatives as PyTorch computes them, in Float64.

    python3 Tests/ZooCoreTests/Fixtures/make_ops.py

Each case holds its inputs (`a`, `b`), the result (`y`), the cotangent (`g`) and the derivatives
(`da`, `db`), with images as [N, H, W, C] and weights as [kH, kW, in, out].
"""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ops.safetensors")
torch.manual_seed(2026)
tensors = {}


def draw(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def images(x):
    return x.permute(0, 3, 1, 2)


def weights(w):
    return w.permute(3, 2, 0, 1)


def case(name, inputs, function):
    """Records a function of tensors in the layouts of the fixture."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    y = function(*inputs)
    g = draw(*y.shape)
    slopes = torch.autograd.grad(y, inputs, g)
    for key, x, slope in zip("ab", inputs, slopes):
        tensors[f"{name}.{key}"], tensors[f"{name}.d{key}"] = x.detach(), slope
    tensors[f"{name}.y"], tensors[f"{name}.g"] = y.detach(), g


def on_images(function):
    return lambda x, *rest: function(images(x), *map(weights, rest)).permute(0, 2, 3, 1)


def upfirdn(x, f, up, down, pads):
    """`_upfirdn2d_ref` of StyleGAN2-ADA-PyTorch, for one factor in both directions."""
    n, c, h, w = x.shape
    x = F.pad(x.reshape(n, c, h, 1, w, 1), [0, up - 1, 0, 0, 0, up - 1])
    x = x.reshape(n, c, h * up, w * up)
    left, right, top, bottom = pads
    x = F.pad(x, [max(p, 0) for p in pads])
    x = x[:, :, max(-top, 0):x.shape[2] - max(-bottom, 0),
          max(-left, 0):x.shape[3] - max(-right, 0)]
    kernel = torch.outer(f, f).flip([0, 1])[None, None].repeat(c, 1, 1, 1)
    return F.conv2d(x, kernel, groups=c)[:, :, ::down, ::down]


def main():
    case("softmax", [draw(3, 2, 7)], lambda x: x.softmax(-1))
    case("log softmax", [draw(3, 2, 7)], lambda x: x.log_softmax(-1))
    labels = torch.tensor([4, 0, 2])
    case("cross-entropy", [draw(3, 5)], lambda x: F.cross_entropy(x, labels, reduction="none"))
    case("batched product", [draw(3, 4, 5), draw(3, 5, 2)], torch.bmm)
    case("max", [draw(3, 4, 5)], lambda x: x.max(1).values)

    convolutions = {
        "groups": (2, 4, 6, 2, 1), "depthwise": (5, 5, 5, 1, 2), "multiplied": (3, 3, 6, 1, 1)}
    for name, (groups, inputs, outputs, stride, padding) in convolutions.items():
        case(f"convolution, {name}", [draw(2, 7, 6, inputs), draw(3, 3, inputs // groups, outputs)],
             on_images(lambda x, w: F.conv2d(
                 x, w, stride=stride, padding=padding, groups=groups)))
    for name, groups, extra in [("groups", 2, 1), ("depthwise", 4, 0), ("plain", 1, 1)]:
        case(f"transposed, {name}", [draw(2, 3, 4, 4), draw(3, 3, 4 // groups, 4)],
             on_images(lambda y, w: F.conv_transpose2d(
                 y, w, stride=2, padding=1, output_padding=extra, groups=groups)))

    filters = {
        "blur": ([1., 2, 4], 1, 1, (1, 1, 1, 1)), "up": ([1., 3, 3, 1], 2, 1, (2, 1, 2, 1)),
        "down": ([1., 3, 3, 1], 1, 2, (1, 1, 1, 1)), "both": ([1., -2, 5, 3], 3, 2, (3, 0, 1, 4)),
        "crop": ([1., 2, 4], 2, 1, (-1, 2, 1, -2))}
    for name, (taps, up, down, pads) in filters.items():
        f = torch.tensor(taps, dtype=torch.float64)
        case(f"filter, {name}", [draw(2, 5, 6, 3)],
             on_images(lambda x: upfirdn(x, f, up, down, pads)))

    for mode in "reflect", "replicate":
        case(f"padding, {mode}", [draw(2, 4, 5, 3)],
             on_images(lambda x: F.pad(x, (1, 3, 2, 0), mode=mode)))
    for counted in True, False:
        case(f"mean, {'padding' if counted else 'inside'}", [draw(2, 5, 6, 3)],
             on_images(lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=counted)))
    save_file({name: x.contiguous() for name, x in tensors.items()}, PATH)


if __name__ == "__main__":
    main()
