#include "app/stages/modes.hpp"

#include <algorithm>
#include <cmath>

#include "app/stages/followed_modes.hpp"
#include "app/stages/medium.hpp"
#include "app/stages/progress.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "medium/moved_section.hpp"
#include "medium/section.hpp"
#include "modes/grid/own_modes.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "modes/guided.hpp"

namespace vitral::stages {
namespace {

/// Power attenuation of a mode by weak absorption α(x, y):  ∬ α n |ψ|² dA / (n_eff ∬ |ψ|² dA)  [1/m].
double absorption_of(const Field<double>& psi, double n_eff, const IndexMap& n, const Field<double>& attenuation) {
    double sum = 0.0, power = 0.0;
    for (std::size_t i = 0; i < psi.values.size(); ++i) {
        const double p = psi.values[i] * psi.values[i];
        sum += attenuation.values[i] * n.values[i] * p;
        power += p;
    }
    return sum / (n_eff * power);
}

/// The index right under the surface, weighted by a mode's power there.
double index_at_surface(const modes::Mode& mode, const Medium& medium) {
    constexpr double below = 1e-12;
    const Grid& g = mode.psi.grid;
    double sum = 0.0, power = 0.0;
    for (int ix = 0; ix < g.x.count; ++ix) {
        const double p = std::pow(mode.psi(ix, g.y.count - 1), 2);
        sum += p * medium.permittivity(g.x.at(ix), -below, 0.0).x.real();
        power += p;
    }
    return std::sqrt(sum / power);
}

}  // namespace

struct ModeFinder::State {
    ModesParams params;
    FollowedModes elements;
};

ModeFinder::ModeFinder(ModesParams params, MediumParams medium, std::shared_ptr<const exchange::Exchange> process)
    : state_(std::make_unique<State>(State{params, FollowedModes(params, std::move(medium), std::move(process))})) {}

ModeFinder::~ModeFinder() = default;

ModesResult ModeFinder::at(const std::shared_ptr<const Medium>& medium, LightSection& light) {
    const ModesParams& params = state_->params;
    ModesResult result;
    result.report.solver = params.solver_word;
    if (medium->outline().layered) {
        find_planar(medium, result);
        return result;
    }
    const bool on_elements = params.solver != ModesParams::Solver::grid;
    if (on_elements) find_on_elements(medium, result);
    if (!on_elements || params.on_light_grid) find_on_grid(light, result);
    if (on_elements) return result;
    result.is_of_grid = true;
    result.modes = result.on_grid;
    result.boundary_index = result.grid_boundary_index;
    result.report.eigensolver = "Davidson, inverse in sine space";
    return result;
}

void ModeFinder::find_on_grid(LightSection& light, ModesResult& result) const {
    const GridParams& grid = light.params();
    const MediumOutline& outline = light.medium().outline();
    if (outline.dark_cover) {
        light.set_grid(outline.background_index, 2.0 * *grid.resolution);
        const modes::ModeSet coarse = light.survey(light.section(), 1);
        if (coarse.modes.empty())
            light.set_grid(outline.background_index, *grid.resolution);
        else
            light.set_grid(coarse.modes[0].n_eff, *grid.resolution, index_at_surface(coarse.modes[0], light.medium()));
    }
    modes::ModeSet set = light.solve(light.seen_section(), state_->params.count);
    result.grid_boundary_index = set.boundary_index;
    if (set.modes.empty()) return;
    modes::set_apart(set.modes);
    const Field<double> slope = light.medium().slope_on(light.grid(), 0.0);
    for (modes::Mode& mode : set.modes) {
        const double n_group =
            modes::group_index(mode, light.section(), slope, light.wavelength(), outline.dark_cover, grid.field);
        GuidedMode& g = result.on_grid.emplace_back(
            modes::guided(std::move(mode), static_cast<int>(result.on_grid.size()), grid.polarization));
        g.n_group = n_group;
        add_absorption(g, light);
    }
}

void ModeFinder::find_on_elements(const std::shared_ptr<const Medium>& medium, ModesResult& result) {
    state_->elements.find(medium, result);
}

void ModeFinder::find_planar(const std::shared_ptr<const Medium>& medium, ModesResult& result) const {
    result.is_planar = true;
    result.boundary_index = medium->outline().background_index;
    result.report.eigensolver = "shift and invert by nested dissection, block Arnoldi";
    for (const Polarization field : {Polarization::along_x, Polarization::along_y}) {
        Section layers = medium::layers_of(medium, field);
        layers.permittivity = medium::lossless(std::move(layers.permittivity));
        const bool te = field == Polarization::along_x;
        // Every mode of a profile is a line of the prism coupler.
        const auto set =
            modes::section_modes(layers, {.wavelength = medium->wavelength(),
                                          .count = 40,
                                          .accuracy = state_->params.accuracy,
                                          .slab_field = te ? modes::SlabField::along_y : modes::SlabField::along_x,
                                          .between_steps = stop_if_requested});
        int number = 0;
        for (const modes::SectionMode& mode : set.modes) {
            GuidedMode& g = result.planar.emplace_back();
            g.number = number++;
            g.n_eff = mode.n_eff;
            g.error = mode.error;
            g.residual = mode.residual;
            g.polarization = te ? "TE" : "TM";
        }
    }
}

void add_absorption(GuidedMode& mode, const LightSection& light) {
    if (!light.medium().outline().absorption_known) return;
    mode.absorption = absorption_of(mode.psi, mode.n_eff.real(), light.section(), light.attenuation());
    mode.n_eff += Complex(0.0, *mode.absorption * light.wavelength() / (4.0 * pi));
}

IndexMap end_section(const LightSection& light, const Motion& motion, double length) {
    if (light.is_same_along_z() && !motion.moves()) return light.seen_section();
    IndexMap map(light.grid());
    light.along(motion)->at(length, map);
    return map;
}

std::vector<GuidedMode> end_modes(const LightSection& light, const ModesResult& modes, const Motion& motion,
                                  double length) {
    if (modes.on_grid.empty() || (light.is_same_along_z() && !motion.moves())) return modes.on_grid;
    std::vector<Field<double>> start;
    if (light.is_same_along_z())
        for (const GuidedMode& mode : modes.on_grid) {
            start.emplace_back(mode.psi.grid);
            medium::MovedSection(mode.psi, motion.path.uncurved()).at(length, start.back());
        }
    std::vector<GuidedMode> found;
    modes::ModeSet set =
        light.solve(end_section(light, motion, length), static_cast<int>(modes.on_grid.size()), std::move(start));
    modes::set_apart(set.modes);
    for (modes::Mode& mode : set.modes)
        found.push_back(modes::guided(std::move(mode), static_cast<int>(found.size()), light.params().polarization));
    return found;
}

}  // namespace vitral::stages
