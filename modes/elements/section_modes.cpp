#include "modes/elements/section_modes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "modes/elements/mode_fields.hpp"
#include "modes/elements/section_survey.hpp"
#include "solver/kernels/nested_dissection.hpp"
#include "solver/kernels/prolongation.hpp"
#include "solver/kernels/shift_invert.hpp"

namespace vitral::modes {
namespace {

constexpr int first_level = 0;
/// Two levels do where no more is asked for than this.
constexpr double coarse_accuracy = 3e-5;

int degree_of(int level) { return 3 + level; }

/// Which walls stand at the planes of symmetry: the four (two, one) kinds of modes.
struct Parity {
    bool closed_x = true, closed_y = true;
};

/// A mode on its way through the levels.
struct Candidate {
    Parity parity;
    std::vector<Complex> nu;  ///< by level
    std::vector<Complex> unknowns;
    std::shared_ptr<const SolvedSection> on;
    double residual = 0.0;
    bool lost = false;  ///< a finer level does not have it
};

struct Found {
    std::vector<Complex> nu;
    std::vector<std::vector<Complex>> unknowns;
    std::vector<double> residuals;
    std::shared_ptr<const SolvedSection> on;
    bool complete = false;  ///< nothing that was wanted is missing
};

class Search {
public:
    Search(const Section& section, const SectionModesParams& params, SectionModeSet& report)
        : section_(section),
          params_(params),
          report_(report),
          k0_(2.0 * pi / params.wavelength),
          contrast_(contrast_of(section)) {
        x0_ = 0.5 * (section.left + section.right);
        y0_ = 0.5 * (section.bottom + section.top);
        mirrored_x_ = !params.box && params.curvature == 0.0 && is_mirrored(section, true, x0_);
        mirrored_y_ = !params.box && !section.slab && is_mirrored(section, false, y0_);
        complex_ = contrast_.lossy || params.near.has_value();
        sizes_x_ = sizes_at_steps(true);
        sizes_y_ = sizes_at_steps(false);
        lay_window(params.wavelength);  // to know the index of the walls
        decay_ = 0.0;
        const double lowest =
            params.near ? std::min(*params.near * *params.near, contrast_.largest) : boundary_ * boundary_;
        lay_window(12.0 / (k0_ * std::sqrt(std::max(contrast_.largest - lowest, 1e-6))));
    }

    [[nodiscard]] double boundary_index() const { return boundary_; }

    std::vector<Parity> parities() const {
        // First the one that the fundamental mode belongs to: E_x even in x and y, ψ even.
        const bool first = params_.equation == WaveEquation::full_vector;
        std::vector<Parity> kinds;
        for (const bool x : {first, !first})
            for (const bool y : {false, true}) {
                if ((!mirrored_x_ && x != first) || (!mirrored_y_ && y)) continue;
                kinds.push_back({x, y});
            }
        return kinds;
    }

    /// All wanted modes on the coarsest level, in a window that holds them.
    std::vector<Candidate> first() {
        std::vector<Candidate> found;
        if (params_.near) {
            const Complex nearest = *params_.near * *params_.near;
            for (const Parity& parity : parities())
                add(found, parity, solve(parity, first_level, nearest, {.count = params_.count, .tolerance = 1e-5}));
            keep_best(found, [&](const Candidate& c) { return std::abs(c.nu[0] - nearest); });
            return found;
        }
        std::vector<Parity> uncertain;
        const auto highest_first = [](const Candidate& c) { return -c.nu[0].real(); };
        for (const Parity& parity : parities()) {
            // Where enough modes are known, only higher ones are of interest.
            const double top = contrast_.largest * (1.0 + 1e-9), bound = boundary_ * boundary_,
                         least = static_cast<int>(found.size()) < params_.count ? bound : found.back().nu[0].real();
            Found pairs = solve(parity, first_level, top,
                                {.count = params_.count, .tolerance = 1e-5, .reach = top - least, .max_vectors = 48});
            if (!pairs.complete && !params_.box) uncertain.push_back(parity);
            add(found, parity, std::move(pairs));
            keep_best(found, highest_first);
        }
        if (params_.box) return found;
        for (int searches = 0; searches < 3; ++searches) {
            // Light that is hardly held lies far from the highest permittivity: it is sought just above the walls' index, no
            // nearer than what a window of this size can hold.
            for (const Parity& parity : searches == 0 ? uncertain : parities()) {
                const double weakest = boundary_ * boundary_ + std::pow(3.0 / (k0_ * margin_), 2);
                add(found, parity,
                    solve(parity, first_level, weakest,
                          {.count = params_.count + 4, .tolerance = 1e-5, .max_vectors = 60}));
            }
            keep_best(found, highest_first);
            // Where less was found than looked for, a larger window may hold more.
            if (static_cast<int>(found.size()) == params_.count || searches == 2) break;
            double needed = 0.0;
            if (!found.empty())
                needed = 13.0 / (k0_ * std::sqrt(std::max(found.back().nu[0].real() - boundary_ * boundary_, 1e-12)));
            decay_ = 0.0;
            lay_window(std::min(std::max(4.0 * margin_, needed), widest()));
        }
        fit_window(found);
        return found;
    }

    /// A window for the weakest of the modes as they are known: larger, or where it is much too large smaller. Whether it was
    /// too small.
    bool fit_window(const std::vector<Candidate>& found) {
        if (found.empty() || params_.near || params_.box) return false;
        double weakest = found.front().nu.back().real();
        for (const Candidate& c : found) weakest = std::min(weakest, c.nu.back().real());
        decay_ = k0_ * std::sqrt(std::max(weakest - boundary_ * boundary_, 1e-12));
        const double needed = std::min(13.0 / decay_, widest());
        const bool too_small = needed > 1.1 * margin_;
        if (too_small || margin_ > 1.5 * needed) lay_window(needed);
        return too_small;
    }

    /// The candidates once more, one level finer.
    void refine(std::vector<Candidate>& candidates, int level) {
        for (const Parity& parity : parities()) {
            std::vector<Candidate*> own;
            for (Candidate& c : candidates)
                if (c.parity.closed_x == parity.closed_x && c.parity.closed_y == parity.closed_y) own.push_back(&c);
            if (own.empty()) continue;
            Complex top = own.front()->nu.back();
            double spread = 0.0;
            for (const Candidate* c : own) {
                if (!params_.near && c->nu.back().real() > top.real()) top = c->nu.back();
                spread = std::max(spread, std::abs(c->nu.back() - own.front()->nu.back()));
            }
            // Beside the highest mode, not upon it.
            const double beside =
                std::max(0.02 * std::max(top.real() - boundary_ * boundary_, 0.0), 1e-7) + 0.1 * spread;
            Found pairs = solve(parity, level, params_.near ? top + Complex(0.0, 1e-3 * beside) : top + beside,
                                {.count = static_cast<int>(own.size()), .tolerance = 1e-6}, own);
            std::vector<bool> taken(pairs.nu.size(), false);
            for (Candidate* c : own) {
                std::size_t best = pairs.nu.size();
                for (std::size_t i = 0; i < pairs.nu.size(); ++i)
                    if (!taken[i] && (best == pairs.nu.size() ||
                                      std::abs(pairs.nu[i] - c->nu.back()) < std::abs(pairs.nu[best] - c->nu.back())))
                        best = i;
                if (best == pairs.nu.size()) {
                    c->lost = true;
                    continue;
                }
                taken[best] = true;
                c->nu.push_back(pairs.nu[best]);
                c->unknowns = std::move(pairs.unknowns[best]);
                c->residual = pairs.residuals[best];
                c->on = pairs.on;
            }
        }
    }

private:
    [[nodiscard]] double widest() const { return 250.0 * params_.wavelength; }

    /// Adds what was found above the walls' index; what was known already is known better now.
    void add(std::vector<Candidate>& candidates, const Parity& parity, Found pairs) const {
        for (std::size_t i = 0; i < pairs.nu.size(); ++i) {
            if (!params_.near && pairs.nu[i].real() <= boundary_ * boundary_) continue;
            Candidate fresh{parity, {pairs.nu[i]}, std::move(pairs.unknowns[i]), pairs.on, pairs.residuals[i]};
            const auto known = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& c) {
                return c.on != pairs.on && c.parity.closed_x == parity.closed_x &&
                       c.parity.closed_y == parity.closed_y &&
                       std::abs(c.nu[0] - fresh.nu[0]) < 1e-2 * std::abs(fresh.nu[0] - boundary_ * boundary_);
            });
            if (known == candidates.end())
                candidates.push_back(std::move(fresh));
            else
                *known = std::move(fresh);
        }
    }
    template <typename Order>
    void keep_best(std::vector<Candidate>& candidates, Order&& order) const {
        std::sort(candidates.begin(), candidates.end(),
                  [&](const Candidate& a, const Candidate& b) { return order(a) < order(b); });
        if (static_cast<int>(candidates.size()) > params_.count)
            candidates.resize(static_cast<std::size_t>(params_.count));
    }

    void lay_window(double margin) {
        margin_ = params_.box ? 0.0 : margin;
        layers_ = {};
        left_ = section_.left - margin_, right_ = section_.right + margin_;
        bottom_ = section_.bottom - margin_, top_ = section_.top + margin_;
        if (params_.box) {
            decay_ = 3.0 * k0_;
            return;
        }
        if (params_.near) open_walls();
        const auto along = [&](bool along_x, double wall) {
            return wall_index(section_, params_.equation, params_.wavelength, along_x, wall);
        };
        boundary_ = std::max(along(false, left_), along(false, right_));
        if (!section_.slab) boundary_ = std::max({boundary_, along(true, bottom_), along(true, top_)});
        if (decay_ == 0.0) decay_ = 13.0 / margin_;  // of the light that a window of this size is laid for
    }

    /// Walls whose index exceeds the mode's, or towards which a bend radiates, get matched layers one wave deep; the others
    /// stand where light has died out.
    void open_walls() {
        const double n = *params_.near,
                     centre_x = 0.5 * (section_.left + section_.right) + 1e-7 * (section_.right - section_.left),
                     centre_y = 0.5 * (section_.bottom + section_.top) + 1e-7 * (section_.top - section_.bottom);
        const double wave = params_.wavelength;
        const auto open = [&](double& wall, double outward, double x, double y, double& layer) {
            const double wall_index = std::sqrt(section_.permittivity(x, y).x.real());
            if (params_.curvature == 0.0) {
                const double across = k0_ * std::sqrt(std::abs(wall_index * wall_index - n * n));
                const double edge = wall - outward * margin_;
                if (wall_index > n) {
                    radiated_ = std::max(radiated_, across);
                    layer = std::max(4.0 / across, 0.1 * wave);
                    wall = edge + outward * (0.3 * wave + layer);
                } else {
                    wall = edge + outward * 14.0 / std::max(across, 1e-3 * k0_);
                }
                return;
            }
            // A bend: light leaves beyond the caustic x = R (n_eff/n - 1).
            const double caustic = std::abs(1.0 / params_.curvature) * std::max(n / wall_index - 1.0, 0.0);
            const double deep = k0_ * std::sqrt(std::max(n * n - wall_index * wall_index, 1e-3));
            const double edge = wall - outward * margin_;
            const bool outer = &wall == (params_.curvature > 0.0 ? &right_ : &left_);
            const bool inner = &wall == (params_.curvature > 0.0 ? &left_ : &right_);
            const double far = std::min(14.0 / deep, 40.0 * wave);
            if (outer) {
                // The layer begins where light has left the caustic behind, and is ten of its radians across deep.
                const double begin = edge + outward * (1.2 * caustic + wave);
                const auto across = [&](double at) {
                    return k0_ * std::sqrt(std::max(
                                     std::pow(wall_index * (1.0 + std::abs(params_.curvature * at)), 2) - n * n, 1e-6));
                };
                bend_layer_ = layer = std::clamp(10.0 / across(begin), 0.5 * wave, 40.0 * wave);
                wall = begin + outward * layer;
                radiated_ = across(wall);
            } else if (inner || wall_index < 0.9 * n) {
                wall = edge + outward * far;
            } else {
                layer = bend_layer_;
                wall = edge + outward * (0.5 * far + layer);
            }
        };
        open(left_, -1.0, left_, centre_y, layers_.left);
        open(right_, 1.0, right_, centre_y, layers_.right);
        if (section_.slab) return;
        open(bottom_, -1.0, centre_x, bottom_, layers_.bottom);
        open(top_, 1.0, centre_x, top_, layers_.top);
    }

    SectionProblem problem(const Parity& parity, int level) const {
        SectionProblem p;
        p.equation =
            section_.slab && params_.slab_field == SlabField::along_y ? WaveEquation::scalar : params_.equation;
        p.wavelength = params_.wavelength;
        p.permittivity = section_.permittivity;
        p.layers = layers_;
        p.curvature = params_.curvature;
        LineMesh x{.lower = mirrored_x_ ? x0_ : left_,
                   .upper = right_,
                   .inner_lower = section_.left,
                   .inner_upper = section_.right,
                   .steps = section_.x_steps};
        LineMesh y{.lower = mirrored_y_ ? y0_ : bottom_,
                   .upper = top_,
                   .inner_lower = section_.bottom,
                   .inner_upper = section_.top,
                   .steps = section_.y_steps};
        // A plane of symmetry is no wall.
        if (mirrored_x_) p.layers.left = 0.0;
        if (mirrored_y_) p.layers.bottom = 0.0;
        // Matched layers begin at break points.
        const auto begin_layers = [](LineMesh& line, double lower, double upper) {
            if (lower > 0.0) line.steps.push_back({line.lower + lower, false});
            if (upper > 0.0) line.steps.push_back({line.upper - upper, false});
        };
        begin_layers(x, p.layers.left, p.layers.right);
        begin_layers(y, p.layers.bottom, p.layers.top);
        for (LineMesh* line : {&x, &y}) {
            line->degree = degree_of(level);
            line->corner_layers = std::min(level + 1, 7);  // smaller elements are lost in rounding
            line->inner_size = 3.0 / (k0_ * std::sqrt(std::max(contrast_.largest - boundary_or_near(), 1e-6)));
            line->step_sizes = line == &x ? sizes_x_ : sizes_y_;
            line->outer_size = std::max(line->inner_size, 4.0 / decay_);
            if (params_.near) line->outer_size = std::min(3.0 * params_.wavelength, 4.0 / radiated_);
            const bool along_x = line == &x;
            line->follows_index = [this, along_x](double a, double b) { return follows(along_x, a, b); };
        }
        p.x = mesh_line(x);
        if (section_.slab) {
            // One element, so low that nothing varies along it; its walls choose the field's direction.
            p.y = {{0.0, 0.01 * params_.wavelength}, 1};
            p.walls = {true, true, false, false};
        } else {
            p.y = mesh_line(y);
            p.walls = {true, true, true, true};
            if (mirrored_y_) p.walls.bottom = parity.closed_y;
        }
        if (mirrored_x_) p.walls.left = parity.closed_x;
        if (params_.box) p.walls = *params_.box;
        return p;
    }
    [[nodiscard]] double boundary_or_near() const {
        return params_.near ? *params_.near * *params_.near : boundary_ * boundary_;
    }

    /// Three lengths of decay of the best held light into the lowest permittivity beside each step.
    std::vector<StepSize> sizes_at_steps(bool in_x) const {
        std::vector<StepSize> sizes;
        const double beside = 1e-6 * (in_x ? section_.right - section_.left : section_.top - section_.bottom);
        for (const IndexStep& step : in_x ? section_.x_steps : section_.y_steps) {
            const auto size = [&](double offset) {
                double least = contrast_.largest;
                for (int l = 0; l < 41; ++l) {
                    const double share = -0.05 + 1.1 * (l + 0.4142) / 41.0;
                    const Permittivity e =
                        in_x ? section_.permittivity(step.at + offset,
                                                     section_.bottom + share * (section_.top - section_.bottom))
                             : section_.permittivity(section_.left + share * (section_.right - section_.left),
                                                     step.at + offset);
                    least = std::min({least, e.x.real(), e.y.real(), e.z.real()});
                }
                return 3.0 / (k0_ * std::sqrt(std::max(contrast_.largest - least, 1e-6)));
            };
            sizes.push_back({step.at, size(-beside), size(beside)});
        }
        return sizes;
    }

    /// Whether polynomials of degree 4 follow the permittivity over [a, b] to 1e-3 of what holds the light.
    bool follows(bool along_x, double a, double b) const {
        constexpr int degree = 4;
        static const kernels::GaussRule rule = kernels::gauss_legendre(degree + 1);
        const double allowed = 1e-3 * std::max(contrast_.largest - boundary_or_near(), 1e-9);
        constexpr int lines = 13;
        for (int l = 0; l < lines; ++l) {
            const double share = (l + 0.377) / lines;
            const auto at = [&](double xi) {
                const double place = 0.5 * (a + b) + 0.5 * (b - a) * xi;
                return (along_x
                            ? section_.permittivity(place, section_.bottom + share * (section_.top - section_.bottom))
                            : section_.permittivity(section_.left + share * (section_.right - section_.left), place))
                    .x.real();
            };
            double known[degree + 1];
            for (int i = 0; i <= degree; ++i) known[i] = at(rule.point[static_cast<std::size_t>(i)]);
            for (const double xi : {-0.97, -0.7, -0.25, 0.25, 0.7, 0.97}) {
                double value = 0.0;
                for (int i = 0; i <= degree; ++i) {
                    double weight = 1.0;
                    for (int k = 0; k <= degree; ++k)
                        if (k != i)
                            weight *=
                                (xi - rule.point[static_cast<std::size_t>(k)]) /
                                (rule.point[static_cast<std::size_t>(i)] - rule.point[static_cast<std::size_t>(k)]);
                    value += weight * known[i];
                }
                if (std::abs(value - at(xi)) > allowed) return false;
            }
        }
        return true;
    }

    /// A candidate's vector on other elements.
    template <typename T>
    static std::vector<T> in_terms_of(const Candidate& c, const kernels::TensorElements& elements) {
        std::vector<T> vector;
        for (const Complex value : c.unknowns) {
            if constexpr (std::is_same_v<T, double>)
                vector.push_back(value.real());
            else
                vector.push_back(value);
        }
        return kernels::prolongate<T>(*c.on->elements, vector, elements);
    }

    Found solve(const Parity& parity, int level, Complex shift, const kernels::ShiftInvertParams& wish,
                const std::vector<Candidate*>& from = {}) {
        const SectionProblem p = problem(parity, level);
        return complex_ ? solve_as<Complex>(p, shift, wish, from) : solve_as<double>(p, shift.real(), wish, from);
    }

    template <typename T>
    Found solve_as(const SectionProblem& p, T shift, const kernels::ShiftInvertParams& wish,
                   const std::vector<Candidate*>& from) {
        const SectionForm<T> form(p);
        const auto& elements = form.elements();
        const std::size_t bytes = kernels::NestedDissection<T>::bytes_for(elements);
        if (bytes > params_.most_bytes)
            throw Error(Failure::resource_limit, "the modes need about " + std::to_string(bytes >> 20) +
                                                     " MiB, allowed are " + std::to_string(params_.most_bytes >> 20) +
                                                     " MiB");
        const kernels::NestedDissection<T> inverse(
            elements, [&](int ex, int ey, std::span<T> m) { form.element_matrix(ex, ey, shift, m); });
        const auto n = static_cast<std::size_t>(elements.size());
        std::vector<std::vector<T>> start;
        for (const Candidate* c : from) start.push_back(in_terms_of<T>(*c, elements));
        if (from.empty()) {
            // Leaning on no symmetry; a second vector where an eigenvalue may be repeated.
            start.assign(mirrored_x_ || mirrored_y_ || section_.slab ? 1 : 2, std::vector<T>(n));
            std::uint32_t seed = 1;
            for (auto& vector : start)
                for (T& value : vector)
                    value = (static_cast<double>((seed = seed * 1664525u + 1013904223u) >> 8)) / 16777216.0 - 0.5;
        }
        const auto pairs = kernels::nearest_eigenpairs<T>(
            [&](std::span<const T> x, std::span<T> y) {
                form.apply_b(x, y);
                inverse.solve(y);
            },
            std::move(start), wish);
        report_.solves += pairs.report.iterations;
        report_.unknowns = std::max(report_.unknowns, elements.size());
        report_.bytes = std::max(report_.bytes, inverse.bytes());
        Found found;
        found.complete = static_cast<bool>(pairs.report);
        found.on = std::make_shared<const SolvedSection>(
            SolvedSection{p, std::make_shared<const kernels::TensorElements>(elements), mirrored_x_, mirrored_y_});
        std::vector<T> weighed(n), improved(n);
        for (std::size_t pair = 0; pair < pairs.vectors.size(); ++pair) {
            const std::vector<T>& x = pairs.vectors[pair];
            if (!params_.near && !params_.box &&
                (Complex(shift) - Complex(pairs.distances[pair])).real() < 0.999 * boundary_ * boundary_)
                continue;  // a mode of the window
            // One more application improves the vector, and the quotient xᵀB op x / xᵀBx, op being symmetric in B, has the
            // error of the vector squared.
            form.apply_b(x, weighed);
            improved = weighed;
            inverse.solve(improved);
            ++report_.solves;
            T top(0.0), below(0.0), difference(0.0);
            for (std::size_t i = 0; i < n; ++i) top += weighed[i] * improved[i], below += weighed[i] * x[i];
            const T theta = top / below;  // 1/(σ - ν)
            double residual = 0.0, size = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                difference = improved[i] - theta * x[i];
                residual += std::norm(difference), size += std::norm(improved[i]);
            }
            residual = std::sqrt(residual / size);
            found.nu.push_back(Complex(shift) - 1.0 / Complex(theta));
            found.unknowns.emplace_back(improved.begin(), improved.end());
            found.residuals.push_back(residual * residual / std::abs(theta) /
                                      (2.0 * std::sqrt(std::abs(found.nu.back()))));
        }
        return found;
    }

    const Section& section_;
    const SectionModesParams& params_;
    SectionModeSet& report_;
    double k0_;
    Contrast contrast_;
    double x0_ = 0.0, y0_ = 0.0, margin_ = 0.0, left_ = 0.0, right_ = 0.0, bottom_ = 0.0, top_ = 0.0;
    double boundary_ = 0.0, decay_ = 0.0, radiated_ = 1.0,
           bend_layer_ = 0.0;  ///< radiated_: largest wave number across a layer [1/m]
    std::vector<StepSize> sizes_x_, sizes_y_;
    MatchedWalls layers_;
    bool mirrored_x_ = false, mirrored_y_ = false, complex_ = false;
};

/// Error of the last of the values, which approach their limit geometrically: |d₂| ρ/(1-ρ), ρ = d₂/d₁, doubled for what
/// the last ratio does not know. ρ falls no lower than `least`: towards a corner convergence grows slower from level to level.
/// Of two values the difference is the bar, and a fifth more. A value may lie by luck on its limit and make the last difference small: two levels are not trusted to gain more than a
/// factor of 250 on the difference before.
double error_bar(const std::vector<double>& n, double least, double floor) {
    const auto last = n.size() - 1;
    if (last < 1) return 1.0;
    if (last == 1) return 1.2 * std::abs(n[1] - n[0]) + floor;
    const double d2 = std::abs(n[last] - n[last - 1]), d1 = std::abs(n[last - 1] - n[last - 2]);
    constexpr double least_gain = 0.004;
    const double ratio = std::clamp(d1 > 0.0 ? d2 / d1 : least, least, 0.8);
    return std::max(2.0 * d2 * ratio / (1.0 - ratio), least_gain * d1) + floor;
}

/// n_eff level by level, and the error bars of its last value.
struct Sequence {
    std::vector<double> real, imag;
    double error = 0.0, error_imag = 0.0;
    Sequence(const Candidate& c, bool corners) {
        for (const Complex nu : c.nu) {
            const Complex n = std::sqrt(nu);
            real.push_back(n.real());
            imag.push_back(n.imag());
        }
        const double rounding = c.residual + 4e-16 * real.back();
        const double least = corners ? 0.15 : 0.05;
        error = error_bar(real, least, rounding);
        error_imag = error_bar(imag, least, rounding);
    }
    /// Loss is wanted to two percent of itself, as far as rounding lets it.
    [[nodiscard]] bool within(double accuracy) const {
        return error <= accuracy && error_imag <= std::max(2e-2 * std::abs(imag.back()), 1e-13);
    }
};

}  // namespace

SectionModeSet section_modes(const Section& section, const SectionModesParams& params) {
    if (params.curvature != 0.0 && !params.near)
        throw std::invalid_argument("modes of a bend are searched about an n_eff");
    SectionModeSet set;
    Search search(section, params, set);
    std::vector<Candidate> candidates = search.first();
    const bool corners =
        std::any_of(section.x_steps.begin(), section.x_steps.end(), [](const IndexStep& s) { return s.corners; });
    set.level = first_level;

    while (!candidates.empty()) {
        ++set.level;
        try {
            search.refine(candidates, set.level);
        } catch (const Error& error) {
            // What is known stays an answer, with its bar.
            if (error.kind() != Failure::resource_limit || candidates.front().nu.size() < 2) throw;
            --set.level;
            set.within_accuracy = false;
            break;
        }
        if (std::erase_if(candidates, [](const Candidate& c) { return c.lost; }) > 0) set.within_accuracy = false;
        if (candidates.empty()) break;
        // In a better window a mode that was hardly held lies elsewhere: its levels begin anew.
        if (search.fit_window(candidates) && set.level < first_level + 4) {
            search.refine(candidates, set.level);
            std::erase_if(candidates, [](const Candidate& c) { return c.lost; });
            for (Candidate& c : candidates) c.nu = {c.nu.back()};
            continue;
        }
        bool accurate = true;
        for (const Candidate& c : candidates) accurate = accurate && Sequence(c, corners).within(params.accuracy);
        if (accurate && candidates.front().nu.size() >= (params.accuracy >= coarse_accuracy ? 2 : 3)) break;
        if (set.level >= params.finest_level) {
            set.within_accuracy = set.within_accuracy && accurate;
            break;
        }
    }
    set.degree = degree_of(set.level);
    set.boundary_index = search.boundary_index();
    for (Candidate& c : candidates) {
        const Sequence n(c, corners);
        if (!params.near && !(n.real.back() > set.boundary_index)) continue;  // it was a mode of the box
        SectionMode mode{{n.real.back(), n.imag.back()}, n.error, n.error_imag, c.residual, c.on,
                         std::move(c.unknowns)};
        normalize(mode);
        set.modes.push_back(std::move(mode));
    }
    if (!params.near)
        std::sort(set.modes.begin(), set.modes.end(),
                  [](const SectionMode& a, const SectionMode& b) { return a.n_eff.real() > b.n_eff.real(); });
    return set;
}

}  // namespace vitral::modes
