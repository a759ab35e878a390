#pragma once
#include <memory>

#include "solver/propagation/capabilities.hpp"

/// An engine that does nothing: what a new one takes is this file and its row.
namespace vitral::tests {

class NullEngine final : public propagation::Engine {
public:
    void load(const Field<Complex>& psi) override { psi_ = psi; }
    void store(Field<Complex>& psi) const override { psi = psi_; }
    void march(double, double, int) override {}

private:
    Field<Complex> psi_;
};

inline constexpr propagation::EngineRow null_row = {
    propagation::Method{"null"},
    propagation::Operator::paraxial,
    propagation::Splitting::strang,
    false,
    false,
    false,
    false,
    2.0,
    2.0,
    1e-10,
    [](const SampledMedium&, const propagation::EngineParams&) -> std::unique_ptr<propagation::Engine> {
        return std::make_unique<NullEngine>();
    }};

}  // namespace vitral::tests
