#pragma once
#include "app/config/case.hpp"
#include "app/config/schema.hpp"

namespace vitral::config {

/// The keys of one [[process]] table, and the rules between them.
[[nodiscard]] const Schema<RecipeStep>& process_schema();

}  // namespace vitral::config
