#pragma once
#include <vector>

#include "core/medium.hpp"

namespace vitral::medium {

/// What fills the glass, y < 0, before a cover or anything else is drawn over it. A source of media is one implementation:
/// exchanged glass, a formula, a measured profile.
class Substrate {
public:
    virtual ~Substrate() = default;
    /// n for light polarised along x (and z) and along y.
    struct Index {
        double x, y;
    };
    [[nodiscard]] virtual Index index(double x, double y, double z) const = 0;
    /// ∂n/∂λ [1/m], the mean over polarisations.
    [[nodiscard]] virtual double slope(double, double, double) const { return 0.0; }
    /// Power attenuation [1/m]; 0 where it is not known.
    [[nodiscard]] virtual double attenuation(double, double, double) const { return 0.0; }
    [[nodiscard]] virtual bool knows_attenuation() const { return false; }
    [[nodiscard]] virtual bool is_birefringent() const { return false; }
    [[nodiscard]] virtual bool is_layered() const { return false; }  ///< nothing depends on x
    [[nodiscard]] virtual bool changes_along_z() const { return false; }
    /// Whether it is one material between the steps, so that elements may be stretched in it.
    [[nodiscard]] virtual bool is_uniform() const { return false; }
    [[nodiscard]] virtual double background_index() const = 0;  ///< far from what guides
    [[nodiscard]] virtual std::vector<MediumParameter> parameters() const { return {}; }

    /// n on a grid, along the field of polarised light, of scalar light the mean.
    [[nodiscard]] virtual IndexMap index_on(const Grid& grid, double z, Polarization field) const = 0;
    [[nodiscard]] virtual Field<double> attenuation_on(const Grid& grid, double z) const {
        return sample(grid, [&](double x, double y) { return attenuation(x, y, z); });
    }
    [[nodiscard]] virtual Field<double> slope_on(const Grid& grid, double z) const {
        return sample(grid, [&](double x, double y) { return slope(x, y, z); });
    }
};

}  // namespace vitral::medium
