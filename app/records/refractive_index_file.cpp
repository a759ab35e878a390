#include "app/records/refractive_index_file.hpp"

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <numeric>
#include <sstream>

#include "core/constants.hpp"
#include "core/errors.hpp"

namespace vitral::records {
namespace {

using glass::DispersionFormula;

constexpr DispersionFormula numbered[] = {DispersionFormula::sellmeier,
                                          DispersionFormula::sellmeier_squared,
                                          DispersionFormula::polynomial_squared,
                                          DispersionFormula::two_resonances,
                                          DispersionFormula::polynomial,
                                          DispersionFormula::gases,
                                          DispersionFormula::herzberger,
                                          DispersionFormula::retro,
                                          DispersionFormula::exotic};

[[noreturn]] void fail(const std::string& name, const std::string& what) {
    throw Error(Failure::input_file, what, name);
}

std::vector<double> numbers_of(const std::string& name, const std::string& text) {
    std::istringstream in(text);
    std::vector<double> values;
    for (double value; in >> value;) values.push_back(value);
    if (!in.eof()) fail(name, "what should be a list of numbers is none: \"" + text.substr(0, 40) + "\"");
    return values;
}

/// Columns of a table, one vector a column; λ in µm, ascending. Pages list some tables from the longest wavelength down, and
/// some rows twice: the rows are sorted, and of those of one wavelength the first is taken, which is remarked.
std::vector<std::vector<double>> columns_of(const std::string& name, const std::string& text, std::size_t width,
                                            std::vector<std::string>& remarks) {
    const std::vector<double> values = numbers_of(name, text);
    if (values.empty() || values.size() % width != 0)
        fail(name, fmt::format("a table takes rows of {} numbers", width));
    std::vector<std::size_t> order(values.size() / width);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto wavelength = [&](std::size_t row) { return values[row * width]; };
    for (const std::size_t row : order)
        if (!(wavelength(row) > 0.0)) fail(name, fmt::format("row {} of a table has no wavelength above 0", row + 1));
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return wavelength(a) < wavelength(b); });
    std::vector<std::vector<double>> columns(width);
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && wavelength(order[i]) == wavelength(order[i - 1])) {
            remarks.push_back(
                fmt::format("{}: row {} of a table repeats the wavelength {:g} um; the first one is taken", name,
                            order[i] + 1, wavelength(order[i])));
            continue;
        }
        for (std::size_t c = 0; c < width; ++c) columns[c].push_back(values[order[i] * width + c]);
    }
    if (columns[0].size() < 2 && values.size() > width) fail(name, "all rows of a table have one wavelength");
    return columns;
}

}  // namespace

bool is_refractive_index_file(const std::string& name) { return name.ends_with(".yml") || name.ends_with(".yaml"); }

glass::Glass parse_refractive_index(const std::string& name, const std::string& text) {
    glass::Glass out;
    out.name = name;
    bool has_index = false;
    try {
        const YAML::Node data = YAML::Load(text)["DATA"];
        if (!data || !data.IsSequence()) fail(name, "the list DATA of a refractiveindex.info page is missing");
        for (const YAML::Node& block : data) {
            const auto type = block["type"].as<std::string>("");
            const auto set_index = [&](DispersionFormula formula, std::vector<double> coefficients, double from,
                                       double to) {
                out.dispersion = {formula, std::move(coefficients), from * 1e-6, to * 1e-6};
                has_index = true;
            };
            const auto set_table = [&](const std::vector<double>& wavelengths, const std::vector<double>& n) {
                std::vector<double> pairs;
                for (std::size_t i = 0; i < n.size(); ++i) pairs.insert(pairs.end(), {wavelengths[i], n[i]});
                set_index(DispersionFormula::table, std::move(pairs), wavelengths.front(), wavelengths.back());
            };
            const auto set_absorption = [&](const std::vector<double>& wavelengths, const std::vector<double>& k) {
                out.absorption_wavelengths.clear();  // of several tables the last one holds
                out.absorptions.clear();
                for (std::size_t i = 0; i < k.size(); ++i) {
                    out.absorption_wavelengths.push_back(wavelengths[i] * 1e-6);
                    out.absorptions.push_back(4.0 * pi * k[i] / (wavelengths[i] * 1e-6));
                }
            };
            if (type.starts_with("formula ")) {
                const int number = std::atoi(type.c_str() + 8);
                if (number < 1 || number > 9) fail(name, "unknown dispersion formula \"" + type + "\"");
                const YAML::Node range_node = block["wavelength_range"] ? block["wavelength_range"] : block["range"];
                const auto range = numbers_of(name, range_node.as<std::string>(""));
                if (range.size() != 2 || !(range[0] < range[1])) fail(name, "a formula takes a wavelength_range");
                auto coefficients = numbers_of(name, block["coefficients"].as<std::string>(""));
                if (coefficients.empty()) fail(name, "a formula takes coefficients");
                set_index(numbered[number - 1], std::move(coefficients), range[0], range[1]);
            } else if (type == "tabulated nk") {
                const auto columns = columns_of(name, block["data"].as<std::string>(""), 3, out.remarks);
                set_table(columns[0], columns[1]);
                set_absorption(columns[0], columns[2]);
            } else if (type == "tabulated n") {
                const auto columns = columns_of(name, block["data"].as<std::string>(""), 2, out.remarks);
                set_table(columns[0], columns[1]);
            } else if (type == "tabulated k") {
                const auto columns = columns_of(name, block["data"].as<std::string>(""), 2, out.remarks);
                set_absorption(columns[0], columns[1]);
            } else {
                fail(name, "unknown type of data \"" + type + "\"");
            }
        }
    } catch (const YAML::Exception& failure) {
        throw Error(Failure::input_file, std::string("not a refractiveindex.info page: ") + failure.what(), name);
    }
    if (!has_index) fail(name, "the page holds no refractive index");
    return out;
}

}  // namespace vitral::records
