#include "medium/planes.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

using namespace vitral;

namespace {

const Grid grid{{-10e-6, 0.5e-6, 40}, {-8e-6, 0.5e-6, 16}};
constexpr double length = 1e-3;

/// A guide that moves by 10 um, with soft or with hard sides; counts how often it is read.
class Moving final : public SampledMedium {
public:
    Moving(bool hard, int& reads) : hard_(hard), reads_(reads) {}
    [[nodiscard]] const Grid& grid() const override { return ::grid; }
    void at(double z, IndexMap& map) const override {
        ++reads_;
        map = sample(::grid, [&](double x, double) {
            const double u = x - 5e-6 * (1.0 - std::cos(3.14159265358979 * z / length)) + 5e-6;
            return hard_ ? (std::abs(u) < 3e-6 ? 1.51 : 1.5) : 1.5 + 0.01 * std::exp(-std::pow(u / 4e-6, 2));
        });
    }
    [[nodiscard]] double constant_until(double) const override { return 0.0; }

private:
    bool hard_;
    int& reads_;
};

}  // namespace

TEST_CASE("between planes a smooth index is what it is to 3e-8, in whatever order it is asked for") {
    int reads = 0;
    const Moving exact(false, reads);
    const int count = medium::planes_needed(exact, length);
    REQUIRE(count >= 32);
    reads = 0;
    const medium::Planes planes(std::make_unique<Moving>(false, reads), length, count);
    IndexMap map(grid), wanted(grid), again(grid);
    const int march = 400;
    for (int i = 0; i <= march; ++i) {
        planes.at(length * i / march, map);
        int unused = 0;
        Moving(false, unused).at(length * i / march, wanted);
        for (std::size_t p = 0; p < map.values.size(); ++p) REQUIRE(std::abs(map.values[p] - wanted.values[p]) < 3e-8);
    }
    CHECK(reads == count + 1);  // each plane once
    // A companion march goes back by several planes after each interval, and finds the same bits.
    for (const int intervals : {15, 29, 31})
        for (int i = 0; i < intervals; ++i)
            for (int pass = 0; pass < 2; ++pass)
                for (const double part : {0.0, 0.3, 0.9, 1.0}) {
                    const double z = length * (i + part) / intervals;
                    planes.at(z, map);
                    int unused = 0;
                    Moving(false, unused).at(z, wanted);
                    for (std::size_t p = 0; p < map.values.size(); ++p)
                        REQUIRE(std::abs(map.values[p] - wanted.values[p]) < 3e-8);
                }
    // Another start gives the same bits.
    const medium::Planes late(std::make_unique<Moving>(false, reads), length, count);
    planes.at(0.637 * length, map);
    late.at(0.637 * length, again);
    CHECK(map.values == again.values);
}

TEST_CASE("a change along z that lasts a fiftieth of the length is seen") {
    class Late final : public SampledMedium {
    public:
        [[nodiscard]] const Grid& grid() const override { return ::grid; }
        void at(double z, IndexMap& map) const override {
            map = sample(::grid, [&](double, double) {
                return 1.5 + 0.01 * std::exp(-std::pow((z / length - 0.72) / 0.01, 2));
            });
        }
        [[nodiscard]] double constant_until(double) const override { return 0.0; }
    };
    const int count = medium::planes_needed(Late(), length);
    CHECK((count == 0 || count >= 128));
}

TEST_CASE("an index whose steps move is not read between planes") {
    int reads = 0;
    CHECK(medium::planes_needed(Moving(true, reads), length) == 0);
}
