"""Runs the vitral command."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from .results import Results


class VitralError(RuntimeError):
    """The command failed: its exit code, its message and the place that the message speaks of."""

    def __init__(self, code, message, where=""):
        # The messages of a wrong config name their places themselves.
        super().__init__(message if not where or message.startswith(where) else f"{where}: {message}")
        self.code, self.message, self.where = code, message, where


def find_command():
    """The path of the command: $VITRAL, the PATH, or this checkout's release build."""
    built = Path(__file__).resolve().parents[2] / "build" / "release" / "vitral"
    for candidate in (os.environ.get("VITRAL"), shutil.which("vitral"), str(built)):
        if candidate and os.access(candidate, os.X_OK):
            return candidate
    raise FileNotFoundError("the vitral command is not in $VITRAL, not in the PATH and not built here (tools/quickstart)")


def _answer(arguments):
    """Runs the command with --json; the parsed answer, or VitralError."""
    done = subprocess.run([find_command(), *arguments, "--json"], stdout=subprocess.PIPE, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise VitralError(done.returncode, f"no answer (exit code {done.returncode})") from None
    if "error" in answer:
        raise VitralError(done.returncode, answer["error"]["message"], answer["error"]["where"])
    return answer


def _options(settings, threads):
    options = []
    for key, value in (settings or {}).items():
        text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        options += ["--set", f"{key}={text}"]
    if threads is not None:
        options += ["--threads", str(threads)]
    return options


def default_output(config):
    """Where the command puts results unless it is told: the config's name, of a case.toml its folder's, with .h5."""
    config = Path(config).resolve()
    return Path((config.parent.name if config.stem == "case" and config.parent.name else config.stem) + ".h5")


def run(config, output=None, settings=None, until=None, threads=None):
    """Runs a case and opens its results. `settings` maps keys to values, as --set does.

    Without `output` the file is default_output(config), and the result of another config is never replaced: VitralError.
    """
    options = _options(settings, threads) + (["--until", until] if until else [])
    if output is not None:
        options += ["-o", str(output)]
    _answer(["run", str(config), *options])
    return Results(output if output is not None else default_output(config))


def sweep(config, folder, settings=None, threads=None):
    """Runs every point of a config's [sweep]; returns the report with the path of its table."""
    return _answer(["sweep", str(config), "-o", str(folder), *_options(settings, threads)])
