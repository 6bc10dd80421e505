"""Runs of zoo that are judged and put into a table, for results.py and ablation.py."""

import json
import os
import statistics
import subprocess
import sys

# Of `zoo eval`: key, title, factor, digits.
COLUMNS = [
    ("frechetDistance", "Fréchet distance", 1, 2), ("classifierScore", "classifier score", 1, 2),
    ("kernelDistance", "kernel distance", 1, 2), ("precision", "precision", 1, 3),
    ("recall", "recall", 1, 3), ("density", "density", 1, 3), ("coverage", "coverage", 1, 3),
    ("nearDuplicates", "near doubles, %", 100, 2),
]


class Zoo:
    """The program at a path."""

    def __init__(self, path):
        self.path = path

    def __call__(self, *arguments):
        result = subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"zoo {' '.join(map(str, arguments))}: {result.stderr}")
        return result.stdout

    def train(self, run, config, steps, *settings):
        """Trains to so many steps, going on where it was stopped."""
        if not os.path.exists(f"{run}/config.json"):
            self("run", config, "--set", f"training.steps={steps}",
                 "--set", f"output.sampleEvery={max(1, steps // 10)}", "--out", run, "--quiet",
                 *settings)
        elif not os.path.exists(f"{run}/checkpoints/step-{steps:06}"):
            threads = settings[settings.index("--threads"):][:2] if "--threads" in settings else []
            self("resume", run, "--set", f"training.steps={steps}", "--quiet", *threads)
        print(run, file=sys.stderr, flush=True)

    def judge(self, run):
        return json.loads(self("eval", run, "--json", "--quiet"))


def cell(values, factor, digits):
    values = [factor * value for value in values if value is not None]
    if not values:
        return "–"
    mean = f"{statistics.mean(values):.{digits}f}"
    return mean + (f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


def table(first, rows, columns=COLUMNS):
    """Prints a row for each (cells of the first columns, side, results)."""
    print("| " + " | ".join([*first, *(title for _, title, _, _ in columns)]) + " |")
    print("|---" * (len(columns) + len(first)) + "|")
    for name, side, results in rows:
        print("| " + " | ".join([*map(str, name), *(
            cell([result[side].get(key) for result in results], factor, digits)
            for key, _, factor, digits in columns)]) + " |")
