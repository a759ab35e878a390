#pragma once
#include "app/config/case.hpp"
#include "solver/propagation/capabilities.hpp"

namespace vitral::app {

/// What [propagation] asks of an engine, in the words of their table; an order that is left open asks for nothing.
[[nodiscard]] propagation::EngineWishes engine_wishes(const config::PropagationConfig& p);

}  // namespace vitral::app
