#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/field.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "modes/mode_figures.hpp"
#include "modes/scalar_modes.hpp"
#include "modes/section_figures.hpp"
#include "modes/section_modes.hpp"
#include "solver/propagation/absorber.hpp"

/// What a run computed. Absent values were not computed, and every output says so.
namespace vitral::app {

struct ModeResult {
    double n_eff = 0.0, n_group = 0.0, residual = 0.0;
    std::optional<double> absorption;  ///< power attenuation by the material [1/m]
    modes::ModeFigures figures;
};

/// A derivative of n_eff.
struct Sensitivity {
    std::string parameter, unit;
    double value = 0.0;
};

/// A mode of the solver on elements.
struct ElementMode {
    int number = 0;  ///< kept from wavelength to wavelength by overlap
    std::optional<double> overlap_with_last;
    modes::SectionMode mode;
    modes::SectionFigures figures;
    double n_group = 0.0;
    std::optional<double> dispersion;  ///< D = (1/c) dn_group/dλ [s/m²]; 1 ps/(nm km) = 1e-6 s/m²
    std::optional<double> absorption;  ///< power attenuation by the material [1/m]
    std::vector<Sensitivity> sensitivities;
};

struct ElementModes {
    std::vector<ElementMode> modes;
    std::vector<std::string> regions;  ///< what the confinements belong to
    double boundary_index = 0.0;
    bool within_accuracy = true, open_walls = false;
    int degree = 0, unknowns = 0, solves = 0;
    std::size_t bytes = 0;
};

/// Mode indices of a planar guide with their error bars.
struct PlanarModes {
    struct Line {
        double n_eff, error;
    };
    std::vector<Line> te, tm;
};

/// What is recorded along z, at z = 0 and at every record; a checkpoint keeps all of it.
struct PropagationRecords {
    std::vector<double> z, power, removed;
    std::vector<double> center_x, center_y, width_x, width_y;  ///< of |ψ|², widths 4σ [m]; in a slab y is empty
    std::vector<std::vector<double>> mode_power;               ///< [mode][record], of the local guided modes
    std::vector<std::vector<double>> watch_power;              ///< [watched mode][record]
    std::vector<double> intensity_xz;  ///< |ψ|² along x at the guide's height, record after record
    double balance = 0.0;              ///< largest |power + removed - launched| / launched
};

struct PropagationResult {
    std::string engine;  ///< method, operator, splitting in words
    double length = 0.0, dz = 0.0, n_ref = 0.0;
    long steps = 0;
    double launched = 0.0, transmitted = 0.0;  ///< power at z = 0 and at the end
    Grid grid;                                 ///< of the march; graded, if asked for
    propagation::RemovedPower removed;
    propagation::Edges edges;  ///< a width of 0 is a closed boundary: what would leave there is not computed
    /// Share of the power that comes back from the edges, of light at the angle between n_eff and the boundary index.
    std::optional<double> edge_return;
    double radiated = 0.0;  ///< power beside the guided modes of a straight stretch, left where it was
    std::optional<double>
        paraxial_error;  ///< estimated error of the paraxial operator on this path, share of the launched power
    std::optional<double> step_error;  ///< estimated error by the step, share of the launched power; absent: step given
    std::optional<double>
        transmission;  ///< power of the launched mode at the end over that at z = 0; absent where it is hardly excited
    int launched_mode = 0;           ///< its number; the fundamental mode where a port launches
    std::vector<std::string> watch;  ///< names of the watched modes
    PropagationRecords along;
    double intensity_y = 0.0;  ///< height of along.intensity_xz [m]
    Field<Complex> field;      ///< at the end
    /// At the input, what is received into the fundamental mode of the end: <receiver|launch>; where a map asks for it.
    std::optional<Field<Complex>> receiver;
};

/// Power fractions over misalignments of the port, [iy][ix], facets not included.
struct MisalignmentResult {
    std::vector<double> x, y;               ///< from the port's place [m]
    std::vector<double> efficiency;         ///< into the guide's mode
    std::vector<double> transmission = {};  ///< into the fundamental mode at the guide's other end; empty: not computed
};

struct CouplingResult {
    std::string at, to;
    double efficiency = 0.0, reflection = 0.0, loss_dB = 0.0;
    double offset_x = 0.0, offset_y = 0.0;
    std::optional<double> tolerance_1dB_x, tolerance_1dB_y;
    std::optional<double> port_mfd;                              ///< computed mode-field diameter of a fiber [m]
    std::optional<double> data_sheet_mfd, data_sheet_tolerance;  ///< what its maker states at this wavelength [m]
    std::optional<MisalignmentResult> misalignment;
};

struct LinkResult {
    std::vector<std::pair<std::string, double>> budget;  ///< [dB]
    double loss_dB = 0.0;
    std::optional<double>
        full_field_loss_dB;  ///< launched port to receiving port with all modes and radiation in the window
};

struct WavelengthResult {
    double wavelength = 0.0;
    std::optional<double> surface_index_change, peak_index_change;
    Field<double> index;                            ///< of the section at z = 0
    std::optional<Field<double>> index_x, index_y;  ///< for light polarised along x and y, where they differ
    std::optional<Field<double>> absorption;        ///< power attenuation [1/m]; absent where the record does not know
    double boundary_index = 0.0;
    std::vector<ModeResult> modes;
    std::vector<modes::Mode> mode_fields;
    bool modes_computed = false;
    std::optional<ElementModes> element_modes;  ///< absent: the modes above are the answer
    std::optional<PlanarModes> planar_modes;    ///< of a guide without a mask
    std::optional<PropagationResult> propagation;
    std::vector<CouplingResult> coupling;
    std::optional<LinkResult> link;
};

struct RunResult {
    std::string title;
    std::shared_ptr<const exchange::Exchange> process;  ///< absent with [index]
    std::optional<double> cation_density, haven;        ///< of the glass and its first ion, as the process used them
    double section_width = 0.0;                         ///< [m]
    std::string polarization;                           ///< scalar, TE or TM
    std::string mode_solver;                            ///< in the schema's words
    bool slab = false;
    std::vector<WavelengthResult> wavelengths;
    std::vector<std::string> warnings;
    std::map<std::string, double> seconds;            ///< by stage
    std::map<std::string, std::string> stage_hashes;  ///< of the resolved inputs
};

}  // namespace vitral::app
