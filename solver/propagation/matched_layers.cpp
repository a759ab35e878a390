#include "solver/propagation/matched_layers.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/parallel.hpp"
#include "solver/kernels/flush_denormals.hpp"
#include "solver/kernels/line_kernels.hpp"

namespace vitral::propagation {
namespace {

Complex stretch(double depth, double width, double strength) {
    const double s = std::max(0.0, depth / width);
    return {1.0, strength * s * s * s};
}

/// Cells of a layer, and four that are not stretched any more: M⁻¹ dies out in them.
int cells_of(double width, double spacing) { return static_cast<int>(std::ceil(width / spacing - 1e-9)) + 4; }
constexpr double beside = 1.0 / 12.0, at_wall = 9.0 / 12.0,
                 inside = 10.0 / 12.0;  // M = 1 + δ²/12; ψ is odd at the wall

/// The stretched second difference, from the wall inwards: the diagonal and what joins each cell to the next inner one.
struct LayerMatrix {
    std::vector<Complex> diagonal, off;
    LayerMatrix(int cells, double spacing, double width, double strength) {
        const double per_square = 1.0 / (spacing * spacing);
        const auto cell = [&](int i) { return stretch(width - (i + 0.5) * spacing, width, strength); };
        const auto face = [&](int i) { return stretch(width - i * spacing, width, strength); };
        for (int i = 0; i < cells; ++i) {
            const Complex outer = 1.0 / face(i), inner = 1.0 / face(i + 1);
            diagonal.push_back(-per_square * ((i == 0 ? 2.0 : 1.0) * outer + inner) / cell(i));  // ψ is odd at the wall
            off.push_back(per_square * inner / std::sqrt(cell(i) * cell(i + 1)));
        }
    }
};

}  // namespace

MatchedLayers::Edge::Edge(Side which, const Axis& axis, double width, double strength, double a) : side(which) {
    const int wall = side.upper ? axis.count - 1 : 0;
    const double apart = axis.jacobian(wall).value, spacing = apart * axis.spacing;
    const int cells = std::min(cells_of(width, spacing), axis.count);
    if (axis.jacobian(side.upper ? axis.count - cells : cells - 1).value != apart)
        throw std::invalid_argument("a matched layer wants points equally far apart");
    const LayerMatrix layer(cells, spacing, width, strength);
    const double per_square = 1.0 / (spacing * spacing);
    const Complex ia(0.0, a);
    Complex before;
    for (int i = 0; i < cells; ++i) {
        const Complex d = layer.diagonal[static_cast<std::size_t>(i)] + (i == 0 ? 3.0 : 2.0) * per_square;
        const Complex o = layer.off[static_cast<std::size_t>(i)] - per_square;
        lower.push_back(i > 0 ? before * inverse.back() : Complex());
        inverse.push_back(1.0 / ((i == 0 ? at_wall : inside) - ia * d - (i > 0 ? lower.back() * before : Complex())));
        before = beside - ia * o;
        off.push_back(i + 1 < cells ? before : Complex());
    }
}

MatchedLayers::MatchedLayers(const Grid& grid, const Edges& edges, double k, double dz, double share) : grid_(grid) {
    if (edges.kind != EdgeKind::matched_layer) return;
    parts_ = std::max(1, static_cast<int>(std::ceil(share * k * dz / 30.0)));
    const double a = share * dz / (4.0 * k * parts_), S = strength(k, dz);
    if (edges.sides > 0.0) {
        edges_.emplace_back(Side{&RemovedPower::left, true, false}, grid.x, edges.sides, S, a);
        edges_.emplace_back(Side{&RemovedPower::right, true, true}, grid.x, edges.sides, S, a);
    }
    if (grid.is_slab()) return;
    if (edges.bottom > 0.0) edges_.emplace_back(Side{&RemovedPower::bottom, false, false}, grid.y, edges.bottom, S, a);
    if (edges.top > 0.0) edges_.emplace_back(Side{&RemovedPower::top, false, true}, grid.y, edges.top, S, a);
}

double MatchedLayers::strength(double k, double dz) { return std::clamp(20.0 / std::sqrt(k * dz), 5.0, 10.0); }

template <typename T>
RemovedPower MatchedLayers::apply(T* re, T* im, const Layout& layout, int threads) const {
    const auto& kernel = kernels::line_kernels<double>();
    constexpr int block = kernels::LineKernels<double>::layer_lines;
    RemovedPower taken;
    for (const Edge& edge : edges_) {
        const int lines = edge.side.along_x ? grid_.y.count : grid_.x.count,
                  points = edge.side.along_x ? grid_.x.count : grid_.y.count, blocks = (lines + block - 1) / block;
        // visit(i, l, offset of point i of line l, its sign), from the outer wall inwards.
        const auto each_point = [&](int first_line, int count, std::size_t cells, auto&& visit) {
            const auto sign_of = [&](int row) {
                return layout.signs.empty() ? 1.0 : static_cast<double>(layout.signs[static_cast<std::size_t>(row)]);
            };
            const auto point = [&](std::size_t i) {
                return edge.side.upper ? points - 1 - static_cast<int>(i) : static_cast<int>(i);
            };
            if (edge.side.along_x) {
                for (int l = 0; l < count; ++l) {
                    const std::ptrdiff_t row = layout.rows[static_cast<std::size_t>(first_line + l)];
                    const double one = sign_of(first_line + l);
                    for (std::size_t i = 0; i < cells; ++i) visit(i, l, row + point(i) * layout.step_x, one);
                }
            } else {
                for (std::size_t i = 0; i < cells; ++i) {
                    const std::ptrdiff_t row = layout.rows[static_cast<std::size_t>(point(i))];
                    const double one = sign_of(point(i));
                    for (int l = 0; l < count; ++l) visit(i, l, row + (first_line + l) * layout.step_x, one);
                }
            }
        };
        const std::size_t cells = edge.inverse.size();
        const auto numbers = [](const std::vector<Complex>& v) { return reinterpret_cast<const double*>(v.data()); };
        const kernels::LayerCoefficients coefficients{
            numbers(edge.lower), numbers(edge.inverse), numbers(edge.off), beside, inside, at_wall};
        std::vector<double> by_block(static_cast<std::size_t>(blocks));
        share_out(threads, blocks, [&](int, int begin, int end) {
            const kernels::FlushDenormals flush;
            // ψ and the eliminated right side, [cell][line].
            std::vector<double> work(4 * cells * block);
            double *psi_re = work.data(), *psi_im = psi_re + cells * block, *y_re = psi_im + cells * block,
                   *y_im = y_re + cells * block;
            for (int b = begin; b < end; ++b) {
                const int count = std::min(block, lines - b * block);
                each_point(b * block, count, cells, [&](std::size_t i, int l, std::ptrdiff_t at, double one) {
                    psi_re[i * block + static_cast<std::size_t>(l)] = one * static_cast<double>(re[at]);
                    psi_im[i * block + static_cast<std::size_t>(l)] = one * static_cast<double>(im[at]);
                });
                double lost[block] = {};
                kernel.layer(psi_re, psi_im, y_re, y_im, static_cast<int>(cells), parts_, coefficients, lost);
                each_point(b * block, count, cells, [&](std::size_t i, int l, std::ptrdiff_t at, double one) {
                    re[at] = static_cast<T>(one * psi_re[i * block + static_cast<std::size_t>(l)]);
                    im[at] = static_cast<T>(one * psi_im[i * block + static_cast<std::size_t>(l)]);
                });
                double& sum = by_block[static_cast<std::size_t>(b)];
                for (int l = 0; l < count; ++l) sum += lost[l];
            }
        });
        double sum = 0.0;
        for (const double power : by_block) sum += power;
        taken.*edge.side.removed += sum * grid_.cell_area();
    }
    return taken;
}

template RemovedPower MatchedLayers::apply(float*, float*, const Layout&, int) const;
template RemovedPower MatchedLayers::apply(double*, double*, const Layout&, int) const;

double matched_layer_return(double width, double strength, double spacing, double q) {
    const int cells = cells_of(width, spacing);
    const LayerMatrix layer(cells, spacing, width, strength);
    // (K + Q M) ψ = 0 with Q that of the wave in compact differences, from the wall inwards: every row gives the next value.
    const double sine2 = std::pow(std::sin(0.5 * q * spacing), 2),
                 Q = 4.0 * sine2 / (spacing * spacing) / (1.0 - sine2 / 3.0);
    Complex before, here = 1.0, joined;
    for (int i = 0; i < cells; ++i) {
        const auto c = static_cast<std::size_t>(i);
        const Complex next_joined = layer.off[c] + beside * Q;
        const Complex next =
            -((layer.diagonal[c] + (i == 0 ? at_wall : inside) * Q) * here + joined * before) / next_joined;
        before = here;
        here = next;
        joined = next_joined;
    }
    // Inside: in exp(-iqu) + back exp(iqu), u from the last layer cell inwards.
    const Complex turn = std::polar(1.0, q * spacing), in = (here - turn * before) / (1.0 / turn - turn),
                  back = before - in;
    return std::norm(back) / std::norm(in);
}

}  // namespace vitral::propagation
