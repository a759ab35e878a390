#pragma once
#include "app/case.hpp"
#include "app/schema.hpp"
#include "diffusion/glass/glass.hpp"

namespace vitral::app {

/// The keys of one [[process]] table, and the rules between them.
[[nodiscard]] const Schema<exchange::RecipeStep>& process_schema();

/// Rules between the recipe and the glass's record: ions, temperatures, and what a step needs to be known.
void check_recipe(const Case& c, const glass::Glass& glass, const io::ConfigNode& steps, const io::ConfigNode& root,
                  io::Diagnostics& diagnostics);

}  // namespace vitral::app
