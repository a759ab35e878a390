#pragma once
#include <cmath>

#include "core/constants.hpp"
#include "core/units.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "tests/support/catch.hpp"

/// Recipes that several tests share, and what they read off the result.
namespace vitral::tests {

inline constexpr double D_A = 1e-15;  ///< of the model ion, at any temperature [m²/s]
inline constexpr double C_0 = 5e27;   ///< [1/m³]

/// Thermal exchange from a pure melt into a planar sample until sqrt(4 D_A t) = `reach`.
inline exchange::ExchangeParams thermal(double M, double reach, double tolerance) {
    exchange::ExchangeParams p;
    p.pairs = {{.ion = "Ag", .D_A0 = D_A, .M = M}};
    p.cation_density = C_0;
    p.width = 60e-6;
    p.depth = 30e-6;
    p.thickness = 1e-3;
    p.tolerance = tolerance;
    p.recipe = {{.kind = StepKind::exchange,
                 .ion = "Ag",
                 .surface_fraction = 1.0,
                 .temperature = 600.0,
                 .duration = reach * reach / (4.0 * D_A)}};
    return p;
}

/// The recipe of a buried guide in soda-lime glass: exchange through 3 µm, field-assisted burial, anneal.
inline exchange::ExchangeParams buried(double tolerance) {
    exchange::ExchangeParams p;
    p.pairs = {{.ion = "Ag", .D_A0 = 1.156e-7, .activation_energy = 84810.0, .M = 0.182, .haven = 0.35}};
    p.openings = {{0.0, 3e-6}};
    p.width = 60e-6;
    p.depth = 40e-6;
    p.thickness = 1e-3;
    p.tolerance = tolerance;
    p.recipe = {{.kind = StepKind::exchange,
                 .ion = "Ag",
                 .surface_fraction = 0.4,
                 .temperature = celsius(280.0),
                 .duration = 1800.0},
                {.kind = StepKind::field_assisted,
                 .ion = "Na",
                 .temperature = celsius(250.0),
                 .duration = 3600.0,
                 .voltage = 100.0,
                 .mask = MaskUse::none},
                {.kind = StepKind::anneal, .temperature = celsius(250.0), .duration = 1200.0}};
    return p;
}

/// A current density that moves a front at the velocity v [A/m²].
inline double current_for(double v) { return q_e * C_0 * v; }

inline double at(const exchange::Exchange& e, double x, double y, std::size_t ion = 0) {
    return e.on({{x - 0.5e-9, 1e-9, 1}, {y - 0.5e-9, 1e-9, 1}}, ion).values[0];
}

/// Depth at which a falling profile passes `level`.
inline double depth_of(const exchange::Exchange& e, double level, double deepest) {
    double above = 0.0, below = deepest;
    for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (above + below);
        (at(e, 0.0, -middle) > level ? above : below) = middle;
    }
    return above;
}

/// `charge`: allowed imbalance; larger where currents into and out of the glass nearly cancel.
inline void check_invariants(const exchange::Exchange& e, double charge = 5e-13) {
    for (const exchange::StepReport& step : e.steps) {
        CHECK(step.mass_imbalance < 1e-13);
        CHECK(step.account.charge_imbalance < charge);
        CHECK(step.account.lowest >= -5e-9);  // what the solvers may leave
        CHECK(step.account.highest <= 1.0 + 5e-9);
    }
}

/// A mesh of one column with equal cells.
inline exchange::SectionMesh column(double depth, int cells) {
    std::vector<double> faces;
    for (int i = 0; i <= cells; ++i) faces.push_back(-depth + depth * i / cells);
    return {{-1e-6, 1e-6}, faces};
}

/// An open surface that holds the fractions given.
inline exchange::SurfaceCell open_cell(double first, double second = 0.0) {
    exchange::SurfaceCell cell;
    cell.ions = exchange::SurfaceCell::Ions::equilibrium;
    cell.contact = exchange::SurfaceCell::Contact::melt;
    cell.fraction = {first, second};
    return cell;
}

/// Conditions that never change: a law, a duration, no field.
inline exchange::Conditions constant_conditions(const exchange::IonLaw& law, double duration) {
    exchange::Conditions conditions;
    conditions.duration = duration;
    conditions.law = [law](double) { return law; };
    return conditions;
}

}  // namespace vitral::tests
