#include "modes/elements/search_window.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"

namespace vitral::modes {

SearchWindow::SearchWindow(const Section& section, const SectionModesParams& params)
    : section_(section),
      params_(params),
      k0_(2.0 * pi / params.wavelength),
      contrast_(contrast_of(section)),
      x0_(0.5 * (section.left + section.right)),
      y0_(0.5 * (section.bottom + section.top)),
      mirrored_x_(!params.box && params.curvature == 0.0 && is_mirrored(section, Direction::x, x0_)),
      mirrored_y_(!params.box && !section.slab && is_mirrored(section, Direction::y, y0_)),
      sizes_x_(sizes_at_steps(Direction::x)),
      sizes_y_(sizes_at_steps(Direction::y)) {
    lay(params.wavelength);  // to know the index of the walls
    const double lowest = params.near ? std::min(*params.near * *params.near, contrast_.largest) : boundary_nu();
    lay_for_all(12.0 / (k0_ * std::sqrt(std::max(contrast_.largest - lowest, 1e-6))));
}

void SearchWindow::lay_for_all(double margin) {
    decay_ = 0.0;
    lay(margin);
}

bool SearchWindow::fit(double weakest_nu) {
    if (params_.near || params_.box) return false;
    decay_ = k0_ * std::sqrt(std::max(weakest_nu - boundary_nu(), 1e-12));
    const double needed = std::min(13.0 / decay_, widest());
    const bool too_small = needed > 1.1 * margin_;
    if (too_small || margin_ > 1.5 * needed) lay(needed);
    return too_small;
}

std::vector<Parity> SearchWindow::parities() const {
    // First the one that the fundamental mode belongs to: E_x even in x and y, ψ even.
    const bool first = params_.equation == WaveEquation::full_vector;
    std::vector<Parity> kinds;
    for (const bool x : {first, !first})
        for (const bool y : {false, true}) {
            if ((!mirrored_x_ && x != first) || (!mirrored_y_ && y)) continue;
            kinds.push_back({x, y});
        }
    return kinds;
}

void SearchWindow::lay(double margin) {
    margin_ = params_.box ? 0.0 : margin;
    layers_ = {};
    left_ = section_.left - margin_, right_ = section_.right + margin_;
    bottom_ = section_.bottom - margin_, top_ = section_.top + margin_;
    if (params_.box) {
        decay_ = 3.0 * k0_;
        return;
    }
    if (params_.near) open_walls();
    const auto along = [&](Direction direction, double wall) {
        return wall_index(section_, params_.equation, params_.wavelength, direction, wall);
    };
    boundary_ = std::max(along(Direction::y, left_), along(Direction::y, right_));
    if (!section_.slab) boundary_ = std::max({boundary_, along(Direction::x, bottom_), along(Direction::x, top_)});
    if (decay_ == 0.0) decay_ = 13.0 / margin_;  // of the light that a window of this size is laid for
}

void SearchWindow::open_walls() {
    const double n = *params_.near,
                 centre_x = 0.5 * (section_.left + section_.right) + 1e-7 * (section_.right - section_.left),
                 centre_y = 0.5 * (section_.bottom + section_.top) + 1e-7 * (section_.top - section_.bottom);
    const double wave = params_.wavelength;
    const auto open = [&](double& wall, double outward, double x, double y, double& layer) {
        const double wall_index = std::sqrt(section_.permittivity(x, y).x.real());
        if (params_.curvature == 0.0) {
            const double across = k0_ * std::sqrt(std::abs(wall_index * wall_index - n * n));
            const double edge = wall - outward * margin_;
            if (wall_index > n) {
                radiated_ = std::max(radiated_, across);
                layer = std::max(4.0 / across, 0.1 * wave);
                wall = edge + outward * (0.3 * wave + layer);
            } else {
                wall = edge + outward * 14.0 / std::max(across, 1e-3 * k0_);
            }
            return;
        }
        // A bend: light leaves beyond the caustic x = R (n_eff/n - 1).
        const double caustic = std::abs(1.0 / params_.curvature) * std::max(n / wall_index - 1.0, 0.0);
        const double deep = k0_ * std::sqrt(std::max(n * n - wall_index * wall_index, 1e-3));
        const double edge = wall - outward * margin_;
        const bool outer = &wall == (params_.curvature > 0.0 ? &right_ : &left_);
        const bool inner = &wall == (params_.curvature > 0.0 ? &left_ : &right_);
        const double far = std::min(14.0 / deep, 40.0 * wave);
        if (outer) {
            // The layer begins where light has left the caustic behind, and is ten of its radians across deep.
            const double begin = edge + outward * (1.2 * caustic + wave);
            const auto across = [&](double at) {
                return k0_ * std::sqrt(std::max(
                                 std::pow(wall_index * (1.0 + std::abs(params_.curvature * at)), 2) - n * n, 1e-6));
            };
            bend_layer_ = layer = std::clamp(10.0 / across(begin), 0.5 * wave, 40.0 * wave);
            wall = begin + outward * layer;
            radiated_ = across(wall);
        } else if (inner || wall_index < 0.9 * n) {
            wall = edge + outward * far;
        } else {
            layer = bend_layer_;
            wall = edge + outward * (0.5 * far + layer);
        }
    };
    open(left_, -1.0, left_, centre_y, layers_.left);
    open(right_, 1.0, right_, centre_y, layers_.right);
    if (section_.slab) return;
    open(bottom_, -1.0, centre_x, bottom_, layers_.bottom);
    open(top_, 1.0, centre_x, top_, layers_.top);
}

SectionProblem SearchWindow::problem(const Parity& parity, int degree, int corner_layers) const {
    SectionProblem p;
    p.equation = section_.slab && params_.slab_field == SlabField::along_y ? WaveEquation::scalar : params_.equation;
    p.wavelength = params_.wavelength;
    p.permittivity = section_.permittivity;
    p.layers = layers_;
    p.curvature = params_.curvature;
    LineMesh x{.lower = mirrored_x_ ? x0_ : left_,
               .upper = right_,
               .inner_lower = section_.left,
               .inner_upper = section_.right,
               .steps = section_.x_steps};
    LineMesh y{.lower = mirrored_y_ ? y0_ : bottom_,
               .upper = top_,
               .inner_lower = section_.bottom,
               .inner_upper = section_.top,
               .steps = section_.y_steps};
    // A plane of symmetry is no wall.
    if (mirrored_x_) p.layers.left = 0.0;
    if (mirrored_y_) p.layers.bottom = 0.0;
    // Matched layers begin at break points.
    const auto begin_layers = [](LineMesh& line, double lower, double upper) {
        if (lower > 0.0) line.steps.push_back({line.lower + lower, false});
        if (upper > 0.0) line.steps.push_back({line.upper - upper, false});
    };
    begin_layers(x, p.layers.left, p.layers.right);
    begin_layers(y, p.layers.bottom, p.layers.top);
    for (LineMesh* line : {&x, &y}) {
        line->degree = degree;
        line->corner_layers = corner_layers;
        line->inner_size = 3.0 / (k0_ * std::sqrt(std::max(contrast_.largest - boundary_or_near(), 1e-6)));
        line->step_sizes = line == &x ? sizes_x_ : sizes_y_;
        line->outer_size = std::max(line->inner_size, 4.0 / decay_);
        if (params_.near) line->outer_size = std::min(3.0 * params_.wavelength, 4.0 / radiated_);
        const Direction along = line == &x ? Direction::x : Direction::y;
        line->follows_index = [this, along](double a, double b) { return follows(along, a, b); };
    }
    p.x = mesh_line(x);
    if (section_.slab) {
        // One element, so low that nothing varies along it; its walls choose the field's direction.
        p.y = {{0.0, 0.01 * params_.wavelength}, 1};
        p.walls = {true, true, false, false};
    } else {
        p.y = mesh_line(y);
        p.walls = {true, true, true, true};
        if (mirrored_y_) p.walls.bottom = parity.closed_y;
    }
    if (mirrored_x_) p.walls.left = parity.closed_x;
    if (params_.box) p.walls = *params_.box;
    return p;
}

std::vector<StepSize> SearchWindow::sizes_at_steps(Direction across) const {
    std::vector<StepSize> sizes;
    const bool x = across == Direction::x;
    const double beside = 1e-6 * (x ? section_.right - section_.left : section_.top - section_.bottom);
    for (const IndexStep& step : x ? section_.x_steps : section_.y_steps) {
        const auto size = [&](double offset) {
            double least = contrast_.largest;
            for (int l = 0; l < 41; ++l) {
                const double share = -0.05 + 1.1 * (l + 0.4142) / 41.0;
                const Permittivity e =
                    x ? section_.permittivity(step.at + offset,
                                              section_.bottom + share * (section_.top - section_.bottom))
                      : section_.permittivity(section_.left + share * (section_.right - section_.left),
                                              step.at + offset);
                least = std::min({least, e.x.real(), e.y.real(), e.z.real()});
            }
            return 3.0 / (k0_ * std::sqrt(std::max(contrast_.largest - least, 1e-6)));
        };
        sizes.push_back({step.at, size(-beside), size(beside)});
    }
    return sizes;
}

bool SearchWindow::follows(Direction along, double a, double b) const {
    constexpr int degree = 4;
    static const kernels::GaussRule rule = kernels::gauss_legendre(degree + 1);
    const double allowed = 1e-3 * std::max(contrast_.largest - boundary_or_near(), 1e-9);
    constexpr int lines = 13;
    for (int l = 0; l < lines; ++l) {
        const double share = (l + 0.377) / lines;
        const auto at = [&](double xi) {
            const double place = 0.5 * (a + b) + 0.5 * (b - a) * xi;
            return (along == Direction::x
                        ? section_.permittivity(place, section_.bottom + share * (section_.top - section_.bottom))
                        : section_.permittivity(section_.left + share * (section_.right - section_.left), place))
                .x.real();
        };
        double known[degree + 1];
        for (int i = 0; i <= degree; ++i) known[i] = at(rule.point[static_cast<std::size_t>(i)]);
        for (const double xi : {-0.97, -0.7, -0.25, 0.25, 0.7, 0.97}) {
            double value = 0.0;
            for (int i = 0; i <= degree; ++i) {
                double weight = 1.0;
                for (int k = 0; k <= degree; ++k)
                    if (k != i)
                        weight *= (xi - rule.point[static_cast<std::size_t>(k)]) /
                                  (rule.point[static_cast<std::size_t>(i)] - rule.point[static_cast<std::size_t>(k)]);
                value += weight * known[i];
            }
            if (std::abs(value - at(xi)) > allowed) return false;
        }
    }
    return true;
}

}  // namespace vitral::modes
