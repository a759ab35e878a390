#include "medium/formula_index.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/errors.hpp"

namespace vitral::medium {

FormulaIndex::FormulaIndex(std::string text, std::map<std::string, double> constants, const Window& window, Reach reach)
    : text_(std::move(text)),
      constants_(std::move(constants)),
      reach_(reach),
      formula_(text_, constants_),
      background_(formula_(window.right, window.bottom, 0.0)) {}

Substrate::Index FormulaIndex::index(double x, double y, double z) const {
    const double n = formula_(x, y, z);
    return {n, n};
}

IndexMap FormulaIndex::index_on(const Grid& grid, double z, Polarization) const {
    return sample(grid, [&](double x, double y) {
        if (grid.is_slab())
            y = 0.0;
        else if (reach_ == Reach::below_surface)
            y = std::min(y, 0.0);
        const double n = formula_(x, y, z);
        if (!(n > 0.0 && n < 10.0))
            throw Error(Failure::input_file, "the index formula gives " + std::to_string(n),
                        "x = " + std::to_string(x * 1e6) + " um, y = " + std::to_string(y * 1e6) +
                            " um, z = " + std::to_string(z * 1e6) + " um");
        return n;
    });
}

std::vector<MediumParameter> FormulaIndex::parameters() const {
    std::vector<MediumParameter> list;
    for (const auto& [name, value] : constants_) {
        const double step = 1e-4 * std::max(std::abs(value), 1e-3);
        auto more = constants_, less = constants_;
        more[name] += step, less[name] -= step;
        const auto raised = std::make_shared<Formula>(text_, more), lowered = std::make_shared<Formula>(text_, less);
        list.push_back({name, "1", [=](double x, double y) {
                            const double d =
                                (std::pow((*raised)(x, y, 0.0), 2) - std::pow((*lowered)(x, y, 0.0), 2)) / (2.0 * step);
                            return Permittivity{d, d, d};
                        }});
    }
    return list;
}

}  // namespace vitral::medium
