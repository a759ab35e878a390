#include <cmath>

#include "app/materials.hpp"
#include "core/errors.hpp"
#include "core/units.hpp"
#include "diffusion/exchange/interdiffusion.hpp"
#include "tests/support/catch.hpp"

using namespace vitral;

TEST_CASE("dispersions give the published check values") {
    const auto silica = app::load_glass("fused-silica", "");
    CHECK(silica.dispersion.index(1.31e-6) == Approx(1.446804).epsilon(0.0).margin(5e-7));
    CHECK(silica.dispersion.index(1.55e-6) == Approx(1.444024).epsilon(0.0).margin(5e-7));
    const auto soda_lime = app::load_glass("soda-lime", "");
    CHECK(soda_lime.dispersion.index(1.31e-6) == Approx(1.50987).epsilon(0.0).margin(5e-6));
    CHECK(soda_lime.dispersion.index(1.55e-6) == Approx(1.50704).epsilon(0.0).margin(5e-6));
    const glass::Dispersion n_bk7{glass::DispersionFormula::sellmeier_squared,
                                  {0, 1.03961212, 0.00600069867, 0.231792344, 0.0200179144, 1.01046945, 103.560653},
                                  0.3e-6,
                                  2.5e-6};
    CHECK(n_bk7.index(1.31e-6) == Approx(1.503583).epsilon(0.0).margin(5e-7));
    CHECK_THROWS_AS(n_bk7.index(2.6e-6), Error);
}

TEST_CASE("silver in soda-lime diffuses as the fit of the published data says") {
    const auto glass = app::load_glass("soda-lime", "");
    const glass::IonPair* silver = glass.pair("Ag");
    REQUIRE(silver);
    CHECK(silver->M == Approx(0.182));
    CHECK(silver->D_A(celsius(217.0)) == Approx(1.06e-16).epsilon(0.005));
    CHECK(silver->D_A(celsius(300.0)) == Approx(2.16e-15).epsilon(0.005));
    CHECK(silver->index_change(632.8e-9) == Approx(0.08875));
    CHECK(silver->index_change(1430e-9) == Approx(0.07945));
    CHECK_THROWS_AS(silver->index_change(600e-9), Error);
    CHECK(glass.pair("K") == nullptr);
    CHECK(glass::exchanged_index(glass, *silver, 0.5, 1.31e-6) ==
          Approx(glass.dispersion.index(1.31e-6) + 0.5 * 0.0799));
}

TEST_CASE("the terms of binary exchange have their limits") {
    using namespace vitral::exchange;
    CHECK(interdiffusivity(0.0, 2e-15, 0.2) == Approx(2e-15));
    CHECK(interdiffusivity(1.0, 2e-15, 0.2) == Approx(1e-14));
    CHECK(transport_number(0.0, 0.2) == 0.0);
    CHECK(transport_number(1.0, 0.2) == Approx(1.0));
    CHECK(transport_number_slope(0.3, 0.2) ==
          Approx((transport_number(0.3001, 0.2) - transport_number(0.2999, 0.2)) / 2e-4).epsilon(1e-6));
    for (const double ratio : {1.0, 1.001, 1.09, 1.11, 3.0, 50.0})
        CHECK(logarithmic_mean(ratio, 1.0) ==
              Approx(ratio == 1.0 ? 1.0 : (ratio - 1.0) / std::log(ratio)).epsilon(1e-13));
    for (const double p : {-30.0, -0.5, 0.0, 0.01, 1.9, 2.1, 40.0}) {
        CHECK(drift_weight(p) >= 0.0);
        CHECK(drift_weight(-p) - drift_weight(p) == Approx(p).epsilon(0.0).margin(1e-12));
    }
    CHECK(drift_weight(0.5) == Approx(0.75));
    CHECK(drift_weight(3.0) == 0.0);
    // Without concentration difference the flux is the drift; without current it is the potential difference.
    CHECK(face_flux(0.4, 0.4, 1e-7, 3e-9, 1e-15, 0.2).value == Approx(3e-9 * transport_number(0.4, 0.2)));
    const double G = [](double c) { return -1e-15 * std::log(1.0 - 0.8 * c) / 0.8; }(0.7) +
                     1e-15 * std::log(1.0 - 0.8 * 0.1) / 0.8;
    CHECK(face_flux(0.7, 0.1, 1e-7, 0.0, 1e-15, 0.2).value == Approx(G / 1e-7).epsilon(1e-12));
}
