#include "modes/fiber/fiber_lines.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <stdexcept>

#include "core/constants.hpp"
#include "solver/kernels/maximize.hpp"
#include "solver/kernels/piecewise_polynomials.hpp"

namespace vitral::modes {
namespace {

double J(int order, double x) {
    return order < 0 ? (order % 2 ? -1.0 : 1.0) * J(-order, x) : std::cyl_bessel_j(order, x);
}
double J_slope(int order, double x) { return 0.5 * (J(order - 1, x) - J(order + 1, x)); }

/// w K_{l+1}(w) / K_l(w). The functions themselves leave the range of numbers at high orders; their ratio does not, by the
/// recurrence upwards, which is stable: K_{l+1}/K_l = K_{l-1}/K_l + 2l/w.
double K_ratio(int order, double w) {
    constexpr double far = 500.0;  // beyond, K_1/K_0 is 1 + 1/2w to 1e-7 of what it adds
    double ratio = w < far ? w * std::cyl_bessel_k(1, w) / std::cyl_bessel_k(0, w) : w + 0.5;
    for (int l = 1; l <= order; ++l) ratio = w * w / ratio + 2.0 * l;
    return ratio;
}
/// K_m'(w) / (w K_m(w)) = -(K_{m-1}/K_m + m/w) / w
double K_log_slope(int m, double w) {
    const double below = m == 0 ? K_ratio(0, w) / w : w / K_ratio(m - 1, w);
    return -(below + m / w) / w;
}

/// A fiber in the variables of its characteristic equations.
struct Normalised {
    double n1, n2, k0a, V;
    Normalised(const StepFiber& fiber, double wavelength)
        : n1(fiber.n_core), n2(fiber.n_cladding), k0a(2.0 * pi / wavelength * fiber.core_radius) {
        const double aperture2 = n1 * n1 - n2 * n2;
        if (!(aperture2 > 0.0)) throw std::domain_error("the fiber's core index does not exceed its cladding index");
        V = k0a * std::sqrt(aperture2);
    }
    [[nodiscard]] double n_eff(double u) const { return std::sqrt(n1 * n1 - std::pow(u / k0a, 2)); }
    [[nodiscard]] double w(double u) const { return std::sqrt(V * V - u * u); }
};

/// Roots in (0, V) of a function without poles, from the lowest up. Those of an order lie beyond it, and no nearer to each other
/// than the zeros of neighbouring Bessel functions, about π/2.
std::vector<double> roots(const std::function<double(double)>& f, double V, int order) {
    const int count = 200 + static_cast<int>(8.0 * V);
    std::vector<double> found;
    // Below its order a Bessel function falls out of the range of numbers, towards V the other one grows out of it.
    const double first = std::max(1e-6 * V, 0.9 * (order - 2)), last = V * (1.0 - 1e-10);
    if (first >= last) return found;
    double before = first, value = f(first);
    for (int i = 1; i <= count; ++i) {
        const double u = first + (last - first) * i / count, here = f(u);
        if ((value < 0.0) != (here < 0.0)) found.push_back(kernels::bisect(f, before, u));
        before = u;
        value = here;
    }
    return found;
}

/// LP01, HE11; with two digits LP11,2.
std::string name_of(const char* family, int order, int radial) {
    const char* between = order > 9 || radial > 9 ? "," : "";
    return family + std::to_string(order) + between + std::to_string(radial);
}

void add(std::vector<FiberLine>& lines, const Normalised& fiber, const char* family, int order,
         const std::vector<double>& zeros) {
    for (std::size_t i = 0; i < zeros.size(); ++i) {
        const int radial = static_cast<int>(i) + 1;
        lines.push_back({name_of(family, order, radial), order, radial, fiber.n_eff(zeros[i])});
    }
}

void sort(std::vector<FiberLine>& lines) {
    std::stable_sort(lines.begin(), lines.end(),
                     [](const FiberLine& a, const FiberLine& b) { return a.n_eff > b.n_eff; });
}

}  // namespace

std::vector<FiberLine> lp_modes(const StepFiber& step, double wavelength) {
    const Normalised fiber(step, wavelength);
    std::vector<FiberLine> lines;
    for (int l = 0;; ++l) {
        const auto zeros =
            roots([&](double u) { return u * J(l + 1, u) - K_ratio(l, fiber.w(u)) * J(l, u); }, fiber.V, l);
        if (zeros.empty()) break;
        add(lines, fiber, "LP", l, zeros);
    }
    sort(lines);
    return lines;
}

std::vector<FiberLine> vector_modes(const StepFiber& step, double wavelength) {
    const Normalised fiber(step, wavelength);
    const double n1 = fiber.n1 * fiber.n1, n2 = fiber.n2 * fiber.n2;
    std::vector<FiberLine> lines;
    const auto meridional = [&](double core, double cladding) {
        return roots(
            [&](double u) {
                const double w = fiber.w(u);
                return core * J(1, u) * w * w + cladding * u * J(0, u) * K_ratio(0, w);
            },
            fiber.V, 0);
    };
    add(lines, fiber, "TE", 0, meridional(1.0, 1.0));
    add(lines, fiber, "TM", 0, meridional(n1, n2));
    for (int m = 1;; ++m) {
        const auto hybrid = [&](double branch) {
            return roots(
                [&](double u) {
                    const double w = fiber.w(u), k = K_log_slope(m, w), n = fiber.n_eff(u),
                                 right = m * n * (1.0 / (u * u) + 1.0 / (w * w));
                    const double X =
                        (-(n1 + n2) * k + branch * std::hypot((n1 - n2) * k, 2.0 * fiber.n1 * right)) / (2.0 * n1);
                    return J_slope(m, u) - u * J(m, u) * X;
                },
                fiber.V, m);
        };
        const auto he = hybrid(-1.0), eh = hybrid(1.0);
        if (he.empty() && eh.empty()) break;
        add(lines, fiber, "HE", m, he);
        add(lines, fiber, "EH", m, eh);
    }
    sort(lines);
    return lines;
}

std::vector<FiberLine> graded_lp_modes(const std::function<double(double)>& n, double outer,
                                       const std::vector<double>& steps, double wavelength, int l) {
    constexpr int degree = 10;
    const double k0 = 2.0 * pi / wavelength, cladding = n(outer * (1.0 + 1e-9));
    const kernels::GaussRule rule = kernels::gauss_legendre(degree + 4);
    double wall = 4.0 * outer;
    std::vector<FiberLine> lines;
    for (int pass = 0; pass < 4; ++pass) {
        // Break points: the jumps, sixths of the core, and elements that double outside.
        std::vector<double> breaks = {0.0, outer};
        breaks.insert(breaks.end(), steps.begin(), steps.end());
        for (int i = 1; i < 6; ++i) breaks.push_back(outer * i / 6.0);
        for (double h = 0.25 * outer, r = outer + h; r < wall; h = std::min(2.0 * h, 0.1 * wall), r += h)
            breaks.push_back(r);
        breaks.push_back(wall);
        std::sort(breaks.begin(), breaks.end());
        breaks.erase(
            std::unique(breaks.begin(), breaks.end(), [&](double a, double b) { return b - a < 1e-6 * outer; }),
            breaks.end());
        for (double& r : breaks) r *= k0;
        const kernels::PiecewisePolynomials line(breaks, degree);

        // ∫ (ψ'v' + l²/r² ψv - n² ψv) r dr = -ν ∫ ψv r dr
        const int size = line.elements() * degree + 1;
        Eigen::MatrixXd a = Eigen::MatrixXd::Zero(size, size), b = a;
        std::vector<double> value(degree + 1), broken(degree), slope(degree + 1);
        for (int e = 0; e < line.elements(); ++e)
            for (std::size_t q = 0; q < rule.point.size(); ++q) {
                const double r = line.place(e, rule.point[q]), h = line.length(e),
                             weight = 0.5 * h * rule.weight[q] * r;
                kernels::PiecewisePolynomials::continuous_at(rule.point[q], degree, value.data());
                kernels::PiecewisePolynomials::broken_at(rule.point[q], degree, broken.data());
                for (int k = 0; k <= degree; ++k) {
                    const int row = k < 2 ? 0 : k - 1;
                    slope[static_cast<std::size_t>(k)] =
                        line.derivative(e, row, k) * broken[static_cast<std::size_t>(row)] / std::sqrt(h);
                }
                const double n2 = std::pow(n(r / k0), 2);
                const auto number = [&](int k) { return e * degree + (k == 0 ? 0 : k == 1 ? degree : k - 1); };
                for (int i = 0; i <= degree; ++i)
                    for (int j = 0; j <= degree; ++j) {
                        const auto I = static_cast<std::size_t>(i), K_ = static_cast<std::size_t>(j);
                        a(number(i), number(j)) +=
                            weight * (slope[I] * slope[K_] + (l * l / (r * r) - n2) * value[I] * value[K_]);
                        b(number(i), number(j)) += weight * value[I] * value[K_];
                    }
            }
        // ψ = 0 at the wall, and on the axis where l > 0.
        const int first = l > 0 ? 1 : 0, inner = size - 1 - first;
        const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> solver(
            a.block(first, first, inner, inner), b.block(first, first, inner, inner), Eigen::EigenvaluesOnly);
        lines.clear();
        for (int i = 0; i < inner && -solver.eigenvalues()[i] > cladding * cladding; ++i)
            lines.push_back(
                {name_of("LP", l, i + 1), l, i + 1, std::sqrt(-solver.eigenvalues()[i])});
        // A wall where the least bound light has fallen by 1e-9; where nothing is bound, a second look from further away.
        const double needed =
            lines.empty() ? 4.0 * wall
                          : outer + 21.0 / (k0 * std::sqrt(std::pow(lines.back().n_eff, 2) - cladding * cladding));
        if (needed <= 1.01 * wall || (lines.empty() && pass == 1)) break;
        wall = std::min(needed, 200.0 * outer);
    }
    return lines;
}

std::vector<std::optional<double>> group_indices(const LinesAt& lines_at, double wavelength) {
    const double h = 2e-3 * wavelength;
    // The same modes at two wavelengths to either side, once for all of them.
    std::vector<std::map<std::string, double>> beside;
    for (const double step : {1.0, -1.0, 2.0, -2.0}) {
        auto& known = beside.emplace_back();
        for (const FiberLine& line : lines_at(wavelength + step * h)) known[line.name] = line.n_eff;
    }
    std::vector<std::optional<double>> groups;
    for (const FiberLine& line : lines_at(wavelength)) {
        std::array<double, 4> n{};
        bool there = true;
        for (std::size_t i = 0; i < n.size(); ++i) {
            const auto found = beside[i].find(line.name);
            there = there && found != beside[i].end();
            if (there) n[i] = found->second;
        }
        const double slope = (8.0 * (n[0] - n[1]) - (n[2] - n[3])) / (12.0 * h);
        groups.push_back(there ? std::optional(line.n_eff - wavelength * slope) : std::nullopt);
    }
    return groups;
}

}  // namespace vitral::modes
