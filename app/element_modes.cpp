#include "app/element_modes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/element_section.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "modes/mode_continuation.hpp"
#include "modes/mode_fields.hpp"

namespace vitral::app {
namespace {

/// |¼∬(E₁ x H₂* + E₂* x H₁)·ẑ|² / (P₁ P₂), by the quadrature of the first.
double power_overlap(const modes::SectionMode& a, const modes::SectionMode& b) {
    const modes::SectionQuadrature q = modes::quadrature(*a.on);
    const modes::ModeFields f = a.fields(q.x, q.y), g = b.fields(q.x, q.y);
    Complex sum = 0.0;
    for (std::size_t j = 0; j < q.y.size(); ++j)
        for (std::size_t i = 0; i < q.x.size(); ++i) {
            const std::size_t k = j * q.x.size() + i;
            const double area = q.weight_x[i] * q.weight_y[j];
            if (f.e_y.empty())
                sum += f.e_x[k] * std::conj(g.e_x[k]) * area;
            else
                sum += 0.5 * area *
                       (f.e_x[k] * std::conj(g.h_y[k]) - f.e_y[k] * std::conj(g.h_x[k]) +
                        std::conj(g.e_x[k]) * f.h_y[k] - std::conj(g.e_y[k]) * f.h_x[k]);
        }
    return std::norm(sum);
}

modes::SectionModesParams params_of(const Case& c, double wavelength) {
    modes::SectionModesParams wish;
    wish.equation =
        c.mode_solver() == ModeSolver::full_vector ? modes::WaveEquation::full_vector : modes::WaveEquation::scalar;
    wish.wavelength = wavelength;
    wish.count = c.modes.count;
    wish.accuracy = c.modes.accuracy.value_or(1e-8);
    wish.near = c.modes.near;
    if (c.section.slab && c.polarization == LightPolarization::tm) wish.equation = modes::WaveEquation::full_vector;
    if (c.section.slab)  // TM light has its field across the layers of a slab
        wish.slab_field =
            c.polarization == LightPolarization::tm ? modes::SlabField::along_x : modes::SlabField::along_y;
    return wish;
}

/// Gives every mode the number of the mode of the last wavelength that it overlaps with most, and that overlap.
void follow_modes(const ElementModes& last, ElementModes& now, int& next) {
    std::vector<bool> taken(last.modes.size(), false);
    for (ElementMode& mode : now.modes) {
        mode.number = -1;
        double best = 0.0;
        std::size_t from = 0;
        for (std::size_t k = 0; k < last.modes.size(); ++k) {
            if (taken[k]) continue;
            const double overlap = power_overlap(mode.mode, last.modes[k].mode);
            if (overlap > best) best = overlap, from = k;
        }
        mode.overlap_with_last = best;
        if (best > 0.5) {
            taken[from] = true;
            mode.number = last.modes[from].number;
        }
    }
    // What was not there before gets numbers of its own.
    for (ElementMode& mode : now.modes)
        if (mode.number < 0) mode.number = next++;
}

/// Group indices of the same modes half a percent of the wavelength to either side, followed on the same elements; left out
/// where a mode cannot be followed that far, or where a material's record ends.
void add_dispersion(const Case& c, double wavelength, const exchange::Exchange* process, const glass::Glass* glass,
                    const modes::SectionModesParams& wish, ElementModes& result) {
    const double h = 5e-3 * wavelength;
    modes::SectionModeSet set;
    set.boundary_index = result.boundary_index;
    for (const ElementMode& mode : result.modes) set.modes.push_back(mode.mode);
    std::vector<double> slope(set.modes.size(), 0.0);
    for (const double side : {-1.0, 1.0}) {
        std::optional<ElementSection> posed;
        try {
            posed.emplace(c, wavelength + side * h, process, glass);
        } catch (const Error&) {
            return;  // a record ends there
        }
        const ElementSection& section = *posed;
        modes::ModeContinuation continuation(set, wish);
        const auto point = continuation.next(section.section(), wavelength + side * h);
        if (!point) return;
        for (std::size_t m = 0; m < slope.size(); ++m)
            slope[m] += side * modes::ModeDerivatives(point->set.modes[m]).group_index(section.slope()) / (2.0 * h);
    }
    for (std::size_t m = 0; m < slope.size(); ++m) result.modes[m].dispersion = slope[m] / speed_of_light;
}

}  // namespace

struct ElementModeSolver::State {
    const Case& c;
    const exchange::Exchange* process;
    const glass::Glass* glass;
    std::optional<ElementModes> last;
    double last_wavelength = 0.0;
    std::unique_ptr<modes::ModeContinuation> continuation;
    int followed = 0;     ///< points since modes were sought
    int next_number = 0;  ///< for a mode that was not there before
};

ElementModeSolver::ElementModeSolver(const Case& c, const exchange::Exchange* process, const glass::Glass* glass)
    : state_(std::make_unique<State>(State{c, process, glass, {}, 0.0, nullptr, 0, 0})) {}

ElementModeSolver::~ElementModeSolver() = default;

ElementModes ElementModeSolver::at(double wavelength) {
    State& s = *state_;
    const Case& c = s.c;
    const ElementSection section(c, wavelength, s.process, s.glass);
    modes::SectionModesParams wish = params_of(c, wavelength);
    ElementModes result;
    if (c.modes.bend_radius) {
        // The bent mode lies near the straight one.
        if (!wish.near) {
            const auto straight = modes::section_modes(section.section(), wish);
            if (straight.modes.empty()) return result;
            wish.near = straight.modes[0].n_eff.real();
            wish.count = std::min(wish.count, static_cast<int>(straight.modes.size()));
        }
        wish.curvature = 1.0 / *c.modes.bend_radius;
    }
    constexpr int most_followed = 19;
    constexpr double close = 0.005;
    std::optional<modes::ModeContinuation::Point> point;
    if (s.continuation && s.followed < most_followed && wavelength != s.last_wavelength &&
        std::abs(wavelength / s.last_wavelength - 1.0) < close)
        point = s.continuation->next(section.section(), wavelength);
    modes::SectionModeSet set = point ? std::move(point->set) : modes::section_modes(section.section(), wish);
    if (point) {
        ++s.followed;
    } else {
        s.continuation.reset();
        s.followed = 0;
        if (!wish.near && !set.modes.empty() && c.wavelengths.size() > 1)
            s.continuation = std::make_unique<modes::ModeContinuation>(set, wish);
    }

    result.boundary_index = set.boundary_index;
    result.within_accuracy = set.within_accuracy;
    result.degree = set.degree;
    result.unknowns = set.unknowns;
    result.solves = set.solves;
    result.bytes = set.bytes;
    result.open_walls = wish.near.has_value();
    const auto regions = section.regions();
    for (const modes::Region& region : regions) result.regions.push_back(region.name);
    const auto parameters = c.modes.sensitivities ? section.parameters() : std::vector<ElementSection::Parameter>{};
    for (std::size_t m = 0; m < set.modes.size(); ++m) {
        ElementMode& mode = result.modes.emplace_back();
        mode.number = static_cast<int>(m);
        mode.mode = std::move(set.modes[m]);
        mode.figures = modes::section_figures(mode.mode, regions);
        const modes::ModeDerivatives of(mode.mode);
        mode.n_group = of.group_index(section.slope());
        if (section.absorption()) mode.absorption = 4.0 * pi / wavelength * of.index_shift(section.absorption()).imag();
        if (!c.modes.sensitivities) continue;
        mode.sensitivities.push_back({"wavelength", "1/m", (mode.mode.n_eff.real() - mode.n_group) / wavelength});
        for (const auto& parameter : parameters)
            mode.sensitivities.push_back({parameter.name, parameter.unit, parameter.derivative(of)});
    }
    if (c.modes.dispersion && !wish.near) add_dispersion(c, wavelength, s.process, s.glass, wish, result);
    if (point)
        for (std::size_t m = 0; m < result.modes.size(); ++m) {
            result.modes[m].number = s.last->modes[m].number;
            result.modes[m].overlap_with_last = point->overlaps[m];
        }
    else if (s.last)
        follow_modes(*s.last, result, s.next_number);
    for (const ElementMode& mode : result.modes) s.next_number = std::max(s.next_number, mode.number + 1);
    s.last = result;
    s.last_wavelength = wavelength;
    return result;
}

PlanarModes compute_planar_modes(const Case& c, double wavelength, const exchange::Exchange& process,
                                 const glass::Glass& glass) {
    PlanarModes result;
    for (const modes::SlabField field : {modes::SlabField::along_y, modes::SlabField::along_x}) {
        const modes::Section section = planar_section(c, wavelength, process, glass, field);
        // Every mode of a profile is a line of the prism coupler.
        const auto set = modes::section_modes(
            section,
            {.wavelength = wavelength, .count = 40, .accuracy = c.modes.accuracy.value_or(1e-8), .slab_field = field});
        auto& list = field == modes::SlabField::along_y ? result.te : result.tm;
        for (const modes::SectionMode& mode : set.modes) list.push_back({mode.n_eff.real(), mode.error});
    }
    return result;
}

}  // namespace vitral::app
