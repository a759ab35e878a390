#include "medium/survey.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vitral::medium {
namespace {

/// What rises above the glass beside it at z, added up over y: the profile along x of where light is led.
class GuideProfile {
public:
    GuideProfile(const Medium& medium, double z, double spacing) : sums_(columns + 1, 0.0) {
        const MediumOutline& o = medium.outline();
        left_ = o.window.left;
        width_ = o.window.width();
        const double depth = -o.window.bottom;
        const int rows = o.slab ? 1 : std::clamp(static_cast<int>(depth / spacing), 24, 80);
        const auto n = [&](double x, double y) { return std::sqrt(medium.permittivity(x, y, z).x).real(); };
        for (int j = 0; j < rows; ++j) {
            const double y = o.slab ? 0.0 : -depth * (j + 0.5) / rows, beside = n(o.window.right, y);
            for (int i = 0; i < columns; ++i)
                sums_[static_cast<std::size_t>(i) + 1] += std::max(0.0, n(x_of(i), y) - beside);
        }
        for (std::size_t i = 1; i < sums_.size(); ++i) {
            densest_ = std::max(densest_, sums_[i]);
            sums_[i] += sums_[i - 1];
        }
    }
    [[nodiscard]] bool is_empty() const { return !(sums_.back() > 0.0); }
    /// Where the share q of it lies to the left; nothing in a gap, where the place says little.
    [[nodiscard]] std::optional<double> quantile(double q) const {
        const double wanted = q * sums_.back();
        const auto i = static_cast<std::size_t>(std::upper_bound(sums_.begin(), sums_.end(), wanted) - sums_.begin());
        const double here = sums_[i] - sums_[i - 1];
        if (here < 0.05 * densest_) return {};
        return x_of(static_cast<int>(i) - 1) + (((wanted - sums_[i - 1]) / here) - 0.5) * width_ / columns;
    }

private:
    static constexpr int columns = 300;
    [[nodiscard]] double x_of(int i) const { return left_ + width_ * (i + 0.5) / columns; }
    double left_ = 0.0, width_ = 0.0, densest_ = 0.0;
    std::vector<double> sums_;  ///< from the left
};

/// The steepest way that a part of the profile takes from one z to the next.
double steepest(const GuideProfile& before, const GuideProfile& after, double dz) {
    double slope = 0.0;
    for (double q = 0.05; q < 0.96; q += 0.05)
        if (const auto from = before.quantile(q), to = after.quantile(q); from && to)
            slope = std::max(slope, std::abs(*to - *from) / dz);
    return slope;
}

}  // namespace

Window guiding_box(const Medium& medium) {
    const MediumOutline& o = medium.outline();
    const Window& w = o.window;
    Window box{w.right, w.left, w.top, w.bottom};
    const auto hold = [&](double x, double y) {
        box.left = std::min(box.left, x), box.right = std::max(box.right, x);
        box.bottom = std::min(box.bottom, y), box.top = std::max(box.top, y);
    };
    for (const auto& step : o.x_steps) box.left = std::min(box.left, step.at), box.right = std::max(box.right, step.at);
    for (const auto& step : o.y_steps) box.bottom = std::min(box.bottom, step.at), box.top = std::max(box.top, step.at);
    constexpr int count = 160;
    const int columns = o.layered ? 1 : count, lines = o.slab ? 1 : count;
    const double top = std::min(w.top, o.surface.value_or(w.top));
    const auto x_of = [&](int i) { return w.left + w.width() * (i + 0.5) / columns; };
    const auto y_of = [&](int j) { return o.slab ? 0.0 : w.bottom + (top - w.bottom) * (j + 0.5) / lines; };
    std::vector<double> epsilon;
    double edge = 0.0, highest = 0.0;
    for (int i = 0; i < columns; ++i)
        for (int j = 0; j < lines; ++j) {
            const double e = epsilon.emplace_back(medium.permittivity(x_of(i), y_of(j), 0.0).x.real());
            highest = std::max(highest, e);
            if (i == 0 || i == columns - 1 || (!o.slab && j == 0)) edge = std::max(edge, e);
        }
    auto e = epsilon.begin();
    for (int i = 0; i < columns; ++i)
        for (int j = 0; j < lines; ++j)
            if (*e++ > edge + 0.02 * (highest - edge) && highest > edge) hold(x_of(i), y_of(j));
    if (box.left >= box.right) box.left = 0.25 * w.left, box.right = 0.25 * w.right;
    if (o.slab)
        box.bottom = box.top = 0.0;
    else if (box.bottom >= box.top)
        box.bottom = 0.5 * w.bottom, box.top = 0.0;
    return box;
}

void Range::take(const Range& other) {
    from = std::min(from, other.from);
    to = std::max(to, other.to);
}

double Range::steepest(const Range& before, double dz) const {
    return std::max(std::abs(from - before.from), std::abs(to - before.to)) / dz;
}

std::pair<Range, Range> risen(const IndexMap& n, double beside) {
    const double least = 0.1 * (*std::max_element(n.values.begin(), n.values.end()) - beside);
    std::pair<Range, Range> r;
    for (int iy = 0; iy < n.grid.y.count; ++iy)
        for (int ix = 0; ix < n.grid.x.count; ++ix)
            if (n(ix, iy) - beside > least) {
                r.first.take({n.grid.x.at(ix), n.grid.x.at(ix)});
                r.second.take({n.grid.y.at(iy), n.grid.y.at(iy)});
            }
    return r;
}

double centroid(const IndexMap& n, double floor) {
    double sum = 0.0, moment = 0.0;
    for (int iy = 0; iy < n.grid.y.count; ++iy)
        for (int ix = 0; ix < n.grid.x.count; ++ix) {
            const double rise = std::max(0.0, n(ix, iy) - floor);
            sum += rise;
            moment += rise * n.grid.x.at(ix);
        }
    return sum > 0.0 ? moment / sum : 0.0;
}

std::optional<double> cubed_slopes(const Medium& medium, const GuidePath& path, double length, double tilt,
                                   double spacing) {
    double cubes = 0.0;
    if (medium.constant_until(0.0) == 0.0) {
        constexpr int stretches = 32;
        GuideProfile before(medium, 0.0, spacing);
        for (int i = 1; i <= stretches; ++i) {
            GuideProfile after(medium, length * i / stretches, spacing);
            if (before.is_empty() || after.is_empty()) return {};
            cubes += std::pow(steepest(before, after, length / stretches) + tilt, 3) * length / stretches;
            before = std::move(after);
        }
        return cubes;
    }
    constexpr int samples = 1000;
    for (int i = 0; i < samples; ++i)
        cubes += std::pow(std::abs(path.slope((i + 0.5) / samples * length)) + tilt, 3) * length / samples;
    return cubes;
}

}  // namespace vitral::medium
