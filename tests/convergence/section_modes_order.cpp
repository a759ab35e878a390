// How the modes on elements converge, and whether their error bars tell the truth.
#include <cmath>

#include "core/constants.hpp"
#include "modes/elements/mode_continuation.hpp"
#include "modes/elements/mode_derivatives.hpp"
#include "modes/elements/mode_fields.hpp"
#include "modes/elements/section_figures.hpp"
#include "modes/elements/section_form.hpp"
#include "modes/elements/section_modes.hpp"
#include "solver/kernels/nested_dissection.hpp"
#include "solver/kernels/shift_invert.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/order.hpp"
#include "tests/support/sections.hpp"

using namespace vitral;
using modes::SectionModesParams;
using modes::WaveEquation;

namespace {

constexpr double um = 1e-6;

/// n_eff of the fundamental mode of a smooth scalar or vector section on equal elements of one degree.
double on_equal_elements(WaveEquation equation, int degree, int elements) {
    modes::SectionProblem p;
    p.equation = equation;
    p.wavelength = 1.55 * um;
    const auto line = [&](double half) {
        std::vector<double> breaks;
        for (int i = 0; i <= elements; ++i) breaks.push_back(half * (2.0 * i / elements - 1.0));
        return kernels::PiecewisePolynomials(breaks, degree);
    };
    p.x = line(24 * um);
    p.y = line(20 * um);
    p.permittivity = [](double x, double y) {
        const double e = 2.25 + 0.030 * std::pow(std::cosh(x / (4 * um)), -2) * std::pow(std::cosh(y / (3 * um)), -2);
        return vitral::Permittivity{e, e, e};
    };
    const modes::SectionForm<double> form(p);
    const double shift = 2.285;
    const kernels::NestedDissection<double> inverse(
        form.elements(), [&](int ex, int ey, std::span<double> m) { form.element_matrix(ex, ey, shift, m); });
    std::vector<double> start(static_cast<std::size_t>(form.elements().size()));
    for (std::size_t i = 0; i < start.size(); ++i) start[i] = std::sin(1.0 + static_cast<double>(i * i % 1013));
    const auto pairs = kernels::nearest_eigenpairs<double>(
        [&](std::span<const double> x, std::span<double> y) {
            form.apply_b(x, y);
            inverse.solve(y);
        },
        {start}, {.count = 1, .tolerance = 1e-13});
    return std::sqrt(shift - pairs.distances.at(0));
}

}  // namespace

TEST_CASE("on a smooth index n_eff converges with twice the degree of the elements") {
    for (const WaveEquation equation : {WaveEquation::scalar, WaveEquation::full_vector}) {
        const double exact = on_equal_elements(equation, 9, 20);
        for (const int degree : {1, 2, 3}) {
            const double coarse = std::abs(on_equal_elements(equation, degree, 24) - exact),
                         fine = std::abs(on_equal_elements(equation, degree, 48) - exact);
            CHECK(std::log2(coarse / fine) == Approx(2.0 * degree).epsilon(0.0).margin(0.15 * degree));
        }
    }
}

TEST_CASE("error bars cover the error in 19 of 20 settings and overstate it by at most 30 in 15", "[slow]") {
    struct Setting {
        vitral::Section section;
        SectionModesParams wish;
        double exact = 0.0;
    };
    std::vector<Setting> settings;
    const auto add = [&](const vitral::Section& section, WaveEquation equation, double wavelength, double accuracy) {
        Setting s{section, {.equation = equation, .wavelength = wavelength, .count = 1, .accuracy = accuracy}};
        SectionModesParams best = s.wish;
        best.accuracy = 1e-11;
        best.finest_level = 7;
        s.exact = modes::section_modes(section, best).modes.at(0).n_eff.real();
        settings.push_back(std::move(s));
    };
    const double accuracies[] = {1e-5, 1e-6, 1e-7, 1e-8}, films[] = {0.0, 0.2, 0.4, 0.6};
    for (int i = 0; i < 4; ++i) {
        const double accuracy = accuracies[i];
        add(sections::wire((0.40 + 0.08 * i) * um, 0.22 * um, 3.476, 1.444), WaveEquation::full_vector, 1.55 * um,
            accuracy);
        add(sections::wire((0.8 + 0.3 * i) * um, 0.4 * um, 1.996, 1.444), WaveEquation::full_vector, 1.55 * um,
            accuracy);
        add(sections::rib(films[i] * um), WaveEquation::full_vector, 1.15 * um, accuracy);
        add(sections::Exchanged{.depth = (4.0 + i) * um}.section(), WaveEquation::full_vector, 1.31 * um, accuracy);
        add(sections::Exchanged{.depth = (3.0 + i) * um, .dn = 0.02}.section(), WaveEquation::scalar, 1.55 * um,
            accuracy);
    }
    REQUIRE(settings.size() == 20);
    int covered = 0, close = 0;
    for (const Setting& s : settings) {
        const auto set = modes::section_modes(s.section, s.wish);
        const auto& mode = set.modes.at(0);
        const double error = std::abs(mode.n_eff.real() - s.exact);
        CHECK(mode.error <= s.wish.accuracy);
        covered += error <= mode.error;
        close += mode.error <= 30.0 * std::max(error, 1e-12);
        UNSCOPED_INFO("asked " << s.wish.accuracy << ": bar " << mode.error << ", error " << error);
    }
    CHECK(covered >= 19);
    CHECK(close >= 15);
}

TEST_CASE("absorption by perturbation and by the complex eigenvalue agree") {
    const auto strip = sections::wire(0.45 * um, 0.22 * um, 3.476, 1.444);
    const vitral::PermittivityAt loss = [](double x, double y) {
        const double e = std::abs(x) < 0.225 * um && std::abs(y) < 0.11 * um ? 2.0 * 3.476 * 1e-5 : 0.0;
        return vitral::Permittivity{{0.0, e}, {0.0, e}, {0.0, e}};
    };
    SectionModesParams wish{.wavelength = 1.55 * um, .count = 1, .accuracy = 1e-7};
    const auto lossless = modes::section_modes(strip, wish);
    auto absorbing = strip;
    absorbing.permittivity = [own = strip.permittivity, loss](double x, double y) {
        const vitral::Permittivity a = own(x, y), b = loss(x, y);
        return vitral::Permittivity{a.x + b.x, a.y + b.y, a.z + b.z};
    };
    const auto complex = modes::section_modes(absorbing, wish);
    const double perturbed = modes::ModeDerivatives(lossless.modes.at(0)).index_shift(loss).imag();
    CHECK(perturbed > 1e-5);  // more than the core's own: light in silicon is slow
    CHECK(complex.modes.at(0).n_eff.imag() == Approx(perturbed).epsilon(1e-7));
    CHECK(complex.modes[0].n_eff.real() == Approx(lossless.modes[0].n_eff.real()).epsilon(0.0).margin(2e-10));
}

TEST_CASE("fields meet Maxwell's conditions at a wall of silicon") {
    const auto set =
        modes::section_modes(sections::wire(0.45 * um, 0.22 * um, 3.476, 1.444), {.wavelength = 1.55 * um, .count = 1});
    const auto& mode = set.modes.at(0);
    const double wall = 0.225 * um, beside = 1e-13;
    const auto f = mode.fields({-wall - beside, -wall + beside, wall - beside, wall + beside}, {0.02 * um, -0.02 * um});
    // D normal, E along, and all of H are continuous; E normal jumps.
    CHECK(f.e_x[3].real() / f.e_x[2].real() == Approx(3.476 * 3.476 / (1.444 * 1.444)).epsilon(5e-5));
    CHECK(f.e_y[3].real() == Approx(f.e_y[2].real()).epsilon(2e-6));
    CHECK(f.e_z[3].imag() == Approx(f.e_z[2].imag()).epsilon(1e-5));
    for (const auto* h : {&f.h_x, &f.h_y}) CHECK((*h)[3].real() == Approx((*h)[2].real()).epsilon(1e-4));
    CHECK(f.h_z[3].imag() == Approx(f.h_z[2].imag()).epsilon(3e-5));
    // Mirror images: E_x even, E_y odd, E_z odd in x; in y E_x even, E_y odd, E_z even.
    CHECK(f.e_x[0].real() == Approx(f.e_x[3].real()).epsilon(1e-12));
    CHECK(f.e_y[0].real() == Approx(-f.e_y[3].real()).epsilon(1e-12));
    CHECK(f.e_z[0].imag() == Approx(-f.e_z[3].imag()).epsilon(1e-12));
    CHECK(f.e_x[7].real() == Approx(f.e_x[3].real()).epsilon(1e-12));
    CHECK(f.e_y[7].real() == Approx(-f.e_y[3].real()).epsilon(1e-12));
    CHECK(f.h_z[0].imag() == Approx(f.h_z[3].imag()).epsilon(1e-12));
}

TEST_CASE("modes that are followed are the modes that are sought") {
    const auto section = sections::Exchanged{.depth = 6 * um}.section();
    SectionModesParams wish{.wavelength = 1.31 * um, .count = 4};
    const auto set = modes::section_modes(section, wish);
    modes::ModeContinuation continuation(set, wish);
    std::optional<modes::ModeContinuation::Point> point;
    for (int i = 1; i <= 6; ++i) {
        point = continuation.next(section, 1.31 * um + i * 1e-9);
        REQUIRE(point);
        for (const double overlap : point->overlaps) CHECK(overlap > 0.999);
    }
    wish.wavelength = 1.316 * um;
    const auto sought = modes::section_modes(section, wish);
    REQUIRE(sought.modes.size() == 4);
    const auto no_dispersion = [](double, double) { return vitral::Permittivity{0.0, 0.0, 0.0}; };
    for (std::size_t m = 0; m < 4; ++m) {
        const auto& followed = point->set.modes[m];
        CHECK(followed.n_eff.real() ==
              Approx(sought.modes[m].n_eff.real()).epsilon(0.0).margin(followed.error + sought.modes[m].error));
        CHECK(modes::ModeDerivatives(followed).group_index(no_dispersion) ==
              Approx(modes::ModeDerivatives(sought.modes[m]).group_index(no_dispersion)).epsilon(1e-8));
    }
    // Another glass altogether is not followed.
    CHECK(!continuation.next(sections::Exchanged{.depth = 6 * um, .dn = 0.002}.section(), 1.317 * um));
}

TEST_CASE("modes that cross keep what they are") {
    // Stress along x lowers the x-polarised mode of a buried guide through the y-polarised one. The guide stands beside the
    // middle of its box: no symmetry keeps the two apart.
    const auto stressed = [](double stress) {
        auto section = sections::Exchanged{.depth = 6 * um}.section();
        section.left -= 1 * um;
        section.permittivity = [stress](double x, double y) {
            const double n = sections::Exchanged{.depth = 6 * um}.index(x, y), e = n * n;
            return vitral::Permittivity{y > 0.0 ? e : e - stress, e, e};
        };
        return section;
    };
    SectionModesParams wish{.wavelength = 1.31 * um, .count = 2};
    const auto set = modes::section_modes(stressed(0.0), wish);
    REQUIRE(set.modes.size() == 2);
    CHECK(set.modes[0].n_eff.real() - set.modes[1].n_eff.real() == Approx(6.14e-6).epsilon(5e-3));
    modes::ModeContinuation continuation(set, wish);
    std::optional<modes::ModeContinuation::Point> point;
    for (int i = 1; i <= 7; ++i) {
        point = continuation.next(stressed(6e-6 * i), 1.31 * um + i * 1e-15);
        REQUIRE(point);
    }
    // 1.2e-5 between them by stress now, the other way round; in order of n_eff they would have changed places.
    CHECK(point->set.modes[0].n_eff.real() - point->set.modes[1].n_eff.real() ==
          Approx(6.14e-6 - 4.2e-5 / (2.0 * 1.5077)).epsilon(0.01));
    CHECK(*modes::section_figures(point->set.modes[0]).te_fraction > 0.99);
    CHECK(*modes::section_figures(point->set.modes[1]).te_fraction < 1e-5);
}
