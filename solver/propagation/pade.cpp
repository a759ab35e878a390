#include "solver/propagation/pade.hpp"

#include <cmath>
#include <stdexcept>

namespace vitral::propagation {

std::vector<Complex> pade_factors(Operator op, double k, double dz) {
    const double s = 0.5 * k * dz;
    if (op == Operator::paraxial) return {Complex(0.0, -0.5 * s)};  // N/D = (h/2)/1
    if (op == Operator::pade_1_1) return {Complex(0.25, -0.5 * s)};
    if (op == Operator::pade_2_2) {
        // b1 + b2 = 3/4 - is/2, b1 b2 = 1/16 - is/4.
        const Complex sum(0.75, -0.5 * s), product(0.0625, -0.25 * s), root = std::sqrt(sum * sum - 4.0 * product);
        return {0.5 * (sum + root), 0.5 * (sum - root)};
    }
    throw std::invalid_argument("not a Padé operator");
}

}  // namespace vitral::propagation
