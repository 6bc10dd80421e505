"""Runs exported generators in ONNX Runtime beside the program's own samples, and prints the largest
difference. Needs onnx, onnxruntime, numpy and safetensors.

    python onnx_check.py MODEL.onnx [MODEL.onnx ...]
    python onnx_check.py MODEL.onnx --latents Z.npy [--labels Y.npy] --samples X.npy

Without flags, `latents`, `labels` and `samples` are read from MODEL.safetensors. Labels are only for
conditional generators. The exit code is 1 where a difference exceeds the tolerance.
"""

import argparse
import os
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file


def tensors(model, arguments):
    """What went into the program and what came out."""
    if not arguments.samples:
        return load_file(os.path.splitext(model)[0] + ".safetensors")
    paths = {"latents": arguments.latents, "labels": arguments.labels, "samples": arguments.samples}
    return {name: np.load(path) for name, path in paths.items() if path}


def check(path, given):
    """The largest difference, on the scale of the samples, and how much samples differ at all."""
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    types = {"tensor(float)": np.float32, "tensor(int64)": np.int64}
    missing = [i.name for i in session.get_inputs() if i.name not in given]
    if missing:
        raise SystemExit(f"{path}: the model asks for {', '.join(missing)}, which were not given")
    feed = {i.name: given[i.name].astype(types[i.type]) for i in session.get_inputs()}
    expected = given["samples"]

    difference = 0.0
    for count in (len(expected), 1):  # the number of samples is the caller's choice
        [samples] = session.run(["samples"], {name: value[:count] for name, value in feed.items()})
        if samples.shape != expected[:count].shape or samples.dtype != np.float32:
            raise SystemExit(f"{path}: {samples.dtype}{list(samples.shape)}, "
                             f"the program's samples are {list(expected[:count].shape)}")
        difference = max(difference, float(np.abs(samples - expected[:count]).max()))
    # Pixels lie in [0, 1]; points may be larger.
    return difference / max(1.0, float(np.abs(expected).max())), float(expected.std(axis=0).mean())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL.onnx")
    for name in ("latents", "labels", "samples"):
        parser.add_argument(f"--{name}", metavar="FILE.npy")
    parser.add_argument("--tolerance", type=float, default=1e-5, metavar="D")
    arguments = parser.parse_args()
    if bool(arguments.latents) != bool(arguments.samples) or (
            arguments.samples and len(arguments.models) > 1):
        parser.error("--latents and --samples go together, with one model")

    width = max(len(os.path.basename(path)) for path in arguments.models)
    faults = 0
    print(f"{'model':{width}}  difference  deviation between samples")
    for path in arguments.models:
        difference, spread = check(path, tensors(path, arguments))
        # A NaN passes no comparison; samples that are all the same show nothing.
        good = difference <= arguments.tolerance and spread > 1e-3
        faults += not good
        print(f"{os.path.basename(path):{width}}  {difference:10.2e}  {spread:.3f}"
              + ("" if good else "  <- FAULT"))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
