#include "solver/propagation/coupled_modes.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/constants.hpp"
#include "core/inner_product.hpp"

namespace vitral::propagation {
namespace {

using Matrix = std::vector<Complex>;

Matrix product(const Matrix& a, const Matrix& b, std::size_t n) {
    Matrix c(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * b[k * n + j];
    return c;
}

/// exp(A), by a Taylor series of A/2^m, squared m times.
Matrix exponential(Matrix a, std::size_t n) {
    double size = 0.0;
    for (const Complex value : a) size = std::max(size, std::abs(value));
    int squarings = 0;
    for (double rest = size * static_cast<double>(n); rest > 0.25; rest *= 0.5) ++squarings;
    for (Complex& value : a) value *= std::pow(0.5, squarings);
    Matrix sum(n * n), term(n * n);
    for (std::size_t i = 0; i < n; ++i) sum[i * n + i] = term[i * n + i] = 1.0;
    constexpr int terms = 14;  // 0.25^14/14! = 4e-20
    for (int k = 1; k <= terms; ++k) {
        term = product(term, a, n);
        for (std::size_t i = 0; i < n * n; ++i) term[i] /= k, sum[i] += term[i];
    }
    for (int k = 0; k < squarings; ++k) sum = product(sum, sum, n);
    return sum;
}

double difference(const Matrix& a, const Matrix& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

}  // namespace

struct CoupledModes::Station {
    double s = 0.0;
    ModesAt modes;
};

CoupledModes::CoupledModes(const std::function<ModesAt(double s)>& modes_at, const Params& params)
    : modes_at_(modes_at), params_(params), count_(params.count) {
    constexpr int first = 8;  // intervals, each of which is halved at least once
    Station last = station(0.0, nullptr);
    for (int i = 1; i <= first; ++i) {
        const Station next = station(i / static_cast<double>(first), &last);
        refine(last, next, 0);
        last = next;
    }
}

CoupledModes::Station CoupledModes::station(double s, const Station* before) {
    Station here{s, modes_at_(s)};
    if (here.modes.psi.size() < count_) throw std::domain_error("a mode is cut off along the device");
    // The sign of a mode is a matter of taste, and is that of its likeness before.
    for (std::size_t i = 0; before != nullptr && i < count_; ++i)
        if (inner_product(here.modes.psi[i], before->modes.psi[i]).real() < 0.0)
            for (double& value : here.modes.psi[i].values) value = -value;
    return here;
}

CoupledModes::Step CoupledModes::step(const Station& from, const Station& to, std::span<const double> n_eff) const {
    Step out{to.s - from.s, {n_eff.begin(), n_eff.begin() + static_cast<std::ptrdiff_t>(count_)}, {}, 0.0};
    // C_ji = <ψ_j(to)|ψ_i(from)>
    std::vector<double> c(count_ * count_);
    for (std::size_t j = 0; j < count_; ++j)
        for (std::size_t i = 0; i < count_; ++i)
            c[j * count_ + i] = inner_product(to.modes.psi[j], from.modes.psi[i]).real();
    out.rotation.resize(count_ * count_);
    for (std::size_t j = 0; j < count_; ++j)
        for (std::size_t i = 0; i < count_; ++i) {
            const double sine = std::clamp(0.5 * (c[j * count_ + i] - c[i * count_ + j]), -1.0, 1.0);
            out.rotation[j * count_ + i] = std::asin(sine);
        }
    for (std::size_t i = 0; i < count_; ++i) {
        double held = 0.0;
        for (std::size_t j = 0; j < count_; ++j) held += c[j * count_ + i] * c[j * count_ + i];
        out.beside = std::max(out.beside, 1.0 - held);
    }
    return out;
}

CoupledModes::Matrix CoupledModes::transfer(const Step& step, double length) const {
    Matrix generator(count_ * count_);
    const double k0 = 2.0 * pi / params_.wavelength, dz = step.ds * length;
    for (std::size_t j = 0; j < count_; ++j)
        for (std::size_t i = 0; i < count_; ++i)
            generator[j * count_ + i] =
                Complex(step.rotation[j * count_ + i], i == j ? k0 * (step.n_eff[i] - step.n_eff[0]) * dz : 0.0);
    Matrix turned = exponential(std::move(generator), count_);
    const Complex common = std::polar(1.0, std::fmod(k0 * step.n_eff[0] * dz, 2.0 * pi));
    for (Complex& value : turned) value *= common;
    return turned;
}

void CoupledModes::refine(const Station& from, const Station& to, int depth) {
    const Station middle = station(0.5 * (from.s + to.s), &from);
    // Simpson's mean over the whole; over the halves that of the parabola through the three.
    std::vector<double> whole, before, after;
    for (std::size_t i = 0; i < count_; ++i) {
        const double a = from.modes.n_eff[i], m = middle.modes.n_eff[i], b = to.modes.n_eff[i];
        whole.push_back((a + 4.0 * m + b) / 6.0);
        before.push_back((5.0 * a + 8.0 * m - b) / 12.0);
        after.push_back((5.0 * b + 8.0 * m - a) / 12.0);
    }
    const Step one = step(from, to, whole), first = step(from, middle, before), second = step(middle, to, after);
    double largest = 0.0;
    for (const double length : params_.lengths)
        largest = std::max(largest, difference(transfer(one, length),
                                               product(transfer(second, length), transfer(first, length), count_)));
    constexpr int deepest = 12;
    const bool has_room = depth < deepest && static_cast<int>(steps_.size()) < params_.most_stations;
    if (largest > params_.tolerance * one.ds * 4.0 && has_room) {
        refine(from, middle, depth + 1);
        refine(middle, to, depth + 1);
        return;
    }
    if (!has_room) is_converged_ = false;
    error_ += largest;
    for (const Step& half : {first, second}) {
        beside_ += half.beside;
        steps_.push_back(half);
    }
}

std::vector<Complex> CoupledModes::at_end(std::span<const Complex> amplitudes, double length) const {
    std::vector<Complex> a(amplitudes.begin(), amplitudes.begin() + static_cast<std::ptrdiff_t>(count_));
    for (const Step& piece : steps_) {
        const Matrix turned = transfer(piece, length);
        std::vector<Complex> next(count_);
        for (std::size_t j = 0; j < count_; ++j)
            for (std::size_t i = 0; i < count_; ++i) next[j] += turned[j * count_ + i] * a[i];
        a = std::move(next);
    }
    return a;
}

}  // namespace vitral::propagation
