#pragma once
#include <string>
#include <utility>
#include <vector>

#include "app/config/schema.hpp"
#include "diffusion/glass/glass.hpp"

namespace vitral::records {

/// Every value of a record says where it comes from and how well it is known.
struct Origin {
    std::string source;
    glass::Confidence confidence = glass::Confidence::measured;
};

template <typename T>
std::vector<config::Row<T>> with_origin(std::vector<config::Row<T>> rows) {
    static const std::vector<std::pair<std::string, glass::Confidence>> words = {
        {"measured", glass::Confidence::measured},
        {"derived", glass::Confidence::derived},
        {"placeholder", glass::Confidence::placeholder}};
    rows.push_back(config::text<T>("source", &T::source, "Where the value comes from.").require());
    rows.push_back(
        config::choice<T, glass::Confidence>("confidence", &T::confidence, words,
                                             "measured, derived, or placeholder (an estimate without a source).")
            .require());
    return rows;
}

}  // namespace vitral::records
