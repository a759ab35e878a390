#include "modes/planar/multilayer.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/constants.hpp"

namespace vitral::modes {
namespace {

/// Modes above n_eff: zeros of the field that decays into the substrate.
int zeros_above(const Multilayer& stack, double k0, LayerPolarization polarization, double n_eff) {
    const bool te = polarization == LayerPolarization::te;
    const auto weight = [&](Complex n) { return te ? 1.0 : n.real() * n.real(); };
    const auto excess = [&](Complex n) { return k0 * k0 * (n.real() * n.real() - n_eff * n_eff); };
    // u and v = u'/p.
    double u = 1.0, v = std::sqrt(std::max(0.0, -excess(stack.substrate))) / weight(stack.substrate);
    int zeros = 0;
    for (const Multilayer::Layer& layer : stack.layers) {
        const double q = excess(layer.n), p = weight(layer.n), d = layer.thickness;
        if (q > 0.0) {
            // u = r cos(κx - φ)
            const double kappa = std::sqrt(q), phase = std::atan2(v * p / kappa, u), r = std::hypot(u, v * p / kappa);
            // Zeros at κx = φ + π/2 + jπ, 0 < κx <= κd.
            const double from = (-phase - 0.5 * pi) / pi, to = (kappa * d - phase - 0.5 * pi) / pi;
            zeros += static_cast<int>(std::floor(to)) - static_cast<int>(std::floor(from));
            u = r * std::cos(kappa * d - phase);
            v = -r * kappa / p * std::sin(kappa * d - phase);
        } else {
            const double gamma = std::sqrt(-q), grow = 0.5 * (u + (gamma > 0.0 ? v * p / gamma : 0.0)), fade = u - grow,
                         e = std::exp(-gamma * d);
            // Scaled by e^{-γd}: only signs and ratios count.
            const double next = gamma > 0.0 ? grow + fade * e * e : (u + v * p * d),
                         slope = gamma > 0.0 ? gamma / p * (grow - fade * e * e) : v;
            if ((next < 0.0) != (u < 0.0)) ++zeros;
            u = next;
            v = slope;
        }
        const double size = std::max(std::abs(u), std::abs(v));
        u /= size;
        v /= size;
    }
    // Beyond: a e^{γx} + b e^{-γx}, a ~ v + γ u/p; where a has the other sign than u one more zero follows.
    const double growing = v + std::sqrt(std::max(0.0, -excess(stack.cover))) / weight(stack.cover) * u;
    return zeros + ((growing < 0.0) != (u < 0.0) ? 1 : 0);
}

}  // namespace

std::vector<double> guided_modes(const Multilayer& stack, double wavelength, LayerPolarization polarization) {
    const double k0 = 2.0 * pi / wavelength;
    double highest = 0.0;
    const auto check = [](Complex n) {
        if (n.imag() != 0.0) throw std::invalid_argument("guided modes are those of lossless layers");
    };
    check(stack.substrate);
    check(stack.cover);
    for (const Multilayer::Layer& layer : stack.layers) {
        check(layer.n);
        highest = std::max(highest, layer.n.real());
    }
    const double lowest = std::max(stack.substrate.real(), stack.cover.real());
    std::vector<double> modes;
    if (!(highest > lowest)) return modes;
    const auto above = [&](double n) { return zeros_above(stack, k0, polarization, n); };
    const int count = above(std::nextafter(lowest, highest));
    for (int m = 0; m < count; ++m) {
        double low = lowest, high = highest;
        while (true) {
            const double middle = 0.5 * (low + high);
            if (middle <= low || middle >= high) break;
            (above(middle) > m ? low : high) = middle;
        }
        modes.push_back(0.5 * (low + high));
    }
    return modes;
}

Complex leaky_mode(const Multilayer& stack, double wavelength, LayerPolarization polarization, Complex start) {
    const double k0 = 2.0 * pi / wavelength;
    const auto weight = [&](Complex n) { return polarization == LayerPolarization::te ? Complex(1.0) : n * n; };
    // Into a half space: decaying where it is bound, e^{iκx} with Re κ > 0 where light leaves.
    const auto outward = [&](Complex n, Complex n_eff) {
        const Complex kappa2 = k0 * k0 * (n * n - n_eff * n_eff);
        if (n.real() > n_eff.real()) {
            Complex kappa = std::sqrt(kappa2);
            if (kappa.real() < 0.0) kappa = -kappa;
            return Complex(0.0, -1.0) * kappa;
        }
        Complex gamma = std::sqrt(-kappa2);
        return gamma.real() < 0.0 ? -gamma : gamma;
    };
    const auto mismatch = [&](Complex n_eff) {
        Complex u = 1.0, v = outward(stack.substrate, n_eff) / weight(stack.substrate);
        for (const Multilayer::Layer& layer : stack.layers) {
            const Complex kappa = k0 * std::sqrt(layer.n * layer.n - n_eff * n_eff), p = weight(layer.n),
                          angle = kappa * layer.thickness;
            const Complex sine = std::abs(angle) < 1e-12 ? Complex(layer.thickness) : std::sin(angle) / kappa;
            const Complex next = u * std::cos(angle) + v * p * sine;
            v = v * std::cos(angle) - u * kappa * kappa * sine / p;
            u = next;
            const double size = std::max(std::abs(u), std::abs(v) / k0);
            u /= size;
            v /= size;
        }
        return (v + outward(stack.cover, n_eff) / weight(stack.cover) * u) / k0;
    };
    Complex before = start * Complex(1.0 + 1e-7, 1e-9), here = start, f_before = mismatch(before);
    for (int i = 0; i < 60; ++i) {
        const Complex f = mismatch(here), step = f * (here - before) / (f - f_before);
        before = here;
        f_before = f;
        if (!std::isfinite(std::abs(f))) break;
        if (!std::isfinite(std::abs(step))) return here;  // the two last values agree to the last bit
        here -= step;
        if (std::abs(step) < 1e-15 * std::abs(here)) return here;
    }
    throw std::runtime_error("the secant method does not converge to a leaky mode");
}

}  // namespace vitral::modes
