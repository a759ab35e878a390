#include "solver/propagation/local_phase.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"

namespace vitral::propagation {

LocalPhase::LocalPhase(const SampledMedium& index, const EngineParams& p)
    : index_(index),
      paraxial_(p.op == Operator::paraxial),
      absorbs_(index.absorbs()),
      k0_(2.0 * pi / p.wavelength),
      n_ref_(p.n_ref),
      map_(index.grid()) {
    if (absorbs_) extinction_ = Field<double>(index.grid());
}

double LocalPhase::read(double z) {
    if (z >= from_ && z <= until_) return until_;
    index_.at(z, map_);
    if (absorbs_) index_.extinction_at(z, extinction_);
    from_ = z;
    until_ = index_.constant_until(z);
    return until_;
}

ColumnRange LocalPhase::changed(double before, double z) const {
    constexpr int lanes = 16;
    const int nx = map_.grid.x.count;
    if (absorbs_ || before < 0.0) return {0, nx};
    const ColumnRange range =
        index_.changed_columns(before, z);  // and two on each side, which see it in their gradient
    const int begin = std::max(0, range.begin - 2) / lanes * lanes;
    return {begin, std::min(nx, (range.end + 2 + lanes - 1) / lanes * lanes)};
}

void LocalPhase::angles(int iy, ColumnRange columns, double w, double g, double* out) const {
    const int nx = map_.grid.x.count, ny = map_.grid.y.count;
    const double* n = &map_.values[map_.grid.index(0, iy)];
    if (!paraxial_) {
        const double scale = w * k0_, shift = -w * k0_ * n_ref_;
        for (int i = columns.begin; i < columns.end; ++i) out[i] = scale * n[i] + shift;
        return;
    }
    const double to_potential = 0.5 * k0_ / n_ref_, scale = w * to_potential, n_ref2 = n_ref_ * n_ref_;
    for (int i = columns.begin; i < columns.end; ++i) out[i] = scale * (n[i] * n[i] - n_ref2);
    if (g == 0.0) return;
    // ∂V = 2 n ∂n k0/(2 n_ref), five-point differences of fourth order, one-sided under and above the walls in y.
    constexpr double stencils[5][5] = {
        {-25, 48, -36, 16, -3}, {-3, -10, 18, -6, 1}, {1, -8, 0, 8, -1}, {-1, 6, -18, 10, 3}, {3, -16, 36, -48, 25}};
    const double weight = g / (k0_ * n_ref_), sx = 2.0 * to_potential / (12.0 * map_.grid.x.spacing),
                 sy = ny > 4 ? 2.0 * to_potential / (12.0 * map_.grid.y.spacing) : 0.0;
    const int base = std::clamp(iy - 2, 0, std::max(0, ny - 5));
    const double* below = &map_.values[map_.grid.index(0, base)];
    const double* c = stencils[ny > 4 ? iy - base : 2];
    const std::ptrdiff_t row = ny > 4 ? nx : 0;
    for (int i = std::max(2, columns.begin), end = std::min(nx - 2, columns.end); i < end; ++i) {
        const double dx = sx * (8.0 * (n[i + 1] - n[i - 1]) - (n[i + 2] - n[i - 2]));
        const double dy = sy * (c[0] * below[i] + c[1] * below[i + row] + c[2] * below[i + 2 * row] +
                                c[3] * below[i + 3 * row] + c[4] * below[i + 4 * row]);
        out[i] += weight * n[i] * n[i] * (dx * dx + dy * dy);
    }
}

void LocalPhase::amplitudes(int iy, double w, double* out) const {
    const std::size_t row = map_.grid.index(0, iy);
    const double *n = &map_.values[row], *kappa = &extinction_.values[row];
    for (int i = 0; i < map_.grid.x.count; ++i)
        out[i] = std::exp(-w * k0_ * kappa[i] * (paraxial_ ? n[i] / n_ref_ : 1.0));
}

}  // namespace vitral::propagation
