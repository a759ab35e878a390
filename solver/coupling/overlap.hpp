#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/field.hpp"
#include "core/guided_mode.hpp"

namespace vitral::coupling {

/// The field of a launching or receiving port, ψ(x, y) about its own axis, of unit power over the whole plane.
using PortShape = std::function<Complex(double x, double y)>;

/// How light falls in a dark cover, beyond what a grid holds that ends at the wall that stands for it (core/dark_cover.hpp): from the
/// surface y = 0 on as exp(-y/length). A length of 0: the light is what the grid holds. The field of light along y jumps by `step`
/// = n_glass²/n_cover² there, its magnetic field does not: its power counts with `step`, its overlap with the mean of both.
struct Tail {
    double length = 0.0;  ///< [m]
    double step = 1.0;
};

/// A scalar field on a grid.
struct Light {
    Light(const Field<Complex>& field, Tail in_cover = {}) : psi(field), tail(in_cover) {}
    const Field<Complex>& psi;
    Tail tail;
};

/// Which way the field of a linearly polarised port lies.
enum class PortField { scalar, along_x, along_y };

/// A mode as a linearly polarised port sees it. A port of the field p along x (along y) in a medium of index n has H = n p along y
/// (-n p along x), in units of the impedance of vacuum. Its overlap with a mode of unit power,
///     ¼ ∬ (E_p x H* + E* x H_p)·ẑ dA / √(P_p P) = ∬ φ* p dA,     φ = ½ (√n E_x + H_y/√n)   (½ (√n E_y - H_x/√n)),
/// is that of a scalar field φ, which this is; of a scalar mode φ = ψ. Values are at points, x fastest.
struct SeenMode {
    ModePoints at;
    std::vector<Complex> phi;
};
/// `fields` at the points; `index`: of the port's medium, unused for a scalar mode.
[[nodiscard]] SeenMode seen_mode(const ModeFields& fields, ModePoints points, PortField port, double index);

/// <light|port> of unit powers, with the port's axis at (x0, y0).
using OverlapAt = std::function<Complex(double x0, double y0)>;
/// What it refers to must outlive it.
[[nodiscard]] OverlapAt overlap_of(const Light& light, PortShape port);
/// `reach`: farther than that from its axis the port's field is nothing [m].
[[nodiscard]] OverlapAt overlap_of(const SeenMode& mode, PortShape port, double reach);

/// The port's field on a grid, its axis at (x0, y0).
[[nodiscard]] Field<Complex> port_field(const Grid& grid, const PortShape& port, double x0, double y0);

/// ∬ ψ* p dA with the port's axis at (x0, y0), a sum over the grid. For light with a tail of length l under a wall at y = w it is, of
/// ψ = a d + b d³ at d below the wall, the integral with the tail in place of what the wall leaves of it, up to the fourth order in
/// the spacing h:
///     ∫ψp dy = h Σ ψp - h²/24 a p(w) + 7h⁴/960 b p(w) + ψ(0) ∫ exp(-y/l) p dy - ∫ (a d + b d³) p dy,   0 < y (< w in the last).
[[nodiscard]] Complex overlap(const Light& light, const PortShape& port, double x0, double y0);

/// What a tail adds to the sum over the grid: values of a light on two lines, at the height of the wall and at the surface.
struct TailLines {
    double wall = 0.0;                         ///< height above the surface [m]
    std::vector<Complex> at_wall, at_surface;  ///< at every column; empty without a tail
};
[[nodiscard]] TailLines tail_lines(const Light& light);

/// Power of the light, with its tail in a dark cover.
[[nodiscard]] double power_of(const Light& light);

/// Fraction of the power of `light` that the port receives with its axis at (x0, y0):
///     η = |∬ ψ* p dA|² / ∬|ψ|² dA.
/// Scalar overlap; facet reflection is not included: multiply by 1 - facet_reflection().
[[nodiscard]] double efficiency(const Light& light, const PortShape& port, double x0, double y0);

/// Where the port's axis may move in the search for the best place.
enum class FreeAxes { none, x, y, both };

/// How far a port may be displaced towards either side of where it stands [m]; absent: farther than 50 mode radii.
struct Margin {
    std::optional<double> below, above;  ///< both positive
};

/// The loss that is added by a displacement along x and y, or by a tilt, reaches `dB` at the ends of the margins.
struct Tolerance {
    double dB = 1.0;
    Margin x, y;
    Margin k_x, k_y;  ///< of the tilt, as transverse wave numbers k sin θ [1/m]
};

struct Alignment {
    double x = 0.0, y = 0.0;  ///< of the port's axis [m]
    double efficiency = 0.0;  ///< there
};

/// The best place of the port, near (x0, y0). `scale` is the mode's radius, about.
[[nodiscard]] Alignment align(const OverlapAt& overlap, double x0, double y0, FreeAxes free, double scale);

/// How far the port may be off from where it stands, be that the best place or not: towards each side, where `dB` more is lost.
/// `tilted` gives the overlap there of the port tilted further by a transverse wave number.
[[nodiscard]] Tolerance tolerance(const OverlapAt& overlap, const OverlapAt& tilted, const Alignment& at, double dB,
                                  double scale);

/// Fresnel power reflection at normal incidence, R = ((n1 - n2)/(n1 + n2))², with the modes' effective indices.
[[nodiscard]] double facet_reflection(double n1, double n2) noexcept;

/// Power that passes a gap between two facets, a plane wave at normal incidence: the Airy formula over all phases of the light in
/// the gap, between its extremes and in the mean (1 - R1)(1 - R2)/(1 - R1 R2).
struct GapTransmission {
    double mean = 1.0, lowest = 1.0, highest = 1.0;
};
[[nodiscard]] GapTransmission gap_transmission(double n1, double n_gap, double n2) noexcept;
/// The same for one gap, whose phase is known: (1 - R1)(1 - R2)/|1 + r1 r2 exp(2 i k0 n_gap d)|².
[[nodiscard]] double gap_transmission(double n1, double n_gap, double n2, double gap, double wavelength) noexcept;

/// A power fraction as a loss: -10 log10(fraction) [dB], positive.
[[nodiscard]] double loss_dB(double fraction) noexcept;

}  // namespace vitral::coupling
