#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/field.hpp"
#include "diffusion/glass/dispersion.hpp"

namespace vitral::glass {

/// How well a number is known: `measured` (with source), `derived` (computed from measurements), `placeholder`
/// (an estimate; a run that rests on one says so).
enum class Confidence { measured, derived, placeholder };

/// How the interdiffusion coefficient depends on the composition C, D_A and D_B being the self-diffusion coefficients
/// of the incoming ion in the fresh glass and of the glass's own ion there (C = 0):
///   constant      D̃ = n D_A D_B/S,  S = D_A C + D_B (1-C)
///   exponential   D̃ = n D_A exp(β C)
///   mixed_alkali  as constant, with D_A exp(b_A C) for D_A and D_B exp(-b_B C) for D_B: a conductivity minimum
///   table         D̃ = n D_A g(C), g linear between its points
enum class CompositionLaw { constant, exponential, mixed_alkali, table };

struct Composition {
    CompositionLaw law = CompositionLaw::constant;
    double beta = 0.0;                        ///< of the exponential law
    double b_A = 0.0, b_B = 0.0;              ///< of the mixed-alkali law
    std::vector<double> concentrations = {};  ///< of the table, ascending from 0 to 1
    std::vector<double> factors = {};         ///< g there
};

/// One pair of ions in a glass: the incoming ion A replaces the glass's own ion B (sodium).
struct IonPair {
    std::string ion = {};                  ///< the incoming ion A, e.g. "Ag"
    double D_A0 = 0.0;                     ///< Arrhenius prefactor of A's self-diffusion coefficient [m²/s]
    double activation_energy = 0.0;        ///< its activation energy [J/mol]
    double M = 1.0;                        ///< mobility ratio D_A / D_B, at reference_temperature
    double M_energy = 0.0;                 ///< M ~ exp(-M_energy/(R T)): D_A's activation energy less D_B's [J/mol]
    double reference_temperature = 600.0;  ///< at which M is given [K]
    double haven = 1.0;                    ///< Haven factor H, mobility = e D / (H k T)
    Composition composition = {};
    double thermodynamic_factor = 1.0;                ///< n = d ln a_A/d ln C, multiplies D̃
    std::optional<double> equilibrium_constant = {};  ///< K of the exchange with the melt
    double melt_interaction = 0.0;                    ///< W of the regular melt [J/mol]
    double lowest_temperature = 0.0;                  ///< of the range in which the diffusivity was measured [K]
    double highest_temperature = 1e4;                 ///< [K]
    std::vector<double> wavelengths = {};             ///< [m], ascending, of the table of the index change
    std::vector<double> index_changes = {};           ///< Δn at full exchange, C = 1, without stress
    double stress = 0.0;                              ///< in-plane stress at C = 1, negative in compression [Pa]
    double C1 = 0.0, C2 = 0.0;                        ///< stress-optic coefficients along and across the stress [1/Pa]
    double excess_absorption = 0.0;                   ///< power attenuation that follows the ion, at C = 1 [1/m]
    std::vector<std::string> placeholders = {};       ///< names of the values that are estimates without a source
    std::vector<std::string> stated = {};             ///< names of all values that the record states

    /// Self-diffusion coefficient of the incoming ion, D_A = D_A0 exp(-Ea / (R T)) [m²/s].
    [[nodiscard]] double D_A(double temperature) const;
    /// D_A/D_B at a temperature.
    [[nodiscard]] double mobility_ratio(double temperature) const;
    /// Self-diffusion coefficient of the glass's own ion, D_A/M [m²/s].
    [[nodiscard]] double D_B(double temperature) const { return D_A(temperature) / mobility_ratio(temperature); }
    /// Surface concentration that a melt with the cation fraction X of A holds in equilibrium:
    ///     n ln[C/(1-C)] = ln K + ln[X/(1-X)] + (W/RT)(1-2X).
    [[nodiscard]] double surface_fraction(double melt_fraction, double temperature) const;
    /// Δn at C = 1, linear between the table's wavelengths; throws Error (input_file) outside the table.
    [[nodiscard]] double index_change(double wavelength) const;
    /// Δn at C = 1 for light polarised along x (in the surface) and along y (normal to it): the table's value plus
    /// (C1 + C2) s and 2 C2 s, s the in-plane stress of a planar layer.
    [[nodiscard]] double index_change_x(double wavelength) const {
        return index_change(wavelength) + (C1 + C2) * stress;
    }
    [[nodiscard]] double index_change_y(double wavelength) const {
        return index_change(wavelength) + 2.0 * C2 * stress;
    }
    /// Their mean, for scalar light.
    [[nodiscard]] double index_change_mean(double wavelength) const {
        return 0.5 * (index_change_x(wavelength) + index_change_y(wavelength));
    }
    [[nodiscard]] bool is_birefringent() const noexcept { return stress != 0.0; }
};

/// An optical material: its dispersion and, where it is known, its absorption.
struct Material {
    Dispersion dispersion = {};
    std::vector<double> absorption_wavelengths = {};  ///< [m], ascending; empty: not known
    std::vector<double> absorptions = {};             ///< power attenuation [1/m]
    /// Power attenuation [1/m]; nothing where the record does not say.
    [[nodiscard]] std::optional<double> absorption(double wavelength) const;
    /// n + i κ, κ = absorption λ/4π; 0 where the absorption is not known. Throws Error (input_file) outside the record.
    [[nodiscard]] Complex index(double wavelength) const;
    /// d(n + i κ)/dλ [1/m], by differences that stay within the record.
    [[nodiscard]] Complex slope(double wavelength) const;
};

/// What the sample is made of.
struct Glass : Material {
    std::string name;
    std::optional<double> transition_temperature;  ///< [K]
    std::optional<double> cation_density;          ///< exchangeable ions C_0 [1/m³]
    std::optional<double> thermal_conductivity;    ///< [W/(m K)]
    std::vector<std::string> placeholders = {};    ///< names of the values that are estimates without a source
    std::vector<std::string> stated = {};             ///< names of all values that the record states
    std::vector<std::string> remarks = {};         ///< what was odd about its record, in words
    std::vector<IonPair> pairs;                    ///< empty: not exchangeable

    [[nodiscard]] const IonPair* pair(const std::string& ion) const;
};

/// Polarisation of light in an exchanged glass: along x (in the surface), along y (normal to it), or the mean of both.
enum class Along { x, y, mean };

/// Index of exchanged glass, n = n_glass(λ) + Σ Δn_i(λ) c_i: the accepted first model, linear in the concentrations.
[[nodiscard]] double exchanged_index(const Material& glass, std::span<const IonPair> pairs,
                                     std::span<const double> concentrations, double wavelength, Along along);
/// Power attenuation of exchanged glass, that of the glass and what follows the ions [1/m]; nothing where the glass's
/// own is not known.
[[nodiscard]] std::optional<double> exchanged_absorption(const Material& glass, std::span<const IonPair> pairs,
                                                         std::span<const double> concentrations, double wavelength);

}  // namespace vitral::glass
