#include "app/element_output.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "app/mode_shape_json.hpp"
#include "core/constants.hpp"

namespace vitral::app {

using Json = nlohmann::ordered_json;

namespace {

/// Power loss by absorption in the permittivity and by leakage, dB/cm.
double loss_dB_per_cm(Complex n_eff, double wavelength) {
    return 20.0 / std::log(10.0) * n_eff.imag() * 2.0 * pi / wavelength * 1e-2;
}

std::string um(double metres) { return fmt::format("{:.4g} um", std::abs(metres) < 1e-14 ? 0.0 : metres * 1e6); }

/// Direction of the larger transverse component, in the words of waveguides.
std::string family(const modes::SectionMode& mode, double x_fraction, bool slab) {
    // In a slab the layers lie across x.
    if (slab) return mode.on->problem.equation == modes::WaveEquation::scalar ? "TE" : "TM";
    if (mode.on->problem.equation == modes::WaveEquation::scalar) return "scalar";
    return x_fraction >= 0.5 ? "TE-like" : "TM-like";
}

}  // namespace

Json element_modes_json(const ElementModes& modes, double wavelength, bool slab) {
    Json list = Json::array();
    for (const ElementMode& m : modes.modes) {
        const auto& f = m.figures;
        const bool vector = m.mode.on->problem.equation == modes::WaveEquation::full_vector;
        Json confinement = Json::object(), sensitivities = Json::object();
        for (std::size_t r = 0; r < modes.regions.size(); ++r) confinement[modes.regions[r]] = f.confinement[r];
        for (const Sensitivity& s : m.sensitivities) {
            const std::size_t dot = s.parameter.find('.');  // a box's own are a table of theirs
            if (dot == std::string::npos)
                sensitivities[s.parameter] = s.value;
            else
                sensitivities[s.parameter.substr(0, dot)][s.parameter.substr(dot + 1)] = s.value;
        }
        // Between closed walls nothing leaks: that is not computed, not zero.
        const bool lossy = modes.open_walls;
        Json mode = {{"number", m.number},
                     {"overlap_with_last_wavelength", m.overlap_with_last ? Json(*m.overlap_with_last) : Json()},
                     {"n_eff", m.mode.n_eff.real()},
                     {"n_eff_error", m.mode.error},
                     {"n_eff_imag", lossy ? Json(m.mode.n_eff.imag()) : Json()},
                     {"n_eff_imag_error", lossy ? Json(m.mode.error_imag) : Json()},
                     {"n_group", m.n_group},
                     {"dispersion", m.dispersion ? Json(*m.dispersion) : Json()},
                     {"polarization", family(m.mode, f.x_fraction, slab)},
                     {"te_fraction", vector ? Json(f.x_fraction) : Json()},
                     {"transverse_fraction", vector ? Json(f.transverse_fraction) : Json()}};
        add_shape(mode, f, slab);
        mode["mfd_petermann_x"] = f.mfd_petermann_x;
        mode["mfd_petermann_y"] = slab ? Json() : Json(f.mfd_petermann_y);
        mode["confinement"] = std::move(confinement);
        mode["loss_dB_per_cm"] = lossy ? Json(loss_dB_per_cm(m.mode.n_eff, wavelength)) : Json();
        mode["absorption_dB_per_cm"] = m.absorption ? Json(*m.absorption * 0.1 / std::log(10.0)) : Json();
        mode["sensitivities"] = std::move(sensitivities);
        mode["residual"] = m.mode.residual;
        list.push_back(std::move(mode));
    }
    return list;
}

Json mode_solver_json(const ElementModes& modes, const std::string& solver) {
    Json window;
    if (!modes.modes.empty()) {
        const auto& p = modes.modes[0].mode.on->problem;
        const bool mx = modes.modes[0].mode.on->mirrored_x, my = modes.modes[0].mode.on->mirrored_y;
        window = {{"x", {mx ? 2.0 * p.x.lower() - p.x.upper() : p.x.lower(), p.x.upper()}},
                  {"y", {my ? 2.0 * p.y.lower() - p.y.upper() : p.y.lower(), p.y.upper()}}};
    }
    return {{"solver", solver},
            {"eigensolver", "shift and invert by nested dissection, block Arnoldi"},
            {"degree", modes.degree},
            {"unknowns", modes.unknowns},
            {"solves", modes.solves},
            {"factor_bytes", modes.bytes},
            {"window", std::move(window)},
            {"leakage", modes.open_walls ? "computed: matched layers" : "not computed: closed boundary"},
            {"within_accuracy", modes.within_accuracy}};
}

Json planar_modes_json(const PlanarModes& modes) {
    const auto list = [](const std::vector<PlanarModes::Line>& lines) {
        Json out = Json::array();
        for (const auto& line : lines) out.push_back({{"n_eff", line.n_eff}, {"n_eff_error", line.error}});
        return out;
    };
    return {{"TE", list(modes.te)}, {"TM", list(modes.tm)}};
}

std::vector<std::string> element_modes_text(const ElementModes& modes, bool slab) {
    std::vector<std::string> lines;
    for (const ElementMode& m : modes.modes) {
        const auto& f = m.figures;
        std::string line =
            fmt::format("  mode {:<8}n_eff {:.9f} +- {:.1e}  n_group {:.6f}  {}", m.number, m.mode.n_eff.real(),
                        m.mode.error, m.n_group, family(m.mode, f.x_fraction, slab));
        if (m.mode.on->problem.equation == modes::WaveEquation::full_vector)
            line += fmt::format(" ({:.4f} of |E_t|2 along x)", f.x_fraction);
        if (modes.open_walls)
            line += fmt::format("  loss {:.4g} dB/cm", loss_dB_per_cm(m.mode.n_eff, m.mode.on->problem.wavelength));
        lines.push_back(line);
        line =
            slab ? fmt::format("               1/e2 width {}, 4 sigma {}", um(f.mfd_1e2_x), um(f.mfd_4sigma_x))
                 : fmt::format("               4 sigma {} x {}, best Gaussian {} x {}, centre y {}", um(f.mfd_4sigma_x),
                               um(f.mfd_4sigma_y), um(f.mfd_gauss_x), um(f.mfd_gauss_y), um(f.center_y));
        for (std::size_t r = 0; r < modes.regions.size(); ++r)
            line += fmt::format("; {:.4f} of the power in {}", f.confinement[r], modes.regions[r]);
        lines.push_back(line);
        if (m.dispersion)
            lines.push_back(fmt::format("               dispersion {:.2f} ps/(nm km)", *m.dispersion * 1e6));
        for (const Sensitivity& s : m.sensitivities)
            lines.push_back(
                s.unit == "1/m"
                    ? fmt::format("               dn_eff/d({}) = {:.6g} per um", s.parameter, s.value * 1e-6)
                    : fmt::format("               dn_eff/d({}) = {:.6g}", s.parameter, s.value));
    }
    if (modes.modes.empty()) return lines;
    lines.push_back(fmt::format("               on elements of degree {}, {} unknowns; leakage {}", modes.degree,
                                modes.unknowns, modes.open_walls ? "computed" : "not computed: closed boundary"));
    return lines;
}

std::vector<std::string> planar_modes_text(const PlanarModes& modes) {
    std::vector<std::string> lines;
    const auto list = [&](const char* name, const std::vector<PlanarModes::Line>& own) {
        std::string line = fmt::format("  planar {:<5} ", name);
        for (const auto& mode : own) line += fmt::format(" {:.6f}", mode.n_eff);
        lines.push_back(own.empty() ? line + " no guided mode" : line);
    };
    list("TE", modes.te);
    list("TM", modes.tm);
    return lines;
}

void write_element_modes(io::Hdf5Writer& file, const ElementModes& modes, const std::string& group, bool slab,
                         bool with_fields) {
    if (modes.modes.empty()) return;
    std::vector<double> number, n_eff, n_imag, error, n_group, te;
    double left = 1.0, right = -1.0, bottom = 1.0, top = -1.0;
    for (const ElementMode& m : modes.modes) {
        const auto& f = m.figures;
        number.push_back(m.number);
        n_eff.push_back(m.mode.n_eff.real());
        n_imag.push_back(modes.open_walls ? m.mode.n_eff.imag() : std::nan(""));
        error.push_back(m.mode.error);
        n_group.push_back(m.n_group);
        te.push_back(m.mode.on->problem.equation == modes::WaveEquation::full_vector ? f.x_fraction : std::nan(""));
        left = std::min(left, f.center_x - 1.2 * f.mfd_4sigma_x),
        right = std::max(right, f.center_x + 1.2 * f.mfd_4sigma_x);
        bottom = std::min(bottom, f.center_y - 1.2 * f.mfd_4sigma_y),
        top = std::max(top, f.center_y + 1.2 * f.mfd_4sigma_y);
    }
    constexpr int count = 241;
    const auto places = [](double from, double to, int points) {
        std::vector<double> list;
        for (int i = 0; i < points; ++i) list.push_back(from + (to - from) * (i + 0.5) / points);
        return list;
    };
    const std::vector<double> x = places(left, right, count),
                              y = slab ? std::vector<double>{0.5 * modes.modes[0].mode.on->problem.y.upper()}
                                       : places(bottom, top, count);
    const std::string own = group + "/elements";
    file.write_scale(own + "/mode", number, {"1", "number of the mode, kept from wavelength to wavelength by overlap"});
    file.write_scale(own + "/x", x, {"m", "lateral position"});
    file.write_scale(own + "/y", slab ? std::vector<double>{0.0} : y, {"m", "height above the glass surface"});
    const io::Dimension1D mode{number.size(), own + "/mode"};
    file.write(own + "/n_eff", n_eff, {mode}, {"1", "effective index"});
    file.write(own + "/n_eff_error", error, {mode}, {"1", "error bar of the effective index"});
    file.write(own + "/n_eff_imag", n_imag, {mode},
               {"1", "imaginary part; not a number where leakage is not computed"});
    file.write(own + "/n_group", n_group, {mode}, {"1", "group index"});
    file.write(own + "/te_fraction", te, {mode},
               {"1", "share of |E_x|^2 in |E_x|^2 + |E_y|^2; not a number of scalar modes"});

    if (!with_fields) return;
    std::vector<std::pair<const char*, std::vector<Complex> modes::ModeFields::*>> parts;
    if (modes.modes[0].mode.on->problem.equation == modes::WaveEquation::scalar)
        parts = {{"psi", &modes::ModeFields::e_x}};
    else
        parts = {{"E_x", &modes::ModeFields::e_x}, {"E_y", &modes::ModeFields::e_y}, {"E_z", &modes::ModeFields::e_z},
                 {"H_x", &modes::ModeFields::h_x}, {"H_y", &modes::ModeFields::h_y}, {"H_z", &modes::ModeFields::h_z}};
    std::vector<std::vector<Complex>> values(parts.size());
    for (const ElementMode& m : modes.modes) {
        const modes::ModeFields f = m.mode.fields(x, y);
        // A slab was solved on an element of some height: unit power per metre of height.
        const double scale = slab ? std::sqrt(m.mode.on->problem.y.upper() - m.mode.on->problem.y.lower()) : 1.0;
        for (std::size_t p = 0; p < parts.size(); ++p)
            for (const Complex value : f.*parts[p].second) values[p].push_back(scale * value);
    }
    for (std::size_t p = 0; p < parts.size(); ++p)
        file.write(own + "/" + parts[p].first, values[p], {mode, {y.size(), own + "/y"}, {x.size(), own + "/x"}},
                   {slab ? "m^-1/2" : "1/m",
                    parts.size() == 1
                        ? "scalar field, unit power"
                        : "field at unit power: the integral of Re(E x H*) is 1, H times the impedance of vacuum"});
}

}  // namespace vitral::app
