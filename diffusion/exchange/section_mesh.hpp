#pragma once
#include <functional>
#include <vector>

namespace vitral::exchange {

/// Faces of a graded 1-D mesh of [begin, end], ascending, with a face on every feature: between two features the number
/// of cells is ∫ dx/size rounded up, and every cell takes an equal part of that integral.
[[nodiscard]] std::vector<double> graded_faces(double begin, double end, const std::vector<double>& features,
                                               const std::function<double(double)>& size);

/// The wanted cell size along one axis, as a law around features and as samples: cell sizes grow from `finest` at a
/// feature at the rate `growth` per distance; a sample bounds the size at its place, and around it at the same rate.
class CellSize {
public:
    CellSize(std::vector<double> features, double finest, double growth);
    /// Bounds the size by `size` between `begin` and `end`.
    void limit(double begin, double end, double size);
    void settle();  ///< call once after the last limit
    [[nodiscard]] double operator()(double x) const;
    /// The law around the features alone.
    [[nodiscard]] double around_features(double x) const;

private:
    struct Interval {
        double begin, end, size;
    };
    std::vector<double> features_;
    double finest_, growth_;
    std::vector<Interval> intervals_;
};

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
