"""strace: which calls the program makes on files, and making the Nth of them fail or kill."""

import re
import shutil
import subprocess

from program import Skip

# Calls that change files, by any of the names that a C library may use.
CHANGES = (
    "write,pwrite64,writev,fsync,fdatasync,ftruncate,flock,rename,renameat,renameat2,unlink,"
    "unlinkat,rmdir,mkdir,mkdirat,symlink,symlinkat,link,linkat").split(",")
LINE = re.compile(r"(\d+) (\w+)\((.*)\) += (-?\d+|\?)(.*)")
BEGUN = re.compile(r"(\d+) (.*) <unfinished \.\.\.>")
ENDED = re.compile(r"(\d+) <\.\.\. \w+ resumed>(.*)")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Call:
    """One system call of the program's first thread, which alone touches files."""

    def __init__(self, name, number, arguments, result, path):
        self.name, self.arguments, self.result = name, arguments, result
        # The count of calls of this name so far, as `when=` counts.
        self.number = number
        # What it acts on: a path, or the path that its descriptor was opened with.
        self.path = path

    @property
    def failed(self):
        return self.result.startswith(("-", "?"))

    @property
    def paths(self):
        """All paths among the arguments: two for a rename."""
        return QUOTED.findall(self.arguments)

    @property
    def creates(self):
        return self.name == "openat" and "O_CREAT" in self.arguments

    def __str__(self):
        return f"{self.name} {self.number} ({self.path})"


def require():
    """Skips where strace is missing or may not trace."""
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    probe = subprocess.run(
        ["strace", "-f", "-o", "/dev/null", "-e", "inject=fsync:error=EIO:when=1", "true"],
        capture_output=True, text=True)
    if probe.returncode != 0:
        raise Skip(f"strace cannot trace here: {probe.stderr.strip()}")


def tracer(output, *inject):
    """The words before a command that trace it, and inject faults."""
    names = ",".join(["openat", *(f"?{name}" for name in CHANGES)])
    words = ["strace", "-f", "-qq", "-o", str(output), "-e", f"trace={names}", "-e", "signal=none"]
    for rule in inject:
        words += ["-e", f"inject={rule}"]
    return words


def killer(output, call):
    """As `tracer`: SIGKILL arrives when the call begins, so it is not made."""
    return tracer(output, f"{call.name}:signal=SIGKILL:when={call.number}")


def calls(output):
    """The calls in a trace's file, in order, those of the first thread only."""
    first, begun, found, counts, open_files = None, {}, [], {}, {}
    for line in open(output, errors="replace"):
        line = line.rstrip("\n")
        # strace pads short process numbers.
        line = re.sub(r"^(\d+) +", r"\1 ", line)
        if match := BEGUN.fullmatch(line):
            begun[match[1]] = match[2]
            continue
        if match := ENDED.fullmatch(line):
            line = f"{match[1]} {begun.pop(match[1], '')}{match[2]}"
        match = LINE.fullmatch(line)
        if not match:
            continue
        thread, name, arguments, result, _ = match.groups()
        first = first or thread
        if thread != first:
            continue
        counts[name] = counts.get(name, 0) + 1
        paths = QUOTED.findall(arguments)
        by_descriptor = name in (
            "write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "flock")
        if by_descriptor:
            path = open_files.get(arguments.split(",")[0].strip(), "")
        else:
            path = paths[0] if paths else ""
        if name == "openat" and not result.startswith("-"):
            open_files[result] = path
        found.append(Call(name, counts[name], arguments, result, path))
    return found


def changes(found, run="run"):
    """The calls that change something of the run in the folder `run`."""
    def concerns(path):
        # `run/...`, or the staged folder `./.run.<process>....tmp`.
        return path == run or path.startswith((f"{run}/", f"./.{run}."))

    return [
        call for call in found
        if (call.creates or call.name in CHANGES) and concerns(call.path)]
