#pragma once
#include <span>
#include <vector>

#include "diffusion/exchange/face_distances.hpp"
#include "diffusion/exchange/section_mesh.hpp"
#include "solver/kernels/five_point.hpp"

namespace vitral::exchange {

/// The total ionic current u = J/(e C_0) [m/s] through every face of a mesh: x faces (nx+1) × ny, y faces nx × (ny+1),
/// positive towards +x and +y. Without field all zero.
struct FaceCurrents {
    std::vector<double> x, y;
    explicit FaceCurrents(const SectionMesh& mesh);
};

/// The conservation law of one process step on a mesh: finite volumes with the fluxes of interdiffusion.hpp.
/// Sides: no flux. Bottom: no flux without field, ĉ = 0 with field (the ions leave towards the cathode).
class IonTransport {
public:
    IonTransport(const SectionMesh& mesh, std::vector<SurfaceCell> surface, double D_A, double M, bool has_field);

    /// Rate of change dĉ/dt of every cell [1/s]; returns the inflow of incoming ions through the surface minus the
    /// outflow at the bottom, in units of C_0 [m²/s], i.e. exactly the sum of area times rate up to rounding.
    double rate(std::span<const double> c_hat, const FaceCurrents& u, std::span<double> rate) const;
    /// The matrix I - tau d(rate)/dĉ at ĉ and fixed currents.
    void implicit_matrix(std::span<const double> c_hat, const FaceCurrents& u, double tau,
                         kernels::FivePointMatrix& matrix) const;
    [[nodiscard]] const SectionMesh& mesh() const noexcept { return mesh_; }
    [[nodiscard]] const std::vector<SurfaceCell>& surface() const noexcept { return surface_; }
    [[nodiscard]] const FaceDistances& distances() const noexcept { return distances_; }
    [[nodiscard]] double D_A() const noexcept { return D_A_; }
    [[nodiscard]] double M() const noexcept { return M_; }
    [[nodiscard]] bool has_field() const noexcept { return has_field_; }

private:
    template <typename Visit>
    void for_each_inner_face(std::span<const double> c_hat, const FaceCurrents& u, Visit&& visit) const;
    template <typename Top, typename Bottom>
    void for_each_outer_face(std::span<const double> c_hat, const FaceCurrents& u, Top&& top, Bottom&& bottom) const;

    const SectionMesh& mesh_;
    std::vector<SurfaceCell> surface_;
    FaceDistances distances_;
    double D_A_, M_;
    bool has_field_;
};

}  // namespace vitral::exchange
