#include "diffusion/exchange/ion_transport.hpp"

#include <algorithm>

#include "diffusion/exchange/interdiffusion.hpp"

namespace vitral::exchange {
namespace {
enum class Along { x, y };
}

FaceCurrents::FaceCurrents(const SectionMesh& mesh)
    : x(static_cast<std::size_t>(mesh.nx() + 1) * static_cast<std::size_t>(mesh.ny()), 0.0),
      y(static_cast<std::size_t>(mesh.nx()) * static_cast<std::size_t>(mesh.ny() + 1), 0.0) {}

IonTransport::IonTransport(const SectionMesh& mesh, std::vector<SurfaceCell> surface, double D_A, double M,
                           bool has_field)
    : mesh_(mesh), surface_(std::move(surface)), distances_(mesh, surface_), D_A_(D_A), M_(M), has_field_(has_field) {}

/// Calls visit(direction, a, b, length, flux) for every face between two cells a -> b (towards +x or +y).
template <typename Visit>
void IonTransport::for_each_inner_face(std::span<const double> c_hat, const FaceCurrents& u, Visit&& visit) const {
    const int nx = mesh_.nx(), ny = mesh_.ny();
    for (int iy = 0; iy < ny; ++iy)
        for (int ix = 0; ix + 1 < nx; ++ix) {
            const std::size_t a = mesh_.index(ix, iy),
                              face = a + static_cast<std::size_t>(iy) + 1;  // nx + 1 faces a row
            visit(Along::x, a, a + 1, mesh_.dy(iy),
                  face_flux(c_hat[a], c_hat[a + 1], distances_.x[face], u.x[face], D_A_, M_));
        }
    for (int iy = 0; iy + 1 < ny; ++iy)
        for (int ix = 0; ix < nx; ++ix) {
            const std::size_t a = mesh_.index(ix, iy), b = mesh_.index(ix, iy + 1);  // b also numbers the face between
            visit(Along::y, a, b, mesh_.dx(ix), face_flux(c_hat[a], c_hat[b], distances_.y[b], u.y[b], D_A_, M_));
        }
}

/// Calls top(cell, length, flux) for the open surface, flux upwards out of the glass, and bottom(cell, length, flux),
/// flux upwards into the glass, where ions may leave.
template <typename Top, typename Bottom>
void IonTransport::for_each_outer_face(std::span<const double> c_hat, const FaceCurrents& u, Top&& top,
                                       Bottom&& bottom) const {
    const int nx = mesh_.nx(), ny = mesh_.ny();
    const std::size_t top_faces = static_cast<std::size_t>(ny) * static_cast<std::size_t>(nx);
    for (int ix = 0; ix < nx; ++ix) {
        const auto jx = static_cast<std::size_t>(ix);
        if (surface_[jx].open) {
            const std::size_t a = mesh_.index(ix, ny - 1);
            top(a, mesh_.dx(ix),
                face_flux(c_hat[a], surface_[jx].fraction, distances_.y[top_faces + jx], u.y[top_faces + jx], D_A_,
                          M_));
        }
        if (has_field_) bottom(jx, mesh_.dx(ix), face_flux(0.0, c_hat[jx], distances_.y[jx], u.y[jx], D_A_, M_));
    }
}

double IonTransport::rate(std::span<const double> c_hat, const FaceCurrents& u, std::span<double> rate) const {
    std::fill(rate.begin(), rate.end(), 0.0);
    double inflow = 0.0;
    for_each_inner_face(c_hat, u, [&](Along, std::size_t a, std::size_t b, double length, const FaceFlux& F) {
        rate[a] -= length * F.value;
        rate[b] += length * F.value;
    });
    for_each_outer_face(
        c_hat, u,
        [&](std::size_t a, double length, const FaceFlux& F) {
            rate[a] -= length * F.value;
            inflow -= length * F.value;
        },
        [&](std::size_t b, double length, const FaceFlux& F) {
            rate[b] += length * F.value;
            inflow += length * F.value;
        });
    for (int iy = 0; iy < mesh_.ny(); ++iy)
        for (int ix = 0; ix < mesh_.nx(); ++ix) rate[mesh_.index(ix, iy)] /= mesh_.area(ix, iy);
    return inflow;
}

void IonTransport::implicit_matrix(std::span<const double> c_hat, const FaceCurrents& u, double tau,
                                   kernels::FivePointMatrix& matrix) const {
    for (auto* band : {&matrix.center, &matrix.west, &matrix.east, &matrix.south, &matrix.north})
        std::fill(band->begin(), band->end(), 0.0);
    for_each_inner_face(c_hat, u, [&](Along along, std::size_t a, std::size_t b, double length, const FaceFlux& F) {
        matrix.center[a] += length * F.d_a;
        matrix.center[b] -= length * F.d_b;
        (along == Along::x ? matrix.east : matrix.north)[a] += length * F.d_b;
        (along == Along::x ? matrix.west : matrix.south)[b] -= length * F.d_a;
    });
    for_each_outer_face(
        c_hat, u, [&](std::size_t a, double length, const FaceFlux& F) { matrix.center[a] += length * F.d_a; },
        [&](std::size_t b, double length, const FaceFlux& F) { matrix.center[b] -= length * F.d_b; });
    for (int iy = 0; iy < mesh_.ny(); ++iy)
        for (int ix = 0; ix < mesh_.nx(); ++ix) {
            const std::size_t i = mesh_.index(ix, iy);
            const double scale = tau / mesh_.area(ix, iy);
            matrix.center[i] = 1.0 + scale * matrix.center[i];
            for (auto* band : {&matrix.west, &matrix.east, &matrix.south, &matrix.north}) (*band)[i] *= scale;
        }
}

}  // namespace vitral::exchange
