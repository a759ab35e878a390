#pragma once
#include "core/medium.hpp"

/// A medium that is the same everywhere: what a new source takes is this file.
namespace vitral::tests {

class ConstantMedium final : public Medium {
public:
    ConstantMedium(Complex n, double wavelength, const Window& window) : epsilon_(n * n), wavelength_(wavelength) {
        outline_.window = window;
        outline_.background_index = n.real();
        outline_.absorption_known = n.imag() != 0.0;
    }
    [[nodiscard]] double wavelength() const override { return wavelength_; }
    [[nodiscard]] const MediumOutline& outline() const override { return outline_; }
    [[nodiscard]] Permittivity permittivity(double, double, double) const override {
        return {epsilon_, epsilon_, epsilon_};
    }

private:
    Complex epsilon_;
    double wavelength_;
    MediumOutline outline_;
};

}  // namespace vitral::tests
