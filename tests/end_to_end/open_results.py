"""Every group of a result opens by itself in xarray, with h5netcdf and with netCDF4, and shows the numbers of JSON.

It needs xarray, h5netcdf and netCDF4, which tools/python_checks puts into an environment under build/.
"""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
import xarray

QUANTITIES = Path(__file__).resolve().parent / "quantities"
ENGINES = ("h5netcdf", "netcdf4")


def groups_of(file):
    found = ["/"]
    with h5py.File(file) as opened:
        opened.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Group) else None)
    return found


def leaves(table, before=""):
    """The entries of nested objects, named as the file names them: joined by underscores."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, before + key + "_")
        else:
            yield before + key, value


def number_of(dataset, variable):
    """A variable's values; of an array over names (doses of ions, budget) those of the name that ends `variable`."""
    if variable in dataset.variables:
        return np.asarray(dataset[variable])
    for place in (at for at, letter in enumerate(variable) if letter == "_"):
        array, label = variable[:place], variable[place + 1:]
        if array in dataset.variables:
            labels = [str(name).replace(".", "_") for name in dataset[dataset[array].dims[-1]].values]
            if label in labels:
                return np.asarray(dataset[array])[..., labels.index(label)]
    return None


class OpenResults(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_case(self, name):
        file = Path(self.folder.name) / (name + ".h5")
        answer = subprocess.run([os.environ["VITRAL"], "run", str(QUANTITIES / (name + ".toml")), "-o", str(file), "--json"],
                                capture_output=True, text=True, check=True)
        return file, json.loads(answer.stdout)["wavelengths"]

    def test_every_group_opens_by_itself_and_shows_the_numbers_of_json(self):
        cases = sorted(path.stem for path in QUANTITIES.glob("*.toml"))
        self.assertEqual(len(cases), 11)
        numbers = 0
        for case in cases:
            file, wavelengths = self.run_case(case)
            groups = groups_of(file)
            self.assertGreater(len(groups), 5)
            for group in groups:
                for engine in ENGINES:
                    with self.subTest(case=case, group=group, engine=engine):
                        with xarray.open_dataset(file, group=group, engine=engine) as dataset:
                            numbers += self.compare(group, dataset.load(), wavelengths)
        self.assertGreater(numbers, 500)

    def compare(self, group, dataset, wavelengths):
        """Compares what JSON says of a group with its dataset; returns how many numbers it compared."""
        name, _, number = group.rpartition("/w")
        if not number.isdigit():
            if group not in ("process", "process/steps"):
                return 0  # it holds the groups of the wavelengths
            name, number = group, "0"
        table = wavelengths[int(number)]
        for part in name.split("/"):
            table = table.get(part) if isinstance(table, dict) else None
        compared = 0
        for item, values in enumerate(table if isinstance(table, list) else [table] if table else []):
            for variable, value in leaves(values):
                if not isinstance(value, (int, float)) or isinstance(value, bool):
                    continue
                shown = number_of(dataset, variable)
                if shown is None:  # what is the same for all wavelengths is in the group above
                    self.assertIn(name, ("process", "process/steps"), f"{variable} is missing in {group}")
                    continue
                shown = shown[item] if isinstance(table, list) else shown
                np.testing.assert_allclose(shown, value, rtol=1e-14, err_msg=f"{group} {variable}")
                compared += 1
        return compared

    def test_axes_have_names_and_units(self):
        file, wavelengths = self.run_case("chain")
        for engine in ENGINES:
            with xarray.open_dataset(file, group="index/w0", engine=engine) as index:
                self.assertEqual(index["n"].dims, ("y", "x"))
                self.assertEqual(index["x"].attrs["units"], "m")
                self.assertAlmostEqual(float(index["x"][-1] - index["x"][0]), 39.5e-6, places=12)
            with xarray.open_dataset(file, group="coupling/w0", engine=engine) as ports:
                self.assertEqual(ports["misalignment_efficiency"].dims, ("port", "place_y", "place_x"))
                in_json = wavelengths[0]["coupling"][0]["misalignment"]
                for name in ("x", "y", "efficiency", "transmission"):
                    np.testing.assert_allclose(ports["misalignment_" + name][0], in_json[name], rtol=1e-14)


if __name__ == "__main__":
    unittest.main()
