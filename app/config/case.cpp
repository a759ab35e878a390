#include "app/config/case.hpp"

#include <algorithm>

namespace vitral::config {

GuidePath Case::path() const {
    const bool has_guide = mask && !mask->guides.empty();
    if (!has_guide && !index) return {};
    // The process is computed for the guide at its x; the path is the displacement from there.
    std::vector<PathSegment> segments;
    double x = has_guide ? mask->guides.front().x : 0.0;
    for (const SegmentConfig& s : has_guide ? mask->guides.front().segments : index->segments) {
        segments.push_back({s.length(), s.to_x ? *s.to_x - x : 0.0, s.arc ? 1.0 / s.radius.value_or(1.0) : 0.0});
        if (s.to_x) x = *s.to_x;
    }
    return {0.0, std::move(segments)};
}

double Case::length() const {
    if (propagation && propagation->length) return *propagation->length;
    return path().length();
}

std::vector<const LaunchConfig*> LaunchConfig::parts() const {
    std::vector<const LaunchConfig*> list;
    for (const LaunchTerm& term : superposition) list.push_back(&term.light);
    if (list.empty()) list.push_back(this);
    return list;
}

ModeSolver Case::mode_solver() const {
    return modes.solver.value_or(index && !index->boxes.empty() ? ModeSolver::full_vector : ModeSolver::scalar);
}

Polarization Case::field_axis() const {
    if (polarization == LightPolarization::scalar || (section.slab && polarization == LightPolarization::te))
        return Polarization::scalar;  // across a slab the field is exactly scalar
    return polarization == LightPolarization::te || section.slab ? Polarization::along_x : Polarization::along_y;
}

bool Case::maps_input() const {
    return std::any_of(coupling.begin(), coupling.end(),
                       [](const CouplingConfig& w) { return w.at == End::input && w.tolerance.has_value(); });
}

bool Case::follows_path() const { return Motion{path()}.moves(); }

std::vector<Case::NamedGuide> Case::guides() const {
    std::vector<NamedGuide> list;
    const double moved = path().center(path().length());
    if (mask)
        for (std::size_t i = 0; i < mask->guides.size(); ++i) {
            const GuideConfig& guide = mask->guides[i];
            list.push_back({guide.name.empty() ? "guide " + std::to_string(i + 1) : guide.name, guide.x,
                            guide.x + (mask->guides.size() == 1 ? moved : 0.0)});
        }
    if (index)
        for (const GuidePlaceConfig& guide : index->guides)
            list.push_back({guide.name, guide.x, guide.end_x.value_or(guide.x + moved)});
    return list;
}

double Case::axis_x(End end) const {
    const double start = mask && mask->guides.size() == 1 ? mask->guides[0].x : 0.0;
    return start + path().center(end == End::input ? 0.0 : path().length());
}

}  // namespace vitral::config
