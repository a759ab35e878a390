#include "diffusion/exchange/exchange.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::exchange {
namespace {

constexpr double finest_cell = 1.0 / 100.0;  // of the narrowest opening's width, at the mask's edges and at the surface
constexpr double largest_charge_imbalance = 1e-6, largest_bound_violation = 1e-9;

/// Growth of the cells away from edges and surface: 5 % of the distance at a resolution of 0.25 µm in an opening of 4 µm.
double growth_of(double resolution, double opening) { return std::clamp(0.8 * resolution / opening, 0.01, 0.12); }

bool has_field(const RecipeStep& step) { return step.voltage != 0.0; }

std::string scientific(double value) {
    std::ostringstream text;
    text << std::scientific << value;
    return text.str();
}

std::vector<SurfaceCell> surface_of(const ExchangeParams& params, const RecipeStep& step, const SectionMesh& mesh) {
    std::vector<SurfaceCell> cells(static_cast<std::size_t>(mesh.nx()));
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const double x = mesh.x_centers()[i];
        const bool under_opening = params.openings.empty() || step.mask == MaskUse::none ||
                                   std::any_of(params.openings.begin(), params.openings.end(), [&](const Opening& o) {
                                       return std::abs(x - o.center) < 0.5 * o.width;
                                   });
        cells[i] = {under_opening && step.kind != StepKind::anneal, step.surface_fraction};
    }
    return cells;
}

/// Dose per length of the whole section, ∬ ĉ dA [m²].
double dose_of(const Exchange& e) {
    double dose = 0.0;
    for (int iy = 0; iy < e.mesh.ny(); ++iy)
        for (int ix = 0; ix < e.mesh.nx(); ++ix) dose += e.mesh.area(ix, iy) * e.c_hat[e.mesh.index(ix, iy)];
    return e.mirrored ? 2.0 * dose : dose;
}

/// The peak and its depth; a parabola through the peak's column gives the depth between cell centres.
void locate_peak(const Exchange& e, StepReport& report) {
    const auto peak = static_cast<std::size_t>(std::max_element(e.c_hat.begin(), e.c_hat.end()) - e.c_hat.begin());
    const auto nx = static_cast<std::size_t>(e.mesh.nx());
    const std::size_t ix = peak % nx, iy = peak / nx;
    const auto& y = e.mesh.y_centers();
    report.peak = e.c_hat[peak];
    report.peak_depth = -y[iy];
    if (iy == 0 || iy + 1 == y.size()) return;
    const double below = y[iy] - y[iy - 1], above = y[iy + 1] - y[iy];
    const double slope_below = (e.c_hat[peak] - e.c_hat[ix + (iy - 1) * nx]) / below;
    const double slope_above = (e.c_hat[ix + (iy + 1) * nx] - e.c_hat[peak]) / above;
    const double curvature = 2.0 * (slope_above - slope_below) / (below + above);
    if (curvature >= 0.0) return;
    const double slope = (slope_below * above + slope_above * below) / (below + above);
    const double shift = std::clamp(-slope / curvature, -below, above);
    report.peak_depth = -(y[iy] + shift);
    report.peak += 0.5 * slope * shift;
}

/// Largest ĉ at the section's sides and bottom, relative to the peak.
double far_edge_of(const Exchange& e, double width, double depth) {
    double edge = 0.0, peak = 1e-300;
    for (int iy = 0; iy < e.mesh.ny(); ++iy)
        for (int ix = 0; ix < e.mesh.nx(); ++ix) {
            const double c = e.c_hat[e.mesh.index(ix, iy)];
            const double x = e.mesh.x_centers()[static_cast<std::size_t>(ix)],
                         y = e.mesh.y_centers()[static_cast<std::size_t>(iy)];
            peak = std::max(peak, c);
            const bool at_side = e.mesh.nx() > 1 && 0.5 * width - std::abs(x) <= e.mesh.dx(ix);
            const bool at_bottom = y + depth <= e.mesh.dy(iy);
            if (at_side || at_bottom) edge = std::max(edge, c);
        }
    return edge / peak;
}

}  // namespace

bool is_mirror_symmetric(const std::vector<Opening>& openings) {
    return std::all_of(openings.begin(), openings.end(), [&](const Opening& o) {
        return std::any_of(openings.begin(), openings.end(), [&](const Opening& p) {
            return std::abs(p.center + o.center) <= 1e-9 * o.width && std::abs(p.width - o.width) <= 1e-9 * o.width;
        });
    });
}

SectionMesh exchange_mesh(const ExchangeParams& params) {
    double narrowest = 10.0 * params.resolution;
    std::vector<double> edges;
    for (const Opening& o : params.openings) {
        narrowest = std::min(narrowest, o.width);
        edges.push_back(o.center - 0.5 * o.width);
        edges.push_back(o.center + 0.5 * o.width);
    }
    const double finest = finest_cell * narrowest, coarsest = params.resolution;
    // Along the field of a slab a cell is kept small enough for central differences, |Pe| = h E/(H V_T) < 2, as far as a
    // quarter of the resolution. A field that an opening concentrates may pass that; the flux is upwind there.
    double smallest_drift_cell = coarsest;
    for (const RecipeStep& step : params.recipe)
        if (has_field(step))
            smallest_drift_cell =
                std::min(smallest_drift_cell, 1.8 * params.pair.haven * thermal_voltage(step.temperature) *
                                                  params.thickness / std::abs(step.voltage));
    const double coarsest_y = std::max(smallest_drift_cell, 0.25 * coarsest);
    const double growth = growth_of(params.resolution, narrowest);
    const Grading along_x{finest, growth, coarsest, params.depth}, along_y{finest, growth, coarsest_y, params.depth};
    // Without openings nothing depends on x: one column.
    const double half = 0.5 * params.width;
    std::vector<double> x_faces = {-half, half};
    if (!params.openings.empty())
        x_faces = graded_faces(is_mirror_symmetric(params.openings) ? 0.0 : -half, half, edges, along_x);
    const bool field = std::any_of(params.recipe.begin(), params.recipe.end(), has_field);
    const double bottom = field ? std::max(params.thickness, params.depth) : std::min(params.depth, params.thickness);
    return {std::move(x_faces), graded_faces(-bottom, 0.0, {0.0}, along_y)};
}

Exchange run_exchange(const ExchangeParams& params, const ProgressObserver& observer) {
    Exchange result;
    result.mesh = exchange_mesh(params);
    result.mirrored = !params.openings.empty() && is_mirror_symmetric(params.openings);
    result.c_hat.assign(result.mesh.size(), 0.0);

    double largest_dose = 0.0;
    for (std::size_t k = 0; k < params.recipe.size(); ++k) {
        const RecipeStep& step = params.recipe[k];
        const std::vector<SurfaceCell> surface = surface_of(params, step, result.mesh);
        const double D_A = params.pair.D_A(step.temperature), M = params.pair.M;
        const IonTransport transport(result.mesh, surface, D_A, M, has_field(step));
        std::unique_ptr<DriftField> drift;
        if (has_field(step)) {
            if (std::none_of(surface.begin(), surface.end(), [](const SurfaceCell& cell) { return cell.open; }))
                throw Error(Failure::numerical, "a field needs an open surface",
                            "process step " + std::to_string(k + 1));
            const double mobility_B = (D_A / M) / (params.pair.haven * thermal_voltage(step.temperature));
            drift = std::make_unique<DriftField>(transport, step.voltage, mobility_B);
        }
        TimeStepper stepper(transport, drift.get(), params.tolerance);

        StepReport report;
        report.kind = step.kind;
        const double dose_before = dose_of(result);
        const auto fraction_of_all = [&](double fraction) {
            if (observer) observer((static_cast<double>(k) + fraction) / static_cast<double>(params.recipe.size()));
        };
        report.account = stepper.run(result.c_hat, step.duration, fraction_of_all);
        report.dose = dose_of(result);
        const double inflow = (result.mirrored ? 2.0 : 1.0) * report.account.inflow;
        largest_dose = std::max({largest_dose, report.dose, dose_before});
        // A run that brings in next to nothing is measured against a billionth of the section's sites.
        report.mass_imbalance =
            std::abs(report.dose - dose_before - inflow) / std::max(largest_dose, 1e-9 * params.width * params.depth);
        locate_peak(result, report);
        if (!std::isfinite(report.dose) || report.mass_imbalance > 1e-10)
            throw Error(Failure::numerical, "mass balance broken by " + scientific(report.mass_imbalance),
                        "process step " + std::to_string(k + 1));
        if (report.account.lowest < -largest_bound_violation || report.account.highest > 1.0 + largest_bound_violation)
            throw Error(Failure::numerical,
                        "the concentration left [0, 1]: " + scientific(report.account.lowest) + " to 1 + " +
                            scientific(report.account.highest - 1.0),
                        "process step " + std::to_string(k + 1));
        if (report.account.charge_imbalance > largest_charge_imbalance)
            throw Error(Failure::numerical, "charge balance broken by " + scientific(report.account.charge_imbalance),
                        "process step " + std::to_string(k + 1));
        result.steps.push_back(report);
    }
    result.far_edge = far_edge_of(result, params.width, params.depth);
    return result;
}

Field<double> Exchange::on(const Grid& grid) const {
    // Along y first, column by column, to the rows of the grid; then along x. Below the mesh ĉ is that of its bottom.
    const int nx = mesh.nx(), ny = mesh.ny();
    std::vector<std::vector<double>> rows(static_cast<std::size_t>(grid.y.count),
                                          std::vector<double>(static_cast<std::size_t>(nx)));
    std::vector<double> column(static_cast<std::size_t>(ny));
    for (int ix = 0; ix < nx; ++ix) {
        for (int iy = 0; iy < ny; ++iy) column[static_cast<std::size_t>(iy)] = c_hat[mesh.index(ix, iy)];
        const kernels::CubicSpline along_y(mesh.y_centers(), column);
        for (int iy = 0; iy < grid.y.count; ++iy)
            rows[static_cast<std::size_t>(iy)][static_cast<std::size_t>(ix)] = along_y(grid.y.at(iy));
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
