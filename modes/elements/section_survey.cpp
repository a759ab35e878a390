#include "modes/elements/section_survey.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::modes {

bool is_mirrored(const Section& s, Direction across, double centre) {
    const double wide = s.right - s.left, high = s.top - s.bottom;
    // Every step has its image, and the same kind of one.
    const std::vector<IndexStep>& steps = across == Direction::x ? s.x_steps : s.y_steps;
    for (const IndexStep& step : steps)
        if (std::none_of(steps.begin(), steps.end(), [&](const IndexStep& other) {
                return std::abs(step.at + other.at - 2.0 * centre) < 1e-13 + 1e-9 * (wide + high) * 1e-3 &&
                       step.corners == other.corners;
            }))
            return false;
    constexpr int count = 37;
    for (int i = 0; i < count; ++i)
        for (int j = 0; j < count; ++j) {
            // Irrational shares of the box, so that no sample lies on a step.
            const double u = std::fmod(0.618033988749895 * (i + 1) + 0.1, 1.0) * (across == Direction::x ? wide : high),
                         v = (std::fmod(0.754877666246693 * (j + 1), 1.0) * 2.0 - 0.5);
            const auto at = [&](double side) {
                return across == Direction::x ? s.permittivity(centre + side * u, s.bottom + v * high)
                                              : s.permittivity(s.left + v * wide, centre + side * u);
            };
            const Permittivity a = at(1.0), b = at(-1.0);
            if (std::abs(a.x - b.x) + std::abs(a.y - b.y) + std::abs(a.z - b.z) > 1e-11 * std::abs(a.x)) return false;
        }
    return true;
}

Contrast contrast_of(const Section& s) {
    Contrast c;
    const double wide = s.right - s.left, high = s.top - s.bottom;
    constexpr int count = 61;
    const auto look = [&](double x, double y) {
        const Permittivity e = s.permittivity(x, y);
        for (const Complex value : {e.x, e.y, e.z}) {
            c.least = std::min(c.least, value.real());
            c.largest = std::max(c.largest, value.real());
            c.lossy = c.lossy || value.imag() != 0.0;
        }
    };
    for (int i = 0; i < count; ++i)
        for (int j = 0; j < count; ++j)
            look(s.left + wide * (-0.05 + 1.1 * (i + 0.4142) / count),
                 s.bottom + high * (-0.05 + 1.1 * (j + 0.7320) / count));
    // Thin layers between the samples.
    const double beside = 1e-6 * (wide + high);
    for (const IndexStep& a : s.x_steps)
        for (const IndexStep& b : s.y_steps)
            for (const double u : {-beside, beside})
                for (const double v : {-beside, beside}) look(a.at + u, b.at + v);
    for (const IndexStep& a : s.x_steps)
        for (const double u : {-beside, beside}) look(a.at + u, 0.5 * (s.bottom + s.top));
    for (const IndexStep& b : s.y_steps)
        for (const double v : {-beside, beside}) look(0.5 * (s.left + s.right) + 1.3e-7 * wide, b.at + v);
    return c;
}

double wall_index(const Section& section, WaveEquation equation, double wavelength, Direction direction, double wall) {
    Section film;
    film.slab = true;
    // Across the film lies y at a side wall, x at the bottom or the top; in the film the other one. Scalar light knows ε_x only.
    const auto film_of = [&](SlabField field) -> PermittivityAt {
        return [&section, direction, wall, field, equation](double u, double) {
            const Permittivity e =
                direction == Direction::x ? section.permittivity(u, wall) : section.permittivity(wall, u);
            if (equation == WaveEquation::scalar) return e;
            const Complex across = direction == Direction::x ? e.x : e.y, along = direction == Direction::x ? e.y : e.x;
            return field == SlabField::along_y ? Permittivity{along, along, e.z} : Permittivity{across, along, e.z};
        };
    };
    film.permittivity = film_of(SlabField::along_x);
    film.x_steps = direction == Direction::x ? section.x_steps : section.y_steps;
    for (IndexStep& step : film.x_steps) step.corners = false;
    film.left = direction == Direction::x ? section.left : section.bottom;
    film.right = direction == Direction::x ? section.right : section.top;
    const auto largest = [&](double u) {
        const Permittivity e = film.permittivity(u, 0.0);
        return std::max({e.x.real(), e.y.real(), e.z.real()});
    };
    if (section.slab) return std::sqrt(std::max(largest(0.0), 0.0));
    const double far = 10.0 * (film.right - film.left),
                 ends = std::max(largest(film.left - far), largest(film.right + far));
    double inside = 0.0;
    constexpr int count = 201;
    for (int i = 0; i < count; ++i)
        inside = std::max(inside, largest(film.left + (film.right - film.left) * (i + 0.4142) / count));
    double index = std::sqrt(std::max(ends, 0.0));
    if (inside <= ends * (1.0 + 1e-9)) return index;
    SectionModesParams wish{.equation = equation, .wavelength = wavelength, .count = 1, .accuracy = 1e-7};
    for (const SlabField field : {SlabField::along_y, SlabField::along_x}) {
        wish.slab_field = field;
        film.permittivity = film_of(field);
        for (const SectionMode& mode : section_modes(film, wish).modes) index = std::max(index, mode.n_eff.real());
    }
    return index;
}

double boundary_index(const Section& section, const SolvedSection& on, WaveEquation equation, double wavelength) {
    const auto& p = on.problem;
    const auto wall_at = [&](Direction along, double wall) {
        return wall_index(section, equation, wavelength, along, wall);
    };
    double index = wall_at(Direction::y, p.x.upper());
    if (!on.mirrored_x) index = std::max(index, wall_at(Direction::y, p.x.lower()));
    if (section.slab) return index;
    index = std::max(index, wall_at(Direction::x, p.y.upper()));
    return on.mirrored_y ? index : std::max(index, wall_at(Direction::x, p.y.lower()));
}

}  // namespace vitral::modes
