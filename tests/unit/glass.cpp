#include <cmath>
#include <map>

#include "app/records/library.hpp"
#include "app/records/refractive_index_file.hpp"
#include "core/errors.hpp"
#include "core/units.hpp"
#include "diffusion/exchange/ion_law.hpp"
#include "tests/support/catch.hpp"

using namespace vitral;

TEST_CASE("dispersions give the published check values") {
    const auto silica = records::Library().glass("fused-silica");
    CHECK(silica.dispersion.index(1.31e-6) == Approx(1.446804).epsilon(0.0).margin(5e-7));
    CHECK(silica.dispersion.index(1.55e-6) == Approx(1.444024).epsilon(0.0).margin(5e-7));
    const auto soda_lime = records::Library().glass("soda-lime");
    CHECK(soda_lime.dispersion.index(1.31e-6) == Approx(1.50987).epsilon(0.0).margin(3e-6));
    CHECK(soda_lime.dispersion.index(1.55e-6) == Approx(1.50704).epsilon(0.0).margin(5e-6));
    const glass::Dispersion n_bk7{glass::DispersionFormula::sellmeier_squared,
                                  {0, 1.03961212, 0.00600069867, 0.231792344, 0.0200179144, 1.01046945, 103.560653},
                                  0.3e-6,
                                  2.5e-6};
    CHECK(n_bk7.index(1.31e-6) == Approx(1.503583).epsilon(0.0).margin(5e-7));
    CHECK_THROWS_AS(n_bk7.index(2.6e-6), Error);
}

TEST_CASE("silver in soda-lime diffuses as the fit of the published data says") {
    const auto glass = records::Library().glass("soda-lime");
    const glass::IonPair* silver = glass.pair("Ag");
    REQUIRE(silver);
    CHECK(silver->M == Approx(0.182).epsilon(2e-13));
    CHECK(silver->D_A(celsius(217.0)) == Approx(1.06e-16).epsilon(0.005));
    CHECK(silver->D_A(celsius(300.0)) == Approx(2.16e-15).epsilon(0.005));
    CHECK(silver->index_change(632.8e-9) == Approx(0.08875).epsilon(2e-13));
    CHECK(silver->index_change(1430e-9) == Approx(0.07945).epsilon(2e-13));
    CHECK_THROWS_AS(silver->index_change(600e-9), Error);
    CHECK(glass.pair("Rb") == nullptr);
    const double half = 0.5;
    CHECK(glass::exchanged_index(glass, {silver, 1}, {&half, 1}, 1.31e-6, glass::Along::mean) ==
          Approx(glass.dispersion.index(1.31e-6) + 0.5 * 0.0799).epsilon(2e-13));
}

TEST_CASE("the fluxes of ion exchange have their limits and their derivatives") {
    using namespace vitral::exchange;
    for (const double ratio : {1.0, 1.001, 1.09, 1.11, 3.0, 50.0})
        CHECK(logarithmic_mean(ratio, 1.0) ==
              Approx(ratio == 1.0 ? 1.0 : (ratio - 1.0) / std::log(ratio)).epsilon(1e-13));
    const BinaryLaw binary(2e-15, 1e-14);
    CHECK(binary.at({0.0}).diffusivity == Approx(2e-15).epsilon(2e-13));
    CHECK(binary.at({1.0}).diffusivity == Approx(1e-14).epsilon(2e-13));
    CHECK(binary.at({0.0}).share == 0.0);
    CHECK(binary.at({1.0}).share == Approx(1.0).epsilon(2e-13));
    CHECK(binary.conductivity({1.0}) == Approx(0.2).epsilon(2e-13));
    // Without current the flux is the difference of the potential -D_A ln(1 - αc)/α; without difference it is the drift.
    const auto P = [](double c) { return -2e-15 * std::log(1.0 - 0.8 * c) / 0.8; };
    CHECK(BinaryLaw::flux(binary.at({0.7}), binary.at({0.1}), 1e7, 0.0).value[0] ==
          Approx((P(0.7) - P(0.1)) * 1e7).epsilon(1e-13));
    CHECK(BinaryLaw::flux(binary.at({0.4}), binary.at({0.4}), 1e7, 3e-9).value[0] ==
          Approx(3e-9 * binary.at({0.4}).share).epsilon(2e-13));
    // A strong current makes it upwind.
    CHECK(BinaryLaw::flux(binary.at({0.7}), binary.at({0.1}), 1e7, 1e-5).value[0] ==
          Approx(1e-5 * binary.at({0.7}).share).epsilon(2e-13));

    // Every law: D̃ = dP/dc, the slope of the share, and the derivatives of the flux, by differences.
    glass::Composition exponential{.law = glass::CompositionLaw::exponential, .beta = 1.3};
    glass::Composition mixed{.law = glass::CompositionLaw::mixed_alkali, .b_A = 1.0, .b_B = 2.5};
    glass::Composition table{
        .law = glass::CompositionLaw::table, .concentrations = {0, 0.3, 1}, .factors = {1, 0.4, 2}};
    for (const auto& composition : {glass::Composition{}, exponential, mixed, table}) {
        const BinaryLaw law(2e-15, 1e-14, composition, 1.2);
        const double d = 1e-5;
        for (const double c : {0.1, 0.5, 0.93}) {
            const auto low = law.at({c - d}), here = law.at({c}), high = law.at({c + d});
            CHECK((high.potential - low.potential) / (2.0 * d) == Approx(here.diffusivity).epsilon(2e-9));
            CHECK((high.share - low.share) / (2.0 * d) == Approx(here.share_slope).epsilon(1e-8));
            for (const double u : {0.0, 2e-8, -2e-8, 1e-5}) {
                const auto F = [&](double a, double b) {
                    return BinaryLaw::flux(law.at({a}), law.at({b}), 1e7, u).value[0];
                };
                const auto flux = BinaryLaw::flux(here, law.at({0.4}), 1e7, u);
                CHECK((F(c + d, 0.4) - F(c - d, 0.4)) / (2.0 * d) ==
                      Approx(flux.d_a[0][0]).epsilon(2e-8).margin(1e-13));
                CHECK((F(c, 0.4 + d) - F(c, 0.4 - d)) / (2.0 * d) ==
                      Approx(flux.d_b[0][0]).epsilon(1e-7).margin(1e-13));
            }
        }
    }
    // A mixed-alkali glass conducts least in between.
    const BinaryLaw minimum(2e-15, 1e-14, mixed);
    CHECK(minimum.conductivity({0.6}) < minimum.conductivity({0.0}));
    CHECK(minimum.conductivity({0.6}) < minimum.conductivity({1.0}));

    const TernaryLaw ternary(1e-14, 3e-16, 2e-15);
    const std::array<double, 2> a = {0.3, 0.4}, b = {0.1, 0.55};
    for (const double u : {0.0, 3e-8, 1e-5}) {
        const auto flux = ternary.flux(ternary.at(a), ternary.at(b), 1e7, u);
        for (std::size_t j = 0; j < 2; ++j) {
            auto up = a, down = a, b_up = b, b_down = b;
            up[j] += 1e-6, down[j] -= 1e-6, b_up[j] += 1e-6, b_down[j] -= 1e-6;
            const auto p = ternary.flux(ternary.at(up), ternary.at(b), 1e7, u),
                       m = ternary.flux(ternary.at(down), ternary.at(b), 1e7, u);
            const auto q = ternary.flux(ternary.at(a), ternary.at(b_up), 1e7, u),
                       r = ternary.flux(ternary.at(a), ternary.at(b_down), 1e7, u);
            for (std::size_t i = 0; i < 2; ++i) {
                CHECK((p.value[i] - m.value[i]) / 2e-6 == Approx(flux.d_a[i][j]).epsilon(1e-9).margin(1e-17));
                CHECK((q.value[i] - r.value[i]) / 2e-6 == Approx(flux.d_b[i][j]).epsilon(2e-7).margin(2e-15));
            }
        }
    }
}

TEST_CASE("pages of refractiveindex.info are read, all nine formulas and the tables") {
    const auto page = [](const std::string& data) { return "REFERENCES: \"none\"\nDATA:\n" + data; };
    const auto formula = [&](int number, const std::string& coefficients) {
        return records::parse_refractive_index(
                   "page.yml", page("  - type: formula " + std::to_string(number) +
                                    "\n    wavelength_range: 0.3 2.5\n    coefficients: " + coefficients + "\n"))
            .dispersion.index(1.31e-6);
    };
    const double L = 1.31, L2 = L * L;
    CHECK(formula(1, "0 0.6961663 0.0684043 0.4079426 0.1162414 0.8974794 9.896161") ==
          Approx(1.446804).epsilon(0).margin(5e-7));
    CHECK(formula(2, "0 1.03961212 0.00600069867 0.231792344 0.0200179144 1.01046945 103.560653") ==
          Approx(1.503583).epsilon(0).margin(5e-7));
    CHECK(formula(3, "2.2 -0.01 2 0.012 -2") == Approx(std::sqrt(2.2 - 0.01 * L2 + 0.012 / L2)).epsilon(1e-13));
    CHECK(formula(4, "1.2 0.9 2 0.1 2 0.5 2 100 1 0.01 2") ==
          Approx(std::sqrt(1.2 + 0.9 * L2 / (L2 - 0.01) + 0.5 * L2 / (L2 - 100.0) + 0.01 * L2)).epsilon(1e-13));
    CHECK(formula(5, "1.5130 -0.003169 2 0.003962 -2") == Approx(1.50987).epsilon(0).margin(3e-6));
    CHECK(formula(6, "0 0.05792105 238.0185 0.00167917 57.362") ==
          Approx(1.0 + 0.05792105 / (238.0185 - 1 / L2) + 0.00167917 / (57.362 - 1 / L2)).epsilon(1e-13));
    const double H = 1.0 / (L2 - 0.028);
    CHECK(formula(7, "3.41983 0.159906 -0.123109 1.26878e-6 -1.95104e-9 1e-12") ==
          Approx(3.41983 + 0.159906 * H - 0.123109 * H * H + 1.26878e-6 * L2 - 1.95104e-9 * L2 * L2 +
                 1e-12 * L2 * L2 * L2)
              .epsilon(1e-13));
    const double q = 0.452505 + 0.09939 * L2 / (L2 - 0.066) - 0.00015 * L2;
    CHECK(formula(8, "0.452505 0.09939 0.066 -0.00015") == Approx(std::sqrt((1 + 2 * q) / (1 - q))).epsilon(1e-13));
    CHECK(formula(9, "2.51527 0.0240 0.0300 0.020 1.52 0.8771") ==
          Approx(std::sqrt(2.51527 + 0.0240 / (L2 - 0.03) + 0.02 * (L - 1.52) / ((L - 1.52) * (L - 1.52) + 0.8771)))
              .epsilon(1e-13));

    const auto silicon = records::parse_refractive_index(
        "si.yml",
        page("  - type: tabulated n\n    data: |\n        1.26 3.5072\n        1.30 3.5016\n        1.32 3.4990\n"
             "        1.36 3.4941\n        1.50 3.4799\n  - type: tabulated k\n    data: |\n        1.0 1e-8\n        "
             "1.6 7e-8\n"));
    CHECK(silicon.dispersion.index(1.31e-6) == Approx(3.50027).epsilon(0).margin(5e-5));
    CHECK(silicon.dispersion.index(1.30e-6) == Approx(3.5016).epsilon(1e-13));
    CHECK_THROWS_AS(silicon.dispersion.index(1.55e-6), Error);
    CHECK(*silicon.absorption(1.6e-6) == Approx(4.0 * 3.14159265358979 * 7e-8 / 1.6e-6).epsilon(1e-13));
    CHECK_FALSE(silicon.absorption(1.7e-6));

    for (const char* wrong :
         {"", "DATA: 3", "DATA:\n  - type: formula 12\n    wavelength_range: 0.3 2\n    coefficients: 1",
          "DATA:\n  - type: tabulated n\n    data: |\n        1.2 3 4\n", "DATA: [unclosed",
          "DATA:\n  - type: formula 1\n    coefficients: 0 1 2\n",
          "DATA:\n  - type: tabulated k\n    data: |\n        1.2 3\n"}) {
        INFO(wrong);
        CHECK_THROWS_AS(records::parse_refractive_index("wrong.yml", wrong), Error);
    }
}

TEST_CASE("a stressed layer is birefringent as the stress-optic coefficients say") {
    // N-BK7 with -300 MPa: +1.1e-3 along the surface and +2.0e-3 normal to it.
    glass::IonPair pair{.ion = "K",
                        .wavelengths = {1e-6, 2e-6},
                        .index_changes = {0.004, 0.004},
                        .stress = -300e6,
                        .C1 = -5.0e-13,
                        .C2 = -3.3e-12};
    CHECK(pair.index_change_x(1.5e-6) - 0.004 == Approx(1.14e-3).epsilon(1e-12));
    CHECK(pair.index_change_y(1.5e-6) - 0.004 == Approx(1.98e-3).epsilon(1e-12));
    CHECK(pair.index_change_mean(1.5e-6) - 0.004 == Approx(1.56e-3).epsilon(1e-12));
    CHECK(pair.is_birefringent());
}

TEST_CASE("every glass of the library can be read, and says which of its numbers are estimates") {
    const std::map<std::string, std::pair<double, double>> published = {{"N-BK7", {1.503583, 1.500652}},
                                                                        {"D263T", {1.508655, 1.505773}},
                                                                        {"borofloat-33", {1.458993, 1.455713}},
                                                                        {"soda-lime", {1.50987, 1.50704}},
                                                                        {"fused-silica", {1.446804, 1.444024}}};
    for (const std::string& name : records::names(records::Kind::glasses)) {
        INFO(name);
        const auto glass = records::Library().glass(name);
        if (const auto known = published.find(name); known != published.end()) {
            CHECK(glass.dispersion.index(1.31e-6) == Approx(known->second.first).epsilon(0.0).margin(3e-6));
            CHECK(glass.dispersion.index(1.55e-6) == Approx(known->second.second).epsilon(0.0).margin(5e-6));
        }
        for (const auto& pair : glass.pairs) {
            CHECK(pair.D_A(600.0) > 1e-18);
            CHECK(pair.D_A(600.0) < 3e-14);
            CHECK(pair.M > 0.0);
            CHECK(pair.index_change(1.31e-6) > 0.0);
        }
    }
    for (const char* name : {"N-BK7", "D263T", "BGG31", "IOG-10", "GO14", "borofloat-33", "alkali-aluminosilicate"}) {
        INFO(name);
        const auto glass = records::Library().glass(name);
        REQUIRE_FALSE(glass.pairs.empty());
        CHECK_FALSE(glass.pairs[0].placeholders.empty());
    }
    CHECK(*records::Library().glass("N-BK7").absorption(1.53e-6) * 4.342944819 * 0.01 ==
          Approx(0.035).epsilon(0.01));  // dB/cm
}
