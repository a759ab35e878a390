#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/case.hpp"
#include "solver/coupling/overlap.hpp"

namespace vitral::app {

/// A port as light sees it: a record or a Gaussian made into a field shape at one wavelength.
struct Port {
    std::string name;
    coupling::PortShape shape;    ///< about its axis, unit power
    std::optional<double> index;  ///< for the facet's reflection; absent: not to be counted
    double radius = 0.0;          ///< 1/e field radius, about [m]
    std::optional<double> mfd, data_sheet_mfd, data_sheet_tolerance;  ///< of a fiber [m]
    std::vector<std::string> placeholders;                            ///< values of the record that are estimates
};

[[nodiscard]] Port make_port(const PortConfig& config, double wavelength, const std::filesystem::path& folder);
[[nodiscard]] bool same_port(const PortConfig& a, const PortConfig& b);

}  // namespace vitral::app
