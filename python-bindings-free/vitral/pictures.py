"""Draws a results file: the process, the index, the mode and the propagation, as PNG."""

from pathlib import Path

import numpy as np

try:
    import matplotlib
except ImportError as missing:
    raise ImportError(
        f"{missing}. Install python3-matplotlib, and use the distribution's own interpreter (/usr/bin/python3) "
        "if another python3 comes first in the PATH"
    ) from missing

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .results import Results

UM = 1e6
MM = 1e3
_STYLE = {"figure.dpi": 150, "font.size": 9, "axes.titlesize": 10, "axes.grid": False, "savefig.bbox": "tight"}


def draw(path, folder="."):
    """Draws every picture that the results file has data for; returns the paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with matplotlib.rc_context(_STYLE), Results(path) as results:
        for name, picture in (("process", _process), ("index", _index), ("mode", _mode), ("fields", _fields),
                              ("propagation", _propagation), ("coupling", _coupling), ("transfer", _transfer)):
            figure = picture(results)
            if figure is None:
                continue
            target = folder / f"{name}.png"
            figure.savefig(target)
            written.append(target)
    return written


def _subplots(rows=1, columns=1, figsize=None, layout=None, **options):
    """A figure of its own with its axes: pyplot, and with it a notebook's way to show figures, is left alone."""
    figure = Figure(figsize=figsize, layout=layout)
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, **options)


def _window(results):
    """The part of the section around the guide: x and y limits in micrometres."""
    index = results.index()
    if index is None:
        return None
    n, x, y = index
    rise = n - n.min() if len(y) < 2 else n - np.median(n)
    if rise.max() <= 0.0:
        return None
    inside = rise > 0.1 * rise.max()
    xs = x[inside.any(axis=0)] * UM
    half = max(10.0, 2.0 * np.abs(xs - xs.mean()).max())
    bottom = max(y.min() * UM, 1.5 * min(-5.0, y[inside.any(axis=1)].min() * UM))
    return (max(x.min() * UM, xs.mean() - half), min(x.max() * UM, xs.mean() + half)), (bottom, 1.0)


def _refined(x, least=200):
    """More points between those of an axis, and the matrix of the natural cubic spline that carries values there."""
    n = len(x)
    if n < 4 or n >= least:
        return x, np.eye(n)
    fine = np.linspace(x[0], x[-1], (n - 1) * -(-least // n) + 1)
    h = np.diff(x)
    system, jumps = np.eye(n), np.zeros((n, n))  # of the second derivatives
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = h[i - 1] / 6, (h[i - 1] + h[i]) / 3, h[i] / 6
        jumps[i, i - 1 : i + 2] = 1 / h[i - 1], -1 / h[i - 1] - 1 / h[i], 1 / h[i]
    second = np.linalg.solve(system, jumps)
    at = np.clip(np.searchsorted(x, fine, side="right") - 1, 0, n - 2)
    right = ((fine - x[at]) / h[at])[:, None]
    left, square, one = 1 - right, (h[at] ** 2 / 6)[:, None], np.eye(n)
    return fine, (left * one[at] + right * one[at + 1] + square * ((left**3 - left) * second[at] + (right**3 - right) * second[at + 1]))


def _map(axes, x, y, values, label, cmap="viridis", **options):
    image = axes.pcolormesh(x * UM, y * UM, values, cmap=cmap, shading="gouraud", rasterized=True, **options)
    axes.figure.colorbar(image, ax=axes, label=label, fraction=0.046, pad=0.03)
    axes.set_xlabel("x (µm)")
    axes.set_ylabel("y (µm)")
    axes.locator_params(axis="x", nbins=6)
    return image


def _legend_below(axes):
    """Under the picture, where it covers nothing."""
    axes.legend(fontsize=7, ncol=4, loc="upper center", bbox_to_anchor=(0.5, -0.25), frameon=False)


def _limit(axes, window):
    axes.set_aspect("equal")
    if window:
        axes.set_xlim(*window[0])
        axes.set_ylim(*window[1])
    axes.axhline(0.0, color="0.6", linewidth=0.8, linestyle="--")  # the surface


def _process(results):
    """Concentration map of every ion and the profiles below the guide; a planar sample has profiles only."""
    ions = results.ions()
    if not ions:
        return None
    fields = {ion: results.concentration(ion) for ion in ions}
    _, x, y = fields[ions[0]]
    maps = len(ions) if len(x) > 1 else 0
    figure, axes = _subplots(
        1, maps + 1, figsize=(5.2 * maps + 3.8, 3.6), gridspec_kw={"width_ratios": [1.3] * maps + [1]},
        layout="constrained", squeeze=False,
    )
    for ion, left in zip(ions, axes[0]):
        if maps:
            _map(left, x, y, fields[ion][0], "C (share of the sites)", cmap="magma", vmin=0.0)
            _limit(left, _window(results))
            left.set_title(f"{ion} after the last step")
    right = axes[0][-1]
    for ion in ions:
        c = fields[ion][0]
        right.plot(-y * UM, c[:, np.argmin(np.abs(x)) if maps > 1 else np.unravel_index(c.argmax(), c.shape)[1]], label=ion)
    right.set_xlim(0.0, -_window(results)[1][0] if _window(results) else None)
    right.set_xlabel("depth (µm)")
    right.set_ylabel("C")
    right.set_ylim(bottom=0.0)
    right.grid(alpha=0.3)
    right.legend(frameon=False)
    right.set_title("below x = 0" if maps > 1 else "through the peak")
    return figure


def _index(results):
    """Index of the section, as the rise above the glass."""
    data = results.index()
    if data is None:
        return None
    n, x, y = data
    if len(y) == 1:
        figure, axes = _subplots(figsize=(6, 3))
        axes.plot(x * UM, n[0])
        axes.set_xlabel("x (µm)")
        axes.set_ylabel("n")
    else:
        glass = n[0, 0]
        figure, axes = _subplots(figsize=(6, 3.6))
        _map(axes, x, y, n - glass, f"n - {glass:.5f}", cmap="viridis")
        _limit(axes, _window(results))
    axes.set_title(f"index at {results.light()['wavelength'] * 1e9:.0f} nm")
    return figure


def _mode(results):
    """Guided modes: intensity with the contour at 1/e²."""
    modes = results.light()["modes"]
    if not modes or results.mode(0) is None:
        return None
    shown = min(len(modes), 3)
    figure, axes = _subplots(1, shown, figsize=(4.6 * shown + 0.6, 3.6), layout="constrained", squeeze=False)
    for number, ax in enumerate(axes[0]):
        psi, x, y = results.mode(number)
        (x, along_x), (y, along_y) = _refined(x), _refined(y)
        psi = along_y @ psi @ along_x.T
        intensity = psi**2 / (psi**2).max()
        if len(y) == 1:
            ax.plot(x * UM, intensity[0])
            ax.set_xlabel("x (µm)")
        else:
            _map(ax, x, y, intensity, "|ψ|² (peak 1)", cmap="inferno")
            ax.contour(x * UM, y * UM, intensity, levels=[np.exp(-2.0)], colors="white", linewidths=0.8)
            _limit(ax, _window(results))
        ax.set_title(f"mode {number}, n_eff = {modes[number]['n_eff']:.6f}")
    return figure


def _fields(results):
    """Modes on elements: the components of E and the power density, over the contours of the index."""
    modes = results.light()["modes"]
    if results.fields(0) is None:
        return None
    shown = min(len(modes), 2)
    scalar = "psi" in results.fields(0)[0]
    names = ["psi"] if scalar else ["E_x", "E_y", "E_z", "S"]
    figure, axes = _subplots(shown, len(names), figsize=(3.4 * len(names) + 0.6, 2.9 * shown + 0.3), squeeze=False)
    n, nx, ny = results.index()
    for number in range(shown):
        f, x, y = results.fields(number)
        largest = max(np.abs(value).max() for name, value in f.items() if name in ("psi", "E_x", "E_y", "E_z"))
        for ax, name in zip(axes[number], names):
            if name == "S":
                power = (f["E_x"] * f["H_y"].conj() - f["E_y"] * f["H_x"].conj()).real
                # A corner's peak has no bound: the scale ends where all but a thousandth of the points lie below.
                values, label = power / np.quantile(power, 0.999), "power density"
            else:
                values, label = np.abs(f[name]) / largest, "|ψ|" if scalar else f"|{name.replace('_', '$_')}$|"
            if len(y) == 1:
                ax.plot(x * UM, values[0])
                ax.set_xlabel("x (µm)")
            else:
                _map(ax, x, y, np.minimum(values, 1.0), label, cmap="inferno")
                if len(ny) > 1 and n.max() > n.min():
                    ax.contour(nx * UM, ny * UM, n, levels=n.min() + (n.max() - n.min()) * np.array([0.25, 0.5, 0.75]),
                               colors="white", linewidths=0.5, alpha=0.7)
                ax.set_aspect("equal")
                ax.set_xlim(x.min() * UM, x.max() * UM)
                ax.set_ylim(y.min() * UM, y.max() * UM)
            if name == names[0]:
                ax.set_title(f"mode {number}, {modes[number]['polarization']}, n_eff = {modes[number]['n_eff']:.7f}")
    figure.tight_layout()
    return figure


def _propagation(results):
    """Intensity along the guide, and where the power goes."""
    data = results.intensity()
    if data is None:
        return None
    intensity, z, x = data
    powers = results.powers()
    figure, (top, bottom) = _subplots(2, 1, figsize=(8, 5.4), sharex=True, gridspec_kw={"height_ratios": [1.5, 1]}, layout="constrained")
    image = top.pcolormesh(z * MM, x * UM, intensity.T / intensity.max(), cmap="inferno", shading="gouraud", rasterized=True)
    figure.colorbar(image, ax=top, label="|ψ|² (peak 1)", fraction=0.046, pad=0.01)
    # What matters lies where there is light.
    lit = x[(intensity > 1e-3 * intensity.max()).any(axis=0)] * UM
    top.set_ylim(max(x.min() * UM, lit.min() - 8), min(x.max() * UM, lit.max() + 8))
    top.set_ylabel("x (µm)")
    top.set_title("light along the guide, seen from above")
    lines = [(powers["power"], "in the window", {"color": "black", "linewidth": 1})]
    lines += [(power, f"in mode {number}", {}) for number, power in enumerate(powers["mode_power"])]
    lines += [(power, f"in {name}", {"linewidth": 1.2, "linestyle": "-."}) for name, power in powers["watch"].items()]
    # Light that stays in one mode is read in decibels; light that changes places as a share.
    in_dB = not powers["watch"] and len(powers["mode_power"]) and powers["mode_power"][0].min() > 0.5 * powers["power"][0]
    for power, label, style in lines:
        if in_dB:
            power = 10 * np.log10(np.maximum(power, 1e-6) / powers["power"][0])
        bottom.plot(z * MM, power, label=label, **style)
    if in_dB:
        lowest = 10 * np.log10(powers["mode_power"][0].min() / powers["power"][0])
        bottom.set_ylim(min(1.3 * lowest, -0.1), -0.05 * min(1.3 * lowest, -0.1))
        bottom.set_ylabel("power (dB)")
    else:
        bottom.plot(z * MM, powers["removed"], label="removed at the edges", color="gray", linestyle="--")
        bottom.set_ylim(-0.02, 1.05)
        bottom.set_ylabel("power")
    bottom.set_xlabel("z (mm)")
    bottom.grid(alpha=0.3)
    _legend_below(bottom)
    return figure


def _coupling(results):
    """Added loss of misaligned ports, and the yield of arrays."""
    ports = results.light().get("coupling") or []
    maps = [(k, port) for k, port in enumerate(ports) if (port.get("misalignment") or {}).get("efficiency")]
    arrays = [(k, port) for k, port in enumerate(ports) if (port.get("yield") or {}).get("worst_cumulative")]
    if not maps and not arrays:
        return None
    count = len(maps) + (1 if arrays else 0)
    figure, axes = _subplots(1, count, figsize=(4.4 * count, 3.6), layout="constrained", squeeze=False)
    for (k, port), ax in zip(maps, axes[0]):
        around = port["misalignment"]
        x, y = np.array(around["x"]), np.array(around["y"])
        added = 10 * np.log10(port["efficiency"] / np.array(around["efficiency"]))
        _map(ax, x, y, np.minimum(added, 4.0), "added loss (dB)", cmap="viridis_r", vmin=min(0.0, added.min()), vmax=4.0)
        lines = ax.contour(x * UM, y * UM, added, levels=[0.5, 1.0, 2.0, 3.0], colors="black", linewidths=0.8)
        ax.clabel(lines, fmt="%g dB", fontsize=7)
        ax.plot(0.0, 0.0, "+", color="white")
        ax.set_aspect("equal")
        ax.set_title(f"{port['to']} at the {port['at']}")
        ax.set_xlabel("misalignment x (µm)")
        ax.set_ylabel("misalignment y (µm)")
    if arrays:
        ax = axes[0][-1]
        for k, port in arrays:
            for of, label, style in (("channel", "any channel", "-"), ("worst", "worst channel", "--")):
                share = np.array(port["yield"][of + "_cumulative"])
                ax.plot(0.05 * np.arange(len(share)), 100 * share, style, label=f"{port['to']}, {label}")
        ax.set_xlim(0.0, 3.0)
        ax.set_ylim(0.0, 102.0)
        ax.set_xlabel("loss at the facet (dB)")
        ax.set_ylabel("share with less loss (%)")
        ax.grid(alpha=0.3)
        ax.legend(fontsize=7, loc="lower right")
        ax.set_title("yield")
    return figure


def _transfer(results):
    """Power in the local modes at the end of a device, against its length."""
    found = results.transfer()
    if found is None:
        return None
    power, length = found
    figure, axes = _subplots(figsize=(6, 3.4), layout="constrained")
    for number, share in enumerate(power):
        axes.plot(length * MM, share, label=f"in mode {number}")
    axes.axhline(10**-0.01, color="0.6", linewidth=0.8, linestyle="--", label="0.1 dB lost")
    axes.set_xlabel("length of the device (mm)")
    axes.set_ylabel("power at the end")
    axes.set_ylim(0.0, 1.02)
    axes.grid(alpha=0.3)
    _legend_below(axes)
    axes.set_title("transfer by local modes")
    return figure
