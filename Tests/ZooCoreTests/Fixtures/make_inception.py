"""Oracle for the Inception network: torch-fidelity's, with weights that a formula makes, so that
95 MB of them need not be kept. Run:

    python make_inception.py inception.safetensors

Needs torch, torch-fidelity and safetensors. The file holds some features and logits of two images,
some resized pixels, and as metadata the names and shapes of the network's tensors.
"""

import json
import sys
import tempfile

import numpy as np
import torch
from safetensors.numpy import save_file
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x


def words(name, count):
    """SplitMix64, seeded with the FNV-1a hash of a name."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def values(name, shape):
    """The weights of a tensor: evenly distributed, so that signals neither grow nor die away."""
    even = (words(name, int(np.prod(shape))) >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1
    if name.endswith("running_var") or name.endswith("bn.weight"):
        even = 1 + 0.5 * even
    elif len(shape) == 1:
        even = 0.25 * even
    else:
        even = even * np.sqrt(6 / np.prod(shape[1:]))
    return even.astype(np.float32).reshape(shape)


def image_bytes(name, shape):
    return (words(name, int(np.prod(shape))) >> np.uint64(56)).astype(np.uint8).reshape(shape)


class Formula(FeatureExtractorInceptionV3):
    def load_state_dict(self, _):
        super().load_state_dict({
            name: tensor if "num_batches" in name else torch.from_numpy(values(name, tensor.shape))
            for name, tensor in self.state_dict().items()})


def resized(images):
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float()
    x = interpolate_bilinear_2d_like_tensorflow1x(x, size=(299, 299), align_corners=False)
    return x.permute(0, 2, 3, 1).numpy()


def main():
    with tempfile.NamedTemporaryFile(suffix=".pth") as empty:
        torch.save({}, empty.name)
        network = Formula("inception", ["2048", "logits_unbiased"],
                          feature_extractor_weights_path=empty.name)
    shapes = {name: list(tensor.shape) for name, tensor in network.state_dict().items()
              if "num_batches" not in name}
    images = image_bytes("images", (2, 20, 31, 3))
    with torch.no_grad():
        features, logits = network(torch.from_numpy(images).permute(0, 3, 1, 2))
    print("features", features.std().item(), "between images", (features[0] - features[1]).std())
    tensors = {"features": features.numpy()[:, ::32], "logits": logits.numpy()[:, ::16]}
    for height, width in [(32, 32), (1, 7), (299, 299), (310, 420)]:
        picture = image_bytes(f"{height}x{width}", (1, height, width, 3))
        tensors[f"resized.{height}x{width}"] = resized(picture)[0, ::23, ::17]
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()},
              sys.argv[1], metadata={"tensors": json.dumps(shapes)})


main()
