#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral::tests;

namespace {

/// A config with nothing wrong in it.
const std::string sound = R"~(title = "a case to break"
wavelength = "1310 nm"
[glass]
name = "soda-lime"
thickness = "1 mm"
[section]
width = "60 um"
depth = "30 um"
cover = "air"
resolution = "0.5 um"
[[mask.guide]]
x = "0 um"
width = "3 um"
segments = [ { straight = "1 mm" }, { s_bend = "1 mm", to_x = "5 um" } ]
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.4
temperature = "280 degC"
duration = "30 min"
[[process]]
step = "field-assisted"
ion = "Na"
mask = "none"
temperature = "250 degC"
voltage = "100 V"
duration = "60 min"
[modes]
count = 4
[propagation]
method = "split-step"
step = "5 um"
launch = { fiber = "SMF-28" }
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
)~";

/// A way to break it (or a config of its own), and every error in the order of the text: line:column: message.
struct Wrong {
    std::string from, to, whole, errors;
};
const Wrong wrong_configs[] = {
    {R"~(temperature = "280 degC")~", R"~(temprature = "280 degC")~", "",
     R"~(15:1: [[process]] the key "temperature" is missing
19:1: [[process]] unknown key "temprature")~"},
    {R"~(duration = "30 min")~", R"~(duration = "4 um")~", "",
     R"~(20:12: [[process]] duration: "4 um" is a length, a time is expected (s, min, h))~"},
    {R"~(name = "soda-lime")~", R"~(name = "soda-line")~", "",
     R"~(4:8: [glass] name = "soda-line" is no known glass)~"},
    {R"~(wavelength = "1310 nm")~", R"~(wavelength = 1310)~", "",
     R"~(2:14: config wavelength is a bare number, a length with its unit is expected (m, cm, mm, um, nm))~"},
    {R"~(wavelength = "1310 nm")~", R"~(wavelength = "1310")~", "",
     R"~(2:14: config wavelength: "1310" has no unit; a length is expected (m, cm, mm, um, nm))~"},
    {R"~(wavelength = "1310 nm")~", R"~(wavelength = "1310 furlong")~", "",
     R"~(2:14: config wavelength: "1310 furlong" has the unknown unit "furlong"; a length is expected (m, cm, mm, um, nm))~"},
    {R"~(wavelength = "1310 nm")~", R"~(wavelength = "1800 nm")~", "",
     R"~(2:14: wavelength 1800 nm: the index change of Ag in soda-lime is known from 632.8 to 1550 nm)~"},
    {R"~(wavelength = "1310 nm")~", R"~(wavelength = "50 nm")~", "",
     R"~(2:14: config wavelength = "50 nm" must lie between 0.2 um and 5 um)~"},
    {R"~(count = 4)~", R"~(count = 4.5)~", "", R"~(29:9: [modes] count is a number, an integer is expected)~"},
    {R"~(count = 4)~", R"~(accuracy = 1e-9)~", "",
     R"~(29:1: [modes] accuracy goes with solver = "full-vector" or "scalar-elements")~"},
    {R"~(count = 4)~", R"~(solver = "vectorial")~", "",
     R"~(29:10: [modes] solver = "vectorial" is none of "scalar", "scalar-elements", "full-vector")~"},
    {R"~(count = 4)~", R"~(solver = "full-vector"
bend_radius = "0 mm")~",
     "", R"~(30:1: [modes] the radius is less than a micrometre)~"},
    {"", "",
     R"~(wavelength = "1550 nm"
section = { slab = true, width = "20 um" }
index = { formula = "1.444", box = [ { name = "core", width = "450 nm", index = "N-BK8" } ] }
)~",
     R"~(3:81: [[index.box]] index = "N-BK8" is no known glass)~"},
    {"", "",
     R"~(wavelength = "1550 nm"
section = { width = "2 um", depth = "1 um", cover = "none" }
index = { formula = "1.444", box = [ { name = "core", width = "450 nm", index = 3.476 } ] }
)~",
     R"~(3:38: [[index.box]] the key "bottom" is missing
3:38: [[index.box]] the key "height" is missing)~"},
    {"", "",
     R"~(wavelength = "1550 nm"
section = { width = "2 um", depth = "1 um", cover = "none" }
index = { formula = "1.444", box = [ { name = "a", x = "9 um", width = "1 um", bottom = "0 um", height = "1 um", index = 2 }, { name = "a", width = "1 um", bottom = "0 um", height = "1 um", index = 2 } ] }
)~",
     R"~(3:38: [[index.box]] "a" lies outside the window of [section]
3:129: [[index.box]] two boxes are called "a")~"},
    {R"~(count = 4)~", R"~(count = 0)~", "", R"~(29:9: [modes] count = 0 must lie between 1 and 40)~"},
    {R"~(method = "split-step")~", R"~(method = "split-stop")~", "",
     R"~(31:10: [propagation] method = "split-stop" is none of "auto", "split-step", "finite-difference")~"},
    {R"~(surface_fraction = 0.4)~", R"~(surface_fraction = 1.4)~", "",
     R"~(18:20: [[process]] surface_fraction = 1.4 must lie between 0 and 1)~"},
    {R"~(surface_fraction = 0.4
)~",
     R"~()~", "", R"~(15:1: [[process]] the key "surface_fraction" is missing in this step)~"},
    {R"~(surface_fraction = 0.4)~", R"~(surface_fraction = "0.4")~", "",
     R"~(18:20: [[process]] surface_fraction is a text, a plain number is expected)~"},
    {R"~(ion = "Ag")~", R"~(ion = "Au")~", "",
     R"~(17:7: [[process]] ion = "Au" has no data in the record of soda-lime)~"},
    {R"~(voltage = "100 V"
)~",
     R"~()~", "", R"~(21:1: [[process]] the key "voltage" is missing in this step)~"},
    {R"~(voltage = "100 V")~", R"~(voltage = "0 V")~", "",
     R"~(26:1: [[process]] voltage is 0: without field the step is an "exchange")~"},
    {R"~(step = "exchange")~", R"~(step = "exchange"
voltage = "5 V")~",
     "", R"~(17:1: [[process]] voltage does not belong to this step: with a voltage it is "field-assisted")~"},
    {R"~(step = "field-assisted")~", R"~(step = "anneal")~", "",
     R"~(23:1: [[process]] ion does not belong to this step: an anneal is dry, nothing touches the surface
26:1: [[process]] voltage does not belong to this step: an anneal is dry, nothing touches the surface)~"},
    {R"~(step = "exchange")~", R"~(step = "exchange"
current = "1 mA/m")~",
     "", R"~(17:1: [[process]] current does not belong to this step: with a current it is "field-assisted")~"},
    {R"~(voltage = "100 V")~", R"~(voltage = "100 V"
current = "1 mA/m")~",
     "", R"~(21:1: [[process]] a field takes one of voltage, current and current_density, not several)~"},
    {R"~(duration = "30 min")~", R"~(duration = "0 min")~", "",
     R"~(20:12: [[process]] duration = "0 min" must be larger than 0 s)~"},
    {R"~(thickness = "1 mm"
)~",
     R"~()~", "", R"~(3:2: [glass] the key "thickness" is missing: a field falls over all of the glass)~"},
    {R"~(temperature = "280 degC")~", R"~(temperature = [["0 min", "280 degC"], ["10 min", "600 degC"]])~", "",
     R"~(19:15: [[process]] temperature = 600 degC lies above the glass transition of soda-lime, 545 degC)~"},
    {R"~(temperature = "280 degC")~", R"~(temperature = [["5 min", "280 degC"], ["5 min", "250 degC"]])~", "",
     R"~(19:39: [[process]] temperature: the times of a schedule must ascend)~"},
    {R"~(temperature = "280 degC")~", R"~(temperature = [["5 min", "280 degC"], ["45 min", "250 degC"]])~", "",
     R"~(15:1: [[process]] a schedule goes on after the end of the step)~"},
    {R"~(surface_fraction = 0.4)~", R"~(melt_depth = "1 mm")~", "",
     R"~(18:1: [[process]] melt_depth needs melt_fraction: only then is the melt used up)~"},
    {R"~(surface_fraction = 0.4)~", R"~(surface_fraction = 0.4
melt_fraction = 0.01)~",
     "", R"~(19:1: [[process]] surface_fraction already says what the melt holds the surface at)~"},
    {R"~(step = "exchange")~", R"~(step = "film")~", "",
     R"~(15:1: [[process]] the key "film_thickness" is missing in this step
15:1: [[process]] the key "voltage" is missing in this step
18:1: [[process]] surface_fraction does not belong to this step: a film is no melt)~"},
    {R"~(mask = "none")~", R"~(mask = "none"
openings = [ { x = "0 um", width = "4 um" } ])~",
     "", R"~(25:1: [[process]] openings and mask = "none" exclude each other)~"},
    {R"~(duration = "30 min")~", R"~(duration = "30 min"
openings = [ { x = "28 um", width = "9 um" } ])~",
     "", R"~(15:1: [[process]] openings: one is wider than the section, or reaches out of it)~"},
    {R"~(name = "soda-lime")~", R"~(name = "fused-silica")~", "",
     R"~(4:8: [glass] name = "fused-silica" cannot be exchanged: its record has no ions)~"},
    {R"~(width = "3 um")~", R"~(width = "70 um")~", "",
     R"~(11:1: [[mask.guide]] the opening is wider than the section, or reaches out of it)~"},
    {R"~(width = "60 um")~", R"~(width = "-60 um")~", "",
     R"~(7:9: [section] width = "-60 um" must lie between 1 um and 100 mm)~"},
    {R"~(resolution = "0.5 um")~", R"~(resolution = "40 um")~", "",
     R"~(10:1: [section] resolution is coarser than a quarter of the width)~"},
    {R"~(cover = "air")~", R"~(cover = "glas")~", "", R"~(9:9: [section] cover = "glas" is no known glass)~"},
    {R"~(cover = "air")~", R"~(cover = 0.5)~", "", R"~(9:9: [section] cover = 0.5 must lie between 1 and 4)~"},
    {R"~(launch = { fiber = "SMF-28" })~", R"~(launch = { fiber = "SMF-29" })~", "",
     R"~(33:20: fiber = "SMF-29" is no known fiber)~"},
    {R"~(launch = { fiber = "SMF-28" })~", R"~(launch = { })~", "",
     R"~(33:10: launch: exactly one of fiber, chip, gaussian, step_index, mode, file and superposition is expected)~"},
    {R"~(launch = { fiber = "SMF-28" })~", R"~(launch = { fiber = "SMF-28", mode = 0 })~", "",
     R"~(33:10: launch: exactly one of fiber, chip, gaussian, step_index, mode, file and superposition is expected)~"},
    {R"~([propagation]
)~",
     R"~([propagation]
length = "1 mm"
)~",
     "", R"~(31:1: [propagation] length is already given by the segments of the path)~"},
    {R"~({ straight = "1 mm" })~", R"~({ straight = "1 mm", s_bend = "1 mm" })~", "",
     R"~(14:14: segments: exactly one of straight, s_bend and arc is expected
14:14: segments: s_bend and to_x belong together)~"},
    {R"~(launch = { fiber = "SMF-28" })~", R"~(launch = { fiber = "SMF-28", focus = "10 um" })~", "",
     R"~(33:30: launch: focus goes with a gaussian)~"},
    {R"~(launch = { fiber = "SMF-28" })~", R"~(launch = { mode = 0, tilt_x = "2 deg" })~", "",
     R"~(33:22: launch: a mode has its direction, and takes no tilt_x)~"},
    {R"~({ straight = "1 mm" })~", R"~({ arc = "1 mm" })~", "", R"~(14:14: segments: arc and radius belong together)~"},
    {R"~({ straight = "1 mm" })~", R"~({ arc = "1 mm", radius = "1 nm" })~", "",
     R"~(14:30: segments: the radius is less than a micrometre)~"},
    {R"~(method = "split-step")~", R"~(method = "split-step"
order = "pade-1-1")~",
     "", R"~(32:1: [propagation] order = "pade-1-1" goes with method = "finite-difference")~"},
    {R"~(method = "split-step")~", R"~(method = "finite-difference"
splitting = "fourth-order")~",
     "", R"~(32:1: [propagation] splitting = "fourth-order" goes with method = "split-step")~"},
    {R"~(launch = { fiber = "SMF-28" })~",
     R"~(launch = { superposition = [ { mode = 0 }, { mode = 9, tilt_x = "1 deg" } ], tilt_y = "1 deg" })~", "",
     R"~(33:1: launch mode 9 is not among the modes that are looked for: modes.count is 4
33:56: launch: a mode has its direction, and takes no tilt_x
33:78: launch: each part of a superposition has its direction, and takes no tilt_y)~"},
    {R"~(launch = { fiber = "SMF-28" })~", R"~(launch = { mode = 0, dataset = "/a", offset = { x = "1 um" } })~", "",
     R"~(33:22: launch: a dataset lies in a file
33:38: launch: only a port takes an offset)~"},
    {R"~(method = "split-step")~", R"~(method = "split-step"
edges = "transparent")~",
     "", R"~(32:1: [propagation] edges = "transparent" goes with method = "finite-difference")~"},
    {R"~(method = "split-step")~", R"~(method = "finite-difference"
order = "pade-1-1"
edges = "transparent"
absorber = "5 um")~",
     "", R"~(33:1: [propagation] edges = "transparent" goes with order = "paraxial"
34:1: [propagation] a transparent boundary has no width)~"},
    {R"~(method = "split-step")~", R"~(method = "split-step"
order = "wide-angle"
precision = "single"
grading = 3)~",
     "", R"~(34:1: [propagation] grading goes with method = "finite-difference"
34:1: [propagation] grading goes with order = "paraxial"
34:1: [propagation] grading goes with precision = "double")~"},
    {R"~(method = "split-step")~", R"~(method = "finite-difference"
grading = 9)~",
     "", R"~(32:11: [propagation] grading = 9 must lie between 1 and 8)~"},
    {R"~(method = "split-step")~", R"~(method = "finite-difference"
edges = "transparent"
grading = 3)~",
     "", R"~(33:1: [propagation] grading goes with edges = "absorber" or "pml")~"},
    {R"~(method = "split-step")~", R"~(method = "split-step"
tolerance = "0.01")~",
     "", R"~(32:13: [propagation] tolerance: "0.01" has no unit; a level is expected (dB, mdB))~"},
    {R"~(method = "split-step")~", R"~(method = "split-step"
precision = "half")~",
     "", R"~(32:13: [propagation] precision = "half" is none of "double", "single")~"},
    {"", "", R"~(wavelength = "1310 nm"
[section]
width = "60 um"
slab = true
[index]
formula = "1.5 + 0.01*exp(-((x - z)/3)^2)"
segments = [ { s_bend = "1 mm", to_x = "80 um" } ]
[propagation]
launch = { mode = 0 }
)~",
     R"~(7:1: [index] the path leaves the section: a wider section is needed
7:1: [index] segments move the formula's section; it uses z already)~"},
    {R"~(to_x = "5 um")~", R"~(to_y = "5 um")~", "", R"~(14:37: segments: s_bend and to_x belong together
14:56: segments unknown key "to_y")~"},
    {R"~(at = "input")~", R"~(at = "inlet")~", "", R"~(35:6: [[coupling]] at = "inlet" is none of "input", "output")~"},
    {R"~(to = { fiber = "SMF-28" }
)~",
     R"~(to = { fiber = "SMF-28", chip = "edge-coupler-4um" }
)~",
     "", R"~(36:6: to: exactly one of fiber, chip, gaussian, step_index and wire is expected)~"},
    {R"~([modes])~", R"~([index]
formula = "1.5"
[modes])~",
     "", R"~(28:2: [index] stands in place of [glass], [mask] and [[process]]: give one or the other)~"},
    {R"~(temperature = "280 degC")~", R"~(temperature = "600 degC")~", "",
     R"~(19:15: [[process]] temperature = 600 degC lies above the glass transition of soda-lime, 545 degC)~"},
    {R"~(title = "a case to break")~", R"~(title = "a case to break)~", "",
     R"~(1:25: Error while parsing string: unescaped control characters other than TAB (U+0009) are explicitly prohibited)~"},
    {R"~(title = "a case to break")~", R"~(title = 3)~", "",
     R"~(1:9: config title is an integer, a text is expected)~"},
    {R"~([modes]
)~",
     R"~([modes]
count = 3
)~",
     "", R"~(30:9: Error while parsing key-value pair: cannot redefine existing integer 'count')~"},
    {R"~([glass]
name = "soda-lime"
thickness = "1 mm"
)~",
     R"~()~", "", R"~(1:1: either [index], or [glass] with [[process]], is missing)~"},
    {R"~(x = "0 um")~", R"~(x = "29 um")~", "",
     R"~(11:1: [[mask.guide]] the opening is wider than the section, or reaches out of it)~"},
    {R"~(mask = "none")~", R"~(mask = "off")~", "", R"~(24:8: [[process]] mask = "off" is none of "keep", "none")~"},
    {R"~(thickness = "1 mm")~", R"~(thickness = true)~", "",
     R"~(5:13: [glass] thickness is true or false, a length with its unit is expected)~"},
    {R"~([section])~", R"~([section]
slab = true)~",
     "", R"~(6:2: [section] slab = true goes with [index] only: a process has a depth
34:1: launch: a slab takes a gaussian, a mode or a field of a slab
35:3: [[coupling]] needs the whole section, not a slab)~"},
    {R"~(duration = "60 min")~", R"~(duration = "0 min")~", "",
     R"~(27:12: [[process]] duration = "0 min" must be larger than 0 s)~"},
    {"", "", R"~(wavelength = "1310 nm"
[section]
width = "60 um"
slab = true
[index]
formula = "ns + dm*x"
constants = { ns = 1.5, dn = 0.01 }
)~",
     R"~(6:11: [index] formula: Unexpected token "dm" found at position 5.)~"},
    {"", "", R"~(wavelength = "1310 nm"
[section]
width = "60 um"
slab = true
[index]
formula = "ns + dn*x"
constants = { ns = "1.5" }
)~",
     R"~(7:20: [index] constants.ns is a text, a plain number is expected)~"},
    {"", "", R"~(wavelength = "1310 nm"
[index]
formula = "1.5 + 0*x"
)~",
     R"~(3:11: [index] formula: nothing guides light at z = 0, so the window cannot be sized)~"},
    {"", "", R"~(wavelength = "1310 nm"
[section]
cover = "none"
depth = "40 um"
height = "40 um"
[index]
formula = "1.5 - 1e-6*(x^2 + y^2)"
)~",
     R"~(7:11: [index] formula: the index does not become constant away from the guides, so the window cannot be sized)~"},
    {"", "", R"~(wavelength = "1310 nm"
[glass]
name = "soda-lime"
[[mask.guide]]
width = "3 um"
[[process]]
step = "exchange"
ion = "Ag"
temperature = "280 degC"
duration = "30 min"
melt_fraction = 0.1
melt_depth = "1 mm"
)~",
     R"~(12:1: [[process]] melt_depth applies to the whole width of the section, which is not given)~"},
    {"", "", R"~(wavelength = "1310 nm"
)~",
     R"~(1:1: either [index], or [glass] with [[process]], is missing)~"},
    {"", "", R"~(wavelength = "1310 nm"
[section]
width = "60 um"
slab = true
[index]
formula = "ns + dn*x"
constants = { ns = 1.5, dn = 0.01 }
[propagation]
launch = { mode = 0 }
)~",
     R"~(8:1: [propagation] the key "length" is missing)~"},
    {"", "", R"~(wavelength = "1310 nm"
[section]
width = "60 um"
slab = true
[index]
formula = "ns + dn*x"
constants = { ns = 1.5, dn = 0.01 }
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
)~",
     R"~(8:3: [[coupling]] needs the whole section, not a slab)~"},
    {R"~(segments = [ { straight = "1 mm" }, { s_bend = "1 mm", to_x = "5 um" } ])~",
     R"~(segments = [ { s_bend = "1 mm", to_x = "1e299 m" } ])~", "",
     R"~(11:1: [[mask.guide]] the path leaves the section: a wider section is needed)~"},
    {R"~(thickness = "1 mm")~", R"~(thickness = "20 um")~", "",
     R"~(3:2: [glass] thickness is less than the depth of the section)~"},
    {R"~(step = "5 um")~", R"~(step = "1e-14 m")~", "",
     R"~(32:1: [propagation] step is too short: more than 1e8 steps)~"},
    {R"~(launch = { fiber = "SMF-28" })~", R"~(launch = { mode = 7 })~", "",
     R"~(33:1: launch mode 7 is not among the modes that are looked for: modes.count is 4)~"},
    {R"~(launch = { fiber = "SMF-28" })~", R"~(launch = { mode = 0, offset = { x = "1 um" } })~", "",
     R"~(33:22: launch: only a port takes an offset)~"},
    {R"~(to = { fiber = "SMF-28" }
)~",
     R"~(to = { fiber = "SMF-28", gaussian = { mfd_x = "4 um" } }
)~",
     "", R"~(36:6: to: exactly one of fiber, chip, gaussian, step_index and wire is expected)~"},
    {R"~(cover = "air")~", R"~(cover = "9")~", "", R"~(9:9: [section] cover = 9 must lie between 1 and 4)~"},
    {R"~([modes])~", R"~([sweep]
"modes.count" = [2, "three"]
nonsense = [1]
"section.resolution" = []
[modes])~",
     "", R"~(31:24: [sweep] section.resolution is a list without any, a list of values is expected)~"},
    {R"~([[mask.guide]]
x = "0 um"
width = "3 um"
segments = [ { straight = "1 mm" }, { s_bend = "1 mm", to_x = "5 um" } ])~",
     R"~([mask]
guide = [])~",
     "", R"~(11:2: [mask] has no guide: leave the mask out for an open surface
28:1: [propagation] the key "length" is missing)~"},
    {"", "", R"~(wavelength = "1310 nm"
[section]
width = "60 um"
slab = true
[index]
formula = "1.5 + 0.01*sqrt(1-(x/15)^2)"
)~",
     R"~(6:11: [index] formula gives -nan at x = -30 um, y = 0 um, z = 0 um: an index lies between 1 and 10)~"},
    {"", "",
     R"~(title = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
)~",
     R"~(1:1: tables and lists lie more than 64 deep)~"},
};

/// The lines "line:column: message" of the compiler-like report.
std::string places_and_messages(const std::string& report, const std::string& file) {
    std::string found, line;
    std::istringstream stream(report);
    while (std::getline(stream, line))
        if (line.starts_with(file + ":")) found += (found.empty() ? "" : "\n") + line.substr(file.size() + 1);
    return found;
}

}  // namespace

TEST_CASE("the config that the wrong ones are made of is right") {
    const TemporaryFolder folder;
    const Answer answer = vitral_command({"check", folder.write("case.toml", sound)});
    INFO(answer.err);
    CHECK(answer.code == 0);
}

TEST_CASE("every wrong config has its exit code, places and messages, and leaves no file") {
    CHECK(std::size(wrong_configs) >= 25);
    for (const Wrong& wrong : wrong_configs) {
        std::string text = wrong.whole.empty() ? sound : wrong.whole;
        if (wrong.whole.empty()) {
            REQUIRE(text.find(wrong.from) != std::string::npos);
            text.replace(text.find(wrong.from), wrong.from.size(), wrong.to);
        }
        INFO(wrong.from << " -> " << wrong.to);
        const TemporaryFolder folder;
        const std::string config = folder.write("case.toml", text);
        const Answer answer = vitral_command({"run", config, "-o", (folder / "out.h5").string()});
        CHECK(answer.code == 3);
        CHECK(places_and_messages(answer.err, config) == wrong.errors);
        CHECK(answer.err.find("; nothing was run.") != std::string::npos);
        CHECK(answer.out.empty());
        CHECK(folder.files() == 1);
        const auto json =
            nlohmann::json::parse(vitral_command({"run", config, "-o", (folder / "out.h5").string(), "--json"}).out);
        CHECK(json["error"]["code"] == 3);
        CHECK(json["error"]["errors"].size() ==
              static_cast<std::size_t>(1 + std::count(wrong.errors.begin(), wrong.errors.end(), '\n')));
        CHECK(folder.files() == 1);
    }
}

TEST_CASE("the report shows the line, a caret under the word, and the nearest valid one") {
    const TemporaryFolder folder;
    std::string text = sound;
    text.replace(text.find("method = \"split-step\""), 21, "method = \"split-stop\"");
    const std::string config = folder.write("case.toml", text);
    CHECK(vitral_command({"run", config}).err ==
          config + R"~(:31:10: [propagation] method = "split-stop" is none of "auto", "split-step", "finite-difference"
   31 | method = "split-stop"
      |          ^~~~~~~~~~~~ did you mean "split-step"?
1 error; nothing was run.
)~");
}

TEST_CASE("a setting of the command line is checked like the file, and shown in its place") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", sound);
    const Answer answer = vitral_command({"run", config, "--set", "section.resolution=4 s"});
    CHECK(answer.code == 3);
    CHECK(answer.err.find("--set:1:20: [section] resolution: \"4 s\" is a time, a length is expected") !=
          std::string::npos);
}

TEST_CASE("texts that are no TOML at all are refused, too") {
    const TemporaryFolder folder;
    CHECK(vitral_command({"run", folder.write("nul.toml", std::string("a = 1\0b", 7))}).code == 3);
    CHECK(vitral_command({"run", folder.write("latin.toml", "title = \"\xe9\"")}).code == 3);
    CHECK(vitral_command({"run", folder.write("empty.toml", "")}).code == 3);
    std::string deep = "a.", parts = "a", brackets = "a = ";
    deep.append(200000, 'b');
    for (int i = 0; i < 50000; ++i) parts += ".a";
    brackets.append(50000, '[');
    CHECK(vitral_command({"check", folder.write("deep.toml", deep + " = 1")}).code == 3);
    CHECK(vitral_command({"check", folder.write("parts.toml", parts + " = 1")}).code == 3);
    CHECK(vitral_command({"check", folder.write("brackets.toml", brackets)}).code == 3);
    CHECK(vitral_command({"check", folder.write("sound.toml", sound), "--set", "title=\xff"}).code == 3);
    CHECK(vitral_command({"run", folder.write("large.toml", std::string(1100000, '#'))}).code == 4);
}
