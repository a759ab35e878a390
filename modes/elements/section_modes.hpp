#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/convergence.hpp"
#include "core/guided_mode.hpp"
#include "core/medium.hpp"
#include "modes/elements/section_form.hpp"
#include "modes/elements/section_mesh.hpp"

namespace vitral::modes {

enum class SlabField {
    along_x,
    along_y
};  ///< of a slab's vector modes: TM has its field across the layers, TE along them

struct SectionModesParams {
    WaveEquation equation = WaveEquation::full_vector;
    double wavelength = 0.0;  ///< [m]
    int count = 4;           ///< how many modes, from the highest n_eff down; of a leaky section, the nearest to `near`
    double accuracy = 1e-8;  ///< wanted error of n_eff
    int finest_level = 8;    ///< degree 3 + level and level + 1 layers at corners are not passed
    std::size_t most_bytes = std::size_t{4} << 30;
    std::optional<double> near = {};  ///< search about this n_eff, through matched layers: leaky modes
    double curvature = 0.0;           ///< 1/R of a bend about x = -R [1/m]; needs `near`
    SlabField slab_field = SlabField::along_y;
    /// The section's box with these walls is all that there is: a resonator of perfect conductors (closed) and magnetic walls.
    std::optional<kernels::TensorElements::Walls> box = {};
    void (*between_steps)() = nullptr;  ///< called now and then; it may throw to stop the search
};

/// The mesh and numbering that modes were computed on.
struct SolvedSection {
    SectionProblem problem;
    std::shared_ptr<const kernels::TensorElements> elements;  ///< lengths times k0
    bool mirrored_x = false,
         mirrored_y = false;  ///< only x >= x.lower() (y >= y.lower()) was solved; the rest is its image
};

/// In matched layers the fields of a mode are continued, E_x (E_y) times the stretch of its own axis.
struct SectionMode {
    Complex n_eff;            ///< Im n_eff = 0 where nothing can be lost: lossless, between closed walls
    double error = 0.0;       ///< bar of Re n_eff, from the last three levels
    double error_imag = 0.0;  ///< the same of Im n_eff
    double residual = 0.0;    ///< of the matrix equation, relative, in n_eff
    std::shared_ptr<const SolvedSection> on;
    std::vector<Complex> unknowns;

    [[nodiscard]] ModeFields fields(std::vector<double> x, std::vector<double> y) const;
};

struct SectionModeSet {
    std::vector<SectionMode> modes;  ///< may be empty: "no guided mode" is an answer
    double boundary_index = 0.0;     ///< largest index on the walls; n_eff <= this is not guided
    bool within_accuracy = true;     ///< whether every error bar is below the wanted accuracy
    int level = 0, degree = 0;
    int unknowns = 0;       ///< of the largest system
    std::size_t bytes = 0;  ///< of its factors
    int solves = 0;         ///< of all levels
};

/// The largest effective index of light that runs along the walls of a solved section: of the bulk there, or of a film that a
/// wall cuts.
[[nodiscard]] double boundary_index(const Section& section, const SolvedSection& on, WaveEquation equation,
                                    double wavelength);

/// Bytes of the factors of the largest system that a search is likely to solve, from its first window.
[[nodiscard]] std::size_t expected_bytes(const Section& section, const SectionModesParams& params);

/// Guided modes (or, with `near`, leaky ones) of a section on rectangles of high degree, graded into corners. The window is
/// grown until light at the walls is below 1e-11 of its peak; where the section is its own mirror image, the halves are
/// solved apart. Levels are refined until the error bar is below `accuracy`.
[[nodiscard]] SectionModeSet section_modes(const Section& section, const SectionModesParams& params);

}  // namespace vitral::modes
