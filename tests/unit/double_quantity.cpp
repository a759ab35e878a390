/// A quantity of a result is one row: everything that shows results has it.
#include "app/io/atomic_file.hpp"
#include "app/results/hdf5.hpp"
#include "app/results/json.hpp"
#include "app/results/table.hpp"
#include "app/results/text.hpp"
#include "core/constants.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral;

TEST_CASE("a new quantity of a result is a row: JSON, HDF5, the table, the screen and the page of quantities have it") {
    struct Item {
        double wavelength;
    };
    const results::Group group = results::make_group<Item>(
        {.name = "dummy", .title = "a dummy", .item = "", .words = "Nothing of interest.", .rows = {}, .fill = {}},
        {{{"frequency", "Hz", {}, "Optical frequency.", "", "frequency"},
          [](const Item& i) { return results::Value(speed_of_light / i.wavelength); }},
         {{"ladder", "1", {"rung"}, "Some numbers.", "There is light."},
          [](const Item&) {
              return results::Value(std::vector<double>{1.0, 2.0});
          }}},
        [](const stages::WavelengthResult& w, results::Fields) -> std::optional<std::vector<Item>> {
            return std::vector<Item>{{w.wavelength}};
        },
        [](const stages::WavelengthResult&) {
            return std::vector<results::AxisInfo>{{"rung", "m", "height of the rung", {0.0, 1e-6}}};
        });
    stages::RunResult run;
    run.wavelengths.emplace_back().wavelength = 1e-6;
    const auto json = results::wavelength_json(run.wavelengths[0], 0, {&group, 1});
    CHECK(json["dummy"]["frequency"].get<double>() == Approx(2.99792458e14).epsilon(2e-13));
    CHECK(json["dummy"]["ladder"] == results::Json::array({1.0, 2.0}));
    CHECK(results::results_table({"point"}, {{{"0"}, json}}, {&group, 1}) ==
          "point,dummy.frequency (Hz)\n0,299792458000000.0\n");
    CHECK(results::results_text(run, {&group, 1}).find("frequency") != std::string::npos);
    CHECK(results::rows_markdown({&group, 1}).find("| ladder | 1 | rung | Some numbers. | There is light. |") !=
          std::string::npos);
    const tests::TemporaryFolder folder;
    const io::Hdf5Lock lock;
    io::Hdf5Writer file;
    results::write_wavelength(file, run.wavelengths[0], 0, results::Fields::all, {&group, 1});
    io::write_whole(folder / "dummy.h5", file.finish());
    CHECK(io::read_hdf5_field(folder / "dummy.h5", "/dummy/w0/ladder").values[1].real() == 2.0);
}
