"""Follows the links of the documentation and runs its commands, as a reader would.

    python3 Tests/Documentation/check.py [--zoo .build/release/zoo]

Every relative link must lead to a file, and its anchor to a heading. Every command of an `sh` block
that begins with `zoo` runs in a copy of the project, page by page, without a network; shipped
configs are made small first, so that whole trainings take a second. No command may fail, but for
those that need a network or data, which must say just that.
"""

import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(f"{os.path.dirname(__file__)}/../..")
PAGES = ["README.md"] + sorted(
    os.path.relpath(path, ROOT) for path in glob.glob(f"{ROOT}/Documentation/*.md"))
# Exit codes of missing data and of a network that is not there.
ABSENT = {4, 5}


def headings(text):
    """The anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def check_links(page):
    text = open(f"{ROOT}/{page}", encoding="utf8").read()
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)
    faults = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        path = os.path.normpath(f"{ROOT}/{os.path.dirname(page)}/{path}") if path \
            else f"{ROOT}/{page}"
        if not os.path.exists(path):
            faults.append(f"{page}: the link {target} leads nowhere")
        elif anchor and anchor not in headings(open(path, encoding="utf8").read()):
            faults.append(f"{page}: the link {target} leads to no heading")
    return faults


# What a reader brings: a variant of their own (Examples/CustomVariant is the same, built by CI),
# weights that cannot be shipped, pictures, and a run of a certain variant.
OWN_WORK = ("Configs/hinge-mnist.json", "inception.safetensors", " photos ", " a.png ",
            "--sheet categories")


# What shows seeds and styles needs a generator of images that has some as the newest run.
STYLED = re.compile(r"zoo (explore|project)|--seeds|--mix|--truncate|--space")


def commands(page):
    text = open(f"{ROOT}/{page}", encoding="utf8").read().replace("\\\n", " ")
    for block in re.findall(r"```sh\n(.*?)```", text, re.S):
        for line in block.splitlines():
            line = line.replace("swift run -c release zoo", "zoo").strip()
            if line.startswith("zoo ") and not any(name in line for name in OWN_WORK):
                yield line


def small(config):
    """A config that trains in a second, with the same keys."""
    config.get("training", {}).update(steps=3, batch=4)
    for player in ("generator", "discriminator"):
        if "width" in config.get(player, {}):
            config[player]["width"] = 4
    return config


def prepare(folder, do):
    """A copy of the project with small configs, a folder of photos, and some runs."""
    for name in ("Sources", "Tests", "Package.swift", "Configs"):
        source = f"{ROOT}/{name}"
        if os.path.isdir(source):
            shutil.copytree(source, f"{folder}/{name}", ignore=shutil.ignore_patterns("Fixtures"))
        else:
            shutil.copy(source, folder)
    for path in glob.glob(f"{folder}/Configs/*-*.json"):
        with open(path) as file:
            config = small(json.load(file))
        with open(path, "w") as file:
            json.dump(config, file)
    for name in ("one", "two", "short"):
        do("run", "Configs/gan-ring8.json", "--out", f"runs/{name}")
    for name in ("cats", "dogs"):
        os.makedirs(f"{folder}/photos/{name}")
    do("run", "Configs/gan-mnist.json", "--out", "digits")
    for name in ("cats", "dogs"):
        do("sample", "digits", "--count", "8", "--separate", f"photos/{name}")
    with open(f"{folder}/photos.json", "w") as file:
        json.dump(small({
            "variant": "wgan-gp",
            "data": {"dataset": "folder", "path": "photos", "size": [32, 32]},
            "generator": {"width": 4}, "discriminator": {"width": 4}, "training": {}}), file)
    # Pictures that commands of `zoo project` name.
    for name in ("digit", "seven", "me"):
        shutil.copy(f"{folder}/photos/cats/sample-000000.png", f"{folder}/{name}.png")
    for path in (".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions"):
        os.makedirs(f"{folder}/home/{path}")


def run(page, zoo):
    faults, count, absent = [], 0, 0
    todo = list(commands(page))
    if not todo:
        return faults
    with tempfile.TemporaryDirectory() as scratch:
        # The folder's name, since one command names the project from beside it.
        folder = f"{scratch}/zoo"
        os.mkdir(folder)
        os.mkdir(f"{scratch}/bin")
        os.symlink(zoo, f"{scratch}/bin/zoo")
        environment = dict(
            os.environ, HOME=f"{folder}/home", ZOO_OFFLINE="1",
            PATH=f"{scratch}/bin:{os.environ['PATH']}")
        for name in ("ZOO_DATA_DIR", "XDG_CACHE_HOME"):
            environment.pop(name, None)

        def do(*words):
            subprocess.run(
                [zoo, *words], cwd=folder, env=environment, check=True, capture_output=True)

        prepare(folder, do)
        for command in todo:
            # What a page makes, it may make: the folders prepared here are not in its way.
            for out in re.findall(r"--out (runs/\S+)", command):
                shutil.rmtree(f"{folder}/{out}", ignore_errors=True)
            if command.startswith("zoo eval "):
                # A classifier of images would first learn for minutes; points need none.
                shutil.rmtree(f"{folder}/runs/short", ignore_errors=True)
                do("run", "Configs/gan-ring8.json", "--out", "runs/short")
            if STYLED.search(command):
                shutil.rmtree(f"{folder}/runs/styles", ignore_errors=True)
                do("run", "Configs/stylegan2-mnist.json", "--out", "runs/styles")
            result = subprocess.run(
                ["bash", "-c", command], cwd=folder, env=environment, capture_output=True,
                text=True, stdin=subprocess.DEVNULL, timeout=300)
            count += 1
            if result.returncode in ABSENT and "data" in result.stderr:
                absent += 1
            elif result.returncode:
                faults.append(f"{page}: {command}\n  exit {result.returncode}: {result.stderr}")
    if count:
        print(f"{page}: {count} commands, {absent} of them for data that is not here", flush=True)
    return faults


parser = argparse.ArgumentParser()
parser.add_argument("--zoo", default=f"{ROOT}/.build/release/zoo")
zoo = os.path.abspath(parser.parse_args().zoo)
faults = []
for page in PAGES:
    faults += check_links(page) + run(page, zoo)
for fault in faults:
    print(fault, file=sys.stderr)
sys.exit(1 if faults else 0)
