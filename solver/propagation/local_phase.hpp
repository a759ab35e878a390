#pragma once

#include "core/sampled_medium.hpp"
#include "solver/propagation/engine.hpp"

namespace vitral::propagation {

/// The local part of a step as angles: what exp(i angle) does to the field at every point over a distance w,
///   paraxial:    w V + w³-term,   V = k0² (n² - n_ref²) / 2k
///   wide angle:  w k0 (n - n_ref)
/// The gradient-corrected potential of the fourth-order splitting adds g |∇V|²/k (Chin, Phys. Lett. A 226, 344 (1997)).
class LocalPhase {
public:
    LocalPhase(const SampledMedium& index, const EngineParams& params);

    /// Reads the index at z, unless it is still the one read last; returns how far it stays the same.
    double read(double z);
    /// Columns whose angles at z may differ from those at `before`, in whole vectors of the kernels; all where the glass
    /// absorbs, or before < 0.
    [[nodiscard]] ColumnRange changed(double before, double z) const;
    /// Angles of the columns of the row iy for the weight w [m] and the gradient coefficient g [m³] (0: none).
    void angles(int iy, ColumnRange columns, double w, double g, double* out) const;
    /// Whether the index absorbs, and the amplitude that is left of each point of the row over the distance w.
    [[nodiscard]] bool absorbs() const noexcept { return absorbs_; }
    void amplitudes(int iy, double w, double* out) const;
    [[nodiscard]] const IndexMap& map() const noexcept { return map_; }

private:
    const SampledMedium& index_;
    bool paraxial_, absorbs_;
    double k0_, n_ref_, from_ = -1.0, until_ = -2.0;
    IndexMap map_;
    Field<double> extinction_;
};

}  // namespace vitral::propagation
