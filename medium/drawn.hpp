#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "diffusion/glass/glass.hpp"
#include "medium/substrate.hpp"

namespace vitral::medium {

/// A rectangle of one material over the glass and its cover; what reaches the window's edge goes on beyond it.
struct DrawnBox {
    std::string name;
    double x = 0.0, width = 0.0;        ///< centre and width [m]
    double bottom = 0.0, height = 0.0;  ///< of no meaning in a slab [m]
    glass::Material material;
    bool states_absorption = false;  ///< a plain index is lossless by its statement; a record may not know
};

/// What lies over the glass.
struct Cover {
    enum class Kind { none, material } kind = Kind::none;  ///< none: the glass fills all of the plane
    glass::Material material = {};
};

/// Glass under a cover with boxes drawn over both, the later over the earlier: the cross-section of a run at one wavelength.
class DrawnMedium final : public Medium {
public:
    DrawnMedium(std::shared_ptr<const Substrate> substrate, double wavelength, const Window& window, bool slab,
                const Cover& cover, std::vector<DrawnBox> boxes);
    [[nodiscard]] double wavelength() const override { return wavelength_; }
    [[nodiscard]] const MediumOutline& outline() const override { return outline_; }
    [[nodiscard]] Permittivity permittivity(double x, double y, double z) const override;
    [[nodiscard]] Permittivity slope(double x, double y, double z) const override;
    [[nodiscard]] double constant_until(double z) const override;
    [[nodiscard]] std::vector<MediumParameter> parameters() const override;
    [[nodiscard]] IndexMap index_on(const Grid& grid, double z, Polarization field) const override;
    [[nodiscard]] Field<double> attenuation_on(const Grid& grid, double z) const override;
    [[nodiscard]] Field<double> slope_on(const Grid& grid, double z) const override;

private:
    /// A box at one wavelength between its sides, infinite where it goes on beyond the window.
    struct Placed {
        double left, right, bottom, top;
        Complex index, slope;
        [[nodiscard]] bool holds(double x, double y) const { return x > left && x < right && y > bottom && y < top; }
    };
    /// The uppermost box at a place, or none.
    [[nodiscard]] const Placed* box_at(double x, double y) const;
    [[nodiscard]] bool in_cover(double y) const { return outline_.surface && y > *outline_.surface; }
    /// Moves a place into the window.
    void clamp(double& x, double& y) const;
    /// Share of a cell of the grid at y that lies in a cover that is part of the grid.
    [[nodiscard]] double share_above(const Grid& grid, double y) const;
    /// What the substrate has on a grid, with the boxes' and the cover's value in their place.
    template <typename OfBox>
    [[nodiscard]] Field<double> drawn_over(Field<double> map, OfBox&& of_box, double of_cover) const;
    void add_steps();
    [[nodiscard]] bool can_move(std::size_t box, Direction across) const;
    [[nodiscard]] StepMotion motion(Direction across, double at, double rate) const;

    std::shared_ptr<const Substrate> substrate_;
    double wavelength_;
    MediumOutline outline_;
    Complex cover_index_ = 1.0, cover_slope_ = 0.0;
    std::vector<Placed> boxes_;
    double near_;  ///< places nearer than this are the same [m]
};

/// Whether a cover of this index is dark over that glass, and stands as a wall on the light's grid.
[[nodiscard]] bool is_dark_cover(const Cover& cover, double glass_index, double wavelength);

}  // namespace vitral::medium
