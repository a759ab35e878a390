#pragma once
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "app/stages/params.hpp"
#include "core/dark_cover.hpp"
#include "core/sampled_medium.hpp"
#include "medium/sampled.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "solver/coupling/overlap.hpp"

namespace vitral::stages {

/// A medium's section on the grid that scalar modes and propagation share.
class LightSection {
public:
    LightSection(const GridParams& params, std::shared_ptr<const Medium> medium);

    /// Lays the grid; `n_eff` (a guess, then the fundamental mode's) and the index that the light has at the surface set the
    /// displaced wall under a dark cover.
    void set_grid(double n_eff, double resolution, std::optional<double> n_surface = {});
    [[nodiscard]] const Grid& grid() const noexcept { return grid_; }
    /// The same section on axes between the same walls that may be graded; fine at the surface.
    [[nodiscard]] LightSection on(const Grid& grid) const;
    [[nodiscard]] const Medium& medium() const noexcept { return *medium_; }
    [[nodiscard]] const GridParams& params() const noexcept { return params_; }
    [[nodiscard]] double wavelength() const { return medium_->wavelength(); }
    /// What light of this effective index has in a dark cover, beyond what the grid holds of it.
    [[nodiscard]] coupling::Tail tail(double n_eff) const {
        const auto cover = medium_->outline().dark_cover;
        if (!cover) return {};
        return {dark_tail(n_eff, *cover, wavelength()),
                params_.field == Polarization::along_y ? std::pow(n_eff / *cover, 2) : 1.0};
    }
    /// Whether nothing but a path moves the section along z.
    [[nodiscard]] bool is_same_along_z() const { return medium_->constant_until(0.0) > 0.0; }

    /// n(x, y) at z = 0, along the light's field; for scalar light the mean.
    [[nodiscard]] const IndexMap& section() const;
    /// Power attenuation at z = 0 [1/m], where the medium knows it.
    [[nodiscard]] const Field<double>& attenuation() const;
    /// Polarisation of a slab with steps of the index, whose jumps the solvers have to take themselves; else scalar.
    [[nodiscard]] Polarization stepped() const;
    /// What the scalar equation sees at z = 0, or of another medium under the same cover.
    [[nodiscard]] IndexMap seen_section() const { return seen_section(*medium_, 0.0); }
    [[nodiscard]] IndexMap seen_section(const Medium& medium, double z) const;
    /// What the engines march through; `length`: of the march, where planes between may be interpolated [m].
    [[nodiscard]] std::unique_ptr<SampledMedium> along(const Motion& motion, double length = 0.0) const;
    /// Scalar modes of a map on this grid, sought from `start` on where modes of a like section are known. Throws Error
    /// (numerical) when the eigensolver does not converge.
    [[nodiscard]] modes::ModeSet solve(const IndexMap& n, int count, std::vector<Field<double>> start = {}) const {
        return solved(n, count, std::move(start), modes::ModesParams{}.tolerance);
    }
    /// The same in fewer iterations, from the modes of a section little different on, or none: fields err by 1e-6 or so.
    [[nodiscard]] modes::ModeSet follow(const IndexMap& n, int count, std::vector<Field<double>> start) const {
        constexpr double residual = 1e-7;
        return solved(n, count, std::move(start), residual);
    }
    /// The same in fewer iterations, for effective indices alone: they err by 1e-10 of the index change.
    [[nodiscard]] modes::ModeSet survey(const IndexMap& n, int count) const {
        constexpr double residual = 1e-5;
        return solved(n, count, {}, residual);
    }

private:
    [[nodiscard]] modes::ModeSet solved(const IndexMap& n, int count, std::vector<Field<double>> start,
                                        double tolerance) const;
    [[nodiscard]] medium::Sight sight() const;
    GridParams params_;
    std::shared_ptr<const Medium> medium_;
    Grid grid_;
    std::optional<Axis> uniform_x_;                     ///< where grid_.x is graded: what a section is moved on
    mutable std::optional<Polarization> stepped_;       ///< once it was asked for
    mutable std::optional<IndexMap> section_;           ///< section() on this grid, once it was asked for
    mutable std::optional<Field<double>> attenuation_;  ///< the same of attenuation()
};

}  // namespace vitral::stages
