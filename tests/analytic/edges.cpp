/// Light that leaves the window does not come back, whatever the edge; what it takes is counted.
#include <cmath>

#include "core/beam.hpp"
#include "core/constants.hpp"
#include "modes/grid/section_grid.hpp"
#include "solver/propagation/matched_layers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"

using namespace vitral;
using namespace vitral::tests;

namespace {

constexpr double wavelength = 1.31e-6, n = 1.5035;

/// Power of the difference of two fields on the part of the window that both have outside `edge` of the smaller one, as a
/// share of the launched power 1.
double difference(const Field<Complex>& small, const Field<Complex>& large, double edge) {
    double sum = 0.0;
    const Grid &g = small.grid, &l = large.grid;
    const auto shift_x = static_cast<int>(std::lround((g.x.lower - l.x.lower) / g.x.spacing)),
               shift_y = g.is_slab() ? 0 : static_cast<int>(std::lround((g.y.lower - l.y.lower) / g.y.spacing));
    for (int iy = 0; iy < g.y.count; ++iy)
        for (int ix = 0; ix < g.x.count; ++ix) {
            if (g.x.at(ix) < g.x.lower + edge || g.x.at(ix) > g.x.upper() - edge) continue;
            if (!g.is_slab() && g.y.at(iy) < g.y.lower + edge) continue;
            sum += std::norm(small(ix, iy) - large(ix + shift_x, iy + shift_y));
        }
    return sum * g.cell_area();
}

/// A beam sent towards the right edge, marched until most of it has met the edge; how far it then is from the same beam in
/// a window eight times as wide.
double comes_back(EdgeKind kind, double tilt, const EngineParams& engine, double dz = 2e-6) {
    const double k = 2.0 * pi / wavelength * n, length = 80e-6 / tilt;
    const auto run = [&](double half, const Edges& edges) {
        const Grid grid{{-half, 0.5e-6, static_cast<int>(std::lround(2.0 * half / 0.5e-6))}, slab_axis()};
        const auto launch =
            sample(grid, [&](double x, double) { return GaussianSheet{15e-6}(x)*std::polar(1.0, k * tilt * x); });
        return march({"", engine}, launch, StraightIndex(IndexMap(grid, n)), wavelength, n, length, dz, edges);
    };
    Edges edges{10e-6};
    edges.kind = kind;
    return difference(run(50e-6, edges), run(400e-6, {}), 10e-6);
}

}  // namespace

TEST_CASE("matched layers and transparent boundaries let light out at angles at which an absorber sends it back") {
    const double tilt = GENERATE(0.05, 0.08, 0.12, 0.2, 0.34);
    const EngineParams paraxial{Method::finite_difference}, pade{Method::finite_difference, Operator::pade_1_1},
        spectral{Method::split_step, Operator::paraxial, Splitting::fourth_order};
    const double absorber = comes_back(EdgeKind::absorber, tilt, paraxial),
                 layer = comes_back(EdgeKind::matched_layer, tilt, paraxial),
                 transparent = comes_back(EdgeKind::transparent, tilt, paraxial),
                 wide = comes_back(EdgeKind::matched_layer, tilt, pade),
                 split = comes_back(EdgeKind::matched_layer, tilt, spectral, 4e-6),
                 long_steps = comes_back(EdgeKind::matched_layer, tilt, spectral, 16e-6);
    INFO("tilt " << tilt << ": absorber " << absorber << ", layer " << layer << ", transparent " << transparent
                 << ", layer with Padé(1,1) " << wide << ", with transforms " << split << ", in long steps "
                 << long_steps);
    CHECK(split < (tilt < 0.3 ? 5e-6 : 2e-4));
    CHECK(long_steps < (tilt < 0.15 ? 5e-5 : tilt < 0.3 ? 2e-4 : 8e-3));
    // Of the light that an absorber of the same width returns, a thousandth and a twentieth at most.
    CHECK(layer < 2e-4 * absorber);
    CHECK(wide < 3e-4 * absorber);
    CHECK(transparent < 0.05 * absorber);
    CHECK(layer < 5e-7);
    CHECK(transparent < 1e-4);
}

TEST_CASE("what leaves through every kind of edge adds up, in every engine that has it") {
    const Variant& v = GENERATE(from_range(variants()));
    const EdgeKind kind = GENERATE(EdgeKind::matched_layer, EdgeKind::transparent);
    if (kind == EdgeKind::transparent && (v.spectral() || !v.paraxial())) return;
    INFO(v.name);
    // A beam that starts near the lower left corner and goes there: all the light leaves, to the left and below.
    const Grid grid = modes::section_grid({-15e-6, 15e-6, -20e-6, 0.2e-6}, 0.5e-6);
    const double k = 2.0 * pi / wavelength * n;
    const auto launch = sample(grid, [&](double x, double y) {
        return GaussianBeam{4e-6, 4e-6, -5e-6, -10e-6}(x, y) * std::polar(1.0, -0.15 * k * x - 0.1 * k * y);
    });
    EngineParams engine = v.engine;
    engine.wavelength = wavelength;
    engine.n_ref = n;
    engine.edges = {5e-6, 5e-6};
    engine.edges.kind = kind;
    const auto out = propagate(launch, StraightIndex(IndexMap(grid, n)),
                               {.engine = engine, .length = 300e-6, .dz = 2e-6, .records = 1});
    CHECK(power(out.psi) < 1e-4);
    CHECK(out.removed.left > 0.5);
    CHECK(out.removed.bottom > 0.1);
    CHECK(out.removed.top == 0.0);
    CHECK(power(out.psi) + out.removed.total() == Approx(power(launch)).epsilon(v.single() ? 2e-5 : 2e-11));
    // In glass that absorbs, what it takes is told apart from what leaves.
    const StraightIndex absorbing(IndexMap(grid, n), Field<double>(grid, 1e-4));
    const auto dim = propagate(launch, absorbing, {.engine = engine, .length = 10e-6, .dz = 2e-6, .records = 1});
    const double kept = std::exp(-2.0 * 2.0 * pi / wavelength * 1e-4 * 10e-6);
    CHECK(dim.removed.absorbed == Approx((1.0 - kept) * power(launch)).epsilon(0.02));
    CHECK(power(dim.psi) + dim.removed.total() == Approx(power(launch)).epsilon(v.single() ? 5e-6 : 5e-12));
}

TEST_CASE("edges are right for a guide 2 um under air, whose light is next to the wall") {
    // n = 1.5035 + 0.030 exp(-(x/3)² - ((y+2)/2)²) (µm): launched off its axis, so that light leaves the guide all around.
    const EdgeKind kind = GENERATE(EdgeKind::absorber, EdgeKind::matched_layer, EdgeKind::transparent);
    const auto guide = [](double x, double y) {
        return n + 0.030 * std::exp(-std::pow(x / 3e-6, 2) - std::pow((y + 2e-6) / 2e-6, 2));
    };
    const auto run = [&](double width, double depth, const Edges& edges) {
        const int nx = static_cast<int>(std::lround(width / 0.5e-6)),
                  ny = static_cast<int>(std::lround(depth / 0.5e-6));
        const Grid grid{{-0.5 * width, 0.5e-6, nx}, {0.18e-6 - depth, 0.5e-6, ny}};
        const auto launch = sample(grid, [&](double x, double y) {
            return Complex(GaussianBeam{3e-6, 3e-6, 1.5e-6, -4e-6}(x, y));
        });
        return march({"", {Method::finite_difference}}, launch, StraightIndex(sample(grid, guide)), wavelength, 1.51,
                     400e-6, 2e-6, edges);
    };
    Edges edges{8e-6, 8e-6};
    edges.kind = kind;
    static const Field<Complex> large = run(200e-6, 100e-6, {});
    const double error = difference(run(40e-6, 24e-6, edges), large, 8e-6);
    INFO("error " << error);
    CHECK(error < (kind == EdgeKind::absorber ? 4e-3 : kind == EdgeKind::matched_layer ? 1e-5 : 1e-4));
}

TEST_CASE("the return that is stated for a matched layer is that of a broad beam") {
    // A beam so broad that its angles do not differ, at an angle at which the layer's discrete return is large enough to see.
    const double tilt = 0.012, k = 2.0 * pi / wavelength * n, width = 6e-6, h = 0.5e-6, length = 110e-3;
    const Grid grid{{-1000e-6, h, 4000}, slab_axis()};
    const auto launch = sample(grid, [&](double x, double) {
        return GaussianSheet{150e-6, 400e-6}(x)*std::polar(1.0, k * tilt * x);
    });
    Edges edges{width};
    edges.kind = EdgeKind::matched_layer;
    const auto out = march({"", {Method::finite_difference}}, launch, StraightIndex(IndexMap(grid, n)), wavelength, n,
                           length, 4e-6, edges);
    // Its angles: |ψ(q)|² = exp(-(q - q0)² w²/2).
    double expected = 0.0, weights = 0.0;
    for (double u = -4.0; u <= 4.0; u += 0.25) {
        expected += std::exp(-0.5 * u * u) *
                    matched_layer_return(width, MatchedLayers::strength(k, 4e-6), h, k * tilt + u / 150e-6);
        weights += std::exp(-0.5 * u * u);
    }
    CHECK(power(out) == Approx(expected / weights).epsilon(0.03));
}
