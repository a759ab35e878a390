#pragma once
#include <cmath>
#include <functional>

#include "modes/elements/section_modes.hpp"

/// Sections that the tests of the mode solver are posed on; lengths in metres.
namespace vitral::sections {

/// The same permittivity n² along all axes.
inline vitral::PermittivityAt isotropic(std::function<double(double, double)> n) {
    return [n = std::move(n)](double x, double y) {
        const double e = n(x, y) * n(x, y);
        return vitral::Permittivity{e, e, e};
    };
}

/// A rectangular core about the origin.
inline vitral::Section wire(double width, double height, double n_core, double n_cladding) {
    const double w = 0.5 * width, h = 0.5 * height;
    vitral::Section s;
    s.permittivity =
        isotropic([=](double x, double y) { return std::abs(x) < w && std::abs(y) < h ? n_core : n_cladding; });
    s.x_steps = {{-w, true}, {w, true}};
    s.y_steps = {{-h, true}, {h, true}};
    s.left = -w, s.right = w, s.bottom = -h, s.top = h;
    return s;
}

/// An exchanged guide under air: n = ns + dn exp(-(x/wx)² - ((y+d)/wy)²) in y < 0.
struct Exchanged {
    double depth, ns = 1.5035, dn = 0.010, wx = 4e-6, wy = 3e-6;
    [[nodiscard]] double index(double x, double y) const {
        return y > 0.0 ? 1.0 : ns + dn * std::exp(-x * x / (wx * wx) - std::pow((y + depth) / wy, 2));
    }
    [[nodiscard]] vitral::Section section() const {
        vitral::Section s;
        s.permittivity = isotropic([g = *this](double x, double y) { return g.index(x, y); });
        s.y_steps = {{0.0, false}};
        s.left = -2.2 * wx, s.right = 2.2 * wx, s.bottom = -depth - 2.2 * wy, s.top = 0.0;
        return s;
    }
};

/// Hadley's rib (J. Lightwave Technol. 20, 1219 (2002)): 3 µm wide, 1 µm high on a film, 3.44 on 3.40 under air.
inline vitral::Section rib(double film) {
    vitral::Section s;
    s.permittivity = isotropic([film](double x, double y) {
        if (y < 0.0) return 3.40;
        return y < film || (y < 1e-6 && std::abs(x) < 1.5e-6) ? 3.44 : 1.0;
    });
    s.x_steps = {{-1.5e-6, true}, {1.5e-6, true}};
    s.y_steps = {{0.0, film == 0.0}, {1e-6, true}};
    if (film > 0.0) s.y_steps.push_back({film, true});
    s.left = -1.5e-6, s.right = 1.5e-6, s.bottom = 0.0, s.top = 1e-6;
    return s;
}

/// Layers along x: n(x) with its steps, and the box that holds what guides.
inline vitral::Section layers(std::function<double(double)> n, std::vector<double> steps, double left, double right) {
    vitral::Section s;
    s.slab = true;
    s.permittivity = isotropic([n = std::move(n)](double x, double) { return n(x); });
    for (const double at : steps) s.x_steps.push_back({at, false});
    s.left = left, s.right = right;
    return s;
}

}  // namespace vitral::sections
