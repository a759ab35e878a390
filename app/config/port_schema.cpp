#include "app/config/port_schema.hpp"

#include <cmath>

#include "app/config/case_rules.hpp"

namespace vitral::config {
namespace {

template <typename P>
Row<P> place(std::string key, PlaceConfig P::*member, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "string"}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                using Kind = PlaceConfig::Kind;
                if (node.type == ConfigNode::Type::text && node.text == "optimal") {
                    p.*member = {Kind::optimal};
                } else if (node.type == ConfigNode::Type::text && node.text == "guide") {
                    p.*member = {Kind::guide};
                } else if (const auto value = rows::read_quantity(node, Dimension::length, {}, d, where)) {
                    p.*member = {Kind::length, *value};
                }
            },
            [=](const P& p) {
                const PlaceConfig& place = p.*member;
                if (place.kind == PlaceConfig::Kind::length) return rows::si_text(place.value, Dimension::length);
                return Json(place.is_optimal() ? "optimal" : "guide");
            }};
}

const Schema<OffsetConfig>& offset_schema() {
    static const Schema<OffsetConfig> schema(
        "offset",
        {place("x", &OffsetConfig::x,
               "Position of the port's axis along x: a length, counted from the axis of the guide named by `guide` "
               "(without that key, from the axis of the mask's only guide, or else from x = 0), \"optimal\" for the "
               "position of best coupling, or \"guide\" for the guide's axis. Default: \"guide\"."),
         place("y", &OffsetConfig::y,
               "Height of the port's axis above the glass surface (negative inside the glass): a length, or "
               "\"optimal\" for the height of best coupling. Default: \"optimal\".")});
    static const Schema<OffsetConfig> checked =
        Schema<OffsetConfig>(schema).check([](const OffsetConfig& o, const ConfigNode& table, Diagnostics& d) {
            if (o.y.kind == PlaceConfig::Kind::guide)
                d.error(at(table, "y"), "offset y: a length or \"optimal\" is expected");
        });
    return checked;
}

const Schema<GaussianConfig>& gaussian_schema() {
    static const Schema<GaussianConfig> schema(
        "gaussian",
        {quantity("mfd_x", &GaussianConfig::mfd_x, Dimension::length, positive(), "1/e² intensity diameter along x.")
             .require(),
         quantity("mfd_y", &GaussianConfig::mfd_y, Dimension::length, positive(),
                  "1/e² intensity diameter along y. Default: equal to mfd_x."),
         number("index", &GaussianConfig::index, between(1.0, 4.0),
                "Effective index of the port's mode, from which the Fresnel reflection at the facet follows. Default: "
                "the reflection is neglected.")});
    return schema;
}

const Schema<StepIndexConfig>& step_index_schema() {
    static const Schema<StepIndexConfig> schema =
        Schema<StepIndexConfig>(
            "step_index",
            {quantity("core_radius", &StepIndexConfig::core_radius, Dimension::length, positive(), "Core radius.")
                 .require(),
             number("core_index", &StepIndexConfig::core_index, between(1.0, 4.0), "Index of the core.").require(),
             number("cladding_index", &StepIndexConfig::cladding_index, between(1.0, 4.0), "Index of the cladding.")
                 .require()})
            .check([](const StepIndexConfig& f, const ConfigNode& table, Diagnostics& d) {
                if (f.core_index > 0.0 && f.cladding_index > 0.0 && f.core_index <= f.cladding_index)
                    d.error(at(table, "core_index"), "step_index: the core has no higher index than the cladding");
            });
    return schema;
}

const Schema<WireConfig>& wire_schema() {
    static const Schema<WireConfig> schema(
        "wire", {quantity("width", &WireConfig::width, Dimension::length, between(1e-8, 1e-4),
                          "Width of the wire at the facet.")
                     .require(),
                 quantity("height", &WireConfig::height, Dimension::length, between(1e-8, 1e-4), "Height of the wire.")
                     .require(),
                 material("core", &WireConfig::core, "Material of the wire, or its index.").require(),
                 material("cladding", &WireConfig::cladding, "Material around it, or its index.").require(),
                 material("below", &WireConfig::below,
                          "Material below the wire (a buried oxide), or its index. Default: the cladding.")});
    return schema;
}

/// The ways to name a port.
std::vector<Row<PortConfig>> port_rows() {
    return {text("fiber", &PortConfig::fiber, "A fiber of the library, or a path to a record."),
            text("chip", &PortConfig::chip, "A chip port of the library, or a path to a record."),
            table("gaussian", &PortConfig::gaussian, gaussian_schema(), "An elliptical Gaussian."),
            table("step_index", &PortConfig::step_index, step_index_schema(),
                  "A step-index fiber by its numbers, with its exact LP01 mode.")};
}

const Schema<PortConfig>& port_schema() {
    std::vector<Row<PortConfig>> rows = port_rows();
    rows.push_back(table("wire", &PortConfig::wire, wire_schema(),
                         "A rectangular wire of a chip, such as the tip of a spot-size converter, with its full-vector "
                         "mode. Its axis is the middle of the wire."));
    static const Schema<PortConfig> schema =
        Schema<PortConfig>("to", std::move(rows)).check([](const PortConfig&, const ConfigNode& node, Diagnostics& d) {
            int count = 0;
            for (const char* key : {"fiber", "chip", "gaussian", "step_index", "wire"})
                count += node.find(key) != nullptr;
            if (count != 1)
                d.error(node.span, "to: exactly one of fiber, chip, gaussian, step_index and wire is expected");
        });
    return schema;
}

/// The keys of one light.
std::vector<Row<LaunchConfig>> light_rows() {
    std::vector<Row<LaunchConfig>> list;
    for (Row<PortConfig>& row : port_rows()) list.push_back(row_of_member(&LaunchConfig::port, std::move(row)));
    list.push_back(text("guide", &LaunchConfig::guide,
                        "Name of the guide from whose axis the offset of the port counts. Default: that of the "
                        "[[coupling]] of the same port at the input."));
    list.push_back(table("offset", &LaunchConfig::offset, offset_schema(),
                         "Position of the port's axis. Default: the offset of the [[coupling]] of the same port at "
                         "the input; if there is none, on the guide's axis at the height of best coupling."));
    list.push_back(quantity(
        "tilt_x", &LaunchConfig::tilt_x, Dimension::angle, between(-0.8, 0.8),
        "Tilt of the launched light in the glass (in the gap, where its [[coupling]] has one), towards positive x."));
    list.push_back(quantity("tilt_y", &LaunchConfig::tilt_y, Dimension::angle, between(-0.8, 0.8),
                            "The same towards positive y."));
    list.push_back(quantity("focus", &LaunchConfig::focus, Dimension::length, between(-0.1, 0.1),
                            "Distance in the glass from the input to the waist of a gaussian; positive if the waist "
                            "lies inside, at z > 0."));
    list.push_back(number("mode", &LaunchConfig::mode, between(0, 39),
                          "Number of the launched mode of the guide, counted from 0."));
    list.push_back(
        text("formula", &LaunchConfig::formula,
             "Index formula whose mode is launched. Default: the index of the section itself. A formula allows, for "
             "example, the mode of one guide of a coupler alone to be launched."));
    list.push_back(named_numbers("constants", &LaunchConfig::constants,
                                 "Named constants of this formula, in addition to those of [index]."));
    list.push_back(
        text("file", &LaunchConfig::file,
             "HDF5 file with the field to launch: a results file of Vitral, or any file whose field has "
             "dimension scales named x and y (z is along the guide). The order of the axes is free. Their "
             "attribute `units` names their unit of length; without it they are in metres. The field is "
             "normalised to a power of 1, unless it comes from a results file of Vitral: then it keeps its power."));
    list.push_back(text("dataset", &LaunchConfig::dataset,
                        "Dataset of the field in this file. Default: /propagation/wN/field, the field at the end of "
                        "an earlier run, where N counts the wavelengths from 0."));
    return list;
}

/// What goes together in one light, or in a sum of lights.
void check_light(const LaunchConfig& l, const ConfigNode& table, Diagnostics& d) {
    const bool broken = (table.find("gaussian") && !l.port.gaussian) || (table.find("mode") && !l.mode) ||
                        (table.find("superposition") && l.superposition.empty());
    if (!broken && port_count(l.port) + l.mode.has_value() + !l.file.empty() + !l.superposition.empty() != 1)
        d.error(table.span,
                "launch: exactly one of fiber, chip, gaussian, step_index, mode, file and superposition is expected");
    if (l.mode && *l.mode != std::floor(*l.mode)) d.error(at(table, "mode"), "launch mode must be an integer");
    for (const char* key : {"tilt_x", "tilt_y"})
        if ((l.mode || !l.superposition.empty()) && table.find(key))
            d.error(at(table, key), fmt::format("launch: {} has its direction, and takes no {}",
                                                l.mode ? "a mode" : "each part of a superposition", key));
    if (l.focus != 0.0 && !l.port.gaussian) d.error(at(table, "focus"), "launch: focus goes with a gaussian");
    if (!l.formula.empty() && !l.mode) d.error(at(table, "formula"), "launch: a formula needs the number of its mode");
    if (!l.dataset.empty() && l.file.empty()) d.error(at(table, "dataset"), "launch: a dataset lies in a file");
    for (const char* key : {"offset", "guide"})
        if (table.find(key) && port_count(l.port) == 0)
            d.error(at(table, key), fmt::format("launch: only a port takes {} {}", *key == 'o' ? "an" : "a", key));
}

}  // namespace

const Schema<LaunchConfig>& launch_schema() {
    static const Schema<LaunchConfig> schema = [] {
        std::vector<Row<LaunchTerm>> term_rows;
        for (Row<LaunchConfig>& row : light_rows())
            term_rows.push_back(row_of_member(&LaunchTerm::light, std::move(row)));
        term_rows.push_back(number("amplitude", &LaunchTerm::amplitude, between(0.0, 1e3),
                                   "Factor by which the field of this light is multiplied."));
        term_rows.push_back(quantity("phase", &LaunchTerm::phase, Dimension::angle, between(-7.0, 7.0),
                                     "Phase of the field of this light at the input."));
        const Schema<LaunchTerm> term = Schema<LaunchTerm>("superposition", term_rows)
                                            .check([](const LaunchTerm& t, const ConfigNode& table, Diagnostics& d) {
                                                check_light(t.light, table, d);
                                            });
        std::vector<Row<LaunchConfig>> rows = light_rows();
        rows.push_back(
            tables("superposition", &LaunchConfig::superposition, term,
                   "Coherent sum of several launched fields, each described like a launch with an amplitude and a "
                   "phase. The first one determines the reference index and the mode whose transmission "
                   "is reported."));
        return Schema<LaunchConfig>("launch", rows).check(check_light);
    }();
    return schema;
}

namespace {

const Schema<YieldConfig>& yield_schema() {
    const auto spread = [](const char* key, double YieldConfig::*member, const char* help) {
        return quantity(key, member, Dimension::length, between(0.0, 1e-4), help);
    };
    static const Schema<YieldConfig> schema =
        Schema<YieldConfig>(
            "yield",
            {number("draws", &YieldConfig::draws, between(100.0, 1e8), "Number of arrays that are drawn."),
             number("seed", &YieldConfig::seed, between(0.0, 1e15),
                    "Seed of the random numbers. The same seed gives the same numbers, for any number of threads."),
             quantity("limit", &YieldConfig::limit, Dimension::level, between(1e-3, 20.0),
                      "Largest loss at the facet with which a channel counts as good."),
             spread("placement_x", &YieldConfig::placement_x,
                    "Standard deviation of the position of the port, or of the array as a whole, along x."),
             spread("placement_y", &YieldConfig::placement_y, "The same along y."),
             quantity("rotation", &YieldConfig::rotation, Dimension::angle, between(0.0, 0.1),
                      "Standard deviation of the rotation of the array about its middle, in the plane of the facet."),
             spread("pitch", &YieldConfig::pitch, "Standard deviation of each channel's position along x."),
             spread("core", &YieldConfig::core,
                    "Standard deviation of the eccentricity of each fiber's core, along x and along y."),
             spread("gap", &YieldConfig::gap,
                    "Standard deviation of the gap between the facets; the gap stays positive."),
             quantity("process", &YieldConfig::process, Dimension::level, between(0.0, 10.0),
                      "Standard deviation of the loss of each channel by what differs between guides.")})
            .check([](const YieldConfig& y, const ConfigNode& table, Diagnostics& d) {
                for (const auto& [key, value] : {std::pair("draws", y.draws), std::pair("seed", y.seed)})
                    if (value != std::floor(value))
                        d.error(at(table, key), fmt::format("yield {} must be an integer", key));
            });
    return schema;
}

}  // namespace

const Schema<CouplingConfig>& coupling_schema() {
    static const Schema<CouplingConfig> schema(
        "[[coupling]]",
        {choice("at", &CouplingConfig::at, {{"input", End::input}, {"output", End::output}},
                "End of the guide at which the port lies.")
             .require(),
         table("to", &CouplingConfig::to, port_schema(), "The port: a fiber, a chip port or a Gaussian.").require(),
         text("guide", &CouplingConfig::guide,
              "Name of the guide to which the port belongs: its offset counts from that guide's axis, and the coupling "
              "is into that guide's own mode. Default: the only guide, or the one at the port's place."),
         table("offset", &CouplingConfig::offset, offset_schema(),
               "Position of the port's axis. Default: that of the launch of the same port; else on the guide's axis at "
               "the height of best coupling."),
         quantity(
             "tilt_x", &CouplingConfig::tilt_x, Dimension::angle, between(-0.8, 0.8),
             "Tilt of the port's axis towards positive x, in the medium of the gap, or in the glass where there is "
             "none. Default: that of the launch of the same port; else 0."),
         quantity("tilt_y", &CouplingConfig::tilt_y, Dimension::angle, between(-0.8, 0.8),
                  "The same towards positive y."),
         quantity("gap", &CouplingConfig::gap, Dimension::length, between(0.0, 1e-2),
                  "Distance between the facets of the port and of the guide."),
         material("medium", &CouplingConfig::medium,
                  "What fills the gap: \"air\", the name of a material, or its index as a number."),
         table("array", &CouplingConfig::array,
               Schema<ArrayConfig>("array",
                                   {quantity("pitch", &ArrayConfig::pitch, Dimension::length, positive(),
                                             "Distance between neighbouring ports along x.")
                                        .require(),
                                    integer("count", &ArrayConfig::count, 1, 1000, "Number of ports.").require()}),
               "Makes the port an array of equal ports side by side, such as a fiber array. The first stands at the "
               "offset, the others at higher x, each coupled into the guide nearest to it. If "
               "a channel has no named guide within half a pitch, it counts in the yield only, as a channel like the "
               "first."),
         table(
             "tolerance", &CouplingConfig::tolerance,
             Schema<ToleranceConfig>(
                 "tolerance",
                 {quantity("x", &ToleranceConfig::x, Dimension::length, positive(), "Largest misalignment along x.")
                      .require(),
                  quantity("y", &ToleranceConfig::y, Dimension::length, positive(), "Largest misalignment along y.")
                      .require(),
                  quantity("tilt_x", &ToleranceConfig::tilt_x, Dimension::angle, between(0.0, 0.5),
                           "Largest further tilt towards x."),
                  quantity("tilt_y", &ToleranceConfig::tilt_y, Dimension::angle, between(0.0, 0.5),
                           "Largest further tilt towards y.")}),
             "Requests a map over 41 x 41 misalignments about the port's position, up to the given x and y, and over 9 "
             "further tilts about each axis for which one is given. It holds the coupling into the guide's mode and, "
             "for "
             "a port at the input of a propagation, also the power that reaches the guide's mode at its end. That map "
             "comes from one backward propagation, and is not available with transparent edges."),
         table("yield", &CouplingConfig::yield, yield_schema(),
               "Requests a Monte Carlo computation of the losses at this facet: of the port, or of all channels of its "
               "array.")});
    return schema;
}

}  // namespace vitral::config
