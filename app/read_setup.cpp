#include "app/config/config_document.hpp"
#include "app/setup.hpp"
#include "app/setup_rules.hpp"

namespace vitral::app {
namespace {

using namespace config;

void throw_if_any(Diagnostics& diagnostics) {
    if (!diagnostics.empty()) throw InputError(InputError::Kind::config, std::move(diagnostics));
}

/// The config with its settings on top; syntax errors are thrown, those of the settings collected.
ConfigNode parse_with_settings(const std::string& text, const std::string& name,
                               const std::vector<std::string>& settings, Diagnostics& diagnostics) {
    ConfigNode root = parse_toml(name, text, diagnostics);
    throw_if_any(diagnostics);
    for (const std::string& setting : settings) apply_setting(root, setting, diagnostics);
    return root;
}

Case read_tree(const ConfigNode& root, records::Library& library, Diagnostics& diagnostics) {
    Case c;
    c.folder = library.folder();
    case_schema().read(root, c, diagnostics);
    check_setup(c, root, library, diagnostics);
    return c;
}

void remove_sweep(ConfigNode& root) {
    std::erase_if(root.members, [](const auto& member) { return member.key == "sweep"; });
}

}  // namespace

Setup read_setup_text(const std::string& text, const std::string& name, const std::filesystem::path& folder,
                      const std::vector<std::string>& settings) {
    Diagnostics diagnostics;
    ConfigNode root = parse_with_settings(text, name, settings, diagnostics);
    records::Library library(folder);
    Setup setup;
    setup.config = read_tree(root, library, diagnostics);
    throw_if_any(diagnostics);
    // Each value of a sweep is tried on its own, so that its errors are shown at its place.
    remove_sweep(root);
    for (const auto& [key, values] : setup.config.sweep)
        for (const ConfigNode& value : values) {
            ConfigNode trial = root;
            Diagnostics own;
            apply_value(trial, key, value, value.span, own);
            if (own.empty()) (void)read_tree(trial, library, own);
            diagnostics.append(own);
        }
    throw_if_any(diagnostics);
    setup.config.config_text = text;
    setup.config.config_name = name;
    setup.run = resolve(setup.config, library);
    return setup;
}

Setup read_point(const Case& base, const std::vector<std::string>& settings, records::Library& library) {
    Diagnostics diagnostics;
    ConfigNode root = parse_with_settings(base.config_text, base.config_name, settings, diagnostics);
    remove_sweep(root);
    Setup setup;
    setup.config = read_tree(root, library, diagnostics);
    throw_if_any(diagnostics);
    setup.config.config_text = base.config_text;
    setup.config.config_name = base.config_name;
    setup.run = resolve(setup.config, library);
    return setup;
}

Setup read_setup(const std::filesystem::path& file, const std::vector<std::string>& settings) {
    return read_setup_text(read_text_file(file), file.string(), file.parent_path(), settings);
}

}  // namespace vitral::app
