#include <algorithm>

#include "app/case_schema.hpp"
#include "app/materials.hpp"

namespace vitral::app {

using io::ConfigNode;
using io::Diagnostics;

namespace {

void throw_if_any(Diagnostics& diagnostics) {
    if (!diagnostics.empty()) throw io::InputError(io::InputError::Kind::config, std::move(diagnostics));
}

/// The config with its settings on top; syntax errors are thrown, those of the settings collected.
ConfigNode parse_with_settings(const std::string& text, const std::string& name,
                               const std::vector<std::string>& settings, Diagnostics& diagnostics) {
    ConfigNode root = io::parse_toml(name, text, diagnostics);
    throw_if_any(diagnostics);
    for (const std::string& setting : settings) io::apply_setting(root, setting, diagnostics);
    return root;
}

Case read_tree(const ConfigNode& root, const std::filesystem::path& folder, Diagnostics& diagnostics) {
    Case c;
    c.folder = folder;
    case_schema().read(root, c, diagnostics);
    if (diagnostics.empty()) check_materials(c, root, diagnostics);
    return c;
}

void remove_sweep(ConfigNode& root) {
    std::erase_if(root.members, [](const auto& member) { return member.key == "sweep"; });
}

}  // namespace

Case read_case_text(const std::string& text, const std::string& name, const std::filesystem::path& folder,
                    const std::vector<std::string>& settings) {
    Diagnostics diagnostics;
    ConfigNode root = parse_with_settings(text, name, settings, diagnostics);
    Case c = read_tree(root, folder, diagnostics);
    throw_if_any(diagnostics);
    // Each value of a sweep is tried on its own, so that its errors are shown at its place.
    remove_sweep(root);
    for (const auto& [key, values] : c.sweep)
        for (const ConfigNode& value : values) {
            ConfigNode trial = root;
            Diagnostics own;
            io::apply_value(trial, key, value, value.span, own);
            if (own.empty()) (void)read_tree(trial, folder, own);
            diagnostics.append(own);
        }
    throw_if_any(diagnostics);
    c.config_text = text;
    c.config_name = name;
    return c;
}

Case read_point(const Case& base, const std::vector<std::string>& settings) {
    Diagnostics diagnostics;
    ConfigNode root = parse_with_settings(base.config_text, base.config_name, settings, diagnostics);
    remove_sweep(root);
    Case c = read_tree(root, base.folder, diagnostics);
    throw_if_any(diagnostics);
    c.config_text = base.config_text;
    c.config_name = base.config_name;
    return c;
}

Case read_case(const std::filesystem::path& file, const std::vector<std::string>& settings) {
    return read_case_text(io::read_text_file(file), file.string(), file.parent_path(), settings);
}

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

bool Case::follows_path() const { return path().steepest_slope() > 0.0 || path().has_arc(); }

}  // namespace vitral::app
