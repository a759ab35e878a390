#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "app/stages/params.hpp"
#include "app/stages/results.hpp"
#include "core/medium.hpp"
#include "modes/elements/mode_continuation.hpp"
#include "modes/elements/section_modes.hpp"

namespace vitral::stages {

/// Modes on elements, followed from wavelength to wavelength.
class FollowedModes {
public:
    FollowedModes(ModesParams params, MediumParams medium, std::shared_ptr<const exchange::Exchange> process);
    void find(const std::shared_ptr<const Medium>& medium, ModesResult& result);
    /// Bytes that the solver is likely to need for these modes.
    [[nodiscard]] double expected_bytes(const std::shared_ptr<const Medium>& medium) const;

private:
    /// The section as it is solved: what absorbs a little is left to first order.
    struct Posed {
        Section section;
        PermittivityAt absorption;  ///< i Im ε to first order; empty where there is none, or it is part of the solution
    };
    [[nodiscard]] Posed pose(const std::shared_ptr<const Medium>& medium) const;
    void take(const modes::SectionModeSet& set, const std::shared_ptr<const Medium>& medium, const Posed& posed,
              ModesResult& result) const;
    /// Group indices of the same modes half a percent of the wavelength to either side, followed on the same elements; left out
    /// where a mode cannot be followed that far, or where a material's record ends.
    void add_dispersion(const modes::SectionModeSet& set, const modes::SectionModesParams& wish,
                        ModesResult& result) const;
    /// Gives every mode the number of the mode of the last wavelength that it overlaps with most, and that overlap.
    void number_by_overlap(const modes::SectionModeSet& now, ModesResult& result);

    ModesParams params_;
    MediumParams medium_;
    std::shared_ptr<const exchange::Exchange> process_;
    std::optional<modes::SectionModeSet> last_;
    std::vector<int> last_numbers_;
    double last_wavelength_ = 0.0;
    std::unique_ptr<modes::ModeContinuation> continuation_;
    int followed_ = 0;     ///< points since modes were sought
    int next_number_ = 0;  ///< for a mode that was not there before
};

}  // namespace vitral::stages
