#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/field.hpp"

namespace vitral::coupling {

/// A receiving or launching mode, ψ(x, y) about its own axis, of unit power over the whole plane.
using PortShape = std::function<double(double x, double y)>;

/// The port's field on a grid, its axis at (x0, y0).
[[nodiscard]] Field<Complex> port_field(const Grid& grid, const PortShape& port, double x0, double y0);

/// Fraction of the power of `psi` that the port receives with its axis at (x0, y0):
///     η = |∬ ψ* p dA|² / ∬|ψ|² dA.
/// Scalar overlap; facet reflection is not included: multiply by 1 - facet_reflection().
[[nodiscard]] double efficiency(const Field<Complex>& psi, const PortShape& port, double x0, double y0);

/// Where the port's axis may move in the search for the best place.
enum class FreeAxes { none, x, y, both };

struct Alignment {
    double x = 0.0, y = 0.0;  ///< of the port's axis [m]
    double efficiency = 0.0;  ///< there
    std::optional<double> tolerance_1dB_x,
        tolerance_1dB_y;  ///< half the distance between the two places where it is 1 dB less [m]
};

/// The best place of the port, near (x0, y0), and its misalignment tolerance. `scale` is the mode's radius, about.
[[nodiscard]] Alignment align(const Field<Complex>& psi, const PortShape& port, double x0, double y0, FreeAxes free,
                              double scale);

/// Power fractions that the port receives with its axis at (x[i], y[j]), [j][i].
[[nodiscard]] std::vector<double> efficiency_map(const Field<Complex>& psi, const PortShape& port,
                                                 std::span<const double> x, std::span<const double> y);

/// Fresnel power reflection at normal incidence, R = ((n1 - n2)/(n1 + n2))², with the modes' effective indices.
[[nodiscard]] double facet_reflection(double n1, double n2) noexcept;

/// A power fraction as a loss: -10 log10(fraction) [dB], positive.
[[nodiscard]] double loss_dB(double fraction) noexcept;

}  // namespace vitral::coupling
