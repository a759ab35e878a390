#include "app/stages/coupled_light.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "app/stages/progress.hpp"
#include "core/inner_product.hpp"
#include "modes/grid/own_modes.hpp"
#include "solver/propagation/coupled_modes.hpp"

namespace vitral::stages {
namespace {

using propagation::CoupledModes;
using propagation::ModesAt;

/// The section's modes at s = z/L; each search begins at the modes of the last one.
class Sections {
public:
    Sections(const PropagationParams& params, const PropagationInputs& in)
        : light_(in.light), length_(params.length), map_(in.light.grid()), along_(in.light.along({}, params.length)) {}
    ModesAt at(double s, std::size_t count, std::optional<double> paraxial_about) {
        stop_if_requested();
        along_->at(s * length_, map_);
        ModesAt found;
        modes::ModeSet set = light_.solve(map_, static_cast<int>(count), last_);
        modes::set_apart(set.modes);
        for (modes::Mode& mode : set.modes) {
            const double n = mode.n_eff, n_ref = paraxial_about.value_or(n);
            found.n_eff.push_back(0.5 * (n * n / n_ref + n_ref));
            found.psi.push_back(std::move(mode.psi));
        }
        last_ = found.psi;
        return found;
    }

private:
    const LightSection& light_;
    double length_;
    IndexMap map_;
    std::unique_ptr<SampledMedium> along_;
    std::vector<Field<double>> last_;
};

std::optional<double> shortest_below(double level_dB, const std::vector<double>& lengths, const double* transfer,
                                     double sent) {
    const double least = sent * std::pow(10.0, -0.1 * level_dB);
    std::optional<double> shortest;
    for (std::size_t i = lengths.size(); i-- > 0 && transfer[i] >= least;) shortest = lengths[i];
    return shortest;
}

}  // namespace

std::optional<LocalModesResult> coupled_light(const PropagationParams& params, const PropagationInputs& inputs,
                                              const Launch& launch, std::optional<double> paraxial_about,
                                              std::vector<std::string>& warnings) {
    if (inputs.light.is_same_along_z()) {
        warnings.push_back("propagation.local_modes follows an index formula of z: it is not computed");
        return {};
    }
    Sections sections(params, inputs);
    CoupledModes::Params wish{inputs.light.wavelength(), inputs.modes.on_grid.size(), {params.length}};
    wish.lengths.insert(wish.lengths.end(), params.local_modes->begin(), params.local_modes->end());
    const std::function<ModesAt(double)> modes_at = [&](double s) {
        return sections.at(s, wish.count, paraxial_about);
    };
    for (; wish.count > 0; --wish.count) try {
            const CoupledModes modes(modes_at, wish);
            std::vector<Complex> sent;
            for (std::size_t m = 0; m < wish.count; ++m)
                sent.push_back(inner_product(inputs.modes.on_grid[m].psi, launch.psi));
            LocalModesResult r;
            for (const Complex a : modes.at_end(sent, params.length)) r.power.push_back(std::norm(a));
            r.stations = modes.stations();
            r.error = modes.error();
            r.beside = modes.beside();
            r.lengths = *params.local_modes;
            r.transfer.resize(wish.count * r.lengths.size());
            for (std::size_t i = 0; i < r.lengths.size(); ++i) {
                const auto end = modes.at_end(sent, r.lengths[i]);
                for (std::size_t m = 0; m < wish.count; ++m) r.transfer[m * r.lengths.size() + i] = std::norm(end[m]);
            }
            const auto own = static_cast<std::size_t>(launch.mode);
            if (own < wish.count)
                r.length_01_dB =
                    shortest_below(0.1, r.lengths, r.transfer.data() + own * r.lengths.size(), std::norm(sent[own]));
            if (!modes.is_converged())
                warnings.push_back(fmt::format("the local modes are followed to {:.1g} in amplitude only", r.error));
            return r;
        } catch (const std::domain_error&) {  // a mode is cut off on the way: those above it are followed
        }
    warnings.push_back("the device guides no mode all along: its local modes are not followed");
    return {};
}

}  // namespace vitral::stages
