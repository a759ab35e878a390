#include <fmt/core.h>

#include <ostream>
#include <stdexcept>

#include "app/commands/options.hpp"
#include "app/config/quantity.hpp"
#include "app/config/schema.hpp"
#include "app/records/library.hpp"
#include "core/errors.hpp"
#include "modes/fiber/fiber_lines.hpp"
#include "modes/fiber/fiber_mode.hpp"
#include "modes/planar/inverse_wkb.hpp"

namespace vitral::commands {
namespace {

using config::Json;

double metres(const Options& o) {
    return std::get<double>(config::parse_quantity(o.wavelength, config::Dimension::length));
}

using Solver = std::vector<modes::FiberLine> (*)(const modes::StepFiber&, double);

/// The lines of one kind with their group indices. Where the records of the glasses end beside the wavelength, no group index
/// is known.
Json lines_of(const records::FiberRecord& record, Solver solver, double wavelength) {
    const modes::LinesAt at = [&](double other) { return solver(record.at(other), other); };
    const std::vector<modes::FiberLine> lines = at(wavelength);
    std::vector<std::optional<double>> groups(lines.size());
    try {
        groups = modes::group_indices(at, wavelength);
    } catch (const Error&) {
    }
    Json list = Json::array();
    for (std::size_t i = 0; i < lines.size(); ++i)
        list.push_back(
            {{"name", lines[i].name}, {"n_eff", lines[i].n_eff}, {"n_group", groups[i] ? Json(*groups[i]) : Json()}});
    return list;
}

Json fiber_json(const records::FiberRecord& record, double wavelength) {
    const modes::StepFiber fiber = record.at(wavelength);
    const modes::FiberMode lp01(fiber, wavelength);
    const auto gauss = lp01.best_gaussian();
    return {{"name", record.name},
            {"wavelength", wavelength},
            {"n_core", fiber.n_core},
            {"n_cladding", fiber.n_cladding},
            {"core_radius", fiber.core_radius},
            {"V", lp01.V()},
            {"mfd_petermann", lp01.mode_field_diameter()},
            {"mfd_gauss", gauss.diameter},
            {"gauss_overlap", gauss.overlap},
            {"lp_modes", lines_of(record, modes::lp_modes, wavelength)},
            {"vector_modes", lines_of(record, modes::vector_modes, wavelength)}};
}

void print_fiber(const Json& answer, std::ostream& out) {
    out << fmt::format("{} at {:g} nm: V = {:.4f}, core {:.6f}, cladding {:.6f}, radius {:g} um\n",
                       answer["name"].get<std::string>(), answer["wavelength"].get<double>() * 1e9,
                       answer["V"].get<double>(), answer["n_core"].get<double>(), answer["n_cladding"].get<double>(),
                       answer["core_radius"].get<double>() * 1e6)
        << fmt::format(
               "  LP01: mode-field diameter {:.4f} um (Petermann II), {:.4f} um (best Gaussian, overlap {:.6f})\n",
               answer["mfd_petermann"].get<double>() * 1e6, answer["mfd_gauss"].get<double>() * 1e6,
               answer["gauss_overlap"].get<double>())
        << fmt::format("  {} LP modes, {} vector modes (orientations not counted)\n", answer["lp_modes"].size(),
                       answer["vector_modes"].size());
    for (const char* kind : {"lp_modes", "vector_modes"})
        for (const Json& line : answer[kind])
            out << fmt::format(
                "  {:<6} n_eff {:.10f}  n_group {}\n", line["name"].get<std::string>(), line["n_eff"].get<double>(),
                line["n_group"].is_null() ? "not computed: near cut-off, or its glass not known beside this wavelength"
                                          : fmt::format("{:.7f}", line["n_group"].get<double>()));
}

}  // namespace

int fiber(const Options& o, std::ostream& out) try {
    records::Library library;
    const Json answer = fiber_json(library.fiber(o.record), metres(o));
    if (o.json)
        out << answer.dump(2) << "\n";
    else
        print_fiber(answer, out);
    return 0;
} catch (const std::domain_error& failure) {
    throw Error(Failure::input_file, failure.what(), o.record);
}

int profile(const Options& o, std::ostream& out) try {
    const modes::MeasuredProfile measured = modes::inverse_wkb(o.mode_indices, metres(o), o.cover, o.surface);
    if (o.json) {
        out << Json{{"wavelength", metres(o)},
                    {"surface_index", measured.surface_index},
                    {"depth", measured.depth},
                    {"index", measured.index}}
                   .dump(2)
            << "\n";
        return 0;
    }
    out << "depth_um,index\n" << fmt::format("0,{:.6f}\n", measured.surface_index);
    for (std::size_t m = 0; m < measured.depth.size(); ++m)
        out << fmt::format("{:.4f},{:.6f}\n", measured.depth[m] * 1e6, measured.index[m]);
    return 0;
} catch (const std::invalid_argument& failure) {
    throw Error(Failure::input_file, failure.what(), "command line");
}

}  // namespace vitral::commands
