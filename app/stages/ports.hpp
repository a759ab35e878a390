#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/stages/params.hpp"
#include "app/stages/section_guides.hpp"
#include "app/stages/wire_port.hpp"
#include "core/guided_mode.hpp"
#include "core/polarization.hpp"
#include "solver/coupling/overlap.hpp"

namespace vitral::stages {

/// A port as light of one wavelength sees it.
struct Port {
    std::string name;
    coupling::PortShape shape;        ///< about its axis, unit power, at its own facet
    coupling::PortShape at_guide;     ///< at the facet of the guide: after the gap, focused and tilted
    std::optional<double> index;      ///< for the facet's reflection; absent: not to be counted
    std::optional<double> gap_index;  ///< of what fills the gap; absent: there is none
    double k_x = 0.0, k_y = 0.0;      ///< of its tilt, transverse wave numbers [1/m]
    double reach = 0.0;               ///< farther from its axis there is nothing of it at the facet of the guide [m]
    double radius = 0.0;              ///< 1/e field radius, about [m]
    std::shared_ptr<const GuidedMode> wire;               ///< a vector mode about its axis, in place of the shapes
    std::shared_ptr<const coupling::SeenMode> seen_wire;  ///< the same as light along its field sees it
    std::optional<double> mfd, data_sheet_mfd, data_sheet_tolerance;  ///< of a fiber [m]
};

/// What light passes between a port and a guide.
struct FacetParams {
    End end = End::input;
    double wavelength = 0.0;
    double n_eff = 0.0;  ///< of the guide's mode
    Polarization field = Polarization::scalar;
    WireModes* wires = nullptr;  ///< where the modes of wires are kept; may be null
};

/// A port as its placement has it. At the output its field is that of the light which it receives.
[[nodiscard]] Port make_port(const PortParams& params, const PlacementParams& placement, const FacetParams& facet);

/// One end of the light's way.
struct EndOfGuide {
    End end = End::input;
    const LightSection& light;
    const SectionGuides& guides;
    const std::vector<GuidedMode>& modes;  ///< of the whole section there, on the light's grid
    WireModes* wires = nullptr;            ///< may be null
};

/// A port beside a guide.
struct PortAtGuide {
    Port port;
    const GuidedMode* mode = nullptr;  ///< the guide's own, or the section's fundamental where that guide has none
    bool is_guided = true;             ///< whether it is the guide's own
    std::string found;                 ///< how (OwnMode)
    double axis_x = 0.0;               ///< from where its offset counts [m]
    coupling::OverlapAt overlap;       ///< with that mode
    coupling::Alignment at;            ///< of its axis, in the section
    coupling::OverlapAt tilted;        ///< there, tilted further by a transverse wave number along x and y
    coupling::OverlapAt in_contact;    ///< the same without gap, focus and tilt
};

/// Puts a port at its place beside the guide that it belongs to, best where its offset is sought.
[[nodiscard]] PortAtGuide place_port(const PortParams& port, const PlacementParams& placement, const EndOfGuide& end);
/// The same beside a mode found on elements, which lies `moved` along x from where it was found.
[[nodiscard]] PortAtGuide place_port(const PortParams& port, const PlacementParams& placement, const EndOfGuide& end,
                                     const GuidedMode& mode, double moved);

/// Overlap of a field on a grid with the port, of unit powers: what of the whole field a port receives. `psi` must outlive it.
[[nodiscard]] coupling::OverlapAt overlap_with(const Field<Complex>& psi, coupling::Tail tail, const Port& port);

[[nodiscard]] Field<Complex> as_complex(const Field<double>& psi);

}  // namespace vitral::stages
