#pragma once
#include <vector>

#include "modes/elements/section_survey.hpp"

namespace vitral::modes {

/// Which walls stand at the planes of symmetry: the four (two, one) kinds of modes.
struct Parity {
    bool closed_x = true, closed_y = true;
    bool operator==(const Parity&) const = default;
};

/// The window in which modes are sought: the section and a margin about it, as wide as the light that is sought needs, with
/// its planes of symmetry, its walls and their matched layers, and the elements that are laid over it.
class SearchWindow {
public:
    /// A first window holds the light that the highest permittivity holds best. The section and the wish must outlive it.
    SearchWindow(const Section& section, const SectionModesParams& params);

    /// Lays it anew, `margin` [m] about the section; the elements near the walls are then as large as suits light that needs
    /// all of the margin.
    void lay_for_all(double margin);
    /// Lays it for the weakest of the modes as they are known, ν = n_eff²: larger, or where it is much too large smaller. Whether
    /// it was too small.
    bool fit(double weakest_nu);

    /// What is solved for the modes of a parity: lines of elements of this degree with this many layers towards corners.
    [[nodiscard]] SectionProblem problem(const Parity& parity, int degree, int corner_layers) const;
    [[nodiscard]] std::vector<Parity> parities() const;

    [[nodiscard]] double margin() const { return margin_; }
    [[nodiscard]] double widest() const { return 250.0 * params_.wavelength; }
    [[nodiscard]] double k0() const { return k0_; }
    /// The index above which light is guided, and its square: the largest effective index of light along the walls.
    [[nodiscard]] double boundary_index() const { return boundary_; }
    [[nodiscard]] double boundary_nu() const { return boundary_ * boundary_; }
    [[nodiscard]] double largest_permittivity() const { return contrast_.largest; }
    /// Whether its matrices are complex: where the section absorbs, or light leaves through the walls.
    [[nodiscard]] bool is_complex() const { return contrast_.lossy || params_.near.has_value(); }
    [[nodiscard]] bool mirrored_x() const { return mirrored_x_; }
    [[nodiscard]] bool mirrored_y() const { return mirrored_y_; }

private:
    void lay(double margin);
    /// Walls whose index exceeds the mode's, or towards which a bend radiates, get matched layers one wave deep; the others
    /// stand where light has died out.
    void open_walls();
    [[nodiscard]] double boundary_or_near() const {
        return params_.near ? *params_.near * *params_.near : boundary_nu();
    }
    /// Of elements beside steps: three lengths of decay of the best held light into the lowest permittivity beside each step.
    [[nodiscard]] std::vector<StepSize> sizes_at_steps(Direction across) const;
    /// Whether polynomials of degree 4 follow the permittivity over [a, b] to 1e-3 of what holds the light.
    [[nodiscard]] bool follows(Direction along, double a, double b) const;

    const Section& section_;
    const SectionModesParams& params_;
    double k0_;
    Contrast contrast_;
    double x0_, y0_;  ///< centre of the section [m]
    bool mirrored_x_, mirrored_y_;
    std::vector<StepSize> sizes_x_, sizes_y_;
    double margin_ = 0.0, left_ = 0.0, right_ = 0.0, bottom_ = 0.0, top_ = 0.0;  ///< [m]
    MatchedWalls layers_;
    double boundary_ = 0.0;
    double decay_ = 0.0;  ///< of the light that the window is laid for, towards its walls; 0: that of its margin [1/m]
    double radiated_ = 1.0;  ///< largest wave number across a matched layer [1/m]
    double bend_layer_ = 0.0;
};

}  // namespace vitral::modes
