#!/usr/bin/env python3
"""Writes the 100 configs of the corpus, NAME.toml, beside this file.

Each is a case as a designer poses it, with no key of a numerical method except where the case is about one (a window that is
too small or too large). They are written by this script so that their ranges can be seen in one place.
"""

from pathlib import Path

HERE = Path(__file__).resolve().parent
FIBER = 'to = { fiber = "records/step_fiber.toml" }'


def gaussian(diameter, index=None):
    facet = f", index = {index}" if index else ""
    return f'to = {{ gaussian = {{ mfd_x = "{diameter} um"{facet} }} }}'


def port(end, to, offset=""):
    return f'[[coupling]]\nat = "{end}"\n{to}\n' + (f"offset = {{ {offset} }}\n" if offset else "")


def formula(wavelength, index, *parts, **constants):
    text = f'wavelength = "{wavelength} nm"\n[index]\nformula = "{index}"\n'
    if constants:
        text += "constants = { " + ", ".join(f"{k} = {v}" for k, v in constants.items()) + " }\n"
    return text + "".join(parts)


def segments(*pieces):
    return "segments = [ " + ", ".join("{ " + p + " }" for p in pieces) + " ]\n"


def exchanged(wavelength, guides, steps, *parts, glass="soda-lime", thickness=None):
    text = f'wavelength = "{wavelength} nm"\n[glass]\nname = "{glass}"\n'
    if thickness:
        text += f'thickness = "{thickness}"\n'
    for guide in guides:
        text += "[[mask.guide]]\n" + guide
    for step in steps:
        text += "[[process]]\n" + step
    return text + "".join(parts)


def opening(width, x=0.0, path=""):
    return f'x = "{x} um"\nwidth = "{width} um"\n' + path


def silver(fraction, temperature, minutes):
    return (f'step = "exchange"\nion = "Ag"\nsurface_fraction = {fraction}\ntemperature = "{temperature} degC"\n'
            f'duration = "{minutes} min"\n')


def potassium(temperature, minutes):
    return (f'step = "exchange"\nion = "K"\nsurface_fraction = 0.95\ntemperature = "{temperature} degC"\n'
            f'duration = "{minutes} min"\n')


def burial(volts, temperature, minutes):
    return (f'step = "field-assisted"\nion = "Na"\nmask = "none"\nvoltage = "{volts} V"\n'
            f'temperature = "{temperature} degC"\nduration = "{minutes} min"\n')


def anneal(temperature, minutes):
    return f'step = "anneal"\ntemperature = "{temperature} degC"\nduration = "{minutes} min"\n'


def light(launch, length=None, watch=""):
    text = "[propagation]\n"
    if length:
        text += f'length = "{length}"\n'
    text += f"launch = {launch}\n"
    return text + (f"watch = [ {watch} ]\n" if watch else "")


MODES = "[modes]\ncount = 2\n"
BURIED = "ns + dn*exp(-(x/w)^2 - ((y+d)/h)^2)"
MODE = "{ mode = 0 }"
SENT = '{ fiber = "records/step_fiber.toml" }'
CASES = {}


def thermal_guides():
    """Surface guides by one exchange, coupled to what a packaging engineer couples to."""
    k = 0
    for wavelength, fraction, temperature, minutes, width, to in [
        (1310, 0.2, 280, 20, 3, FIBER), (1310, 0.3, 300, 30, 4, FIBER), (1550, 0.3, 300, 60, 4, FIBER),
        (1550, 0.15, 280, 120, 6, FIBER), (633, 0.1, 250, 20, 2, gaussian(4)), (1310, 0.4, 220, 40, 3, gaussian(5)),
    ]:
        CASES[f"thermal_silver_{k}"] = exchanged(wavelength, [opening(width)], [silver(fraction, temperature, minutes)],
                                                 MODES, port("input", to))
        k += 1
    for k, (wavelength, temperature, minutes, width, to) in enumerate(
            [(1310, 385, 120, 5, FIBER), (1550, 400, 240, 6, FIBER), (633, 385, 30, 3, gaussian(5))]):
        CASES[f"thermal_potassium_{k}"] = exchanged(wavelength, [opening(width)], [potassium(temperature, minutes)], MODES,
                                                    port("input", to))


def annealed_and_buried():
    for k, (wavelength, fraction, minutes, more) in enumerate(
            [(1310, 0.4, 20, 30), (1550, 0.5, 20, 60), (1550, 0.3, 40, 120), (850, 0.2, 10, 10)]):
        CASES[f"annealed_{k}"] = exchanged(wavelength, [opening(4)], [silver(fraction, 280, minutes), anneal(280, more)], MODES,
                                           port("input", FIBER if wavelength > 1000 else gaussian(6)))
    for k, (wavelength, fraction, minutes, volts, field, more) in enumerate([
            (1310, 0.4, 30, 100, 60, 20), (1310, 0.3, 30, 150, 60, 30), (1550, 0.5, 40, 200, 60, 40),
            (1550, 0.4, 30, 100, 90, 60), (1310, 0.6, 20, 60, 60, 10)]):
        CASES[f"buried_{k}"] = exchanged(
            wavelength, [opening(3, path=segments('straight = "8 mm"'))],
            [silver(fraction, 280, minutes), burial(volts, 250, field), anneal(250, more)], MODES, light(SENT),
            port("input", FIBER), port("output", gaussian(5, 1.45)), thickness="1 mm")
    for k, (to_x, length) in enumerate([(20, "3 mm"), (60, "5 mm")]):
        CASES[f"buried_bend_{k}"] = exchanged(
            1310, [opening(3, path=segments('straight = "1 mm"', f's_bend = "{length}", to_x = "{to_x} um"'))],
            [silver(0.4, 280, 30), burial(100, 250, 60), anneal(250, 20)], light(SENT), port("input", FIBER),
            port("output", FIBER), thickness="1 mm")


def formula_guides():
    """Buried and surface guides of many strengths, between ports."""
    k = 0
    for wavelength, ns, dn, w, h, d, a, b in [
        (1310, 1.5035, 0.010, 4, 3, 8, FIBER, FIBER), (1310, 1.5035, 0.006, 4.5, 4, 9, FIBER, gaussian(6, 1.45)),
        (1550, 1.501, 0.008, 5, 4, 10, FIBER, FIBER), (1550, 1.501, 0.004, 5, 5, 12, FIBER, FIBER),
        (1650, 1.50, 0.012, 4, 3.5, 8, FIBER, gaussian(5)), (1310, 1.5035, 0.02, 2.5, 2.5, 6, gaussian(5), gaussian(4)),
        (980, 1.507, 0.008, 3, 3, 7, gaussian(6), gaussian(6)), (850, 1.509, 0.015, 2.5, 2, 5, gaussian(5), gaussian(3)),
        (633, 1.515, 0.01, 2, 2, 5, gaussian(4), gaussian(4)), (1310, 1.5035, 0.05, 1.6, 1.5, 4, gaussian(3), gaussian(2.5)),
        (1550, 1.501, 0.003, 6, 6, 14, FIBER, FIBER), (1310, 1.5035, 0.002, 7, 6, 14, FIBER, FIBER),
    ]:
        CASES[f"guide_buried_{k}"] = formula(wavelength, BURIED, MODES, port("input", a), port("output", b), ns=ns, dn=dn, w=w,
                                             h=h, d=d)
        k += 1
    k = 0
    for wavelength, ns, dn, w, h, d, to in [
        (1310, 1.5035, 0.015, 4, 3, 0, FIBER), (1550, 1.501, 0.02, 4, 4, 0, FIBER), (633, 1.515, 0.05, 1.5, 1.5, 0, gaussian(3)),
        (633, 1.515, 0.1, 1, 1, 0, gaussian(2)), (1310, 1.5035, 0.01, 5, 5, 1.5, FIBER), (1550, 1.501, 0.006, 6, 6, 3, FIBER),
        (850, 1.509, 0.03, 2, 2, 0.5, gaussian(4)), (1310, 1.5035, 0.06, 2, 1.5, 0, gaussian(3)),
    ]:
        CASES[f"guide_surface_{k}"] = formula(wavelength, BURIED, MODES, port("input", to), ns=ns, dn=dn, w=w, h=h, d=d)
        k += 1
    for k, (cover, d) in enumerate([("1.5", 2), ("1.45", 1), ("1.40", 3)]):
        CASES[f"guide_under_oil_{k}"] = f'wavelength = "1310 nm"\n[section]\ncover = {cover}\n' + formula(
            1310, BURIED, MODES, port("input", FIBER), ns=1.5035, dn=0.012, w=4, h=3, d=d).split("\n", 1)[1]


def bends():
    for k, (wavelength, dn, w, h, to_x, length) in enumerate([
            (1310, 0.010, 4, 3, 50, "1 mm"), (1310, 0.010, 4, 3, 127, "3 mm"), (1310, 0.010, 4, 3, 62.5, "1.5 mm"),
            (1550, 0.008, 5, 4, 100, "4 mm"), (1550, 0.008, 5, 4, 30, "1.5 mm"), (1550, 0.015, 4, 3.5, 127, "2.5 mm"),
            (1310, 0.02, 2.5, 2.5, 125, "1.5 mm"), (850, 0.012, 2.5, 2.5, 50, "1 mm"), (633, 0.01, 2, 2, 25, "0.8 mm"),
            (1310, 0.006, 4.5, 4, 20, "2 mm"), (1310, 0.03, 2, 2, 60, "0.6 mm"), (1550, 0.012, 4, 4, 250, "5 mm")]):
        CASES[f"s_bend_{k}"] = formula(wavelength, BURIED, segments(f's_bend = "{length}", to_x = "{to_x} um"'), light(MODE),
                                       ns=1.5035, dn=dn, w=w, h=h, d=8)
    for k, (wavelength, dn, w, h, radius, length) in enumerate([
            (1310, 0.010, 4, 3, 4, "2 mm"), (1310, 0.010, 4, 3, 8, "3 mm"), (1550, 0.015, 4, 3.5, 4, "2 mm"),
            (1550, 0.008, 5, 4, 15, "4 mm"), (1310, 0.02, 2.5, 2.5, 1.5, "1 mm"), (850, 0.012, 2.5, 2.5, 4, "1.5 mm")]):
        CASES[f"arc_{k}"] = formula(wavelength, BURIED, segments(f'arc = "{length}", radius = "{radius} mm"'), light(MODE),
                                    ns=1.5035, dn=dn, w=w, h=h, d=8)
    for k, (straight, to_x, length) in enumerate([("2 mm", 30, "2 mm"), ("0.5 mm", 60, "2 mm")]):
        CASES[f"bent_link_{k}"] = formula(1310, BURIED,
                                          segments(f'straight = "{straight}"', f's_bend = "{length}", to_x = "{to_x} um"',
                                                   f'straight = "{straight}"'),
                                          light(SENT), port("input", FIBER), port("output", gaussian(5, 1.45)), ns=1.5035,
                                          dn=0.010, w=4, h=3, d=8)


def couplers():
    pair = "ns + dn*(exp(-((x-s/2)/w)^2) + r*exp(-((x+s/2)/w)^2))*exp(-((y+d)/h)^2)"
    one, other = "ns + dn*exp(-((x-s/2)/w)^2 - ((y+d)/h)^2)", "ns + dn*r*exp(-((x+s/2)/w)^2 - ((y+d)/h)^2)"
    for k, (wavelength, dn, w, h, s, r, length) in enumerate([
            (1310, 0.010, 4, 3, 12, 1, "10 mm"), (1310, 0.010, 4, 3, 14, 1, "8 mm"), (1550, 0.008, 5, 4, 14, 1, "6 mm"),
            (1310, 0.010, 4, 3, 12, 0.995, "6 mm"), (1550, 0.012, 4, 4, 11, 1, "3 mm"), (850, 0.012, 2.5, 2.5, 8, 1, "5 mm"),
            (1310, 0.010, 4, 3, 20, 1, "10 mm"), (1550, 0.010, 4, 4, 10, 0.98, "4 mm")]):
        CASES[f"coupler_{k}"] = formula(
            wavelength, pair, light(f'{{ mode = 0, formula = "{one}" }}', length,
                                    f'{{ name = "through", formula = "{one}" }}, {{ name = "cross", formula = "{other}" }}'),
            ns=1.5035, dn=dn, w=w, h=h, d=8, s=s, r=r)


def tapers_and_branches():
    taper = "ns + dn*exp(-(x/(w1 + (w2-w1)*(1-cos(_pi*z/L))/2))^2 - ((y+d)/h)^2)"
    for k, (wavelength, dn, w1, w2, h, length) in enumerate([
            (1310, 0.010, 4, 6, 3, 2000), (1310, 0.010, 3, 4.5, 3, 1000), (1550, 0.008, 4, 7, 4, 3000),
            (1310, 0.010, 4, 8, 3, 600), (1550, 0.015, 3, 5, 3, 1500), (850, 0.012, 2, 3, 2.5, 1000)]):
        CASES[f"taper_{k}"] = formula(wavelength, taper, light(MODE, f"{length} um"), ns=1.5035, dn=dn, w1=w1, w2=w2, h=h, d=8,
                                      L=length)
    branch = ("ns + dn*(exp(-p*((x-a*(1-cos(_pi*z/L)))/w)^2) + exp(-p*((x+a*(1-cos(_pi*z/L)))/w)^2))^(1/p)"
              "*exp(-((y+d)/h)^2)")
    for k, (wavelength, dn, w, h, a, length) in enumerate([
            (1310, 0.010, 4, 3, 6, 4000), (1550, 0.010, 4, 4, 8, 5000), (1310, 0.012, 3.5, 3, 5, 3000)]):
        arm = f"ns + dn*exp(-((x-{2 * a})/w)^2 - ((y+d)/h)^2)"
        CASES[f"branch_{k}"] = formula(wavelength, branch,
                                       light(MODE, f"{length} um", f'{{ name = "arm", formula = "{arm}" }}'), ns=1.5035, dn=dn, w=w,
                                       h=h, d=8, p=6, a=a, L=length)


def launches():
    """Light that is sent off the guide's axis, at an angle, or with another size."""
    base = {"ns": 1.5035, "dn": 0.010, "w": 4, "h": 3, "d": 8}
    for k, launch in enumerate([
            '{ fiber = "records/step_fiber.toml", offset = { x = "1 um", y = "optimal" } }',
            '{ fiber = "records/step_fiber.toml", offset = { x = "2 um", y = "-8 um" } }',
            '{ fiber = "records/step_fiber.toml", offset = { x = "0 um", y = "-6.5 um" } }',
            '{ fiber = "records/step_fiber.toml", tilt_x = "1 deg" }', '{ fiber = "SMF-28", tilt_x = "2 deg", tilt_y = "1 deg" }',
            '{ gaussian = { mfd_x = "5 um" } }', '{ gaussian = { mfd_x = "14 um", mfd_y = "10 um" } }',
            '{ gaussian = { mfd_x = "8 um" }, focus = "30 um" }']):
        CASES[f"launch_{k}"] = formula(1310, BURIED, light(launch, "4 mm"), port("output", FIBER), **base)


def windows():
    """The same link in windows that are given: too small, too large, off to one side."""
    base = formula(1310, BURIED, segments('straight = "1 mm"', 's_bend = "2 mm", to_x = "20 um"'), light(SENT),
                   port("input", FIBER), port("output", FIBER), ns=1.5035, dn=0.010, w=4, h=3, d=8)
    for k, (width, depth) in enumerate([(60, 18), (70, 22), (60, 30), (54, 40), (200, 60), (90, 15)]):
        head, rest = base.split("\n", 1)
        CASES[f"window_{k}"] = f'{head}\n[section]\nwidth = "{width} um"\ndepth = "{depth} um"\n{rest}'


def slabs_and_polarisations():
    slab = "[section]\nslab = true\n"
    for k, (dn, w, to_x, length) in enumerate([(0.010, 3, 50, "1 mm"), (0.005, 4, 30, "1.5 mm"), (0.02, 2, 60, "1 mm")]):
        text = formula(1310, "ns + dn/cosh(x/w)^2", segments(f's_bend = "{length}", to_x = "{to_x} um"'), light(MODE), ns=1.5035,
                       dn=dn, w=w)
        head, rest = text.split("\n", 1)
        CASES[f"slab_{k}"] = f"{head}\n{slab}{rest}"
    for k, (word, dn, d) in enumerate([("TE", 0.015, 0), ("TM", 0.015, 0), ("TM", 0.010, 6)]):
        CASES[f"polarised_{k}"] = f'polarization = "{word}"\n' + formula(1310, BURIED, MODES, port("input", FIBER), ns=1.5035,
                                                                         dn=dn, w=4, h=3, d=d)


def main():
    for family in (slabs_and_polarisations, thermal_guides, annealed_and_buried, formula_guides, bends, couplers, tapers_and_branches, launches, windows):
        family()
    for old in HERE.glob("*.toml"):
        old.unlink()
    for name, text in CASES.items():
        (HERE / f"{name}.toml").write_text(text)
    print(f"{len(CASES)} configs")


if __name__ == "__main__":
    main()
