"""The package runs the command, reads what it wrote, draws it, and has no compiled part."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import h5py  # noqa: E402
import numpy as np  # noqa: E402

import vitral  # noqa: E402

STRIP = """
wavelength = "1550 nm"
[section]
width = "2 um"
depth = "1 um"
height = "1 um"
cover = "none"
resolution = "50 nm"
[index]
formula = "1.444"
box = [ { name = "core", width = "450 nm", bottom = "-110 nm", height = "220 nm", index = 3.476 } ]
[modes]
count = 1
accuracy = 1e-4
"""

CASE = """
title = "small"
wavelength = "1310 nm"
[glass]
name = "soda-lime"
[section]
width = "50 um"
depth = "20 um"
resolution = "1 um"
[[mask.guide]]
width = "3 um"
[numerics]
process_tolerance = 1e-2
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.4
temperature = "280 degC"
duration = "30 min"
[modes]
count = 2
[propagation]
length = "0.2 mm"
step = "5 um"
records = 10
launch = { mode = 0 }
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
"""


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name)
        (cls.path / "case.toml").write_text(CASE)
        cls.results = vitral.run(cls.path / "case.toml", cls.path / "out.h5", threads=1)

    @classmethod
    def tearDownClass(cls):
        cls.results.close()
        cls.folder.cleanup()

    def test_arrays_have_the_shape_and_meaning_they_claim(self):
        n, x, y = self.results.index()
        self.assertEqual(n.shape, (len(y), len(x)))
        self.assertTrue(np.all(np.diff(x) > 0) and np.all(np.diff(y) > 0))
        self.assertGreater(n.max() - n[0, 0], 1e-3)
        psi, x, y = self.results.mode()
        self.assertAlmostEqual(float((psi**2).sum() * (x[1] - x[0]) * (y[1] - y[0])), 1.0, places=10)
        c_hat, x, y = self.results.concentration()
        self.assertEqual(c_hat.shape, (len(y), len(x)))
        self.assertTrue(np.allclose(c_hat, c_hat[:, ::-1]))
        self.assertTrue(-5e-9 <= c_hat.min() and c_hat.max() <= 0.4 + 5e-9)  # what the linear solvers leave
        powers = self.results.powers()
        np.testing.assert_allclose(powers["power"] + powers["removed"], powers["power"][0], rtol=1e-10)

    def test_datasets_carry_units_scales_and_complex_numbers(self):
        file = self.results.file
        self.assertEqual(file["index/w0/n"].dims[0][0].name, "/index/w0/y")
        self.assertEqual(file["index/w0/n"].dims[1][0].name, "/index/w0/x")
        self.assertEqual(file["propagation/w0/field"].dtype, np.complex128)
        self.assertIn(file["index/w0/x"].attrs["units"], (b"m", "m"))

        def has_units(name, item):
            if isinstance(item, h5py.Dataset) and item.dtype.kind in "fc":
                self.assertIn("units", item.attrs, name)
                self.assertIn("long_name", item.attrs, name)

        file.visititems(has_units)

    def test_the_summary_is_the_answer_of_the_command(self):
        done = subprocess.run([vitral.find_command(), "run", str(self.path / "case.toml"), "-o", str(self.path / "again.h5"), "--json", "--threads", "1"], stdout=subprocess.PIPE, check=True)
        self.assertEqual(json.loads(done.stdout)["wavelengths"], self.results.summary["wavelengths"])

    def test_settings_reach_the_command_and_failures_come_back(self):
        with vitral.run(self.path / "case.toml", self.path / "coarse.h5", settings={"section.resolution": "2 um"}, until="modes") as coarse:
            self.assertEqual(coarse.index()[0].shape[1], 30)
            self.assertIsNone(coarse.powers())
        with self.assertRaises(vitral.VitralError) as caught:
            vitral.run(self.path / "case.toml", self.path / "none.h5", settings={"section.resolution": "2 s"})
        self.assertEqual(caught.exception.code, 3)
        self.assertFalse((self.path / "none.h5").exists())

    def test_pictures_are_drawn_and_are_no_blank_sheets(self):
        import matplotlib.image

        written = vitral.draw(self.path / "out.h5", self.path / "pictures")
        self.assertEqual([p.name for p in written], ["process.png", "index.png", "mode.png", "propagation.png"])
        for path in written:
            image = matplotlib.image.imread(path)
            self.assertGreater(min(image.shape[:2]), 300)
            self.assertGreater(image[..., :3].std(), 0.05)

    def test_a_coarse_mode_is_drawn_smooth(self):
        from vitral.pictures import _refined

        x = np.linspace(-10e-6, 10e-6, 21)
        fine, onto = _refined(x)
        self.assertGreaterEqual(len(fine), 200)
        self.assertLess(np.abs(onto @ np.exp(-((x / 4e-6) ** 2)) - np.exp(-((fine / 4e-6) ** 2))).max(), 2e-4)
        np.testing.assert_array_equal(_refined(fine)[0], fine)

    def test_modes_on_elements_come_with_their_fields_and_a_picture(self):
        folder = Path(self.folder.name)
        config = folder / "strip.toml"
        config.write_text(STRIP)
        answer = vitral.run(config, output=folder / "strip.h5")
        with vitral.Results(folder / "strip.h5") as results:
            f, x, y = results.fields(0)
            self.assertEqual(sorted(f), ["E_x", "E_y", "E_z", "H_x", "H_y", "H_z"])
            self.assertEqual(f["E_x"].shape, (len(y), len(x)))
            area = (x[1] - x[0]) * (y[1] - y[0])
            power = (f["E_x"] * f["H_y"].conj() - f["E_y"] * f["H_x"].conj()).real.sum() * area
            self.assertAlmostEqual(power, 1.0, delta=0.02)  # the points see the jumps and a corner's peak coarsely
            self.assertIsNone(results.fields(7))
            # H is n_eff times E at right angles, but for the longitudinal part: in a strong guide only roughly.
            self.assertGreater(np.abs(f["H_y"]).max(), np.abs(f["H_x"]).max())
        self.assertAlmostEqual(answer.light()["modes"][0]["n_eff"], 2.35315, delta=1e-4)
        pictures = vitral.draw(folder / "strip.h5", folder / "strip_pictures")
        self.assertEqual([p.stem for p in pictures], ["index", "fields"])

    def test_an_ion_that_is_not_there_is_a_key_error(self):
        self.assertEqual(self.results.ions(), ["Ag"])
        np.testing.assert_array_equal(self.results.concentration("Ag")[0], self.results.concentration()[0])
        with self.assertRaises(KeyError):
            self.results.concentration("K")

    def test_drawing_leaves_the_way_of_showing_figures_alone(self):
        code = (
            "import matplotlib; matplotlib.use('svg'); import vitral; "
            f"vitral.draw({str(self.path / 'out.h5')!r}, {str(self.path / 'svg')!r}); "
            "import matplotlib.pyplot as plt; assert matplotlib.get_backend().lower() == 'svg', matplotlib.get_backend(); "
            "assert plt.get_fignums() == []"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parent)

    def test_an_error_names_its_place_once(self):
        with self.assertRaises(vitral.VitralError) as caught:
            vitral.run(self.path / "case.toml", self.path / "none.h5", settings={"section.resolution": "2 s"})
        self.assertEqual(str(caught.exception).count("--set:1:20"), 1, str(caught.exception))

    def test_results_are_named_after_the_config_and_replace_no_other_ones(self):
        one, other = self.path / "one", self.path / "two" / "one"
        for folder in (one, other):
            folder.mkdir(parents=True)
            (folder / "case.toml").write_text(STRIP)
        here = os.getcwd()
        os.chdir(self.path)
        try:
            for _ in range(2):  # its own result is replaced
                with vitral.run("one/case.toml", until="index") as results:
                    self.assertEqual(Path(results.path).name, "one.h5")
            with self.assertRaises(vitral.VitralError) as caught:
                vitral.run("two/one/case.toml", until="index")
            self.assertEqual(caught.exception.code, 7)
            self.assertIn("is the result of", str(caught.exception))
            vitral.run("two/one/case.toml", "one.h5", until="index").close()  # told so, it is
        finally:
            os.chdir(here)

    def test_other_files_are_refused(self):
        with h5py.File(self.path / "other.h5", "w") as other:
            other["x"] = 1
        with self.assertRaises(ValueError):
            vitral.Results(self.path / "other.h5")

    def test_no_binding_creeps_in(self):
        root = HERE.parent
        for path in root.rglob("*"):
            self.assertNotIn(path.suffix, {".so", ".pyd", ".pyx", ".c", ".cpp", ".hpp", ".h"}, path)
            if path.suffix == ".py" and path != Path(__file__).resolve():
                self.assertIsNone(re.search(r"ctypes|cffi|pybind|nanobind|cython", path.read_text(), re.IGNORECASE), path)


if __name__ == "__main__":
    unittest.main()
