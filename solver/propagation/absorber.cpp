#include "solver/propagation/absorber.hpp"

#include <cmath>
#include <complex>

namespace vitral::propagation {
namespace {

double damping(double into_edge, double width, double strength) {
    if (!(width > 0.0) || into_edge <= 0.0) return 0.0;
    const double s = into_edge / width;
    return strength / width * s * s * s;
}

}  // namespace

AbsorberFactors::AbsorberFactors(const Grid& grid, const Edges& edges, double dz) {
    const Edges a = edges.kind == EdgeKind::absorber ? edges : Edges{};
    for (int ix = 0; ix < grid.x.count; ++ix) {
        const double position = grid.x.at(ix);
        x.push_back(std::exp(-dz * (damping(grid.x.lower + a.sides - position, a.sides, a.strength) +
                                    damping(position - grid.x.upper() + a.sides, a.sides, a.strength))));
    }
    for (int iy = 0; iy < grid.y.count; ++iy) {
        const double position = grid.y.at(iy);
        y.push_back(grid.is_slab() ? 1.0
                                   : std::exp(-dz * (damping(grid.y.lower + a.bottom - position, a.bottom, a.strength) +
                                                     damping(position - grid.y.upper() + a.top, a.top, a.strength))));
    }
}

EdgeAccount::EdgeAccount(const Grid& grid, const Edges& absorber, double dz, Seen seen) : middle_y_(grid.y.count / 2) {
    constexpr int lanes = 16;  // of the widest kernels
    const AbsorberFactors factors(grid, absorber, dz);
    padded_ = (grid.x.count + lanes - 1) / lanes * lanes;
    right_begin_ = padded_;
    const auto columns = static_cast<std::size_t>(padded_);
    left_.assign(columns, 0.0);
    right_.assign(columns, 0.0);
    along_.assign(columns, 0.0);
    // kept = kx ky. Taken by the sides: 1 - kx; by bottom and top: kx (1 - ky).
    for (int i = 0; i < grid.x.count; ++i) {
        const auto c = static_cast<std::size_t>(i);
        const double kept = factors.x[c] * factors.x[c], taken = seen == Seen::before ? 1.0 - kept : 1.0 / kept - 1.0;
        along_[c] = (seen == Seen::before ? kept : 1.0) * grid.cell_area();
        if (kept == 1.0) continue;
        const bool left = i < grid.x.count / 2;
        (left ? left_ : right_)[c] = taken * grid.cell_area();
        if (left)
            left_end_ = (i / lanes + 1) * lanes;
        else
            right_begin_ = std::min(right_begin_, i / lanes * lanes);
    }
    for (const double a : factors.y) {
        const double kept = a * a;
        side_factor_.push_back(seen == Seen::before ? 1.0 : 1.0 / kept);
        y_factor_.push_back(seen == Seen::before ? 1.0 - kept : 1.0 / kept - 1.0);
    }
    any_ = dz > 0.0 && absorber.kind == EdgeKind::absorber &&
           (absorber.sides > 0.0 || absorber.bottom > 0.0 || absorber.top > 0.0);
}

double absorber_return(double width, double strength, double k, double q, Behind behind) {
    const bool periodic = behind == Behind::other_edge;
    using Number = std::complex<double>;
    // Backwards through what lies behind, from a wall or an outgoing wave, by Runge and Kutta's rule.
    const auto sigma = [&](double x) { return damping(std::min(x, 2.0 * width - x), width, strength); };
    const double depth = periodic ? 2.0 * width : width;
    const int steps =
        std::max(200, static_cast<int>(std::ceil(40.0 * depth * std::sqrt(q * q + 2.0 * k * strength / width))));
    const double h = -depth / steps;
    Number u = periodic ? 1.0 : 0.0, v = periodic ? Number(0.0, q) : 1.0;
    const auto slope = [&](double x, Number value) { return -(q * q + Number(0.0, 2.0 * k * sigma(x))) * value; };
    double x = depth;
    for (int i = 0; i < steps; ++i, x += h) {
        const Number u1 = v, v1 = slope(x, u);
        const Number u2 = v + 0.5 * h * v1, v2 = slope(x + 0.5 * h, u + 0.5 * h * u1);
        const Number u3 = v + 0.5 * h * v2, v3 = slope(x + 0.5 * h, u + 0.5 * h * u2);
        const Number u4 = v + h * v3, v4 = slope(x + h, u + h * u3);
        u += h / 6.0 * (u1 + 2.0 * u2 + 2.0 * u3 + u4);
        v += h / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4);
    }
    const Number in = 0.5 * (u + v / Number(0.0, q)), back = 0.5 * (u - v / Number(0.0, q));
    return (std::norm(back) + (periodic ? 1.0 : 0.0)) / std::norm(in);
}

}  // namespace vitral::propagation
