#include "modes/elements/section_modes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "modes/elements/mode_fields.hpp"
#include "modes/elements/search_window.hpp"
#include "solver/kernels/nested_dissection.hpp"
#include "solver/kernels/prolongation.hpp"
#include "solver/kernels/shift_invert.hpp"

namespace vitral::modes {
namespace {

constexpr int first_level = 0;
/// Two levels do where no more is asked for than this.
constexpr double coarse_accuracy = 3e-5;

int degree_of(int level) { return 3 + level; }

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

/// From the coarsest level to finer ones, in a window that follows what is found.
class Search {
public:
    Search(const Section& section, const SectionModesParams& params, SectionModeSet& report)
        : slab_(section.slab), params_(params), report_(report), window_(section, params) {}

    [[nodiscard]] double boundary_index() const { return window_.boundary_index(); }

    /// All wanted modes on the coarsest level, in a window that holds them.
    std::vector<Candidate> first() {
        std::vector<Candidate> found;
        if (params_.near) {
            const Complex nearest = *params_.near * *params_.near;
            for (const Parity& parity : window_.parities())
                add(found, parity, solve(parity, first_level, nearest, {.count = params_.count, .tolerance = 1e-5}));
            keep_best(found, [&](const Candidate& c) { return std::abs(c.nu[0] - nearest); });
            return found;
        }
        std::vector<Parity> uncertain;
        const auto highest_first = [](const Candidate& c) { return -c.nu[0].real(); };
        for (const Parity& parity : window_.parities()) {
            // Where enough modes are known, only higher ones are of interest.
            const double top = window_.largest_permittivity() * (1.0 + 1e-9), bound = window_.boundary_nu(),
                         least = static_cast<int>(found.size()) < params_.count ? bound : found.back().nu[0].real();
            Found pairs = solve(parity, first_level, top,
                                {.count = params_.count, .tolerance = 1e-5, .reach = top - least, .max_vectors = 48});
            if (!pairs.complete && !params_.box) uncertain.push_back(parity);
            add(found, parity, std::move(pairs));
            keep_best(found, highest_first);
        }
        if (params_.box) return found;
        for (int searches = 0;; ++searches) {
            // Light that is hardly held lies far from the highest permittivity: it is sought just above the walls' index, no
            // nearer than what a window of this size can hold.
            for (const Parity& parity : searches == 0 ? uncertain : window_.parities()) {
                const double weakest = window_.boundary_nu() + std::pow(3.0 / (window_.k0() * window_.margin()), 2);
                add(found, parity,
                    solve(parity, first_level, weakest,
                          {.count = params_.count + 4, .tolerance = 1e-5, .max_vectors = 60}));
            }
            keep_best(found, highest_first);
            // Where less was found than looked for, or hardly held, a larger window may hold more. Four times the margin lowers
            // what is sought sixteenfold: little enough that the window's own modes do not hide those in between.
            if (window_.margin() >= window_.widest() ||
                (static_cast<int>(found.size()) == params_.count && is_held(found.back())))
                break;
            window_.lay_for_all(std::min(4.0 * window_.margin(), window_.widest()));
            if (!begin_anew(found, first_level)) report_.within_accuracy = false;
            std::erase_if(found, [&](const Candidate& c) {
                return c.nu.back().real() <= window_.boundary_nu();  // a mode of the smaller window
            });
        }
        fit_window(found);
        return found;
    }

    /// A window that suits the weakest of the candidates. Whether it was too small for it.
    bool fit_window(const std::vector<Candidate>& found) {
        if (found.empty()) return false;
        double weakest = found.front().nu.back().real();
        for (const Candidate& c : found) weakest = std::min(weakest, c.nu.back().real());
        return window_.fit(weakest);
    }

    /// The candidates once more, one level finer.
    void refine(std::vector<Candidate>& candidates, int level) {
        for (const Parity& parity : window_.parities()) {
            std::vector<Candidate*> own;
            for (Candidate& c : candidates)
                if (c.parity == parity) own.push_back(&c);
            if (own.empty()) continue;
            Complex top = own.front()->nu.back();
            double spread = 0.0;
            for (const Candidate* c : own) {
                if (!params_.near && c->nu.back().real() > top.real()) top = c->nu.back();
                spread = std::max(spread, std::abs(c->nu.back() - own.front()->nu.back()));
            }
            // Beside the highest mode, not upon it.
            const double beside =
                std::max(0.02 * std::max(top.real() - window_.boundary_nu(), 0.0), 1e-7) + 0.1 * spread;
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

    /// The candidates once more in a window that has changed, where they lie elsewhere: their levels begin anew with this one.
    /// Whether none was lost.
    bool begin_anew(std::vector<Candidate>& candidates, int level) {
        refine(candidates, level);
        const auto lost = std::erase_if(candidates, [](const Candidate& c) { return c.lost; });
        for (Candidate& c : candidates) c.nu = {c.nu.back()};
        return lost == 0;
    }

private:
    /// Adds what was found above the walls' index; what was known already is known better now.
    void add(std::vector<Candidate>& candidates, const Parity& parity, Found pairs) const {
        for (std::size_t i = 0; i < pairs.nu.size(); ++i) {
            if (!params_.near && pairs.nu[i].real() <= window_.boundary_nu()) continue;
            Candidate fresh{parity, {pairs.nu[i]}, std::move(pairs.unknowns[i]), pairs.on, pairs.residuals[i]};
            const auto known = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& c) {
                return c.on != pairs.on && c.parity == parity &&
                       std::abs(c.nu[0] - fresh.nu[0]) < 1e-2 * std::abs(fresh.nu[0] - window_.boundary_nu());
            });
            if (known == candidates.end())
                candidates.push_back(std::move(fresh));
            else
                *known = std::move(fresh);
        }
    }
    /// Whether a candidate has died out towards the walls, so that a larger window changes it little.
    [[nodiscard]] bool is_held(const Candidate& c) const {
        const double decay = window_.k0() * std::sqrt(std::max(c.nu.back().real() - window_.boundary_nu(), 0.0));
        return decay * window_.margin() > 3.0;
    }
    template <typename Order>
    void keep_best(std::vector<Candidate>& candidates, Order&& order) const {
        std::sort(candidates.begin(), candidates.end(),
                  [&](const Candidate& a, const Candidate& b) { return order(a) < order(b); });
        if (static_cast<int>(candidates.size()) > params_.count)
            candidates.resize(static_cast<std::size_t>(params_.count));
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
        // Elements smaller than those of seven layers are lost in rounding.
        const SectionProblem p = window_.problem(parity, degree_of(level), std::min(level + 1, 7));
        return window_.is_complex() ? solve_as<Complex>(p, shift, wish, from)
                                    : solve_as<double>(p, shift.real(), wish, from);
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
        const auto pause = [&] {
            if (params_.between_steps) params_.between_steps();
        };
        pause();
        const kernels::NestedDissection<T> inverse(
            elements,
            [&](int ex, int ey, std::span<T> m) {
                pause();
                form.element_matrix(ex, ey, shift, m);
            },
            params_.between_steps);
        const auto n = static_cast<std::size_t>(elements.size());
        std::vector<std::vector<T>> start;
        for (const Candidate* c : from) start.push_back(in_terms_of<T>(*c, elements));
        if (from.empty()) {
            // Leaning on no symmetry; a second vector where an eigenvalue may be repeated.
            start.assign(window_.mirrored_x() || window_.mirrored_y() || slab_ ? 1 : 2, std::vector<T>(n));
            std::uint32_t seed = 1;
            for (auto& vector : start)
                for (T& value : vector)
                    value = (static_cast<double>((seed = seed * 1664525u + 1013904223u) >> 8)) / 16777216.0 - 0.5;
        }
        const auto pairs = kernels::nearest_eigenpairs<T>(
            [&](std::span<const T> x, std::span<T> y) {
                pause();
                form.apply_b(x, y);
                inverse.solve(y);
            },
            std::move(start), wish);
        report_.solves += pairs.report.iterations;
        report_.unknowns = std::max(report_.unknowns, elements.size());
        report_.bytes = std::max(report_.bytes, inverse.bytes());
        Found found;
        found.complete = static_cast<bool>(pairs.report);
        found.on = std::make_shared<const SolvedSection>(SolvedSection{
            p, std::make_shared<const kernels::TensorElements>(elements), window_.mirrored_x(), window_.mirrored_y()});
        std::vector<T> weighed(n), improved(n);
        for (std::size_t pair = 0; pair < pairs.vectors.size(); ++pair) {
            const std::vector<T>& x = pairs.vectors[pair];
            if (!params_.near && !params_.box &&
                (Complex(shift) - Complex(pairs.distances[pair])).real() < 0.999 * window_.boundary_nu())
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

    bool slab_;
    const SectionModesParams& params_;
    SectionModeSet& report_;
    SearchWindow window_;
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

std::size_t expected_bytes(const Section& section, const SectionModesParams& params) {
    SearchWindow window(section, params);
    // A mode that is held by half of the contrast, on the level at which most searches end.
    const double largest = window.largest_permittivity(), boundary = window.boundary_nu();
    if (largest > boundary) (void)window.fit(0.5 * (largest + boundary));
    const bool strong = largest > 1.3 * boundary;  // fields are then singular at corners
    const int level = params.accuracy >= 1e-7 || !strong ? 2 : 4;
    const kernels::TensorElements elements =
        elements_of(window.problem(window.parities().front(), degree_of(level), level + 1));
    return window.is_complex() ? kernels::NestedDissection<Complex>::bytes_for(elements)
                               : kernels::NestedDissection<double>::bytes_for(elements);
}

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
        if (search.fit_window(candidates) && set.level < first_level + 4) {
            search.begin_anew(candidates, set.level);
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
