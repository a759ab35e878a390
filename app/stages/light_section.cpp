#include "app/stages/light_section.hpp"

#include <fmt/core.h>

#include "app/stages/progress.hpp"
#include "core/dark_cover.hpp"
#include "core/errors.hpp"
#include "medium/polarized_index.hpp"
#include "modes/grid/section_grid.hpp"

namespace vitral::stages {

LightSection::LightSection(const GridParams& params, std::shared_ptr<const Medium> medium)
    : params_(params), medium_(std::move(medium)) {}

void LightSection::set_grid(double n_eff, double resolution, std::optional<double> n_surface) {
    section_.reset();
    attenuation_.reset();
    if (params_.slab) {
        grid_ = modes::slab_grid(params_.window, resolution);
        return;
    }
    Window w = params_.window;
    if (const auto cover = medium_->outline().dark_cover)
        w.top = dark_wall(n_eff, *cover, wavelength(), params_.field, n_surface);
    grid_ = modes::section_grid(w, resolution);
}

LightSection LightSection::on(const Grid& grid) const {
    LightSection other(*this);
    if (grid == grid_) return other;
    other.section_.reset();
    other.attenuation_.reset();
    if (grid.x != grid_.x) other.uniform_x_ = grid_.x;
    other.grid_ = grid;
    return other;
}

const IndexMap& LightSection::section() const {
    if (!section_) section_ = medium_->index_on(grid_, 0.0, params_.field);
    return *section_;
}

const Field<double>& LightSection::attenuation() const {
    if (!attenuation_) attenuation_ = medium_->attenuation_on(grid_, 0.0);
    return *attenuation_;
}

Polarization LightSection::stepped() const {
    if (!stepped_)
        stepped_ = params_.slab && medium::largest_jump(section(), params_.field) > medium::weak_jump
                       ? params_.field
                       : Polarization::scalar;
    return *stepped_;
}

medium::Sight LightSection::sight() const {
    return {params_.field, stepped() == Polarization::scalar ? params_.field : Polarization::scalar};
}

IndexMap LightSection::seen_section(const Medium& medium, double z) const {
    if (&medium == medium_.get() && z == 0.0)
        return medium::polarized_index(section(), wavelength(), sight().potential);
    return medium::seen_section(medium, grid_, z, sight());
}

std::unique_ptr<SampledMedium> LightSection::along(const Motion& motion, double length) const {
    return medium::sampled(medium_, grid_, sight(), {motion, length}, uniform_x_);
}

modes::ModeSet LightSection::solved(const IndexMap& n, int count, std::vector<Field<double>> start,
                                    double tolerance) const {
    modes::ModeSet set =
        modes::scalar_modes(n, wavelength(),
                            {.count = count,
                             .top = medium_->outline().dark_cover ? modes::TopWall::dark_cover : modes::TopWall::open,
                             .start = std::move(start),
                             .polarization = stepped(),
                             .between_steps = stop_if_requested,
                             .tolerance = tolerance});
    if (!set.report)
        throw Error(Failure::numerical,
                    fmt::format("the mode solver has not converged after {} iterations: residual {:.2g}",
                                set.report.iterations, set.report.residual),
                    "modes");
    return set;
}

}  // namespace vitral::stages
