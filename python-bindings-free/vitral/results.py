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
        """(C, x, y) of an ion (the first one by default) after the last process step, or None where there was no process.

        C[iy, ix] is on the graded mesh. KeyError where the process brought no such ion.
        """
        if "process" not in self.file:
            return None
        group, ions = self.file["process"], self.ions()
        if ion is not None and ion not in ions:
            raise KeyError(f"the process brought no ion {ion!r}, only {', '.join(ions)}")
        number = 0 if ion is None else ions.index(ion)
        return group["concentration"][number], group["x"][...], group["y"][...]

    def index(self, w=0):
        """(n, x, y) of the section at z = 0, or None."""
        return self._section("index", "n", w)

    def mode(self, number=0, w=0):
        """(psi, x, y) of a guided mode of unit power, or None."""
        for group in (f"modes/w{w}", f"grid_modes/w{w}"):
            if f"{group}/psi" in self.file and number < self.file[group]["psi"].shape[0]:
                return self.file[group]["psi"][number], self.file[group]["x"][...], self.file[group]["y"][...]
        return None

    def fields(self, number=0, w=0):
        """(components, x, y) of a mode computed on elements, or None: a dict of E_x ... H_z (scalar: psi), complex [y, x].

        The integral of Re(E x H*) over the section is 1, H times the impedance of vacuum.
        """
        path = f"modes/w{w}"
        if path not in self.file:
            return None
        group = self.file[path]
        names = [name for name in ("psi_fields", "E_x", "E_y", "E_z", "H_x", "H_y", "H_z") if name in group]
        if not names or number >= group[names[0]].shape[0]:
            return None
        fields = {name.removesuffix("_fields"): group[name][number] for name in names}
        return fields, group["x_fields"][...], group["y_fields"][...]

    def intensity(self, w=0):
        """(|psi|², z, x) in the plane at the guide's height, or None."""
        path = f"propagation/w{w}"
        if path not in self.file:
            return None
        group = self.file[path]
        return group["intensity_xz"][...], group["z"][...], group["x"][...]

    def powers(self, w=0):
        """Along z: a dict of z, power, removed, mode_power[mode, z] and watch (name -> power), or None."""
        path = f"propagation/w{w}"
        if path not in self.file:
            return None
        group = self.file[path]
        powers = {"z": group["z"][...], "power": group["power"][...], "removed": group["removed_along_z"][...],
                  "mode_power": group["mode_power_along_z"][...]}
        names = list(self.light(w)["propagation"]["watch"])
        powers["watch"] = {name: group["watch_along_z"][k] for k, name in enumerate(names)}
        return powers

    def transfer(self, w=0):
        """(power[mode, length], length) by local modes for devices of each length, or None."""
        path = f"propagation/w{w}/local_modes_transfer"
        if path not in self.file:
            return None
        return self.file[path][...], self.file[f"propagation/w{w}/device_length"][...]

    def _section(self, group, name, w):
        path = f"{group}/w{w}"
        if path not in self.file:
            return None
        return self.file[path][name][...], self.file[path]["x"][...], self.file[path]["y"][...]


def _text(dataset):
    value = dataset[()]
    return value.decode() if isinstance(value, (bytes, np.bytes_)) else str(value)
