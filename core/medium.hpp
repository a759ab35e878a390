#pragma once
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/field.hpp"
#include "core/index_map.hpp"
#include "core/polarization.hpp"

/// What light sees at (x, y; z) at one wavelength: the noun in which ions, drawings and measurements meet the solvers.
namespace vitral {

/// Relative permittivity ε at a point: its diagonal in x, y and z (along the guide). Im ε > 0 absorbs.
struct Permittivity {
    Complex x, y, z;
};
using PermittivityAt = std::function<Permittivity(double x, double y)>;

/// A straight line x = at (or y = at) across which the permittivity jumps.
struct IndexStep {
    double at = 0.0;       ///< [m]
    bool corners = false;  ///< whether the line ends in corners, where the field of light is singular
};

/// A named rectangle of a section.
struct Region {
    std::string name;
    double left, right, bottom, top;  ///< [m]
};

/// A medium's cross-section as solvers see it whose elements follow the index: the permittivity in all of the plane, smooth
/// between the steps, and a box about all that guides or reflects light.
struct Section {
    PermittivityAt permittivity;
    std::vector<IndexStep> x_steps, y_steps;                  ///< every line across which it jumps
    double left = 0.0, right = 0.0, bottom = 0.0, top = 0.0;  ///< the box [m]
    bool slab = false;                                        ///< the permittivity depends on x alone
};

/// The rectangle in which a medium is described; beyond it everything is as at its edge.
struct Window {
    double left = 0.0, right = 0.0, bottom = 0.0, top = 0.0;  ///< [m]
    [[nodiscard]] double width() const noexcept { return right - left; }
    [[nodiscard]] double height() const noexcept { return top - bottom; }
};

/// A step that moves with a parameter: `rate` is its motion per change of the parameter. The section between `below` and
/// `above` is stretched along with it.
struct StepMotion {
    Direction across = Direction::x;  ///< the step lies at x = at, or at y = at
    double at = 0.0, below = 0.0, above = 0.0, rate = 1.0;
};

/// A number that the medium depends on: by what it changes the permittivity, or which steps it moves.
struct MediumParameter {
    std::string name, unit;      ///< unit of a derivative by it: "1/m" for lengths
    PermittivityAt change = {};  ///< ∂ε/∂p; empty where only steps move
    std::vector<StepMotion> moved = {};
};

/// What is known of a medium besides its permittivity.
struct MediumOutline {
    Window window;
    bool slab = false;     ///< n(x, z): nothing depends on y
    bool layered = false;  ///< nothing depends on x: no light is held sideways
    bool birefringent = false;
    std::vector<IndexStep> x_steps, y_steps;
    std::vector<Region> regions;         ///< what was drawn, by name
    double background_index = 1.0;       ///< far from what guides
    std::optional<double> surface = {};  ///< height at which a cover begins, where there is one [m]
    std::optional<double> dark_cover =
        {};                         ///< index of a cover in which light dies out at once (medium/dark_cover.hpp)
    bool absorption_known = false;  ///< whether the imaginary part of ε is a statement: 0 where it is not
};

/// Adding a source of media touches no solver, adding a solver touches no source.
class Medium {
public:
    virtual ~Medium() = default;
    [[nodiscard]] virtual double wavelength() const = 0;  ///< in vacuum [m]
    [[nodiscard]] virtual const MediumOutline& outline() const = 0;
    /// ε(x, y; z) at a point between the steps.
    [[nodiscard]] virtual Permittivity permittivity(double x, double y, double z) const = 0;
    /// ∂ε/∂λ [1/m] at a fixed place.
    [[nodiscard]] virtual Permittivity slope(double x, double y, double z) const;
    /// The largest z' >= z such that nothing changes on [z, z'].
    [[nodiscard]] virtual double constant_until(double) const { return std::numeric_limits<double>::infinity(); }
    /// The numbers that it depends on, for derivatives of what is computed in it.
    [[nodiscard]] virtual std::vector<MediumParameter> parameters() const { return {}; }

    /// The index n at every point of a grid, for light with its field along x or y; the mean of both for scalar light. Point by
    /// point unless the source knows a quicker way.
    [[nodiscard]] virtual IndexMap index_on(const Grid& grid, double z, Polarization field) const;
    /// The power attenuation 2 k0 Im n of the material at every point [1/m].
    [[nodiscard]] virtual Field<double> attenuation_on(const Grid& grid, double z) const;
    /// ∂n/∂λ at every point [1/m], the mean over polarisations.
    [[nodiscard]] virtual Field<double> slope_on(const Grid& grid, double z) const;
};

}  // namespace vitral
