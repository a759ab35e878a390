#include "modes/guided.hpp"

#include <cmath>

#include "core/constants.hpp"
#include "modes/elements/mode_fields.hpp"
#include "modes/elements/section_figures.hpp"
#include "modes/grid/mode_figures.hpp"

namespace vitral::modes {

GuidedMode guided(Mode mode, int number, std::string polarization) {
    GuidedMode g;
    g.number = number;
    g.n_eff = mode.n_eff;
    g.residual = mode.residual;
    g.polarization = std::move(polarization);
    g.figures = mode_figures(mode.psi);
    g.psi = std::move(mode.psi);
    return g;
}

GuidedMode guided(const SectionMode& mode, int number, const std::vector<Region>& regions) {
    const SectionProblem& problem = mode.on->problem;
    const bool scalar = problem.equation == WaveEquation::scalar,
               slab = problem.y.elements() == 1 && problem.y.degree() == 1;
    GuidedMode g;
    g.number = number;
    g.n_eff = mode.n_eff;
    g.error = mode.error;
    g.residual = mode.residual;
    g.figures = section_figures(mode, regions);
    if (mode.n_eff.imag() != 0.0) {
        g.error_imag = mode.error_imag;
        g.loss = 4.0 * pi / problem.wavelength * mode.n_eff.imag();
    }
    if (slab)
        g.polarization = scalar ? "TE" : "TM";
    else if (!scalar)
        g.polarization = *g.figures.te_fraction >= 0.5 ? "TE-like" : "TM-like";
    if (slab) g.figures.te_fraction.reset(), g.figures.mfd_petermann_y.reset();
    if (!slab)
        g.points = [on = mode.on](double scale) {
            SectionQuadrature q = quadrature(*on, Images::included, scale);
            return ModePoints{std::move(q.x), std::move(q.weight_x), std::move(q.y), std::move(q.weight_y)};
        };
    // A slab was solved on an element of some height: unit power per metre of height.
    const double scale = slab ? std::sqrt(problem.y.upper() - problem.y.lower()) : 1.0,
                 middle = slab ? 0.5 * problem.y.upper() : 0.0;
    g.fields = [mode, slab, scale, middle](std::vector<double> x, std::vector<double> y) {
        if (slab) y.assign(1, middle);
        ModeFields f = mode.fields(std::move(x), std::move(y));
        if (slab) f.y.assign(1, 0.0);
        if (scale != 1.0)
            for (auto* part : {&f.e_x, &f.e_y, &f.e_z, &f.h_x, &f.h_y, &f.h_z})
                for (Complex& value : *part) value *= scale;
        return f;
    };
    return g;
}

GuidedMode guided(const FiberMode& mode) {
    GuidedMode g;
    g.n_eff = mode.n_eff();
    g.polarization = "LP01";
    g.figures.mfd_petermann_x = g.figures.mfd_petermann_y = mode.mode_field_diameter();
    const auto gaussian = mode.best_gaussian();
    g.figures.mfd_gauss_x = g.figures.mfd_gauss_y = gaussian.diameter;
    g.figures.gauss_overlap = gaussian.overlap;
    g.fields = [mode](std::vector<double> x, std::vector<double> y) {
        ModeFields f;
        for (const double v : y)
            for (const double u : x) f.e_x.emplace_back(mode(std::hypot(u, v)));
        f.x = std::move(x), f.y = std::move(y);
        return f;
    };
    return g;
}

}  // namespace vitral::modes
