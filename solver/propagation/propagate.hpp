#pragma once
#include <functional>

#include "core/index_along_z.hpp"
#include "core/observer.hpp"
#include "solver/propagation/absorber.hpp"
#include "solver/propagation/transverse_step.hpp"

namespace vitral::propagation {

struct PropagationParams {
    Method method = Method::split_step;
    double wavelength = 0.0;  ///< [m]
    double n_ref = 0.0;       ///< reference index; the launched mode's n_eff makes its β exact
    double length = 0.0;      ///< [m]
    double dz_target = 2e-6;  ///< largest step [m]
    int records = 100;        ///< how many times along z the watcher is called, besides z = 0
    Absorber absorber = {};
};

/// Called at z = 0, at every record, and at the end: where, the field there, and the power removed since the launch.
using FieldWatcher = std::function<void(double z, const Field<Complex>& psi, double removed)>;

struct Propagation {
    Field<Complex> psi;  ///< the field at the end
    int steps = 0;
    double dz = 0.0;        ///< [m]
    double launched = 0.0;  ///< power at z = 0
    double removed = 0.0;   ///< power taken by the absorbing edges, summed step by step
};

/// Marches a scalar field through an index, paraxial with the potential n² - n_ref²:
///     dψ/dz = (i/2k) [ ∇² + k0² (n² - n_ref²) ] ψ,      k = k0 n_ref,
/// by Strang's symmetric splitting into phase and transverse step, second order in dz. Throws Error (numerical) when the
/// field is no longer finite, with the place.
[[nodiscard]] Propagation propagate(Field<Complex> launch, const IndexAlongZ& index, const PropagationParams& params,
                                    const FieldWatcher& watch = {}, const ProgressObserver& progress = {});

}  // namespace vitral::propagation
