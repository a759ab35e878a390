#include "solver/propagation/engine.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/constants.hpp"
#include "solver/propagation/engines.hpp"

namespace vitral::propagation {

int order_in_z(const EngineParams& params) { return params.splitting == Splitting::fourth_order ? 4 : 2; }

std::unique_ptr<Engine> make_engine(const IndexAlongZ& index, const EngineParams& p) {
    if (!index.grid().is_uniform() &&
        (p.method != Method::finite_difference || p.op != Operator::paraxial ||
         p.precision != Precision::double_precision || p.edges.kind == EdgeKind::transparent ||
         p.polarization != Polarization::scalar))
        throw std::invalid_argument(
            "graded axes go with finite differences, the paraxial operator, double precision, scalar steps, and edges that "
            "absorb");
    if (p.method == Method::split_step) {
        if (p.polarization != Polarization::scalar)
            throw std::invalid_argument("polarised steps go with finite differences");
        if (p.op != Operator::paraxial && p.op != Operator::wide_angle)
            throw std::invalid_argument("the split-step engine has the paraxial and the wide-angle operator");
        if (p.edges.kind == EdgeKind::transparent)
            throw std::invalid_argument("transparent boundaries go with finite differences");
        return make_split_step(index, p);
    }
    if (p.splitting != Splitting::strang)
        throw std::invalid_argument("the finite-difference engines are second order in z");
    if (p.polarization != Polarization::scalar) {
        if (!index.grid().is_slab() || p.polarization != Polarization::along_x || p.op == Operator::wide_angle ||
            p.edges.kind == EdgeKind::transparent || p.precision == Precision::single_precision)
            throw std::invalid_argument("polarised steps are known in slabs, in double precision");
        return make_pade_slab(index, p);
    }
    if (p.op == Operator::paraxial) return make_compact_adi(index, p);
    if (p.edges.kind == EdgeKind::transparent)
        throw std::invalid_argument("transparent boundaries go with the paraxial operator");
    if (p.op == Operator::wide_angle)
        throw std::invalid_argument("the finite-difference engines have the paraxial and the Padé operators");
    return index.grid().is_slab() ? make_pade_slab(index, p) : make_pade_section(index, p);
}

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
