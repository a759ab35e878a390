#include "diffusion/exchange/step_conditions.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"
#include "core/errors.hpp"

namespace vitral::exchange {
namespace {

double known_density(const ExchangeParams& params) {
    if (!params.cation_density)
        throw Error(Failure::input_file, "the density of exchangeable cations of this glass is not known");
    return *params.cation_density;
}

}  // namespace

int ion_of(const ExchangeParams& params, const std::string& ion) {
    for (std::size_t i = 0; i < params.pairs.size(); ++i)
        if (params.pairs[i].ion == ion) return static_cast<int>(i);
    return -1;
}

std::vector<StepMask> masks_of(const ExchangeParams& params) {
    std::vector<StepMask> masks;
    std::vector<Opening> openings = params.openings;
    for (const RecipeStep& step : params.recipe) {
        if (step.openings) openings = *step.openings;
        masks.push_back({openings, openings.empty() || step.mask == MaskUse::none});
    }
    return masks;
}

double mobility_of(const ExchangeParams& params, double temperature) {
    const glass::IonPair& pair = params.pairs[0];
    return pair.D_B(temperature) / (pair.haven * thermal_voltage(temperature));
}

double melt_stock(const ExchangeParams& params, double melt_depth) {
    return melt_depth * params.width * melt_cation_density / known_density(params);
}

double conductivity_of(const ExchangeParams& params, double temperature) {
    return q_e * known_density(params) * mobility_of(params, temperature);
}

IonLaw law_of(const ExchangeParams& params, double temperature) {
    const glass::IonPair& first = params.pairs[0];
    if (params.pairs.size() == 1)
        return BinaryLaw(first.D_A(temperature), first.D_B(temperature), first.composition, first.thermodynamic_factor);
    // Both pairs of a glass share its own ion; the first pair says how mobile that is.
    return TernaryLaw(first.D_B(temperature), first.D_A(temperature), params.pairs[1].D_A(temperature));
}

double surface_fraction_of(const ExchangeParams& params, const RecipeStep& step) {
    const int ion = ion_of(params, step.ion);
    if (ion < 0) return 0.0;
    if (step.surface_fraction) return *step.surface_fraction;
    if (step.melt_fraction)
        return params.pairs[static_cast<std::size_t>(ion)].surface_fraction(*step.melt_fraction, step.temperature(0.0));
    return 1.0;
}

std::vector<SurfaceCell> surface_of(const ExchangeParams& params, const RecipeStep& step, const StepMask& mask,
                                    const SectionMesh& mesh, double time) {
    std::vector<SurfaceCell> cells(static_cast<std::size_t>(mesh.nx()));
    if (step.kind == StepKind::anneal) return cells;
    const int ion = ion_of(params, step.ion);
    const double fraction = surface_fraction_of(params, step);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const double x = mesh.x_centers()[i];
        int opening = mask.openings.empty() ? 0 : -1;
        for (std::size_t k = 0; k < mask.openings.size() && !mask.whole; ++k)
            if (std::abs(x - mask.openings[k].center) < 0.5 * mask.openings[k].width) opening = static_cast<int>(k);
        SurfaceCell& cell = cells[i];
        cell.opening = opening;
        if (opening < 0 && !mask.whole) {
            if (params.mask.material == MaskMaterial::metal) {
                cell.contact = SurfaceCell::Contact::metal;
                cell.potential = params.mask.potential;
                if (params.mask.resistance > 0.0)
                    cell.resistance = params.mask.resistance * conductivity_of(params, step.temperature(time));
            }
            continue;
        }
        cell.contact = SurfaceCell::Contact::melt;
        if (step.kind == StepKind::film) {
            cell.ions = SurfaceCell::Ions::film;
            cell.film_ion = std::max(ion, 0);
        } else {
            cell.ions = step.surface_rate ? SurfaceCell::Ions::kinetic : SurfaceCell::Ions::equilibrium;
            cell.rate = step.surface_rate.value_or(0.0);
            if (ion >= 0) cell.fraction[static_cast<std::size_t>(ion)] = fraction;
        }
    }
    return cells;
}

Conditions conditions_of(const ExchangeParams& params, const RecipeStep& step, double opening_width) {
    Conditions conditions;
    conditions.duration = step.duration;
    for (const Schedule* schedule : {&step.temperature, &step.voltage, &step.current, &step.current_density})
        for (const auto& point : schedule->points)
            if (point.first > 0.0 && point.first < step.duration) conditions.breaks.push_back(point.first);
    conditions.law = [&params, &step](double t) { return law_of(params, step.temperature(t)); };
    conditions.mobility = [&params, &step](double t) { return mobility_of(params, step.temperature(t)); };
    conditions.has_field = step.has_field();
    if (step.voltage.is_set()) {
        conditions.drive = [&step](double t) { return Drive{Drive::Control::voltage, step.voltage(t)}; };
    } else if (step.has_field()) {
        const Schedule& schedule = step.current.is_set() ? step.current : step.current_density;
        const double per_length = step.current.is_set() ? 1.0 : opening_width;
        const double unit = per_length / (q_e * known_density(params));
        conditions.drive = [&schedule, unit](double t) { return Drive{Drive::Control::current, unit * schedule(t)}; };
    } else {
        conditions.drive = [](double) { return Drive{Drive::Control::voltage, 0.0}; };
    }
    const int ion = ion_of(params, step.ion);
    if (step.kind == StepKind::film) {
        conditions.film_ion = std::max(ion, 0);
        conditions.film = film_atom_density * step.film_thickness * opening_width / known_density(params);
    } else if (ion >= 0 && step.melt_fraction) {
        conditions.melt_ion = ion;
        const glass::IonPair& pair = params.pairs[static_cast<std::size_t>(ion)];
        const double stock = step.melt_depth ? melt_stock(params, *step.melt_depth) : 1e300;
        const double start = *step.melt_fraction;
        conditions.surface_fraction = [&pair, &step, stock, start](double t, double taken_up) {
            return pair.surface_fraction(std::clamp(start - taken_up / stock, 0.0, 1.0), step.temperature(t));
        };
    }
    return conditions;
}

}  // namespace vitral::exchange
