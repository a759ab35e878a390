#include "solver/propagation/observables.hpp"

#include <algorithm>
#include <cmath>

#include "core/parallel.hpp"
#include "solver/kernels/line_kernels.hpp"

namespace vitral::propagation {
namespace {

const double* numbers(const Complex* values) { return reinterpret_cast<const double*>(values); }

}  // namespace

BeamMoments beam_moments(const Field<Complex>& psi) {
    const Grid& g = psi.grid;
    const auto& kernel = kernels::line_kernels<double>();
    // About the middle of the window: 4σ of a small beam far from the origin loses no digits.
    const double middle = 0.5 * (g.x.lower + g.x.upper());
    std::vector<double> across;
    for (int ix = 0; ix < g.x.count; ++ix) across.push_back(g.x.at(ix) - middle);
    struct Row {
        double sum, x, xx;
    };
    std::vector<Row> rows(static_cast<std::size_t>(g.y.count));
    parallel_for(g.y.count, static_cast<std::size_t>(g.x.count), [&](std::ptrdiff_t iy) {
        double sums[3];
        kernel.moments(numbers(&psi.values[g.index(0, static_cast<int>(iy))]), across.data(), g.x.count, sums);
        rows[static_cast<std::size_t>(iy)] = {sums[0], sums[1], sums[2]};
    });
    double sum = 0.0, x = 0.0, xx = 0.0, y = 0.0, yy = 0.0;
    const double middle_y = 0.5 * (g.y.lower + g.y.upper());
    for (int iy = 0; iy < g.y.count; ++iy) {
        const Row& r = rows[static_cast<std::size_t>(iy)];
        const double v = g.y.at(iy) - middle_y;
        sum += r.sum, x += r.x, xx += r.xx;
        y += r.sum * v, yy += r.sum * v * v;
    }
    BeamMoments m;
    m.power = sum * g.cell_area();
    if (!(sum > 0.0)) return m;
    x /= sum, y /= sum;
    m.center_x = middle + x;
    m.center_y = middle_y + y;
    m.width_x = 4.0 * std::sqrt(std::max(0.0, xx / sum - x * x));
    m.width_y = 4.0 * std::sqrt(std::max(0.0, yy / sum - y * y));
    return m;
}

std::vector<Complex> overlaps(std::span<const Field<double>> modes, const Field<Complex>& psi) {
    const auto& kernel = kernels::line_kernels<double>();
    const std::size_t size = psi.values.size(), blocks = (size + reduction_block - 1) / reduction_block;
    std::vector<Complex> partial(blocks * modes.size()), sums(modes.size());
    parallel_for(static_cast<std::ptrdiff_t>(blocks), reduction_block, [&](std::ptrdiff_t block) {
        const std::size_t begin = static_cast<std::size_t>(block) * reduction_block;
        std::vector<const double*> lines;
        for (const Field<double>& mode : modes) lines.push_back(mode.values.data() + begin);
        kernel.overlaps(numbers(psi.values.data() + begin), lines.data(), static_cast<int>(lines.size()),
                        static_cast<int>(std::min(reduction_block, size - begin)),
                        reinterpret_cast<double*>(partial.data() + static_cast<std::size_t>(block) * modes.size()));
    });
    for (std::size_t i = 0; i < partial.size(); ++i) sums[i % modes.size()] += partial[i];
    for (Complex& sum : sums) sum *= psi.grid.cell_area();
    return sums;
}

}  // namespace vitral::propagation
