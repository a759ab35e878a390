#include "app/element_section.hpp"

#include <algorithm>
#include <cmath>

#include "app/drawn_box.hpp"
#include "app/formula.hpp"
#include "app/materials.hpp"
#include "app/slope_within.hpp"
#include "core/constants.hpp"
#include "core/field.hpp"

namespace vitral::app {
namespace {

/// A field between the points of its grid, by cubic Lagrange polynomials; beyond the outer points the nearest four.
class SmoothMap {
public:
    explicit SmoothMap(Field<double> field) : field_(std::move(field)) {}
    [[nodiscard]] double operator()(double x, double y) const {
        const auto [i, u] = place(field_.grid.x, x);
        const auto [j, v] = place(field_.grid.y, y);
        double sum = 0.0;
        for (int b = 0; b < 4; ++b) {
            double line = 0.0;
            for (int a = 0; a < 4; ++a) line += weight(a, u) * field_(i + a, j + b);
            sum += weight(b, v) * line;
        }
        return sum;
    }

private:
    static std::pair<int, double> place(const Axis& axis, double x) {
        const double cells = (x - axis.at(0)) / axis.spacing;
        const int first = std::clamp(static_cast<int>(std::floor(cells)) - 1, 0, axis.count - 4);
        return {first, std::clamp(cells, 0.0 - 0.5, axis.count - 0.5) - first};
    }
    /// Lagrange polynomial of point a of 0, 1, 2, 3 at u.
    static double weight(int a, double u) {
        double w = 1.0;
        for (int k = 0; k < 4; ++k)
            if (k != a) w *= (u - k) / (a - k);
        return w;
    }
    Field<double> field_;
};

double squared(double n) { return n * n; }

double index_slope(const glass::Dispersion& dispersion, double wavelength) {
    return slope_within([&](double at) { return dispersion.index(at); }, wavelength, dispersion.shortest_wavelength,
                        dispersion.longest_wavelength);
}

}  // namespace

/// What is between the steps.
struct ElementSection::Material {
    std::optional<Formula> formula;
    std::vector<SmoothMap> concentration;
    std::vector<double> change_x, change_y, change_slope;  ///< of n for full concentration
    double host_x = 0.0, host_y = 0.0, host_slope = 0.0;
    double cover = 1.0, cover_slope = 0.0;
    bool has_surface = false, slab = false;
    double left, right, bottom, top;  ///< the window
    std::vector<DrawnBox> boxes;

    /// The box that lies over all others at a place, or none; and the place moved into the window.
    const DrawnBox* at(double& x, double& y) const {
        x = std::clamp(x, left, right);
        y = slab ? 0.0 : std::clamp(y, bottom, top);
        return box_at(boxes, x, y);
    }
    [[nodiscard]] bool in_cover(double y) const { return has_surface && !slab && y > 0.0; }
    [[nodiscard]] std::pair<double, double> index(double x, double y) const {
        if (const DrawnBox* box = at(x, y)) return {box->index, box->index};
        if (in_cover(y)) return {cover, cover};
        if (formula) {
            const double n = (*formula)(x, y, 0.0);
            return {n, n};
        }
        double n_x = host_x, n_y = host_y;
        for (std::size_t i = 0; i < concentration.size(); ++i) {
            const double c = concentration[i](x, y);
            n_x += change_x[i] * c;
            n_y += change_y[i] * c;
        }
        return {n_x, n_y};
    }
    [[nodiscard]] double slope(double x, double y) const {
        if (const DrawnBox* box = at(x, y)) return box->slope;
        if (in_cover(y)) return cover_slope;
        double sum = host_slope;
        for (std::size_t i = 0; i < concentration.size(); ++i) sum += change_slope[i] * concentration[i](x, y);
        return sum;
    }
};

std::vector<DrawnBox> drawn_boxes(const Case& c, double wavelength) {
    std::vector<DrawnBox> boxes;
    if (!c.index) return boxes;
    constexpr double near = 1e-9, endless = 1.0;
    const double left = -0.5 * c.section.width, right = 0.5 * c.section.width;
    for (const BoxConfig& drawn : c.index->boxes) {
        const glass::Dispersion material = load_cover(drawn.index, c.folder);
        DrawnBox box{drawn.x - 0.5 * drawn.width, drawn.x + 0.5 * drawn.width,      -endless, endless,
                     material.index(wavelength),  index_slope(material, wavelength)};
        if (!c.section.slab) {
            box.bottom = drawn.bottom.value_or(0.0);
            box.top = box.bottom + drawn.height.value_or(0.0);
            if (box.bottom <= -c.section.depth + near) box.bottom = -endless;
            if (box.top >= c.section.height - near) box.top = endless;
        }
        if (box.left <= left + near) box.left = -endless;
        if (box.right >= right - near) box.right = endless;
        boxes.push_back(box);
    }
    return boxes;
}

ElementSection::ElementSection(const Case& c, double wavelength, const exchange::Exchange* process,
                               const glass::Glass* glass)
    : case_(c), material_(std::make_shared<Material>()) {
    Material& m = *material_;
    m.slab = c.section.slab;
    m.left = -0.5 * c.section.width, m.right = 0.5 * c.section.width;
    m.bottom = -c.section.depth, m.top = c.section.height;
    m.has_surface = !c.section.slab && c.section.cover != "none";
    if (m.has_surface) {
        const glass::Dispersion cover = load_cover(c.section.cover, c.folder);
        m.cover = cover.index(wavelength);
        m.cover_slope = index_slope(cover, wavelength);
    }
    if (process != nullptr)
        pose_process(wavelength, *process, *glass);
    else
        pose_formula(wavelength);
    section_.slab = c.section.slab;
    // Scalar light sees the mean of the two, as on the grid; layers without a mask have TE and TM of their own.
    const bool mean = c.mode_solver() == ModeSolver::scalar_elements && process != nullptr && process->mesh.nx() > 1;
    section_.permittivity = [m = material_, mean](double x, double y) {
        auto [n_x, n_y] = m->index(x, y);
        if (mean) n_x = n_y = 0.5 * (n_x + n_y);
        return modes::Permittivity{n_x * n_x, n_y * n_y, n_x * n_x};  // z lies in the surface, as x does
    };
    slope_ = [m = material_](double x, double y) {
        const double s = m->slope(x, y);
        const auto [n_x, n_y] = m->index(x, y);
        return modes::Permittivity{2.0 * n_x * s, 2.0 * n_y * s, 2.0 * n_x * s};
    };
    add_steps();
    lay_box();
}

ElementSection::~ElementSection() = default;

void ElementSection::pose_formula(double wavelength) {
    Material& m = *material_;
    m.formula.emplace(case_.index->formula, case_.index->constants);
    m.boxes = drawn_boxes(case_, wavelength);
}

void ElementSection::pose_process(double wavelength, const exchange::Exchange& process, const glass::Glass& glass) {
    Material& m = *material_;
    const auto pairs = exchanged_pairs(glass, case_.process);
    // The concentration is a spline of its cells: half the resolution keeps the polynomials between close to it.
    const double h = 0.5 * case_.section.resolution;
    const auto axis = [h](double lower, double upper) {
        const int count = std::max(8, static_cast<int>(std::ceil((upper - lower) / h)));
        return Axis{lower, (upper - lower) / count, count};
    };
    const Grid grid{axis(m.left, m.right), axis(m.bottom, 0.0)};
    std::vector<double> none(pairs.size(), 0.0);
    const auto index = [&](glass::Along along) {
        return glass::exchanged_index(glass, pairs, none, wavelength, along);
    };
    m.host_x = index(glass::Along::x);
    m.host_y = index(glass::Along::y);
    m.host_slope = index_slope(glass.dispersion, wavelength);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        m.concentration.emplace_back(process.on(grid, i));
        none[i] = 1.0;
        m.change_x.push_back(index(glass::Along::x) - m.host_x);
        m.change_y.push_back(index(glass::Along::y) - m.host_y);
        none[i] = 0.0;
        m.change_slope.push_back(slope_within([&](double at) { return pairs[i].index_change_mean(at); }, wavelength,
                                              pairs[i].wavelengths.front(), pairs[i].wavelengths.back()));
    }
    if (glass::exchanged_absorption(glass, pairs, none, wavelength))
        absorption_ = [material = material_, glass, pairs, wavelength](double x, double y) {
            std::vector<double> c;
            const bool dark = material->at(x, y) == nullptr && material->in_cover(y);
            for (const SmoothMap& map : material->concentration) c.push_back(map(x, y));
            const double attenuation = dark ? 0.0 : *glass::exchanged_absorption(glass, pairs, c, wavelength);
            // n'' = α/(2 k0), ε'' = 2 n n''.
            const double loss = material->index(x, y).first * attenuation * wavelength / (2.0 * pi);
            return modes::Permittivity{{0.0, loss}, {0.0, loss}, {0.0, loss}};
        };
}

void ElementSection::add_steps() {
    const Material& m = *material_;
    const auto add = [](std::vector<modes::IndexStep>& steps, double at, bool corners, double lower, double upper) {
        if (at <= lower || at >= upper) return;
        for (modes::IndexStep& step : steps)
            if (std::abs(step.at - at) < 1e-12) {
                step.corners = step.corners || corners;
                return;
            }
        steps.push_back({at, corners});
    };
    for (const DrawnBox& box : m.boxes) {
        const bool endless_x = box.left <= m.left && box.right >= m.right,
                   endless_y = m.slab || (box.bottom <= m.bottom && box.top >= m.top);
        for (const double at : {box.left, box.right}) add(section_.x_steps, at, !endless_y, m.left, m.right);
        if (!m.slab)
            for (const double at : {box.bottom, box.top}) add(section_.y_steps, at, !endless_x, m.bottom, m.top);
        // The sides of a box that stands on the surface end in corners there.
        if (m.has_surface && box.bottom < 1e-12 && box.top > -1e-12)
            add(section_.y_steps, 0.0, !endless_x, m.bottom, m.top);
    }
    if (m.has_surface) add(section_.y_steps, 0.0, false, m.bottom, m.top);
}

void ElementSection::lay_box() {
    const Material& m = *material_;
    modes::Section& s = section_;
    s.left = m.right, s.right = m.left, s.bottom = m.top, s.top = m.bottom;
    const auto hold = [&](double x, double y) {
        s.left = std::min(s.left, x), s.right = std::max(s.right, x);
        s.bottom = std::min(s.bottom, y), s.top = std::max(s.top, y);
    };
    for (const auto& step : s.x_steps) s.left = std::min(s.left, step.at), s.right = std::max(s.right, step.at);
    for (const auto& step : s.y_steps) s.bottom = std::min(s.bottom, step.at), s.top = std::max(s.top, step.at);
    // What rises above the window's edge by a fiftieth of the highest rise.
    constexpr int count = 160;
    const auto at = [&](int i, int j) {
        const double x = m.left + (m.right - m.left) * (i + 0.5) / count,
                     y = m.slab
                             ? 0.0
                             : m.bottom + (std::min(m.top, m.has_surface ? 0.0 : m.top) - m.bottom) * (j + 0.5) / count;
        return std::pair(x, y);
    };
    double edge = 0.0, highest = 0.0;
    const int lines = m.slab ? 1 : count;
    for (int i = 0; i < count; ++i)
        for (int j = 0; j < lines; ++j) {
            const auto [x, y] = at(i, j);
            const double e = squared(m.index(x, y).first);
            highest = std::max(highest, e);
            if (i == 0 || i == count - 1 || (!m.slab && j == 0)) edge = std::max(edge, e);
        }
    for (int i = 0; i < count; ++i)
        for (int j = 0; j < lines; ++j) {
            const auto [x, y] = at(i, j);
            if (squared(m.index(x, y).first) > edge + 0.02 * (highest - edge) && highest > edge) hold(x, y);
        }
    if (s.left >= s.right) s.left = 0.25 * m.left, s.right = 0.25 * m.right;
    if (m.slab)
        s.bottom = s.top = 0.0;
    else if (s.bottom >= s.top)
        s.bottom = 0.5 * m.bottom, s.top = 0.0;
}

std::vector<modes::Region> ElementSection::regions() const {
    std::vector<modes::Region> list;
    for (std::size_t b = 0; b < material_->boxes.size(); ++b) {
        const auto& box = material_->boxes[b];
        list.push_back({case_.index->boxes[b].name, box.left, box.right, box.bottom, box.top});
    }
    return list;
}

std::vector<ElementSection::Parameter> ElementSection::parameters() const {
    std::vector<Parameter> list;
    if (!material_->formula) return list;
    for (const auto& [name, value] : case_.index->constants) {
        const double step = 1e-4 * std::max(std::abs(value), 1e-3);
        auto more = case_.index->constants, less = more;
        more[name] += step, less[name] -= step;
        const auto raised = std::make_shared<Formula>(case_.index->formula, more),
                   lowered = std::make_shared<Formula>(case_.index->formula, less);
        const modes::PermittivityAt change = [=, m = material_](double x, double y) {
            if (m->at(x, y) != nullptr || m->in_cover(y)) return modes::Permittivity{0.0, 0.0, 0.0};
            const double d = (squared((*raised)(x, y, 0.0)) - squared((*lowered)(x, y, 0.0))) / (2.0 * step);
            return modes::Permittivity{d, d, d};
        };
        list.push_back(
            {name, "1", [change](const modes::ModeDerivatives& of) { return of.index_shift(change).real(); }});
    }
    for (std::size_t b = 0; b < material_->boxes.size(); ++b) {
        const auto box = material_->boxes[b];
        const std::string name = case_.index->boxes[b].name;
        const modes::PermittivityAt change = [b, m = material_](double x, double y) {
            const double d = m->at(x, y) == &m->boxes[b] ? 2.0 * m->boxes[b].index : 0.0;
            return modes::Permittivity{d, d, d};
        };
        list.push_back({name + ".index", "1",
                        [change](const modes::ModeDerivatives& of) { return of.index_shift(change).real(); }});
        // Elements that are stretched must hold one material but for the step.
        if (material_->formula->varies_across() || case_.modes.bend_radius) continue;
        const auto moved = [this](bool along_x, double at) {
            std::vector<double> places;
            for (const auto& step : along_x ? section_.x_steps : section_.y_steps) places.push_back(step.at);
            double below = -1.0, above = 1.0;
            for (const double place : places) {
                if (place < at - 1e-12) below = std::max(below, place);
                if (place > at + 1e-12) above = std::min(above, place);
            }
            const double reach = 2.0 * std::max(section_.right - section_.left, section_.top - section_.bottom) + 1e-9;
            return std::pair(std::max(below, at - reach), std::min(above, at + reach));
        };
        const auto inside = [](double at, double lower, double upper) { return at > lower && at < upper; };
        // A whole line moves: where another box has a side on it, it would be moved along.
        const auto alone = [&](double DrawnBox::*first, double DrawnBox::*second, double at) {
            for (std::size_t other = 0; other < material_->boxes.size(); ++other)
                if (other != b && (std::abs(material_->boxes[other].*first - at) < 1e-12 ||
                                   std::abs(material_->boxes[other].*second - at) < 1e-12))
                    return false;
            return true;
        };
        if (inside(box.left, material_->left, material_->right) &&
            inside(box.right, material_->left, material_->right) &&
            alone(&DrawnBox::left, &DrawnBox::right, box.left) && alone(&DrawnBox::left, &DrawnBox::right, box.right)) {
            const auto l = moved(true, box.left), r = moved(true, box.right);
            list.push_back({name + ".width", "1/m", [=](const modes::ModeDerivatives& of) {
                                return 0.5 * (of.step_shift(true, box.right, r.first, r.second) -
                                              of.step_shift(true, box.left, l.first, l.second))
                                                 .real();
                            }});
        }
        if (!material_->slab && inside(box.top, material_->bottom, material_->top) &&
            alone(&DrawnBox::bottom, &DrawnBox::top, box.top) &&
            !(material_->has_surface && std::abs(box.top) < 1e-12)) {
            const auto t = moved(false, box.top);
            list.push_back({name + ".height", "1/m", [=](const modes::ModeDerivatives& of) {
                                return of.step_shift(false, box.top, t.first, t.second).real();
                            }});
        }
    }
    return list;
}

modes::Section planar_section(const Case& c, double wavelength, const exchange::Exchange& process,
                              const glass::Glass& glass, modes::SlabField field) {
    const ElementSection whole(c, wavelength, &process, &glass);
    modes::Section s;
    s.slab = true;
    s.permittivity = [at = whole.section().permittivity, field](double depth, double) {
        const modes::Permittivity e = at(0.0, -depth);
        // Across the layers lies y; TE light has its field along the surface.
        return field == modes::SlabField::along_y ? modes::Permittivity{e.x, e.x, e.x}
                                                  : modes::Permittivity{e.y, e.x, e.x};
    };
    s.x_steps = {{0.0, false}};
    s.left = 0.0;
    s.right = -whole.section().bottom;
    return s;
}

}  // namespace vitral::app
