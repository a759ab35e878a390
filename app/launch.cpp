#include "app/launch.hpp"

#include <fmt/core.h>

#include <cmath>
#include <filesystem>
#include <optional>

#include "app/io/hdf5_file.hpp"
#include "app/ports.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::app {
namespace {

/// The offset of a port: its own, or that of the coupling to the same port at the input.
OffsetConfig launch_offset(const Case& c, const LaunchConfig& launch) {
    if (launch.offset) return *launch.offset;
    for (const CouplingConfig& coupling : c.coupling)
        if (coupling.at == End::input && same_port(coupling.to, launch.port)) return coupling.offset;
    return {};
}

/// One direction of a Gaussian of waist w a distance `focus` before its waist, of unit power:
///     (2/π w²)^¼ q^-½ exp(-u²/(w² q)),   q = 1 - 2i focus/(k w²).
Complex gaussian_before_waist(double u, double w, double focus, double k) {
    const Complex q(1.0, -2.0 * focus / (k * w * w));
    return std::sqrt(std::sqrt(2.0 / pi) / w) / std::sqrt(q) * std::exp(-u * u / (w * w * q));
}

/// A field of a results file, or any HDF5 dataset (y, x) with dimension scales in metres, on our grid: cubic splines
/// along both axes, zero beyond its own window.
Field<Complex> field_from_file(const Case& c, const LaunchConfig& launch, const Grid& grid, int number) {
    const std::string dataset = launch.dataset.empty() ? fmt::format("/propagation/w{}/field", number) : launch.dataset;
    const std::filesystem::path file = c.folder / launch.file;
    io::StoredField stored;
    std::optional<double> of_wavelength;
    {
        const io::Hdf5Lock lock;
        stored = io::read_hdf5_field(file, dataset);
        // A results file knows the wavelength of what it holds.
        if (dataset.rfind("/propagation/w", 0) == 0)
            of_wavelength =
                io::read_hdf5_attribute(file, "/index/" + dataset.substr(13, dataset.find('/', 13) - 13), "wavelength");
    }
    const double wavelength = c.wavelengths[static_cast<std::size_t>(number)];
    if (of_wavelength && std::abs(*of_wavelength / wavelength - 1.0) > 1e-9)
        throw Error(
            Failure::input_file,
            fmt::format("{} is light of {:g} nm, not of {:g} nm", dataset, *of_wavelength * 1e9, wavelength * 1e9),
            launch.file);
    const bool slab = stored.y.empty();
    if (slab != grid.is_slab())
        throw Error(Failure::input_file, slab ? "holds a field of a slab" : "holds a field of a section", launch.file);
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

/// One light, not a superposition.
Launch make_part(const Case& c, const LaunchConfig& launch, const SectionIndex& index, const WavelengthResult& light,
                 int number) {
    if (launch.mode) {
        const auto wanted = static_cast<std::size_t>(*launch.mode);
        const bool own_formula = !launch.formula.empty();
        const auto modes = own_formula ? solve_modes(index, index.seen_section_of(launch.formula, launch.constants),
                                                     light.wavelength, static_cast<int>(wanted) + 1)
                                             .modes
                                       : light.mode_fields;
        if (wanted >= modes.size())
            throw Error(Failure::input_file,
                        fmt::format("launch mode {}: the section guides {} modes only", wanted, modes.size()),
                        "propagation");
        return {as_complex(modes[wanted].psi), modes[wanted].n_eff, own_formula ? 0 : static_cast<int>(wanted)};
    }
    const double n_eff = light.modes[0].n_eff, k = 2.0 * pi / light.wavelength * n_eff;
    double x0 = axis_x(c, End::input), y0 = 0.0;
    Field<Complex> psi;
    if (!launch.file.empty()) {
        psi = field_from_file(c, launch, index.grid(), number);
    } else if (c.section.slab) {
        x0 += launch.offset.value_or(OffsetConfig{}).x.value;
        const double w = 0.5 * launch.port.gaussian->mfd_x;
        psi = sample(index.grid(), [&](double x, double) { return gaussian_before_waist(x - x0, w, launch.focus, k); });
    } else {
        const Port port = make_port(launch.port, light.wavelength, c.folder);
        const auto at = place_port(c, as_complex(light.mode_fields[0].psi), light.modes[0].figures, port,
                                   launch_offset(c, launch), End::input);
        x0 += at.x, y0 = at.y;
        if (launch.focus != 0.0) {
            const GaussianConfig& g = *launch.port.gaussian;
            const double wx = 0.5 * g.mfd_x, wy = 0.5 * g.mfd_y.value_or(g.mfd_x);
            psi = sample(index.grid(), [&](double x, double y) {
                return gaussian_before_waist(x - x0, wx, launch.focus, k) *
                       gaussian_before_waist(y - y0, wy, launch.focus, k);
            });
        } else {
            psi = coupling::port_field(index.grid(), port.shape, x0, y0);
        }
    }
    if (launch.tilt_x != 0.0 || launch.tilt_y != 0.0) {
        const double kx = k * std::sin(launch.tilt_x), ky = k * std::sin(launch.tilt_y);
        for (int iy = 0; iy < psi.grid.y.count; ++iy)
            for (int ix = 0; ix < psi.grid.x.count; ++ix)
                psi(ix, iy) *= std::polar(1.0, kx * (psi.grid.x.at(ix) - x0) + ky * (psi.grid.y.at(iy) - y0));
    }
    return {std::move(psi), n_eff, 0};
}

}  // namespace

Launch make_launch(const Case& c, const SectionIndex& index, const WavelengthResult& light, int number) {
    const LaunchConfig& launch = c.propagation->launch;
    Launch sum;
    if (launch.superposition.empty()) sum = make_part(c, launch, index, light, number);
    for (std::size_t k = 0; k < launch.superposition.size(); ++k) {
        const LaunchTerm& term = launch.superposition[k];
        Launch part = make_part(c, term.light, index, light, number);
        const Complex weight = std::polar(term.amplitude, term.phase);
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

}  // namespace vitral::app
