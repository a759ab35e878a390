#include "app/stages/launch.hpp"

#include <fmt/core.h>

#include <cmath>

#include "app/stages/medium.hpp"
#include "app/stages/ports.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::stages {
namespace {

/// What a part of the launch is made from.
struct Scene {
    const PropagationParams& params;
    const PropagationInputs& in;
    std::vector<std::string>& warnings;
    [[nodiscard]] const GuidedMode& fundamental() const { return in.modes.on_grid[0]; }
    [[nodiscard]] coupling::Tail tail() const { return in.light.tail(fundamental().n_eff.real()); }
    [[nodiscard]] double k() const { return 2.0 * pi / in.light.wavelength() * fundamental().n_eff.real(); }
};

/// A light with the axis about which it is tilted.
struct Placed {
    Launch launch;
    double x = 0.0, y = 0.0;
};

/// The Gaussian of a slab, of waist w, a distance `focus` before its waist, of unit power per metre of height:
///     (2/π w²)^¼ q^-½ exp(-u²/(w² q)),   q = 1 - 2i focus/(k w²).
Complex sheet_before_waist(double u, double w, double focus, double k) {
    const Complex q(1.0, -2.0 * focus / (k * w * w));
    return std::sqrt(std::sqrt(2.0 / pi) / w) / std::sqrt(q) * std::exp(-u * u / (w * w * q));
}

/// A stored field on our grid: cubic splines along both axes, zero beyond its own window.
Field<Complex> resampled(const io::StoredField& stored, const Grid& grid) {
    const bool slab = stored.y.empty();
    const std::size_t nx = stored.x.size(), ny = slab ? 1 : stored.y.size();
    const auto inside = [](const std::vector<double>& axis, double at) {
        const double margin = 0.5 * std::abs(axis[1] - axis[0]) * (1.0 + 1e-9);
        return at >= axis.front() - margin && at <= axis.back() + margin;
    };
    // Along x: every stored row at our columns, real and imaginary parts.
    const auto columns = static_cast<std::size_t>(grid.x.count);
    std::vector<Complex> rows(ny * columns);
    std::vector<double> re(nx), im(nx);
    for (std::size_t j = 0; j < ny; ++j) {
        for (std::size_t i = 0; i < nx; ++i)
            re[i] = stored.values[j * nx + i].real(), im[i] = stored.values[j * nx + i].imag();
        const kernels::CubicSpline along_re(stored.x, re), along_im(stored.x, im);
        for (std::size_t i = 0; i < columns; ++i) {
            const double x = grid.x.at(static_cast<int>(i));
            if (inside(stored.x, x)) rows[j * columns + i] = Complex(along_re(x), along_im(x));
        }
    }
    Field<Complex> psi(grid);
    if (slab) {
        psi.values = std::move(rows);
        return psi;
    }
    re.resize(ny), im.resize(ny);
    for (std::size_t i = 0; i < columns; ++i) {
        for (std::size_t j = 0; j < ny; ++j) re[j] = rows[j * columns + i].real(), im[j] = rows[j * columns + i].imag();
        const kernels::CubicSpline along_re(stored.y, re), along_im(stored.y, im);
        for (int iy = 0; iy < grid.y.count; ++iy)
            if (const double y = grid.y.at(iy); inside(stored.y, y))
                psi(static_cast<int>(i), iy) = Complex(along_re(y), along_im(y));
    }
    return psi;
}

Placed make(const StoredLight& stored, const Scene& s) {
    const io::StoredField& field =
        stored.fields[stored.fields.size() > 1 ? static_cast<std::size_t>(s.in.wavelength) : 0];
    if (field.y.empty() != s.in.light.grid().is_slab())
        throw Error(Failure::input_file, field.y.empty() ? "holds a field of a slab" : "holds a field of a section",
                    stored.name);
    Placed light{{resampled(field, s.in.light.grid()), s.fundamental().n_eff.real(), 0, {}}, s.params.axis_x, 0.0};
    const double held = power(light.launch.psi);
    if (!(held > 0.0))
        throw Error(Failure::input_file, "the field lies outside of the window: no light is launched", stored.name);
    if (stored.keeps_power) return light;
    if (std::abs(held - 1.0) > 1e-3)
        s.warnings.push_back(fmt::format(
            "the field of {} holds a power of {:.4g} in the window and is scaled to unit power", stored.name, held));
    normalize(light.launch.psi);
    return light;
}

Placed make(const ModeLight& wish, const Scene& s) {
    const auto wanted = static_cast<std::size_t>(wish.number);
    const auto fail = [&](std::size_t count) {
        throw Error(Failure::input_file, fmt::format("launch mode {}: the section guides {} modes only", wanted, count),
                    "propagation");
    };
    if (!wish.of) {
        if (wanted >= s.in.modes.on_grid.size()) fail(s.in.modes.on_grid.size());
        const GuidedMode& mode = s.in.modes.on_grid[wanted];
        return {{as_complex(mode.psi), mode.n_eff.real(), wish.number, {}}};
    }
    const auto other = make_medium(with_formula(s.in.medium, *wish.of), nullptr, s.in.light.wavelength());
    const auto found = s.in.light.solve(s.in.light.seen_section(*other, 0.0), wish.number + 1).modes;
    if (wanted >= found.size()) fail(found.size());
    return {{as_complex(found[wanted].psi), found[wanted].n_eff, 0, {}}};
}

/// What the port sends into the tails that the guided modes have in a dark cover: their amplitudes in the light become those of their
/// whole fields, whose power is what their part on the grid stands for.
void add_tails(Field<Complex>& psi, const coupling::PortShape& port, const Scene& s, double x, double y) {
    if (s.tail().length == 0.0) return;
    const Field<Complex> sent = psi;
    for (const GuidedMode& mode : s.in.modes.on_grid) {
        const Field<Complex> shape = as_complex(mode.psi);
        const coupling::Light whole{shape, s.tail()};
        const Complex missing =
            coupling::overlap(whole, port, x, y) / std::sqrt(coupling::power_of(whole)) - inner_product(mode.psi, sent);
        for (std::size_t i = 0; i < psi.values.size(); ++i) psi.values[i] += missing * mode.psi.values[i];
    }
}

Placed make(const PortLight& wish, const Scene& s) {
    const Grid& grid = s.in.light.grid();
    Placed light{{{}, s.fundamental().n_eff.real(), 0, {}}, s.params.axis_x, 0.0};
    const PlacementParams& placement = wish.placement;
    if (grid.is_slab()) {
        light.x = placement.axis_x.value_or(s.params.axis_x) + placement.offset.x.value;
        const double w = 0.5 * std::get<GaussianPort>(wish.port).mfd_x;
        light.launch.psi =
            sample(grid, [&](double x, double) { return sheet_before_waist(x - light.x, w, placement.focus, s.k()); });
        return light;
    }
    const PortAtGuide port =
        place_port(wish.port, placement, {End::input, s.in.light, s.in.guides, s.in.modes.on_grid});
    light.x = port.at.x, light.y = port.at.y;
    light.launch.psi = coupling::port_field(grid, port.port.at_guide, light.x, light.y);
    add_tails(light.launch.psi, port.port.at_guide, s, light.x, light.y);
    if (s.in.guides.has_several() && port.is_guided) light.launch.own = *port.mode;
    return light;
}

Launch make_part(const LaunchPart& part, const Scene& s) {
    Placed light = std::visit([&](const auto& wish) { return make(wish, s); }, part.light);
    const bool is_tilted =
        std::holds_alternative<PortLight>(part.light) && !s.in.light.grid().is_slab();  // as it is placed
    if (!is_tilted && (part.tilt_x != 0.0 || part.tilt_y != 0.0)) {
        const double kx = s.k() * std::sin(part.tilt_x), ky = s.k() * std::sin(part.tilt_y);
        Field<Complex>& psi = light.launch.psi;
        for (int iy = 0; iy < psi.grid.y.count; ++iy)
            for (int ix = 0; ix < psi.grid.x.count; ++ix)
                psi(ix, iy) *= std::polar(1.0, kx * (psi.grid.x.at(ix) - light.x) + ky * (psi.grid.y.at(iy) - light.y));
    }
    return std::move(light.launch);
}

}  // namespace

Launch make_launch(const PropagationParams& params, const PropagationInputs& inputs,
                   std::vector<std::string>& warnings) {
    const Scene scene{params, inputs, warnings};
    Launch sum;
    for (std::size_t k = 0; k < params.launch.size(); ++k) {
        Launch part = make_part(params.launch[k], scene);
        const Complex weight = std::polar(params.launch[k].amplitude, params.launch[k].phase);
        if (weight != 1.0)
            for (Complex& v : part.psi.values) v *= weight;
        if (k == 0) {
            sum = std::move(part);
            continue;
        }
        for (std::size_t i = 0; i < sum.psi.values.size(); ++i) sum.psi.values[i] += part.psi.values[i];
    }
    if (!(power(sum.psi) > 0.0))
        throw Error(Failure::input_file, "no light is launched into the window", "propagation");
    return sum;
}

}  // namespace vitral::stages
