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

}  // namespace

std::vector<double> graded_faces(double begin, double end, const std::vector<double>& features,
                                 const std::function<double(double)>& wanted_size) {
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
            const double here = position.back(), size = wanted_size(here);
            double step = std::min(0.05 * size, b - here);
            if (b - here - step < 1e-3 * size) step = b - here;
            const double middle = wanted_size(here + 0.5 * step);
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

CellSize::CellSize(std::vector<double> features, double finest, double growth)
    : features_(std::move(features)), finest_(finest), growth_(growth) {}

void CellSize::limit(double begin, double end, double size) { intervals_.push_back({begin, end, size}); }

/// Drops the intervals that others make superfluous: one pass from either side, growing at the rate.
void CellSize::settle() {
    std::sort(intervals_.begin(), intervals_.end(),
              [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
    std::vector<Interval> kept;
    for (const Interval& interval : intervals_) {
        if (!kept.empty() &&
            kept.back().size + growth_ * std::max(0.0, interval.end - kept.back().end) <= interval.size)
            continue;
        while (!kept.empty() && interval.size + growth_ * std::max({0.0, interval.begin - kept.back().begin,
                                                                    kept.back().end - interval.end}) <=
                                    kept.back().size)
            kept.pop_back();
        kept.push_back(interval);
    }
    intervals_ = std::move(kept);
}

double CellSize::around_features(double x) const {
    double distance = 1e300;
    for (const double feature : features_) distance = std::min(distance, std::abs(x - feature));
    return finest_ + growth_ * distance;
}

double CellSize::operator()(double x) const {
    double size = around_features(x);
    for (const Interval& i : intervals_)
        size = std::min(size, i.size + growth_ * std::max({0.0, i.begin - x, x - i.end}));
    return size;
}

SectionMesh::SectionMesh(std::vector<double> x_faces, std::vector<double> y_faces)
    : x_faces_(std::move(x_faces)),
      y_faces_(std::move(y_faces)),
      x_centers_(centers_of(x_faces_)),
      y_centers_(centers_of(y_faces_)) {}

}  // namespace vitral::exchange
