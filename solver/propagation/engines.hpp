#pragma once
#include "solver/propagation/engine.hpp"

/// The factories that the rows of capabilities.cpp name.
namespace vitral::propagation {

[[nodiscard]] std::unique_ptr<Engine> make_split_step(const SampledMedium& index, const EngineParams& params);
[[nodiscard]] std::unique_ptr<Engine> make_compact_adi(const SampledMedium& index, const EngineParams& params);

[[nodiscard]] std::unique_ptr<Engine> make_pade_slab(const SampledMedium& index, const EngineParams& params);
[[nodiscard]] std::unique_ptr<Engine> make_pade_section(const SampledMedium& index, const EngineParams& params);

}  // namespace vitral::propagation
