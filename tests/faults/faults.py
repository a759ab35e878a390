"""Disks that fail, memory that ends, processes that are killed: nothing that was finished is lost, no file lies, and the exit
code says what happened. Usage: faults.py disk|memory|kill|signals|damage. VITRAL is the program, VITRAL_FAULTS the folder of the
preloaded libraries."""
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

VITRAL = os.environ["VITRAL"]
FAULTS = Path(os.environ["VITRAL_FAULTS"])
CASE = """wavelength = "1310 nm"
[section]
width = "40 um"
depth = "28 um"
resolution = "1 um"
cover = "air"
[index]
formula = "1.5035 + dn*exp(-(x/4)^2-((y+8)/3)^2)"
constants = { dn = 0.01 }
[modes]
count = 2
[propagation]
length = "0.3 mm"
launch = { mode = 0 }
"""
SWEEP = CASE + '[sweep]\n"index.constants.dn" = [0.008, 0.009, 0.01, 0.011]\n'
# A bend whose window is wide: factors of half a gigabyte.
BENT = """wavelength = "1310 nm"
section = { width = "20 um", depth = "14 um", resolution = "0.5 um", cover = 1.0 }
index = { formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+6)/3)^2)" }
modes = { count = 1, solver = "scalar-elements", accuracy = 1e-5, bend_radius = "1 m" }
"""
# Silver driven through a narrow slit: minutes.
SLIT = """wavelength = "1310 nm"
glass = { name = "soda-lime", thickness = "1 mm" }
section = { width = "60 um", depth = "25 um", resolution = "0.5 um" }
mask = { guide = [ { width = "2 um" } ] }
process = [ { step = "field-assisted", ion = "Ag", surface_fraction = 0.4, temperature = "280 degC", voltage = "50 V", duration = "20 min" } ]
"""
LONG = """wavelength = "1310 nm"
[section]
width = "%s"
depth = "60 um"
resolution = "%s"
cover = "air"
[index]
formula = "1.5035+0.01*exp(-(x/4)^2-((y+8)/3)^2)"
[modes]
count = %d
[propagation]
length = "20 mm"
step = "0.05 um"
launch = { mode = 0 }
records = %d
"""


def run(*words, preload=None, **environment):
    extra = {name: str(value) for name, value in environment.items()}
    if preload:
        extra["LD_PRELOAD"] = str(FAULTS / preload)
    return subprocess.run([VITRAL, *map(str, words)], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "OMP_NUM_THREADS": "1", "VITRAL_WISDOM": "none", **extra})


def numbers(path):
    """All datasets of a complete file but its provenance."""
    with h5py.File(path, "r") as file:
        assert file.attrs["complete"] == 1, path
        found = {}
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
        return {name: value for name, value in found.items() if name not in ("summary", "provenance/log", "config/file")}


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name], equal_nan=a[name].dtype.kind == "f")
                                        if isinstance(a[name], np.ndarray) else a[name] == b[name] for name in a)


def no_leftovers(folder):
    assert not [name for name in os.listdir(folder) if ".part-" in name], os.listdir(folder)


def disk(folder):
    config, result = folder / "case.toml", folder / "r.h5"
    config.write_text(CASE)
    assert run("run", config, "-o", result).returncode == 0
    right, size = numbers(result), result.stat().st_size
    failed = 0
    for every in (0, 1):
        for call in range(1, 201):
            done = run("run", config, "-o", result, preload="libfail_writes.so", VITRAL_FAIL_CALL=call, VITRAL_FAIL_ALL=every)
            assert done.returncode in (0, 7), (call, done)
            if done.returncode == 7:
                failed += 1
                assert done.stderr.count("\n") == 1, done.stderr
            assert same(numbers(result), right), call
            no_leftovers(folder)
            if done.returncode == 0 and call > 8:  # beyond the last call there is nothing to fail
                break
    assert failed >= 8, failed
    # The times in a result make it a few bytes longer or shorter.
    for room in [0, 1, 512, 4096, size // 8, size // 4, size // 2, 3 * size // 4, size - 4096, size - 1024]:
        done = run("run", config, "-o", result, "--json", preload="libfail_writes.so", VITRAL_FAIL_BYTES=room)
        assert done.returncode == 7, (room, done)
        error = json.loads(done.stdout)["error"]
        assert error["code"] == 7 and "disk is full" in error["message"], error
        wanted = int(re.search(r"\d+ of (\d+) bytes are written", error["message"])[1])
        assert abs(wanted - size) < 1000, (wanted, size)
        assert same(numbers(result), right), room
        # Where nothing was there before, nothing is there after.
        done = run("run", config, "-o", folder / "new.h5", preload="libfail_writes.so", VITRAL_FAIL_BYTES=room)
        assert done.returncode == 7 and not (folder / "new.h5").exists(), room
        no_leftovers(folder)
    # A symbolic link stays one, and what a killed process left beside the result is swept up.
    (folder / "kept").mkdir()
    target, link = folder / "kept" / "target.h5", folder / "link.h5"
    link.symlink_to(target)
    left = folder / "kept" / f".target.h5.part-{os.uname().nodename}-999999999-0"
    left.write_bytes(b"half")
    assert run("run", config, "-o", link).returncode == 0
    assert link.is_symlink() and same(numbers(target), right) and not left.exists()
    # A sweep of four writers: what is there is right, and the next run makes the rest.
    sweep, points = folder / "sweep.toml", folder / "points"
    sweep.write_text(SWEEP)
    for room in (0, size // 2, size, 2 * size, 3 * size + 100):
        shutil.rmtree(points, ignore_errors=True)
        done = run("sweep", sweep, "-o", points, "--threads", 4, preload="libfail_writes.so", VITRAL_FAIL_BYTES=room)
        assert done.returncode != 0, (room, done)
        there = sorted(points.glob("point_*.h5")) if points.exists() else []
        for point in there:
            numbers(point)
        done = run("sweep", sweep, "-o", points, "--threads", 4, "--json")
        assert done.returncode == 0, done
        assert json.loads(done.stdout)["kept"] == len(there), (room, done.stdout, there)
        assert len(list(points.glob("point_*.h5"))) == 4 and (points / "table.csv").exists()


def memory(folder):
    config, result = folder / "case.toml", folder / "r.h5"
    config.write_text(CASE)
    done = run("run", config, "-o", result, preload="libfail_allocations.so", VITRAL_FAIL_COUNT=1)
    assert done.returncode == 0, done
    right = numbers(result)
    count = int(done.stderr.split("allocations ")[1].split()[0])
    ended = 0
    chosen = list(range(1, 41)) + [1 + int(i * (count - 2) / 160) for i in range(1, 161)]
    for call in chosen:
        for every in ({}, {"VITRAL_FAIL_ALL": 1}):
            done = run("run", config, "-o", result, "--json", preload="libfail_allocations.so", VITRAL_FAIL_CALL=call, **every)
            # Beside the error, one object; or the whole answer, where it was out before memory ended.
            assert done.returncode in (0, 5), (call, every, done)
            answer = json.loads(done.stdout)
            assert answer["error"]["code"] == 5 if done.returncode == 5 else answer["wavelengths"], done
            ended += done.returncode == 5
            assert same(numbers(result), right), call
    assert ended > 380, ended
    assert run("run", config, "-o", result).returncode == 0
    no_leftovers(folder)


def kill(folder):
    """50 kills at random, of runs and of sweeps: what is there is whole, and the next run needs no help."""
    rng = random.Random(7)
    config, result = folder / "case.toml", folder / "r.h5"
    config.write_text(CASE)
    start = time.monotonic()
    assert run("run", config, "-o", result).returncode == 0
    duration, right = time.monotonic() - start, numbers(result)
    sweep, points = folder / "sweep.toml", folder / "points"
    sweep.write_text(SWEEP)
    for number in range(50):
        words = ["run", config, "-o", result] if number % 2 else ["sweep", sweep, "-o", points, "--threads", "2"]
        process = subprocess.Popen([VITRAL, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={**os.environ, "OMP_NUM_THREADS": "1", "VITRAL_WISDOM": "none"})
        time.sleep(rng.uniform(0.0, 1.5 if number % 2 else 3.0) * duration)
        process.kill()
        process.wait()
        assert same(numbers(result), right)
        for point in points.glob("point_*.h5"):
            numbers(point)
    # Killed at the very calls that write: between any two of them.
    for call in range(1, 8):
        run("run", config, "-o", result, preload="libfail_writes.so", VITRAL_FAIL_CALL=call, VITRAL_FAIL_KILL=1)
        assert same(numbers(result), right), call
    assert run("run", config, "-o", result).returncode == 0
    no_leftovers(folder)
    assert run("sweep", sweep, "-o", points).returncode == 0 and len(list(points.glob("point_*.h5"))) == 4


def signals(folder):
    """TERM, INT and USR1 end any stage within two seconds with exit code 75."""
    modes, far = folder / "modes.toml", folder / "far.toml"
    modes.write_text(LONG % ("200 um", "0.1 um", 20, 10))
    far.write_text(LONG % ("48 um", "0.5 um", 2, 1))
    elements, process = folder / "elements.toml", folder / "process.toml"
    elements.write_text(BENT)
    process.write_text(SLIT)
    for config in (modes, far, elements, process):
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            running = subprocess.Popen([VITRAL, "run", str(config), "-o", str(folder / "s.h5")], stderr=subprocess.PIPE, text=True,
                                       env={**os.environ, "OMP_NUM_THREADS": "1", "VITRAL_WISDOM": "none"})
            time.sleep(1.0)
            running.send_signal(name)
            start = time.monotonic()
            _, said = running.communicate(timeout=60)
            assert running.returncode == 75 and "stopped by a signal" in said, (config, name, running.returncode, said)
            # Of the program alone; a machine with other work may take longer.
            assert time.monotonic() - start < 10.0, (config, name)
            assert not (folder / "s.h5").exists()


def damage(folder):
    """Points with damaged bytes are computed again; damaged launch fields are refused; the program always answers."""
    rng = random.Random(3)
    sweep, points = folder / "sweep.toml", folder / "points"
    sweep.write_text(CASE + '[sweep]\n"index.constants.dn" = [0.01]\n')
    point = points / "point_0000.h5"
    assert run("sweep", sweep, "-o", points).returncode == 0
    whole, right = point.read_bytes(), numbers(point)
    launch = folder / "launch.toml"
    launch.write_text(CASE.replace("{ mode = 0 }", '{ file = "field.h5" }'))
    refused = 0
    for number in range(1500):
        bytes_ = bytearray(whole)
        if number % 4 == 0:
            del bytes_[rng.randrange(len(bytes_)):]
        elif number % 4 == 1:
            at = rng.randrange(len(bytes_))
            bytes_[at:at + 512] = bytes(min(512, len(bytes_) - at))
        else:
            for _ in range(1 if number % 4 == 2 else 100):
                bytes_[rng.randrange(len(bytes_))] ^= 1 << rng.randrange(8)
        if number < 40:
            point.write_bytes(bytes_)
            assert run("sweep", sweep, "-o", points).returncode == 0, number
            assert same(numbers(point), right), number
        (folder / "field.h5").write_bytes(bytes_)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = run("check", launch)
        assert done.returncode in (0, 4), (number, done)
        refused += done.returncode == 4
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5.0, number
    assert refused > 300, refused
    (folder / "field.h5").unlink()
    os.mkfifo(folder / "field.h5")
    assert run("check", launch).returncode == 4  # and does not wait for a writer


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        {"disk": disk, "memory": memory, "kill": kill, "signals": signals, "damage": damage}[sys.argv[1]](Path(name))
