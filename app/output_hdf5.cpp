#include "app/output_hdf5.hpp"

#include <fmt/core.h>

#include <cmath>

#include "app/element_output.hpp"
#include "app/io/atomic_file.hpp"
#include "app/io/hdf5_file.hpp"
#include "app/output_json.hpp"

namespace vitral::app {
namespace {

using io::Hdf5Writer;

std::vector<double> positions(const Axis& axis) {
    std::vector<double> out;
    for (int i = 0; i < axis.count; ++i) out.push_back(axis.at(i));
    return out;
}

/// The cells whose centres lie in the section; a half that was computed is shown whole.
struct ShownCells {
    std::vector<double> x, y;
    std::vector<std::size_t> columns;  ///< of the mesh, in the order of x
    std::size_t first_row = 0;
};

ShownCells shown_cells(const exchange::Exchange& e, const SectionConfig& section) {
    ShownCells shown;
    const auto &x = e.mesh.x_centers(), &y = e.mesh.y_centers();
    const double half = 0.5 * section.width;
    if (e.mirrored)
        for (std::size_t i = x.size(); i-- > 0;)
            if (x[i] <= half) {
                shown.x.push_back(-x[i]);
                shown.columns.push_back(i);
            }
    for (std::size_t i = 0; i < x.size(); ++i)
        if (std::abs(x[i]) <= half) {
            shown.x.push_back(x[i]);
            shown.columns.push_back(i);
        }
    while (shown.first_row + 1 < y.size() && y[shown.first_row] < -section.depth) ++shown.first_row;
    shown.y.assign(y.begin() + static_cast<std::ptrdiff_t>(shown.first_row), y.end());
    return shown;
}

void write_process(Hdf5Writer& file, const exchange::Exchange& e, const SectionConfig& section) {
    const ShownCells shown = shown_cells(e, section);
    const auto nx = static_cast<std::size_t>(e.mesh.nx()), ny = shown.y.size();
    file.write_scale("/process/x", shown.x, {"m", "lateral position of the cell centres"});
    file.write_scale("/process/y", shown.y, {"m", "height of the cell centres; the surface is y = 0"});
    for (std::size_t ion = 0; ion < e.ions.size(); ++ion) {
        std::vector<double> c, wall;
        for (std::size_t iy = shown.first_row; iy < static_cast<std::size_t>(e.mesh.ny()); ++iy)
            for (const std::size_t ix : shown.columns) c.push_back(e.c[ion * e.mesh.size() + iy * nx + ix]);
        for (const std::size_t ix : shown.columns) wall.push_back(e.wall[ion * nx + ix]);
        const std::vector<io::Dimension1D> axes = {{ny, "/process/y"}, {shown.x.size(), "/process/x"}};
        const std::string what = "normalised concentration of " + e.ions[ion];
        // The first ion under the plain name; every ion under its own where there are several.
        if (ion == 0) {
            file.write("/process/concentration", c, axes, {"1", what});
            file.write("/process/surface_concentration", wall, {axes[1]}, {"1", what + " at y = 0"});
        }
        if (e.ions.size() > 1) file.write("/process/concentration_" + e.ions[ion], c, axes, {"1", what});
    }
    std::vector<double> dose, mass, charge, low, high;
    for (const auto& s : e.steps) {
        dose.push_back(s.dose[0]);
        mass.push_back(s.mass_imbalance);
        charge.push_back(s.account.charge_imbalance);
        low.push_back(s.account.lowest);
        high.push_back(s.account.highest);
    }
    file.write("/process/dose", dose, {{dose.size(), ""}},
               {"m^2", "integral of the first ion's concentration over all of the glass, after each step"});
    file.write("/process/mass_imbalance", mass, {{mass.size(), ""}},
               {"1", "change of dose minus boundary flux, relative"});
    file.write("/process/charge_imbalance", charge, {{charge.size(), ""}},
               {"1", "anode minus cathode current, relative"});
    file.write("/process/lowest_concentration", low, {{low.size(), ""}},
               {"1", "lowest concentration during each step"});
    file.write("/process/highest_concentration", high, {{high.size(), ""}},
               {"1", "highest concentration during each step"});
}

void write_light(Hdf5Writer& file, const WavelengthResult& light, const std::string& w, bool with_fields) {
    const Grid& g = light.index.grid;
    const auto nx = static_cast<std::size_t>(g.x.count), ny = static_cast<std::size_t>(g.y.count);
    if (g.size() == 0) return;
    const std::string index = "/index/" + w;
    file.write_scale(index + "/x", positions(g.x), {"m", "lateral position"});
    file.write_scale(index + "/y", positions(g.y), {"m", "height above the glass surface"});
    file.attribute(index, "wavelength", light.wavelength);
    const std::vector<io::Dimension1D> section = {{ny, index + "/y"}, {nx, index + "/x"}};
    file.write(index + "/n", light.index.values, section, {"1", "refractive index of the section at z = 0"});
    if (light.index_x && light.index_y) {
        file.write(index + "/n_x", light.index_x->values, section, {"1", "the same for light polarised along x"});
        file.write(index + "/n_y", light.index_y->values, section, {"1", "the same for light polarised along y"});
    }
    if (light.absorption)
        file.write(index + "/absorption", light.absorption->values, section,
                   {"1/m", "power attenuation of the material"});

    if (light.modes_computed) {
        const std::string group = "/modes/" + w;
        std::vector<double> number, n_eff, n_group, mfd_x, mfd_y, psi;
        for (std::size_t m = 0; m < light.modes.size(); ++m) {
            number.push_back(static_cast<double>(m));
            n_eff.push_back(light.modes[m].n_eff);
            n_group.push_back(light.modes[m].n_group);
            mfd_x.push_back(light.modes[m].figures.mfd_gauss_x);
            mfd_y.push_back(light.modes[m].figures.mfd_gauss_y);
            psi.insert(psi.end(), light.mode_fields[m].psi.values.begin(), light.mode_fields[m].psi.values.end());
        }
        file.write_scale(group + "/mode", number, {"1", "number of the mode"});
        const io::Dimension1D mode{number.size(), group + "/mode"};
        file.write(group + "/n_eff", n_eff, {mode}, {"1", "effective index"});
        file.write(group + "/n_group", n_group, {mode}, {"1", "group index"});
        file.write(group + "/mfd_gauss_x", mfd_x, {mode}, {"m", "1/e2 diameter along x of the best Gaussian"});
        file.write(group + "/mfd_gauss_y", mfd_y, {mode}, {"m", "1/e2 diameter along y of the best Gaussian"});
        if (!number.empty())
            file.write(group + "/psi", psi, {mode, section[0], section[1]},
                       {g.is_slab() ? "m^-1/2" : "1/m", "field of the mode, unit power"});
    }
    if (light.element_modes) write_element_modes(file, *light.element_modes, "/modes/" + w, g.is_slab(), with_fields);
    if (light.propagation) {
        const PropagationResult& p = *light.propagation;
        const std::string group = "/propagation/" + w;
        const PropagationRecords& along = p.along;
        file.write_scale(group + "/z", along.z, {"m", "position along the guide"});
        const io::Dimension1D z{along.z.size(), group + "/z"};
        file.write(group + "/power", along.power, {z}, {"1", "power in the window"});
        file.write(group + "/removed", along.removed, {z}, {"1", "power that has left the window since the launch"});
        file.write(group + "/center_x", along.center_x, {z}, {"m", "mean of x, weighted with the intensity"});
        file.write(group + "/width_x", along.width_x, {z}, {"m", "4 sigma width along x"});
        if (!g.is_slab()) {
            file.write(group + "/center_y", along.center_y, {z}, {"m", "mean of y, weighted with the intensity"});
            file.write(group + "/width_y", along.width_y, {z}, {"m", "4 sigma width along y"});
        }
        std::vector<double> mode_power;
        for (const auto& powers : along.mode_power) mode_power.insert(mode_power.end(), powers.begin(), powers.end());
        file.write(group + "/mode_power", mode_power, {{along.mode_power.size(), "/modes/" + w + "/mode"}, z},
                   {"1", "power in the local guided modes"});
        for (std::size_t k = 0; k < p.watch.size(); ++k) {
            const std::string path = fmt::format("{}/watch_{}", group, k);
            file.write(path, along.watch_power[k], {z}, {"1", "power in the mode: " + p.watch[k]});
        }
        file.write(group + "/intensity_xz", along.intensity_xz, {z, section[1]},
                   {g.is_slab() ? "1/m" : "1/m^2", "intensity along x at the height of the attribute y"});
        file.attribute(group + "/intensity_xz", "y", p.intensity_y);
        file.write(group + "/field", p.field.values, section,
                   {g.is_slab() ? "m^-1/2" : "1/m", "field at the end, carrier exp(i k0 n_ref z) removed"});
    }
    for (std::size_t k = 0; k < light.coupling.size(); ++k) {
        const CouplingResult& r = light.coupling[k];
        const std::string group = fmt::format("/coupling/{}/{}", w, k);
        const std::vector<std::tuple<const char*, double, const char*, const char*>> values = {
            {"efficiency", r.efficiency, "1", "power fraction, facet reflection not included"},
            {"reflection", r.reflection, "1", "Fresnel reflection of the facet"},
            {"loss_dB", r.loss_dB, "dB", "loss with the facet"},
            {"offset_x", r.offset_x, "m", "port's axis from the guide's"},
            {"offset_y", r.offset_y, "m", "port's axis above the surface"},
            {"tolerance_1dB_x", r.tolerance_1dB_x.value_or(NAN), "m", "misalignment along x that costs 1 dB"},
            {"tolerance_1dB_y", r.tolerance_1dB_y.value_or(NAN), "m", "misalignment along y that costs 1 dB"}};
        for (const auto& [name, value, units, long_name] : values)
            file.write(group + "/" + name, std::span(&value, 1), {}, {units, long_name});
        if (r.misalignment) {
            const MisalignmentResult& map = *r.misalignment;
            file.write_scale(group + "/misalignment_x", map.x, {"m", "misalignment along x from the port's place"});
            file.write_scale(group + "/misalignment_y", map.y, {"m", "misalignment along y from the port's place"});
            const std::vector<io::Dimension1D> places = {{map.y.size(), group + "/misalignment_y"},
                                                         {map.x.size(), group + "/misalignment_x"}};
            file.write(group + "/misalignment_efficiency", map.efficiency, places,
                       {"1", "power fraction into the guide's mode, facets not included"});
            if (!map.transmission.empty())
                file.write(group + "/misalignment_transmission", map.transmission, places,
                           {"1", "power fraction into the fundamental mode at the guide's other end"});
        }
        file.attribute(group, "at", r.at);
        file.attribute(group, "to", r.to);
    }
    if (light.link)
        file.write("/coupling/" + w + "/link_loss_dB", std::span(&light.link->loss_dB, 1), {},
                   {"dB", "sum of the link budget"});
}

}  // namespace

void write_results(const std::filesystem::path& path, const Case& c, const RunResult& result, const Provenance& p) {
    io::write_atomically(path, [&](const std::filesystem::path& temporary) {
        const io::Hdf5Lock lock;
        Hdf5Writer file(temporary);
        file.attribute("/", "format", "vitral-results");
        file.attribute("/", "format_version", "1.0");
        file.attribute("/", "program_version", p.version);
        file.write_text("/config/text", c.config_text);
        file.write_text("/config/resolved", resolved_config(c));
        file.write_text("/summary",
                        results_json(result, p).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        if (result.process) write_process(file, *result.process, c.section);
        for (std::size_t k = 0; k < result.wavelengths.size(); ++k)
            // Of a long list of wavelengths the modes' fields would fill the disk: the first one's are kept.
            write_light(file, result.wavelengths[k], fmt::format("w{}", k), k == 0 || result.wavelengths.size() <= 8);
        const std::vector<std::pair<const char*, const std::string*>> facts = {{"version", &p.version},
                                                                               {"git_hash", &p.git_hash},
                                                                               {"compiler", &p.compiler},
                                                                               {"flags", &p.flags},
                                                                               {"host", &p.host},
                                                                               {"started", &p.started},
                                                                               {"command_line", &p.command_line},
                                                                               {"libraries", &p.libraries},
                                                                               {"config_sha256", &p.config_sha256},
                                                                               {"inputs_sha256", &p.inputs_sha256},
                                                                               {"program_id", &p.program_id},
                                                                               {"wisdom_sha256", &p.wisdom_sha256}};
        file.write_text("/provenance/log", results_text(result));
        for (const auto& [name, value] : facts) file.attribute("/provenance", name, *value);
        file.attribute("/provenance", "threads", static_cast<std::int64_t>(p.threads));
        file.finish();
    });
}

}  // namespace vitral::app
