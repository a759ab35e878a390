#include "diffusion/exchange/face_distances.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

namespace vitral::exchange {
namespace {

constexpr double fading = 6.0;  // reaches after which exp(-r²) is below rounding

/// A place where open and closed surface meet.
struct MaskEdge {
    double x;
    double towards_opening;  ///< +1 or -1
    double reach;            ///< how far the fit goes [m]
};

std::vector<MaskEdge> mask_edges(const SectionMesh& mesh, const std::vector<bool>& surface) {
    std::vector<MaskEdge> edges;
    const auto& faces = mesh.x_faces();
    for (std::size_t i = 1; i < surface.size(); ++i) {
        if (surface[i] == surface[i - 1]) continue;
        // The opening's width; the sides of the mesh are mirrors, so that an opening that meets one goes on behind it.
        std::size_t end = i;
        double width;
        if (surface[i]) {
            while (end < surface.size() && surface[end]) ++end;
            width = (faces[end] - faces[i]) * (end == surface.size() ? 2.0 : 1.0);
        } else {
            while (end > 0 && surface[end - 1]) --end;
            width = (faces[i] - faces[end]) * (end == 0 ? 2.0 : 1.0);
        }
        edges.push_back({faces[i], surface[i] ? 1.0 : -1.0, 0.25 * width});
    }
    return edges;
}

/// Exact flux of Im √ζ through the straight face from p to q, over its two-point flux between the points a and b:
/// 1 + (that ratio - 1) faded with the distance from the edge. `length` over `distance` is the plain conductance.
double fitted_ratio(const MaskEdge& edge, std::complex<double> p, std::complex<double> q, std::complex<double> a,
                    std::complex<double> b, double length_over_distance) {
    const auto root = [&](std::complex<double> point) {
        return std::sqrt(
            std::complex<double>(edge.towards_opening * (point.real() - edge.x), std::max(0.0, -point.imag())));
    };
    const double exact = std::abs(root(q).real() - root(p).real());
    const double two_point = length_over_distance * std::abs(root(b).imag() - root(a).imag());
    if (!(exact > 0.0) || !(two_point > 0.0)) return 1.0;
    const double r = std::abs(0.5 * (p + q) - edge.x) / edge.reach;
    return 1.0 + (exact / two_point - 1.0) * std::exp(-r * r);
}

}  // namespace

FaceDistances::FaceDistances(const SectionMesh& mesh, const std::vector<bool>& open)
    : x(mesh.size(), 0.0), y(mesh.size(), 0.0), bottom(static_cast<std::size_t>(mesh.nx())) {
    const std::vector<MaskEdge> edges = mask_edges(mesh, open);
    const auto &xf = mesh.x_faces(), &yf = mesh.y_faces(), &xc = mesh.x_centers(), &yc = mesh.y_centers();
    const std::size_t nx = xc.size(), ny = yc.size();
    const auto fitted = [&](std::complex<double> p, std::complex<double> q, std::complex<double> a,
                            std::complex<double> b) {
        const double distance = std::abs(b - a), length = std::abs(q - p);
        double ratio = 1.0;
        for (const MaskEdge& edge : edges)
            if (std::abs(0.5 * (p + q) - edge.x) < fading * edge.reach)
                ratio *= fitted_ratio(edge, p, q, a, b, length / distance);
        return ratio / distance;
    };
    for (std::size_t iy = 0; iy < ny; ++iy)
        for (std::size_t ix = 0; ix < nx; ++ix) {
            const std::size_t i = iy * nx + ix;
            if (ix + 1 < nx)
                x[i] = fitted({xf[ix + 1], yf[iy]}, {xf[ix + 1], yf[iy + 1]}, {xc[ix], yc[iy]}, {xc[ix + 1], yc[iy]});
            y[i] = fitted({xf[ix], yf[iy + 1]}, {xf[ix + 1], yf[iy + 1]}, {xc[ix], yc[iy]},
                          {xc[ix], iy + 1 == ny ? yf.back() : yc[iy + 1]});
            if (iy == 0) bottom[ix] = 1.0 / (yc[0] - yf[0]);
        }
}

}  // namespace vitral::exchange
