#include "medium/formula_extent.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::medium {
namespace {

constexpr double first_size = 20e-6, growth = 3.0;
constexpr int sizes = 5;
constexpr double farthest = 540e-6;     // beside the guides that were found, others are looked for
constexpr double negligible = 1e-3;     // of the rise
constexpr double settled_share = 1e-4;  // of the rise, over the outer fifth
constexpr double least_rise = 1e-9;
constexpr int columns = 201, lines = 41, far_columns = 1081, far_lines = 5;  // of samples

/// A formula on a window's points at one z; the points include the edges.
struct Samples {
    std::vector<double> x, y;
    std::vector<double> n;  ///< x fastest

    Samples(const Formula& formula, const Window& w, int nx, int ny, double z) {
        for (int i = 0; i < nx; ++i) x.push_back(w.left + w.width() * i / (nx - 1));
        for (int j = 0; j < ny; ++j) y.push_back(ny == 1 ? w.bottom : w.bottom + w.height() * j / (ny - 1));
        for (const double at_y : y)
            for (const double at_x : x) n.push_back(formula(at_x, at_y, z));
    }
    [[nodiscard]] double at(std::size_t i, std::size_t j) const { return n[j * x.size() + i]; }
    /// Of what is a number: a root may end somewhere.
    [[nodiscard]] double rise() const {
        double low = 1e300, high = -1e300;
        for (const double value : n)
            if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
        return std::max(0.0, high - low);
    }
};

/// Which sides are looked for, and not given.
struct Open {
    bool sides, bottom, top;
};

/// Whether nothing changes any more over the outer fifth of the open sides.
bool has_settled(const Samples& s, const Open& open, double rise) {
    const std::size_t nx = s.x.size(), ny = s.y.size(), fifth_x = nx / 10, fifth_y = ny / 5;
    const auto same = [&](double a, double b) { return std::abs(a - b) <= settled_share * rise; };
    if (open.sides)
        for (std::size_t j = 0; j < ny; ++j)
            if (!same(s.at(0, j), s.at(fifth_x, j)) || !same(s.at(nx - 1, j), s.at(nx - 1 - fifth_x, j))) return false;
    for (std::size_t i = 0; i < nx; ++i) {
        if (open.bottom && !same(s.at(i, 0), s.at(i, fifth_y))) return false;
        if (open.top && !same(s.at(i, ny - 1), s.at(i, ny - 1 - fifth_y))) return false;
    }
    return true;
}

/// Adds to the box where the index differs from what it is at the far side or far below; a point's cell belongs to it.
void take(Window& box, const Samples& s, bool slab, double rise) {
    const double dx = s.x[1] - s.x[0], dy = slab ? 0.0 : s.y[1] - s.y[0];
    const std::size_t last = s.x.size() - 1;
    for (std::size_t j = 0; j < s.y.size(); ++j)
        for (std::size_t i = 0; i < s.x.size(); ++i) {
            const double here = s.at(i, j);
            const double aside = std::min(std::abs(here - s.at(0, j)), std::abs(here - s.at(last, j)));
            if (aside > negligible * rise)
                box.left = std::min(box.left, s.x[i] - dx), box.right = std::max(box.right, s.x[i] + dx);
            if (!slab && std::abs(here - s.at(i, 0)) > negligible * rise)
                box.bottom = std::min(box.bottom, s.y[j] - dy), box.top = std::max(box.top, s.y[j] + dy);
        }
}

}  // namespace

std::optional<Window> formula_extent(const Formula& n, const ExtentSearch& search) {
    const Open open{!search.half_width, !search.slab && !search.depth, !search.slab && search.above && !search.height};
    double size = first_size;
    bool changes = false;
    for (int k = 0; k < sizes; ++k, size *= growth) {
        const double half = search.half_width.value_or(size);
        Window w{-half, half, 0.0, 0.0};
        if (!search.slab) w.bottom = -search.depth.value_or(size);
        if (!search.slab && search.above) w.top = search.height.value_or(size);
        std::vector<Samples> places;
        double rise = 0.0;
        bool settled = true;
        for (const double z : search.z) {
            rise = std::max(rise, places.emplace_back(n, w, columns, search.slab ? 1 : lines, z).rise());
        }
        if (rise < least_rise) continue;
        changes = true;
        for (const Samples& s : places) settled = settled && has_settled(s, open, rise);
        if (!settled) continue;
        Window box{half, -half, w.top, w.bottom};
        for (const Samples& s : places) take(box, s, search.slab, rise);
        if (search.slab) box.bottom = box.top = 0.0;
        if (open.sides && half < farthest) {
            const Window row{-farthest, farthest, box.bottom, box.top};
            take(box, Samples(n, row, far_columns, search.slab ? 1 : far_lines, search.z.front()), true, rise);
            if (search.z.size() > 1)
                take(box, Samples(n, row, far_columns, search.slab ? 1 : far_lines, search.z.back()), true, rise);
        }
        box.top = std::min(box.top, w.top);
        return box;
    }
    if (changes) return {};
    return Window{1.0, -1.0, 0.0, 0.0};
}

}  // namespace vitral::medium
