#include "diffusion/exchange/ion_law.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::exchange {
namespace {

constexpr int table_intervals = 2000;

/// -ln(1 - α c)/α, also for α close to 0.
double log_potential(double alpha, double c) {
    const double x = alpha * c;
    if (std::abs(x) < 1e-3) return c * (1.0 + x * (1.0 / 2 + x * (1.0 / 3 + x * (1.0 / 4 + x * (1.0 / 5 + x / 6)))));
    return -std::log1p(-x) / alpha;
}

}  // namespace

double logarithmic_mean(double a, double b) noexcept {
    const double mean = 0.5 * (a + b), r = 0.5 * (a - b) / mean, r2 = r * r;
    // (a-b)/ln(a/b) = mean r/atanh(r);  atanh(r)/r = 1 + r²/3 + r⁴/5 + ...; the first term left out is below 1e-16
    if (r2 < 2.5e-3) return mean / (1.0 + r2 * (1.0 / 3 + r2 * (1.0 / 5 + r2 * (1.0 / 7 + r2 * (1.0 / 9 + r2 / 11)))));
    return mean * r / std::atanh(r);
}

BinaryLaw::BinaryLaw(double D_A, double D_B, const glass::Composition& composition, double thermodynamic_factor)
    : D_A_(D_A),
      D_B_(D_B),
      alpha_(1.0 - D_A / D_B),
      n_(thermodynamic_factor),
      fastest_(0.0),
      composition_(composition) {
    if (composition_.law == glass::CompositionLaw::mixed_alkali) tabulate();
    for (int i = 0; i <= 20; ++i) fastest_ = std::max(fastest_, inside(i / 20.0).diffusivity);
}

/// P of the mixed-alkali law by Simpson's rule on every interval.
void BinaryLaw::tabulate() {
    constexpr double step = 1.0 / table_intervals;
    potential_table_.assign(table_intervals + 1, 0.0);
    for (int i = 0; i < table_intervals; ++i) {
        const double a = inside(i * step).diffusivity, m = inside((i + 0.5) * step).diffusivity,
                     b = inside((i + 1) * step).diffusivity;
        potential_table_[static_cast<std::size_t>(i) + 1] =
            potential_table_[static_cast<std::size_t>(i)] + step / 6.0 * (a + 4.0 * m + b);
    }
}

BinaryLaw::Point BinaryLaw::inside(double c) const {
    const double s = 1.0 - alpha_ * c, M = 1.0 - alpha_;
    Point p{0.0, M * c / s, 0.0, M / (s * s)};
    switch (composition_.law) {
        case glass::CompositionLaw::constant:
            p.potential = n_ * D_A_ * log_potential(alpha_, c);
            p.diffusivity = n_ * D_A_ / s;
            break;
        case glass::CompositionLaw::exponential: {
            const double beta = composition_.beta;
            p.potential = n_ * D_A_ * (std::abs(beta) < 1e-12 ? c : std::expm1(beta * c) / beta);
            p.diffusivity = n_ * D_A_ * std::exp(beta * c);
            break;
        }
        case glass::CompositionLaw::mixed_alkali: {
            const double A = D_A_ * std::exp(composition_.b_A * c), B = D_B_ * std::exp(-composition_.b_B * c);
            const double S = A * c + B * (1.0 - c);
            const double dS = A * (1.0 + composition_.b_A * c) - B * (1.0 + composition_.b_B * (1.0 - c));
            p.share = A * c / S;
            p.share_slope = (A * (1.0 + composition_.b_A * c) - p.share * dS) / S;
            p.diffusivity = n_ * A * B / S;
            if (potential_table_.empty()) break;
            // Cubic Hermite interpolation with D̃ as the slope; its error is far below rounding of the sums.
            const double position = c * table_intervals;
            const auto i = static_cast<std::size_t>(std::min(position, table_intervals - 1.0));
            const double step = 1.0 / table_intervals, t = position - static_cast<double>(i);
            const auto D = [&](double x) {
                const double a = D_A_ * std::exp(composition_.b_A * x), b = D_B_ * std::exp(-composition_.b_B * x);
                return n_ * a * b / (a * x + b * (1.0 - x));
            };
            const double left = D(static_cast<double>(i) * step), right = D(static_cast<double>(i + 1) * step);
            const double rise = potential_table_[i + 1] - potential_table_[i];
            p.potential = potential_table_[i] + t * (step * left + t * (3.0 * rise - step * (2.0 * left + right) +
                                                                        t * (step * (left + right) - 2.0 * rise)));
            break;
        }
        case glass::CompositionLaw::table: {
            const auto &x = composition_.concentrations, &g = composition_.factors;
            for (std::size_t i = 0; i + 1 < x.size(); ++i) {
                const double end = std::min(c, x[i + 1]), width = x[i + 1] - x[i];
                const double slope = (g[i + 1] - g[i]) / width, here = g[i] + slope * (end - x[i]);
                p.potential += n_ * D_A_ * 0.5 * (g[i] + here) * (end - x[i]);
                p.diffusivity = n_ * D_A_ * here;
                if (c <= x[i + 1]) break;
            }
            break;
        }
    }
    return p;
}

BinaryLaw::Point BinaryLaw::at(const std::array<double, 1>& c) const {
    const double x = std::clamp(c[0], 0.0, 1.0), beyond = c[0] - x;
    Point p = inside(x);
    p.potential += p.diffusivity * beyond;
    p.share += p.share_slope * beyond;
    return p;
}

void BinaryLaw::evaluate(std::span<const double> c, std::span<Point> points) const {
    if (composition_.law != glass::CompositionLaw::constant) {
        for (std::size_t i = 0; i < c.size(); ++i) points[i] = at({c[i]});
        return;
    }
    const double scale = n_ * D_A_, M = 1.0 - alpha_;
    for (std::size_t i = 0; i < c.size(); ++i) {
        const double x = std::clamp(c[i], 0.0, 1.0), beyond = c[i] - x;
        const double inverse = 1.0 / (1.0 - alpha_ * x), D = scale * inverse, slope = M * inverse * inverse;
        points[i] = {scale * log_potential(alpha_, x) + D * beyond, M * x * inverse + slope * beyond, D, slope};
    }
}

double BinaryLaw::conductivity(const std::array<double, 1>& c) const {
    const double x = std::clamp(c[0], 0.0, 1.0);
    if (composition_.law != glass::CompositionLaw::mixed_alkali) return 1.0 - alpha_ * x;
    return (D_A_ * std::exp(composition_.b_A * x) * x + D_B_ * std::exp(-composition_.b_B * x) * (1.0 - x)) / D_B_;
}

FaceFlux<1> BinaryLaw::flux(const Point& a, const Point& b, double inverse_distance, double u) noexcept {
    const double diffusion = (a.potential - b.potential) * inverse_distance, half = 0.5 * u,
                 upwind = std::abs(half) * (a.share - b.share);
    FaceFlux<1> F;
    if (std::abs(diffusion) >= std::abs(upwind)) {
        F.value[0] = half * (a.share + b.share) + diffusion;
        F.d_a[0][0] = half * a.share_slope + a.diffusivity * inverse_distance;
        F.d_b[0][0] = half * b.share_slope - b.diffusivity * inverse_distance;
    } else {
        F.value[0] = half * (a.share + b.share) + upwind;
        F.d_a[0][0] = (half + std::abs(half)) * a.share_slope;
        F.d_b[0][0] = (half - std::abs(half)) * b.share_slope;
    }
    return F;
}

double sharpening(double before, double donor, double receiver) noexcept {
    const double behind = donor - before, ahead = receiver - donor;
    // Without a division where it can be: profiles are flat almost everywhere.
    if (behind * ahead <= 0.0) return 0.0;
    if (std::abs(behind) >= std::abs(ahead)) return 1.0;
    const double ratio = behind / ahead;
    return ratio * ratio * (3.0 - 2.0 * ratio);
}

double least_diffusion(double own, double needed) noexcept {
    if (needed <= 0.5 * own) return own;
    if (needed >= 1.5 * own) return needed;
    const double beyond = needed - 0.5 * own;
    return own + 0.5 * beyond * beyond / own;
}

std::array<double, 1> BinaryLaw::correction(const Point& a, const Point& b, const Point& before,
                                            double inverse_distance, double u) noexcept {
    const double difference = a.share - b.share, upwind = 0.5 * std::abs(u) * std::abs(difference),
                 diffusion = std::abs(a.potential - b.potential) * inverse_distance;
    if (upwind <= 0.5 * diffusion) return {0.0};
    const double psi =
        u > 0.0 ? sharpening(before.share, a.share, b.share) : sharpening(before.share, b.share, a.share);
    const double more = least_diffusion(diffusion, (1.0 - psi) * upwind) - std::max(diffusion, upwind);
    return {difference > 0.0 ? more : -more};
}

TernaryLaw::TernaryLaw(double D_own, double D_1, double D_2)
    : D_own_(D_own), D_{D_1, D_2}, excess_{D_1 - D_own, D_2 - D_own} {}

double TernaryLaw::fastest() const noexcept { return std::max({D_own_, D_[0], D_[1]}); }

TernaryLaw::Point TernaryLaw::at(const std::array<double, 2>& c) const {
    // Trial values of an iteration can leave the range of compositions; S stays positive.
    const double least = 0.1 * std::min({D_own_, D_[0], D_[1]});
    return {c, std::max(D_own_ + excess_[0] * c[0] + excess_[1] * c[1], least)};
}

void TernaryLaw::evaluate(std::span<const double> c, std::span<Point> points) const {
    const std::size_t n = points.size();
    for (std::size_t i = 0; i < n; ++i) points[i] = at({c[i], c[n + i]});
}

double TernaryLaw::conductivity(const std::array<double, 2>& c) const { return at(c).S / D_own_; }

FaceFlux<2> TernaryLaw::flux(const Point& a, const Point& b, double inverse_distance, double u) const noexcept {
    const double L = logarithmic_mean(a.S, b.S), half = 0.5 * u;
    const double difference = a.S - b.S;
    // ∂L/∂S_a = L (1 - L/S_a)/(S_a - S_b), 1/2 where they are close; ∂L/∂S_b likewise.
    const bool close = std::abs(difference) < 1e-4 * L;
    const double L_a = close ? 0.5 : L * (1.0 - L / a.S) / difference,
                 L_b = close ? 0.5 : L * (L / b.S - 1.0) / difference;
    const double G = a.S * b.S / L * inverse_distance;
    FaceFlux<2> F;
    for (std::size_t i = 0; i < 2; ++i) {
        const double share_a = D_[i] * a.c[i] / a.S, share_b = D_[i] * b.c[i] / b.S;
        const bool upwind = std::abs(half) > G;
        const double scale = D_[i] * inverse_distance / L, cross = a.c[i] * b.S - b.c[i] * a.S;
        F.value[i] = half * (share_a + share_b) + (upwind ? std::abs(half) * (share_a - share_b) : scale * cross);
        for (std::size_t j = 0; j < 2; ++j) {
            const double same = i == j ? 1.0 : 0.0;
            const double slope_a = D_[i] / a.S * (same - a.c[i] * excess_[j] / a.S),
                         slope_b = D_[i] / b.S * (same - b.c[i] * excess_[j] / b.S);
            if (upwind) {
                F.d_a[i][j] = (half + std::abs(half)) * slope_a;
                F.d_b[i][j] = (half - std::abs(half)) * slope_b;
            } else {
                F.d_a[i][j] =
                    half * slope_a + scale * (same * b.S - b.c[i] * excess_[j] - cross * L_a * excess_[j] / L);
                F.d_b[i][j] =
                    half * slope_b + scale * (a.c[i] * excess_[j] - same * a.S - cross * L_b * excess_[j] / L);
            }
        }
    }
    return F;
}

std::array<double, 2> TernaryLaw::correction(const Point& a, const Point& b, const Point& before,
                                             double inverse_distance, double u) const noexcept {
    const double half = 0.5 * std::abs(u), G = a.S * b.S / logarithmic_mean(a.S, b.S) * inverse_distance;
    if (half <= 0.5 * G) return {};
    const Point &donor = u > 0.0 ? a : b, &receiver = u > 0.0 ? b : a;
    double psi = 1.0;
    for (std::size_t i = 0; i < 3; ++i) {  // the glass's own ion last: it must not leave [0, 1] either
        const auto share = [&](const Point& p) {
            return (i < 2 ? D_[i] * p.c[i] : D_own_ * (1.0 - p.c[0] - p.c[1])) / p.S;
        };
        if (share(donor) != share(receiver))
            psi = std::min(psi, sharpening(share(before), share(donor), share(receiver)));
    }
    const double more = least_diffusion(G, (1.0 - psi) * half) - std::max(G, half);
    return {more * (D_[0] * a.c[0] / a.S - D_[0] * b.c[0] / b.S), more * (D_[1] * a.c[1] / a.S - D_[1] * b.c[1] / b.S)};
}

}  // namespace vitral::exchange
