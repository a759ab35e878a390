#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace fs = std::filesystem;

namespace {

const fs::path root = VITRAL_SOURCE_DIR;

std::string text_of(const fs::path& file) {
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

using Table = std::map<std::string, std::set<std::string>>;

/// The table "who may include whom" of CONTRIBUTING.md.
Table allowed_includes() {
    Table table;
    const std::regex row(R"(^\| ([a-z/, ]+) \| ([a-z/, ]+) \|$)");
    std::istringstream lines(text_of(root / "CONTRIBUTING.md"));
    const auto split = [](const std::string& list) {
        std::set<std::string> parts;
        std::istringstream stream(list);
        for (std::string part; std::getline(stream, part, ',');) {
            part.erase(0, part.find_first_not_of(' '));
            part.erase(part.find_last_not_of(' ') + 1);
            parts.insert(part);
        }
        return parts;
    };
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (!std::regex_match(line, match, row) || match[1] == "folder") continue;
        for (const std::string& folder : split(match[1])) table[folder] = split(match[2]);
    }
    return table;
}

/// The module a path belongs to: the longest folder of the table that begins it.
std::string module_of(const std::string& path, const Table& table) {
    std::string best;
    for (const auto& [folder, unused] : table)
        if (path.starts_with(folder + "/") && folder.size() > best.size()) best = folder;
    return best;
}

std::vector<fs::path> sources(const std::vector<std::string>& folders) {
    std::vector<fs::path> files;
    for (const std::string& folder : folders)
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.is_regular_file() && (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp"))
                files.push_back(entry.path());
    return files;
}

const std::vector<std::string> code = {"core", "diffusion", "medium", "solver", "modes", "app"};

}  // namespace

TEST_CASE("no include goes against the table of CONTRIBUTING.md") {
    const Table table = allowed_includes();
    REQUIRE(table.size() >= 9);
    const std::regex include("#include \"([^\"]+)\"");
    int checked = 0;
    for (const fs::path& file : sources(code)) {
        const std::string path = fs::relative(file, root).string(), from = module_of(path, table), text = text_of(file);
        INFO(path);
        REQUIRE_FALSE(from.empty());
        for (auto it = std::sregex_iterator(text.begin(), text.end(), include); it != std::sregex_iterator(); ++it) {
            const std::string to = module_of((*it)[1], table);
            INFO("includes " << (*it)[1]);
            ++checked;
            REQUIRE_FALSE(to.empty());
            CHECK((to == from || table.at(from).count(to) == 1 || table.at(from).count("all of them") == 1));
        }
    }
    CHECK(checked > 150);
}

TEST_CASE("the table itself has no circle") {
    const Table table = allowed_includes();
    const auto reaches = [&](auto&& self, const std::string& from, const std::string& to, int depth) -> bool {
        if (depth > 20) return true;
        for (const std::string& next : table.at(from)) {
            if (next == to) return true;
            if (table.count(next) && self(self, next, to, depth + 1)) return true;
        }
        return false;
    };
    for (const auto& [folder, unused] : table) {
        INFO(folder);
        CHECK_FALSE(reaches(reaches, folder, folder, 0));
    }
}

TEST_CASE("each heavy library is named in one module, and never in a public header below app") {
    const std::map<std::string, std::string> homes = {{"fftw3.h", "solver/kernels/fft.cpp app/results/provenance.cpp"},
                                                      {"muParser.h", "medium/formula.cpp"},
                                                      {"toml++/toml.h", "app/config/config_document.cpp"},
                                                      {"hdf5.h", "app/io/hdf5_file.cpp app/results/provenance.cpp"},
                                                      {"hdf5_hl.h", "app/io/hdf5_file.cpp"},
                                                      {"CLI/CLI.hpp", "app/commands/cli.cpp"}};
    const std::regex include("#include <([^>]+)>");
    for (const fs::path& file : sources(code)) {
        const std::string path = fs::relative(file, root).string(), text = text_of(file);
        INFO(path);
        for (auto it = std::sregex_iterator(text.begin(), text.end(), include); it != std::sregex_iterator(); ++it) {
            const std::string header = (*it)[1];
            if (const auto home = homes.find(header); home != homes.end())
                CHECK(home->second.find(path) != std::string::npos);
            const bool third_party =
                header.find("Eigen") == 0 || header.find("fmt/") == 0 || header.find("nlohmann") == 0;
            if (third_party && !path.starts_with("app/")) CHECK(path.ends_with(".cpp"));
        }
    }
}

TEST_CASE("a source file includes its own header first, which so compiles alone") {
    int checked = 0;
    for (const fs::path& file : sources(code)) {
        const fs::path header = fs::path(file).replace_extension(".hpp");
        if (file.extension() != ".cpp" || !fs::exists(header)) continue;
        INFO(file.string());
        ++checked;
        const std::string text = text_of(file);
        const std::string own = "#include \"" + fs::relative(header, root).string() + "\"\n";
        CHECK(text.find("#include") == text.find(own));
    }
    CHECK(checked > 100);
}

TEST_CASE("stages and what lies below them are given params, never a config") {
    const std::regex forbidden(R"(\bconfig::Case\b|#include "app/(config/case|config/process|setup))");
    int checked = 0;
    for (const fs::path& file : sources({"app/stages", "app/results", "app/io", "core", "diffusion", "medium", "solver", "modes"})) {
        INFO(file.string());
        ++checked;
        CHECK_FALSE(std::regex_search(text_of(file), forbidden));
    }
    CHECK(checked > 150);
}

TEST_CASE("below app nothing prints, exits or keeps time, and nothing is built with fast-math") {
    const std::regex forbidden(
        R"(std::cout|std::cerr|printf\(|std::exit|std::abort|spdlog|<chrono>|std::chrono|clock_gettime|<ctime>)");
    for (const fs::path& file : sources({"core", "diffusion", "medium", "solver", "modes"})) {
        INFO(file.string());
        CHECK_FALSE(std::regex_search(text_of(file), forbidden));
    }
    for (const fs::path& file : {root / "CMakeLists.txt", root / "cmake/Warnings.cmake", root / "CMakePresets.json"})
        CHECK(text_of(file).find("fast-math") == std::string::npos);
}

TEST_CASE("no file has grown beyond 600 lines") {
    for (const fs::path& file : sources({"core", "diffusion", "medium", "solver", "modes", "app", "tests", "benchmarks"})) {
        const std::string text = text_of(file);
        INFO(file.string());
        CHECK(std::count(text.begin(), text.end(), '\n') <= 600);
    }
}
