#pragma once
#include <functional>
#include <string>
#include <vector>

#include "app/case.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "diffusion/glass/glass.hpp"
#include "modes/mode_derivatives.hpp"
#include "modes/section_figures.hpp"
#include "modes/section_modes.hpp"

namespace vitral::app {

/// A case's section at one wavelength as the mode solver on elements sees it: the permittivity at any point, and where it
/// jumps. Beyond the window of [section] everything is as at its edge.
class ElementSection {
public:
    /// `process` and `glass` are null with [index]. What it is made from must live as long as it does.
    ElementSection(const Case& c, double wavelength, const exchange::Exchange* process, const glass::Glass* glass);
    ~ElementSection();

    [[nodiscard]] const modes::Section& section() const noexcept { return section_; }
    /// ∂ε/∂λ [1/m]; a formula has no dispersion, a box of a material has its own.
    [[nodiscard]] const modes::PermittivityAt& slope() const noexcept { return slope_; }
    /// iε'' of the glass's absorption; empty where it is not known.
    [[nodiscard]] const modes::PermittivityAt& absorption() const noexcept { return absorption_; }
    /// The drawn boxes.
    [[nodiscard]] std::vector<modes::Region> regions() const;

    /// One parameter that n_eff depends on, and its derivative for a mode: [1/m] for lengths, 1 per unit of a constant.
    struct Parameter {
        std::string name, unit;
        std::function<double(const modes::ModeDerivatives&)> derivative;
    };
    /// The constants of the formula, and index, width and height of every box.
    [[nodiscard]] std::vector<Parameter> parameters() const;

private:
    struct Material;
    void pose_formula(double wavelength);
    void pose_process(double wavelength, const exchange::Exchange& process, const glass::Glass& glass);
    void add_steps();
    void lay_box();

    const Case& case_;
    std::shared_ptr<Material> material_;
    modes::Section section_;
    modes::PermittivityAt slope_, absorption_;
};

/// A planar guide's layers in depth, for one polarisation: x of the slab is the depth below the surface.
[[nodiscard]] modes::Section planar_section(const Case& c, double wavelength, const exchange::Exchange& process,
                                            const glass::Glass& glass, modes::SlabField field);

}  // namespace vitral::app
