"""Opens a results file. What it holds is described in docs/file-format.md."""

import json

try:
    import h5py
    import numpy as np
except ImportError as missing:  # a python3 of pyenv or conda hides the distribution's modules
    raise ImportError(
        f"{missing}. Install python3-numpy and python3-h5py, and use the distribution's own interpreter "
        "(/usr/bin/python3) if another python3 comes first in the PATH"
    ) from missing


class Results:
    """An open results file. `w` is the number of the wavelength; lengths are in metres, y points up from the surface."""

    def __init__(self, path):
        self.path = str(path)
        self.file = h5py.File(path, "r")
        if self.file.attrs.get("format") not in (b"vitral-results", "vitral-results") or "complete" not in self.file.attrs:
            self.file.close()
            raise ValueError(f"{path} is no complete results file of vitral")
        #: The answer that --json prints; None stands for a quantity that was not computed.
        self.summary = json.loads(_text(self.file["summary"]))

    def close(self):
        self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def light(self, w=0):
        """The part of the summary for one wavelength."""
        return self.summary["wavelengths"][w]

    def ions(self, w=0):
        """Names of the incoming ions, in the order of the recipe; empty where there was no process."""
        process = self.light(w).get("process")
        return process["ions"] if process else []

    def concentration(self, ion=None):
        """(C, x, y) of an ion (the first one by default) after the last process step, or None. C[iy, ix] on the graded mesh."""
        if "process" not in self.file:
            return None
        group = self.file["process"]
        named = f"concentration_{ion}"
        data = group[named] if ion is not None and named in group else group["concentration"]
        return data[...], group["x"][...], group["y"][...]

    def index(self, w=0):
        """(n, x, y) of the section at z = 0, or None."""
        return self._section("index", "n", w)

    def mode(self, number=0, w=0):
        """(psi, x, y) of a guided mode of unit power, or None."""
        path = f"modes/w{w}/psi"
        if path not in self.file or number >= self.file[path].shape[0]:
            return None
        axes = self.file[f"index/w{w}"]
        return self.file[path][number], axes["x"][...], axes["y"][...]

    def fields(self, number=0, w=0):
        """(components, x, y) of a mode computed on elements, or None: a dict of E_x ... H_z (scalar: psi), complex [y, x].

        The integral of Re(E x H*) over the section is 1, H times the impedance of vacuum.
        """
        path = f"modes/w{w}/elements"
        if path not in self.file:
            return None
        group = self.file[path]
        names = [name for name in ("psi", "E_x", "E_y", "E_z", "H_x", "H_y", "H_z") if name in group]
        if not names or number >= group[names[0]].shape[0]:
            return None
        return {name: group[name][number] for name in names}, group["x"][...], group["y"][...]

    def intensity(self, w=0):
        """(|psi|², z, x) in the plane at the guide's height, or None."""
        path = f"propagation/w{w}"
        if path not in self.file:
            return None
        return self.file[path]["intensity_xz"][...], self.file[path]["z"][...], self.file[f"index/w{w}/x"][...]

    def powers(self, w=0):
        """Along z: a dict of z, power, removed, mode_power[mode, z] and watch (name -> power), or None."""
        path = f"propagation/w{w}"
        if path not in self.file:
            return None
        powers = {name: self.file[path][name][...] for name in ("z", "power", "removed", "mode_power")}
        names = self.light(w)["propagation"]["watch"]
        powers["watch"] = {name: self.file[path][f"watch_{k}"][...] for k, name in enumerate(names)}
        return powers

    def _section(self, group, name, w):
        path = f"{group}/w{w}"
        if path not in self.file:
            return None
        return self.file[path][name][...], self.file[path]["x"][...], self.file[path]["y"][...]


def _text(dataset):
    value = dataset[()]
    return value.decode() if isinstance(value, (bytes, np.bytes_)) else str(value)
