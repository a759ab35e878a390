#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "core/constants.hpp"
#include "solver/kernels/aligned_array.hpp"
#include "solver/kernels/fft.hpp"
#include "solver/kernels/flush_denormals.hpp"
#include "solver/kernels/line_kernels.hpp"
#include "solver/propagation/each_line.hpp"
#include "solver/propagation/engines.hpp"
#include "solver/propagation/local_phase.hpp"
#include "solver/propagation/matched_layers.hpp"
#include "solver/propagation/single_rounding.hpp"

namespace vitral::propagation {
namespace {

/// A step as a sequence: local(local[0]), then for every i transverse(transverse[i]), local(local[i+1]). The weights are
/// fractions of dz. The cross term of the square root is a small perturbation of the two: it stands at the ends of the step
/// and in the middle of the middle local part, with weights that integrate it to the order of the step (Simpson's rule at
/// order four); what its powers add is of second order, and of the second degree in what is small already (McLachlan, BIT 35,
/// 258 (1995)).
struct Scheme {
    std::vector<double> local, transverse;
    double gradient = 0.0;  ///< coefficient of dz³ |∇V|²/k in the middle local part
    double cross_at_ends = 0.0, cross_in_middle = 0.0;
};

Scheme scheme_of(Operator op, Splitting splitting) {
    if (splitting == Splitting::strang) return {{0.5, 0.5}, {1.0}, 0.0, 0.5, 0.0};
    if (op == Operator::paraxial)  // Chin's 4A: 1/6, 1/2, 2/3 with the gradient, 1/2, 1/6
        return {{1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0}, {0.5, 0.5}, 1.0 / 72.0};
    // Blanes and Moan, J. Comput. Appl. Math. 142, 313 (2002), S6 of order four.
    constexpr double a1 = 0.0792036964311957, a2 = 0.353172906049774, a3 = -0.0420650803577195;
    constexpr double b1 = 0.209515106613362, b2 = -0.143851773179818, b3 = 0.5 - b1 - b2;
    constexpr double a4 = 1.0 - 2.0 * (a1 + a2 + a3);
    return {{a1, a2, a3, a4, a3, a2, a1}, {b1, b2, b3, b3, b2, b1}, 0.0, 1.0 / 6.0, 2.0 / 3.0};
}

/// The split-step engine. x is periodic, y lies between hard walls (the sine transform). Rows are kept in the order
/// 0, 2, 4, ..., 5, 3, 1, the odd ones with their sign changed: in this order the sine spectrum of a column of N points is
/// its plain Fourier transform but for a mixing of the rows m and N - m (Makhoul, IEEE Trans. ASSP 28, 27 (1980)), and
/// everything local is indifferent to the order. A step is two passes over memory: rows (inverse transform, local part,
/// transform) and blocks of columns (transform, spectral part, inverse transform).
template <typename T>
class SplitStep final : public Engine {
    using Number = std::complex<T>;

public:
    SplitStep(const SampledMedium& index, const EngineParams& p)
        : grid_(index.grid()),
          params_(p),
          nx_(grid_.x.count),
          ny_(grid_.y.count),
          stride_(kernels::padded_stride<Number>(nx_)),
          threads_(worthwhile_threads(grid_.size(), p)),
          k_(2.0 * pi / p.wavelength * p.n_ref),
          scheme_(scheme_of(p.op, p.splitting)),
          local_(index, p),
          psi_(points() + lanes_beyond),
          along_x_(nx_, rows_together(), 1, static_cast<int>(stride_)),
          along_y_(ny_, columns_per_block, columns_per_block, 1) {
        row_removed_.resize(static_cast<std::size_t>(ny_));
        layout_.rows.resize(row_removed_.size());
        layout_.signs.resize(row_removed_.size());
        for (int j = 0; j < ny_; ++j) {
            layout_.rows[static_cast<std::size_t>(natural(j))] = 2 * static_cast<std::ptrdiff_t>(place(0, j));
            layout_.signs[static_cast<std::size_t>(natural(j))] = static_cast<signed char>(sign(j));
        }
        for (int t = 0; t < threads_; ++t) buffers_.emplace_back(static_cast<std::size_t>(ny_) * columns_per_block);
        for (int m = 0; m < nx_; ++m) {
            const double kx = 2.0 * pi * (m <= nx_ / 2 ? m : m - nx_) / grid_.x.length();
            kx2_.push_back(kx * kx);
        }
        for (int m = 0; m <= ny_; ++m)  // of the cosine number m: the sine of number N - m
            ky2_.push_back(grid_.is_slab() ? 0.0 : std::pow(pi * (ny_ - m) / grid_.y.length(), 2));
    }

    void load(const Field<Complex>& psi) override {
        for (int j = 0; j < ny_; ++j)
            for (int i = 0; i < nx_; ++i) psi_[place(i, j)] = static_cast<T>(sign(j)) * Number(psi(i, natural(j)));
        spun_ = 0.0;
    }
    void store(Field<Complex>& psi) const override {
        const Complex back = std::polar(1.0, -spun_);
        for (int j = 0; j < ny_; ++j)
            for (int i = 0; i < nx_; ++i)
                psi(i, natural(j)) = static_cast<double>(sign(j)) * back * Complex(psi_[place(i, j)]);
    }

    /// In single precision: the field as it is kept, its turn, and the gains, which were measured on an earlier field.
    [[nodiscard]] std::vector<double> memory() const override {
        if (sizeof(T) == 8 || dz_ == 0.0) return {};
        std::vector<double> numbers = {dz_, spun_};
        for (const Spectrum& spectrum : spectral_) numbers.push_back(spectrum.gain);
        for (std::size_t i = 0; i < psi_.size(); ++i) numbers.insert(numbers.end(), {psi_[i].real(), psi_[i].imag()});
        return numbers;
    }
    void recall(const std::vector<double>& numbers) override {
        if (numbers.empty()) return;
        prepare(numbers[0]);
        if (numbers.size() != 2 + spectral_.size() + 2 * psi_.size())
            throw std::invalid_argument("the memory is that of another engine");
        spun_ = numbers[1];
        const double* at = numbers.data() + 2;
        for (Spectrum& spectrum : spectral_) spectrum.gain = *at++;
        for (std::size_t i = 0; i < psi_.size(); ++i, at += 2)
            psi_[i] = Number(static_cast<T>(at[0]), static_cast<T>(at[1]));
    }

    void march(double z, double dz, int steps) override {
        if (dz != dz_) {
            prepare(dz);
            if (sizeof(T) == 4 && params_.op == Operator::paraxial)
                for (Spectrum& spectrum : spectral_) spectrum.gain = gain_of(spectrum);
        }
        const std::size_t last = scheme_.local.size() - 1;
        const bool cross = params_.op == Operator::wide_angle;
        if (cross) cross_term(just_after(z, dz), scheme_.cross_at_ends);
        let_out(half_layers_);
        row_pass(factors(0, Part::first, just_after(z, dz)), Around::to_spectrum);
        for (int step = 0; step < steps; ++step) {
            if (params_.between_steps) params_.between_steps();
            double at = z + step * dz;
            for (std::size_t s = 1; s <= last; ++s) {
                column_pass(spectral_[static_cast<std::size_t>(spectrum_of_[s - 1])]);
                at += scheme_.transverse[s - 1] * dz;
                if (s < last) {
                    if (cross && 2 * s == last) {
                        LocalFactors& half = factors(s, Part::half, at);
                        row_pass(half, Around::from_spectrum);
                        cross_term(at, scheme_.cross_in_middle);
                        row_pass(half, Around::to_spectrum);
                    } else {
                        row_pass(factors(s, Part::inner, at), Around::both);
                    }
                } else if (step + 1 == steps) {
                    row_pass(factors(s, Part::last, just_before(z + steps * dz, dz)), Around::from_spectrum);
                    let_out(half_layers_);
                    if (cross) cross_term(just_before(z + steps * dz, dz), scheme_.cross_at_ends);
                } else {
                    at = z + (step + 1) * dz;
                    spun_ += spin;
                    if (cross || layers_.any()) {
                        row_pass(factors(s, Part::last, at), Around::from_spectrum);
                        let_out(cross ? half_layers_ : layers_);
                        if (cross) {
                            cross_term(at, 2.0 * scheme_.cross_at_ends);
                            let_out(half_layers_);
                        }
                        row_pass(factors(0, Part::again, at), Around::to_spectrum);
                    } else {
                        row_pass(factors(s, Part::junction, at), Around::both);
                    }
                }
            }
        }
    }

private:
    static constexpr int columns_per_block = 16;
    /// In single precision a mode that stands still would meet the same rounding errors at every step; the field is
    /// turned by this angle a step, and back when it is handed out.
    static constexpr double spin = sizeof(T) == 4 ? 2.399963229728653 : 0.0;
    static constexpr std::size_t lanes_beyond = 16;  ///< what vector kernels may read past the last row
    /// Where a local part stands: at either end of a march, within a step, half of one, where two steps join; or the first of
    /// a step after the cross term between two.
    enum class Part { first, inner, half, junction, again, last };

    /// Factors of one local part, with the absorbing edges where the part has them.
    struct LocalFactors {
        kernels::AlignedArray<Number> values;
        AbsorberFactors absorber;
        EdgeAccount account;
        double z = -1.0, valid_until = -2.0;
        bool exact_modulus = false;  ///< of single precision: how the values were made
        LocalFactors(std::size_t points, const Grid& grid, const Edges& edges, double distance)
            : values(points),
              absorber(grid, edges, distance),
              account(grid, edges, distance, EdgeAccount::Seen::before) {}
    };
    /// exp(i dz w P_T) in the mixing form; separable where the operator is paraxial.
    struct Spectrum {
        double weight = 0.0, gain = 1.0;
        kernels::AlignedArray<Number> x;       ///< by column
        std::vector<Number> s, d, e;           ///< by row m
        kernels::AlignedArray<Number> s2, d2;  ///< by row and column, where not separable
        std::vector<Number> turn2;             ///< exp(-i pi m/N)
        bool has_grid_waves = false;
    };

    /// Rows that one plan transforms: the call has its price. The last rows are padded with zeros to that many.
    [[nodiscard]] int rows_together() const { return grid_.is_slab() ? 1 : 8; }
    [[nodiscard]] std::size_t points() const {
        const int together = rows_together(), rows = (ny_ + together - 1) / together * together;
        return static_cast<std::size_t>(stride_) * static_cast<std::size_t>(rows);
    }
    [[nodiscard]] std::size_t place(int i, int j) const {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(stride_) + static_cast<std::size_t>(i);
    }
    /// The natural row of the stored row j, and the sign with which it is kept.
    [[nodiscard]] int natural(int j) const { return 2 * j < ny_ ? 2 * j : 2 * (ny_ - 1 - j) + 1; }
    [[nodiscard]] int sign(int j) const { return 2 * j < ny_ ? 1 : -1; }

    void prepare(double dz) {
        dz_ = dz;
        layers_ = MatchedLayers(grid_, params_.edges, k_, dz);
        half_layers_ = MatchedLayers(grid_, params_.edges, k_, dz, 0.5);
        spectral_.clear();
        spectrum_of_.clear();
        parts_.clear();
        const auto add = [&](double weight) {
            for (std::size_t k = 0; k < spectral_.size(); ++k)
                if (spectral_[k].weight == weight) return static_cast<int>(k);
            spectral_.push_back(make_spectrum(weight, [&](double q2) { return transverse_factor(weight, q2); }));
            return static_cast<int>(spectral_.size()) - 1;
        };
        for (const double weight : scheme_.transverse) spectrum_of_.push_back(add(weight));
        if (params_.op == Operator::wide_angle && cross_.s2.size() == 0 && cross_.x.size() == 0)
            cross_ = make_spectrum(0.0, [&](double q2) { return Complex(cross_symbol(q2)); });
    }

    /// In single precision the rounded constants of the transforms scale the field by some 1e-8 every time. Free propagation
    /// keeps the power: what it does to the field at hand, in all the phases that the field will have, is measured once, and
    /// the local factors make up for it.
    [[nodiscard]] double gain_of(const Spectrum& spectrum) {
        kernels::AlignedArray<Number> keep(psi_.size());
        std::swap(keep, psi_);
        double logarithms = 0.0;
        constexpr int repeats = 16;
        for (int i = 0; i < repeats; ++i) {
            const Complex turn = std::polar(1.0, spin * i);
            each_row([&](int j) {
                for (std::size_t p = place(0, j), end = place(nx_, j); p < end; ++p)
                    psi_[p] = Number(turn * Complex(keep[p]));
            });
            const double before = sum_of_squares(psi_);
            transform_and_back(spectrum);
            logarithms += std::log(sum_of_squares(psi_) / before);
        }
        std::swap(keep, psi_);
        const double gain = std::exp(0.5 * logarithms / repeats);
        return std::abs(gain - 1.0) < 1e-3 ? gain : 1.0;  // the field may be nothing, or not a number
    }

    /// exp(i w dz P_T) of transverse wave number q. Waves too fine to propagate decay, also where w is negative.
    [[nodiscard]] Complex transverse_factor(double w, double q2) const {
        if (params_.op == Operator::paraxial) return std::polar(1.0, -w * dz_ * q2 / (2.0 * k_));
        const double kz2 = k_ * k_ - q2;
        if (kz2 >= 0.0) return std::polar(1.0, w * dz_ * (std::sqrt(kz2) - k_));
        return std::polar(std::exp(-std::abs(w) * dz_ * std::sqrt(-kz2)), -w * dz_ * k_);
    }
    /// A' = k A/(k + A), A = sqrt(k² + T) - k: with the B' of cross_term() the cross term of the square root is
    /// -(A'B' + B'A')/2k, right to third order in T and U. Beyond 60° it is held.
    [[nodiscard]] double cross_symbol(double q2) const {
        const double kz = std::sqrt(std::max(k_ * k_ - q2, 0.25 * k_ * k_));
        return k_ * (kz - k_) / kz;
    }

    template <typename Symbol>
    Spectrum make_spectrum(double weight, Symbol&& symbol) const {
        Spectrum out;
        out.weight = weight;
        const double scale = 1.0 / (static_cast<double>(nx_) * (grid_.is_slab() ? 1.0 : ny_));
        const bool separable = params_.op == Operator::paraxial || grid_.is_slab();
        if (separable) {
            out.x = kernels::AlignedArray<Number>(static_cast<std::size_t>(stride_) + columns_per_block);
            for (int i = 0; i < nx_; ++i) {
                const Complex f = symbol(kx2_[static_cast<std::size_t>(i)]);
                out.has_grid_waves |= std::abs(f) < 1.0 - 1e-9 && weight != 0.0;
                out.x[static_cast<std::size_t>(i)] = Number(scale * f);
            }
        }
        if (grid_.is_slab()) return out;
        const auto rows = static_cast<std::size_t>(ny_ / 2 + 1);
        if (!separable) {
            out.s2 = kernels::AlignedArray<Number>(rows * static_cast<std::size_t>(stride_) + columns_per_block);
            out.d2 = kernels::AlignedArray<Number>(rows * static_cast<std::size_t>(stride_) + columns_per_block);
        }
        for (int m = 0; m <= ny_ / 2; ++m) {
            // The cosine of number 0 has no partner: the sine of number 0 does not exist.
            const Complex turn = std::polar(1.0, pi * m / ny_);
            const double q2 = ky2_[static_cast<std::size_t>(m)], partner = ky2_[static_cast<std::size_t>(ny_ - m)];
            if (separable) {
                const Complex a = symbol(q2), b = m == 0 ? a : symbol(partner);
                out.s.push_back(Number(0.5 * (a + b)));
                out.d.push_back(Number(0.5 * (a - b) * turn));
                out.e.push_back(Number(0.5 * (a - b) * std::conj(turn)));
                continue;
            }
            out.turn2.push_back(Number(std::conj(turn)));
            for (int i = 0; i < nx_; ++i) {
                const double x2 = kx2_[static_cast<std::size_t>(i)];
                const Complex a = symbol(x2 + q2), b = m == 0 ? a : symbol(x2 + partner);
                out.has_grid_waves |= weight != 0.0 && (std::abs(a) < 1.0 - 1e-9 || std::abs(b) < 1.0 - 1e-9);
                out.s2[place(i, m)] = Number(0.5 * scale * (a + b));
                out.d2[place(i, m)] = Number(0.5 * scale * (a - b));
            }
        }
        return out;
    }

    /// The factors of local part s at z, made anew where the index has changed.
    LocalFactors& factors(std::size_t s, Part part, double z) {
        const double w = (part == Part::junction ? 2.0 : part == Part::half ? 0.5 : 1.0) * scheme_.local[s];
        const double edges = part == Part::junction ? 1.0 : part == Part::inner || part == Part::half ? 0.0 : 0.5;
        // What the transforms before this part have added. All stages of a scheme that is calibrated are alike.
        const double gain = part == Part::first || part == Part::again ? 1.0 : spectral_.front().gain;
        const bool spins = spin != 0.0 && (part == Part::junction || part == Part::again);
        const bool middle = scheme_.gradient != 0.0 && part == Part::inner;
        LocalFactors& f =
            parts_.try_emplace({w, edges, spins, gain != 1.0}, points(), grid_, params_.edges, edges * dz_)
                .first->second;
        if (z >= f.z && z <= f.valid_until) return f;
        const double until = local_.read(z);
        const bool exact_modulus = sizeof(T) == 4 && until > z;
        const ColumnRange columns = local_.changed(f.exact_modulus == exact_modulus ? f.z : -1.0, z);
        f.z = z;
        f.valid_until = until;
        f.exact_modulus = exact_modulus;
        const auto& kernel = kernels::line_kernels<T>();
        const auto& in_double = kernels::line_kernels<double>();
        const double g = middle ? scheme_.gradient * dz_ * dz_ * dz_ : 0.0;
        share_out(threads_, ny_, [&](int, int begin, int end) {
            std::vector<double> angle(static_cast<std::size_t>(nx_)), loss(local_.absorbs() ? angle.size() : 0);
            std::vector<double> exact, ones(sizeof(T) == 4 ? angle.size() : 0, 1.0);
            std::vector<T> amplitude(angle.size());
            for (std::size_t i = 0; i < amplitude.size(); ++i) amplitude[i] = static_cast<T>(f.absorber.x[i]);
            for (int j = begin; j < end; ++j) {
                const int iy = natural(j);
                local_.angles(iy, columns, w * dz_, g, angle.data());
                if (spins)
                    for (int i = columns.begin; i < columns.end; ++i) angle[static_cast<std::size_t>(i)] += spin;
                if (local_.absorbs()) {
                    local_.amplitudes(iy, w * dz_, loss.data());
                    for (std::size_t i = 0; i < amplitude.size(); ++i)
                        amplitude[i] = static_cast<T>(f.absorber.x[i] * loss[i]);
                }
                const auto first = static_cast<std::size_t>(columns.begin);
                const int count = columns.end - columns.begin;
                T* out = reinterpret_cast<T*>(&f.values[place(columns.begin, j)]);
                const double along_y = f.absorber.y[static_cast<std::size_t>(iy)] / gain;
                if (exact_modulus) {
                    exact.resize(2 * angle.size());
                    in_double.turn(angle.data() + first, ones.data(), along_y, exact.data(), count);
                    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
                        float turn[2];
                        const double a = amplitude[first + i];
                        round_turn(exact[2 * i] * a, exact[2 * i + 1] * a, place(0, j) + first + i, turn);
                        out[2 * i] = static_cast<T>(turn[0]);
                        out[2 * i + 1] = static_cast<T>(turn[1]);
                    }
                } else if (sizeof(T) == 4) {
                    // What makes up for the transforms is less than a rounding: rounded with the factors it holds on average.
                    exact.resize(2 * angle.size());
                    in_double.turn(angle.data() + first, ones.data(), along_y, exact.data(), count);
                    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
                        const double a = amplitude[first + i];
                        out[2 * i] = static_cast<T>(exact[2 * i] * a);
                        out[2 * i + 1] = static_cast<T>(exact[2 * i + 1] * a);
                    }
                } else {
                    kernel.turn(angle.data() + first, amplitude.data() + first, static_cast<T>(along_y), out, count);
                }
            }
        });
        return f;
    }

    /// The transforms of the rows around a local part.
    enum class Around { to_spectrum, from_spectrum, both };
    /// Rows: back from the spectrum of x, the local part, and into it again.
    void row_pass(LocalFactors& f, Around around) {
        const bool from_spectrum = around != Around::to_spectrum, to_spectrum = around != Around::from_spectrum;
        const bool counts = f.account.any() || local_.absorbs();
        const int together = rows_together();
        share_out(threads_, (ny_ + together - 1) / together, [&](int, int begin, int end) {
            const kernels::FlushDenormals flush;
            for (int first = begin * together; first < std::min(end * together, ny_); first += together) {
                Number* rows = &psi_[place(0, first)];
                if (from_spectrum) along_x_.backward(rows);
                for (int j = first; j < std::min(first + together, ny_); ++j) local_part(f, j, counts);
                if (to_spectrum) along_x_.forward(rows);
            }
        });
        if (counts)
            for (const RemovedPower& r : row_removed_) removed_ += r;
    }
    void local_part(LocalFactors& f, int j, bool counts) {
        const auto& kernel = kernels::line_kernels<T>();
        Number* row = &psi_[place(0, j)];
        const Number* factor = &f.values[place(0, j)];
        if (counts) {
            RemovedPower& r = row_removed_[static_cast<std::size_t>(j)];
            r = f.account.row(natural(j), [&](const double* w, int begin, int end) {
                return kernel.weighted_power(reinterpret_cast<const T*>(row + begin), w + begin, end - begin);
            });
            if (local_.absorbs()) r.absorbed = power_lost(row, factor) - r.total();
        }
        kernel.multiply(reinterpret_cast<T*>(row), reinterpret_cast<const T*>(factor), nx_);
    }

    [[nodiscard]] double power_lost(const Number* row, const Number* factor) const {
        double lost = 0.0;
        for (int i = 0; i < nx_; ++i) lost += std::norm(Complex(row[i])) * (1.0 - std::norm(Complex(factor[i])));
        return lost * grid_.cell_area();
    }

    /// Columns, in the spectrum of x: transform along y, the spectral part, and back.
    void column_pass(const Spectrum& spectrum) {
        const auto& kernel = kernels::line_kernels<T>();
        if (grid_.is_slab()) {
            if (spectrum.has_grid_waves) {
                double lost = 0.0;
                for (int i = 0; i < nx_; ++i)
                    lost +=
                        std::norm(Complex(psi_[place(i, 0)])) *
                        (1.0 - std::norm(static_cast<double>(nx_) * Complex(spectrum.x[static_cast<std::size_t>(i)])));
                removed_.grid_waves += lost * grid_.cell_area() / nx_;
            }
            kernel.multiply(reinterpret_cast<T*>(psi_.data()), reinterpret_cast<const T*>(spectrum.x.data()), nx_);
            return;
        }
        const int blocks = (nx_ + columns_per_block - 1) / columns_per_block;
        std::vector<double> lost(static_cast<std::size_t>(blocks));
        share_out(threads_, blocks, [&](int thread, int begin, int end) {
            const kernels::FlushDenormals flush;
            kernels::AlignedArray<Number>& buffer = buffers_[static_cast<std::size_t>(thread)];
            for (int block = begin; block < end; ++block) {
                const int first = block * columns_per_block, count = std::min(columns_per_block, nx_ - first);
                for (int j = 0; j < ny_; ++j)
                    std::copy_n(&psi_[place(first, j)], count,
                                &buffer[static_cast<std::size_t>(j) * columns_per_block]);
                along_y_.forward(buffer.data());
                const double before = spectrum.has_grid_waves ? norm(buffer, count) : 0.0;
                for (int m = 0; m <= ny_ / 2; ++m) {
                    T* a = reinterpret_cast<T*>(&buffer[static_cast<std::size_t>(m) * columns_per_block]);
                    T* b = reinterpret_cast<T*>(
                        &buffer[static_cast<std::size_t>(m == 0 ? 0 : ny_ - m) * columns_per_block]);
                    mix(kernel, spectrum, m, first, a, b);
                }
                if (spectrum.has_grid_waves)
                    lost[static_cast<std::size_t>(block)] =
                        before - norm(buffer, count) * std::pow(static_cast<double>(nx_) * ny_, 2);
                along_y_.backward(buffer.data());
                for (int j = 0; j < ny_; ++j)
                    std::copy_n(&buffer[static_cast<std::size_t>(j) * columns_per_block], count,
                                &psi_[place(first, j)]);
            }
        });
        if (spectrum.has_grid_waves)
            for (const double l : lost) removed_.grid_waves += l * grid_.cell_area() / (static_cast<double>(nx_) * ny_);
    }

    [[nodiscard]] double norm(const kernels::AlignedArray<Number>& buffer, int count) const {
        double sum = 0.0;
        for (int j = 0; j < ny_; ++j)
            for (int i = 0; i < count; ++i)
                sum += std::norm(
                    Complex(buffer[static_cast<std::size_t>(j) * columns_per_block + static_cast<std::size_t>(i)]));
        return sum;
    }

    /// Rows m and N - m of a block. Where they are one row (m = 0, m = N/2) it mixes with a copy of itself.
    void mix(const kernels::LineKernels<T>& kernel, const Spectrum& f, int m, int first, T* a, T* b) const {
        alignas(64) T copy[2 * columns_per_block];
        if (a == b) {
            std::copy_n(a, 2 * columns_per_block, copy);
            b = copy;
        }
        const auto row = static_cast<std::size_t>(m);
        if (f.s2.size() == 0) {
            kernel.mix_pair(a, b, reinterpret_cast<const T*>(&f.s[row]), reinterpret_cast<const T*>(&f.d[row]),
                            reinterpret_cast<const T*>(&f.e[row]), reinterpret_cast<const T*>(f.x.data() + first),
                            columns_per_block);
        } else {
            kernel.mix_pair_columns(a, b, reinterpret_cast<const T*>(&f.s2[place(first, m)]),
                                    reinterpret_cast<const T*>(&f.d2[place(first, m)]),
                                    reinterpret_cast<const T*>(&f.turn2[row]), columns_per_block);
        }
    }

    /// psi_ <- F⁻¹ f F psi_.
    void transform_and_back(const Spectrum& f) {
        const int together = rows_together();
        const auto rows = [&](auto&& transform) {
            each_row([&](int j) {
                if (j % together == 0) transform(&psi_[place(0, j)]);
            });
        };
        rows([&](Number* row) { along_x_.forward(row); });
        column_pass(f);
        rows([&](Number* row) { along_x_.backward(row); });
    }
    template <typename Body>
    void each_row(Body&& body) const {
        each_line(threads_, ny_, body);
    }

    /// What leaves through matched layers.
    void let_out(const MatchedLayers& layers) {
        if (!layers.any()) return;
        auto* numbers = reinterpret_cast<T*>(psi_.data());
        removed_ += layers.apply(numbers, numbers + 1, layout_, threads_);
    }

    /// The cross term over weight dz with the index at z: exp(-i w dz (A'B' + B'A')/2k) by its series, cut at rounding.
    void cross_term(double z, double weight) {
        const double w = weight * dz_;
        (void)local_.read(z);
        if (sum_.size() == 0) {
            sum_ = kernels::AlignedArray<Number>(psi_.size());
            other_ = kernels::AlignedArray<Number>(psi_.size());
        }
        const auto copy = [&](const auto& from, auto& to) {
            each_row([&](int j) { std::copy_n(&from[place(0, j)], nx_, &to[place(0, j)]); });
        };
        const double k0 = 2.0 * pi / params_.wavelength, n_ref = params_.n_ref;
        const auto times_local = [&](auto& values) {
            each_row([&](int j) {
                const double* n = &local_.map().values[grid_.index(0, natural(j))];
                Number* row = &values[place(0, j)];
                for (int i = 0; i < nx_; ++i) row[i] *= static_cast<T>(k0 * n_ref * (1.0 - n_ref / n[i]));
            });
        };
        copy(psi_, sum_);
        const double whole = sum_of_squares(psi_);
        for (int term = 1; term <= 20; ++term) {
            copy(psi_, other_);
            transform_and_back(cross_);  // A' t
            times_local(psi_);           // B'A' t
            std::swap(psi_, other_);
            times_local(psi_);
            transform_and_back(cross_);  // A'B' t
            const Number factor(0.0, static_cast<T>(-w / (2.0 * k_ * term)));
            each_row([&](int j) {
                Number *a = &psi_[place(0, j)], *s_ = &sum_[place(0, j)];
                const Number* b = &other_[place(0, j)];
                for (int i = 0; i < nx_; ++i) {
                    a[i] = factor * (a[i] + b[i]);
                    s_[i] += a[i];
                }
            });
            if (sum_of_squares(psi_) < whole * (sizeof(T) == 8 ? 1e-32 : 1e-15)) break;
        }
        std::swap(psi_, sum_);
    }

    [[nodiscard]] double sum_of_squares(const kernels::AlignedArray<Number>& values) const {
        std::vector<double> rows(static_cast<std::size_t>(ny_));
        each_row([&](int j) {
            double sum = 0.0;
            for (int i = 0; i < nx_; ++i) sum += std::norm(Complex(values[place(i, j)]));
            rows[static_cast<std::size_t>(j)] = sum;
        });
        double total = 0.0;
        for (const double row : rows) total += row;
        return total;
    }

    Grid grid_;
    EngineParams params_;
    int nx_, ny_;
    std::ptrdiff_t stride_;
    int threads_;
    double k_;
    Scheme scheme_;
    LocalPhase local_;
    kernels::AlignedArray<Number> psi_, sum_, other_;
    std::vector<kernels::AlignedArray<Number>> buffers_;  ///< a block of columns, by thread
    std::vector<RemovedPower> row_removed_;
    kernels::Fft<T> along_x_, along_y_;
    std::vector<double> kx2_, ky2_;
    double spun_ = 0.0;  ///< [rad], since the field was loaded
    double dz_ = 0.0;
    std::vector<Spectrum> spectral_;
    std::vector<int> spectrum_of_;
    Spectrum cross_;
    MatchedLayers layers_, half_layers_;
    MatchedLayers::Layout layout_{2, {}, {}};
    std::map<std::tuple<double, double, bool, bool>, LocalFactors> parts_;
};

}  // namespace

std::unique_ptr<Engine> make_split_step(const SampledMedium& index, const EngineParams& params) {
    if (params.precision == Precision::single_precision) return std::make_unique<SplitStep<float>>(index, params);
    return std::make_unique<SplitStep<double>>(index, params);
}

}  // namespace vitral::propagation
