#pragma once
#include <memory>
#include <vector>

#include "app/stages/light_section.hpp"
#include "app/stages/params.hpp"
#include "app/stages/results.hpp"

namespace vitral::stages {

inline constexpr int modes_version = 4;

/// Guided modes of the section at z = 0, wavelength after wavelength. Where these lie close, modes on elements are followed from
/// the last ones; every twentieth is sought anew, with its own window and error bar.
class ModeFinder {
public:
    /// `medium` and `process` pose the same section at neighbouring wavelengths.
    ModeFinder(ModesParams params, MediumParams medium, std::shared_ptr<const exchange::Exchange> process);
    ~ModeFinder();
    /// Lays the light's grid, too: under a dark cover its wall follows the fundamental mode's n_eff. Throws Error (numerical)
    /// when an eigensolver does not converge, (resource_limit) where the memory would not do.
    [[nodiscard]] ModesResult at(const std::shared_ptr<const Medium>& medium, LightSection& light);

private:
    void find_on_grid(LightSection& light, ModesResult& result) const;
    void find_on_elements(const std::shared_ptr<const Medium>& medium, ModesResult& result);
    void find_planar(const std::shared_ptr<const Medium>& medium, ModesResult& result) const;
    struct State;
    std::unique_ptr<State> state_;
};

/// What the scalar equation sees at the end of the guide.
[[nodiscard]] IndexMap end_section(const LightSection& light, const Motion& motion, double length);

/// Scalar modes of the section at the end of the guide, as many as there are at its input; those where the index does not
/// change.
[[nodiscard]] std::vector<GuidedMode> end_modes(const LightSection& light, const ModesResult& modes,
                                                const Motion& motion, double length);

/// Adds what the material absorbs of a mode on the light's grid, where that is known: to Im n_eff, too.
void add_absorption(GuidedMode& mode, const LightSection& light);

}  // namespace vitral::stages
