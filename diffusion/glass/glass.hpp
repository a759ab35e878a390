#pragma once
#include <optional>
#include <string>
#include <vector>

#include "diffusion/glass/dispersion.hpp"

namespace vitral::glass {

/// How well a number is known: `measured` (with source), `derived` (computed from measurements), `placeholder`
/// (an estimate; a run that rests on one says so).
enum class Confidence { measured, derived, placeholder };

/// One pair of ions in a glass: the incoming ion A replaces the glass's own ion B (sodium).
struct IonPair {
    std::string ion = {};                        ///< the incoming ion A, e.g. "Ag"
    double D_A0 = 0.0;                           ///< Arrhenius prefactor of A's self-diffusion coefficient [m²/s]
    double activation_energy = 0.0;              ///< its activation energy [J/mol]
    double M = 1.0;                              ///< mobility ratio D_A / D_B
    double haven = 1.0;                          ///< Haven factor H, mobility = e D / (H k T)
    double lowest_temperature = 0.0;             ///< of the range in which the diffusivity was measured [K]
    double highest_temperature = 1e4;            ///< [K]
    std::vector<double> wavelengths = {};        ///< [m], ascending, of the table of the index change
    std::vector<double> index_changes = {};      ///< Δn at full exchange, C = 1
    std::vector<std::string> placeholders = {};  ///< names of the values that are estimates without a source

    /// Self-diffusion coefficient of the incoming ion, D_A = D_A0 exp(-Ea / (R T)) [m²/s].
    [[nodiscard]] double D_A(double temperature) const;
    /// Δn at C = 1, linear between the table's wavelengths; throws Error (input_file) outside the table.
    [[nodiscard]] double index_change(double wavelength) const;
};

/// What the sample is made of.
struct Glass {
    std::string name;
    Dispersion dispersion;
    std::optional<double> transition_temperature;  ///< [K]
    std::vector<IonPair> pairs;                    ///< empty: not exchangeable

    [[nodiscard]] const IonPair* pair(const std::string& ion) const;
};

/// Index of exchanged glass, n = n_glass(λ) + Δn(λ) C: the accepted first model, linear in the concentration.
[[nodiscard]] double exchanged_index(const Glass& glass, const IonPair& pair, double concentration, double wavelength);

}  // namespace vitral::glass
