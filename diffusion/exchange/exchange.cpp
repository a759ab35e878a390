#include "diffusion/exchange/exchange.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "diffusion/exchange/mesh_choice.hpp"
#include "diffusion/exchange/remap.hpp"
#include "diffusion/exchange/step_conditions.hpp"
#include "solver/kernels/flush_denormals.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::exchange {
namespace {

constexpr double largest_mass_imbalance = 1e-10, largest_charge_imbalance = 1e-10, largest_bound_violation = 1e-8;
constexpr double time_share = 2.0;          // of the tolerance, for the estimates: errors of 0.2 of it (measured)
constexpr double edge_share = 1.0 / 60.0;   // cells at a mask's edge, of the narrowest opening, at a tolerance of 1e-3
constexpr double layer_share = 1.0 / 60.0;  // cells at the surface, of the diffusion length
constexpr double reach_of_ions = 5.0;       // diffusion lengths sqrt(4 D t) beyond which no ion is found
constexpr double reach_around_guide =
    8.0;  // reaches of the ions, at which a buried guide's disturbance of the field is 1e-3 of its own
constexpr double reach_of_field = 4.0;  // thicknesses of the glass beyond which a slit's field has died away
constexpr double coarse_limit = 1.25;   // how much too coarse a mesh may become before the next is laid

std::string scientific(double value) {
    std::ostringstream text;
    text << std::scientific << value;
    return text.str();
}

/// ∫ D_A dt of a step, the largest over the incoming ions [m²].
double diffusion_of(const ExchangeParams& params, const RecipeStep& step) {
    double largest = 0.0;
    for (const glass::IonPair& pair : params.pairs) {
        double sum = 0.0;
        for (int i = 0; i < 200; ++i) sum += pair.D_A(step.temperature((i + 0.5) / 200.0 * step.duration));
        largest = std::max(largest, sum / 200.0 * step.duration);
    }
    return largest;
}

struct Layout {
    Domain domain;
    std::vector<StepMask> masks;
    bool mirrored = false;
};

/// How far ions diffuse during the whole recipe [m].
double diffusion_reach(const ExchangeParams& params) {
    double spread = 1.0, sum = 0.0;
    for (const glass::IonPair& pair : params.pairs) {  // how much faster than D_A the composition may make it
        const bool constant = pair.composition.law == glass::CompositionLaw::constant;
        spread = std::max(
            spread, constant ? pair.thermodynamic_factor
                             : BinaryLaw(1.0, 1.0 / pair.M, pair.composition, pair.thermodynamic_factor).fastest());
    }
    for (const RecipeStep& step : params.recipe) sum += spread * diffusion_of(params, step);
    return reach_of_ions * std::sqrt(4.0 * sum);
}

/// The farthest edge of an opening from x = 0 [m].
double outermost_edge(const std::vector<StepMask>& masks) {
    double outermost = 0.0;
    for (const StepMask& mask : masks)
        for (const Opening& o : mask.openings) outermost = std::max(outermost, std::abs(o.center) + 0.5 * o.width);
    return outermost;
}

Layout layout_of(const ExchangeParams& params) {
    Layout layout;
    layout.masks = masks_of(params);
    const double outermost = outermost_edge(layout.masks), reach = diffusion_reach(params);
    bool planar = true, mirrored = true, field = false, masked_field = false;
    for (std::size_t k = 0; k < params.recipe.size(); ++k) {
        const RecipeStep& step = params.recipe[k];
        planar = planar && layout.masks[k].openings.empty();
        mirrored = mirrored && is_mirror_symmetric(layout.masks[k].openings);
        const bool masked = !layout.masks[k].whole && step.kind != StepKind::anneal;
        const bool metal = masked && params.mask.material == MaskMaterial::metal && params.mask.potential != 0.0;
        field = field || step.has_field() || metal;
        masked_field = masked_field || (masked && (step.has_field() || metal));
    }
    // A field falls around the guide, whose glass conducts otherwise, as a dipole's does; from a slit as far as the glass is thick.
    const double field_room = reach_of_field * params.thickness;
    const double half =
        std::max(0.5 * params.width, outermost + reach) + (masked_field ? field_room
                                                           : field ? std::min(field_room, reach_around_guide * reach)
                                                                   : 0.0);
    layout.mirrored = !planar && mirrored;
    layout.domain.planar = planar;
    layout.domain.left = planar ? -0.5 * params.width : (layout.mirrored ? 0.0 : -half);
    layout.domain.right = planar ? 0.5 * params.width : half;
    layout.domain.bottom = -(field ? params.thickness : std::min(params.thickness, std::max(params.depth, reach)));
    return layout;
}

MeshDemand demand_of(const ExchangeParams& params, const Layout& layout, std::size_t k) {
    const RecipeStep& step = params.recipe[k];
    const StepMask& mask = layout.masks[k];
    const double scale = std::sqrt(params.tolerance / 1e-3);
    MeshDemand demand;
    demand.tolerance = params.tolerance;
    const double length = std::sqrt(4.0 * diffusion_of(params, step));
    demand.edge_cell = layer_share * length;
    demand.surface_layer = step.kind != StepKind::anneal;
    if (!mask.whole && step.kind != StepKind::anneal) {
        double narrowest = 1e300;
        for (const Opening& o : mask.openings) {
            narrowest = std::min(narrowest, o.width);
            for (const double edge : {o.center - 0.5 * o.width, o.center + 0.5 * o.width})
                if (edge > layout.domain.left + 1e-6 * o.width && edge < layout.domain.right)
                    demand.mask_edges.push_back(edge);
        }
        std::sort(demand.mask_edges.begin(), demand.mask_edges.end());
        // Where two openings touch there is no edge.
        for (std::size_t i = 0; i + 1 < demand.mask_edges.size();) {
            if (demand.mask_edges[i + 1] - demand.mask_edges[i] > 1e-6 * narrowest) {
                ++i;
                continue;
            }
            demand.mask_edges.erase(demand.mask_edges.begin() + static_cast<std::ptrdiff_t>(i),
                                    demand.mask_edges.begin() + static_cast<std::ptrdiff_t>(i) + 2);
        }
        demand.edge_cell = std::min(demand.edge_cell, edge_share * narrowest);
    }
    demand.edge_cell *= scale;
    demand.thin_fronts = step.has_field() && !demand.mask_edges.empty();
    if (step.voltage.is_set())
        demand.drift = mobility_of(params, step.temperature(0.0)) * std::abs(step.voltage.largest()) / params.thickness;
    return demand;
}

/// Dose per length of the whole section, ∬ c dA [m²].
IonSums dose_of(const Exchange& e) {
    IonSums dose{};
    for (std::size_t k = 0; k < e.ions.size(); ++k) {
        for (int iy = 0; iy < e.mesh.ny(); ++iy)
            for (int ix = 0; ix < e.mesh.nx(); ++ix)
                dose[k] += e.mesh.area(ix, iy) * e.c[k * e.mesh.size() + e.mesh.index(ix, iy)];
        if (e.mirrored) dose[k] *= 2.0;
    }
    return dose;
}

/// The peak and its depth; a parabola through the peak's column gives the depth between cell centres.
void locate_peak(const Exchange& e, StepReport& report) {
    std::size_t ion = 0;
    const std::size_t size = e.mesh.size();
    while (ion + 1 < e.ions.size() && report.dose[ion] < 1e-6 * report.dose[ion + 1]) ++ion;
    const double* c = e.c.data() + ion * size;
    const auto peak = static_cast<std::size_t>(std::max_element(c, c + size) - c);
    const auto nx = static_cast<std::size_t>(e.mesh.nx());
    const std::size_t ix = peak % nx, iy = peak / nx;
    const auto& y = e.mesh.y_centers();
    report.peak = c[peak];
    report.peak_depth = -y[iy];
    if (iy + 1 == y.size()) {
        const double wall = e.wall[ion * nx + ix];
        if (wall >= report.peak) {
            report.peak = wall;
            report.peak_depth = 0.0;
        }
        return;
    }
    if (iy == 0) return;
    const double below = y[iy] - y[iy - 1], above = y[iy + 1] - y[iy];
    const double slope_below = (c[peak] - c[ix + (iy - 1) * nx]) / below;
    const double slope_above = (c[ix + (iy + 1) * nx] - c[peak]) / above;
    const double curvature = 2.0 * (slope_above - slope_below) / (below + above);
    if (curvature >= 0.0) return;
    const double slope = (slope_below * above + slope_above * below) / (below + above);
    const double shift = std::clamp(-slope / curvature, -below, above);
    report.peak_depth = -(y[iy] + shift);
    report.peak += 0.5 * slope * shift;
}

/// Largest concentration at and outside the section's bounds, relative to the peak, and the section that would hold all
/// above 1e-3. Towards the sides it is what differs from the far side that counts: where all of the surface was open, no
/// section is wide enough to hold the planar layer.
void measure_far_edge(Exchange& e, double width, double depth) {
    const double peak = std::max(*std::max_element(e.c.begin(), e.c.end()), 1e-300);
    const auto nx = static_cast<std::size_t>(e.mesh.nx());
    double outside = 0.0, half = 0.0, deep = 0.0;
    for (std::size_t i = 0; i < e.c.size(); ++i) {
        const std::size_t cell = i % e.mesh.size();
        const int ix = static_cast<int>(cell % nx), iy = static_cast<int>(cell / nx);
        const double x = std::abs(e.mesh.x_centers()[cell % nx]) + 0.5 * e.mesh.dx(ix),
                     y = -e.mesh.y_centers()[cell / nx] + 0.5 * e.mesh.dy(iy);
        const double c = e.c[i] / peak, lateral = std::abs(e.c[i] - e.c[i - cell % nx + nx - 1]) / peak;
        if (x >= 0.5 * width) outside = std::max(outside, lateral);
        if (y >= depth) outside = std::max(outside, c);
        if (lateral >= 1e-3) half = std::max(half, x);
        if (c >= 1e-3) deep = std::max(deep, y);
    }
    e.far_edge = outside;
    e.wanted_width = 2.0 * half;
    e.wanted_depth = deep;
}

std::optional<JouleHeating> heating_of(const ExchangeParams& params, const RecipeStep& step, double voltage) {
    if (!step.has_field() || !params.cation_density || !params.thermal_conductivity) return {};
    const double T = step.temperature.largest(), L = params.thickness, kappa = *params.thermal_conductivity;
    const glass::IonPair& pair = params.pairs[0];
    const double energy = pair.activation_energy - pair.M_energy;  // of the own ion's mobility
    const double field = voltage / L, q = conductivity_of(params, T) * field * field;
    return JouleHeating{q, q * L * L / (8.0 * kappa), energy / (R_gas * T * T) * q * 0.25 * L * L / kappa};
}

void check(const StepReport& report, std::size_t k) {
    const auto fail = [&](const std::string& what) {
        throw Error(Failure::numerical, what, "process step " + std::to_string(k + 1));
    };
    if (!std::isfinite(report.dose[0]) || !std::isfinite(report.dose[1]) ||
        report.mass_imbalance > largest_mass_imbalance)
        fail("mass balance broken by " + scientific(report.mass_imbalance));
    if (report.account.lowest < -largest_bound_violation || report.account.highest > 1.0 + largest_bound_violation)
        fail("the concentration left [0, 1]: " + scientific(report.account.lowest) + " to 1 + " +
             scientific(report.account.highest - 1.0));
    if (report.account.charge_imbalance > largest_charge_imbalance)
        fail("charge balance broken by " + scientific(report.account.charge_imbalance));
}

/// How much of what is given for the section the mesh has to do with: half of it beside a mirror line, and all of the
/// computed part, at the same density, where the whole surface is open.
double computed_share(const ExchangeParams& params, const Layout& layout, std::size_t k) {
    if (layout.masks[k].whole) return (layout.domain.right - layout.domain.left) / params.width;
    return layout.mirrored ? 0.5 : 1.0;
}

/// The conditions of a step for the computed part of the glass.
Conditions shared_conditions(const ExchangeParams& params, const Layout& layout, std::size_t k) {
    const StepMask& mask = layout.masks[k];
    double opening_width = 0.0;
    for (const Opening& o : mask.openings) opening_width += o.width;
    if (mask.whole) opening_width = params.width;
    Conditions conditions = conditions_of(params, params.recipe[k], opening_width);
    const double share = computed_share(params, layout, k);
    conditions.film *= share;
    const auto whole_drive = conditions.drive;
    conditions.drive = [whole_drive, share](double t) {
        Drive drive = whole_drive(t);
        if (drive.control == Drive::Control::current) drive.value *= share;
        return drive;
    };
    if (const auto fraction = conditions.surface_fraction)
        conditions.surface_fraction = [fraction, share](double t, double taken_up) {
            return fraction(t, taken_up / share);
        };
    return conditions;
}

/// Runs one step of the recipe; the mesh follows the profile.
StepAccount run_step(const ExchangeParams& params, const Layout& layout, std::size_t k, Exchange& result,
                     const ProgressObserver& observer) {
    const RecipeStep& step = params.recipe[k];
    const StepMask& mask = layout.masks[k];
    Conditions conditions = shared_conditions(params, layout, k);
    const bool metal = params.mask.material == MaskMaterial::metal && !mask.whole && step.kind != StepKind::anneal;
    MeshChoice choice(layout.domain, demand_of(params, layout, k));
    const IonLaw law = conditions.law(0.0);
    const double diffusion = diffusion_of(params, step);
    const bool is_fresh = std::none_of(result.c.begin(), result.c.end(), [](double c) { return c != 0.0; });

    StepState state;
    const auto lay = [&](SectionMesh mesh) {
        if (!result.mesh.size()) {
            state.c.assign(mesh.size() * params.pairs.size(), 0.0);
        } else {
            state.c = remap(result.mesh, mesh, state.c);
            state.known_rates = -1;
        }
        result.mesh = std::move(mesh);
        ++state.account.meshes;
    };
    state.c = result.c;
    lay(is_fresh ? choice.fresh() : choice.for_profile(result.mesh, state.c, law, nullptr));
    const double finest = result.mesh.dy(result.mesh.ny() - 1),
                 fastest = std::visit([](const auto&l) { return l.fastest(); }, law);
    state.dt = std::min(1e-3 * step.duration, 0.25 * finest * finest / fastest);
    state.account.lowest = 1.0;

    bool film_is_gone = false;
    double laid_at = 0.0;
    while (state.t < step.duration) {
        std::vector<SurfaceCell> surface = surface_of(params, step, mask, result.mesh, state.t);
        if (film_is_gone) surface.assign(surface.size(), {});
        IonTransport transport(result.mesh, surface);
        transport.set_law(law);
        std::unique_ptr<DriftField> drift;
        if ((conditions.has_field || metal) && !film_is_gone)
            drift = std::make_unique<DriftField>(
                transport, conditions.has_field ? DriftField::Back::cathode : DriftField::Back::insulated);
        TimeStepper stepper(transport, drift.get(), time_share * params.tolerance,
                            choice.front_length(result.mesh, state.c));
        const int steps_before = state.account.steps;
        SectionMesh next;
        stepper.run(state, conditions, [&](const StepState& now) {
            if (observer) observer(now.t / step.duration);
            choice.set_surface_scale(std::sqrt(4.0 * diffusion * now.t / step.duration));
            const FaceCurrents* currents = drift ? &stepper.currents() : nullptr;
            const double coarseness = choice.coarseness(result.mesh, now.c, transport.law(), currents);
            // The third step on a mesh is the first whose error is known, without which the next would be no longer.
            const bool too_coarse =
                coarseness > (now.account.steps - steps_before < 3 ? 2.0 * coarse_limit : coarse_limit);
            if (!too_coarse && now.t < 2.0 * laid_at) return false;
            laid_at = now.t;
            next = choice.for_profile(result.mesh, now.c, transport.law(), currents);
            return now.t < step.duration &&
                   (too_coarse || next.size() < 0.75 * static_cast<double>(result.mesh.size()));
        });
        result.wall.clear();
        for (std::size_t ion = 0; ion < params.pairs.size(); ++ion)
            for (int ix = 0; ix < result.mesh.nx(); ++ix)
                result.wall.push_back(transport.wall(state.c, stepper.currents(), ix)[ion]);
        if (state.account.film_end >= 0.0 && !film_is_gone) {
            film_is_gone = true;
            conditions.film = -1.0;
            state.starting = 2;
            state.dt = std::min(state.dt, 1e-3 * (step.duration - state.t));
        } else if (state.t < step.duration) {
            lay(std::move(next));
        }
    }
    result.c = std::move(state.c);
    return state.account;
}

}  // namespace

IonReach ion_reach(const ExchangeParams& params) {
    const double reach = diffusion_reach(params);
    double drift = 0.0;
    for (const RecipeStep& step : params.recipe)
        if (step.voltage.is_set())
            drift += mobility_of(params, step.temperature.largest()) * std::abs(step.voltage.largest()) /
                     params.thickness * step.duration;
        else if (step.current_density.is_set() && params.cation_density)
            drift += std::abs(step.current_density.largest()) * step.duration / (q_e * *params.cation_density);
    return {outermost_edge(masks_of(params)) + reach, std::min(reach + drift, params.thickness)};
}

bool is_mirror_symmetric(const std::vector<Opening>& openings) {
    return std::all_of(openings.begin(), openings.end(), [&](const Opening& o) {
        return std::any_of(openings.begin(), openings.end(), [&](const Opening& p) {
            return std::abs(p.center + o.center) <= 1e-9 * o.width && std::abs(p.width - o.width) <= 1e-9 * o.width;
        });
    });
}

std::size_t expected_cells(const ExchangeParams& params) {
    const Layout layout = layout_of(params);
    return MeshChoice(layout.domain, demand_of(params, layout, 0)).fresh().size();
}

bool expects_thin_fronts(const ExchangeParams& params) {
    constexpr double narrow = 0.1, weak_field = 40.0;  // of the thickness; thermal voltages
    const std::vector<StepMask> masks = masks_of(params);
    for (std::size_t k = 0; k < params.recipe.size(); ++k) {
        const RecipeStep& step = params.recipe[k];
        if (masks[k].whole || !step.voltage.is_set() ||
            std::abs(step.voltage.largest()) < weak_field * thermal_voltage(step.temperature.largest()))
            continue;
        for (const Opening& opening : masks[k].openings)
            if (opening.width < narrow * params.thickness) return true;
    }
    return false;
}

Exchange run_exchange(const ExchangeParams& params, const ProgressObserver& observer) {
    const kernels::FlushDenormals flush;
    const Layout layout = layout_of(params);
    Exchange result;
    result.mirrored = layout.mirrored;
    for (const glass::IonPair& pair : params.pairs) result.ions.push_back(pair.ion);

    double largest_dose = 1e-9 * params.width * params.depth;  // next to nothing is measured against this
    for (std::size_t k = 0; k < params.recipe.size(); ++k) {
        const RecipeStep& step = params.recipe[k];
        const IonSums before = dose_of(result);
        StepReport report;
        report.kind = step.kind;
        report.account = run_step(params, layout, k, result, [&](double fraction) {
            if (observer) observer((static_cast<double>(k) + fraction) / static_cast<double>(params.recipe.size()));
        });
        if (const int ion = ion_of(params, step.ion); ion >= 0 && step.melt_fraction && step.melt_depth)
            report.melt_fraction_end =
                *step.melt_fraction - report.account.inflow[static_cast<std::size_t>(ion)] /
                                          (computed_share(params, layout, k) * melt_stock(params, *step.melt_depth));
        if (layout.mirrored) {
            for (double& inflow : report.account.inflow) inflow *= 2.0;
            report.account.charge *= 2.0;
            report.account.largest_current *= 2.0;
        }
        report.cells = result.mesh.size();
        report.dose = dose_of(result);
        for (const double dose : report.dose) largest_dose = std::max(largest_dose, dose);
        for (std::size_t ion = 0; ion < params.pairs.size(); ++ion)
            report.mass_imbalance =
                std::max(report.mass_imbalance,
                         std::abs(report.dose[ion] - before[ion] - report.account.inflow[ion]) / largest_dose);
        locate_peak(result, report);
        report.heating = heating_of(params, step, report.account.largest_voltage);
        if (params.cation_density) report.charge_per_length = q_e * *params.cation_density * report.account.charge;
        if (report.account.voltage != 0.0) {
            // The mesh of a mirrored section holds one of two images, or half of an opening that the mirror line cuts.
            const auto& openings = layout.masks[k].openings;
            const auto current_of = [&](std::size_t i) {
                return i < report.account.opening_currents.size() ? report.account.opening_currents[i] : 0.0;
            };
            const std::size_t count = layout.masks[k].whole ? 0 : openings.size();
            for (std::size_t i = 0; i < count; ++i) {
                double current = current_of(i);
                const double place = openings[i].center, margin = 1e-9 * openings[i].width;
                if (layout.mirrored && std::abs(place) <= margin) current *= 2.0;
                if (layout.mirrored && place < -margin)
                    for (std::size_t j = 0; j < openings.size(); ++j)
                        if (std::abs(openings[j].center + place) <= margin) current = current_of(j);
                report.conductances.push_back(current / (report.account.mobility * report.account.voltage));
            }
        }
        check(report, k);
        result.steps.push_back(std::move(report));
    }
    measure_far_edge(result, params.width, params.depth);
    return result;
}

Field<double> Exchange::on(const Grid& grid, std::size_t ion) const {
    // Along y first, column by column, to the rows of the grid; then along x. Below the mesh c is that of its bottom.
    const auto nx = static_cast<std::size_t>(mesh.nx()), ny = static_cast<std::size_t>(mesh.ny());
    const double* values = c.data() + ion * mesh.size();
    std::vector<std::vector<double>> rows(static_cast<std::size_t>(grid.y.count), std::vector<double>(nx));
    std::vector<double> y(mesh.y_centers()), column(ny + 1);
    y.push_back(0.0);
    for (std::size_t ix = 0; ix < nx; ++ix) {
        for (std::size_t iy = 0; iy < ny; ++iy) column[iy] = values[iy * nx + ix];
        column[ny] = wall[ion * nx + ix];
        const kernels::CubicSpline along_y(y, column);
        for (int iy = 0; iy < grid.y.count; ++iy) rows[static_cast<std::size_t>(iy)][ix] = along_y(grid.y.at(iy));
    }
    // A mirrored mesh is completed by its image, so that the spline is smooth across x = 0.
    std::vector<double> x(mesh.x_centers());
    if (mirrored) {
        std::vector<double> image(x.rbegin(), x.rend());
        for (double& value : image) value = -value;
        x.insert(x.begin(), image.begin(), image.end());
    }
    Field<double> field(grid);
    for (int iy = 0; iy < grid.y.count; ++iy) {
        std::vector<double> row = rows[static_cast<std::size_t>(iy)];
        if (mirrored)
            row.insert(row.begin(), rows[static_cast<std::size_t>(iy)].rbegin(),
                       rows[static_cast<std::size_t>(iy)].rend());
        if (nx == 1) {
            for (int ix = 0; ix < grid.x.count; ++ix) field(ix, iy) = row[0];
            continue;
        }
        const kernels::CubicSpline along_x(x, row);
        for (int ix = 0; ix < grid.x.count; ++ix) field(ix, iy) = along_x(grid.x.at(ix));
    }
    return field;
}

}  // namespace vitral::exchange
