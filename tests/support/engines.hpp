#pragma once
#include <string>
#include <vector>

#include "core/inner_product.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "solver/propagation/propagate.hpp"

/// The engines and operators that every known answer is asked of. A new one is a new line.
namespace vitral::tests {

using namespace vitral::propagation;

struct Variant {
    std::string name;
    EngineParams engine;
    [[nodiscard]] bool paraxial() const { return engine.op == Operator::paraxial; }
    [[nodiscard]] bool spectral() const { return engine.method == Method::split_step; }
    /// Whether its step is solved by iteration, to 2e-13 of the field.
    [[nodiscard]] bool iterates() const { return !spectral() && !paraxial(); }
    /// Minutes in a whole section: what it has to say, the fourth order says as well.
    [[nodiscard]] bool slow() const { return spectral() && !paraxial() && engine.splitting == Splitting::strang; }
    [[nodiscard]] bool single() const { return engine.precision == Precision::single_precision; }
};

inline const std::vector<Variant>& variants() {
    constexpr Method split_step = Method::split_step, finite_difference = Method::finite_difference;
    using enum Operator;
    using enum Splitting;
    using enum Precision;
    static const std::vector<Variant> list = {
        {"split-step, paraxial, Strang", {split_step, paraxial, strang, double_precision}},
        {"split-step, paraxial, fourth order", {split_step, paraxial, fourth_order, double_precision}},
        {"split-step, paraxial, fourth order, single", {split_step, paraxial, fourth_order, single_precision}},
        {"split-step, wide-angle, Strang", {split_step, wide_angle, strang, double_precision}},
        {"split-step, wide-angle, fourth order", {split_step, wide_angle, fourth_order, double_precision}},
        {"finite-difference, paraxial", {finite_difference, paraxial, strang, double_precision}},
        {"finite-difference, paraxial, single", {finite_difference, paraxial, strang, single_precision}},
        {"finite-difference, Padé(1,1)", {finite_difference, pade_1_1, strang, double_precision}},
        {"finite-difference, Padé(2,2)", {finite_difference, pade_2_2, strang, double_precision}},
    };
    return list;
}

/// A run with fixed steps and nothing watched.
inline Field<Complex> march(const Variant& variant, const Field<Complex>& launch, const SampledMedium& index,
                            double wavelength, double n_ref, double length, double dz, const Edges& edges = {}) {
    EngineParams engine = variant.engine;
    engine.wavelength = wavelength;
    engine.n_ref = n_ref;
    engine.edges = edges;
    return propagate(launch, index, {.engine = engine, .length = length, .dz = dz, .records = 1}).psi;
}

/// Light f(x, y) as a grid keeps it, on graded axes times sqrt(dx/dξ dy/dη).
template <typename F>
[[nodiscard]] Field<Complex> light_on(const Grid& grid, F&& f) {
    Field<Complex> psi(grid);
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < grid.x.count; ++ix)
            psi(ix, iy) =
                f(grid.x.at(ix), grid.y.at(iy)) * std::sqrt(grid.x.jacobian(ix).value * grid.y.jacobian(iy).value);
    return psi;
}

inline Field<Complex> as_complex(const Field<double>& psi) {
    Field<Complex> out(psi.grid);
    std::copy(psi.values.begin(), psi.values.end(), out.values.begin());
    return out;
}

inline modes::Mode fundamental(const IndexMap& n, double wavelength) {
    return modes::scalar_modes(n, wavelength, {.count = 1}).modes.at(0);
}

/// |<a|b>|² / (<a|a><b|b>).
template <typename A, typename B>
double overlap(const Field<A>& a, const Field<B>& b) {
    return std::norm(inner_product(a, b)) / (power(a) * power(b));
}

/// Mean of x, weighted with |ψ|².
inline double centroid(const Field<Complex>& psi) {
    double sum = 0.0, moment = 0.0;
    for (int iy = 0; iy < psi.grid.y.count; ++iy)
        for (int ix = 0; ix < psi.grid.x.count; ++ix) {
            sum += std::norm(psi(ix, iy));
            moment += psi.grid.x.at(ix) * std::norm(psi(ix, iy));
        }
    return moment / sum;
}

/// An index as a function of (x, y, z), that changes everywhere.
template <typename F>
class FunctionIndex final : public SampledMedium {
public:
    FunctionIndex(const Grid& grid, F n) : grid_(grid), n_(std::move(n)) {}
    [[nodiscard]] const Grid& grid() const override { return grid_; }
    void at(double z, IndexMap& map) const override {
        map = sample(grid_, [&](double x, double y) { return n_(x, y, z); });
    }
    [[nodiscard]] double constant_until(double z) const override { return z; }

private:
    Grid grid_;
    F n_;
};

}  // namespace vitral::tests
