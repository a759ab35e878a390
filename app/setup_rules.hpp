#pragma once
#include "app/config/case.hpp"
#include "app/records/library.hpp"

namespace vitral::app {

/// Rules between the config and what it names: formulas that can be read, records that exist and reach its wavelengths, ions
/// that the glass knows, engines that can do together what is asked of them.
void check_setup(const config::Case& c, const config::ConfigNode& root, records::Library& library,
                 config::Diagnostics& diagnostics);

}  // namespace vitral::app
