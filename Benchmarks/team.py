"""What several programs cost beside threads of one, in turn on the same machine.

    python3 Benchmarks/team.py --mpi PREFIX [--pairs 5] [WORKLOAD ...]

For each workload: one program with two threads and no shards, two programs with one thread and a shard
each, and one program on one thread with 1, 2, 4 and 8 shards. PREFIX is a folder with `bin/mpirun` and
`lib`, as `pip install --prefix PREFIX mpich` makes it. Prints a table for RESULTS.md; run nothing else
meanwhile.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.abspath(f"{os.path.dirname(__file__)}/..")
sys.path.insert(0, f"{ROOT}/Tests/Team")
from team import launchers  # noqa: E402

# Name, config, sample, measured steps, a batch that 8 divides, sums a step, bytes that they add.
WORKLOADS = [
    ("wgan-gp", "Configs/wgan-gp-mnist-paper.json", "28x28x1", 3, 48, 6, 26.8e6),
    ("dcgan-64", "Benchmarks/configs/dcgan-64.json", "64x64x3", 3, 64, 2, 25.4e6),
    ("mlp-gan", "Benchmarks/configs/mlp-gan.json", "28x28x1", 40, 64, 2, 8.2e6),
]
# Bytes a second that a network carries each way, and seconds from one machine to another.
NETWORKS = [("10 GbE", 1.15e9), ("100 GbE", 10e9)]
LATENCY = 30e-6


def seconds(mpi, zoo, workload, ranks, threads, shards):
    _, config, sample, steps, batch = workload[:5]
    command = [zoo, "bench", f"{ROOT}/{config}", "--sample", sample, "--steps", str(steps),
               "--warmup", "1", "--json", "--threads", str(threads),
               "--set", f"training.batch={batch}", "--set", f"training.shards={shards}"]
    if ranks > 1:
        command = mpi.words(ranks) + command
    found = subprocess.run(command, env=mpi.environment(), capture_output=True, text=True)
    if found.returncode != 0:
        sys.exit(found.stdout + found.stderr)
    return json.loads(found.stdout)["secondsPerStep"]["median"]


def exchange(workload, ranks, rate):
    """Seconds that a step's sums take: messages one after another, and the bytes of a ring."""
    sums, count = workload[5:]
    return sums * 2 * (ranks - 1) * LATENCY + 2 * (ranks - 1) / ranks * count / rate


def predict(workload, whole, eighths):
    """How much faster R machines of one core are: the same batch cut in 8, and a batch R times as large."""
    cells = [whole / (eighths / 8 + exchange(workload, 8, rate)) for _, rate in NETWORKS]
    cells += [ranks * whole / (whole + exchange(workload, ranks, rate))
              for ranks in [8, 64] for _, rate in NETWORKS]
    return f"| {workload[0]} | " + " | ".join(f"{value:.1f}" for value in cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--zoo", default=f"{ROOT}/.build/release/zoo")
    parser.add_argument("--mpi", required=True, metavar="PREFIX")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("workloads", nargs="*")
    arguments = parser.parse_args()
    mpi = launchers([arguments.mpi])[0]
    cases = [("1 × 2, S 1", 1, 2, 1), ("2 × 1, S 2", 2, 1, 2), ("1 × 1, S 1", 1, 1, 1),
             ("1 × 1, S 2", 1, 1, 2), ("1 × 1, S 4", 1, 1, 4), ("1 × 1, S 8", 1, 1, 8)]
    print(f"| s/step, {mpi.name} | " + " | ".join(case[0] for case in cases)
          + " | two programs beside two threads |")
    print("| --- |" + " --- |" * (len(cases) + 1))
    predictions = []
    for workload in WORKLOADS:
        if arguments.workloads and workload[0] not in arguments.workloads:
            continue
        rounds = [[seconds(mpi, arguments.zoo, workload, *case[1:]) for case in cases]
                  for _ in range(arguments.pairs)]
        medians = [statistics.median(column) for column in zip(*rounds)]
        ratios = sorted(one[0] / one[1] for one in rounds)
        print(f"| {workload[0]} | " + " | ".join(f"{value:.3f}" for value in medians)
              + f" | {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |",
              flush=True)
        predictions.append(predict(workload, medians[2], medians[5]))
    networks = [name for name, _ in NETWORKS]
    heads = [f"8, same batch, {name}" for name in networks]
    heads += [f"{ranks}, batch × {ranks}, {name}" for ranks in [8, 64] for name in networks]
    print("\nPredicted times as fast as one machine:\n\n| | " + " | ".join(heads) + " |")
    print("| --- |" + " --- |" * len(heads))
    print("\n".join(predictions))


if __name__ == "__main__":
    main()
