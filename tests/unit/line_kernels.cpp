/// The loops of a propagation step, on every instruction set that this machine has, against plain arithmetic.
#include "solver/kernels/line_kernels.hpp"

#include <cmath>
#include <complex>
#include <random>
#include <vector>

#include "solver/kernels/aligned_array.hpp"
#include "solver/kernels/fft.hpp"
#include "tests/support/catch.hpp"

using namespace vitral::kernels;
using Complex = std::complex<double>;

namespace {

template <typename T>
double unit() {
    return sizeof(T) == 8 ? 1e-13 : 2e-6;
}

/// The coefficients of one Cayley step, in doubles.
struct Cayley {
    Complex d;
    std::vector<Complex> f;
    std::vector<double> b;  ///< of a graded axis; else 1
    Cayley(int count, Complex c, bool graded) : d(1.0 / c - 2.0) {
        Complex pivot;
        for (int i = 0; i < count; ++i) {
            pivot = d - (i > 0 ? 1.0 / pivot : 1.0) - (i + 1 == count ? 1.0 : 0.0);
            f.push_back(1.0 / pivot);
            b.push_back(graded ? 1.0 + 0.5 * std::sin(0.3 * i) : 1.0);
        }
    }
    [[nodiscard]] double kappa() const { return -2.0 * d.imag(); }
    /// ψ + iκ b x with tri(1, d, 1) x = b ψ, x_-1 = -x_0 at the walls.
    [[nodiscard]] std::vector<Complex> apply(const std::vector<Complex>& psi) const {
        const int n = static_cast<int>(psi.size());
        std::vector<Complex> x(psi);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] *= b[i];
        for (int i = 1; i < n; ++i)
            x[static_cast<std::size_t>(i)] -= f[static_cast<std::size_t>(i - 1)] * x[static_cast<std::size_t>(i - 1)];
        for (int i = n - 1; i >= 0; --i)
            x[static_cast<std::size_t>(i)] =
                f[static_cast<std::size_t>(i)] *
                (x[static_cast<std::size_t>(i)] - (i + 1 < n ? x[static_cast<std::size_t>(i + 1)] : 0.0));
        const auto at = [&](int i) { return i < 0 ? -x[0] : i >= n ? -x.back() : x[static_cast<std::size_t>(i)]; };
        for (int i = 0; i < n; ++i)  // the recurrence has solved the system that it claims to
            REQUIRE(std::abs(at(i - 1) + d * at(i) + at(i + 1) -
                             b[static_cast<std::size_t>(i)] * psi[static_cast<std::size_t>(i)]) < 2e-14);
        std::vector<Complex> out(psi);
        for (int i = 0; i < n; ++i)
            out[static_cast<std::size_t>(i)] +=
                Complex(0.0, kappa() * b[static_cast<std::size_t>(i)]) * x[static_cast<std::size_t>(i)];
        return out;
    }
};

}  // namespace

TEMPLATE_TEST_CASE("the Cayley sweeps equal the plain recurrence, along x and along y", "", double, float) {
    using T = TestType;
    const bool graded = GENERATE(false, true);
    CAPTURE(graded);
    for (const LineKernels<T>* kernel : available_line_kernels<T>()) {
        INFO(kernel->instruction_set);
        const int lanes = kernel->lanes;
        for (const int nx : {3 * lanes, 3 * lanes + 5, 16}) {
            for (const int ny : {lanes, 5 * lanes}) {
                const auto stride = padded_stride<T>((nx + lanes - 1) / lanes * lanes);
                const auto size = static_cast<std::size_t>(stride * ny);
                AlignedArray<T> re(size), im(size), pr(size), pi(size),
                    work(2 * static_cast<std::size_t>(stride + lanes) *
                         static_cast<std::size_t>(kernel->rows_per_block));
                std::mt19937 random(7);
                std::uniform_real_distribution<double> uniform(-1.0, 1.0);
                std::vector<std::vector<Complex>> rows(static_cast<std::size_t>(ny),
                                                       std::vector<Complex>(static_cast<std::size_t>(nx))),
                    turns = rows;
                for (int j = 0; j < ny; ++j)
                    for (int i = 0; i < nx; ++i) {
                        const auto p = static_cast<std::size_t>(j * stride + i);
                        re[p] = static_cast<T>(uniform(random)), im[p] = static_cast<T>(uniform(random));
                        pr[p] = static_cast<T>(uniform(random)), pi[p] = static_cast<T>(uniform(random));
                        rows[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)] = {re[p], im[p]};
                        turns[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)] = {pr[p], pi[p]};
                    }
                struct Arrays {
                    std::vector<T> f_re, f_im, b, inverse_b, kappa_b;
                };
                const auto coefficients = [lanes, graded](const Cayley& c, Arrays& to) {
                    for (std::size_t i = 0; i < c.f.size(); ++i) {
                        to.f_re.push_back(static_cast<T>(c.f[i].real()));
                        to.f_im.push_back(static_cast<T>(c.f[i].imag()));
                        to.b.push_back(static_cast<T>(c.b[i]));
                        to.inverse_b.push_back(static_cast<T>(1.0 / c.b[i]));
                        to.kappa_b.push_back(static_cast<T>(c.kappa() * c.b[i]));
                    }
                    for (auto* v : {&to.f_re, &to.f_im, &to.b, &to.inverse_b, &to.kappa_b})
                        v->resize(v->size() + static_cast<std::size_t>(lanes));
                    const CayleyCoefficients<T> plain{to.f_re.data(), to.f_im.data(), static_cast<T>(c.kappa())};
                    return graded ? CayleyCoefficients<T>{plain.f_re,  plain.f_im,          plain.kappa,
                                                          to.b.data(), to.inverse_b.data(), to.kappa_b.data()}
                                  : plain;
                };
                const Cayley along_x(nx, {1.0 / 12.0, -0.3}, graded), along_y(ny, {1.0 / 12.0, -0.7}, graded);
                Arrays a, b;
                kernel->cayley_x(re.data(), im.data(), stride, ny, nx, coefficients(along_x, a), work.data());
                kernel->cayley_y(re.data(), im.data(), stride, (nx + lanes - 1) / lanes * lanes, ny,
                                 coefficients(along_y, b), pr.data(), pi.data());
                for (auto& row : rows) row = along_x.apply(row);
                for (int i = 0; i < nx; ++i) {
                    std::vector<Complex> column;
                    for (int j = 0; j < ny; ++j)
                        column.push_back(rows[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)]);
                    column = along_y.apply(column);
                    for (int j = 0; j < ny; ++j) {
                        const auto p = static_cast<std::size_t>(j * stride + i);
                        const Complex expected = column[static_cast<std::size_t>(j)] *
                                                 turns[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)];
                        CHECK(std::abs(Complex(re[p], im[p]) - expected) < 10.0 * unit<T>());
                    }
                }
            }
        }
    }
}

TEMPLATE_TEST_CASE("turns are good to the last places over many turns", "", double, float) {
    using T = TestType;
    std::vector<double> angle;
    const double range = sizeof(T) == 8 ? 400.0 : 40.0;
    for (double x = -range; x < range; x += 0.0173 * range / 400.0) angle.push_back(x);
    const int n = static_cast<int>(angle.size());
    const std::vector<T> ones(angle.size(), T(1));
    for (const LineKernels<T>* kernel : available_line_kernels<T>()) {
        std::vector<T> out(2 * angle.size()), re(angle.size()), im(angle.size());
        kernel->turn(angle.data(), ones.data(), T(1), out.data(), n);
        kernel->turn_planes(angle.data(), ones.data(), T(1), re.data(), im.data(), n);
        double worst = 0.0;
        for (std::size_t i = 0; i < angle.size(); ++i) {
            const Complex exact = std::polar(1.0, static_cast<double>(static_cast<T>(angle[i])));
            worst = std::max({worst, std::abs(Complex(out[2 * i], out[2 * i + 1]) - exact),
                              std::abs(Complex(re[i], im[i]) - exact)});
        }
        CHECK(worst < (sizeof(T) == 8 ? 6e-16 : 4e-7));
    }
}

TEMPLATE_TEST_CASE("products, powers and mixed rows equal plain arithmetic", "", double, float) {
    using T = TestType;
    using Number = std::complex<T>;
    std::mt19937 random(3);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    constexpr int n = 48;
    const auto numbers = [&] {
        std::vector<Number> list(n);
        for (Number& v : list) v = Number(static_cast<T>(uniform(random)), static_cast<T>(uniform(random)));
        return list;
    };
    const auto raw = [](auto& list) { return reinterpret_cast<T*>(list.data()); };
    for (const LineKernels<T>* kernel : available_line_kernels<T>()) {
        auto a = numbers(), b = numbers(), s = numbers(), d = numbers(), x = numbers(), product = a;
        kernel->multiply(raw(product), raw(b), n - 3);  // a count that no vector divides
        for (std::size_t i = 0; i < n - 3; ++i)
            CHECK(std::abs(Complex(product[i]) - Complex(a[i]) * Complex(b[i])) < unit<T>());
        CHECK(product[n - 1] == a[n - 1]);
        std::vector<double> w(n);
        std::vector<T> re(n), im(n);
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            w[i] = uniform(random);
            re[i] = a[i].real(), im[i] = a[i].imag();
            sum += w[i] * std::norm(Complex(a[i]));
        }
        CHECK(kernel->weighted_power(raw(a), w.data(), n) == Approx(sum).epsilon(1e-13));
        CHECK(kernel->weighted_power_planes(re.data(), im.data(), w.data(), n) == Approx(sum).epsilon(1e-13));

        auto u = a, v = b;
        kernel->mix_pair(raw(u), raw(v), raw(s), raw(d), reinterpret_cast<T*>(&d[1]), raw(x), n);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(std::abs(Complex(u[i]) - (Complex(s[0]) * Complex(a[i]) + Complex(d[0]) * Complex(b[i])) *
                                               Complex(x[i])) < unit<T>());
            CHECK(std::abs(Complex(v[i]) - (Complex(s[0]) * Complex(b[i]) + Complex(d[1]) * Complex(a[i])) *
                                               Complex(x[i])) < unit<T>());
        }
        u = a, v = b;
        kernel->mix_pair_columns(raw(u), raw(v), raw(s), raw(d), raw(x), n);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(std::abs(Complex(u[i]) - (Complex(s[i]) * Complex(a[i]) +
                                            Complex(d[i]) * std::conj(Complex(x[0])) * Complex(b[i]))) < unit<T>());
            CHECK(std::abs(Complex(v[i]) - (Complex(s[i]) * Complex(b[i]) +
                                            Complex(d[i]) * Complex(x[0]) * Complex(a[i]))) < unit<T>());
        }
    }
}

TEST_CASE("a layer's step solves its system, and says what it took, on every instruction set") {
    constexpr int lines = LineKernels<double>::layer_lines, cells = 7;
    constexpr double beside = 1.0 / 12.0, inside = 10.0 / 12.0, at_wall = 9.0 / 12.0;
    std::vector<Complex> diagonal, off, lower, inverse;
    for (int i = 0; i < cells; ++i) {
        diagonal.emplace_back(1.0 + 0.1 * i, 0.3);
        off.push_back(i + 1 < cells ? Complex(0.1, -0.2 - 0.01 * i) : Complex());
        lower.push_back(i > 0 ? off[static_cast<std::size_t>(i - 1)] * inverse.back() : Complex());
        inverse.push_back(
            1.0 / (diagonal.back() - (i > 0 ? lower.back() * off[static_cast<std::size_t>(i - 1)] : Complex())));
    }
    const auto numbers = [](const std::vector<Complex>& v) { return reinterpret_cast<const double*>(v.data()); };
    const LayerCoefficients c{numbers(lower), numbers(inverse), numbers(off), beside, inside, at_wall};
    for (const LineKernels<double>* kernel : available_line_kernels<double>()) {
        INFO(kernel->instruction_set);
        constexpr auto size = static_cast<std::size_t>(cells * lines);
        AlignedArray<double> re(size), im(size), y_re(size), y_im(size);
        std::vector<Complex> psi(size);
        for (std::size_t p = 0; p < size; ++p) {
            psi[p] = {std::sin(1.0 + 3.0 * static_cast<double>(p)), std::cos(2.0 * static_cast<double>(p))};
            re[p] = psi[p].real(), im[p] = psi[p].imag();
        }
        std::vector<double> taken(lines, 1.0);
        kernel->layer(re.data(), im.data(), y_re.data(), y_im.data(), cells, 1, c, taken.data());
        for (int l = 0; l < lines; ++l) {
            const auto at = [l](int i) { return static_cast<std::size_t>(i * lines + l); };
            const auto before = [&](int i) { return i >= 0 && i < cells ? psi[at(i)] : Complex(); };
            // S (ψ' + ψ)/2 = M ψ
            const auto mean = [&](int i) {
                return i >= 0 && i < cells ? 0.5 * (psi[at(i)] + Complex(re[at(i)], im[at(i)])) : Complex();
            };
            double lost = 0.0;
            for (int i = 0; i < cells; ++i) {
                const auto k = static_cast<std::size_t>(i);
                const Complex left =
                    diagonal[k] * mean(i) + off[k] * mean(i + 1) + (i > 0 ? off[k - 1] * mean(i - 1) : 0.0);
                const Complex right =
                    (i == 0 ? at_wall : inside) * before(i) + beside * (before(i - 1) + before(i + 1));
                CHECK(std::abs(left - right) < 2e-15);
                lost += std::norm(psi[at(i)]) - re[at(i)] * re[at(i)] - im[at(i)] * im[at(i)];
            }
            CHECK(taken[static_cast<std::size_t>(l)] == Approx(1.0 + lost).epsilon(0.0).margin(1e-13));
        }
        // Three parts are one after the other, and take together what each takes.
        AlignedArray<double> again_re(size), again_im(size);
        for (std::size_t p = 0; p < size; ++p) again_re[p] = psi[p].real(), again_im[p] = psi[p].imag();
        std::vector<double> together(lines, 0.0);
        kernel->layer(again_re.data(), again_im.data(), y_re.data(), y_im.data(), cells, 3, c, together.data());
        for (int part = 1; part < 3; ++part)
            kernel->layer(re.data(), im.data(), y_re.data(), y_im.data(), cells, 1, c, taken.data());
        for (std::size_t p = 0; p < size; ++p) CHECK(again_re[p] == Approx(re[p]).epsilon(0.0).margin(1e-13));
        for (std::size_t l = 0; l < lines; ++l) CHECK(1.0 + together[l] == Approx(taken[l]).epsilon(0.0).margin(1e-13));
    }
}

TEST_CASE("the transform is the sum that it stands for, and wisdom survives its text") {
    const int n = 12, lines = 3, stride = 5;
    std::vector<Complex> field(static_cast<std::size_t>(n * stride));
    for (std::size_t i = 0; i < field.size(); ++i)
        field[i] = {std::sin(1.0 + static_cast<double>(i)), std::cos(3.0 * static_cast<double>(i))};
    AlignedArray<Complex> data(field.size());
    std::copy(field.begin(), field.end(), data.data());
    const Fft<double> fft(n, lines, stride, 1);
    fft.forward(data.data());
    for (int k = 0; k < n; ++k)
        for (int line = 0; line < lines; ++line) {
            Complex sum;
            for (int j = 0; j < n; ++j)
                sum += field[static_cast<std::size_t>(j * stride + line)] *
                       std::polar(1.0, -2.0 * 3.14159265358979323846 * j * k / n);
            CHECK(std::abs(data[static_cast<std::size_t>(k * stride + line)] - sum) < 1e-13);
        }
    fft.backward(data.data());
    for (std::size_t i = 0; i < field.size(); ++i)
        if (i % stride < lines) CHECK(std::abs(data[i] / static_cast<double>(n) - field[i]) < 3e-15);
    // A shape is planned by estimate until it has been needed often, and what was counted survives its text.
    set_planning(Planning::wisdom);
    set_patience(2);
    for (int process = 1; process <= 2; ++process) {
        { const Fft<double> estimated(36, 3, 5, 1); }
        CHECK(wisdom_text().find("estimated " + std::to_string(process)) != std::string::npos);
        CHECK(import_wisdom(wisdom_text()));
    }
    { const Fft<double> measured(36, 3, 5, 1); }
    CHECK(wisdom_text().find("estimated") == std::string::npos);
    // Measured once, a plan is found again: no other is measured after the import.
    set_patience(0);
    { const Fft<double> measured(24, 3, 5, 1); }
    CHECK(wisdom_has_grown());
    CHECK(import_wisdom(wisdom_text()));
    CHECK_FALSE(wisdom_has_grown());
    { const Fft<double> found(24, 3, 5, 1); }
    CHECK_FALSE(wisdom_has_grown());
    set_planning(Planning::estimate);
    set_patience(usual_patience);
    CHECK_FALSE(import_wisdom("not wisdom"));
}
