"""Measures zoo beside PyTorch on the same processor and writes RESULTS.md.

    python3 Benchmarks/run.py            # everything, about forty minutes
    python3 Benchmarks/run.py --pairs 1 --threads 1 --only mlp-gan

Makes a virtual environment with PyTorch in `.build/benchmark-venv`, builds zoo, and runs both in
turn: in each round zoo, then every PyTorch variant (memory layout, eager or compiled, with or without
the critic's weight gradients in the generator's step), in changing order. The figure of a pair is
PyTorch's median time for a step divided by zoo's in that round; the table shows the median over the
rounds and their range. The comparison is with PyTorch's fastest variant.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".build", "benchmark-venv")
PYTHON = os.path.join(VENV, "bin", "python")
TORCH = "torch==2.13.0+cpu"

# Name, config, sample shape, steps, floor, aim (PyTorch's time divided by zoo's).
WORKLOADS = [
    ("wgan-gp", "Configs/wgan-gp-mnist-paper.json", (28, 28, 1), 2, 1.5, 2.5),
    ("dcgan-64", "Benchmarks/configs/dcgan-64.json", (64, 64, 3), 2, 1.3, 2.0),
    ("lsgan-cnn", "Benchmarks/configs/lsgan-cnn.json", (28, 28, 1), 6, 1.5, 2.5),
    ("mlp-gan", "Benchmarks/configs/mlp-gan.json", (28, 28, 1), 60, 2.0, 4.0),
    ("unet-256", "Benchmarks/configs/unet-256.json", (256, 256, 3), 3, 1.5, 2.0),
    ("resnet-6-128", "Benchmarks/configs/resnet-6-128.json", (128, 128, 3), 2, 1.5, 2.0),
    ("edges2digits", "Configs/pix2pix-edges2digits.json", (32, 32, 1), 10, 1.5, 2.0),
    ("sagan", "Configs/sagan-mnist.json", (28, 28, 1), 10, 1.5, 2.0),
    ("biggan", "Configs/biggan-mnist.json", (28, 28, 1), 10, 1.5, 2.0),
    ("sngan-32", "Configs/sngan-cifar10.json", (32, 32, 3), 2, 1.5, 2.0),
]
PEERS = {
    "pix2pix": "translation_peer.py", "cyclegan": "translation_peer.py",
    "sngan": "residual_peer.py", "sagan": "residual_peer.py", "biggan": "residual_peer.py",
}
PRODUCTS = [(1024, 1024, 1024), (9800, 64, 1600), (2450, 128, 1600), (800, 256, 3200),
            (64, 784, 1024)]
PARTS = ("output", "input", "weight")


def run(command, **options):
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def prepare():
    if not os.path.exists(PYTHON):
        run([sys.executable, "-m", "venv", VENV])
        run([PYTHON, "-m", "pip", "install", "--quiet", TORCH, "numpy"])
    run(["swift", "build", "-c", "release"])
    return os.path.join(run(["swift", "build", "-c", "release", "--show-bin-path"]).strip(), "zoo")


def zoo_step(zoo, config, sample, threads, steps):
    return json.loads(run([
        zoo, "bench", config, "--sample", "x".join(map(str, sample)), "--threads", str(threads),
        "--steps", str(steps), "--warmup", "1", "--json"]))


def torch_step(config, sample, threads, steps, variant):
    with open(config) as file:
        peer = PEERS.get(json.load(file)["variant"], "pytorch_peer.py")
    command = [PYTHON, f"Benchmarks/{peer}", config, "--sample", *map(str, sample),
               "--threads", str(threads), "--steps", str(steps), "--warmup", "1",
               "--layout", variant["layout"]]
    command += ["--compile"] if variant.get("compile") else []
    command += ["--critic-gradients"] if variant.get("critic_gradients") else []
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    if done.returncode != 0:
        return None
    return json.loads(done.stdout.splitlines()[-1])["secondsPerStep"]["median"]


VARIANTS = [
    {"name": "eager", "layout": "contiguous"},
    {"name": "eager, channels last", "layout": "channels_last"},
    {"name": "eager, with the critic's weight gradients", "layout": "contiguous",
     "critic_gradients": True},
    # Compiling takes longer than measuring: two rounds show where it stands.
    {"name": "torch.compile", "layout": "contiguous", "compile": True, "rounds": 2},
]


def workload(zoo, name, config, sample, steps, threads, pairs):
    """Rows of (variant, ratios, zoo's seconds, PyTorch's seconds), and zoo's last report."""
    with tempfile.TemporaryDirectory() as folder:
        resolved = os.path.join(folder, "config.json")
        report = zoo_step(zoo, config, sample, threads, 1)
        with open(resolved, "w") as file:
            json.dump(report["config"], file)
        seen = {variant["name"]: [] for variant in VARIANTS}
        for turn in range(pairs):
            report = zoo_step(zoo, config, sample, threads, steps)
            mine = report["secondsPerStep"]["median"]
            for variant in VARIANTS if turn % 2 == 0 else reversed(VARIANTS):
                if turn >= variant.get("rounds", pairs):
                    continue
                peer = torch_step(resolved, sample, threads, steps, variant)
                if peer is not None:
                    seen[variant["name"]].append((peer / mine, mine, peer))
        for which, figures in seen.items():
            text = f"{statistics.median(f[0] for f in figures):.2f}" if figures else "does not run"
            print(f"{name}, {threads} threads, {which}: {text}", flush=True)
        return [(which, *map(list, zip(*figures))) for which, figures in seen.items() if figures], \
            report


PRODUCT_CODE = """
import json, sys, time
sizes = json.loads(sys.argv[2])
rates = {}
if sys.argv[1] == "torch":
    import torch
    torch.set_num_threads(int(sys.argv[3]))
    make = lambda m, n: torch.rand(m, n)
else:
    import numpy
    make = lambda m, n: numpy.random.rand(m, n).astype("float32")
result = []
for m, n, k in sizes:
    a, b = make(m, k), make(k, n)
    best, work = 1e9, 2 * m * n * k
    for _ in range(max(3, int(1e10 / work))):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    result.append(work / best / 1e9)
print(json.dumps(result))
"""


def products(zoo, threads, pairs):
    """For each size the rates of zoo, PyTorch (MKL) and NumPy (OpenBLAS), median of the pairs, and
    zoo's rates of the convolutions."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(threads))
    seen = {"zoo": [], "torch": [], "numpy": []}
    layers = []
    for _ in range(pairs):
        for peer in ("torch", "numpy"):
            out = run([PYTHON, "-c", PRODUCT_CODE, peer, json.dumps(PRODUCTS), str(threads)],
                      env=environment)
            seen[peer].append(json.loads(out))
        report = json.loads(run([zoo, "bench", "--machine", "--json", "--threads", str(threads)]))
        seen["zoo"].append([p["gflops"] for p in report["products"]])
        layers.append([[c[part] for part in PARTS] for c in report["convolutions"]])
    rates = {who: [statistics.median(column) for column in zip(*rows)]
             for who, rows in seen.items()}
    return rates, [[statistics.median(column) for column in zip(*rows)] for rows in zip(*layers)]


def machine():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} processors"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", nargs="+", help="workloads to measure")
    parser.add_argument("--no-products", action="store_true")
    options = parser.parse_args()
    zoo = prepare()
    versions = run([PYTHON, "-c", "import torch, numpy; print(torch.__version__, numpy.__version__)"])
    torch_version, numpy_version = versions.split()
    swift = run(["swift", "--version"]).splitlines()[0]
    lines = [
        "# zoo beside PyTorch", "",
        "Made by `python3 Benchmarks/run.py`. A ratio is PyTorch's median time for a generator step "
        "divided by zoo's,", "both measured in turn on the same threads; the table gives the median "
        "over the pairs and their range.", "",
        f"{machine()}; {swift}; PyTorch {torch_version}, NumPy {numpy_version}; "
        f"{options.pairs} pairs.", "",
        "| workload | threads | PyTorch | ratio | range | zoo s/step | PyTorch s/step |",
        "| --- | --- | --- | --- | --- | --- | --- |"]
    summary = ["", "Against PyTorch's fastest variant:", "",
               "| workload | threads | ratio | floor | aim | zoo GFLOP/s | zoo memory MB |",
               "| --- | --- | --- | --- | --- | --- | --- |"]
    scaling = {}
    for name, config, sample, steps, floor, aim in WORKLOADS:
        if options.only and name not in options.only:
            continue
        for threads in options.threads:
            rows, report = workload(zoo, name, config, sample, steps, threads, options.pairs)
            for variant, ratios, ours, theirs in rows:
                lines.append(
                    f"| {name} | {threads} | {variant} | {statistics.median(ratios):.2f} | "
                    f"{min(ratios):.2f} to {max(ratios):.2f} | {statistics.median(ours):.4f} | "
                    f"{statistics.median(theirs):.4f} |")
            scaling.setdefault(name, {})[threads] = statistics.median(rows[0][2])
            best = min(rows, key=lambda row: statistics.median(row[3]))
            rate = report["gflopPerStep"] / report["secondsPerStep"]["median"]
            summary.append(
                f"| {name} | {threads} | **{statistics.median(best[1]):.2f}** | {floor} | {aim} | "
                f"{rate:.0f} | {report['peakMemoryMB']:.0f} |")
    lines += summary
    if scaling:
        lines += ["", "zoo's time with one thread divided by that with two:", "",
                  "| workload | 1 thread / 2 threads |", "| --- | --- |"]
        lines += [f"| {name} | {times[1] / times[2]:.2f} |" for name, times in scaling.items()
                  if 1 in times and 2 in times]
    if not options.no_products:
        lines += ["", "Matrix products, GFLOP/s (rows x columns x depth):", "",
                  "| size | threads | zoo | PyTorch (MKL) | NumPy (OpenBLAS) | zoo / best |",
                  "| --- | --- | --- | --- | --- | --- |"]
        convolutions = ["", "Convolutions of these sizes (5x5, stride 2, batch 50), counted as the "
                        "plain sum, beside zoo's product:", "",
                        "| size | threads | product | output | input gradient | weight gradient |",
                        "| --- | --- | --- | --- | --- | --- |"]
        for threads in options.threads:
            rates, layers = products(zoo, threads, options.pairs)
            for i, size in enumerate(PRODUCTS):
                ours, mkl, openblas = (rates[who][i] for who in ("zoo", "torch", "numpy"))
                name = " x ".join(map(str, size))
                lines.append(
                    f"| {name} | {threads} | {ours:.1f} | {mkl:.1f} | "
                    f"{openblas:.1f} | {ours / max(mkl, openblas):.2f} |")
                if 0 < i <= len(layers):
                    parts = " | ".join(f"{rate:.0f} ({rate / ours:.2f})" for rate in layers[i - 1])
                    convolutions.append(f"| {name} | {threads} | {ours:.0f} | {parts} |")
        lines += convolutions
    text = "\n".join(lines) + "\n"
    with open(os.path.join(ROOT, "Benchmarks", "RESULTS.md"), "w") as file:
        file.write(text)
    print(text)


if __name__ == "__main__":
    main()
