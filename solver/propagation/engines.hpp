#pragma once
#include "solver/propagation/engine.hpp"

/// The engines behind make_engine().
namespace vitral::propagation {

[[nodiscard]] std::unique_ptr<Engine> make_split_step(const IndexAlongZ& index, const EngineParams& params);
[[nodiscard]] std::unique_ptr<Engine> make_compact_adi(const IndexAlongZ& index, const EngineParams& params);

[[nodiscard]] std::unique_ptr<Engine> make_pade_slab(const IndexAlongZ& index, const EngineParams& params);
[[nodiscard]] std::unique_ptr<Engine> make_pade_section(const IndexAlongZ& index, const EngineParams& params);

}  // namespace vitral::propagation
