#pragma once
#include <functional>
#include <span>
#include <vector>

#include "core/field.hpp"

namespace vitral::propagation {

/// The local modes of a device at one place: guided scalar modes on one grid, of unit power, n_eff descending.
struct ModesAt {
    std::vector<double> n_eff;
    std::vector<Field<double>> psi;
};

/// Light that follows a device's local modes ψ_i(x, y; s), s = z/L from 0 to 1. With ψ = Σ a_i ψ_i exp(i ∫β_i dz) and real modes the
/// amplitudes obey
///     da_j/dz = i β_j a_j - Σ_i <ψ_j|∂ψ_i/∂z> a_i
/// (Marcuse, Theory of Dielectric Optical Waveguides, 1991, ch. 3), where the coupling is a rotation: no power is lost, and what would
/// radiate is counted as `beside`. Between two stations the rate of the rotation is constant, by the overlaps of their modes, and β_i
/// is the mean of three; where one such step and two halves differ by more than the tolerance, a station is put in between. The
/// stations do not depend on the length: one set serves devices of any length that are stretched along z.
class CoupledModes {
public:
    struct Params {
        double wavelength = 0.0;      ///< [m]
        std::size_t count = 2;        ///< modes that are followed
        std::vector<double> lengths;  ///< for which the stations are to do [m]
        double tolerance = 1e-3;      ///< of the transfer matrix
        int most_stations = 1000;
    };
    /// `modes_at` gives the local modes at s. Throws std::domain_error where a station guides fewer
    /// than are followed.
    CoupledModes(const std::function<ModesAt(double s)>& modes_at, const Params& params);

    /// Amplitudes at the end of a device of this length, from those at its beginning.
    [[nodiscard]] std::vector<Complex> at_end(std::span<const Complex> amplitudes, double length) const;
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] int stations() const noexcept { return static_cast<int>(steps_.size()) + 1; }
    /// Largest difference that the last halving made in a transfer matrix, summed over the stations.
    [[nodiscard]] double error() const noexcept { return error_; }
    /// Largest share of a mode's power that the modes of the next station do not hold, summed over the stations: what may radiate.
    [[nodiscard]] double beside() const noexcept { return beside_; }
    [[nodiscard]] bool is_converged() const noexcept { return is_converged_; }

private:
    struct Station;
    /// Between two stations: a piece of s, mean n_eff, and the rotation.
    struct Step {
        double ds = 0.0;
        std::vector<double> n_eff, rotation;  ///< count, count x count
        double beside = 0.0;
    };
    using Matrix = std::vector<Complex>;
    [[nodiscard]] Station station(double s, const Station* before);
    [[nodiscard]] Step step(const Station& from, const Station& to, std::span<const double> n_eff) const;
    [[nodiscard]] Matrix transfer(const Step& step, double length) const;
    void refine(const Station& from, const Station& to, int depth);

    const std::function<ModesAt(double)>& modes_at_;
    Params params_;
    std::size_t count_ = 0;
    std::vector<Step> steps_;
    double error_ = 0.0, beside_ = 0.0;
    bool is_converged_ = true;
};

}  // namespace vitral::propagation
