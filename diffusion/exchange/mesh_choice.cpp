#include "diffusion/exchange/mesh_choice.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::exchange {
namespace {

constexpr double no_demand = 1e300;
constexpr double curvature_share = 5.0;  // h² |c''| over the tolerance: linear interpolation then errs by 5/8 of it
constexpr double reserve = 0.8;          // of the wanted size that a new mesh takes, so that it serves for a while
constexpr double margin_cells = 6.0;     // that a fine region reaches beyond where it is needed, for moving profiles
constexpr double drift_cell = 1.9;       // cell Péclet number below which the flux has no need of its limiter
/// A mean over so much is all that light sees of a front, or over so much of the depth that the ions have reached; at a tolerance
/// of 1e-3 [m].
constexpr double light_length = 100e-9, light_share = 0.01;
constexpr double surface_share = 0.04;  // of the diffusion length: the surface cells of a fully open surface

/// Second derivative by divided differences at the middle of three points.
double second_derivative(double left, double middle, double right, double before, double after) {
    return 2.0 * ((right - middle) / after - (middle - left) / before) / (before + after);
}

/// D̃/f' of the law: the drift u makes the cell Péclet number u h over it.
double drift_length(const IonLaw& law, std::span<const double> c, std::size_t i, std::size_t size) {
    if (const auto* binary = std::get_if<BinaryLaw>(&law)) {
        const BinaryLaw::Point p = binary->at({c[i]});
        return p.diffusivity / p.share_slope;
    }
    return std::get<TernaryLaw>(law).at({c[i], c[size + i]}).S;
}

}  // namespace

MeshChoice::MeshChoice(Domain domain, MeshDemand demand)
    : domain_(domain),
      demand_(std::move(demand)),
      growth_(std::clamp(0.10 * std::sqrt(demand_.tolerance / 1e-3), 1e-3, 0.15)) {}

double MeshChoice::surface_cell() const {
    if (!demand_.mask_edges.empty()) return demand_.edge_cell;
    return std::max(demand_.edge_cell, surface_share * std::sqrt(demand_.tolerance / 1e-3) * surface_scale_);
}

SectionMesh MeshChoice::lay(CellSize along_x, CellSize along_y) const {
    along_x.settle();
    along_y.settle();
    const double largest_x = 0.25 * (domain_.right - domain_.left), largest_y = -0.25 * domain_.bottom;
    std::vector<double> x = {domain_.left, domain_.right};
    if (!domain_.planar)
        x = graded_faces(domain_.left, domain_.right, demand_.mask_edges,
                         [&](double at) { return std::min(along_x(at), largest_x); });
    return {std::move(x),
            graded_faces(domain_.bottom, 0.0, {0.0}, [&](double at) { return std::min(along_y(at), largest_y); })};
}

CellSize MeshChoice::graded_y() const {
    return {demand_.surface_layer ? std::vector<double>{0.0} : std::vector<double>{}, surface_cell(), growth_};
}

SectionMesh MeshChoice::fresh() const { return lay(graded_x(), graded_y()); }

double MeshChoice::front_length(const SectionMesh& mesh, std::span<const double> c) const {
    if (!demand_.thin_fronts) return 0.0;
    const auto nx = static_cast<std::size_t>(mesh.nx());
    const double change = 0.01 * *std::max_element(c.begin(), c.end());
    std::size_t deepest = mesh.size() - 1;
    for (std::size_t first = 0; first < c.size(); first += mesh.size()) {
        std::size_t i = 0;
        while (i < deepest && c[first + i] <= change) ++i;
        deepest = std::min(deepest, i);
    }
    const double depth = -mesh.y_faces()[deepest / nx];
    return std::max(light_length, light_share * depth) * std::sqrt(demand_.tolerance / 1e-3);
}

MeshChoice::Wanted MeshChoice::wanted(const SectionMesh& mesh, std::span<const double> c, const IonLaw& law,
                                      const FaceCurrents* currents) const {
    const auto nx = static_cast<std::size_t>(mesh.nx()), ny = static_cast<std::size_t>(mesh.ny());
    const std::size_t size = mesh.size(), ions = c.size() / size;
    Wanted result{std::vector<double>(nx, no_demand), std::vector<double>(ny, no_demand)};
    const auto &x = mesh.x_centers(), &y = mesh.y_centers();
    const double peak = *std::max_element(c.begin(), c.end());
    std::vector<double> curvature_x(nx, 0.0), curvature_y(ny, 0.0);
    // Not finer than the cells at mask edges and at the surface: the singular c'' there is what those are graded for.
    const double front_cell = 0.5 * front_length(mesh, c);
    const double finest = std::max(demand_.surface_layer ? surface_cell() : 0.0, front_cell);
    const double thinnest_front = demand_.mask_edges.empty() ? 0.0 : std::max(demand_.edge_cell, front_cell);
    const double most = finest > 0.0 ? curvature_share * demand_.tolerance / (finest * finest) : no_demand;
    for (std::size_t iy = 0; iy < ny; ++iy)
        for (std::size_t ix = 0; ix < nx; ++ix) {
            const std::size_t i = iy * nx + ix;
            for (std::size_t k = 0; k < ions; ++k) {
                const double* v = c.data() + k * size;
                if (ix > 0 && ix + 1 < nx)
                    curvature_x[ix] =
                        std::max(curvature_x[ix],
                                 std::min(most, std::abs(second_derivative(v[i - 1], v[i], v[i + 1], x[ix] - x[ix - 1],
                                                                           x[ix + 1] - x[ix]))));
                if (iy == 0 || iy + 1 == ny) continue;
                curvature_y[iy] = std::max(
                    curvature_y[iy], std::min(most, std::abs(second_derivative(v[i - nx], v[i], v[i + nx],
                                                                               y[iy] - y[iy - 1], y[iy + 1] - y[iy]))));
                // The drift across a cell, where the profile changes over it.
                const double u =
                    currents ? std::max(std::abs(currents->y[i]), std::abs(currents->y[i - nx])) : demand_.drift;
                if (u > 0.0 && std::abs(v[i + nx] - v[i - nx]) > 0.2 * demand_.tolerance * std::max(peak, 0.1))
                    result.y[iy] = std::min(result.y[iy],
                                            std::max(thinnest_front, drift_cell * drift_length(law, c, i, size) / u));
            }
        }
    const auto size_for = [&](double curvature) {
        return curvature > 0.0 ? std::sqrt(curvature_share * demand_.tolerance / curvature) : no_demand;
    };
    for (std::size_t ix = 0; ix < nx; ++ix) result.x[ix] = std::min(result.x[ix], size_for(curvature_x[ix]));
    for (std::size_t iy = 0; iy < ny; ++iy) result.y[iy] = std::min(result.y[iy], size_for(curvature_y[iy]));
    return result;
}

SectionMesh MeshChoice::for_profile(const SectionMesh& mesh, std::span<const double> c, const IonLaw& law,
                                    const FaceCurrents* currents) const {
    const Wanted sizes = wanted(mesh, c, law, currents);
    CellSize along_x = graded_x(), along_y = graded_y();
    // In all of a cell that wants it: a cell much too coarse would else be refined around its middle alone, mesh after mesh.
    const auto limit = [&](CellSize& axis, const std::vector<double>& faces, const std::vector<double>& wanted_sizes) {
        for (std::size_t i = 0; i + 1 < faces.size(); ++i)
            if (wanted_sizes[i] < no_demand) {
                const double h = reserve * wanted_sizes[i];
                const double middle = 0.5 * (faces[i] + faces[i + 1]),
                             half = std::max(margin_cells * h, 0.5 * (faces[i + 1] - faces[i]));
                axis.limit(middle - half, middle + half, h);
            }
    };
    limit(along_x, mesh.x_faces(), sizes.x);
    limit(along_y, mesh.y_faces(), sizes.y);
    return lay(std::move(along_x), std::move(along_y));
}

double MeshChoice::coarseness(const SectionMesh& mesh, std::span<const double> c, const IonLaw& law,
                              const FaceCurrents* currents) const {
    const Wanted sizes = wanted(mesh, c, law, currents);
    double worst = 0.0;
    for (int ix = 0; ix < mesh.nx(); ++ix) worst = std::max(worst, mesh.dx(ix) / sizes.x[static_cast<std::size_t>(ix)]);
    for (int iy = 0; iy < mesh.ny(); ++iy) worst = std::max(worst, mesh.dy(iy) / sizes.y[static_cast<std::size_t>(iy)]);
    return worst;
}

}  // namespace vitral::exchange
