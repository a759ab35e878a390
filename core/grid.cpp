#include "core/grid.hpp"

#include <cmath>
#include <stdexcept>

namespace vitral {
namespace {

/// The step of degree nine from 0 to 1 on [0, 1], its integral from 0 and its first two derivatives.
double step(double t) { return t * t * t * t * t * (126.0 + t * (-420.0 + t * (540.0 + t * (-315.0 + t * 70.0)))); }
double step_integral(double t) {
    return t * t * t * t * t * t * (21.0 + t * (-60.0 + t * (67.5 + t * (-35.0 + t * 7.0))));
}
double step_first(double t) { return 630.0 * std::pow(t * (1.0 - t), 4); }
double step_second(double t) { return 2520.0 * std::pow(t * (1.0 - t), 3) * (1.0 - 2.0 * t); }

/// How far from the fine part the distance u in ξ leads.
double outwards(double u, const Grading& g) {
    if (u >= g.transition) return 0.5 * (1.0 + g.ratio) * g.transition + g.ratio * (u - g.transition);
    return u + (g.ratio - 1.0) * g.transition * step_integral(u / g.transition);
}

}  // namespace

double Axis::position(double xi) const noexcept {
    const double past = xi - grading.start, width = grading.to - grading.from;
    if (past < 0.0) return grading.from - outwards(-past, grading);
    return past > width ? grading.to + outwards(past - width, grading) : grading.from + past;
}

Axis::Jacobian Axis::jacobian(int i) const noexcept {
    if (is_uniform()) return {};
    const double past = (i + 0.5) * spacing - grading.start, width = grading.to - grading.from,
                 out = past < 0.0 ? -past : past - width, t = out / grading.transition, rise = grading.ratio - 1.0;
    if (t <= 0.0) return {};
    if (t >= 1.0) return {grading.ratio, 0.0, 0.0};
    return {1.0 + rise * step(t), (past < 0.0 ? -1.0 : 1.0) * rise * step_first(t) / grading.transition,
            rise * step_second(t) / (grading.transition * grading.transition)};
}

Axis graded_axis(double lower, double upper, double spacing, Grading grading) {
    const double from = grading.from, to = grading.to, transition = grading.transition, ratio = grading.ratio;
    const double crossing = 0.5 * (1.0 + ratio) * transition;
    const auto steps_beyond = [&](double distance) {  // in ξ, from the fine part to a wall
        if (distance <= 0.0) return distance;
        if (distance < crossing * (1.0 - 1e-12))
            throw std::invalid_argument("a wall lies in the transition of a graded axis");
        return transition + (distance - crossing) / ratio;
    };
    grading.start = steps_beyond(from - lower);
    const double whole = grading.start + (to - from) + steps_beyond(upper - to);
    const int count = static_cast<int>(std::ceil(whole / spacing - 1e-9));
    return {lower, whole / count, count, grading};
}

}  // namespace vitral
