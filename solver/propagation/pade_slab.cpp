#include <algorithm>
#include <cmath>
#include <vector>

#include "core/constants.hpp"
#include "solver/kernels/flux_line.hpp"
#include "solver/propagation/engines.hpp"
#include "solver/propagation/local_phase.hpp"
#include "solver/propagation/pade.hpp"

namespace vitral::propagation {
namespace {

/// Padé operators (and the paraxial one) in a slab, the index inside: with the compact stencil, T = M⁻¹ δ²/h²,
/// M = 1 + δ²/12, every factor is one tridiagonal system,
///     [M + b (δ²/h²k² + M U/k²)] ψ' = [M + conj(b) (δ²/h²k² + M U/k²)] ψ.
/// Polarised, ψ = n E: the fluxes (1/ε) ∂(εE) between cells are continuous where the index jumps (Stern, IEE Proc. J 135, 56
/// (1988)), in the symmetric form T_ii = -ε_i (1/ε̄_- + 1/ε̄_+)/h², T_i,i+1 = sqrt(ε_i ε_i+1)/(ε̄_+ h²), ε̄ the mean of
/// neighbours, and M = 1.
class PadeSlab final : public Engine {
public:
    PadeSlab(const SampledMedium& index, const EngineParams& p)
        : index_(index),
          params_(p),
          axis_(index.grid().x),
          k_(2.0 * pi / p.wavelength * p.n_ref),
          map_(index.grid()),
          extinction_(index.grid(), 0.0),
          well_(static_cast<std::size_t>(axis_.count)),
          psi_(well_.size()),
          right_(well_.size()) {}

    void load(const Field<Complex>& psi) override { psi_ = psi.values; }
    void store(Field<Complex>& psi) const override { psi.values = psi_; }

    void march(double z, double dz, int steps) override {
        if (dz != dz_) {
            dz_ = dz;
            valid_until_ = -1.0;
            factors_ = pade_factors(params_.op, k_, dz);
            systems_.assign(factors_.size(), {});
            edges_ = EdgeStage(index_.grid(), params_.edges, k_, dz);
            half_edges_ = EdgeStage(index_.grid(), params_.edges, k_, dz, 0.5);
        }
        leave(half_edges_);
        for (int step = 0; step < steps; ++step) {
            if (params_.between_steps) params_.between_steps();
            read(z + (step + 0.5) * dz);
            const double before = index_.absorbs() ? power() : 0.0;
            for (std::size_t j = 0; j < factors_.size(); ++j) apply(factors_[j], systems_[j]);
            if (index_.absorbs()) removed_.absorbed += before - power();
            leave(step + 1 == steps ? half_edges_ : edges_);
        }
    }

private:
    /// A factored system: subdiagonal over the pivot before, inverse pivots, superdiagonal.
    struct System {
        std::vector<Complex> lower, inverse, upper;
    };

    /// What leaves at the edges.
    void leave(const EdgeStage& edges) {
        if (edges.layers.any()) {
            auto* numbers = reinterpret_cast<double*>(psi_.data());
            removed_ += edges.layers.apply(numbers, numbers + 1, layout_, 1);
        }
        if (!edges.account.any()) return;
        const auto sum = [&](const double* w, int begin, int end) {
            double total = 0.0;
            for (int i = begin; i < std::min(end, axis_.count); ++i)
                total += w[i] * std::norm(psi_[static_cast<std::size_t>(i)]);
            return total;
        };
        removed_ += edges.account.row(0, sum);
        for (std::size_t i = 0; i < psi_.size(); ++i) psi_[i] *= edges.absorber.x[i];
    }

    void read(double z) {
        if (z >= read_at_ && z <= valid_until_) return;
        index_.at(z, map_);
        if (index_.absorbs()) index_.extinction_at(z, extinction_);
        read_at_ = z;
        valid_until_ = index_.constant_until(z);
        for (std::size_t i = 0; i < well_.size(); ++i) {
            const Complex n(map_.values[i], extinction_.values[i]);
            well_[i] = n * n / (params_.n_ref * params_.n_ref) - 1.0;
        }
        if (polarized()) {
            std::vector<double> permittivity;
            for (const double n : map_.values) permittivity.push_back(n * n);
            line_ = kernels::FluxLine(permittivity);
        }
        for (std::size_t j = 0; j < factors_.size(); ++j) factor(factors_[j], systems_[j]);
    }

    [[nodiscard]] double power() const {
        double sum = 0.0;
        for (const Complex& v : psi_) sum += std::norm(v);
        return sum * axis_.spacing;
    }

    [[nodiscard]] bool polarized() const { return params_.polarization != Polarization::scalar; }
    /// What row i takes from the point j next to it.
    [[nodiscard]] Complex beside(Complex b, std::size_t i, std::size_t j) const {
        return polarized() ? b * (kinetic() * line_.beside[std::min(i, j)])
                           : 1.0 / 12.0 + b * (kinetic() + well_[j] / 12.0);
    }
    [[nodiscard]] Complex center(Complex b, std::size_t i) const {
        const double walls = (i == 0) + (i + 1 == well_.size());  // ψ is odd about a wall, U even
        if (polarized()) return 1.0 + b * (well_[i] + kinetic() * line_.own[i]);
        return 10.0 / 12.0 + b * (-2.0 * kinetic() + 10.0 / 12.0 * well_[i]) -
               walls * (1.0 / 12.0 + b * (kinetic() + well_[i] / 12.0));
    }
    [[nodiscard]] double kinetic() const { return 1.0 / (k_ * k_ * axis_.spacing * axis_.spacing); }

    void factor(Complex b, System& s) const {
        const std::size_t n = well_.size();
        s.lower.resize(n), s.inverse.resize(n), s.upper.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            s.lower[i] = i > 0 ? beside(b, i, i - 1) * s.inverse[i - 1] : Complex();
            const Complex pivot = center(b, i) - (i > 0 ? s.lower[i] * beside(b, i - 1, i) : Complex());
            s.inverse[i] = 1.0 / pivot;
            s.upper[i] = i + 1 < n ? beside(b, i, i + 1) : Complex();
        }
    }

    void apply(Complex b, const System& s) {
        const std::size_t n = psi_.size();
        const Complex c = std::conj(b);
        for (std::size_t i = 0; i < n; ++i) {
            Complex sum = center(c, i) * psi_[i];
            if (i > 0) sum += beside(c, i, i - 1) * psi_[i - 1];
            if (i + 1 < n) sum += beside(c, i, i + 1) * psi_[i + 1];
            right_[i] = i > 0 ? sum - s.lower[i] * right_[i - 1] : sum;
        }
        for (std::size_t i = n; i-- > 0;)
            psi_[i] = s.inverse[i] * (right_[i] - (i + 1 < n ? s.upper[i] * psi_[i + 1] : Complex()));
    }

    const SampledMedium& index_;
    EngineParams params_;
    Axis axis_;
    double k_, dz_ = 0.0, read_at_ = 0.0, valid_until_ = -1.0;
    IndexMap map_;
    Field<double> extinction_;
    std::vector<Complex> well_, psi_, right_;  ///< well: U/k²
    kernels::FluxLine line_;                   ///< polarised: T h²
    std::vector<Complex> factors_;
    std::vector<System> systems_;
    const MatchedLayers::Layout layout_{2, {0}};
    EdgeStage edges_{index_.grid(), {}, k_, 0.0}, half_edges_ = edges_;
};

}  // namespace

std::unique_ptr<Engine> make_pade_slab(const SampledMedium& index, const EngineParams& params) {
    return std::make_unique<PadeSlab>(index, params);
}

}  // namespace vitral::propagation
