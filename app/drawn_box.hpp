#pragma once
#include <vector>

#include "app/case.hpp"

namespace vitral::app {

/// A rectangle of one material over the formula's index, at one wavelength.
struct DrawnBox {
    double left, right, bottom, top;  ///< [m]; what reaches the window's edge goes on beyond it
    double index, slope;              ///< n and dn/dλ [1/m]
    [[nodiscard]] bool holds(double x, double y) const { return x > left && x < right && y > bottom && y < top; }
};

/// The boxes of [[index.box]], the later over the earlier; none with a process.
[[nodiscard]] std::vector<DrawnBox> drawn_boxes(const Case& c, double wavelength);

/// The uppermost box at a place, or none.
[[nodiscard]] inline const DrawnBox* box_at(const std::vector<DrawnBox>& boxes, double x, double y) {
    for (std::size_t b = boxes.size(); b-- > 0;)
        if (boxes[b].holds(x, y)) return &boxes[b];
    return nullptr;
}

}  // namespace vitral::app
