#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/io/hdf5_file.hpp"
#include "app/records/library.hpp"
#include "core/guide_path.hpp"
#include "core/medium.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "medium/drawn.hpp"
#include "modes/elements/section_modes.hpp"
#include "solver/coupling/yield.hpp"
#include "solver/propagation/capabilities.hpp"

/// What each stage is given, resolved by app/setup: numbers, records and fields. Nothing here is a name that is still to be
/// looked up, or a path. A stage's key is made of all members of its params (key.hpp).
namespace vitral::stages {

using ProcessParams = exchange::ExchangeParams;

/// An index by a formula.
struct FormulaParams {
    std::string text;
    std::map<std::string, double> constants;
};

/// What the index follows from where there was an exchange.
struct ExchangedParams {
    glass::Material host;
    std::vector<glass::IonPair> pairs;
    double resolution = 0.0;  ///< of the section [m]
};

/// The cross-section: glass or formula, cover and boxes, in a window.
struct MediumParams {
    std::variant<FormulaParams, ExchangedParams> source;
    Window window;
    bool slab = false;
    medium::Cover cover;
    std::vector<medium::DrawnBox> boxes;
};

/// Sides of the window that are still to be laid around the light (window.hpp).
struct OpenSides {
    bool sides = false, bottom = false, top = false;
    [[nodiscard]] bool any() const { return sides || bottom || top; }
};

/// The light's own grid, on which scalar modes are found and light is propagated.
struct GridParams {
    Window window;
    bool slab = false;
    std::optional<double> resolution = {};      ///< [m]; absent: still to be settled (resolution.hpp)
    Polarization field = Polarization::scalar;  ///< along which the light's field lies
    std::string polarization = "scalar";        ///< the same in the config's word
};

/// Guided modes of the section at z = 0.
struct ModesParams {
    GridParams grid;
    enum class Solver { grid, scalar_elements, vector_elements } solver = Solver::grid;
    std::string solver_word;  ///< in the config's words
    int count = 4;
    double accuracy = 1e-8;      ///< wanted error of n_eff on elements
    std::optional<double> near;  ///< n_eff about which leaky modes are sought
    std::optional<double> bend_radius;
    bool dispersion = false, sensitivities = false;
    bool error_bars = true;  ///< of n_eff on the grid
    bool continued = false;  ///< whether there are more wavelengths to follow modes along
    bool on_light_grid =
        true;  ///< whether modes on the light's grid are wanted: by propagation, by coupling, or as the answer
};

/// A fiber's LP01 mode, from its record.
struct FiberPort {
    records::FiberRecord fiber;
};
/// An elliptical Gaussian, of the config's or of a chip's record.
struct GaussianPort {
    std::string name;
    double mfd_x = 0.0, mfd_y = 0.0;  ///< 1/e² intensity diameters [m]
    std::optional<double> index;      ///< of the port's mode, for the facet's reflection
};
/// A drawn wire of a chip.
struct WirePort {
    double width = 0.0, height = 0.0;  ///< [m]
    glass::Material core, cladding, below;
};
using PortParams = std::variant<FiberPort, GaussianPort, WirePort>;

/// A coordinate that is given, or sought.
struct Coordinate {
    double value = 0.0;
    bool sought = false;
};
struct OffsetParams {
    Coordinate x;                ///< from the guide's axis
    Coordinate y = {0.0, true};  ///< from the glass surface, upwards
};

/// A mode of the guide, or of a formula under the same cover.
struct ModeLight {
    int number = 0;
    std::optional<FormulaParams> of;
};
/// Where a port stands at a facet, and how.
struct PlacementParams {
    std::string guide;              ///< name of the guide that it belongs to; may be empty
    std::optional<double> guide_x;  ///< where that guide is looked for [m]; absent: the one that leads light best
    std::optional<double> axis_x;   ///< from where its offset counts [m]; absent: the axis of the guide that is found
    OffsetParams offset;
    double tilt_x = 0.0, tilt_y = 0.0;  ///< in the gap, without one in the glass [rad]
    double focus = 0.0;                 ///< of a Gaussian: how far behind the input its waist lies, in the glass [m]
    double gap = 0.0;                   ///< between the facets [m]
    std::optional<glass::Material> medium = {};  ///< in the gap; absent: there is none
};
struct PortLight {
    PortParams port;
    PlacementParams placement;
};
/// A field from a file, one for every wavelength or one for all.
struct StoredLight {
    std::string name;
    bool keeps_power = false;  ///< the end of an earlier run; any other field is scaled to unit power
    std::vector<io::StoredField> fields;
};
struct LaunchPart {
    std::variant<ModeLight, PortLight, StoredLight> light;
    double tilt_x = 0.0, tilt_y = 0.0;    ///< towards positive x and y [rad]; of a port as its placement says
    double amplitude = 1.0, phase = 0.0;  ///< in a sum [rad]
};

struct WatchParams {
    std::string name;
    std::optional<double>
        guide_x;  ///< of the guide at the output whose own mode is watched [m]; absent: a formula's mode
    FormulaParams of;
    int mode = 0;
};

/// Where the whole field is received at the end: it is watched on the way, so that the step serves it, too.
struct ReceiverParams {
    PortParams port;
    PlacementParams placement;
};

struct PropagationParams {
    GridParams grid;
    Motion motion;
    double axis_x = 0.0;               ///< of the guide at the input [m]
    double length = 0.0;               ///< [m]
    propagation::EngineWishes engine;  ///< what the config asks of the engine, in its words
    bool chooses_order = true;         ///< whether the order is decided by what the light does
    bool exact_phases = true;          ///< whether guided light of straight stretches turns by its exact phase
    std::optional<double> step;
    double tolerance_dB = 0.01;
    std::optional<double> reference_index;
    propagation::EdgeKind edges = propagation::EdgeKind::matched_layer;
    propagation::Precision precision = propagation::Precision::double_precision;
    std::optional<double> edge_width;  ///< [m]
    double grading = 1.0;
    int records = 100;
    std::vector<LaunchPart> launch;
    std::vector<WatchParams> watch;
    std::optional<std::vector<double>> local_modes;  ///< wanted for these lengths, beside the own one [m]
    std::optional<ReceiverParams> receiver;
    bool error_bars = true;   ///< of the loss
    bool maps_input = false;  ///< whether what the output receives is wanted at the input
};

enum class End { input, output };

/// A map of misalignments: up to so far from the port's place.
struct MapParams {
    double x = 0.0, y = 0.0;            ///< [m]
    double tilt_x = 0.0, tilt_y = 0.0;  ///< [rad]
};
/// What a Monte Carlo computation of the losses at a facet is given.
struct YieldWish {
    coupling::ArraySpread spread;
    coupling::YieldParams params;
};
struct PortCoupling {
    End at = End::input;
    PortParams to;
    std::string kind;  ///< fiber, chip or gaussian
    PlacementParams placement;
    bool is_launched = false;    ///< whether the propagated light is its own, as it stands
    std::optional<int> channel;  ///< of an array, from 0
    std::optional<MapParams> map;
    std::optional<YieldWish> yield;  ///< of all channels of an array, at the first of them
};
struct CouplingParams {
    Motion motion;        ///< of the guide, for its modes at the output
    double length = 0.0;  ///< [m]
    std::vector<PortCoupling> ports;
    bool error_bars = true;                    ///< of the losses
    std::optional<double> measured_loss = {};  ///< of the straight guide [1/m]
};

/// A whole run, resolved: what app/setup makes of a config and its records.
struct RunParams {
    std::string title;
    std::vector<double> wavelengths;  ///< [m]
    std::optional<ProcessParams> process;
    OpenSides open, laid;       ///< what is still to be laid, and what was
    double accuracy_dB = 0.01;  ///< beyond which an error bar is worth a warning
    MediumParams medium;
    ModesParams modes;
    std::optional<PropagationParams> propagation;
    CouplingParams coupling;
    std::vector<std::string> warnings;  ///< about records and values, known before anything is computed
};

}  // namespace vitral::stages
