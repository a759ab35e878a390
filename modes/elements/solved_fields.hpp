#pragma once
#include <vector>

#include "modes/elements/section_modes.hpp"

namespace vitral::modes {

/// A mode on the points of quadrature of the elements that were solved, matched layers and all, mirror images left out.
class SolvedFields {
public:
    explicit SolvedFields(const SectionMode& mode);

    std::vector<double> x, weight_x, y, weight_y;  ///< [m]
    ModeFields f;

    [[nodiscard]] const SectionProblem& problem() const { return on_->problem; }
    /// ∂/∂x (∂/∂y) of point values, of the polynomial through them in each element [per m].
    [[nodiscard]] std::vector<Complex> slope(const std::vector<Complex>& values, Direction along) const;
    /// Σ weight g(k, i, j) over all points, k = j nx + i.
    template <typename G>
    [[nodiscard]] Complex integral(G&& g) const {
        Complex sum = 0.0;
        for (std::size_t j = 0; j < y.size(); ++j)
            for (std::size_t i = 0; i < x.size(); ++i) sum += weight_x[i] * weight_y[j] * g(j * x.size() + i, i, j);
        return sum;
    }

private:
    std::shared_ptr<const SolvedSection> on_;
};

}  // namespace vitral::modes
