#include "diffusion/glass/dispersion.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/errors.hpp"

namespace vitral::glass {
namespace {

std::string in_nm(double wavelength) { return std::to_string(std::lround(wavelength * 1e9)) + " nm"; }

/// Lagrange's cubic through the four points around x, fewer at short tables; `pairs` holds x_0, y_0, x_1, y_1, ...
double interpolate(const std::vector<double>& pairs, double x) {
    const std::size_t count = pairs.size() / 2, used = std::min<std::size_t>(4, count);
    std::size_t above = 0;
    while (above + 1 < count && pairs[2 * above] < x) ++above;
    const std::size_t first = std::min(above >= used / 2 ? above - used / 2 : 0, count - used);
    double sum = 0.0;
    for (std::size_t i = first; i < first + used; ++i) {
        double weight = pairs[2 * i + 1];
        for (std::size_t j = first; j < first + used; ++j)
            if (j != i) weight *= (x - pairs[2 * j]) / (pairs[2 * i] - pairs[2 * j]);
        sum += weight;
    }
    return sum;
}

}  // namespace

double Dispersion::index(double wavelength) const {
    if (!covers(wavelength))
        throw Error(Failure::input_file, "the wavelength " + in_nm(wavelength) + " lies outside the record's range " +
                                             in_nm(shortest_wavelength) + " to " + in_nm(longest_wavelength));
    const double um = wavelength * 1e6, um2 = um * um;
    // Coefficients that a record leaves out are zero.
    const auto c = [&](std::size_t i) { return i < coefficients.size() ? coefficients[i] : 0.0; };
    const auto sum_of_pairs = [&](std::size_t first, auto&& term) {
        double sum = 0.0;
        for (std::size_t i = first; i + 1 < coefficients.size(); i += 2)
            sum += term(coefficients[i], coefficients[i + 1]);
        return sum;
    };
    const auto power = [&](double a, double p) { return a * std::pow(um, p); };
    switch (formula) {
        case DispersionFormula::constant:
            return c(0);
        case DispersionFormula::sellmeier:
            return std::sqrt(1.0 + c(0) + sum_of_pairs(1, [&](double B, double L) { return B * um2 / (um2 - L * L); }));
        case DispersionFormula::sellmeier_squared:
            return std::sqrt(1.0 + c(0) + sum_of_pairs(1, [&](double B, double L2) { return B * um2 / (um2 - L2); }));
        case DispersionFormula::polynomial_squared:
            return std::sqrt(c(0) + sum_of_pairs(1, power));
        case DispersionFormula::two_resonances: {
            double n2 = c(0) + sum_of_pairs(9, power);
            for (const std::size_t i : {1, 5})
                if (c(i) != 0.0) n2 += power(c(i), c(i + 1)) / (um2 - std::pow(c(i + 2), c(i + 3)));
            return std::sqrt(n2);
        }
        case DispersionFormula::polynomial:
            return c(0) + sum_of_pairs(1, power);
        case DispersionFormula::gases:
            return 1.0 + c(0) + sum_of_pairs(1, [&](double a, double b) { return a / (b - 1.0 / um2); });
        case DispersionFormula::herzberger: {
            const double L = 1.0 / (um2 - 0.028);
            return c(0) + L * (c(1) + L * c(2)) + um2 * (c(3) + um2 * (c(4) + um2 * c(5)));
        }
        case DispersionFormula::retro: {
            const double q = c(0) + c(1) * um2 / (um2 - c(2)) + c(3) * um2;
            return std::sqrt((1.0 + 2.0 * q) / (1.0 - q));
        }
        case DispersionFormula::exotic: {
            const double from = um - c(4);
            return std::sqrt(c(0) + c(1) / (um2 - c(2)) + c(3) * from / (from * from + c(5)));
        }
        case DispersionFormula::table:
            return interpolate(coefficients, um);
    }
    return c(0);
}

}  // namespace vitral::glass
