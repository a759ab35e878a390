#pragma once
#include <memory>

#include "app/case.hpp"
#include "app/results.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "diffusion/glass/glass.hpp"

namespace vitral::app {

/// Modes of the section at z = 0 by the solver on elements, wavelength after wavelength. Where these lie close the modes are
/// followed from the last ones; every twentieth is sought anew, with its own window and error bar.
class ElementModeSolver {
public:
    /// `process` and `glass` are null with [index].
    ElementModeSolver(const Case& c, const exchange::Exchange* process, const glass::Glass* glass);
    ~ElementModeSolver();
    /// Throws Error (resource_limit) where the memory would not do.
    [[nodiscard]] ElementModes at(double wavelength);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Mode indices of a guide without a mask, as a prism coupler measures them.
[[nodiscard]] PlanarModes compute_planar_modes(const Case& c, double wavelength, const exchange::Exchange& process,
                                               const glass::Glass& glass);

}  // namespace vitral::app
