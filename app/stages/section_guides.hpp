#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/stages/light_section.hpp"
#include "core/guided_mode.hpp"
#include "modes/grid/own_modes.hpp"

namespace vitral::stages {

/// The fundamental mode of one guide, as if it were alone.
struct OwnMode {
    GuidedMode mode;  ///< on the light's grid
    std::string
        found;  ///< "section": of the whole section; "alone": between walls midway to its neighbours; "supermodes"
    double axis_x = 0.0;  ///< its centroid [m]
};

/// The guides of a section, and each one's own mode. Of a section with one guide that is its fundamental mode. Of several guides
/// each is found alone, in its own columns; where its light reaches the walls between it and its neighbours, it is the combination
/// of the section's modes that lies in it.
class SectionGuides {
public:
    /// `seen`: what the scalar equation sees; `modes`: of the whole section. All references must outlive it.
    SectionGuides(const LightSection& light, IndexMap seen, const std::vector<GuidedMode>& modes);
    [[nodiscard]] bool has_several() const { return places_.size() > 1; }
    /// Of the guide at x, or without one of that which leads light best: the highest index, and of equal ones the nearest to x = 0.
    /// Nothing where that guides no light.
    [[nodiscard]] const OwnMode* at(std::optional<double> x) const;

private:
    [[nodiscard]] std::size_t number_at(std::optional<double> x) const;
    [[nodiscard]] std::optional<OwnMode> find(std::size_t number) const;
    [[nodiscard]] std::optional<modes::Mode> alone(modes::Columns columns) const;
    [[nodiscard]] std::optional<modes::Mode> of_supermodes(modes::Columns columns) const;

    const LightSection& light_;
    IndexMap seen_;
    const std::vector<GuidedMode>& modes_;
    std::vector<modes::GuidePlace> places_;
    mutable std::map<std::size_t, std::optional<OwnMode>> found_;
};

}  // namespace vitral::stages
