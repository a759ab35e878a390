#pragma once
#include <vector>

namespace vitral::exchange {

/// How fine a graded mesh is: the cell size grows from `finest` at a feature (a mask edge, the surface) at the rate
/// `growth` per distance, up to `coarsest` within `reach` of the features, and at the rate `far_growth` beyond.
struct Grading {
    double finest;    ///< [m]
    double growth;    ///< d(cell size)/d(distance) [-]
    double coarsest;  ///< [m]
    double reach;     ///< [m]
    double far_growth = 0.3;
};

/// Faces of a graded 1-D mesh of [begin, end], ascending, with a face on every feature.
[[nodiscard]] std::vector<double> graded_faces(double begin, double end, const std::vector<double>& features,
                                               const Grading& grading);

/// A rectilinear mesh of the glass: cells between faces, x fastest; y runs from the bottom up to the surface y = 0.
class SectionMesh {
public:
    SectionMesh() = default;
    SectionMesh(std::vector<double> x_faces, std::vector<double> y_faces);
    [[nodiscard]] int nx() const noexcept { return static_cast<int>(x_centers_.size()); }
    [[nodiscard]] int ny() const noexcept { return static_cast<int>(y_centers_.size()); }
    [[nodiscard]] std::size_t size() const noexcept { return x_centers_.size() * y_centers_.size(); }
    [[nodiscard]] std::size_t index(int ix, int iy) const noexcept {
        return static_cast<std::size_t>(iy) * x_centers_.size() + static_cast<std::size_t>(ix);
    }
    [[nodiscard]] const std::vector<double>& x_faces() const noexcept { return x_faces_; }
    [[nodiscard]] const std::vector<double>& y_faces() const noexcept { return y_faces_; }
    [[nodiscard]] const std::vector<double>& x_centers() const noexcept { return x_centers_; }
    [[nodiscard]] const std::vector<double>& y_centers() const noexcept { return y_centers_; }
    [[nodiscard]] double dx(int ix) const {
        return x_faces_[static_cast<std::size_t>(ix) + 1] - x_faces_[static_cast<std::size_t>(ix)];
    }
    [[nodiscard]] double dy(int iy) const {
        return y_faces_[static_cast<std::size_t>(iy) + 1] - y_faces_[static_cast<std::size_t>(iy)];
    }
    [[nodiscard]] double area(int ix, int iy) const { return dx(ix) * dy(iy); }

private:
    std::vector<double> x_faces_, y_faces_, x_centers_, y_centers_;
};

}  // namespace vitral::exchange
