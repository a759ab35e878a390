#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/field.hpp"

namespace vitral::coupling {

/// A receiving or launching mode, ψ(x, y) about its own axis, of unit power over the whole plane.
using PortShape = std::function<double(double x, double y)>;

/// How light falls in a dark cover, beyond what a grid holds that ends at the wall that stands for it (core/dark_cover.hpp): from the
/// surface y = 0 on as exp(-y/length). A length of 0: the light is what the grid holds. The field of light along y jumps by `step`
/// = n_glass²/n_cover² there, its magnetic field does not: its power counts with `step`, its overlap with the mean of both.
struct Tail {
    double length = 0.0;  ///< [m]
    double step = 1.0;
};

/// A field that is received.
struct Light {
    Light(const Field<Complex>& field, Tail in_cover = {}) : psi(field), tail(in_cover) {}
    const Field<Complex>& psi;
    Tail tail;
};

/// The port's field on a grid, its axis at (x0, y0).
[[nodiscard]] Field<Complex> port_field(const Grid& grid, const PortShape& port, double x0, double y0);

/// ∬ p ψ dA with the port's axis at (x0, y0), a sum over the grid. For light with a tail of length l under a wall at y = w it is, of
/// ψ = a d + b d³ at d below the wall, the integral with the tail in place of what the wall leaves of it, up to the fourth order in
/// the spacing h:
///     ∫ψp dy = h Σ ψp - h²/24 a p(w) + 7h⁴/960 b p(w) + ψ(0) ∫ exp(-y/l) p dy - ∫ (a d + b d³) p dy,   0 < y (< w in the last).
[[nodiscard]] Complex overlap(const Light& light, const PortShape& port, double x0, double y0);

/// Power of the light, with its tail in a dark cover.
[[nodiscard]] double power_of(const Light& light);

/// Fraction of the power of `light` that the port receives with its axis at (x0, y0):
///     η = |∬ ψ* p dA|² / ∬|ψ|² dA.
/// Scalar overlap; facet reflection is not included: multiply by 1 - facet_reflection().
[[nodiscard]] double efficiency(const Light& light, const PortShape& port, double x0, double y0);

/// Where the port's axis may move in the search for the best place.
enum class FreeAxes { none, x, y, both };

struct Alignment {
    double x = 0.0, y = 0.0;  ///< of the port's axis [m]
    double efficiency = 0.0;  ///< there
    std::optional<double> tolerance_1dB_x,
        tolerance_1dB_y;  ///< half the distance between the two places where it is 1 dB less [m]
};

/// The best place of the port, near (x0, y0), and its misalignment tolerance. `scale` is the mode's radius, about.
[[nodiscard]] Alignment align(const Light& light, const PortShape& port, double x0, double y0, FreeAxes free,
                              double scale);

/// Power fractions that the port receives with its axis at (x[i], y[j]), [j][i].
[[nodiscard]] std::vector<double> efficiency_map(const Light& light, const PortShape& port, std::span<const double> x,
                                                 std::span<const double> y);

/// Fresnel power reflection at normal incidence, R = ((n1 - n2)/(n1 + n2))², with the modes' effective indices.
[[nodiscard]] double facet_reflection(double n1, double n2) noexcept;

/// A power fraction as a loss: -10 log10(fraction) [dB], positive.
[[nodiscard]] double loss_dB(double fraction) noexcept;

}  // namespace vitral::coupling
