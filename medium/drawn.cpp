#include "medium/drawn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/constants.hpp"
#include "core/dark_cover.hpp"

namespace vitral::medium {
namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

Permittivity isotropic(Complex value) { return {value, value, value}; }

}  // namespace

bool is_dark_cover(const Cover& cover, double glass_index, double wavelength) {
    return cover.kind == Cover::Kind::material && is_dark(glass_index, cover.material.index(wavelength).real());
}

DrawnMedium::DrawnMedium(std::shared_ptr<const Substrate> substrate, double wavelength, const Window& window, bool slab,
                         const Cover& cover, std::vector<DrawnBox> boxes)
    : substrate_(std::move(substrate)),
      wavelength_(wavelength),
      near_(1e-9 * std::max(window.width(), window.height())) {
    MediumOutline& o = outline_;
    o.window = window;
    o.slab = slab;
    o.layered = substrate_->is_layered();
    o.birefringent = substrate_->is_birefringent();
    o.background_index = substrate_->background_index();
    o.absorption_known = substrate_->knows_attenuation();
    if (cover.kind == Cover::Kind::material) {
        o.surface = 0.0;
        cover_index_ = cover.material.index(wavelength);
        cover_slope_ = cover.material.slope(wavelength);
        if (is_dark(o.background_index, cover_index_.real())) o.dark_cover = cover_index_.real();
    }
    for (const DrawnBox& drawn : boxes) {
        Placed box{drawn.x - 0.5 * drawn.width,      drawn.x + 0.5 * drawn.width,     -endless, endless,
                   drawn.material.index(wavelength), drawn.material.slope(wavelength)};
        if (!slab) {
            box.bottom = drawn.bottom;
            box.top = drawn.bottom + drawn.height;
            if (box.bottom <= window.bottom + near_) box.bottom = -endless;
            if (box.top >= window.top - near_) box.top = endless;
        }
        if (box.left <= window.left + near_) box.left = -endless;
        if (box.right >= window.right - near_) box.right = endless;
        boxes_.push_back(box);
        o.regions.push_back({drawn.name, box.left, box.right, box.bottom, box.top});
        // A formula, too, is lossless by its statement.
        if (drawn.material.absorption(wavelength)) o.absorption_known = true;
    }
    add_steps();
}

void DrawnMedium::add_steps() {
    const Window& w = outline_.window;
    const auto add = [this](std::vector<IndexStep>& steps, double at, bool corners, double lower, double upper) {
        if (at <= lower || at >= upper) return;
        for (IndexStep& step : steps)
            if (std::abs(step.at - at) < near_) {
                step.corners = step.corners || corners;
                return;
            }
        steps.push_back({at, corners});
    };
    for (const Placed& box : boxes_) {
        const bool endless_x = box.left <= w.left && box.right >= w.right,
                   endless_y = outline_.slab || (box.bottom <= w.bottom && box.top >= w.top);
        for (const double at : {box.left, box.right}) add(outline_.x_steps, at, !endless_y, w.left, w.right);
        if (!outline_.slab)
            for (const double at : {box.bottom, box.top}) add(outline_.y_steps, at, !endless_x, w.bottom, w.top);
        // The sides of a box that stands on the surface end in corners there.
        if (outline_.surface && !outline_.slab && box.bottom < near_ && box.top > -near_)
            add(outline_.y_steps, 0.0, !endless_x, w.bottom, w.top);
    }
    if (outline_.surface && !outline_.slab) add(outline_.y_steps, *outline_.surface, false, w.bottom, w.top);
}

const DrawnMedium::Placed* DrawnMedium::box_at(double x, double y) const {
    for (std::size_t b = boxes_.size(); b-- > 0;)
        if (boxes_[b].holds(x, y)) return &boxes_[b];
    return nullptr;
}

void DrawnMedium::clamp(double& x, double& y) const {
    const Window& w = outline_.window;
    x = std::clamp(x, w.left, w.right);
    y = outline_.slab ? 0.0 : std::clamp(y, w.bottom, w.top);
}

Permittivity DrawnMedium::permittivity(double x, double y, double z) const {
    clamp(x, y);
    if (const Placed* box = box_at(x, y)) return isotropic(box->index * box->index);
    if (in_cover(y)) return isotropic(cover_index_ * cover_index_);
    const Substrate::Index n = substrate_->index(x, y, z);
    const double kappa =
        substrate_->knows_attenuation() ? substrate_->attenuation(x, y, z) * wavelength_ / (4.0 * pi) : 0.0;
    const auto squared = [&](double real) {  // κ² is nothing beside n², and n² keeps its bits
        return Complex(real * real, 2.0 * real * kappa);
    };
    return {squared(n.x), squared(n.y), squared(n.x)};  // z lies in the surface, as x does
}

Permittivity DrawnMedium::slope(double x, double y, double z) const {
    clamp(x, y);
    if (const Placed* box = box_at(x, y)) return isotropic(2.0 * box->index * box->slope);
    if (in_cover(y)) return isotropic(2.0 * cover_index_ * cover_slope_);
    const Substrate::Index n = substrate_->index(x, y, z);
    const double s = substrate_->slope(x, y, z);
    return {2.0 * n.x * s, 2.0 * n.y * s, 2.0 * n.x * s};
}

double DrawnMedium::constant_until(double z) const { return substrate_->changes_along_z() ? z : endless; }

double DrawnMedium::share_above(const Grid& grid, double y) const {
    if (!outline_.surface || outline_.dark_cover || grid.is_slab()) return 0.0;
    return std::clamp(0.5 + (y - *outline_.surface) / grid.y.spacing, 0.0, 1.0);
}

IndexMap DrawnMedium::index_on(const Grid& grid, double z, Polarization field) const {
    IndexMap map = substrate_->index_on(grid, z, field);
    const bool has_cover = outline_.surface && !outline_.dark_cover && !grid.is_slab();
    if (boxes_.empty() && !has_cover) return map;
    const double cover = cover_index_.real();
    for (int iy = 0; iy < grid.y.count; ++iy) {
        const double y = grid.is_slab() ? 0.0 : grid.y.at(iy), above = share_above(grid, y);
        for (int ix = 0; ix < grid.x.count; ++ix) {
            double& n = map(ix, iy);
            if (const Placed* box = boxes_.empty() ? nullptr : box_at(grid.x.at(ix), y))
                n = box->index.real();
            else if (above >= 1.0)
                n = cover;
            else if (above > 0.0)  // a cell that the surface cuts holds n² in proportion
                n = std::sqrt((1.0 - above) * n * n + above * cover * cover);
        }
    }
    return map;
}

template <typename OfBox>
Field<double> DrawnMedium::drawn_over(Field<double> map, OfBox&& of_box, double of_cover) const {
    const Grid& grid = map.grid;
    for (int iy = 0; iy < grid.y.count; ++iy) {
        const double y = grid.is_slab() ? 0.0 : grid.y.at(iy), above = share_above(grid, y);
        for (int ix = 0; ix < grid.x.count; ++ix) {
            double& here = map(ix, iy);
            if (const Placed* box = box_at(grid.x.at(ix), y))
                here = of_box(*box);
            else
                here = (1.0 - above) * here + above * of_cover;
        }
    }
    return map;
}

Field<double> DrawnMedium::attenuation_on(const Grid& grid, double z) const {
    const double per_kappa = 4.0 * pi / wavelength_;
    return drawn_over(
        substrate_->attenuation_on(grid, z), [&](const Placed& box) { return per_kappa * box.index.imag(); },
        per_kappa * cover_index_.imag());
}

Field<double> DrawnMedium::slope_on(const Grid& grid, double z) const {
    return drawn_over(
        substrate_->slope_on(grid, z), [](const Placed& box) { return box.slope.real(); }, cover_slope_.real());
}

StepMotion DrawnMedium::motion(Direction across, double at, double rate) const {
    const Window& w = outline_.window;
    const double reach = 2.0 * std::max(w.width(), w.height());
    StepMotion m{across, at, at - reach, at + reach, rate};
    for (const IndexStep& step : across == Direction::x ? outline_.x_steps : outline_.y_steps) {
        if (step.at < at - near_) m.below = std::max(m.below, step.at);
        if (step.at > at + near_) m.above = std::min(m.above, step.at);
    }
    return m;
}

/// Whether the sides (across x) or the top (across y) of a box are steps of their own: a whole line moves, and where another box has a side
/// on it, it would be moved along.
bool DrawnMedium::can_move(std::size_t b, Direction across) const {
    const Window& w = outline_.window;
    const Placed& box = boxes_[b];
    const auto inside = [](double at, double lower, double upper) { return at > lower && at < upper; };
    const auto alone = [&](double Placed::*first, double Placed::*second, double at) {
        for (std::size_t other = 0; other < boxes_.size(); ++other)
            if (other != b &&
                (std::abs(boxes_[other].*first - at) < near_ || std::abs(boxes_[other].*second - at) < near_))
                return false;
        return true;
    };
    if (across == Direction::x)
        return inside(box.left, w.left, w.right) && inside(box.right, w.left, w.right) &&
               alone(&Placed::left, &Placed::right, box.left) && alone(&Placed::left, &Placed::right, box.right);
    return !outline_.slab && inside(box.top, w.bottom, w.top) && alone(&Placed::bottom, &Placed::top, box.top) &&
           !(outline_.surface && std::abs(box.top - *outline_.surface) < near_);
}

std::vector<MediumParameter> DrawnMedium::parameters() const {
    std::vector<MediumParameter> list;
    for (MediumParameter& parameter : substrate_->parameters())
        list.push_back({parameter.name, parameter.unit, [this, change = parameter.change](double x, double y) {
                            clamp(x, y);
                            return box_at(x, y) != nullptr || in_cover(y) ? isotropic(0.0) : change(x, y);
                        }});
    for (std::size_t b = 0; b < boxes_.size(); ++b) {
        const std::string& name = outline_.regions[b].name;
        list.push_back({name + ".index", "1", [this, b](double x, double y) {
                            clamp(x, y);
                            return isotropic(box_at(x, y) == &boxes_[b] ? 2.0 * boxes_[b].index : Complex(0.0));
                        }});
        // Elements that are stretched must hold one material but for the step.
        if (!substrate_->is_uniform()) continue;
        const Placed& box = boxes_[b];
        if (can_move(b, Direction::x))
            list.push_back({name + ".width",
                            "1/m",
                            {},
                            {motion(Direction::x, box.right, 0.5), motion(Direction::x, box.left, -0.5)}});
        if (can_move(b, Direction::y))
            list.push_back({name + ".height", "1/m", {}, {motion(Direction::y, box.top, 1.0)}});
    }
    return list;
}

}  // namespace vitral::medium
