#include "diffusion/glass/glass.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"
#include "core/errors.hpp"

namespace vitral::glass {
namespace {

/// Linear between the points of a table; x must lie within it, but for rounding.
double interpolate(const std::vector<double>& xs, const std::vector<double>& ys, double x) {
    x = std::clamp(x, xs.front(), xs.back());
    const auto above = std::lower_bound(xs.begin(), xs.end(), x);
    const auto i = static_cast<std::size_t>(above - xs.begin());
    if (i == 0) return ys[0];
    const double t = (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
    return (1.0 - t) * ys[i - 1] + t * ys[i];
}

bool covers(const std::vector<double>& xs, double x) {
    return !xs.empty() && is_within(x, xs.front(), xs.back());
}

}  // namespace

double IonPair::D_A(double temperature) const { return D_A0 * std::exp(-activation_energy / (R_gas * temperature)); }

double IonPair::mobility_ratio(double temperature) const {
    return M * std::exp(-M_energy / R_gas * (1.0 / temperature - 1.0 / reference_temperature));
}

double IonPair::surface_fraction(double X, double temperature) const {
    if (X <= 0.0) return 0.0;
    if (X >= 1.0) return 1.0;
    const double right = std::log(equilibrium_constant.value()) + std::log(X / (1.0 - X)) +
                         melt_interaction / (R_gas * temperature) * (1.0 - 2.0 * X);
    return 1.0 / (1.0 + std::exp(-right / thermodynamic_factor));
}

double IonPair::index_change(double wavelength) const {
    if (!covers(wavelengths, wavelength))
        throw Error(Failure::input_file, "the index change of " + ion + " is not known at " +
                                             std::to_string(std::lround(wavelength * 1e9)) + " nm");
    return interpolate(wavelengths, index_changes, wavelength);
}

const IonPair* Glass::pair(const std::string& ion) const {
    const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const IonPair& p) { return p.ion == ion; });
    return found == pairs.end() ? nullptr : &*found;
}

std::optional<double> Material::absorption(double wavelength) const {
    if (!covers(absorption_wavelengths, wavelength)) return {};
    return interpolate(absorption_wavelengths, absorptions, wavelength);
}

Complex Material::index(double wavelength) const {
    return {dispersion.index(wavelength), absorption(wavelength).value_or(0.0) * wavelength / (4.0 * pi)};
}

Complex Material::slope(double wavelength) const {
    const auto along = [&](double low, double high, auto&& value) {
        const double a = std::max(wavelength * (1.0 - 1e-3), low), b = std::min(wavelength * (1.0 + 1e-3), high);
        return b > a ? (value(b) - value(a)) / (b - a) : 0.0;
    };
    const double n = along(dispersion.shortest_wavelength, dispersion.longest_wavelength,
                           [&](double at) { return dispersion.index(at); });
    if (!absorption(wavelength)) return n;
    return {n, along(absorption_wavelengths.front(), absorption_wavelengths.back(),
                     [&](double at) { return index(at).imag(); })};
}

double exchanged_index(const Material& glass, std::span<const IonPair> pairs, std::span<const double> concentrations,
                       double wavelength, Along along) {
    double n = glass.dispersion.index(wavelength);
    for (std::size_t i = 0; i < pairs.size(); ++i)
        n += concentrations[i] * (along == Along::x   ? pairs[i].index_change_x(wavelength)
                                  : along == Along::y ? pairs[i].index_change_y(wavelength)
                                                      : pairs[i].index_change_mean(wavelength));
    return n;
}

std::optional<double> exchanged_absorption(const Material& glass, std::span<const IonPair> pairs,
                                           std::span<const double> concentrations, double wavelength) {
    auto absorption = glass.absorption(wavelength);
    if (!absorption) return {};
    for (std::size_t i = 0; i < pairs.size(); ++i) *absorption += pairs[i].excess_absorption * concentrations[i];
    return absorption;
}

}  // namespace vitral::glass
