#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/stages/params.hpp"
#include "core/field.hpp"
#include "core/guided_mode.hpp"
#include "core/medium.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "solver/coupling/overlap.hpp"
#include "solver/coupling/yield.hpp"
#include "solver/propagation/absorber.hpp"
#include "solver/propagation/capabilities.hpp"

/// What the stages answer. Absent values were not computed, and every output says so: app/results has a row for each.
namespace vitral::stages {

/// The process as one wavelength sees it.
struct ProcessView {
    std::shared_ptr<const exchange::Exchange> exchange;
    double surface_index_change = 0.0, peak_index_change = 0.0;
    std::optional<double> largest_birefringence;  ///< n_y - n_x, by size
    std::optional<double> cation_density, haven;  ///< of the glass and its first ion, as the process used them
    Window section;                               ///< in which it is shown
};

/// The section at z = 0 on the light's grid.
struct IndexView {
    IndexMap n;
    std::optional<IndexMap> n_x, n_y;         ///< for light polarised along x and y, where they differ
    std::optional<Field<double>> absorption;  ///< power attenuation [1/m]; absent where it is not known
};

/// How modes were found.
struct SolverReport {
    std::string solver, eigensolver;
    std::optional<int> degree, unknowns, solves;
    std::optional<std::size_t> factor_bytes;
    std::optional<Window> window;
    bool leakage_computed = false;
    bool within_accuracy = true;
};

struct ModesResult {
    bool is_of_grid = false;           ///< whether the answer was found on the light's grid
    std::vector<GuidedMode> modes;     ///< the answer
    std::vector<GuidedMode> on_grid;   ///< what travels on the light's grid; empty where it is not wanted
    std::vector<std::string> regions;  ///< what the confinements belong to
    std::vector<GuidedMode> planar;    ///< of a guide without a mask
    bool is_planar = false;
    double boundary_index = 0.0;       ///< of the answer
    double grid_boundary_index = 0.0;  ///< of the modes on the light's grid
    SolverReport report;
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

/// The launched light by the local modes alone.
struct LocalModesResult {
    std::vector<double> power;  ///< in each at the end
    int stations = 0;
    double error = 0.0;            ///< of an amplitude, by the stations
    double beside = 0.0;           ///< share that may have left the modes
    std::vector<double> lengths;   ///< of the device [m]; may be empty
    std::vector<double> transfer;  ///< power in each at the end, [mode][length]
    std::optional<double>
        length_01_dB;  ///< from which on the launched mode loses less than 0.1 dB, among the lengths [m]
};

struct PropagationResult {
    std::string engine;                           ///< method, operator, splitting in words
    const propagation::EngineRow* row = nullptr;  ///< the same
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
        paraxial_error;  ///< estimated, of the paraxial operator on this path, share of the launched power
    std::optional<double> step_error;  ///< estimated, by the step, share of the launched power; absent: step given
    std::optional<double>
        transmission;   ///< power of the launched mode at the end over that at z = 0; absent where it is
                        ///< hardly excited
    double sent = 0.0;  ///< power of the launched light in that mode at z = 0
    std::optional<double> loss_dB_error;  ///< of the loss that follows from it
    std::optional<double> spare_dB;       ///< of that error, what stands for the operator's estimate being too low
    bool straight = false;                ///< whether nothing changes along z, and modes turn by their exact phases
    int launched_mode = 0;                ///< its number; the fundamental mode where a port launches
    bool of_guide = false;                ///< whether it is instead the own mode of one guide of several
    std::vector<std::string> watch;       ///< names of the watched modes
    std::optional<LocalModesResult> local_modes;
    PropagationRecords along;
    double intensity_y = 0.0;  ///< height of along.intensity_xz [m]
    Field<Complex> field;      ///< at the end
    /// At the input, what is received into the fundamental mode of the end: <receiver|launch>; where a map asks for it.
    std::optional<Field<Complex>> receiver;
};

/// Power fractions over misalignments of the port, [iy][ix], facets not included.
struct MisalignmentResult {
    std::vector<double> x, y;               ///< from the port's place [m]
    std::vector<double> tilt_x, tilt_y;     ///< further tilts [rad]; of one value where none is wanted
    std::vector<double> efficiency;         ///< into the guide's mode
    std::vector<double> transmission = {};  ///< into the guide's mode at its other end; empty: not computed
    std::vector<double> tilted = {};        ///< efficiency [tilt_y][tilt_x][iy][ix]; empty: no tilts are wanted
};

/// What passes a facet or a gap, over the phases of the light in the gap.
struct FacetRange {
    double mean = 1.0, lowest = 1.0, highest = 1.0;
};

struct CouplingResult {
    std::string at, to, kind;
    std::string guide;           ///< its name; may be empty
    std::optional<int> channel;  ///< of an array
    std::string mode_of;         ///< "section", "alone", "supermodes" (OwnMode); "modes": the one that [modes] lists
    std::string overlap;         ///< "scalar" or "full-vector"
    double n_eff = 0.0;          ///< of the mode
    double k = 0.0;              ///< wave number in which the port's tilt counts [1/m]
    std::optional<double> absorption;  ///< of the mode [1/m]
    double efficiency = 0.0, reflection = 0.0, loss_dB = 0.0;
    double best_efficiency = 0.0, best_offset_x = 0.0, best_offset_y = 0.0;  ///< without gap and tilt
    std::optional<FacetRange> facet;                                         ///< absent: the port's index is not known
    std::optional<double> loss_dB_error;
    double offset_x = 0.0, offset_y = 0.0;
    coupling::Tolerance tolerance_1dB, tolerance_half_dB;
    bool is_launched = false;  ///< whether its light was propagated
    std::optional<double>
        arrived;  ///< at an output: power in its guide's own mode, of what was sent into the launched one
    std::optional<double> received;  ///< at an output: power of the whole field that the port receives, facet included
    std::optional<double> port_n_eff;                            ///< of a wire
    std::optional<double> port_mfd;                              ///< computed mode-field diameter of a fiber [m]
    std::optional<double> data_sheet_mfd, data_sheet_tolerance;  ///< what its maker states at this wavelength [m]
    std::optional<MisalignmentResult> misalignment;
    std::optional<coupling::ArrayYield> yield;
};

struct BudgetLine {
    std::string name;
    std::optional<double> dB;  ///< absent: not computed, and not in the sum
};

struct LinkResult {
    std::string guide;  ///< its name; may be empty
    std::vector<BudgetLine> budget;
    double loss_dB = 0.0;               ///< what is received, where the whole field was propagated; else mode_loss_dB
    double mode_loss_dB = 0.0;          ///< of the guide's own mode
    std::size_t input = 0, output = 0;  ///< numbers of its ports
    bool is_propagated = false;         ///< whether its light was propagated
    std::optional<double> loss_dB_error, mode_loss_dB_error;
    std::optional<double>
        full_field_loss_dB;  ///< launched port to receiving port with all modes and radiation in the window
};

struct WavelengthResult {
    double wavelength = 0.0;
    std::optional<ProcessView> process;
    std::optional<IndexView> index;
    std::optional<ModesResult> modes;
    std::optional<PropagationResult> propagation;
    std::vector<CouplingResult> coupling;
    std::vector<LinkResult> links;
};

struct RunResult {
    std::string title;
    RunParams params;  ///< with the window and the spacing that were settled
    std::vector<WavelengthResult> wavelengths;
    std::vector<std::string> warnings;
    std::map<std::string, double> seconds;          ///< by stage
    std::map<std::string, std::string> stage_keys;  ///< of params and inputs, over all wavelengths
};

}  // namespace vitral::stages
