#include "diffusion/exchange/drift_field.hpp"

#include <algorithm>
#include <cmath>

#include "diffusion/exchange/interdiffusion.hpp"

namespace vitral::exchange {

DriftField::DriftField(const IonTransport& transport, double voltage, double mobility)
    : mesh_(transport.mesh()),
      surface_(transport.surface()),
      distances_(transport.distances()),
      M_(transport.M()),
      voltage_(voltage),
      mobility_(mobility),
      potential_(mesh_.size()),
      rhs_(mesh_.size(), 0.0),
      conductance_x_(FaceCurrents(mesh_).x),
      conductance_y_(FaceCurrents(mesh_).y),
      matrix_(mesh_.nx(), mesh_.ny()),
      solver_(mesh_.nx(), mesh_.ny()) {
    // First guess: the potential of a plain slab.
    const SectionMesh& mesh = mesh_;
    const double bottom = mesh.y_faces().front(), thickness = mesh.y_faces().back() - bottom;
    for (int iy = 0; iy < mesh.ny(); ++iy)
        for (int ix = 0; ix < mesh.nx(); ++ix)
            potential_[mesh.index(ix, iy)] =
                voltage * (mesh.y_centers()[static_cast<std::size_t>(iy)] - bottom) / thickness;
}

ConvergenceReport DriftField::solve(std::span<const double> c_hat, FaceCurrents& u) {
    const int nx = mesh_.nx(), ny = mesh_.ny();
    const auto row = static_cast<std::size_t>(nx), top_faces = row * static_cast<std::size_t>(ny);
    // A predicted concentration may overshoot; the conductivity is held to its physical range.
    const auto sigma = [&](std::size_t i) { return relative_conductivity(std::clamp(c_hat[i], 0.0, 1.0), M_); };
    const auto x_face = [&](int ix, int iy) {
        return static_cast<std::size_t>(iy) * (row + 1) + static_cast<std::size_t>(ix);
    };
    // Two half cells in series: the harmonic mean of the conductivities, weighted with the cell sizes.
    const auto series = [](double size_a, double sigma_a, double size_b, double sigma_b) {
        return (size_a + size_b) / (size_a / sigma_a + size_b / sigma_b);
    };

    std::fill(matrix_.center.begin(), matrix_.center.end(), 0.0);
    std::fill(rhs_.begin(), rhs_.end(), 0.0);
    for (int iy = 0; iy < ny; ++iy)
        for (int ix = 0; ix < nx; ++ix) {
            const std::size_t a = mesh_.index(ix, iy);
            if (ix + 1 < nx) {
                const double G = mesh_.dy(iy) * series(mesh_.dx(ix), sigma(a), mesh_.dx(ix + 1), sigma(a + 1)) /
                                 distances_.x[x_face(ix + 1, iy)];
                conductance_x_[x_face(ix + 1, iy)] = G;
                matrix_.center[a] += G;
                matrix_.center[a + 1] += G;
                matrix_.east[a] = matrix_.west[a + 1] = -G;
            }
            if (iy + 1 < ny) {
                const std::size_t b = a + row;
                const double G =
                    mesh_.dx(ix) * series(mesh_.dy(iy), sigma(a), mesh_.dy(iy + 1), sigma(b)) / distances_.y[b];
                conductance_y_[b] = G;
                matrix_.center[a] += G;
                matrix_.center[b] += G;
                matrix_.north[a] = matrix_.south[b] = -G;
            }
        }
    for (int ix = 0; ix < nx; ++ix) {
        const std::size_t jx = static_cast<std::size_t>(ix), a = mesh_.index(ix, ny - 1);
        conductance_y_[jx] = mesh_.dx(ix) * sigma(jx) / distances_.y[jx];
        matrix_.center[jx] += conductance_y_[jx];
        if (!surface_[jx].open) continue;
        const double surface_sigma = relative_conductivity(surface_[jx].fraction, M_);
        const double G = mesh_.dx(ix) * 0.5 * (sigma(a) + surface_sigma) / distances_.y[top_faces + jx];
        conductance_y_[top_faces + jx] = G;
        matrix_.center[a] += G;
        rhs_[a] += G * voltage_;
    }

    solver_.factor(matrix_);
    // A part of the current that a plain slab would carry under the narrowest column.
    double narrowest = mesh_.dx(0);
    for (int ix = 1; ix < nx; ++ix) narrowest = std::min(narrowest, mesh_.dx(ix));
    const double thickness = mesh_.y_faces().back() - mesh_.y_faces().front();
    const ConvergenceReport report =
        solver_.solve_symmetric(rhs_, potential_, 1e-8 * std::abs(voltage_) * narrowest / thickness, 4000);

    for (int iy = 0; iy < ny; ++iy)
        for (int ix = 0; ix + 1 < nx; ++ix) {
            const std::size_t a = mesh_.index(ix, iy), face = x_face(ix + 1, iy);
            u.x[face] = -mobility_ * conductance_x_[face] * (potential_[a + 1] - potential_[a]) / mesh_.dy(iy);
        }
    anode_current_ = cathode_current_ = 0.0;
    for (int ix = 0; ix < nx; ++ix) {
        const auto jx = static_cast<std::size_t>(ix);
        for (int iy = 0; iy + 1 < ny; ++iy) {
            const std::size_t b = mesh_.index(ix, iy + 1);
            u.y[b] = -mobility_ * conductance_y_[b] * (potential_[b] - potential_[b - row]) / mesh_.dx(ix);
        }
        u.y[jx] = -mobility_ * conductance_y_[jx] * potential_[jx] / mesh_.dx(ix);
        const double top_potential = potential_[mesh_.index(ix, ny - 1)];
        u.y[top_faces + jx] =
            surface_[jx].open ? -mobility_ * conductance_y_[top_faces + jx] * (voltage_ - top_potential) / mesh_.dx(ix)
                              : 0.0;
        cathode_current_ -= u.y[jx] * mesh_.dx(ix);
        anode_current_ -= u.y[top_faces + jx] * mesh_.dx(ix);
    }
    return report;
}

}  // namespace vitral::exchange
