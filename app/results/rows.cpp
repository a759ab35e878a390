#include "app/results/rows.hpp"

#include <cmath>

namespace vitral::results {

std::span<const Group> groups() {
    static const std::vector<Group> list = [] {
        std::vector<Group> all;
        for (auto* part : {&process_groups, &index_groups, &mode_groups, &propagation_groups, &coupling_groups})
            for (Group& group : part()) all.push_back(std::move(group));
        return all;
    }();
    return list;
}

Value finite_value(double value) { return std::isfinite(value) ? Value(value) : Value(); }

std::vector<double> positions(const Axis& axis) {
    std::vector<double> out;
    for (int i = 0; i < axis.count; ++i) out.push_back(axis.at(i));
    return out;
}

}  // namespace vitral::results
