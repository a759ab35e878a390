#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "core/constants.hpp"
#include "core/parallel.hpp"
#include "solver/kernels/aligned_array.hpp"
#include "solver/kernels/flush_denormals.hpp"
#include "solver/kernels/line_kernels.hpp"
#include "solver/propagation/each_line.hpp"
#include "solver/propagation/engines.hpp"
#include "solver/propagation/local_phase.hpp"
#include "solver/propagation/matched_layers.hpp"
#include "solver/propagation/transparent_line.hpp"

namespace vitral::propagation {
namespace {

/// The constant matrix of one direction, factored, in precision T.
///
/// The Cayley form (1 - ia T)⁻¹ (1 + ia T), a = dz/4k, of the compact stencil T = (1 + δ²/12)⁻¹ δ²/h² equals
/// r + (1 - r) (1 + c δ²)⁻¹ with c = 1/12 - ia/h², r = conj(c)/c. Taking the constant turn r out leaves
/// ψ + iκ (δ² + 1/c)⁻¹ ψ, κ = -2 Im(1/c), unitary for any c.
///
/// On a graded axis, J = dx/dξ, the field is v = ψ sqrt(J), for which ∂² is J⁻¹ ∂ξ² J⁻¹ + W exactly, W = J''/2J³ - 3J'²/4J⁴
/// (Liouville). With T for ∂ξ² and W beside the index in the local part the step is that of J⁻¹ T J⁻¹:
///     v <- e^{-iα} (1 + iκ b (δ² + J²/c)⁻¹ b) e^{-iα} v,   c = J²/12 - ia/h² = |c| e^{iα},   b = J/|c|,   κ = -2a/h²,
/// unitary, and of fourth order as J is smooth. With J = 1 it is the one above.
template <typename T>
class CayleyLine {
public:
    CayleyLine(const Axis& axis, double k, double dz, int lanes) : count_(axis.count) {
        const double a = dz / (4.0 * k * axis.spacing * axis.spacing);
        const bool graded = !axis.is_uniform();
        Complex c, pivot;
        for (int i = 0; i < axis.count; ++i) {
            const Axis::Jacobian J = axis.jacobian(i);
            const double J2 = J.value * J.value;
            if (graded || i == 0) {
                c = {J2 / 12.0, -a};
                if constexpr (sizeof(T) == 4) c = 1.0 / (representable(1.0 / c - 2.0) + 2.0);
            }
            diagonal_ = J2 / c - 2.0;
            pivot =
                diagonal_ - (i > 0 ? 1.0 / pivot : 1.0) - (i + 1 == axis.count ? 1.0 : 0.0);  // ψ_-1 = -ψ_0 at a wall
            re_.push_back(static_cast<T>((1.0 / pivot).real()));
            im_.push_back(static_cast<T>((1.0 / pivot).imag()));
            turns_.push_back(-2.0 * std::arg(c));
            wells_.push_back(0.5 * J.second / (J.value * J2) - 0.75 * J.first * J.first / (J2 * J2));
            if (!graded) continue;
            const double b = J.value / std::abs(c);
            b_.push_back(static_cast<T>(b));
            inverse_b_.push_back(static_cast<T>(1.0 / b));
            kappa_b_.push_back(static_cast<T>(-2.0 * a * b));
        }
        const auto w = static_cast<std::size_t>(lanes);
        for (std::vector<T>* v : {&re_, &im_, &b_, &inverse_b_, &kappa_b_})
            v->resize((v->size() + w - 1) / w * w);  // zeros, up to whole vectors
        kappa_ = static_cast<T>(-2.0 * diagonal_.imag());
    }
    [[nodiscard]] kernels::CayleyCoefficients<T> coefficients() const {
        if (b_.empty()) return {re_.data(), im_.data(), kappa_};
        return {re_.data(), im_.data(), kappa_, b_.data(), inverse_b_.data(), kappa_b_.data()};
    }
    /// The turn of each point that the kernel leaves out [rad].
    [[nodiscard]] const std::vector<double>& turns() const { return turns_; }
    /// W [1/m²].
    [[nodiscard]] const std::vector<double>& wells() const { return wells_; }
    [[nodiscard]] TransparentLine transparent(TransparentLine::Open open) const {
        return {count_, diagonal_, static_cast<double>(kappa_), open};
    }

private:
    /// In single precision the rounding of f = 1/p and of κ would each scale the field by 1e-7 a step. Among the numbers
    /// next to f this takes the one whose own κ is nearest to a number of single precision: the matrix changes by 1e-6 of
    /// dz, and the step is unitary to 1e-9.
    static Complex representable(Complex d) {
        // The pivots tend to the larger root of p + 1/p = d.
        const Complex root = std::sqrt(d * d - 4.0),
                      p = 0.5 * (std::abs(d + root) > std::abs(d - root) ? d + root : d - root);
        const Complex f = 1.0 / p;
        Complex best = d;
        double least = 1.0;
        const auto near = [](double value, int ulps) {
            auto v = static_cast<float>(value);
            for (int i = 0; i < std::abs(ulps); ++i) v = std::nextafter(v, ulps > 0 ? 1e30f : -1e30f);
            return static_cast<double>(v);
        };
        for (int a = -8; a <= 8; ++a)
            for (int b = -8; b <= 8; ++b) {
                const Complex trial(near(f.real(), a), near(f.imag(), b)), d_trial = trial + 1.0 / trial;
                const double kappa = -2.0 * d_trial.imag();
                const double miss = std::abs(static_cast<double>(static_cast<float>(kappa)) / kappa - 1.0);
                if (miss < least) least = miss, best = d_trial;
            }
        return best;
    }
    int count_;
    std::vector<T> re_, im_, b_, inverse_b_, kappa_b_;
    T kappa_ = 0;
    Complex diagonal_;
    std::vector<double> turns_, wells_;
};

/// Finite differences in constant matrices: half a local part, the Cayley steps along x and along y (which commute), half a
/// local part; where steps meet the halves are one, and ride along in the sweep along y.
template <typename T>
class CompactAdi final : public Engine {
public:
    CompactAdi(const SampledMedium& index, const EngineParams& p)
        : grid_(index.grid()),
          params_(p),
          nx_(grid_.x.count),
          ny_(grid_.y.count),
          threads_(worthwhile_threads(grid_.size(), p)),
          k_(2.0 * pi / p.wavelength * p.n_ref),
          local_(index, p),
          kernel_(kernels::line_kernels<T>()) {
        stride_ = kernels::padded_stride<T>((nx_ + kernel_.lanes - 1) / kernel_.lanes * kernel_.lanes);
        rows_ = (ny_ + kernel_.lanes - 1) / kernel_.lanes * kernel_.lanes;
        re_ = kernels::AlignedArray<T>(points() + lanes_beyond);
        im_ = kernels::AlignedArray<T>(points() + lanes_beyond);
        const auto line =
            static_cast<std::size_t>(2 * (static_cast<int>(stride_) + kernel_.lanes) * kernel_.rows_per_block);
        for (int t = 0; t < threads_; ++t) work_.emplace_back(line);
        row_removed_.resize(static_cast<std::size_t>(ny_));
        for (int iy = 0; iy < ny_; ++iy) layout_.rows.push_back(static_cast<std::ptrdiff_t>(place(0, iy)));
    }

    void load(const Field<Complex>& psi) override {
        for (int iy = 0; iy < ny_; ++iy)
            for (int i = 0; i < nx_; ++i) {
                re_[place(i, iy)] = static_cast<T>(psi(i, iy).real());
                im_[place(i, iy)] = static_cast<T>(psi(i, iy).imag());
            }
    }
    void store(Field<Complex>& psi) const override {
        for (int iy = 0; iy < ny_; ++iy)
            kernel_.interleave(&re_[place(0, iy)], &im_[place(0, iy)], reinterpret_cast<double*>(&psi(0, iy)), nx_);
    }

    void march(double z, double dz, int steps) override {
        if (dz != dz_) {
            dz_ = dz;
            x_ = std::make_unique<CayleyLine<T>>(grid_.x, k_, dz, kernel_.lanes);
            y_ = grid_.is_slab() ? nullptr : std::make_unique<CayleyLine<T>>(grid_.y, k_, dz, kernel_.lanes);
            parts_.clear();
            open_edges();
        }
        let_out(half_layers_);
        const LocalFactors* before = &factors(Part::half, just_after(z, dz));
        multiply(*before);
        for (int step = 0; step < steps; ++step) {
            if (params_.between_steps) params_.between_steps();
            x_sweep(*before);
            // Layers stand in the middle between two steps, and share the local part there in halves.
            const bool last = step + 1 == steps, halved = layers_.any();
            const LocalFactors& next = last     ? factors(Part::half, just_before(z + steps * dz, dz))
                                       : halved ? factors(Part::half, z + (step + 1) * dz)
                                                : factors(Part::junction, z + (step + 1) * dz);
            if (open_y_) {
                y_sweep(ones_, zeros_);
                multiply(next);
            } else if (y_) {
                y_sweep(next.re, next.im);
            } else {
                multiply(next);
            }
            before = &next;
            if (halved && !last) {
                if (counts(next)) {
                    count(next, 0, ny_);
                    add_up();
                }
                let_out(layers_);
                multiply(next);
            }
        }
        if (counts(*before)) {
            count(*before, 0, ny_);
            add_up();
        }
        let_out(half_layers_);
    }

private:
    enum class Part { half, junction };              ///< of a step's local part: at its ends, or where two steps meet
    static constexpr std::size_t lanes_beyond = 16;  ///< what vector kernels may read past the last row
    struct LocalFactors {
        kernels::AlignedArray<T> re, im;
        AbsorberFactors absorber;
        EdgeAccount account;
        double weight = 0.0;  ///< distance over which it acts [m]
        double z = -1.0, valid_until = -2.0;
        LocalFactors(std::size_t points, const Grid& grid, const Edges& edges, double distance)
            : re(points),
              im(points),
              absorber(grid, edges, distance),
              account(grid, edges, distance, EdgeAccount::Seen::after),
              weight(distance) {}
    };

    [[nodiscard]] std::size_t points() const {
        return static_cast<std::size_t>(stride_) * static_cast<std::size_t>(rows_);
    }
    [[nodiscard]] std::size_t place(int i, int iy) const {
        return static_cast<std::size_t>(iy) * static_cast<std::size_t>(stride_) + static_cast<std::size_t>(i);
    }

    const LocalFactors& factors(Part part, double z) {
        LocalFactors& f =
            parts_.try_emplace(part, points(), grid_, params_.edges, dz_ * (part == Part::junction ? 1.0 : 0.5))
                .first->second;
        if (z >= f.z && z <= f.valid_until) return f;
        const double until = local_.read(z);
        const ColumnRange columns = local_.changed(f.z, z);
        f.z = z;
        f.valid_until = until;
        // What the sweeps leave out: their turns, half before and half after them, and the wells of graded axes.
        const double share = part == Part::half ? 0.5 : 1.0;
        const auto left_out = [&](const CayleyLine<T>& line, int i) {
            const auto p = static_cast<std::size_t>(i);
            return share * line.turns()[p] + f.weight / (2.0 * k_) * line.wells()[p];
        };
        std::vector<double> column;
        for (int i = 0; i < nx_; ++i) column.push_back(left_out(*x_, i));
        share_out(threads_, ny_, [&](int, int begin, int end) {
            std::vector<double> angle(static_cast<std::size_t>(nx_)), loss(local_.absorbs() ? angle.size() : 0);
            std::vector<T> amplitude(angle.size());
            for (std::size_t i = 0; i < amplitude.size(); ++i) amplitude[i] = static_cast<T>(f.absorber.x[i]);
            for (int iy = begin; iy < end; ++iy) {
                local_.angles(iy, columns, f.weight, 0.0, angle.data());
                const double row = y_ ? left_out(*y_, iy) : 0.0;
                for (int i = columns.begin; i < columns.end; ++i)
                    angle[static_cast<std::size_t>(i)] += column[static_cast<std::size_t>(i)] + row;
                if (local_.absorbs()) {
                    local_.amplitudes(iy, f.weight, loss.data());
                    for (std::size_t i = 0; i < amplitude.size(); ++i)
                        amplitude[i] = static_cast<T>(f.absorber.x[i] * loss[i]);
                }
                kernel_.turn_planes(angle.data() + columns.begin, amplitude.data() + columns.begin,
                                    static_cast<T>(f.absorber.y[static_cast<std::size_t>(iy)]),
                                    &f.re[place(columns.begin, iy)], &f.im[place(columns.begin, iy)],
                                    columns.end - columns.begin);
            }
        });
        return f;
    }

    void multiply(const LocalFactors& f) {
        each_line(threads_, ny_, [&](int iy) {
            for (std::size_t p = place(0, iy), end = place(nx_, iy); p < end; ++p) {
                const T r = re_[p], i = im_[p];
                re_[p] = r * f.re[p] - i * f.im[p];
                im_[p] = r * f.im[p] + i * f.re[p];
            }
        });
    }

    /// The sweep along x; on its way it counts what the local part before it took.
    void x_sweep(const LocalFactors& before) {
        const int block = kernel_.rows_per_block;
        const bool counting = counts(before);
        share_out(threads_, (rows_ + block - 1) / block, [&](int thread, int first_block, int end_block) {
            const kernels::FlushDenormals flush;
            T* work = work_[static_cast<std::size_t>(thread)].data();
            for (int row = first_block * block; row < std::min(end_block * block, rows_); row += block) {
                if (counting) count(before, row, row + block);
                const int end = std::min(row + block, ny_);
                std::vector<TransparentLine::Ends> ends;
                if (open_x_)
                    for (int iy = row; iy < end; ++iy)
                        ends.push_back(open_x_->ends(&re_[place(0, iy)], &im_[place(0, iy)], 1));
                kernel_.cayley_x(&re_[place(0, row)], &im_[place(0, row)], stride_, std::min(block, rows_ - row), nx_,
                                 x_->coefficients(), work);
                if (open_x_)
                    for (int iy = row; iy < end; ++iy)
                        left_through_[static_cast<std::size_t>(iy)] = open_x_->correct(
                            ends[static_cast<std::size_t>(iy - row)], &re_[place(0, iy)], &im_[place(0, iy)], 1);
            }
        });
        if (counting) add_up();
        if (open_x_) add_up(ny_, removed_.left, removed_.right);
    }

    /// The sweep along y, then the product with p at every point: the local part, or one where transparent ends come between.
    void y_sweep(const kernels::AlignedArray<T>& p_re, const kernels::AlignedArray<T>& p_im) {
        const int block = kernel_.columns_per_block, columns = padded_columns();
        share_out(threads_, (columns + block - 1) / block, [&](int, int first_block, int end_block) {
            const kernels::FlushDenormals flush;
            for (int x = first_block * block; x < std::min(end_block * block, columns); x += block) {
                const int end = std::min(x + block, nx_);
                std::vector<TransparentLine::Ends> ends;
                if (open_y_)
                    for (int i = x; i < end; ++i)
                        ends.push_back(open_y_->ends(&re_[place(i, 0)], &im_[place(i, 0)], stride_));
                kernel_.cayley_y(&re_[place(x, 0)], &im_[place(x, 0)], stride_, std::min(block, columns - x), ny_,
                                 y_->coefficients(), &p_re[place(x, 0)], &p_im[place(x, 0)]);
                if (open_y_)
                    for (int i = x; i < end; ++i)
                        left_through_[static_cast<std::size_t>(i)] = open_y_->correct(
                            ends[static_cast<std::size_t>(i - x)], &re_[place(i, 0)], &im_[place(i, 0)], stride_);
            }
        });
        if (open_y_) add_up(nx_, removed_.bottom, removed_.top);
    }

    void let_out(const MatchedLayers& layers) {
        if (layers.any()) removed_ += layers.apply(re_.data(), im_.data(), layout_, threads_);
    }

    /// Makes ready the edges through which light leaves otherwise than by absorption.
    void open_edges() {
        const Edges& edges = params_.edges;
        layers_ = MatchedLayers(grid_, edges, k_, dz_);
        half_layers_ = MatchedLayers(grid_, edges, k_, dz_, 0.5);
        if (edges.kind != EdgeKind::transparent) return;
        if (edges.sides > 0.0) open_x_.emplace(x_->transparent({}));
        if (y_ && (edges.bottom > 0.0 || edges.top > 0.0))
            open_y_.emplace(y_->transparent({edges.bottom > 0.0, edges.top > 0.0}));
        left_through_.resize(static_cast<std::size_t>(std::max(nx_, ny_)));
        if (open_y_ && ones_.size() == 0) {
            ones_ = kernels::AlignedArray<T>(points());
            zeros_ = kernels::AlignedArray<T>(points());
            std::fill(ones_.data(), ones_.data() + points(), T(1));
        }
    }

    /// The power that f took, counted after it has acted, in the rows of [begin, end).
    void count(const LocalFactors& f, int begin, int end) {
        for (int iy = begin; iy < std::min(end, ny_); ++iy) {
            const T *re = &re_[place(0, iy)], *im = &im_[place(0, iy)];
            RemovedPower& r = row_removed_[static_cast<std::size_t>(iy)];
            r = f.account.row(iy, [&](const double* w, int first, int last) {
                return kernel_.weighted_power_planes(re + first, im + first, w + first, last - first);
            });
            if (local_.absorbs()) r.absorbed = power_lost(f, iy) - r.total();
        }
    }
    [[nodiscard]] double power_lost(const LocalFactors& f, int iy) const {
        double lost = 0.0;
        for (std::size_t p = place(0, iy), end = place(nx_, iy); p < end; ++p) {
            const double kept = std::norm(Complex(f.re[p], f.im[p]));
            lost += std::norm(Complex(re_[p], im_[p])) * (1.0 / kept - 1.0);
        }
        return lost * grid_.cell_area();
    }
    [[nodiscard]] bool counts(const LocalFactors& f) const { return f.account.any() || local_.absorbs(); }
    void add_up() {
        for (const RemovedPower& r : row_removed_) removed_ += r;
    }
    void add_up(int lines, double& lower, double& upper) {
        for (int l = 0; l < lines; ++l) {
            lower += left_through_[static_cast<std::size_t>(l)].first * grid_.cell_area();
            upper += left_through_[static_cast<std::size_t>(l)].second * grid_.cell_area();
        }
    }
    [[nodiscard]] int padded_columns() const { return (nx_ + kernel_.lanes - 1) / kernel_.lanes * kernel_.lanes; }

    Grid grid_;
    EngineParams params_;
    int nx_, ny_, rows_ = 0;
    std::ptrdiff_t stride_ = 0;
    int threads_;
    double k_;  ///< reference wave number [1/m]
    LocalPhase local_;
    const kernels::LineKernels<T>& kernel_;
    kernels::AlignedArray<T> re_, im_;
    std::vector<kernels::AlignedArray<T>> work_;  ///< by thread
    std::vector<RemovedPower> row_removed_;
    double dz_ = 0.0;
    std::unique_ptr<CayleyLine<T>> x_, y_;
    std::map<Part, LocalFactors> parts_;
    MatchedLayers layers_, half_layers_;
    MatchedLayers::Layout layout_;
    std::optional<TransparentLine> open_x_, open_y_;
    kernels::AlignedArray<T> ones_, zeros_;  ///< the local part that a sweep between transparent ends leaves
    std::vector<std::pair<double, double>> left_through_;  ///< the ends of each line
};

}  // namespace

std::unique_ptr<Engine> make_compact_adi(const SampledMedium& index, const EngineParams& params) {
    if (params.precision == Precision::single_precision) return std::make_unique<CompactAdi<float>>(index, params);
    return std::make_unique<CompactAdi<double>>(index, params);
}

}  // namespace vitral::propagation
