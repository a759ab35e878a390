#include "diffusion/glass/glass.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"
#include "core/errors.hpp"

namespace vitral::glass {

double IonPair::D_A(double temperature) const { return D_A0 * std::exp(-activation_energy / (R_gas * temperature)); }

double IonPair::index_change(double wavelength) const {
    if (wavelengths.empty() || wavelength < wavelengths.front() || wavelength > wavelengths.back())
        throw Error(Failure::input_file, "the index change of " + ion + " is not known at " +
                                             std::to_string(std::lround(wavelength * 1e9)) + " nm");
    const auto above = std::lower_bound(wavelengths.begin(), wavelengths.end(), wavelength);
    const auto i = static_cast<std::size_t>(above - wavelengths.begin());
    if (i == 0) return index_changes[0];
    const double t = (wavelength - wavelengths[i - 1]) / (wavelengths[i] - wavelengths[i - 1]);
    return (1.0 - t) * index_changes[i - 1] + t * index_changes[i];
}

const IonPair* Glass::pair(const std::string& ion) const {
    const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const IonPair& p) { return p.ion == ion; });
    return found == pairs.end() ? nullptr : &*found;
}

double exchanged_index(const Glass& glass, const IonPair& pair, double concentration, double wavelength) {
    return glass.dispersion.index(wavelength) + pair.index_change(wavelength) * concentration;
}

}  // namespace vitral::glass
