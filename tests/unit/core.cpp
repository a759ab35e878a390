#include <cmath>
#include <limits>

#include "core/beam.hpp"
#include "core/guide_path.hpp"
#include "core/inner_product.hpp"
#include "core/sha256.hpp"
#include "core/units.hpp"
#include "tests/support/catch.hpp"

using namespace vitral;
using namespace vitral::literals;

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
    CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a path is straight, then a cosine S-bend, then straight") {
    const GuidePath path(1.0_um, {{2.0_mm, 0.0}, {4.0_mm, 30.0_um}, {2.0_mm, 0.0}});
    CHECK(path.length() == Approx(8e-3).epsilon(2e-13));
    CHECK(path.center(-1.0) == 1e-6);
    CHECK(path.center(2e-3) == Approx(1e-6).epsilon(2e-13));
    CHECK(path.center(4e-3) == Approx(16e-6).epsilon(2e-13));
    CHECK(path.center(3e-3) == Approx(1e-6 + 15e-6 * (1.0 - std::sqrt(0.5))).epsilon(2e-13));
    CHECK(path.center(7e-3) == Approx(31e-6).epsilon(2e-13));
    CHECK(path.constant_until(0.0) == Approx(2e-3).epsilon(2e-13));
    CHECK(path.constant_until(3e-3) == Approx(3e-3).epsilon(2e-13));
    CHECK(path.constant_until(6.5e-3) == std::numeric_limits<double>::infinity());
    CHECK(path.slope(1e-3) == 0.0);
    CHECK(path.slope(3e-3) == Approx((path.center(3.001e-3) - path.center(2.999e-3)) / 2e-6).epsilon(1e-6));
    CHECK(path.steepest_slope() == Approx(0.5 * pi * 30e-6 / 4e-3).epsilon(2e-13));
    const GuidePath there_and_back(1.0_um, {{1.0_mm, 30.0_um}, {2.0_mm, -50.0_um}, {1.0_mm, 5.0_um}});
    CHECK(there_and_back.reach().from == Approx(-19e-6).epsilon(2e-13));
    CHECK(there_and_back.reach().to == Approx(31e-6).epsilon(2e-13));
    CHECK(path.smallest_radius() == Approx(2.0 * std::pow(4e-3 / pi, 2) / 30e-6).epsilon(2e-13));
}

TEST_CASE("a Gaussian beam has unit power, and blocked sums do not depend on how they are cut") {
    const Grid grid{{-30e-6, 0.25e-6, 240}, {-30e-6, 0.25e-6, 240}};
    const GaussianBeam beam{4.0_um, 3.0_um, 1.0_um, -2.0_um};
    auto psi = sample(grid, beam);
    CHECK(power(psi) == Approx(1.0).epsilon(1e-13));
    CHECK(inner_product(psi, psi).real() == Approx(1.0).epsilon(1e-13));
    for (double& value : psi.values) value *= 3.0;
    normalize(psi);
    CHECK(power(psi) == Approx(1.0).epsilon(1e-13));
    const GaussianSheet sheet{4.0_um, 1.0_um};
    CHECK(power(sample({{-30e-6, 0.25e-6, 240}, slab_axis()}, [&](double x, double) { return sheet(x); })) ==
          Approx(1.0).epsilon(1e-13));
}

TEST_CASE("the thermal voltage at 350 degC is 0.0537 V") {
    CHECK(thermal_voltage(celsius(350.0)) == Approx(0.0537).epsilon(2e-4));
}
