#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/config/config_document.hpp"
#include "core/guide_path.hpp"
#include "core/polarization.hpp"
#include "core/recipe.hpp"

/// A whole case as the user writes it. Each struct is one table of the config; case_schema.cpp describes its keys. Names and
/// paths are still names and paths here: app/setup resolves them.
namespace vitral::config {

/// TE: the field lies along the surface; TM: it does not. In a slab TE is the field across its plane.
enum class LightPolarization { scalar, te, tm };
/// Which equation the modes solve, and how: on the light's own grid, or on elements that follow the index.
enum class ModeSolver { scalar, scalar_elements, full_vector };

struct GlassConfig {
    std::string name;         ///< a record of the library, or a path
    double thickness = 1e-3;  ///< [m]
};

struct SectionConfig {
    std::optional<double> width, depth, height;  ///< [m]; absent: laid around the light
    std::string cover = "air";                   ///< "none", a record, or a number as text
    std::optional<double> resolution;            ///< [m]; absent: chosen for the light
    bool slab = false;
};

struct SegmentConfig {
    std::optional<double> straight;  ///< length [m]
    std::optional<double> s_bend;    ///< length [m]
    std::optional<double> to_x;      ///< where the S-bend ends [m]
    std::optional<double> arc;       ///< length along the centre line [m]
    std::optional<double> radius;    ///< of the arc [m]; positive: the outer side lies at positive x
    [[nodiscard]] double length() const { return straight.value_or(0.0) + s_bend.value_or(0.0) + arc.value_or(0.0); }
};

struct GuideConfig {
    std::string name;    ///< empty: "guide 1", ... in order
    double x = 0.0;      ///< [m]
    double width = 0.0;  ///< [m]
    std::vector<SegmentConfig> segments;
};

struct MaskConfig {
    std::vector<GuideConfig> guides;
    MaskMaterial material = MaskMaterial::dielectric;
    double potential = 0.0;           ///< of a metal against the melt [V]
    double contact_resistance = 0.0;  ///< of a metal [Ω m²]
};

struct NumericsConfig {
    std::optional<double> process_tolerance;  ///< wanted accuracy of the concentration; absent: follows the accuracy
    bool error_bars = true;
};

/// A rectangle of another material over the formula.
struct BoxConfig {
    std::string name;
    double x = 0.0, width = 0.0;           ///< centre and width [m]
    std::optional<double> bottom, height;  ///< absent in a slab [m]
    std::string index;                     ///< a material's name, or a number as text
};

/// A guide of a formula, by its place.
struct GuidePlaceConfig {
    std::string name;
    double x = 0.0;               ///< at the input [m]
    std::optional<double> end_x;  ///< at the output; absent: moved with the section [m]
};

struct IndexConfig {
    std::string formula;
    std::map<std::string, double> constants;
    std::vector<BoxConfig> boxes;         ///< later ones lie over earlier ones
    std::vector<SegmentConfig> segments;  ///< the path along which the section of the formula is moved
    std::vector<GuidePlaceConfig> guides;
};

struct ModesConfig {
    int count = 4;
    std::optional<ModeSolver> solver;   ///< absent: full_vector where boxes are drawn, else scalar
    std::optional<double> accuracy;     ///< wanted error of n_eff on elements; absent: 1e-8
    std::optional<double> near;         ///< n_eff about which leaky modes are sought
    std::optional<double> bend_radius;  ///< [m]; positive: the outer side lies at positive x
    bool dispersion = false;            ///< whether dn_group/dλ is wanted
    bool sensitivities = false;         ///< whether derivatives of n_eff are wanted
};

struct GaussianConfig {
    double mfd_x = 0.0;           ///< 1/e² intensity diameter [m]
    std::optional<double> mfd_y;  ///< absent: as mfd_x [m]
    std::optional<double> index;  ///< of the port's mode, for the facet's reflection; absent: the guide's own
};

/// A fiber by its numbers.
struct StepIndexConfig {
    double core_radius = 0.0;  ///< [m]
    double core_index = 0.0, cladding_index = 0.0;
};

/// A drawn wire of a chip, such as the tip of a spot-size converter.
struct WireConfig {
    double width = 0.0, height = 0.0;  ///< [m]
    std::string core, cladding;        ///< materials, or indices as texts
    std::string below;                 ///< under the wire; empty: the cladding
};

/// What light comes from or goes to. Exactly one of them.
struct PortConfig {
    std::string fiber, chip;
    std::optional<GaussianConfig> gaussian;
    std::optional<StepIndexConfig> step_index;
    std::optional<WireConfig> wire;  ///< not of a launch
};

/// A coordinate that is given, sought, or that of the guide's axis.
struct PlaceConfig {
    enum class Kind { length, optimal, guide } kind = Kind::guide;
    double value = 0.0;
    [[nodiscard]] bool is_optimal() const { return kind == Kind::optimal; }
};

struct OffsetConfig {
    PlaceConfig x;                                 ///< from the guide's axis
    PlaceConfig y = {PlaceConfig::Kind::optimal};  ///< from the glass surface, upwards
};

struct LaunchTerm;

/// Launch: a port at an offset, a mode of the guide, a field from a file, or a sum of these.
struct LaunchConfig {
    PortConfig port;
    std::string guide;  ///< whose axis the offset counts from
    std::optional<OffsetConfig> offset;
    double tilt_x = 0.0, tilt_y = 0.0;  ///< of a port's light in the glass, towards positive x and y [rad]
    double focus = 0.0;                 ///< of a Gaussian: how far behind the input its waist lies, in the glass [m]
    std::optional<double> mode;         ///< number of the section's mode, from 0
    std::string formula;                ///< the index whose mode is meant, where it is not the section's own
    std::map<std::string, double> constants;
    std::string file, dataset;  ///< an HDF5 file, relative to the config; dataset empty: the field at a run's end
    std::vector<LaunchTerm> superposition;
    [[nodiscard]] std::vector<const LaunchConfig*> parts() const;  ///< itself, or what it is the sum of
};

/// A light of a sum; a field from a file has its own power, the others unit power.
struct LaunchTerm {
    LaunchConfig light;
    double amplitude = 1.0, phase = 0.0;  ///< [rad]
};

struct WatchConfig {
    std::string name;
    std::string guide;  ///< whose own mode at the output is watched, in place of a formula's
    std::string formula;
    std::map<std::string, double> constants;
    int mode = 0;
};

/// Light by local modes, beside the march; for a list of lengths if one is given.
struct LocalModesConfig {
    std::optional<double> from, to;  ///< lengths of the device [m]
    int count = 50;
};

/// A method or an order that is decided by what the light does.
inline constexpr const char* automatic = "auto";

struct PropagationConfig {
    // Words of the table of engines (solver/propagation/capabilities.hpp).
    std::string method = automatic;
    std::string order = automatic;
    std::optional<std::string> splitting;  ///< absent: the first of the engine's own
    std::string precision = "double";
    std::optional<double> length;           ///< [m]; absent: the length of the path
    std::optional<double> step;             ///< [m]; absent: chosen for the tolerance
    std::optional<double> tolerance;        ///< [dB], of every watched power; absent: the accuracy
    std::optional<double> reference_index;  ///< absent: the launched mode's n_eff
    BendMap bend;                           ///< how arcs are straightened
    std::string edges = "pml";
    std::optional<double> absorber;  ///< width of the edges [m]; absent: a tenth of the window
    double grading = 1.0;            ///< how many times farther apart points may lie away from the light
    int records = 100;
    std::optional<double> loss;  ///< measured power attenuation of the straight guide [1/m]
    LaunchConfig launch;
    std::vector<WatchConfig> watch;
    std::optional<LocalModesConfig> local_modes;
};

enum class End { input, output };

/// The misalignments of a map: up to so far from the port's place.
struct ToleranceConfig {
    double x = 0.0, y = 0.0;               ///< [m]
    std::optional<double> tilt_x, tilt_y;  ///< one stands for both [rad]
};

/// Equal ports side by side, the first at the offset.
struct ArrayConfig {
    double pitch = 0.0;  ///< along x [m]
    int count = 1;
};

/// How ports scatter about their places: standard deviations.
struct YieldConfig {
    double draws = 1e5, seed = 1.0;
    double limit = 1.0;                           ///< [dB]
    double placement_x = 0.0, placement_y = 0.0;  ///< of the array [m]
    double rotation = 0.0;                        ///< of the array in the plane of the facet [rad]
    double pitch = 0.0, core = 0.0, gap = 0.0;    ///< [m]
    double process = 0.0;                         ///< [dB]
};

struct CouplingConfig {
    End at = End::input;
    PortConfig to;
    std::string guide;                     ///< whose axis the offset counts from
    std::optional<OffsetConfig> offset;    ///< absent: that of the launch of the same port; on the guide's axis
    std::optional<double> tilt_x, tilt_y;  ///< absent: those of the launch of the same port; none [rad]
    double gap = 0.0;                      ///< between the facets [m]
    std::string medium = "air";            ///< in the gap: a record, or a number as text
    std::optional<ArrayConfig> array;
    std::optional<ToleranceConfig> tolerance;
    std::optional<YieldConfig> yield;
};

struct Case {
    std::string title;
    std::vector<double> wavelengths;  ///< [m]
    double accuracy = 0.01;           ///< wanted of every loss [dB]
    LightPolarization polarization = LightPolarization::scalar;
    std::optional<GlassConfig> glass;
    SectionConfig section;
    std::optional<MaskConfig> mask;
    std::vector<RecipeStep> process;
    NumericsConfig numerics;
    std::optional<IndexConfig> index;
    ModesConfig modes;
    std::optional<PropagationConfig> propagation;
    std::vector<CouplingConfig> coupling;
    std::vector<std::pair<std::string, std::vector<ConfigNode>>> sweep;  ///< key -> its values

    std::string config_text;  ///< as typed
    std::string config_name;
    std::filesystem::path folder;  ///< records named by path lie relative to it

    [[nodiscard]] double length() const;      ///< of the propagation [m]
    [[nodiscard]] GuidePath path() const;     ///< of the single guide or the formula, about x = 0; straight otherwise
    [[nodiscard]] bool follows_path() const;  ///< whether the section moves along z
    [[nodiscard]] bool maps_input() const;    ///< whether a misalignment map through the guide is wanted
    [[nodiscard]] Polarization field_axis() const;  ///< along which the light's field lies
    [[nodiscard]] ModeSolver mode_solver() const;
    [[nodiscard]] bool modes_on_elements() const { return mode_solver() != ModeSolver::scalar; }
    [[nodiscard]] double axis_x(End end) const;  ///< x of the guide's axis; 0 where the mask has several guides [m]
    /// The guides that have a name, of the mask or of the formula, with where they begin and end.
    struct NamedGuide {
        std::string name;
        double x = 0.0, end_x = 0.0;  ///< [m]
        [[nodiscard]] double at(End end) const { return end == End::input ? x : end_x; }
    };
    [[nodiscard]] std::vector<NamedGuide> guides() const;
};

}  // namespace vitral::config
