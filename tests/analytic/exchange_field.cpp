/// Exchange under a field against exact and published results.
#include "diffusion/exchange/step_conditions.hpp"
#include "tests/support/exact/mask_window.hpp"
#include "tests/support/recipes.hpp"

using namespace vitral;
using namespace vitral::exchange;
using namespace vitral::literals;
using namespace vitral::tests;

namespace {

/// A planar sample under a constant current that moves a front at v; lengths in D_A/v = 0.1 µm, times in D_A/v² = 10 s.
ExchangeParams driven(double M, double times, double tolerance) {
    ExchangeParams p = thermal(M, 1.0_um, tolerance);
    p.recipe[0] = {.kind = StepKind::field_assisted,
                   .ion = "Ag",
                   .surface_fraction = 1.0,
                   .temperature = 600.0,
                   .duration = times * 10.0,
                   .current_density = current_for(1e-8)};
    return p;
}
constexpr double unit = 1e-7;  // D_A/v

/// Conductances, in units of σ_B per length, of the openings of an insulating mask on 1 mm glass at equal voltage.
std::vector<double> conductances(std::vector<Opening> openings, double width, double thickness, double tolerance) {
    ExchangeParams p = thermal(1.0, 1.0_um, tolerance);
    p.openings = std::move(openings);
    p.width = width;
    p.thickness = thickness;
    p.recipe[0] = {
        .kind = StepKind::field_assisted, .ion = "Na", .temperature = 600.0, .duration = 1.0, .voltage = 1.0};
    return run_exchange(p).steps[0].conductances;
}

}  // namespace

TEST_CASE("ions of equal mobility drift and diffuse as Ogata and Banks say") {
    const Exchange e = run_exchange(driven(1.0, 10.0, 1e-5));
    const double x[] = {1, 2, 4, 6, 8, 10, 12, 14, 16, 20};
    const double c[] = {0.9968149446211809, 0.9901152973982451, 0.957783878847216,  0.8843714285486293,
                        0.7575881099988145, 0.5852888591879023, 0.3980222718154749, 0.23380185068040746,
                        0.1169939240134616, 0.01745337217700647};
    for (int i = 0; i < 10; ++i) CHECK(at(e, 0.0, -x[i] * unit) == Approx(c[i]).epsilon(0.0).margin(2e-5));
    CHECK(e.steps[0].dose[0] / (60e-6 * unit) == Approx(10.994365913553823).epsilon(2e-5));
    check_invariants(e);
}

TEST_CASE("a slower incoming ion forms the front of the reference") {
    const Exchange e = run_exchange(driven(0.5, 10.0, 1e-5));
    const double x[] = {1, 2, 4, 6, 8, 10, 12, 14, 16, 20};
    const double c[] = {0.9993580728085409, 0.9979060426147837,   0.989114389521507,  0.9591359881139959,
                        0.8724525388521798, 0.67640947608311,     0.3887586679513578, 0.15520466754579945,
                        0.0460414961790298, 0.0022109717800799377};
    for (int i = 0; i < 10; ++i) CHECK(at(e, 0.0, -x[i] * unit) == Approx(c[i]).epsilon(0.0).margin(2e-5));
    CHECK(e.steps[0].dose[0] / (60e-6 * unit) == Approx(11.197268835768211).epsilon(1e-5));
    CHECK(depth_of(e, 0.5, 30.0 * unit) / unit == Approx(11.245377681711515).epsilon(1e-4));
}

TEST_CASE("a travelling front has the exact speed within 1e-4 and the exact width within 1e-3") {
    for (const double M : {0.5, 0.02}) {
        INFO("M = " << M);
        // Equal cells of a fifth of the front's scale δ = D_A/((1-M) v); lengths in δ, times in δ/v.
        const double v = 1e-8, delta = D_A / ((1.0 - M) * v), h = delta / 5.0;
        const SectionMesh mesh = column(100.0 * delta, 500);
        IonTransport transport(mesh, {open_cell(1.0)});
        const IonLaw law = BinaryLaw(D_A, D_A / M);
        transport.set_law(law);
        DriftField drift(transport, DriftField::Back::cathode);
        Conditions conditions = constant_conditions(law, 0.0);
        conditions.has_field = true;
        conditions.mobility = [&](double) { return D_A / M / 0.05; };
        conditions.drive = [&](double) { return Drive{Drive::Control::current, v * 2e-6}; };
        StepState state;
        state.c.assign(mesh.size(), 0.0);
        state.dt = 0.01 * h / v;
        double place[2], width[2];
        for (int k = 0; k < 2; ++k) {
            conditions.duration = (k + 1) * 40.0 * delta / v;
            TimeStepper(transport, &drift, 2e-4).run(state, conditions, {});
            // ln(C/(1-C)) falls by 1 every δ. Cell averages become values in the middle by - h² C''/24.
            double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
            for (std::size_t i = 1; i + 1 < mesh.size(); ++i) {
                const double c = state.c[i] - (state.c[i + 1] - 2.0 * state.c[i] + state.c[i - 1]) / 24.0;
                if (c < 0.1 || c > 0.9) continue;
                const double x = -mesh.y_centers()[i] / delta, y = std::log(c / (1.0 - c));
                n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
            }
            const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
            place[k] = (sx - sy / slope) / n;
            width[k] = -1.0 / slope;
        }
        CHECK((place[1] - place[0]) / 40.0 == Approx(1.0).epsilon(2e-5));
        CHECK(width[1] == Approx(1.0).epsilon(1e-3));
    }
}

TEST_CASE("a mesh that follows the front keeps it sharp") {
    const Exchange e = run_exchange(driven(0.5, 200.0, 1e-3));
    const double delta = 2.0 * unit;
    CHECK((depth_of(e, 0.1, 300 * unit) - depth_of(e, 0.9, 300 * unit)) / (2.0 * std::log(9.0) * delta) ==
          Approx(1.0).epsilon(0.02));
    CHECK(e.steps[0].account.meshes > 5);
    CHECK(e.steps[0].cells < 400);  // cells as fine as at the front all over would be 5000
    check_invariants(e);
}

TEST_CASE("a current narrows a profile at the rate at which its characteristics meet") {
    // Share f = M c/(1 - (1 - M) c): the levels move at u f'(c), and -u f'' dc/dy is what they gain on one another.
    constexpr double M = 0.2, alpha = 1.0 - M, u = -3e-8, depth = 10e-6, width = 1e-6;
    const SectionMesh mesh = column(depth, 1000);
    const auto c_at = [&](double y) { return 0.5 + 0.4 * std::tanh((y + 0.5 * depth) / width); };
    IonTransport transport(mesh, {SurfaceCell{}});
    transport.set_law(BinaryLaw(D_A, D_A / M));
    for (const double sign : {1.0, -1.0}) {
        FaceCurrents currents(mesh);
        std::fill(currents.y.begin(), currents.y.end(), sign * u);
        std::vector<double> c, rate(mesh.size());
        for (const double y : mesh.y_centers()) c.push_back(c_at(y));
        (void)transport.inflow(c, currents, rate);
        transport.narrowing(currents, rate);
        for (std::size_t i = 1; i + 1 < c.size(); ++i) {
            const double y = mesh.y_centers()[i], slope = (c_at(y + 1e-9) - c_at(y - 1e-9)) / 2e-9,
                         second = 2.0 * M * alpha / std::pow(1.0 - alpha * c[i], 3);
            CHECK(rate[i] == Approx(std::max(0.0, -sign * u * second * slope)).epsilon(1e-3).margin(1e-5));
        }
    }
}

TEST_CASE("a front behind a slit that is thinner than light sees is right in its means, and takes few steps",
          "[slow]") {
    const auto driven_in = [](double tolerance) {
        ExchangeParams p = buried(tolerance);
        p.openings = {{0.0, 2.0_um}};
        p.recipe = {{.kind = StepKind::field_assisted,
                     .ion = "Ag",
                     .surface_fraction = 1.0,
                     .temperature = celsius(280.0),
                     .duration = 4.0,
                     .voltage = 6.0}};
        return run_exchange(p);
    };
    const Exchange coarse = driven_in(1e-3), fine = driven_in(2.5e-4);
    // Means over squares of half a micrometre.
    const Grid grid{{0.0, 0.05e-6, 80}, {-4.0e-6, 0.05e-6, 80}};
    const auto a = coarse.on(grid, 0), b = fine.on(grid, 0);
    double worst = 0.0;
    for (int iy = 0; iy < 80; iy += 10)
        for (int ix = 0; ix < 80; ix += 10) {
            double sum = 0.0;
            for (int j = 0; j < 10; ++j)
                for (int i = 0; i < 10; ++i) sum += a(ix + i, iy + j) - b(ix + i, iy + j);
            worst = std::max(worst, std::abs(sum) / 100.0);
        }
    INFO("steps " << coarse.steps[0].account.steps << " " << fine.steps[0].account.steps << " worst " << worst
                  << " dose " << coarse.steps[0].dose[0] / fine.steps[0].dose[0] - 1.0);
    CHECK(worst < 6e-3);
    CHECK(coarse.steps[0].dose[0] == Approx(fine.steps[0].dose[0]).epsilon(1e-3));
    CHECK(coarse.steps[0].account.steps < 500);
    check_invariants(coarse);
}

TEST_CASE("an incoming ion that is the faster one spreads in a fan") {
    // M = 2, diffusion left out: C = (1 - sqrt((1-α) v t/x))/α, α = 1 - M = -1, between x = v t/2 and 2 v t.
    const double vt = 400.0;
    const Exchange e = run_exchange(driven(2.0, vt, 1e-3));
    for (const double x : {0.7 * vt, vt, 1.3 * vt})
        CHECK(at(e, 0.0, -x * unit) == Approx(std::sqrt(2.0 * vt / x) - 1.0).epsilon(0.0).margin(0.01));
}

TEST_CASE("silver from a film of finite dose comes in with the current, to the last ion") {
    // α = 0, lengths D_A/v, t = D_A/v²: third-type boundary.
    ExchangeParams p = driven(1.0, 1.0, 1e-5);
    p.recipe[0].kind = StepKind::film;
    p.recipe[0].surface_fraction.reset();
    p.recipe[0].film_thickness = 1e-6;
    const Exchange e = run_exchange(p);
    const std::pair<double, double> exact[] = {
        {0.0, 0.7201411061872922}, {1.0, 0.4228142193140456}, {2.0, 0.1782394022432664}, {4.0, 0.009756089459907524}};
    for (const auto& [x, c] : exact) CHECK(at(e, 0.0, -x * unit) == Approx(c).epsilon(0.0).margin(1e-5));
    CHECK(e.steps[0].dose[0] / p.width == Approx(unit).epsilon(1e-14));
    CHECK(e.steps[0].account.film_end < 0.0);

    // Half as much silver as the current would carry: it ends at half time, Faraday's, and nothing leaves afterwards.
    p.tolerance = 1e-3;
    p.recipe[0].film_thickness = 0.5 * unit * C_0 / film_atom_density;
    const Exchange half = run_exchange(p);
    CHECK(half.steps[0].account.film_end == Approx(5.0).epsilon(1e-13));
    CHECK(half.steps[0].dose[0] / p.width == Approx(0.5 * unit).epsilon(1e-13));
    check_invariants(half);

    // Under a voltage, through an opening, the current changes with the glass; the dose is the film's all the same.
    p.openings = {{0.0, 4.0_um}};
    p.pairs[0].M = 0.2;
    p.recipe[0].current_density = {};
    p.recipe[0].voltage = 50.0;
    p.recipe[0].duration = 2000.0;
    const Exchange channel = run_exchange(p);
    REQUIRE(channel.steps[0].account.film_end > 0.0);
    CHECK(channel.steps[0].dose[0] == Approx(0.5 * unit * 4.0_um).epsilon(1e-13));
    check_invariants(channel);
}

TEST_CASE("field-assisted exchange through a window gives the reference concentrations and doses") {
    for (const double strength : {0.5, 2.0}) {
        INFO("p = " << strength);
        // p = e I/(π H k T σ_B): I/(e C_0) = π p D_B.
        ExchangeParams p = thermal(1.0, 3.0_um, 3e-4);
        p.openings = {{0.0, 4.0_um}};
        p.recipe[0].kind = StepKind::field_assisted;
        p.recipe[0].current = q_e * C_0 * pi * strength * D_A;
        const Exchange e = run_exchange(p);
        for (const exact::WindowPoint& point : exact::window_points) {
            if (std::hypot(point.x_um - 2.0, point.depth_um) <= 0.25) continue;
            INFO("x = " << point.x_um << " um, depth = " << point.depth_um << " um");
            CHECK(at(e, point.x_um * 1e-6, -point.depth_um * 1e-6) ==
                  Approx(strength < 1.0 ? point.field_half : point.field_two).epsilon(0.0).margin(3e-4));
        }
        CHECK(e.steps[0].dose[0] * 1e12 ==
              Approx(strength < 1.0 ? exact::window_dose_field_half_um2 : exact::window_dose_field_two_um2)
                  .epsilon(3e-4));
        check_invariants(e);
    }
}

TEST_CASE("the conductance of a slit is that of the conformal map") {
    CHECK(conductances({{0.0, 4.0_um}}, 60.0_um, 1.0_mm, 4e-4)[0] == Approx(0.4394253440).epsilon(1e-3));
    CHECK(conductances({{0.0, 4.0_um}}, 60.0_um, 0.5_mm, 4e-4)[0] == Approx(0.4866027072).epsilon(1e-3));
    CHECK(conductances({{0.0, 1.0_mm}}, 1.2_mm, 1.0_mm, 4e-4)[0] == Approx(1.8755407775).epsilon(1e-3));
}

TEST_CASE("openings that touch are one, and a mask may follow a planar step under a field") {
    // Two halves of a slit conduct as the slit.
    const auto halves = conductances({{-1.0_um, 2.0_um}, {1.0_um, 2.0_um}}, 60.0_um, 1.0_mm, 1e-3);
    REQUIRE(halves.size() == 2);
    CHECK(halves[0] + halves[1] == Approx(0.4394253440).epsilon(3e-3));
    CHECK(halves[0] == Approx(halves[1]).epsilon(1e-12));
    // A centre and a pair of images, in any order.
    const auto three = conductances({{0.0, 4.0_um}, {50.0_um, 4.0_um}, {-50.0_um, 4.0_um}}, 200.0_um, 1.0_mm, 2e-3);
    REQUIRE(three.size() == 3);
    CHECK(three[1] == three[2]);
    CHECK(three[0] < three[1]);
    ExchangeParams p = driven(0.5, 2.0, 5e-3);
    RecipeStep second = p.recipe[0];
    second.kind = StepKind::exchange;
    second.current_density = {};
    second.openings = {{0.0, 4.0_um}};
    p.recipe.push_back(second);
    const Exchange e = run_exchange(p);
    check_invariants(e);
    CHECK(e.steps[0].conductances.empty());
}

TEST_CASE("eight slits in one mask share the current") {
    std::vector<Opening> slits;
    for (int i = 0; i < 8; ++i) slits.push_back({(i - 3.5) * 100e-6, 4e-6});
    const std::vector<double> G = conductances(slits, 0.9_mm, 1.0_mm, 2e-3);
    REQUIRE(G.size() == 8);
    const double exact[] = {0.2289, 0.1683, 0.1459, 0.1374};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(G[i] == Approx(exact[i]).epsilon(0.01));
        CHECK(G[7 - i] == Approx(G[i]).epsilon(1e-12));
    }
}

TEST_CASE("under a voltage the front advances as the growing resistance lets it") {
    // Sharp front: L x + (1/M - 1) x²/2 = μ_B V t. Diffusion adds a shift that falls with H (at fixed mobility): two
    // Haven factors, extrapolated to none.
    const double mu = 4.655587788552349e-13, L = 1.0_mm, V = 100.0, M = 0.2, t = 600.0, T = 623.15;
    const auto reached = [&](double H) {
        ExchangeParams p = thermal(M, 1.0_um, 1e-3);
        p.pairs = {{.ion = "Ag", .D_A0 = M * mu * H * thermal_voltage(T), .M = M, .haven = H}};
        p.recipe[0] = {.kind = StepKind::field_assisted,
                       .ion = "Ag",
                       .surface_fraction = 1.0,
                       .temperature = T,
                       .duration = t,
                       .voltage = V};
        const Exchange e = run_exchange(p);
        check_invariants(e);
        return e.steps[0].dose[0] / p.width;
    };
    const double sharp = 26.526243538759e-6;
    const double wide = reached(1.0), narrow = reached(0.5);
    CHECK(wide == Approx(sharp).epsilon(8e-3));
    CHECK(2.0 * narrow - wide == Approx(sharp).epsilon(3e-4));
    CHECK(mu * V * t / L > narrow);
}

TEST_CASE("a prescribed current makes the Haven factor irrelevant, and charge is counted as Faraday does") {
    ExchangeParams p = driven(0.2, 20.0, 1e-3);
    p.openings = {{0.0, 4.0_um}};
    p.recipe[0].current = q_e * C_0 * 4e-6 * 1e-8;
    p.recipe[0].current_density = {};
    const Exchange a = run_exchange(p);
    p.pairs[0].haven = 0.35;
    const Exchange b = run_exchange(p);
    CHECK(a.steps[0].dose[0] == Approx(b.steps[0].dose[0]).epsilon(1e-9));
    CHECK(a.steps[0].charge_per_length == Approx(q_e * C_0 * 4e-6 * 1e-8 * 200.0).epsilon(1e-13));
    CHECK(b.steps[0].account.largest_voltage == Approx(0.35 * a.steps[0].account.largest_voltage).epsilon(1e-8));
}

TEST_CASE("a current density over an open surface is the same with and without a mask drawn") {
    // Planar, and with an opening drawn that is off the glass: the same profile, however wide the computed part is.
    ExchangeParams p = driven(0.5, 10.0, 1e-3);
    const Exchange planar = run_exchange(p);
    p.openings = {{0.0, 4.0_um}};
    p.recipe[0].mask = MaskUse::none;
    for (const double shift : {0.0, 1.0_um}) {
        p.openings[0].center = shift;
        const Exchange open = run_exchange(p);
        for (const double x : {4.0, 8.0, 12.0})
            CHECK(at(open, 5.0_um, -x * unit) == Approx(at(planar, 0.0, -x * unit)).epsilon(0.0).margin(2e-6));
    }
}

TEST_CASE("a voltage that ramps carries the charge of its mean") {
    ExchangeParams p = thermal(1.0, 1.0_um, 1e-4);
    p.pairs[0].haven = 0.05;
    p.recipe[0] = {.kind = StepKind::field_assisted,
                   .ion = "Ag",
                   .surface_fraction = 1.0,
                   .temperature = 600.0,
                   .duration = 300.0,
                   .voltage = Schedule({{0.0, 0.0}, {100.0, 200.0}, {300.0, 100.0}})};
    const Exchange e = run_exchange(p);
    const double volt_seconds = 0.5 * 200.0 * 100.0 + 150.0 * 200.0;
    const double moved = D_A / (0.05 * thermal_voltage(600.0)) * volt_seconds / p.thickness;  // u t
    CHECK(e.steps[0].charge_per_length == Approx(q_e * C_0 * moved * p.width).epsilon(5e-8));
    CHECK(depth_of(e, 0.5, 40.0_um) == Approx(moved).epsilon(0.0).margin(0.15_um));
    check_invariants(e);
}

TEST_CASE("the mobility is the tracer diffusivity over the Haven factor, and heats the glass as computed") {
    // Na in Na2O.3SiO2 at 299.5 degC: D* = 7.82e-10 cm²/s and H = 0.357 give 4.44e-8 cm²/(V s).
    ExchangeParams p = thermal(1.0, 1.0_um, 1e-3);
    p.pairs = {{.ion = "Ag", .D_A0 = 7.82e-14, .M = 1.0, .haven = 0.3569123936686422}};
    CHECK(mobility_of(p, celsius(299.5)) == Approx(4.44e-12).epsilon(1e-6));

    // Worked example: 350 degC, D_A 5e-15, M 0.2, H 1, 1e5 V/m in 1 mm: q 3.73 MW/m³, 0.42 K at κ 1.1.
    const double Ea = 85e3, T = 623.15;
    p.pairs = {{.ion = "Ag", .D_A0 = 5e-15 * std::exp(Ea / (R_gas * T)), .activation_energy = Ea, .M = 0.2}};
    p.thermal_conductivity = 1.1;
    p.recipe[0] = {.kind = StepKind::field_assisted,
                   .ion = "Ag",
                   .surface_fraction = 1.0,
                   .temperature = T,
                   .duration = 1.0,
                   .voltage = 100.0};
    const auto heating = run_exchange(p).steps[0].heating;
    REQUIRE(heating);
    CHECK(heating->power_density == Approx(3729536.98).epsilon(1e-8));
    CHECK(heating->temperature_rise == Approx(0.4238).epsilon(2e-4));
    CHECK(heating->runaway == Approx(Ea / (R_gas * T * T) * 3729536.98 * 0.25e-6 / 1.1).epsilon(1e-8));
}

TEST_CASE("field-assisted burial puts the peak below the surface with a steep deep edge, and loses no ion") {
    const Exchange e = run_exchange(buried(1e-3));
    check_invariants(e);
    const StepReport& after_field = e.steps[1];
    CHECK(after_field.peak_depth == Approx(11.09_um).epsilon(0.0).margin(0.1_um));
    CHECK(e.steps[0].peak_depth == 0.0);
    CHECK(e.steps[2].peak < after_field.peak);                                // the anneal flattens
    CHECK(e.steps[2].dose[0] == Approx(after_field.dose[0]).epsilon(1e-13));  // and lets nothing out
    CHECK(e.steps[2].dose[0] == Approx(2.9001e-12).epsilon(5e-4));            // of a run refined twice
    CHECK(e.steps[2].peak == Approx(0.0755).epsilon(0.0).margin(1e-3));

    ExchangeParams p = buried(1e-3);
    p.recipe.pop_back();
    const Exchange before_anneal = run_exchange(p);
    double deep = 0.0, shallow = 0.0;
    for (double y = -29.0_um; y < -0.1_um; y += 0.1_um) {
        const double slope = (at(before_anneal, 0.0, y + 0.1_um) - at(before_anneal, 0.0, y)) / 0.1_um;
        if (y < -before_anneal.steps[1].peak_depth)
            deep = std::max(deep, slope);
        else
            shallow = std::max(shallow, -slope);
    }
    CHECK(deep > 1.02 * shallow);
}

TEST_CASE("a burial does not feel how wide the section is", "[slow]") {
    // The guide conducts less than the glass around it: the field falls around it as a dipole's does.
    ExchangeParams narrow = buried(2e-4), wide = narrow;
    narrow.recipe.pop_back(), wide.recipe.pop_back();
    narrow.width = 40.0_um;
    wide.width = 400.0_um;
    const Exchange a = run_exchange(narrow), b = run_exchange(wide);
    CHECK(a.steps[1].peak_depth == Approx(b.steps[1].peak_depth).epsilon(2e-4));
    for (double y = -16.0_um; y < -6.0_um; y += 1.0_um)
        CHECK(at(a, 0.0, y) == Approx(at(b, 0.0, y)).epsilon(0.0).margin(2e-4 * b.steps[1].peak));
}

TEST_CASE("a metal mask lets current leave the glass, a dielectric is its limit of large resistance") {
    ExchangeParams p = thermal(0.5, 3.0_um, 2e-3);
    p.openings = {{0.0, 4.0_um}};
    const double dielectric = run_exchange(p).steps[0].dose[0];
    const double scale = p.openings[0].width / conductivity_of(p, 600.0);  // of a contact resistance that matters
    p.mask.material = MaskMaterial::metal;
    // At the melt's potential nothing drives a current.
    CHECK(run_exchange(p).steps[0].dose[0] == Approx(dielectric).epsilon(1e-3));
    // Below it, current flows from the melt into the mask and takes silver along.
    p.mask.potential = -0.05;
    const Exchange ideal = run_exchange(p);
    check_invariants(ideal, 4e-11);
    CHECK(ideal.steps[0].account.largest_current < 1e-9 * D_A);  // all that enters leaves by the metal
    CHECK(ideal.steps[0].dose[0] > 1.05 * dielectric);
    p.mask.resistance = 1e-4 * scale;
    CHECK(run_exchange(p).steps[0].dose[0] == Approx(ideal.steps[0].dose[0]).epsilon(5e-3));
    p.mask.resistance = 0.3 * scale;
    const double between = run_exchange(p).steps[0].dose[0];
    CHECK(between > 1.005 * dielectric);
    CHECK(between < 0.995 * ideal.steps[0].dose[0]);
    p.mask.resistance = 1e6 * scale;
    CHECK(run_exchange(p).steps[0].dose[0] == Approx(dielectric).epsilon(1e-3));
    // Above it, current would have to enter through the metal, which it cannot.
    p.mask.resistance = 0.0;
    p.mask.potential = 0.05;
    CHECK(run_exchange(p).steps[0].dose[0] == Approx(dielectric).epsilon(1e-3));
}
