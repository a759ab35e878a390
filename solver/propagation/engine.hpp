#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "core/field.hpp"
#include "core/polarization.hpp"
#include "core/sampled_medium.hpp"
#include "solver/propagation/absorber.hpp"

namespace vitral::propagation {

/// How transverse derivatives are taken; the config's word for it. Which ones there are stands in capabilities.cpp.
struct Method {
    std::string_view word;
    static const Method split_step, finite_difference;
    bool operator==(const Method&) const = default;
};
inline constexpr Method Method::split_step{"split-step"}, Method::finite_difference{"finite-difference"};

/// Which function of T = ∇² and U = k0² (n² - n_ref²) marches the field, dψ/dz = i P ψ, with k = k0 n_ref:
///   paraxial     P = (T + U) / 2k
///   wide_angle   P = sqrt(k² + T) + k0 n - 2k, and the cross term of the two (split step)
///   pade_1_1     P = k (h/2) / (1 + h/4),                     h = (T + U)/k²  (finite differences)
///   pade_2_2     P = k (h/2 + h²/4) / (1 + 3h/4 + h²/16)
enum class Operator { paraxial, wide_angle, pade_1_1, pade_2_2 };

/// How a step is split: Strang's, or fourth order in dz (with the gradient-corrected potential where the operator is
/// paraxial, Blanes and Moan's where it is wide-angle).
enum class Splitting { strang, fourth_order };

enum class Precision { single_precision, double_precision };

struct EngineParams {
    Method method = Method::split_step;
    Operator op = Operator::paraxial;
    Splitting splitting = Splitting::strang;
    Precision precision = Precision::double_precision;
    double wavelength = 0.0;  ///< [m]
    double n_ref = 0.0;       ///< reference index; the launched mode's n_eff makes its β exact
    /// In a slab with steps of the index, along_x: ψ = n E of the field in the plane, whose jump is in the operator
    /// (finite differences; second order). Elsewhere polarised light is scalar light in the index that it sees.
    Polarization polarization = Polarization::scalar;
    Edges edges = {};
    int threads = 0;                         ///< at most this many; 0: OpenMP's own number. A small grid takes fewer
    bool threads_whatever_the_size = false;  ///< also where the grid is not worth them (for tests)
    /// Called between steps. It may throw to stop a march; the engine's field is of no use then.
    void (*between_steps)() = nullptr;
};

/// One field being marched along z through an index. The index must outlive the engine.
class Engine {
public:
    virtual ~Engine() = default;
    virtual void load(const Field<Complex>& psi) = 0;
    virtual void store(Field<Complex>& psi) const = 0;
    /// Marches from z over `steps` steps of dz. The index may jump at either end: the last step sees it before its end.
    virtual void march(double z, double dz, int steps) = 0;
    /// What the next step depends on besides the field that store() gives, so that a march can go on from a checkpoint to the
    /// same bits: to be handed, after load(), to an engine of the same parameters. Empty where there is nothing.
    [[nodiscard]] virtual std::vector<double> memory() const { return {}; }
    virtual void recall(const std::vector<double>&) {}
    [[nodiscard]] const RemovedPower& removed() const noexcept { return removed_; }
    void set_removed(const RemovedPower& removed) noexcept { removed_ = removed; }

protected:
    /// Where a march reads the index at its beginning and at its end: what lies beyond a jump there is not its own.
    [[nodiscard]] static double just_after(double z, double dz) noexcept { return z + 1e-6 * dz; }
    [[nodiscard]] static double just_before(double z, double dz) noexcept { return z - 1e-6 * dz; }
    RemovedPower removed_;
};

/// The order in dz of an engine's step on a smooth index: 2 or 4.
[[nodiscard]] int order_in_z(const EngineParams& params);

/// β - k0 n_ref of a mode of effective index n_eff, as the operator turns it [1/m].
[[nodiscard]] double phase_constant(Operator op, double n_eff, double n_ref, double wavelength);

/// How many threads a grid of this many points is worth.
[[nodiscard]] int worthwhile_threads(std::size_t points, const EngineParams& params);

}  // namespace vitral::propagation
