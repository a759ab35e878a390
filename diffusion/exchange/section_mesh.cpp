#include "diffusion/exchange/section_mesh.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::exchange {
namespace {

std::vector<double> centers_of(const std::vector<double>& faces) {
    std::vector<double> centers;
    for (std::size_t i = 0; i + 1 < faces.size(); ++i) centers.push_back(0.5 * (faces[i] + faces[i + 1]));
    return centers;
}

/// The wanted cell size at x.
double cell_size(double x, const std::vector<double>& features, const Grading& g) {
    double distance = 1e300;
    for (const double feature : features) distance = std::min(distance, std::abs(x - feature));
    const double near = std::min(g.finest + g.growth * distance, g.coarsest);
    return distance <= g.reach ? near : near + g.far_growth * (distance - g.reach);
}

}  // namespace

std::vector<double> graded_faces(double begin, double end, const std::vector<double>& features,
                                 const Grading& grading) {
    std::vector<double> stops = {begin, end};
    for (const double f : features)
        if (f > begin && f < end) stops.push_back(f);
    std::sort(stops.begin(), stops.end());

    std::vector<double> faces = {begin};
    for (std::size_t k = 0; k + 1 < stops.size(); ++k) {
        // March through the interval with small fractions of the wanted size; `count` integrates dx/size(x).
        const double a = stops[k], b = stops[k + 1];
        std::vector<double> position = {a}, count = {0.0};
        while (position.back() < b) {
            const double here = position.back(), size = cell_size(here, features, grading);
            double step = std::min(0.05 * size, b - here);
            if (b - here - step < 1e-3 * size) step = b - here;
            const double middle = cell_size(here + 0.5 * step, features, grading);
            count.push_back(count.back() + step / middle);
            position.push_back(step == b - here ? b : here + step);
        }
        const auto cells = static_cast<std::size_t>(std::max(1.0, std::ceil(count.back() - 1e-9)));
        std::size_t j = 0;
        for (std::size_t cell = 1; cell < cells; ++cell) {
            const double wanted = count.back() * static_cast<double>(cell) / static_cast<double>(cells);
            while (count[j + 1] < wanted) ++j;
            const double t = (wanted - count[j]) / (count[j + 1] - count[j]);
            faces.push_back((1.0 - t) * position[j] + t * position[j + 1]);
        }
        faces.push_back(b);
    }
    return faces;
}

SectionMesh::SectionMesh(std::vector<double> x_faces, std::vector<double> y_faces)
    : x_faces_(std::move(x_faces)),
      y_faces_(std::move(y_faces)),
      x_centers_(centers_of(x_faces_)),
      y_centers_(centers_of(y_faces_)) {}

}  // namespace vitral::exchange
