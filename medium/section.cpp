#include "medium/section.hpp"

#include <algorithm>
#include <cmath>

#include "medium/survey.hpp"

namespace vitral::medium {

Section section_of(const std::shared_ptr<const Medium>& medium, Directions directions) {
    const MediumOutline& o = medium->outline();
    const Window box = guiding_box(*medium);
    Section s;
    s.slab = o.slab;
    s.x_steps = o.x_steps;
    s.y_steps = o.y_steps;
    s.left = box.left, s.right = box.right, s.bottom = box.bottom, s.top = box.top;
    if (directions == Directions::mean && o.birefringent) {
        s.permittivity = [medium](double x, double y) {
            const Permittivity e = medium->permittivity(x, y, 0.0);
            const Complex n = 0.5 * (std::sqrt(e.x) + std::sqrt(e.y)), mean = n * n;
            return Permittivity{mean, mean, mean};
        };
    } else {
        s.permittivity = [medium](double x, double y) { return medium->permittivity(x, y, 0.0); };
    }
    return s;
}

Section layers_of(const std::shared_ptr<const Medium>& medium, Polarization field) {
    Section s;
    s.slab = true;
    s.permittivity = [medium, field](double depth, double) {
        const Permittivity e = medium->permittivity(0.0, -depth, 0.0);
        // Across the layers lies y; TE light has its field along the surface.
        return field == Polarization::along_x ? Permittivity{e.x, e.x, e.x} : Permittivity{e.y, e.x, e.x};
    };
    s.x_steps = {{0.0, false}};
    s.left = 0.0;
    s.right = -guiding_box(*medium).bottom;
    return s;
}

PermittivityAt lossless(PermittivityAt permittivity) {
    return [permittivity = std::move(permittivity)](double x, double y) {
        const Permittivity e = permittivity(x, y);
        return Permittivity{e.x.real(), e.y.real(), e.z.real()};
    };
}

PermittivityAt absorbing_part(PermittivityAt permittivity) {
    return [permittivity = std::move(permittivity)](double x, double y) {
        const Permittivity e = permittivity(x, y);
        return Permittivity{{0.0, e.x.imag()}, {0.0, e.y.imag()}, {0.0, e.z.imag()}};
    };
}

Absorptivity absorptivity(const Section& s, const std::vector<Region>& regions) {
    const double wide = s.right - s.left, high = s.top - s.bottom;
    double largest = 0.0, highest = 0.0, beside = 0.0;
    const auto look = [&](double x, double y) {
        const Permittivity e = s.permittivity(x, y);
        largest = std::max({largest, std::abs(e.x.imag()), std::abs(e.y.imag()), std::abs(e.z.imag())});
        highest = std::max(highest, e.x.real());
        if (x < s.left || x > s.right) beside = std::max(beside, e.x.real());
    };
    constexpr int count = 24;
    for (int i = 0; i < count; ++i)
        for (int j = 0; j < count; ++j)
            look(s.left + wide * (-0.25 + 1.5 * (i + 0.4142) / count),
                 s.bottom + high * (-0.25 + 1.5 * (j + 0.732) / count));
    const auto middle = [](double a, double b, double low, double high_end) {
        return 0.5 * (std::max(a, low) + std::min(b, high_end));
    };
    for (const Region& r : regions)
        look(middle(r.left, r.right, s.left, s.right), s.slab ? 0.0 : middle(r.bottom, r.top, s.bottom, s.top));
    return {largest, highest - beside};
}

PermittivityAt slope_of(const std::shared_ptr<const Medium>& medium) {
    return [medium](double x, double y) { return medium->slope(x, y, 0.0); };
}

}  // namespace vitral::medium
