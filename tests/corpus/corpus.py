#!/usr/bin/env python3
"""The corpus: 100 realistic configs, each at its defaults against a run that is refined in every way at once.

    corpus.py            checks the defaults against reference.json, and prints a table of what is off
    corpus.py --refine   computes reference.json anew (an hour or more of processor time)

A loss is right within 0.01 dB up to 3 dB, and within 1 % of the dB above that; where it is not, the run has to warn.
Its error bar has to cover the error. The program is $VITRAL, or build/release/vitral.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REFERENCE = HERE / "reference.json"
PROGRAM = os.environ.get("VITRAL", str(HERE.parents[1] / "build/release/vitral"))
PLACEHOLDERS = ("placeholder", "Haven factor", "was measured from", "different diffusivities")


def run(config, settings=(), output="r.h5"):
    """The answer of a run, its processor time in seconds, and its warnings beyond those about data."""
    with tempfile.TemporaryDirectory() as folder:
        words = [PROGRAM, "run", str(config), "--json", "--threads", "1", "-o", str(Path(folder) / output)]
        for setting in settings:
            words += ["--set", setting]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        answer = subprocess.run(words, capture_output=True, text=True)
        seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    if answer.returncode != 0:
        raise RuntimeError(f"{config}: exit {answer.returncode}\n{answer.stderr[-800:]}\n{answer.stdout[-800:]}")
    result = json.loads(answer.stdout)
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
        found["link"] = (link["loss_dB"], link["loss_dB_error"])
        if link["full_field_loss_dB"] is not None:
            found["whole field"] = (link["full_field_loss_dB"], link["full_field_loss_dB_error"])
    return found


def refinements(light):
    """Settings of a run that is finer in every way than one that answered `light`."""
    index = light["index"]
    left, right, bottom, top = index["window"]
    slab = light["propagation"] is not None and index["spacing_y"] is None
    settings = [f"section.width='{2.6e6 * max(-left, right)} um'", f"section.resolution='{0.55e6 * index['spacing_x']} um'",
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
    return max(0.01, 0.01 * loss)


def check(names):
    reference = json.loads(REFERENCE.read_text())
    wrong, uncovered, overstated, bars, unwarned, total = [], [], [], 0, [], 0.0
    for name in names:
        light, seconds, told = run(HERE / f"{name}.toml")
        total += seconds
        found = figures(light)
        worst, missed, wide = 0.0, False, False
        for figure, (loss, bar) in found.items():
            truth = reference[name]["losses"].get(figure)
            if truth is None:
                continue
            off = abs(loss - truth)
            worst = max(worst, off / allowed(truth))
            missed = missed or bar is None or off > bar + 1e-6
            # Below a thousandth of a decibel nobody minds.
            wide = wide or (bar is not None and bar > max(10.0 * off, 1e-3))
            if off > allowed(truth) or bar is None or off > bar + 1e-6:
                shown = "none" if bar is None else f"{bar:.2g}"
                print(f"{name:<22}{figure:<14}{loss:>10.4f} dB, right {truth:.4f}, off {off:.2g}, bar {shown}  {told[:2]}")
        if worst > 1.0:
            wrong.append(name)
            if not told:
                unwarned.append(name)
        if missed:
            uncovered.append(name)
        if wide:
            overstated.append(name)
    count = len(names)
    print(f"{count} configs in {total:.0f} s of processor time: {count - len(wrong)} right, {len(unwarned)} wrong without a warning; "
          f"bars cover {count - len(uncovered)}, and are more than ten times the error in {len(overstated)}")
    if overstated:
        print("overstated:", *overstated)
    return count - len(unwarned) >= 0.99 * count and count - len(uncovered) >= 0.95 * count and \
        count - len(overstated) >= 0.8 * count


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
