#pragma once
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

/// What can be typed, and the answers. Each command takes the parsed options and writes on `out`; failures are thrown.
namespace vitral::commands {

struct Options {
    std::string config, output, until = "coupling", max_memory, record, format = "json", wavelength;
    std::vector<std::string> settings;
    std::vector<double> mode_indices;  ///< of `profile`
    double cover = 1.0;
    std::optional<double> surface;
    bool json = false;
    int threads = 0;
    std::string command_line;
};

constexpr int wrong_command_line = 2, sweep_with_failures = 8, defect = 70;

int run(const Options& o, std::ostream& out);
int check(const Options& o, std::ostream& out);
int sweep(const Options& o, std::ostream& out);
int converge(const Options& o, std::ostream& out);
int materials(const Options& o, std::ostream& out);
int schema(const Options& o, std::ostream& out);
int fiber(const Options& o, std::ostream& out);
int profile(const Options& o, std::ostream& out);

/// The limit on memory: the user's, or that of the machine [B].
[[nodiscard]] double memory_limit(const Options& o);

/// Where a run's results go unless it is said: the config's name with .h5; a config called case.toml is named after its folder.
[[nodiscard]] std::filesystem::path default_output(const std::filesystem::path& config, const std::string& ending);

}  // namespace vitral::commands
