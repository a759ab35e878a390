"""A launch field from a file is placed by the names and units of its axes, whatever their order, and normalised."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

CASE = """
wavelength = "1310 nm"
[section]
width = "60 um"
depth = "30 um"
height = "0.5 um"
cover = "none"
resolution = "0.5 um"
[index]
formula = "1.5035+0.01*exp(-(x/4)^2-((y+8)/3)^2)"
[modes]
count = 1
[propagation]
length = "10 um"
order = "paraxial"
step = "1 um"
records = 1
launch = { file = "launch.h5", dataset = "/field" }
"""

X, Y = np.linspace(-18e-6, 18e-6, 145), np.linspace(-19e-6, -0.5e-6, 75)


def light(x, y):
    """A Gaussian beside the guide's mode in size, tilted by 0.03 along x; of amplitude 1, so not of power 1."""
    return np.exp(-(x / 5e-6) ** 2 - ((y + 8e-6) / 4e-6) ** 2 + 2j * np.pi / 1.31e-6 * 0.03 * x)


class LaunchField(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "case.toml").write_text(CASE)

    def write(self, order, factor=1.0, units=None):
        """The field with axes in `order` ("yx" or "xy"), in metres times `factor`."""
        values = light(*np.meshgrid(X, Y))
        with h5py.File(self.folder / "launch.h5", "w") as file:
            field = file.create_dataset("field", data=values if order == "yx" else values.T)
            for i, name in enumerate(order):
                file.create_dataset(name, data=(X if name == "x" else Y) * factor).make_scale(name)
                if units:
                    file[name].attrs["units"] = units
                field.dims[i].attach_scale(file[name])

    def run_case(self):
        answer = subprocess.run([os.environ["VITRAL"], "run", "case.toml", "-o", "result.h5", "--json"], cwd=self.folder,
                                capture_output=True, text=True)
        return answer

    def share(self):
        answer = self.run_case()
        self.assertEqual(answer.returncode, 0, answer.stderr)
        result = json.loads(answer.stdout)["wavelengths"][0]["propagation"]
        self.assertAlmostEqual(result["launched_power"], 1.0, delta=1e-4)  # but for what lies outside the window
        return result["mode_power"][0]

    def overlap(self):
        """|∬ψ u dA|² / ∬|u|² dA with the mode of the result, u being the field itself at the points of the grid."""
        with h5py.File(self.folder / "result.h5") as file:
            modes = file["modes/w0"]
            psi, x, y = modes["psi"][0], modes["x"][...], modes["y"][...]
        cell = (x[1] - x[0]) * (y[1] - y[0])
        u = light(*np.meshgrid(x, y))
        return abs((psi * u).sum() * cell) ** 2 / ((np.abs(u) ** 2).sum() * cell) / ((psi**2).sum() * cell)

    def test_the_order_of_the_axes_is_that_of_their_names(self):
        for order in ("yx", "xy"):
            with self.subTest(order=order):
                self.write(order)
                self.assertAlmostEqual(self.share(), 0.8675, delta=2e-4)
                self.assertAlmostEqual(self.share(), self.overlap(), delta=2e-4)

    def test_axes_may_be_in_micrometres(self):
        self.write("xy", 1e6, "um")
        self.assertAlmostEqual(self.share(), 0.8675, delta=2e-4)

    def test_micrometres_that_do_not_say_so_are_refused(self):
        self.write("yx", 1e6)
        answer = self.run_case()
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("units", json.loads(answer.stdout)["error"]["message"])


if __name__ == "__main__":
    unittest.main()
