#pragma once
#include <memory>
#include <optional>

#include "app/case.hpp"
#include "core/index_along_z.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "diffusion/glass/glass.hpp"
#include "modes/section_grid.hpp"

namespace vitral::app {

/// Where ions become light's business: the index of a case's section at one wavelength, from the concentration or from
/// a formula, on the grid that modes and propagation share.
class SectionIndex {
public:
    /// `process` and `glass` are null with [index].
    SectionIndex(const Case& c, double wavelength, const exchange::Exchange* process, const glass::Glass* glass);

    /// Lays the grid; `n_eff` (a guess, then the fundamental mode's) sets the displaced wall under a dark cover.
    void set_grid(double n_eff, double resolution);
    [[nodiscard]] const Grid& grid() const noexcept { return grid_; }
    /// The same section on axes between the same walls that may be graded; fine at the surface.
    [[nodiscard]] SectionIndex on(const Grid& grid) const;
    /// A guess of n_eff before any mode is known: the index of the unexchanged glass.
    [[nodiscard]] double bulk_index() const noexcept { return bulk_index_; }
    [[nodiscard]] bool has_dark_cover() const noexcept { return dark_cover_; }
    [[nodiscard]] std::optional<double> dark_cover_index() const noexcept {
        return dark_cover_ ? std::optional(cover_index_) : std::nullopt;
    }

    /// n(x, y) at z = 0; of birefringent glass along the light's field, for scalar light the mean.
    [[nodiscard]] IndexMap section() const;
    /// Polarisation of a slab with steps of the index, whose jumps the solvers have to take themselves; else scalar.
    [[nodiscard]] Polarization stepped() const;
    /// The same as the scalar equation must see it for the light's polarisation (modes::polarized_index());
    /// n itself where stepped().
    [[nodiscard]] IndexMap seen_section() const;
    /// The same for light polarised along x or y; only where an ion makes the glass birefringent.
    [[nodiscard]] std::optional<IndexMap> section_along(glass::Along along) const;
    /// Power attenuation of the section [1/m]; nothing where the glass's own is not known. A cover absorbs nothing.
    [[nodiscard]] std::optional<Field<double>> absorption() const;
    /// ∂n/∂λ of the same; zero for a formula, which has no dispersion.
    [[nodiscard]] Field<double> dispersion() const;
    /// What the scalar equation sees along z: straight, moved along the mask's path, or the formula's.
    [[nodiscard]] std::unique_ptr<IndexAlongZ> along_z() const;
    /// Whether the exchange had no mask: nothing depends on x, and nothing holds light sideways.
    [[nodiscard]] bool is_planar() const noexcept { return process_ != nullptr && process_->mesh.nx() == 1; }
    /// Whether the sections at different z are the one section moved (or not even that).
    [[nodiscard]] bool is_moved_section() const noexcept { return !formula_uses_z_; }
    /// Another formula's seen index at z = 0 on the same grid and under the same cover.
    [[nodiscard]] IndexMap seen_section_of(const std::string& formula,
                                           const std::map<std::string, double>& constants) const;

private:
    [[nodiscard]] Polarization seen_by() const;
    [[nodiscard]] IndexMap computed_section() const;
    [[nodiscard]] IndexMap exchanged(glass::Along along) const;
    [[nodiscard]] IndexMap formula_section(const std::string& formula, const std::map<std::string, double>& constants,
                                           Polarization seen_by) const;
    const Case& case_;
    double wavelength_;
    const exchange::Exchange* process_;
    const glass::Glass* glass_;
    std::vector<glass::IonPair> pairs_;
    glass::Dispersion cover_;
    double bulk_index_ = 0.0, cover_index_ = 1.0;
    bool dark_cover_ = true, formula_uses_z_ = false;
    Grid grid_;
    std::optional<Axis> uniform_x_;                ///< where grid_.x is graded: what a section is moved on
    mutable std::optional<Polarization> stepped_;  ///< once it was asked for
    mutable std::optional<IndexMap> section_;      ///< section() on this grid, once it was asked for
};

}  // namespace vitral::app
