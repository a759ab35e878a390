#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vitral {

/// An opening of the mask, seen from above.
struct Opening {
    double center = 0.0;  ///< x [m]
    double width = 0.0;   ///< [m]
    bool operator==(const Opening&) const = default;
};

/// A quantity along a process step: linear between its points (time since the step began, value), constant beyond them.
struct Schedule {
    std::vector<std::pair<double, double>> points;
    Schedule() = default;
    Schedule(double constant) : points{{0.0, constant}} {}  // NOLINT(google-explicit-constructor): a constant is one
    explicit Schedule(std::vector<std::pair<double, double>> points_) : points(std::move(points_)) {}
    [[nodiscard]] double operator()(double time) const;
    [[nodiscard]] double largest() const;  ///< by size
    [[nodiscard]] bool is_set() const noexcept { return !points.empty(); }
    bool operator==(const Schedule&) const = default;
};

/// exchange: a melt on the openings, no field. field_assisted: a melt and a field. film: a metal film of finite dose on
/// the openings, driven in by a field. anneal: nothing on the surface.
enum class StepKind { exchange, field_assisted, film, anneal };
enum class MaskUse { keep, none };

/// One step of the recipe.
struct RecipeStep {
    StepKind kind = StepKind::exchange;
    std::string ion = {};                         ///< of the melt or film: an incoming ion, or the glass's own ("Na")
    std::string melt = {};                        ///< free text, kept in the results
    std::optional<double> surface_fraction = {};  ///< c that the melt holds at the open surface
    std::optional<double> melt_fraction = {};     ///< cation fraction of the ion in the melt; the surface follows
    std::optional<double> melt_depth = {};        ///< height of the melt over the section [m]; absent: never used up
    std::optional<double> surface_rate = {};      ///< of a kinetic melt, k_s [m/s]; absent: equilibrium at once
    Schedule temperature = {};                    ///< [K]
    double duration = 0.0;                        ///< [s]
    Schedule voltage = {};                        ///< surface minus back of the glass [V]
    Schedule current = {};          ///< into the glass per length of guide, through all drawn openings [A/m]
    Schedule current_density = {};  ///< the same over the width of the openings [A/m²]
    double film_thickness = 0.0;    ///< [m]
    MaskUse mask = MaskUse::keep;   ///< whether the mask lies on the glass during this step
    std::optional<std::vector<Opening>> openings = {};  ///< another mask from this step on
    [[nodiscard]] bool has_field() const noexcept {
        return voltage.is_set() || current.is_set() || current_density.is_set();
    }
};

/// What the mask is made of, electrically.
enum class MaskMaterial { dielectric, metal };
struct MaskContact {
    MaskMaterial material = MaskMaterial::dielectric;
    double potential = 0.0;   ///< of a metal against the melt [V]
    double resistance = 0.0;  ///< contact resistance of a metal [Ω m²]; 0: an ideal electrode
};

}  // namespace vitral
