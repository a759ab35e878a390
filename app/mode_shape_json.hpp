#pragma once
#include <nlohmann/json.hpp>

namespace vitral::app {

/// What the figures of a mode on the light's grid (modes::ModeFigures) and on elements (modes::SectionFigures) have in common; in
/// a slab what belongs to y is null.
template <typename Figures>
void add_shape(nlohmann::ordered_json& mode, const Figures& f, bool slab) {
    using Value = nlohmann::ordered_json;
    const auto along_y = [slab](double value) { return slab ? Value() : Value(value); };
    mode["mfd_4sigma_x"] = f.mfd_4sigma_x;
    mode["mfd_4sigma_y"] = along_y(f.mfd_4sigma_y);
    mode["mfd_1e2_x"] = f.mfd_1e2_x;
    mode["mfd_1e2_y"] = along_y(f.mfd_1e2_y);
    mode["mfd_gauss_x"] = f.mfd_gauss_x;
    mode["mfd_gauss_y"] = along_y(f.mfd_gauss_y);
    mode["gauss_overlap"] = f.gauss_overlap;
    mode["effective_area"] = along_y(f.effective_area);
    mode["effective_width"] = slab ? Value(f.effective_area) : Value();
    mode["center_x"] = f.center_x;
    mode["center_y"] = along_y(f.center_y);
    mode["peak_x"] = f.peak_x;
    mode["peak_y"] = along_y(f.peak_y);
    mode["power_near_walls"] = {{"left", f.near_left},
                                {"right", f.near_right},
                                {"bottom", along_y(f.near_bottom)},
                                {"top", along_y(f.near_top)}};
}

}  // namespace vitral::app
