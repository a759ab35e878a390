/// Known answers, asked of every engine and operator (tests/support/engines.hpp), each held against the row of its own
/// operator. The numbers are from independent computations: closed forms, and spectral elements or sums over modes.
#include <cmath>

#include "core/beam.hpp"
#include "core/constants.hpp"
#include "medium/moved_section.hpp"
#include "solver/propagation/coupled_modes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::propagation;
using namespace vitral::tests;

TEST_CASE("a Gaussian beam spreads as its operator's closed form says", "[slow]") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    const double w0 = 4e-6, n = 1.5, wavelength = 1.55e-6, z = 100e-6;
    const Grid grid{{-48e-6, 0.25e-6, 384}, {-48e-6, 0.25e-6, 384}};
    const auto launch = sample(grid, [&](double x, double y) { return Complex(GaussianBeam{w0, w0}(x, y)); });
    const auto out = march(v, launch, StraightIndex(IndexMap(grid, n)), wavelength, n, z, v.spectral() ? 50e-6 : 1e-6);
    const double near = !v.spectral() ? 1e-3 : v.single() ? 1e-5 : 1e-6;
    double x2 = 0.0;
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < grid.x.count; ++ix)
            x2 += std::pow(grid.x.at(ix), 2) * std::norm(out(ix, iy)) * grid.cell_area();
    if (v.paraxial()) {
        CHECK(2.0 * std::sqrt(x2) * 1e6 == Approx(9.144277866220134).epsilon(near));
        CHECK(overlap(launch, out) == Approx(0.48625635283272634).epsilon(near));
    } else {
        CHECK(x2 * 1e12 == Approx(21.019933954904438).epsilon(near));
        CHECK(overlap(launch, out) == Approx(0.4854354507638096).epsilon(near));
    }
    CHECK(power(out) == Approx(1.0).epsilon(v.single() ? 1e-5 : v.iterates() ? 1e-9 : 1e-11));
    // Gouy's phase on the axis, between the four central points.
    if (v.paraxial() && !v.single()) CHECK(std::arg(out(192, 192)) == Approx(-1.1180553222).epsilon(0.0).margin(3e-3));
}

TEST_CASE("a Gaussian beam at 20 degrees goes where its operator sends it, in a slab") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single()) return;
    const double n = 1.5, wavelength = 1.55e-6, k = 2.0 * pi * n / wavelength, tilt = std::sin(pi / 9.0);
    const Grid grid{{-60e-6, 0.05e-6, 4000}, slab_axis()};
    const auto launch =
        sample(grid, [&](double x, double) { return GaussianSheet{4e-6}(x)*std::polar(1.0, k * tilt * x); });
    const auto out =
        march(v, launch, StraightIndex(IndexMap(grid, n)), wavelength, n, 200e-6, v.spectral() ? 100e-6 : 0.1e-6);
    double x2 = 0.0;
    for (int ix = 0; ix < grid.x.count; ++ix)
        x2 += std::pow(grid.x.at(ix) - centroid(out), 2) * std::norm(out(ix, 0)) * grid.cell_area();
    const auto row = [&](double paraxial, double pade_1_1, double pade_2_2, double exact) {
        switch (v.engine.op) {
            case Operator::paraxial:
                return paraxial;
            case Operator::pade_1_1:
                return pade_1_1;
            case Operator::pade_2_2:
                return pade_2_2;
            case Operator::wide_angle:
                break;
        }
        return exact;
    };
    const double where = row(68.40402866513374, 72.7892633246251, 73.0324480404438, 73.03303423628194);
    const double wide = row(8.46273110140253, 10.014845357415629, 10.162013937906531, 10.162635851090135);
    CHECK(centroid(out) * 1e6 == Approx(where).epsilon(0.0).margin(v.spectral() ? 1e-5 : 0.05));
    CHECK(std::sqrt(x2 / power(out)) * 1e6 == Approx(wide).epsilon(0.0).margin(v.spectral() ? 1e-5 : 0.05));
}

TEST_CASE("an offset beam in a parabolic index swings with its operator's period, in a slab") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single()) return;
    const double n0 = 1.5, g = 0.00565685424949238e6, wavelength = 1.55e-6, w = 7.625314993612598e-6,
                 period = 1110.7207345395916e-6;
    const Grid grid{{-60e-6, 0.25e-6, 480}, slab_axis()};
    const StraightIndex index(sample(grid, [&](double x, double) { return n0 * std::sqrt(1.0 - g * g * x * x); }));
    const auto launch = sample(grid, [&](double x, double) { return Complex(GaussianSheet{w, 10e-6}(x)); });
    const double dz = v.engine.splitting == Splitting::fourth_order ? period / 256.0 : period / 2048.0;
    const auto quarter = march(v, launch, index, wavelength, n0, 0.25 * period, dz);
    const auto half = march(v, launch, index, wavelength, n0, 0.5 * period, dz);
    const auto whole = march(v, launch, index, wavelength, n0, period, dz);
    if (v.paraxial()) {
        CHECK(centroid(quarter) * 1e6 == Approx(0.0).epsilon(0.0).margin(1e-3));
        CHECK(centroid(half) * 1e6 == Approx(-10.0).epsilon(0.0).margin(1e-6));
        CHECK(overlap(launch, half) == Approx(0.00102886130859307).epsilon(0.0).margin(1e-8));
        CHECK(overlap(launch, whole) == Approx(1.0).epsilon(0.0).margin(5e-8));
    } else {
        CHECK(centroid(quarter) * 1e6 == Approx(-0.03993488413360428).epsilon(0.0).margin(1e-3));
        CHECK(centroid(half) * 1e6 == Approx(-9.999606248758386).epsilon(0.0).margin(1e-4));
        CHECK(overlap(launch, half) == Approx(0.0010288561932000342).epsilon(0.0).margin(1e-8));
        CHECK(overlap(launch, whole) == Approx(0.9995100163133409).epsilon(0.0).margin(v.spectral() ? 1e-5 : 2e-5));
        const auto ten = march(v, launch, index, wavelength, n0, 10.0 * period, dz);
        CHECK(centroid(ten) * 1e6 == Approx(9.843297241222821).epsilon(0.0).margin(0.01));
        CHECK(overlap(launch, ten) == Approx(0.9539078789216935).epsilon(0.0).margin(v.spectral() ? 1e-4 : 2e-3));
    }
}

TEST_CASE("the mode of a tilted glass slab keeps its power along the tilt") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single()) return;
    const exact::SechSlab slab{1.5035, 0.010, 3e-6, 1.31e-6};
    // The one-way values: in coordinates that move with the slab the one-way equation is ∂ψ/∂z = i (√(∂x² + k0² n²) - i tan θ ∂x) ψ,
    // whose operator does not depend on z; by its dense eigenvectors on 768 points.
    const auto& [degrees, paraxial_P, one_way_P] =
        GENERATE(table<double, double, double>({{2.0, 0.9999985264302215, 0.9999996608583318},
                                                {5.0, 0.9999923251990103, 0.9999980102344607},
                                                {10.0, 0.9995827427020598, 0.9999937543551064}}));
    const double theta = degrees * pi / 180.0, L = 500e-6, x0 = -0.5 * L * std::tan(theta);
    const double beta = slab.k0() * slab.n_eff(0);
    const Grid grid{{-90e-6, 0.125e-6, 1440}, slab_axis()};
    const FunctionIndex index(
        grid, [&](double x, double, double z) { return slab((x - x0) * std::cos(theta) - z * std::sin(theta), 0.0); });
    // The carrier k0 n_ref z is taken out of the march; its phase does not matter to P.
    const auto exact_field = [&](double z) {
        return sample(grid, [&](double x, double) {
            const double across = (x - x0) * std::cos(theta) - z * std::sin(theta);
            return std::polar(std::pow(std::cosh(across / slab.h), -slab.s()), beta * std::sin(theta) * x);
        });
    };
    const auto in = exact_field(0.0);
    const bool fourth = v.engine.splitting == Splitting::fourth_order;
    const auto out = march(v, in, index, slab.wavelength, slab.n_s, L, fourth ? 1e-6 : v.spectral() ? 0.25e-6 : 0.1e-6);
    const double P = std::norm(inner_product(exact_field(L), out)) / (power(in) * power(exact_field(L)));
    if (v.paraxial())
        CHECK(P == Approx(paraxial_P).epsilon(0.0).margin(1e-5));
    else
        CHECK(P == Approx(one_way_P).epsilon(0.0).margin(v.spectral() ? 5e-7 : 4e-6));
}

TEST_CASE("a steep, strong slab: Padé operators leave what the converged one-way equation leaves") {
    // Tilted by 20 degrees, its highest mode TE10, in the manner of the COST 240 benchmark (Nolting and Maerz, J. Lightwave
    // Technol. 13, 216 (1995)). The rest is lost by every one-way equation at the tilted step; more would be an error.
    const auto& [op, P_one_way, near] = GENERATE(
        table<Operator, double, double>({{Operator::pade_1_1, 0.981, 0.003}, {Operator::pade_2_2, 0.991, 0.001}}));
    const Variant v{"", {Method::finite_difference, op}};
    const double theta = pi / 9.0, L = 100e-6, half = 4.4e-6, kappa = 3.6217369764585714e6,
                 gamma = 0.8391452110484048e6, k0 = 2.0 * pi / 1.55e-6, beta = k0 * 3.176751905859399;
    const Grid grid{{-40e-6, 0.02e-6, 5700}, slab_axis()};
    const auto across = [&](double x, double z) { return x * std::cos(theta) - z * std::sin(theta); };
    const FunctionIndex index(grid,
                              [&](double x, double, double z) { return std::abs(across(x, z)) < half ? 3.30 : 3.17; });
    const auto exact_field = [&](double z) {
        return sample(grid, [&](double x, double) {
            const double u = std::abs(across(x, z));
            const double psi = u < half ? std::cos(kappa * u) : std::cos(kappa * half) * std::exp(-gamma * (u - half));
            return std::polar(1.0, beta * std::sin(theta) * x) * psi;
        });
    };
    const auto in = exact_field(0.0);
    const auto out = march(v, in, index, 1.55e-6, 3.17, L, 0.02e-6, {9e-6, 0.0, 0.0, 10.0});
    const double P = std::norm(inner_product(exact_field(L), out)) / (power(in) * power(exact_field(L)));
    CHECK(P == Approx(P_one_way).epsilon(0.0).margin(near));
}

TEST_CASE("the coupler: power in the other guide at 5 and 10 mm, each operator its own", "[slow]") {
    using Guide = exact::BuriedGuide;
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    const bool fourth = v.engine.splitting == Splitting::fourth_order;
    if (v.slow()) return;
    const double h = v.spectral() ? 1e-6 : 0.5e-6;
    const Grid grid = Guide::grid(60e-6, 28e-6, h);
    const Guide right{6e-6}, left{-6e-6};
    const auto mode1 = fundamental(sample(grid, right), Guide::wavelength),
               mode2 = fundamental(sample(grid, left), Guide::wavelength);
    const StraightIndex pair(
        sample(grid, [&](double x, double y) { return Guide::n_substrate + right.rise(x, y) + left.rise(x, y); }));
    const auto P2 = [&](double n_ref) {
        EngineParams engine = v.engine;
        engine.wavelength = Guide::wavelength;
        engine.n_ref = n_ref;
        engine.edges = {6e-6, 3e-6};
        std::vector<double> record;
        double balance = 0.0;
        Watcher watch;
        watch.record = [&](double, const Field<Complex>& psi, const BeamMoments&, const std::vector<double>&,
                           double removed) {
            record.push_back(std::norm(inner_product(mode2.psi, psi)));
            balance = std::max(balance, std::abs(power(psi) + removed - 1.0));
        };
        (void)propagate(as_complex(mode1.psi), pair,
                        {
                            .engine = engine,
                            .length = 10e-3,
                            .dz = fourth ? (v.paraxial() ? 8e-6 : 25e-6) : (v.paraxial() ? 2e-6 : 4e-6),
                            .records = 2,
                        },
                        watch);
        CHECK(balance < (v.single() ? 2e-4 : 1e-9));
        return record;
    };
    const auto with_n_eff = P2(mode1.n_eff);
    CHECK(with_n_eff.at(1) == Approx(0.861992165086952).epsilon(0.0).margin(1e-3));
    CHECK(with_n_eff.at(2) == Approx(0.4744429932328577).epsilon(0.0).margin(2e-3));
    if (v.paraxial()) {
        const auto with_n_s = P2(1.5035);
        CHECK(with_n_s.at(1) == Approx(0.8644042904098896).epsilon(0.0).margin(1e-3));
        CHECK(with_n_s.at(2) == Approx(0.4676026943212132).epsilon(0.0).margin(2e-3));
    }
}

TEST_CASE("the coupling length: paraxial within 0.1 % of the one-way value, wide angle within 0.05 %") {
    using Guide = exact::BuriedGuide;
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single() || v.slow()) return;
    const double h = v.spectral() ? 1e-6 : 0.5e-6, z = 500e-6;
    const Grid grid = Guide::grid(60e-6, 28e-6, h);
    const IndexMap n = sample(grid, [&](double x, double y) {
        return Guide::n_substrate + Guide{6e-6}.rise(x, y) + Guide{-6e-6}.rise(x, y);
    });
    const auto pair = modes::scalar_modes(n, Guide::wavelength, {.count = 2}).modes;
    // The even and the odd supermode turn by (β_e - β_o) z against each other: L_c = π/(β_e - β_o).
    const double dz = v.engine.splitting == Splitting::fourth_order ? (v.paraxial() ? 5e-6 : 25e-6) : 2e-6;
    Complex turn[2];
    for (std::size_t m = 0; m < 2; ++m) {
        const auto out = march(v, as_complex(pair[m].psi), StraightIndex(n), Guide::wavelength, Guide::n_eff, z, dz);
        turn[m] = inner_product(pair[m].psi, out);
    }
    const double L_c = pi * z / std::arg(turn[0] / turn[1]);
    CHECK(L_c * 1e6 == Approx(6596.5751556534315).epsilon(v.paraxial() ? 1e-3 : 5e-4));
}

TEST_CASE("eight guides side by side: crosstalk after 2 and after 10 mm") {
    using Guide = exact::BuriedGuide;
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (!v.paraxial() || v.single()) return;
    const Grid grid = Guide::grid(160e-6, 28e-6, v.spectral() ? 1e-6 : 0.5e-6);
    const auto guide = [](int j) { return Guide{(j - 4.5) * 16e-6}; };
    const IndexMap all = sample(grid, [&](double x, double y) {
        double n = Guide::n_substrate;
        for (int j = 1; j <= 8; ++j) n += guide(j).rise(x, y);
        return n;
    });
    const auto mode = fundamental(sample(grid, guide(4)), Guide::wavelength);
    std::vector<Field<double>> own_modes;
    for (int j = 1; j <= 8; ++j) own_modes.push_back(fundamental(sample(grid, guide(j)), Guide::wavelength).psi);
    const auto crosstalk = [&](double z, std::size_t from, std::size_t to) {
        const auto out = march(v, as_complex(own_modes[from - 1]), StraightIndex(all), Guide::wavelength, mode.n_eff, z,
                               v.engine.splitting == Splitting::fourth_order ? 8e-6 : 2e-6, {6e-6, 3e-6});
        const auto in_guide = [&](std::size_t j) { return std::norm(inner_product(own_modes[j - 1], out)); };
        if (z < 3e-3 && from == 4) CHECK(in_guide(4) == Approx(0.9959820226305209).epsilon(0.0).margin(2e-4));
        return 10.0 * std::log10(in_guide(to) / in_guide(from));
    };
    CHECK(crosstalk(2e-3, 4, 5) == Approx(-26.940445165713207).epsilon(0.0).margin(0.1));
    CHECK(crosstalk(2e-3, 1, 2) == Approx(-26.944315420780597).epsilon(0.0).margin(0.03));
    CHECK(crosstalk(10e-3, 4, 5) == Approx(-12.77503978679).epsilon(0.0).margin(0.05));
    CHECK(crosstalk(10e-3, 4, 2) == Approx(-31.722779322837717).epsilon(0.0).margin(0.1));
}

TEST_CASE("a taper in a slab passes what its operator lets through") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single()) return;
    const double L = 200e-6, wavelength = 1.31e-6, n_s = 1.5035;
    const Grid grid{{-60e-6, 0.25e-6, 480}, slab_axis()};
    const auto n = [&](double x, double, double z) {
        const double w = 2e-6 + 4e-6 * z / L;
        return n_s + 0.04e-6 / w * std::exp(-std::pow(x / w, 2));
    };
    const auto section = [&](double z) { return sample(grid, [&](double x, double y) { return n(x, y, z); }); };
    const auto in = fundamental(section(0.0), wavelength), end = fundamental(section(L), wavelength);
    CHECK(in.n_eff == Approx(1.5163942370338286).epsilon(0.0).margin(1e-12));
    CHECK(overlap(in.psi, end.psi) == Approx(0.8057126531890679).epsilon(0.0).margin(1e-10));
    const auto out = march(v, as_complex(in.psi), FunctionIndex(grid, n), wavelength, n_s, L,
                           v.engine.splitting == Splitting::fourth_order ? 4e-6 : 0.5e-6);
    CHECK(
        std::norm(inner_product(end.psi, out)) ==
        Approx(v.paraxial() ? 0.993689520112094 : 0.9937461542468327).epsilon(0.0).margin(v.spectral() ? 1e-5 : 5e-4));
}

TEST_CASE("the S-bend in a slab loses what its operator says") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    const double wavelength = 1.31e-6, h = 50e-6, L = 1000e-6, n_s = 1.5035;
    const Grid grid{{-50e-6, 0.25e-6, 600}, slab_axis()};
    const auto profile = [](double x) { return 1.5035 + 0.010 / std::pow(std::cosh(x / 3e-6), 2); };
    const IndexMap at_start = sample(grid, [&](double x, double) { return profile(x); }),
                   at_end = sample(grid, [&](double x, double) { return profile(x - h); });
    const auto in = fundamental(at_start, wavelength), end = fundamental(at_end, wavelength);
    CHECK(in.n_eff == Approx(1.5102235890099576).epsilon(0.0).margin(1e-12));
    const medium::MovedSection bend(at_start, GuidePath(0.0, {{L, h}}));
    const auto out = march(v, as_complex(in.psi), bend, wavelength, n_s, L,
                           v.engine.splitting == Splitting::fourth_order ? 4e-6 : 1e-6, {10e-6});
    CHECK(
        std::norm(inner_product(end.psi, out)) ==
        Approx(v.paraxial() ? 0.9762274997142325 : 0.9760163655116438).epsilon(0.0).margin(v.spectral() ? 3e-5 : 2e-4));
}

TEST_CASE("the S-bend of a buried guide loses what its operator says") {
    using Guide = exact::BuriedGuide;
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    const bool fourth = v.engine.splitting == Splitting::fourth_order;
    if (v.slow()) return;
    const double L = 1000e-6, h = 50e-6;
    const Grid grid = Guide::grid(100e-6, 32e-6, v.spectral() ? 1e-6 : 0.5e-6);
    const IndexMap start = sample(grid, Guide{-25e-6});
    const auto in = fundamental(start, Guide::wavelength),
               end = fundamental(sample(grid, Guide{25e-6}), Guide::wavelength);
    CHECK(in.n_eff == Approx(1.5077887996664876).epsilon(0.0).margin(v.spectral() ? 2e-8 : 1e-8));
    const medium::MovedSection bend(start, GuidePath(0.0, {{L, h}}));
    const auto T = [&](double n_ref) {
        const auto out = march(v, as_complex(in.psi), bend, Guide::wavelength, n_ref, L,
                               fourth ? (v.paraxial() ? 8e-6 : 10e-6) : 2e-6, {10e-6, 4e-6});
        return std::norm(inner_product(end.psi, out));
    };
    if (v.paraxial()) {
        CHECK(T(in.n_eff) == Approx(0.9115934108656951).epsilon(0.0).margin(2e-4));
        CHECK(T(1.5035) == Approx(0.9127905474982372).epsilon(0.0).margin(2e-4));
    } else {
        CHECK(T(in.n_eff) == Approx(0.9121262830881945).epsilon(0.0).margin(2e-4));
    }
}

TEST_CASE("absorbing glass takes what perturbation theory says, and it is counted as absorbed") {
    using Guide = exact::BuriedGuide;
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single() || v.engine.splitting != Splitting::strang) return;
    const Grid grid = Guide::grid(48e-6, 28e-6, 0.5e-6);
    const auto mode = fundamental(sample(grid, Guide{}), Guide::wavelength);
    const double kappa = 1e-4, length = 200e-6;
    const StraightIndex index(sample(grid, Guide{}), Field<double>(grid, kappa));
    EngineParams engine = v.engine;
    engine.wavelength = Guide::wavelength;
    engine.n_ref = mode.n_eff;
    const auto out =
        propagate(as_complex(mode.psi), index, {.engine = engine, .length = length, .dz = 2e-6, .records = 4});
    const double loss_dB_per_cm = -10.0 * std::log10(power(out.psi)) / (length * 100.0);
    CHECK(loss_dB_per_cm == Approx(41.72107752257481).epsilon(2e-3));
    CHECK(power(out.psi) + out.removed.absorbed == Approx(1.0).epsilon(1e-12));
    CHECK(out.removed.total() == Approx(out.removed.absorbed).epsilon(1e-12));
}

TEST_CASE("over 10 000 steps of a lossless guide power stays", "[slow]") {
    using Guide = exact::BuriedGuide;
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (!v.paraxial() && v.spectral()) return;
    const Grid grid = Guide::grid(48e-6, 24e-6, 1e-6);
    const auto mode = fundamental(sample(grid, Guide{}), Guide::wavelength);
    EngineParams engine = v.engine;
    engine.wavelength = Guide::wavelength;
    engine.n_ref = mode.n_eff;
    const StraightIndex index(sample(grid, Guide{}));
    const auto marching = make_engine(index, engine);
    marching->load(as_complex(mode.psi));
    marching->march(0.0, 2e-6, 10000);
    Field<Complex> out(grid);
    marching->store(out);
    CHECK(power(out) + marching->removed().total() == Approx(1.0).epsilon(0.0).margin(v.single() ? 2e-4 : 1e-9));
}

TEST_CASE("a moved section samples the profile where the path is") {
    const Grid grid{{-30e-6, 0.5e-6, 120}, slab_axis()};
    const auto profile = [](double x) { return 1.5 + 0.01 * std::exp(-std::pow(x / 3e-6, 2)); };
    const medium::MovedSection moved(sample(grid, [&](double x, double) { return profile(x); }),
                                     GuidePath(0.0, {{100e-6, 7.3e-6}}));
    IndexMap map(grid);
    for (const double z : {0.0, 30e-6, 50e-6, 100e-6, 200e-6}) {
        const double center = z >= 100e-6 ? 7.3e-6 : 0.5 * 7.3e-6 * (1.0 - std::cos(pi * z / 100e-6));
        moved.at(z, map);
        for (int ix = 0; ix < grid.x.count; ++ix)
            CHECK(map(ix, 0) == Approx(profile(grid.x.at(ix) - center)).epsilon(0.0).margin(2e-6));
    }
}

TEST_CASE("two coupled local modes turn into one another as a sweep through a resonance has it") {
    // Modes that turn by an angle θ(s) = π s/2 in the plane of two fixed functions, with n_eff ± δ/2: in the turning frame the
    // generator is constant, and the power that stays in the local mode is 1 - (κ/Ω)² sin²(Ω L), κ = π/(2L), Ω² = κ² + (k0 δ/2)².
    const Grid grid{{-1.0, 1.0, 2}, slab_axis()};
    const double wavelength = 1.31e-6, delta = 1e-3, k0 = 2.0 * pi / wavelength;
    const std::function<ModesAt(double)> modes_at = [&](double s) {
        const double angle = 0.5 * pi * s;
        ModesAt at{{1.5 + 0.5 * delta, 1.5 - 0.5 * delta}, {Field<double>(grid), Field<double>(grid)}};
        at.psi[0].values = {std::cos(angle), std::sin(angle)};
        at.psi[1].values = {-std::sin(angle), std::cos(angle)};
        return at;
    };
    const std::vector<double> lengths = {0.1e-3, 1e-3, 3e-3};
    const CoupledModes modes(modes_at, {.wavelength = wavelength, .lengths = lengths, .tolerance = 1e-6});
    CHECK(modes.is_converged());
    CHECK(modes.beside() < 1e-12);
    for (const double length : lengths) {
        const double kappa = 0.5 * pi / length, omega = std::hypot(kappa, 0.5 * k0 * delta);
        const auto end = modes.at_end(std::vector<Complex>{1.0, 0.0}, length);
        CHECK(std::norm(end[0]) == Approx(1.0 - std::pow(kappa / omega * std::sin(omega * length), 2)).margin(1e-9));
        CHECK(std::norm(end[0]) + std::norm(end[1]) == Approx(1.0).epsilon(1e-12));
    }
}
