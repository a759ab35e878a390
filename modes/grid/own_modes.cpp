#include "modes/grid/own_modes.hpp"

#include <algorithm>
#include <cmath>

#include "solver/kernels/eigenpairs.hpp"

namespace vitral::modes {
namespace {

/// Its largest value is positive, its power 1.
void settle(Mode& mode) {
    double largest = 0.0, power = 0.0;
    for (const double v : mode.psi.values) {
        if (std::abs(v) > std::abs(largest)) largest = v;
        power += v * v;
    }
    const double scale = std::copysign(1.0 / std::sqrt(power * mode.psi.grid.cell_area()), largest);
    for (double& v : mode.psi.values) v *= scale;
}

/// ∬ ψ_a w(x) ψ_b dA over the columns.
template <typename Weight>
double moment(const Field<double>& a, const Field<double>& b, Columns columns, Weight&& weight) {
    double sum = 0.0;
    for (int iy = 0; iy < a.grid.y.count; ++iy) {
        double row = 0.0;
        for (int ix = columns.first; ix < columns.end; ++ix) row += a(ix, iy) * b(ix, iy) * weight(ix);
        sum += row;
    }
    return sum * a.grid.cell_area();
}

Field<double> combined(const std::vector<const Field<double>*>& fields, const std::vector<double>& amounts) {
    Field<double> sum(fields[0]->grid);
    for (std::size_t k = 0; k < fields.size(); ++k)
        for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += amounts[k] * fields[k]->values[i];
    return sum;
}

}  // namespace

std::vector<GuidePlace> guides_in(const IndexMap& n) {
    constexpr double valley = 0.5, least = 0.05;
    const Grid& grid = n.grid;
    std::vector<double> rise(static_cast<std::size_t>(grid.x.count));
    for (int ix = 0; ix < grid.x.count; ++ix)
        for (int iy = 0; iy < grid.y.count; ++iy)
            rise[static_cast<std::size_t>(ix)] = std::max(rise[static_cast<std::size_t>(ix)], n(ix, iy));
    const double lowest = *std::min_element(rise.begin(), rise.end()),
                 highest = *std::max_element(rise.begin(), rise.end()) - lowest;
    for (double& r : rise) r -= lowest;
    const auto height = [&](int ix) { return rise[static_cast<std::size_t>(ix)]; };
    std::vector<GuidePlace> guides;
    int peak = 0, bottom = 0, last_bottom = 0;  // of the guide that is passed, and the lowest columns since
    const double same = 1e-9 * highest;
    const auto add = [&](int end) {
        const int first = guides.empty() ? 0 : guides.back().columns.end;
        guides.push_back({grid.x.at(peak), lowest + height(peak), {first, end}});
    };
    for (int ix = 1; ix < grid.x.count; ++ix) {
        if (height(ix) < height(bottom) - same)
            bottom = last_bottom = ix;
        else if (height(ix) <= height(bottom) + same)
            last_bottom = ix;  // where it is flat between guides, the middle parts them
        const double lower = std::min(height(peak), height(ix));
        if (lower >= least * highest && height(bottom) < valley * lower) {
            add((bottom + last_bottom + 1) / 2);
            peak = bottom = last_bottom = ix;
        } else if (height(ix) > height(peak)) {
            peak = bottom = last_bottom = ix;
        }
    }
    add(grid.x.count);
    return guides;
}

std::optional<Mode> own_mode(const std::vector<GuidedMode>& modes, Columns columns) {
    constexpr double half = 0.5;
    const std::size_t count = modes.size();
    std::vector<const Field<double>*> fields;
    for (const GuidedMode& mode : modes) fields.push_back(&mode.psi);
    std::vector<double> held(count * count);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j <= i; ++j)
            held[i * count + j] = held[j * count + i] =
                moment(*fields[i], *fields[j], columns, [](int) { return 1.0; });
    const kernels::DenseEigenpairs shares = kernels::dense_eigenpairs(held, count);
    std::vector<const std::vector<double>*> own;
    for (std::size_t k = 0; k < count; ++k)
        if (shares.values[k] > half) own.push_back(&shares.vectors[k]);
    if (own.empty()) return {};
    std::vector<double> squares(own.size() * own.size());
    for (std::size_t a = 0; a < own.size(); ++a)
        for (std::size_t b = 0; b < own.size(); ++b)
            for (std::size_t i = 0; i < count; ++i)
                squares[a * own.size() + b] += (*own[a])[i] * std::pow(modes[i].n_eff.real(), 2) * (*own[b])[i];
    const kernels::DenseEigenpairs levels = kernels::dense_eigenpairs(squares, own.size());
    std::vector<double> amounts(count);
    for (std::size_t a = 0; a < own.size(); ++a)
        for (std::size_t i = 0; i < count; ++i) amounts[i] += levels.vectors.back()[a] * (*own[a])[i];
    Mode mode{std::sqrt(levels.values.back()), 0.0, combined(fields, amounts)};
    settle(mode);
    return mode;
}

void set_apart(std::vector<Mode>& modes, double same) {
    for (std::size_t first = 0; first < modes.size();) {
        std::size_t end = first + 1;
        while (end < modes.size() && modes[end - 1].n_eff - modes[end].n_eff < same) ++end;
        const std::size_t count = end - first;
        if (count > 1) {
            const Grid& grid = modes[first].psi.grid;
            std::vector<const Field<double>*> fields;
            for (std::size_t i = first; i < end; ++i) fields.push_back(&modes[i].psi);
            std::vector<double> places(count * count);
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t j = 0; j <= i; ++j)
                    places[i * count + j] = places[j * count + i] =
                        moment(*fields[i], *fields[j], {0, grid.x.count}, [&](int ix) { return grid.x.at(ix); });
            const kernels::DenseEigenpairs apart = kernels::dense_eigenpairs(places, count);
            std::vector<Mode> own;
            for (const std::vector<double>& amounts : apart.vectors) {
                Mode mode{0.0, 0.0, combined(fields, amounts)};
                for (std::size_t i = 0; i < count; ++i) {
                    mode.n_eff += amounts[i] * amounts[i] * modes[first + i].n_eff;
                    mode.residual = std::max(mode.residual, modes[first + i].residual);
                }
                settle(mode);
                own.push_back(std::move(mode));
            }
            std::move(own.begin(), own.end(), modes.begin() + static_cast<std::ptrdiff_t>(first));
        }
        first = end;
    }
}

}  // namespace vitral::modes
