#include <algorithm>
#include <map>
#include <set>

#include "app/setup.hpp"
#include "app/stages/key.hpp"
#include "app/stages/pipeline.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral;
using stages::Digest;

namespace {

using Stages = std::set<std::string>;

const char* exchanged = R"(wavelength = "1310 nm"
[glass]
name = "N-BK7"
thickness = "1 mm"
[section]
width = "30 um"
depth = "15 um"
height = "2 um"
resolution = "1 um"
[numerics]
process_tolerance = 5e-2
[mask]
material = "dielectric"
[[mask.guide]]
width = "6 um"
segments = [ { straight = "40 um" } ]
[[process]]
step = "exchange"
ion = "K"
surface_fraction = 1.0
temperature = "385 degC"
duration = "60 min"
[modes]
count = 1
[propagation]
step = "10 um"
records = 2
launch = { gaussian = { mfd_x = "6 um" } }
[[coupling]]
at = "input"
to = { gaussian = { mfd_x = "6 um" } }
[[coupling]]
at = "output"
to = { gaussian = { mfd_x = "7 um" } }
)";

const char* soda_lime = R"(wavelength = "1310 nm"
[glass]
name = "soda-lime"
thickness = "1 mm"
[section]
width = "20 um"
depth = "10 um"
resolution = "1 um"
[numerics]
process_tolerance = 5e-2
[mask]
material = "metal"
[[mask.guide]]
width = "4 um"
[[process]]
step = "field-assisted"
ion = "Ag"
surface_fraction = 0.5
voltage = "2 V"
temperature = "280 degC"
duration = "1 s"
)";

const char* formula = R"~(wavelength = "1310 nm"
[section]
width = "24 um"
depth = "14 um"
height = "2 um"
cover = 1.45
resolution = "1 um"
[index]
formula = "ns + dn*exp(-(x/4)^2 - ((y+6)/3)^2)"
constants = { ns = 1.5035, dn = 0.02 }
[modes]
count = 1
[propagation]
length = "40 um"
step = "10 um"
records = 2
method = "finite-difference"
launch = { mode = 0 }
watch = [ { name = "it", formula = "ns + dn*exp(-(x/4)^2 - ((y+6)/3)^2)" } ]
[[coupling]]
at = "input"
to = { gaussian = { mfd_x = "6 um" } }
)~";

const char* elements = R"~(wavelength = "1550 nm"
[section]
width = "3 um"
depth = "1.5 um"
height = "1.5 um"
cover = "none"
resolution = "250 nm"
[index]
formula = "1.444"
box = [ { name = "core", x = "0 um", width = "600 nm", bottom = "-150 nm", height = "300 nm", index = 2.0 } ]
[modes]
count = 1
accuracy = 1e-4
)~";

/// A key of the schema with a config, what is set in it before and after, and the stages that are given the key.
struct KeyCase {
    std::string key;
    const char* base;
    std::vector<std::string> before, after;
    Stages given;
};

const Stages none = {}, process = {"process"}, index_ = {"index"}, modes_ = {"modes"}, light = {"propagation"},
             ports = {"coupling"}, path = {"propagation", "coupling"};

std::vector<KeyCase> process_cases() {
    const auto one = [](const std::string& key, const std::string& value, Stages given,
                        std::vector<std::string> before = {}, const char* base = exchanged) {
        std::vector<std::string> after = before;
        after.push_back(key + "=" + value);
        return KeyCase{key, base, before, after, std::move(given)};
    };
    const std::string step = "process[0].";
    const std::vector<std::string>
        film =
            {"process[0]={ step = \"film\", ion = \"Ag\", film_thickness = \"20 nm\", voltage = "
             "\"20 V\", temperature = \"280 degC\", duration = \"1 s\" }",
             "mask.material=dielectric"},
        current =
            {"process[0]={ step = \"field-assisted\", ion = \"Ag\", surface_fraction = 0.5, "
             "current = \"1 uA/mm\", temperature = \"280 degC\", duration = \"1 s\" }",
             "mask.material=dielectric"},
        density =
            {"process[0]={ step = \"field-assisted\", ion = \"Ag\", surface_fraction = 0.5, "
             "current_density = \"10 A/m^2\", temperature = \"280 degC\", duration = "
             "\"1 s\" }",
             "mask.material=dielectric"},
        melt =
            {"process[0]={ step = \"exchange\", ion = \"Ag\", melt_fraction = 0.01, "
             "melt_depth = \"1 mm\", temperature = \"280 degC\", duration = \"1 s\" }",
             "mask.material=dielectric"},
        opened = {"process[0].openings=[ { x = \"0 um\", width = \"5 um\" } ]"};
    return {
        one("glass.name", "soda-lime", {"process", "index"}, {"process[0].ion=Ag", "glass.name=borofloat-33"}),
        one("glass.thickness", "2 mm", process),
        one("mask.guide[0].x", "1 um", {"process", "propagation", "coupling"}),
        one("mask.guide[0].name", "left", ports, {"coupling[0].array={ pitch = \"30 um\", count = 1 }"}),
        one("mask.guide[0].width", "7 um", process),
        one("mask.guide[0].segments[0].straight", "50 um", path),
        one("mask.guide[0].segments[0].s_bend", "50 um", path,
            {"mask.guide[0].segments=[ { s_bend = \"40 um\", to_x = \"1 um\" } ]"}),
        one("mask.guide[0].segments[0].to_x", "2 um", path,
            {"mask.guide[0].segments=[ { s_bend = \"40 um\", to_x = \"1 um\" } ]"}),
        one("mask.guide[0].segments[0].arc", "50 um", path,
            {"mask.guide[0].segments=[ { arc = \"40 um\", radius = \"20 mm\" } ]"}),
        one("mask.guide[0].segments[0].radius", "30 mm", path,
            {"mask.guide[0].segments=[ { arc = \"40 um\", radius = \"20 mm\" } ]"}),
        one("mask.material", "dielectric", process, {}, soda_lime),
        one("mask.potential", "0.1 V", process, {}, soda_lime),
        one("mask.contact_resistance", "1e-3 Ohm m^2", process, {}, soda_lime),
        {"process[0].step",
         soda_lime,
         {},
         {"process[0]={ step = \"exchange\", ion = \"Ag\", surface_fraction = 0.5, temperature = \"280 degC\", "
          "duration = \"1 s\" }"},
         process},
        one(step + "ion", "K", {"process", "index"}, {"process[0].temperature=320 degC"}, soda_lime),
        one(step + "melt", "KNO3", none),
        one(step + "surface_fraction", "0.9", process),
        one(step + "melt_fraction", "0.02", process, melt, soda_lime),
        one(step + "melt_depth", "2 mm", process, melt, soda_lime),
        one(step + "surface_rate", "1 um/s", process),
        one(step + "temperature", "380 degC", process),
        one(step + "duration", "61 min", process),
        one(step + "voltage", "3 V", process, {}, soda_lime),
        one(step + "current", "2 uA/mm", process, current, soda_lime),
        one(step + "current_density", "20 A/m^2", process, density, soda_lime),
        one(step + "film_thickness", "30 nm", process, film, soda_lime),
        one(step + "mask", "none", process),
        one(step + "openings[0].x", "1 um", process, opened),
        one(step + "openings[0].width", "6 um", process, opened),
        one("numerics.process_tolerance", "4e-2", process),
        one("numerics.error_bars", "false", {"modes", "propagation", "coupling"}),
    };
}

std::vector<KeyCase> light_cases(const std::string& file, const std::string& other_dataset) {
    const auto one = [](const std::string& key, const std::string& value, Stages given,
                        std::vector<std::string> before = {}, const char* base = formula) {
        std::vector<std::string> after = before;
        after.push_back(key + "=" + value);
        return KeyCase{key, base, before, after, std::move(given)};
    };
    const auto all_of = [](Stages a, const Stages& b) { return a.insert(b.begin(), b.end()), a; };
    const std::string fiber =
        "coupling[0].to={ step_index = { core_radius = \"4.1 um\", core_index = 1.452, cladding_index = 1.4468 } }";
    const std::string wire =
        "coupling[0].to={ wire = { width = \"1 um\", height = \"1 um\", core = 1.6, cladding = 1.45 } }";
    const std::string by_z = "index.formula=\"ns + dn*exp(-(x/(4+z/100))^2 - ((y+6)/3)^2)\"";
    const std::string far_guides = "index.guide=[ { name = \"one\", x = \"0 um\" }, { name = \"two\", x = \"9 um\" } ]";
    const std::string two_guides = "index.guide=[ { name = \"one\", x = \"0 um\" }, { name = \"two\", x = \"1 um\" } ]";
    const Stages grids = {"modes", "propagation"}, window = all_of(grids, index_);
    std::vector<KeyCase> list = {
        one("title", "other", none),
        one("wavelength", "1320 nm", index_),
        one("polarization", "TE", window),
        one("accuracy", "0.02 dB", light),
        one("section.width", "26 um", window),
        one("section.depth", "15 um", window),
        one("section.height", "3 um", window),
        one("section.cover", "1.46", index_),
        one("section.resolution", "0.9 um", window),
        one("section.slab", "true", {"index", "modes"},
            {"index={ formula = \"1.5+0.01*exp(-x^2)\" }", "modes={ count = 1 }"}, elements),
        one("index.formula", "ns + 1.1*dn*exp(-(x/4)^2 - ((y+6)/3)^2)", index_),
        one("index.constants", "{ ns = 1.5035, dn = 0.021 }", index_),
        one("index.segments[0].straight", "50 um", path,
            {"propagation={ step = \"10 um\", launch = { mode = 0 } }", "index.segments=[ { straight = \"40 um\" } ]"}),
        one("index.segments[0].s_bend", "50 um", path,
            {"propagation={ step = \"10 um\", launch = { mode = 0 } }",
             "index.segments=[ { s_bend = \"40 um\", to_x = \"1 um\" } ]"}),
        one("index.segments[0].to_x", "2 um", path,
            {"propagation={ step = \"10 um\", launch = { mode = 0 } }",
             "index.segments=[ { s_bend = \"40 um\", to_x = \"1 um\" } ]"}),
        one("index.segments[0].arc", "50 um", path,
            {"propagation={ step = \"10 um\", launch = { mode = 0 } }",
             "index.segments=[ { arc = \"40 um\", radius = \"20 mm\" } ]"}),
        one("index.segments[0].radius", "30 mm", path,
            {"propagation={ step = \"10 um\", launch = { mode = 0 } }",
             "index.segments=[ { arc = \"40 um\", radius = \"20 mm\" } ]"}),
        one("index.guide[0].name", "other", ports,
            {"index.guide=[ { name = \"one\", x = \"0 um\" } ]", "coupling[0].array={ pitch = \"9 um\", count = 1 }"}),
        one("index.guide[0].x", "1 um", ports,
            {"index.guide=[ { name = \"one\", x = \"0 um\" } ]", "coupling[0].guide=one"}),
        one("index.guide[0].end_x", "1 um", ports,
            {"index.guide=[ { name = \"one\", x = \"0 um\" } ]", "coupling[0].guide=one", "coupling[0].at=output"}),
        one("index.box[0].name", "wire", index_, {}, elements),
        one("index.box[0].x", "50 nm", index_, {}, elements),
        one("index.box[0].width", "650 nm", index_, {}, elements),
        one("index.box[0].bottom", "-140 nm", index_, {}, elements),
        one("index.box[0].height", "320 nm", index_, {}, elements),
        one("index.box[0].index", "2.1", index_, {}, elements),
        one("modes.count", "2", modes_),
        one("modes.solver", "scalar-elements", modes_, {}, elements),
        one("modes.accuracy", "1e-5", modes_, {}, elements),
        one("modes.near", "1.6", modes_, {"modes.accuracy=1e-3"}, elements),
        one("modes.bend_radius", "1 mm", modes_, {"modes.accuracy=1e-3"}, elements),
        one("modes.dispersion", "true", modes_, {}, elements),
        one("modes.sensitivities", "true", modes_, {}, elements),
        one("propagation.method", "split-step", light, {"propagation.method=finite-difference"}),
        one("propagation.order", "pade-1-1", light),
        one("propagation.splitting", "strang", light, {"propagation.method=split-step"}),
        one("propagation.precision", "single", light),
        one("propagation.length", "50 um", path),
        one("propagation.step", "5 um", light),
        one("propagation.tolerance", "0.02 dB", light),
        one("propagation.reference_index", "1.51", light),
        one("propagation.bend", "linear", path),
        one("propagation.elasto_optic", "1.2", path),
        one("propagation.edges", "absorber", light),
        one("propagation.absorber", "3 um", light),
        one("propagation.grading", "2", light),
        one("propagation.records", "4", light),
        one("propagation.loss", "0.1 dB/cm", ports),
        one("propagation.local_modes.from", "30 um", light,
            {"propagation.local_modes={ from = \"20 um\", to = \"60 um\" }", by_z}),
        one("propagation.local_modes.to", "70 um", light,
            {"propagation.local_modes={ from = \"20 um\", to = \"60 um\" }", by_z}),
        one("propagation.local_modes.count", "3", light,
            {"propagation.local_modes={ from = \"20 um\", to = \"60 um\" }", by_z}),
        one("propagation.watch[0].guide", "two", light,
            {two_guides, "propagation.watch=[ { name = \"a\", guide = \"one\" } ]"}),
        one("propagation.watch[0].name", "other", light),
        one("propagation.watch[0].formula", "1.5035+0.019*exp(-(x/4)^2 - ((y+6)/3)^2)", light),
        one("propagation.watch[0].constants", "{ unused = 1.0 }", light),
        one("propagation.watch[0].mode", "1", light, {"index.constants={ ns = 1.5035, dn = 0.06 }"}),
        {"coupling[0].at", formula, {}, {"coupling[0].at=output"}, ports},
        {"coupling[0].to.fiber", formula, {}, {"coupling[0].to={ fiber = \"SMF-28\" }"}, ports},
        {"coupling[0].to.chip", formula, {}, {"coupling[0].to={ chip = \"edge-coupler-4um\" }"}, ports},
        one("coupling[0].to.gaussian.mfd_x", "7 um", ports),
        one("coupling[0].to.gaussian.mfd_y", "7 um", ports),
        one("coupling[0].to.gaussian.index", "1.46", ports),
        {"coupling[0].to.step_index.core_radius",
         formula,
         {fiber},
         {fiber, "coupling[0].to.step_index.core_radius=4.4 um"},
         ports},
        {"coupling[0].to.step_index.core_index",
         formula,
         {fiber},
         {fiber, "coupling[0].to.step_index.core_index=1.4525"},
         ports},
        {"coupling[0].to.step_index.cladding_index",
         formula,
         {fiber},
         {fiber, "coupling[0].to.step_index.cladding_index=1.4465"},
         ports},
        {"coupling[0].to.wire.width", formula, {wire}, {wire, "coupling[0].to.wire.width=1.1 um"}, ports},
        {"coupling[0].to.wire.height", formula, {wire}, {wire, "coupling[0].to.wire.height=0.9 um"}, ports},
        {"coupling[0].to.wire.core", formula, {wire}, {wire, "coupling[0].to.wire.core=1.62"}, ports},
        {"coupling[0].to.wire.cladding", formula, {wire}, {wire, "coupling[0].to.wire.cladding=1.46"}, ports},
        {"coupling[0].to.wire.below", formula, {wire}, {wire, "coupling[0].to.wire.below=1.444"}, ports},
        one("coupling[0].guide", "two", ports, {two_guides}),
        one("coupling[0].tilt_x", "1 deg", ports),
        one("coupling[0].tilt_y", "1 deg", ports),
        one("coupling[0].gap", "10 um", ports),
        one("coupling[0].medium", "1.45", ports, {"coupling[0].gap=10 um"}),
        one("coupling[0].array.pitch", "8 um", ports,
            {far_guides, "coupling[0].array={ pitch = \"9 um\", count = 2 }"}),
        one("coupling[0].array.count", "1", ports, {far_guides, "coupling[0].array={ pitch = \"9 um\", count = 2 }"}),
        one("coupling[0].offset.x", "1 um", ports),
        one("coupling[0].offset.y", "-5 um", ports),
        one("coupling[0].yield.draws", "2000", ports, {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }"}),
        one("coupling[0].yield.seed", "2", ports, {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }"}),
        one("coupling[0].yield.limit", "2 dB", ports, {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }"}),
        one("coupling[0].yield.placement_x", "0.1 um", ports,
            {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }"}),
        one("coupling[0].yield.placement_y", "0.1 um", ports,
            {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }"}),
        one("coupling[0].yield.rotation", "0.1 deg", ports,
            {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }",
             "coupling[0].array={ pitch = \"9 um\", count = 2 }"}),
        one("coupling[0].yield.pitch", "0.2 um", ports, {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }"}),
        one("coupling[0].yield.core", "0.2 um", ports, {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }"}),
        one("coupling[0].yield.gap", "0.2 um", ports,
            {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }", "coupling[0].gap=5 um"}),
        one("coupling[0].yield.process", "0.1 dB", ports, {"coupling[0].yield={ draws = 1000, core = \"0.3 um\" }"}),
        {"coupling[0].tolerance.x",
         formula,
         {"coupling[0].tolerance={ x = \"2 um\", y = \"2 um\" }"},
         {"coupling[0].tolerance={ x = \"3 um\", y = \"2 um\" }"},
         ports},
        {"coupling[0].tolerance.tilt_x",
         formula,
         {"coupling[0].tolerance={ x = \"2 um\", y = \"2 um\", tilt_y = \"1 deg\" }"},
         {"coupling[0].tolerance={ x = \"2 um\", y = \"2 um\", tilt_y = \"1 deg\", tilt_x = \"2 deg\" }"},
         ports},
        {"coupling[0].tolerance.tilt_y",
         formula,
         {"coupling[0].tolerance={ x = \"2 um\", y = \"2 um\", tilt_x = \"1 deg\" }"},
         {"coupling[0].tolerance={ x = \"2 um\", y = \"2 um\", tilt_x = \"1 deg\", tilt_y = \"2 deg\" }"},
         ports},
        {"coupling[0].tolerance.y",
         formula,
         {"coupling[0].tolerance={ x = \"2 um\", y = \"2 um\" }"},
         {"coupling[0].tolerance={ x = \"2 um\", y = \"3 um\" }"},
         ports},
        one("sweep", "{ modes = { count = [1, 2] } }", none),
    };
    // One light alone, and as a part of a sum.
    const std::string gaussian = "gaussian = { mfd_x = \"5 um\" }";
    for (const std::string& at :
         {std::string("propagation.launch"), std::string("propagation.launch.superposition[0]")}) {
        const bool part = at.back() == ']';
        const auto launch = [&](const std::string& lights) {
            return part ? "propagation.launch={ superposition = [ { " + lights + " } ] }"
                        : "propagation.launch={ " + lights + " }";
        };
        const auto changed = [&](const std::string& key, const std::string& before, const std::string& after,
                                 Stages given) {
            list.push_back({at + "." + key, formula, {launch(before)}, {launch(after)}, std::move(given)});
        };
        changed("fiber", "mode = 0", "fiber = \"SMF-28\"", light);
        changed("chip", "mode = 0", "chip = \"edge-coupler-4um\"", light);
        changed("gaussian.mfd_x", gaussian, "gaussian = { mfd_x = \"5.5 um\" }", light);
        changed("gaussian.mfd_y", gaussian, "gaussian = { mfd_x = \"5 um\", mfd_y = \"6 um\" }", light);
        changed("gaussian.index", gaussian, "gaussian = { mfd_x = \"5 um\", index = 1.45 }", light);
        const auto step_index = [](const char* radius, const char* core, const char* cladding) {
            return std::string("step_index = { core_radius = \"") + radius + "\", core_index = " + core +
                   ", cladding_index = " + cladding + " }";
        };
        const std::string by_numbers = step_index("4.1 um", "1.452", "1.4468");
        changed("step_index.core_radius", by_numbers, step_index("4.4 um", "1.452", "1.4468"), light);
        changed("step_index.core_index", by_numbers, step_index("4.1 um", "1.4525", "1.4468"), light);
        changed("step_index.cladding_index", by_numbers, step_index("4.1 um", "1.452", "1.4465"), light);
        list.push_back({at + ".guide",
                        formula,
                        {two_guides, launch(gaussian + ", guide = \"one\"")},
                        {two_guides, launch(gaussian + ", guide = \"two\"")},
                        light});
        changed("offset.x", gaussian, gaussian + ", offset = { x = \"1 um\" }", light);
        changed("offset.y", gaussian, gaussian + ", offset = { y = \"-5 um\" }", light);
        changed("tilt_x", gaussian, gaussian + ", tilt_x = \"1 deg\"", light);
        changed("tilt_y", gaussian, gaussian + ", tilt_y = \"1 deg\"", light);
        changed("focus", gaussian, gaussian + ", focus = \"20 um\"", light);
        list.push_back({at + ".mode",
                        formula,
                        {"modes.count=2", "index.constants={ ns = 1.5035, dn = 0.06 }", launch("mode = 0")},
                        {"modes.count=2", "index.constants={ ns = 1.5035, dn = 0.06 }", launch("mode = 1")},
                        light});
        const std::string own = "mode = 0, formula = \"ns + dn*exp(-((x-1)/4)^2 - ((y+6)/3)^2)\"";
        changed("formula", "mode = 0", own, light);
        changed("constants", own, own + ", constants = { unused = 1.0 }", light);
        changed("file", "mode = 0", "file = \"" + file + "\"", light);
        changed("dataset", "file = \"" + file + "\"", "file = \"" + file + "\", dataset = \"" + other_dataset + "\"",
                light);
        if (!part) continue;
        changed("amplitude", gaussian, gaussian + ", amplitude = 0.5", light);
        changed("phase", gaussian, gaussian + ", phase = \"10 deg\"", light);
    }
    return list;
}

/// All keys of the schema, lists by their first item.
void collect(const config::Json& table, const std::string& prefix, std::set<std::string>& to) {
    for (const auto& [key, row] : table["properties"].items()) {
        const std::string name = prefix.empty() ? key : prefix + "." + key;
        if (row.contains("properties"))
            collect(row, name, to);
        else if (row.contains("items") && row["items"].contains("properties"))
            collect(row["items"], name + "[0]", to);
        else
            to.insert(name);
    }
}

/// The hash of what each stage itself is given, without its inputs.
std::map<std::string, std::string> given_to(const stages::RunParams& run) {
    std::map<std::string, std::string> hashes;
    hashes["process"] = run.process ? Digest().add(*run.process).hash() : "";
    hashes["index"] = Digest().add(run.medium).add(run.modes.grid).add(run.wavelengths).hash();
    hashes["modes"] = Digest().add(run.modes).hash();
    hashes["propagation"] = run.propagation ? Digest().add(*run.propagation).hash() : "";
    hashes["coupling"] = Digest().add(run.coupling).hash();
    return hashes;
}

Stages differing(const std::map<std::string, std::string>& a, const std::map<std::string, std::string>& b) {
    Stages out;
    for (const auto& [stage, hash] : a)
        if (hash != b.at(stage)) out.insert(stage);
    return out;
}

/// The answers of each stage as a hash.
std::map<std::string, std::string> answers_of(const stages::RunParams& run) {
    stages::ExchangeCache cache;
    const auto result = stages::run_stages(run, {}, cache, stages::Progress::Output::silent);
    Digest from_process, index, modes, from_light, from_ports;
    for (const auto& w : result.wavelengths) {
        if (w.process) from_process.add(w.process->exchange->c).add(w.process->exchange->wall);
        index.add(w.index->n);
        for (const GuidedMode& m : w.modes->modes) modes.add(m.n_eff).add(m.psi).add(m.n_group).add(m.dispersion);
        if (w.propagation) from_light.add(w.propagation->field).add(w.propagation->along).add(w.propagation->watch);
        for (const auto& c : w.coupling)
            from_ports.add(c.at).add(c.to).add(c.loss_dB).add(c.offset_x).add(c.efficiency);
    }
    return {{"process", from_process.hash()},
            {"index", index.hash()},
            {"modes", modes.hash()},
            {"propagation", from_light.hash()},
            {"coupling", from_ports.hash()}};
}

std::map<std::string, std::string> keys_with_gaps(const stages::RunParams& run) {
    std::map<std::string, std::string> keys = {
        {"process", ""}, {"index", ""}, {"modes", ""}, {"propagation", ""}, {"coupling", ""}};
    for (const auto& [stage, key] : stages::keys_of(run)) keys[stage] = key;
    return keys;
}

}  // namespace

TEST_CASE(
    "every key of the schema changes the keys of the stages that are given it, and where an answer changes, its key "
    "did") {
    const tests::TemporaryFolder folder;
    const std::string stored = (folder / "stored.h5").string(),
                      config = folder.write("stored.toml", std::string(formula) + "");
    const tests::Answer made = tests::vitral_command({"run", config, "-o", stored});
    INFO(made.err);
    REQUIRE(made.code == 0);

    std::vector<KeyCase> cases = process_cases();
    for (KeyCase& one : light_cases(stored, "/index/w0/n")) cases.push_back(std::move(one));
    std::set<std::string> wanted, walked;
    collect(app::case_schema().json_schema(), "", wanted);
    for (const KeyCase& one : cases) {
        INFO(one.key);
        walked.insert(one.key);
        const auto setup = [&](const std::vector<std::string>& settings) {
            try {
                return app::read_setup_text(one.base, "case.toml", "", settings).run;
            } catch (const config::InputError& error) {
                FAIL(error.diagnostics().format());
                throw;
            }
        };
        const stages::RunParams before = setup(one.before), after = setup(one.after);
        CHECK(differing(given_to(before), given_to(after)) == one.given);
        const Stages keys = differing(keys_with_gaps(before), keys_with_gaps(after)),
                     answers = differing(answers_of(before), answers_of(after));
        for (const std::string& stage : answers) {
            INFO("the answer of " << stage << " changes");
            CHECK(keys.count(stage) == 1);
        }
    }
    CHECK(walked == wanted);
}

namespace {

struct Inner {
    double a = 1.0;
    std::optional<int> b;
};
struct Outer {
    std::string name;
    std::vector<Inner> list;
    std::variant<double, std::string> either;
    Inner inner;
    enum class Kind { first, second } kind = Kind::first;
};

}  // namespace

TEST_CASE("a digest sees every member of a struct, at any depth") {
    static_assert(stages::detail::members<Outer>() == 5);
    static_assert(stages::detail::members<Inner>() == 2);
    static_assert(stages::detail::members<glass::IonPair>() == 21);
    const Outer base{"name", {{1.0, 2}}, 3.0, {4.0, {}}, Outer::Kind::first};
    const auto hash = [](const Outer& o) { return Digest().add(o).hash(); };
    std::set<std::string> seen = {hash(base)};
    CHECK(seen.count(hash(Outer(base))) == 1);
    for (const auto& change : std::vector<std::function<void(Outer&)>>{
             [](Outer& o) { o.name = "other"; }, [](Outer& o) { o.list[0].a = 1.5; }, [](Outer& o) { o.list[0].b = 3; },
             [](Outer& o) { o.list[0].b.reset(); }, [](Outer& o) { o.list.emplace_back(); },
             [](Outer& o) { o.either = 3.5; }, [](Outer& o) { o.either = std::string("3"); },
             [](Outer& o) { o.inner.a = -4.0; }, [](Outer& o) { o.inner.b = 0; },
             [](Outer& o) { o.kind = Outer::Kind::second; }}) {
        Outer changed = base;
        change(changed);
        CHECK(seen.insert(hash(changed)).second);
    }
}

TEST_CASE(
    "what a link's loss depends on is in the key of the coupling, and only what its stage is given in that of the "
    "modes") {
    const auto keys = [](const std::vector<std::string>& settings) {
        return keys_with_gaps(app::read_setup_text(exchanged, "case.toml", "", settings).run);
    };
    const auto base = keys({"mask.guide[0].segments=[ { s_bend = \"40 um\", to_x = \"1 um\" } ]"});
    const auto moved = keys({"mask.guide[0].segments=[ { s_bend = \"40 um\", to_x = \"2 um\" } ]"});
    CHECK(moved.at("coupling") != base.at("coupling"));
    CHECK(moved.at("modes") == base.at("modes"));
    const auto port = keys(
        {"mask.guide[0].segments=[ { s_bend = \"40 um\", to_x = \"1 um\" } ]", "coupling[1].to.gaussian.mfd_x=9 um"});
    CHECK(port.at("coupling") != base.at("coupling"));
    for (const char* stage : {"process", "index", "modes"}) CHECK(port.at(stage) == base.at(stage));
    CHECK(port.at("propagation") != base.at("propagation"));  // its step serves what the port receives
    const auto tolerance =
        keys({"mask.guide[0].segments=[ { s_bend = \"40 um\", to_x = \"1 um\" } ]", "propagation.tolerance=0.1 dB"});
    CHECK(tolerance.at("coupling") != base.at("coupling"));
}

TEST_CASE("the exchange's tolerance follows the accuracy, 5e-4 at 0.01 dB, and its own key comes first") {
    std::string open(exchanged);
    const std::string own = "process_tolerance = 5e-2\n";
    REQUIRE(open.find(own) != std::string::npos);
    open.erase(open.find(own), own.size());
    const auto tolerance = [](const std::string& text, const std::vector<std::string>& settings) {
        return app::read_setup_text(text, "case.toml", "", settings).run.process->tolerance;
    };
    CHECK(tolerance(open, {}) == Approx(5e-4).epsilon(1e-12));
    CHECK(tolerance(open, {"accuracy=0.002 dB"}) == Approx(1e-4).epsilon(1e-12));
    CHECK(tolerance(exchanged, {"accuracy=0.002 dB"}) == Approx(5e-2).epsilon(1e-12));
}
