#include "diffusion/glass/dispersion.hpp"

#include <cmath>

#include "core/errors.hpp"

namespace vitral::glass {
namespace {

std::string in_nm(double wavelength) { return std::to_string(std::lround(wavelength * 1e9)) + " nm"; }

}  // namespace

double Dispersion::index(double wavelength) const {
    if (!covers(wavelength))
        throw Error(Failure::input_file, "the wavelength " + in_nm(wavelength) + " lies outside the record's range " +
                                             in_nm(shortest_wavelength) + " to " + in_nm(longest_wavelength));
    const double um = wavelength * 1e6;
    const auto& c = coefficients;
    switch (formula) {
        case DispersionFormula::constant:
            return c[0];
        case DispersionFormula::polynomial: {
            double n = c[0];
            for (std::size_t i = 1; i + 1 < c.size(); i += 2) n += c[i] * std::pow(um, c[i + 1]);
            return n;
        }
        case DispersionFormula::sellmeier:
        case DispersionFormula::sellmeier_squared: {
            double n2 = 1.0 + c[0];
            for (std::size_t i = 1; i + 1 < c.size(); i += 2) {
                const double resonance = formula == DispersionFormula::sellmeier ? c[i + 1] * c[i + 1] : c[i + 1];
                n2 += c[i] * um * um / (um * um - resonance);
            }
            return std::sqrt(n2);
        }
    }
    return c[0];
}

}  // namespace vitral::glass
