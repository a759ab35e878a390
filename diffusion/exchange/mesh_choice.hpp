#pragma once
#include <span>
#include <vector>

#include "diffusion/exchange/drift_field.hpp"
#include "diffusion/exchange/section_mesh.hpp"

namespace vitral::exchange {

/// The part of the glass that is computed. With `mirrored` x begins at the mirror line x = 0.
struct Domain {
    double left = 0.0, right = 0.0, bottom = 0.0;
    bool planar = false;  ///< one column: nothing depends on x
};

/// What a mesh has to resolve during one step.
struct MeshDemand {
    double tolerance = 1e-3;         ///< in c
    std::vector<double> mask_edges;  ///< where open and closed surface meet [m]
    double edge_cell = 0.0;          ///< cell size there [m]; also at the surface where it is fully open
    bool thin_fronts = false;        ///< a current goes through the openings of a mask
    bool surface_layer = false;      ///< cells graded to the surface are wanted
    double drift = 0.0;              ///< u along y, where no currents are known yet [m/s]
};

/// Chooses rectilinear meshes. Cells grow in proportion to the distance from mask edges and from a surface through which
/// ions come, and are as small as the profile asks: linear interpolation errs by h²|c''|/8, which stays below the
/// tolerance, and where a drift shapes the profile a cell is short enough for central fluxes (|Pe| < 2). The mesh is laid
/// anew when the profile has moved out of its fine cells.
class MeshChoice {
public:
    MeshChoice(Domain domain, MeshDemand demand);
    /// The first mesh of a recipe, for fresh glass.
    [[nodiscard]] SectionMesh fresh() const;
    /// A mesh for the concentrations `c` on `mesh`; `currents` may be null.
    [[nodiscard]] SectionMesh for_profile(const SectionMesh& mesh, std::span<const double> c, const IonLaw& law,
                                          const FaceCurrents* currents) const;
    /// Largest ratio of a cell of `mesh` to what its own profile asks for there; above 1 it is too coarse.
    [[nodiscard]] double coarseness(const SectionMesh& mesh, std::span<const double> c, const IonLaw& law,
                                    const FaceCurrents* currents) const;
    /// Behind a slit the field is so strong that fronts may be thinner than anything light could see. There a mean over this
    /// length counts, and half of it is a cell; 0: c counts at every place [m].
    [[nodiscard]] double front_length(const SectionMesh& mesh, std::span<const double> c) const;
    void set_surface_scale(double diffusion_length) { surface_scale_ = diffusion_length; }

private:
    struct Wanted {
        std::vector<double> x, y;  ///< cell size that the profile asks for at every column and row; huge: none
    };
    [[nodiscard]] Wanted wanted(const SectionMesh& mesh, std::span<const double> c, const IonLaw& law,
                                const FaceCurrents* currents) const;
    [[nodiscard]] double surface_cell() const;
    /// The laws around mask edges and the surface, before the profile has spoken.
    [[nodiscard]] CellSize graded_x() const { return {demand_.mask_edges, demand_.edge_cell, growth_}; }
    [[nodiscard]] CellSize graded_y() const;
    [[nodiscard]] SectionMesh lay(CellSize along_x, CellSize along_y) const;
    Domain domain_;
    MeshDemand demand_;
    double growth_, surface_scale_ = 0.0;
};

}  // namespace vitral::exchange
