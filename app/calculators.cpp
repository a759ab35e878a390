#include "app/calculators.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>

#include "app/materials.hpp"
#include "core/errors.hpp"
#include "modes/fiber_lines.hpp"
#include "modes/fiber_mode.hpp"
#include "modes/inverse_wkb.hpp"

namespace vitral::app {

using Json = nlohmann::ordered_json;

void fiber_answer(const std::string& name, double wavelength, bool json, std::ostream& out) try {
    const FiberRecord record = load_fiber(name, "");
    const modes::StepFiber fiber = record.at(wavelength);
    const modes::FiberMode lp01(fiber, wavelength);
    const auto gauss = lp01.best_gaussian();
    Json answer = {{"name", record.name},
                   {"wavelength", wavelength},
                   {"n_core", fiber.n_core},
                   {"n_cladding", fiber.n_cladding},
                   {"core_radius", fiber.core_radius},
                   {"V", lp01.V()},
                   {"mfd_petermann", lp01.mode_field_diameter()},
                   {"mfd_gauss", gauss.diameter},
                   {"gauss_overlap", gauss.overlap}};
    const auto list = [&](const char* kind, const auto& modes_at) {
        Json lines = Json::array();
        for (const modes::FiberLine& line : modes_at(fiber, wavelength)) {
            // The same mode at neighbouring wavelengths; near its cut-off it is not always there.
            Json n_group;
            try {
                n_group = modes::group_index(
                    [&](double at) {
                        for (const modes::FiberLine& other : modes_at(record.at(at), at))
                            if (other.name == line.name) return other.n_eff;
                        throw std::domain_error("cut off");
                    },
                    wavelength);
            } catch (const std::domain_error&) {
            } catch (const Error&) {  // beyond the wavelengths of the glass's record
            }
            lines.push_back({{"name", line.name}, {"n_eff", line.n_eff}, {"n_group", std::move(n_group)}});
        }
        answer[kind] = std::move(lines);
    };
    list("lp_modes", modes::lp_modes);
    list("vector_modes", modes::vector_modes);
    if (json) {
        out << answer.dump(2) << "\n";
        return;
    }
    out << fmt::format("{} at {:g} nm: V = {:.4f}, core {:.6f}, cladding {:.6f}, radius {:g} um\n", record.name,
                       wavelength * 1e9, lp01.V(), fiber.n_core, fiber.n_cladding, fiber.core_radius * 1e6)
        << fmt::format(
               "  LP01: mode-field diameter {:.4f} um (Petermann II), {:.4f} um (best Gaussian, overlap {:.6f})\n",
               lp01.mode_field_diameter() * 1e6, gauss.diameter * 1e6, gauss.overlap);
    for (const char* kind : {"lp_modes", "vector_modes"})
        for (const Json& line : answer[kind])
            out << fmt::format(
                "  {:<6} n_eff {:.10f}  n_group {}\n", line["name"].get<std::string>(), line["n_eff"].get<double>(),
                line["n_group"].is_null() ? "not computed: near cut-off, or its glass not known beside this wavelength"
                                          : fmt::format("{:.7f}", line["n_group"].get<double>()));
} catch (const std::domain_error& failure) {
    throw Error(Failure::input_file, failure.what(), name);
}

void profile_answer(const std::vector<double>& n_eff, double wavelength, double cover, std::optional<double> surface,
                    bool json, std::ostream& out) try {
    const modes::MeasuredProfile profile = modes::inverse_wkb(n_eff, wavelength, cover, surface);
    if (json) {
        out << Json{{"wavelength", wavelength},
                    {"surface_index", profile.surface_index},
                    {"depth", profile.depth},
                    {"index", profile.index}}
                   .dump(2)
            << "\n";
        return;
    }
    out << "depth_um,index\n" << fmt::format("0,{:.6f}\n", profile.surface_index);
    for (std::size_t m = 0; m < profile.depth.size(); ++m)
        out << fmt::format("{:.4f},{:.6f}\n", profile.depth[m] * 1e6, profile.index[m]);
} catch (const std::invalid_argument& failure) {
    throw Error(Failure::input_file, failure.what(), "command line");
}

}  // namespace vitral::app
