#include "modes/elements/mode_continuation.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"
#include "modes/elements/mode_fields.hpp"
#include "solver/kernels/nested_dissection.hpp"

namespace vitral::modes {
namespace {

/// One mode's way: the last vectors, newest last, and where they were.
struct Track {
    std::vector<double> wavelengths;
    std::vector<std::vector<double>> vectors;
    double nu = 0.0, first_rise = 0.0;
    /// A factorisation at some earlier point, its shift beside this mode: nearer to it than to any other.
    std::unique_ptr<kernels::NestedDissection<double>> inverse;
};

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

/// Of a vector in lengths of 1/k0 what it is at another k0: f has one broken direction, ζ is a length times a field.
void rescale(std::vector<double>& u, const kernels::TensorElements& elements, double from, double to) {
    if (elements.fields().size() == 1) return;
    const double ratio = std::sqrt(from / to);  // k0 goes as 1/λ: ζ' / f' as √k0
    for (std::size_t g = static_cast<std::size_t>(elements.global_begin(2)); g < u.size(); ++g) u[g] *= ratio;
}

/// Lagrange extrapolation of the vectors to a wavelength.
std::vector<double> extrapolated(const Track& track, double wavelength) {
    std::vector<double> u(track.vectors.back().size(), 0.0);
    for (std::size_t k = 0; k < track.vectors.size(); ++k) {
        double weight = 1.0;
        for (std::size_t l = 0; l < track.vectors.size(); ++l)
            if (l != k) weight *= (wavelength - track.wavelengths[l]) / (track.wavelengths[k] - track.wavelengths[l]);
        for (std::size_t i = 0; i < u.size(); ++i) u[i] += weight * track.vectors[k][i];
    }
    return u;
}

}  // namespace

struct ModeContinuation::State {
    SectionModesParams params;
    SectionModeSet set;
    std::vector<Track> tracks;
    bool usable = true;
};

ModeContinuation::ModeContinuation(const SectionModeSet& set, const SectionModesParams& params)
    : state_(std::make_unique<State>()) {
    State& s = *state_;
    s.params = params;
    s.set = set;
    s.usable = !params.near && !set.modes.empty();
    for (const SectionMode& mode : set.modes) {
        Track track;
        track.wavelengths = {params.wavelength};
        track.vectors.emplace_back();
        for (const Complex value : mode.unknowns) {
            s.usable = s.usable && std::abs(value.imag()) < 1e-9;
            track.vectors.back().push_back(value.real());
        }
        track.nu = std::pow(mode.n_eff.real(), 2);
        track.first_rise = track.nu - set.boundary_index * set.boundary_index;
        s.usable = s.usable && mode.n_eff.imag() == 0.0;
        s.tracks.push_back(std::move(track));
    }
}

ModeContinuation::~ModeContinuation() = default;

namespace {

/// A mode's vector put right, and what is known of it then.
struct Corrected {
    std::vector<double> u;
    double nu = 0.0, error = 1.0;
    int corrections = 0;
    bool done = false;
};

/// Corrects an extrapolated vector by its residual until what the next correction would change in n_eff is below a hundredth of
/// `accuracy`; `factorise(nu)` renews the inverse where the old one no longer helps.
template <typename Factorise>
Corrected corrected(const SectionForm<double>& form, std::vector<double> u, Track& track, double accuracy,
                    Factorise&& factorise) {
    const auto n = static_cast<std::size_t>(form.elements().size());
    std::vector<double> a(n), b(n), r(n), e;
    Corrected c{std::move(u), track.nu};
    bool fresh = false;
    for (int i = 0; i < 12 && !c.done; ++i) {
        form.apply_a(c.u, a);
        form.apply_b(c.u, b);
        const double size = dot(c.u, b);
        c.nu = -dot(c.u, a) / size;
        for (std::size_t l = 0; l < n; ++l) r[l] = a[l] + c.nu * b[l];
        if (!track.inverse || (i == 6 && !fresh)) factorise(c.nu), fresh = true;
        e = r;
        track.inverse->solve(e);
        ++c.corrections;
        const double error_before = c.error;
        c.error = std::abs(dot(r, e) / size) / (2.0 * std::sqrt(std::abs(c.nu)));
        c.done = c.error < 0.01 * accuracy;
        if (!c.done && i > 0 && c.error > 0.5 * error_before && !fresh) factorise(c.nu), fresh = true;
        // (A + σB)e = r leaves (σ-ν)/(σ-ν') of every other mode ν' and enlarges this one: only what is across counts.
        const double along = dot(e, b) / size;
        for (std::size_t l = 0; l < n; ++l) c.u[l] -= e[l] - along * c.u[l];
    }
    return c;
}

}  // namespace

bool ModeContinuation::follow(std::size_t m, const SectionProblem& problem, double bound, Point& point) {
    State& s = *state_;
    Track& track = s.tracks[m];
    const double wavelength = problem.wavelength;
    const SectionForm<double> form(problem);
    const auto factorise = [&](double nu) {
        // Beside the mode: upon it the matrix has no inverse.
        double beside = 0.05 * std::abs(nu - bound);
        for (std::size_t other = 0; other < s.tracks.size(); ++other)
            if (other != m) beside = std::min(beside, 0.2 * std::abs(nu - s.tracks[other].nu));
        const double shift = nu + std::max(beside, 1e-9);
        track.inverse = std::make_unique<kernels::NestedDissection<double>>(
            form.elements(),
            [&](int ex, int ey, std::span<double> matrix) { form.element_matrix(ex, ey, shift, matrix); });
    };
    std::vector<double> guess = extrapolated(track, wavelength);
    rescale(guess, form.elements(), track.wavelengths.back(), wavelength);
    Corrected c = corrected(form, std::move(guess), track, s.params.accuracy, factorise);
    point.corrections += c.corrections;
    if (!c.done || !(c.nu > bound)) return false;
    // A window that was laid for another decay does for a third more or less.
    if (std::abs(std::log((c.nu - bound) / track.first_rise)) > 0.6) return false;
    const auto n = static_cast<std::size_t>(form.elements().size());
    std::vector<double> b(n), weighed(n), last = track.vectors.back();
    form.apply_b(c.u, b);
    const double size = dot(c.u, b);
    // The overlap with the point before, in this point's measure.
    rescale(last, form.elements(), track.wavelengths.back(), wavelength);
    form.apply_b(last, weighed);
    point.overlaps[m] = std::pow(dot(last, b), 2) / (size * dot(last, weighed));
    if (point.overlaps[m] < 0.5) return false;
    track.nu = c.nu;
    for (auto& vector : track.vectors) rescale(vector, form.elements(), track.wavelengths.back(), wavelength);
    // Extrapolation needs vectors of one length and sign.
    const double scale = (dot(last, b) < 0.0 ? -1.0 : 1.0) * std::sqrt(dot(last, weighed) / size);
    for (double& value : c.u) value *= scale;
    track.vectors.push_back(c.u);
    track.wavelengths.push_back(wavelength);
    if (track.vectors.size() > 4)
        track.vectors.erase(track.vectors.begin()), track.wavelengths.erase(track.wavelengths.begin());
    const SolvedSection& before = *s.set.modes[m].on;
    SectionMode& mode = point.set.modes[m];
    mode.on = std::make_shared<const SolvedSection>(
        SolvedSection{problem, std::make_shared<const kernels::TensorElements>(form.elements()), before.mirrored_x,
                      before.mirrored_y});
    mode.n_eff = std::sqrt(c.nu);
    mode.residual = c.error;
    mode.error = s.set.modes[m].error + c.error;  // the elements are the same, and so is what they leave out
    mode.unknowns.assign(c.u.begin(), c.u.end());
    normalize(mode);
    return true;
}

std::optional<ModeContinuation::Point> ModeContinuation::next(const Section& section, double wavelength) {
    State& s = *state_;
    if (!s.usable) return {};
    Point point;
    point.set = s.set;
    point.set.solves = 0;
    point.set.boundary_index = boundary_index(section, *s.set.modes[0].on, s.params.equation, wavelength);
    const double bound = std::pow(point.set.boundary_index, 2);
    point.overlaps.resize(s.tracks.size());
    for (std::size_t m = 0; m < s.tracks.size(); ++m) {
        SectionProblem problem = s.set.modes[m].on->problem;
        problem.permittivity = section.permittivity;
        problem.wavelength = wavelength;
        if (!follow(m, problem, bound, point)) return {};
    }
    point.set.solves = point.corrections;
    return point;
}

}  // namespace vitral::modes
