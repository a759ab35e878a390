#pragma once
#include "app/config/case.hpp"
#include "app/config/schema.hpp"

namespace vitral::config {

/// The keys of [[coupling]]: a port at an end of the guide.
[[nodiscard]] const Schema<CouplingConfig>& coupling_schema();

/// The keys of propagation.launch, with the rules between them.
[[nodiscard]] const Schema<LaunchConfig>& launch_schema();

}  // namespace vitral::config
