#include "app/case_schema.hpp"
#include "app/materials.hpp"

namespace vitral::app {

using io::ConfigNode;
using io::Diagnostics;

Case read_case_text(const std::string& text, const std::string& name, const std::filesystem::path& folder,
                    const std::vector<std::string>& settings) {
    Diagnostics diagnostics;
    ConfigNode root = io::parse_toml(name, text, diagnostics);
    if (!diagnostics.empty()) throw io::InputError(io::InputError::Kind::config, std::move(diagnostics));
    for (const std::string& setting : settings) io::apply_setting(root, setting, diagnostics);
    Case c;
    case_schema().read(root, c, diagnostics);
    c.folder = folder;
    if (diagnostics.empty()) check_materials(c, root, diagnostics);
    if (!diagnostics.empty()) throw io::InputError(io::InputError::Kind::config, std::move(diagnostics));
    // Each value of a sweep is tried on its own, so that its errors are shown at its place.
    for (const auto& [key, values] : c.sweep)
        for (const ConfigNode& value : values) {
            ConfigNode trial = root;
            std::erase_if(trial.members, [](const auto& member) { return member.key == "sweep"; });
            Case point;
            point.folder = folder;
            Diagnostics own;
            io::apply_value(trial, key, value, value.span, own);
            if (own.empty()) case_schema().read(trial, point, own);
            if (own.empty()) check_materials(point, trial, own);
            diagnostics.append(own);
        }
    if (!diagnostics.empty()) throw io::InputError(io::InputError::Kind::config, std::move(diagnostics));
    c.config_text = text;
    c.config_name = name;
    return c;
}

Case read_case(const std::filesystem::path& file, const std::vector<std::string>& settings) {
    return read_case_text(io::read_text_file(file), file.string(), file.parent_path(), settings);
}

GuidePath Case::path() const {
    if (!mask || mask->guides.empty()) return {};
    const GuideConfig& guide = mask->guides.front();
    // The process is computed for the guide at its x; the path is the displacement from there.
    std::vector<PathSegment> segments;
    double x = guide.x;
    for (const SegmentConfig& s : guide.segments) {
        segments.push_back(s.straight ? PathSegment{*s.straight, 0.0}
                                      : PathSegment{s.s_bend.value_or(0.0), s.to_x.value_or(x) - x});
        if (s.to_x) x = *s.to_x;
    }
    return {0.0, std::move(segments)};
}

double Case::length() const {
    if (propagation && propagation->length) return *propagation->length;
    return path().length();
}

bool Case::follows_path() const { return path().steepest_slope() > 0.0; }

}  // namespace vitral::app
