#!/usr/bin/env python3
"""The corpus: 100 realistic configs, each at its defaults against a run that is refined in every way at once.

    corpus.py            checks the defaults against reference.json, and prints a table of what is off
    corpus.py --refine   computes reference.json anew (an hour or more of processor time)

A loss is right within 0.01 dB up to 3 dB, and within 1 % of the dB above that; where it is not, the run has to warn.
Its error bar has to cover the error. The program is $VITRAL, or build/release/vitral.
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REFERENCE = HERE / "reference.json"
PROGRAM = os.environ.get("VITRAL", str(HERE.parents[1] / "build/release/vitral"))
ROUNDING = 1e-6  # dB
SMALL = 0.002  # dB, a fifth of the accuracy: no bar below is called overstated
PLACEHOLDERS = ("estimates without a source", "was measured from", "different diffusivities")


def run(config, settings=()):
    """The answer of a run, its processor time in seconds, and its warnings beyond those about data."""
    with tempfile.TemporaryDirectory() as folder:
        words = [PROGRAM, "run", str(config), "--json", "--threads", "1", "-o", str(Path(folder) / "r.h5")]
        for setting in settings:
            words += ["--set", setting]
        with open(Path(folder) / "answer.json", "w+") as out:
            process = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            out.seek(0)
            text = out.read()
    if status != 0:
        raise RuntimeError(f"{config}: status {status}\n{text[-800:]}")
    seconds = usage.ru_utime + usage.ru_stime
    result = json.loads(text)
    told = [w for w in result["warnings"] if not any(p in w for p in PLACEHOLDERS)]
    return result["wavelengths"][0], seconds, told


def figures(light):
    """Every loss that a user reads, with its bar: name -> (dB, bar)."""
    found = {}
    for k, port in enumerate(light.get("coupling") or []):
        found[f"coupling {k}"] = (port["loss_dB"], port["loss_dB_error"])
    p = light.get("propagation")
    if p and p["loss_dB"] is not None:
        found["propagation"] = (p["loss_dB"], p["loss_dB_error"])
    link = light.get("link")
    if link:
        found["link"] = (link["mode_loss_dB"], link["mode_loss_dB_error"])
        if link["full_field_loss_dB"] is not None:
            found["whole field"] = (link["loss_dB"], link["loss_dB_error"])
    return found


def refinements(light):
    """Settings of a run that is finer in every way than one that answered `light`."""
    index = light["index"]
    left, right, bottom, top = index["window"]
    slab = light["propagation"] is not None and index["spacing_y"] is None
    finer = 0.55e6 if light.get("propagation") else 0.4e6
    settings = [f"section.width='{2.6e6 * max(-left, right)} um'", f"section.resolution='{finer * index['spacing_x']} um'",
                "accuracy='0.001 dB'", "numerics.error_bars=false"]
    if bottom < 0.0:
        settings.append(f"section.depth='{-1.3e6 * bottom} um'")
        if top > 1e-6:
            settings.append(f"section.height='{1.3e6 * top} um'")
    p = light.get("propagation")
    if p and p["engine"].startswith("split-step") and (p["paraxial_error"] or 0.0) > 1e-6:
        settings.append("propagation.order=wide-angle")
    return settings


def refine(names):
    known = json.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}
    for name in names:
        config = HERE / f"{name}.toml"
        light, seconds, _ = run(config)
        fine, fine_seconds, _ = run(config, refinements(light))
        known[name] = {"losses": {k: round(v, 7) for k, (v, _) in figures(fine).items()},
                       "n_eff": fine["modes"][0]["n_eff"] if fine["modes"] else None}
        print(f"{name}: {seconds:.1f} s, refined {fine_seconds:.1f} s", flush=True)
        REFERENCE.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")


def allowed(loss):
    return 0.01 if loss <= 3.0 else 0.01 * loss


def check(names):
    """Prints what is off, and the counts; whether they are as promised."""
    reference = json.loads(REFERENCE.read_text())
    right, unwarned, covered, overstated, total = 0, [], 0, [], 0.0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        answers = list(workers.map(lambda name: run(HERE / f"{name}.toml"), names))
    for name, (light, seconds, told) in zip(names, answers):
        total += seconds
        truths = reference[name]["losses"]
        errors = {figure: (abs(loss - truths[figure]), bar) for figure, (loss, bar) in figures(light).items() if figure in truths}
        off = [f for f, (error, _) in errors.items() if error > allowed(truths[f])]
        missed = [f for f, (error, bar) in errors.items() if bar is None or error > bar + ROUNDING]
        right += not off
        covered += not missed
        if off and not told:
            unwarned.append(name)
        if any(bar is not None and bar > max(10.0 * error, SMALL) for error, bar in errors.values()):
            overstated.append(name)
        for figure in sorted({*off, *missed}):
            error, bar = errors[figure]
            print(f"{name:<22}{figure:<14} right {truths[figure]:8.4f} dB, off {error:.2g}, bar {bar if bar is None else f'{bar:.2g}'}"
                  f"{'' if told else ', no warning'}")
    count = len(names)
    print(f"{count} configs, {total:.0f} s of processor time: {right} right within 0.01 dB, {len(unwarned)} wrong without a warning; "
          f"bars cover {covered}, and are more than ten times the error in {len(overstated)}")
    print("wrong without a warning:", *unwarned)
    print("overstated:", *overstated)
    return len(unwarned) <= 0.01 * count and covered >= 0.95 * count and len(overstated) <= 0.2 * count


def main():
    names = sorted(p.stem for p in HERE.glob("*.toml"))
    chosen = [a for a in sys.argv[1:] if not a.startswith("-")]
    if chosen:
        names = [n for n in names if any(n.startswith(c) for c in chosen)]
    if "--refine" in sys.argv:
        refine(names)
    elif not check(names):
        sys.exit(1)


if __name__ == "__main__":
    main()
