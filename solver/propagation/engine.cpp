#include "solver/propagation/engine.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"

namespace vitral::propagation {

int order_in_z(const EngineParams& params) { return params.splitting == Splitting::fourth_order ? 4 : 2; }

double phase_constant(Operator op, double n_eff, double n_ref, double wavelength) {
    const double k = 2.0 * pi / wavelength * n_ref, h = (n_eff * n_eff - n_ref * n_ref) / (n_ref * n_ref);
    switch (op) {
        case Operator::paraxial:
            return k * 0.5 * h;
        case Operator::wide_angle:
            return k * (std::sqrt(1.0 + h) - 1.0);
        case Operator::pade_1_1:
            return k * 0.5 * h / (1.0 + 0.25 * h);
        case Operator::pade_2_2:
            return k * (0.5 * h + 0.25 * h * h) / (1.0 + 0.75 * h + 0.0625 * h * h);
    }
    return 0.0;
}

int worthwhile_threads(std::size_t points, const EngineParams& params) {
    // A step of fewer points is over before a second thread has woken up.
    const std::size_t points_per_thread = params.precision == Precision::single_precision ? 65536 : 32768;
    const int most = params.threads > 0 ? params.threads : omp_get_max_threads();
    if (params.threads_whatever_the_size) return most;
    return std::clamp(static_cast<int>(points / points_per_thread), 1, most);
}

}  // namespace vitral::propagation
