#pragma once
#include <cmath>
#include <vector>

namespace vitral::tests {

/// Errors of a method at step sizes that fall by `ratio` each time.
struct RefinementStudy {
    std::vector<double> errors;
    double ratio;
};

/// Runs error(step) for step, step/ratio, ...
template <typename Error>
RefinementStudy refine(double step, double ratio, int levels, Error&& error) {
    RefinementStudy study{{}, ratio};
    for (int i = 0; i < levels; ++i, step /= ratio) study.errors.push_back(error(step));
    return study;
}

/// log(e_coarse/e_fine)/log(ratio) over the last refinement.
inline double observed_order(const RefinementStudy& study) {
    const auto& e = study.errors;
    return std::log(e[e.size() - 2] / e.back()) / std::log(study.ratio);
}

}  // namespace vitral::tests
