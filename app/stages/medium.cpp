#include "app/stages/medium.hpp"

#include "medium/exchanged.hpp"
#include "medium/formula_index.hpp"

namespace vitral::stages {
namespace {

std::shared_ptr<const medium::Substrate> make_substrate(const FormulaParams& formula, const MediumParams& params,
                                                        const std::shared_ptr<const exchange::Exchange>&,
                                                        double wavelength) {
    using Reach = medium::FormulaIndex::Reach;
    // Under a cover that is part of the grid the formula ends at the surface; a dark cover's wall stands a little above it.
    Reach reach = Reach::everywhere;
    if (params.cover.kind == medium::Cover::Kind::material) {
        const medium::FormulaIndex trial(formula.text, formula.constants, params.window, reach);
        if (!medium::is_dark_cover(params.cover, trial.background_index(), wavelength)) reach = Reach::below_surface;
    }
    return std::make_shared<const medium::FormulaIndex>(formula.text, formula.constants, params.window, reach);
}

std::shared_ptr<const medium::Substrate> make_substrate(const ExchangedParams& glass, const MediumParams& params,
                                                        const std::shared_ptr<const exchange::Exchange>& process,
                                                        double wavelength) {
    return std::make_shared<const medium::ExchangedGlass>(process, glass.host, glass.pairs, wavelength, params.window,
                                                          glass.resolution);
}

}  // namespace

std::shared_ptr<const Medium> make_medium(const MediumParams& params,
                                          const std::shared_ptr<const exchange::Exchange>& process, double wavelength) {
    auto substrate = std::visit([&](const auto& source) { return make_substrate(source, params, process, wavelength); },
                                params.source);
    return std::make_shared<const medium::DrawnMedium>(std::move(substrate), wavelength, params.window, params.slab,
                                                       params.cover, params.boxes);
}

MediumParams with_formula(MediumParams params, const FormulaParams& formula) {
    FormulaParams merged = formula;
    if (const auto* own = std::get_if<FormulaParams>(&params.source))
        merged.constants.insert(own->constants.begin(), own->constants.end());
    params.source = std::move(merged);
    return params;
}

}  // namespace vitral::stages
