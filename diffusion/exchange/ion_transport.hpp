#pragma once
#include <array>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "diffusion/exchange/face_distances.hpp"
#include "diffusion/exchange/ion_law.hpp"
#include "diffusion/exchange/section_mesh.hpp"
#include "diffusion/exchange/surface.hpp"
#include "solver/kernels/five_point.hpp"

namespace vitral::exchange {

using IonLaw = std::variant<BinaryLaw, TernaryLaw>;
[[nodiscard]] inline int ion_count(const IonLaw& law) { return law.index() == 0 ? 1 : 2; }

/// The total ionic current u = J/(e C_0) [m/s] through every face of a mesh, positive towards +x and +y. Faces are
/// numbered by the cell below or left of them. Without field all zero.
struct FaceCurrents {
    std::vector<double> x, y;    ///< the last row of y is the surface
    std::vector<double> bottom;  ///< through the back of the mesh
    explicit FaceCurrents(const SectionMesh& mesh);
};

using IonSums = std::array<double, most_ions>;  ///< one number an ion

/// The conservation law of one process step on a mesh: finite volumes with the fluxes of ion_law.hpp. Concentrations of
/// K ions lie one after the other, K times mesh.size(). Sides: no flux. Bottom: ions leave with the current.
class IonTransport {
public:
    IonTransport(const SectionMesh& mesh, std::vector<SurfaceCell> surface);

    /// What changes with time: temperature acts through the law, a melt that is used up through the fractions.
    void set_law(const IonLaw& law) { law_ = law; }
    void set_fraction(int ion, double fraction);

    /// Net inflow of every cell and ion, area times dc/dt [m²/s]; returns the inflow through surface and bottom of
    /// every ion, exactly the sum over all cells up to rounding.
    IonSums inflow(std::span<const double> c, const FaceCurrents& u, std::span<double> into_cells);
    /// The same, and the matrix  area δ_ij - tau ∂(inflow of i)/∂c_j  at c and fixed currents, block (i, j) at i K + j.
    IonSums linearise(std::span<const double> c, const FaceCurrents& u, double tau,
                      std::vector<kernels::FivePointMatrix>& blocks, std::span<double> into_cells);
    /// Without currents the matrix of one ion times diag(1/D̃) is symmetric: scales its columns so, and writes 1/D̃ at
    /// the concentrations of the last linearise().
    void symmetrise(kernels::FivePointMatrix& matrix, std::span<double> inverse_diffusivity) const;
    /// Change of the inflow through surface and bottom with a change of c, linearised at the last linearise().
    [[nodiscard]] IonSums inflow_change(std::span<const double> change) const;

    /// How fast a current narrows the profile, -u·∇f' [1/s], where f is the share of a binary law; 0 where it widens it, and
    /// for three ions. At the concentrations of the last inflow() or linearise().
    void narrowing(const FaceCurrents& u, std::span<double> rate) const;

    [[nodiscard]] const SectionMesh& mesh() const noexcept { return mesh_; }
    [[nodiscard]] const std::vector<SurfaceCell>& surface() const noexcept { return surface_; }
    [[nodiscard]] const IonLaw& law() const noexcept { return law_; }
    [[nodiscard]] const std::vector<double>& areas() const noexcept { return areas_; }
    /// Concentration at the surface itself, above cell ix of the top row.
    [[nodiscard]] IonSums wall(std::span<const double> c, const FaceCurrents& u, int ix) const;

private:
    template <typename Law>
    FaceFlux<Law::ions> through_surface(const Law& law, const typename Law::Point& inside,
                                        const std::array<double, static_cast<std::size_t>(Law::ions)>& c, int ix,
                                        double u, std::array<double, static_cast<std::size_t>(Law::ions)>& wall) const;
    template <typename Law>
    IonSums inflow_of(const Law& law, std::span<const double> c, const FaceCurrents& u, std::span<double> into_cells);
    template <typename Law>
    IonSums linearise_by(const Law& law, std::span<const double> c, const FaceCurrents& u, double tau,
                         std::vector<kernels::FivePointMatrix>& blocks, std::span<double> into_cells);
    /// What the law knows of every cell.
    template <typename Law>
    std::vector<typename Law::Point>& points_of() {
        if constexpr (std::is_same_v<Law, BinaryLaw>)
            return binary_points_;
        else
            return ternary_points_;
    }

    const SectionMesh& mesh_;
    std::vector<SurfaceCell> surface_;
    FaceDistances distances_;
    std::vector<double> areas_;
    IonLaw law_;
    std::vector<BinaryLaw::Point> binary_points_;
    std::vector<TernaryLaw::Point> ternary_points_;
    struct Loss {
        std::size_t cell;
        std::array<std::array<double, most_ions>, most_ions> rate;  ///< of ion i per unit of c_j [m²/s]
    };
    std::vector<Loss> losses_;
};

}  // namespace vitral::exchange
