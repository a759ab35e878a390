#include <cmath>
#include <complex>
#include <vector>

#include "core/constants.hpp"
#include "solver/kernels/eigenpairs.hpp"
#include "solver/kernels/five_point.hpp"
#include "solver/kernels/maximize.hpp"
#include "solver/kernels/sine_transform.hpp"
#include "solver/kernels/spline.hpp"
#include "tests/support/catch.hpp"

using namespace vitral;
using namespace vitral::kernels;
using Complex = std::complex<double>;

namespace {

/// Reproducible numbers in [-1, 1].
class Numbers {
public:
    double operator()() {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<double>(state_ >> 11) / 4503599627370496.0 - 1.0;
    }

private:
    unsigned long long state_ = 42;
};

}  // namespace

TEST_CASE("the sine transform equals the defining sum and its inverse returns the field") {
    const int nx = 12, ny = 10;
    Numbers random;
    std::vector<double> field;
    for (int i = 0; i < nx * ny; ++i) field.push_back(random());
    const SineTransform transform(nx, ny);
    auto spectrum = field;
    transform.forward(std::span(spectrum));
    double worst = 0.0;
    for (int q = 0; q < ny; ++q)
        for (int p = 0; p < nx; ++p) {
            double sum = 0.0;
            for (int j = 0; j < ny; ++j)
                for (int i = 0; i < nx; ++i)
                    sum += 4.0 * field[static_cast<std::size_t>(j * nx + i)] * std::sin(pi * (p + 1) * (i + 0.5) / nx) *
                           std::sin(pi * (q + 1) * (j + 0.5) / ny);
            worst = std::max(worst, std::abs(sum - spectrum[static_cast<std::size_t>(q * nx + p)]));
        }
    CHECK(worst < 5e-15 * nx * ny);
    transform.backward(std::span(spectrum));
    double back = 0.0;
    for (std::size_t i = 0; i < field.size(); ++i)
        back = std::max(back, std::abs(spectrum[i] / transform.scale() - field[i]));
    CHECK(back < 3e-15);
}

TEST_CASE("counts for the transform are even, not smaller, and made of 2, 3 and 5") {
    for (const int n : {2, 7, 31, 97, 241, 1009}) {
        int rest = fast_count(n);
        CHECK(rest >= n);
        CHECK(rest % 2 == 0);
        for (const int prime : {2, 3, 5})
            while (rest % prime == 0) rest /= prime;
        CHECK(rest == 1);
    }
}

TEST_CASE("the cubic spline reproduces cubics and converges with fourth order") {
    std::vector<double> x, y;
    for (int i = 0; i < 12; ++i) {
        x.push_back(i + 0.3 * std::sin(2.0 * i));
        y.push_back(1.0 + x.back() * (2.0 + x.back() * (-0.5 + 0.1 * x.back())));
    }
    const CubicSpline cubic(x, y);
    for (double s = x.front(); s < x.back(); s += 0.11)
        CHECK(cubic(s) == Approx(1.0 + s * (2.0 + s * (-0.5 + 0.1 * s))).epsilon(1e-13));
    CHECK(cubic(-5.0) == y.front());
    CHECK(cubic(50.0) == y.back());

    const auto error = [](int n) {
        std::vector<double> xs, ys;
        for (int i = 0; i <= n; ++i) {
            xs.push_back(3.0 * i / n);
            ys.push_back(std::sin(xs.back()));
        }
        const CubicSpline spline(xs, ys);
        double worst = 0.0;
        for (double s = 0.0; s < 3.0; s += 0.003) worst = std::max(worst, std::abs(spline(s) - std::sin(s)));
        return worst;
    };
    CHECK(std::log2(error(80) / error(160)) == Approx(4.0).epsilon(0.0).margin(0.2));
}

TEST_CASE("the five-point solvers reach the tolerance on a graded, drifting M-matrix") {
    const int nx = 31, ny = 23;
    Numbers random;
    FivePointMatrix A(nx, ny);
    for (int iy = 0; iy < ny; ++iy)
        for (int ix = 0; ix < nx; ++ix) {
            const auto i = static_cast<std::size_t>(iy * nx + ix);
            A.center[i] = 1e-3;
            const auto couple = [&](std::vector<double>& band, bool inside, double size) {
                if (!inside) return;
                band[i] = -size;
                A.center[i] += size;
            };
            couple(A.west, ix > 0, 1.0);
            couple(A.east, ix + 1 < nx, 3.0);
            couple(A.south, iy > 0, 50.0);
            couple(A.north, iy + 1 < ny, 20.0);
        }
    std::vector<double> b(static_cast<std::size_t>(nx * ny)), x(b.size(), 0.0);
    for (double& v : b) v = random();
    FivePointSolver solver(nx, ny);
    solver.factor(A);
    const auto report = solver.solve(b, x, 1e-10, std::vector<double>(b.size(), 1.0), 500);
    REQUIRE(report);
    double worst = 0.0;
    for (int iy = 0; iy < ny; ++iy)
        for (int ix = 0; ix < nx; ++ix) {
            const auto i = static_cast<std::size_t>(iy * nx + ix);
            double r = b[i] - A.center[i] * x[i];
            if (ix > 0) r -= A.west[i] * x[i - 1];
            if (ix + 1 < nx) r -= A.east[i] * x[i + 1];
            if (iy > 0) r -= A.south[i] * x[i - nx];
            if (iy + 1 < ny) r -= A.north[i] * x[i + nx];
            worst = std::max(worst, std::abs(r));
        }
    CHECK(worst < 3e-10);
}

TEST_CASE("the multigrid solver takes as many iterations on fine as on coarse graded meshes") {
    // -div grad with cells that grow 10 % each from 1 to far, in both directions: couplings differ by 1e6. Part of the
    // upper edge is held at 1, the lower edge at 0, the rest is insulated.
    const auto solve = [](int n, double growth) {
        std::vector<double> size(static_cast<std::size_t>(n), 1.0);
        for (std::size_t i = 1; i < size.size(); ++i) size[i] = size[i - 1] * growth;
        FivePointMatrix A(n, n);
        std::vector<double> b(static_cast<std::size_t>(n * n), 0.0), x(b.size(), 0.0);
        for (int iy = 0; iy < n; ++iy)
            for (int ix = 0; ix < n; ++ix) {
                const auto i = static_cast<std::size_t>(iy * n + ix), sx = static_cast<std::size_t>(ix),
                           sy = static_cast<std::size_t>(n - 1 - iy), row = static_cast<std::size_t>(n);
                if (ix + 1 < n) {
                    const double G = 2.0 * size[sy] / (size[sx] + size[sx + 1]);
                    A.center[i] += G, A.center[i + 1] += G, A.east[i] = A.west[i + 1] = -G;
                }
                if (iy + 1 < n) {
                    const double G = 2.0 * size[sx] / (size[sy] + size[sy - 1]);
                    A.center[i] += G, A.center[i + row] += G, A.north[i] = A.south[i + row] = -G;
                }
                if (iy == 0) A.center[i] += 2.0 * size[sx] / size[sy];
                if (iy == n - 1 && ix < n / 2) {
                    A.center[i] += 2.0 * size[sx];
                    b[i] += 2.0 * size[sx];
                }
            }
        FivePointSolver solver(n, n);
        solver.factor(A);
        const auto report = solver.solve_symmetric(b, x, 1e-9, std::vector<double>(b.size(), 1.0), 100);
        REQUIRE(report);
        std::vector<double> y(x.size());
        multiply(A, x, y);
        for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(b[i]).epsilon(0.0).margin(2e-9));
        for (const double value : x) CHECK((value > 0.0 && value < 1.0));
        return report.iterations;
    };
    const int coarse = solve(40, 1.1), fine = solve(160, std::pow(1.1, 0.25));
    INFO(coarse << " and " << fine << " iterations");
    CHECK(fine <= coarse + 3);
    CHECK(fine <= 20);
}

TEST_CASE("the multigrid solver takes meshes of every shape") {
    for (const auto& [nx, ny] :
         {std::pair{1, 40}, {40, 1}, {2, 60}, {60, 2}, {3, 33}, {5, 7}, {4, 4}, {1, 1}, {17, 64}}) {
        INFO(nx << " x " << ny);
        FivePointMatrix A(nx, ny);
        for (int i = 0; i < nx * ny; ++i) {
            const auto k = static_cast<std::size_t>(i);
            A.center[k] = 4.1;
            if (i % nx != 0) A.west[k] = -1.0;
            if (i % nx != nx - 1) A.east[k] = -1.0;
            if (i >= nx) A.south[k] = -1.0;
            if (i + nx < nx * ny) A.north[k] = -1.0;
        }
        Numbers random;
        std::vector<double> exact(A.center.size()), b(exact.size()), x(exact.size(), 0.0);
        for (double& v : exact) v = random();
        multiply(A, exact, b);
        FivePointSolver solver(nx, ny);
        solver.factor(A);
        REQUIRE(solver.solve_symmetric(b, x, 1e-11, std::vector<double>(b.size(), 1.0), 60));
        for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i] == Approx(exact[i]).epsilon(0.0).margin(3e-11));
    }
}

TEST_CASE("coupled fields are solved together") {
    const int nx = 12, ny = 9;
    const std::size_t size = 108;
    std::vector<FivePointMatrix> blocks(4, FivePointMatrix(nx, ny));
    for (std::size_t i = 0; i < size; ++i) {
        blocks[0].center[i] = 5.0, blocks[3].center[i] = 7.0, blocks[1].center[i] = 0.5, blocks[2].center[i] = -1.0;
        if (i % 12 != 0) blocks[0].west[i] = blocks[3].west[i] = -1.0;
        if (i % 12 != 11) blocks[0].east[i] = -1.5, blocks[2].east[i] = 0.4;
    }
    Numbers random;
    std::vector<double> exact(2 * size), b(2 * size), part(size), x(2 * size, 0.0);
    for (double& v : exact) v = random();
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j) {
            multiply(blocks[2 * i + j], std::span(exact).subspan(j * size, size), part);
            for (std::size_t k = 0; k < size; ++k) b[i * size + k] += part[k];
        }
    FivePointSolver solver(nx, ny, 2);
    solver.factor(blocks);
    REQUIRE(solver.solve(b, x, 1e-12, std::vector<double>(2 * size, 1.0), 100));
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i] == Approx(exact[i]).epsilon(0.0).margin(2e-13));
}

TEST_CASE("the Davidson iteration finds the largest eigenvalues of a known operator") {
    // Points of a string with a well: compare with the same matrix's exact eigenvalues for no well.
    const int n = 60;
    const SymmetricOperator laplacian = [](std::span<const double> x, std::span<double> y) {
        for (std::size_t i = 0; i < x.size(); ++i)
            y[i] = (i > 0 ? x[i - 1] : 0.0) + (i + 1 < x.size() ? x[i + 1] : 0.0) - 2.0 * x[i];
    };
    const Preconditioner none = [](double, std::span<const double> x, std::span<double> y) {
        std::copy(x.begin(), x.end(), y.begin());
    };
    Numbers random;
    std::vector<std::vector<double>> start(3, std::vector<double>(n));
    for (auto& guess : start)
        for (double& v : guess) v = random();
    const auto pairs = largest_eigenpairs(
        laplacian, none, start, {.count = 3, .floor = -10.0, .tolerance = 1e-10, .scale = 1.0, .max_iterations = 300});
    REQUIRE(pairs.report);
    REQUIRE(pairs.values.size() == 3);
    for (int m = 0; m < 3; ++m)
        CHECK(pairs.values[static_cast<std::size_t>(m)] ==
              Approx(-4.0 * std::pow(std::sin(0.5 * pi * (m + 1) / (n + 1)), 2)).epsilon(3e-12));
}

TEST_CASE("maximize finds the top of a tilted, correlated hill and bisect a root") {
    const auto hill = [](std::span<const double> p) {
        return -std::pow(p[0] - 1.0, 2) - 4.0 * std::pow(p[1] + 0.5, 2) + (p[0] - 1.0) * (p[1] + 0.5) +
               0.1 * std::pow(p[0] - 1.0, 3);
    };
    const auto top = maximize(hill, {0.4, 0.1}, std::array{1.0, 1.0});
    CHECK(top.report);
    CHECK(top.position[0] == Approx(1.0).epsilon(0.0).margin(1e-7));
    CHECK(top.position[1] == Approx(-0.5).epsilon(0.0).margin(3e-8));
    CHECK(crossing([](double x) { return std::cos(x); }, 0.5, 3.0) == Approx(pi / 2).epsilon(1e-12));
    CHECK(crossing([](double x) { return std::exp(x) - 1e3; }, 0.0, 50.0) == Approx(std::log(1e3)).epsilon(1e-12));
    CHECK_THROWS_AS(crossing([](double) { return 1.0; }, 0.0, 1.0), std::domain_error);
    CHECK(bisect([](double x) { return std::cos(x); }, 0.0, 3.0) == Approx(pi / 2).epsilon(1e-14));
}
