#include "diffusion/exchange/drift_field.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::exchange {
namespace {

constexpr int most_iterations = 300, most_rectifications = 20;

std::vector<bool> electrodes(const std::vector<SurfaceCell>& surface) {
    std::vector<bool> open;
    for (const SurfaceCell& cell : surface) open.push_back(cell.contact != SurfaceCell::Contact::none);
    return open;
}

/// Two half cells in series: the harmonic mean of the conductivities, weighted with the cell sizes.
double series(double size_a, double sigma_a, double size_b, double sigma_b) {
    return (size_a + size_b) / (size_a / sigma_a + size_b / sigma_b);
}

}  // namespace

DriftField::DriftField(const IonTransport& transport, Back back)
    : transport_(transport),
      mesh_(transport.mesh()),
      surface_(transport.surface()),
      distances_(mesh_, electrodes(surface_)),
      back_(back),
      sigma_(mesh_.size()),
      potential_(mesh_.size(), 0.0),
      rhs_(mesh_.size(), 0.0),
      unit_scale_(mesh_.size(), 1.0),
      conductance_x_(mesh_.size(), 0.0),
      conductance_y_(mesh_.size(), 0.0),
      conductance_bottom_(static_cast<std::size_t>(mesh_.nx()), 0.0),
      own_share_(static_cast<std::size_t>(mesh_.nx()), 1.0),
      matrix_(mesh_.nx(), mesh_.ny()),
      solver_(mesh_.nx(), mesh_.ny()) {
    int openings = 0;
    for (const SurfaceCell& cell : surface_) openings = std::max(openings, cell.opening + 1);
    opening_currents_.assign(static_cast<std::size_t>(openings), 0.0);
}

double DriftField::electrode_potential(std::size_t ix) const {
    return surface_[ix].contact == SurfaceCell::Contact::metal ? surface_[ix].potential : 0.0;
}

void DriftField::assemble(std::span<const double> c, double volts) {
    const int nx = mesh_.nx(), ny = mesh_.ny();
    const auto row = static_cast<std::size_t>(nx);
    const std::size_t size = mesh_.size(), top = size - row;
    std::vector<double> surface_sigma(row, 1.0);
    std::visit(
        [&](const auto& law) {
            using Law = std::decay_t<decltype(law)>;
            std::array<double, static_cast<std::size_t>(Law::ions)> composition;
            for (std::size_t i = 0; i < size; ++i) {
                for (std::size_t k = 0; k < composition.size(); ++k) composition[k] = c[k * size + i];
                sigma_[i] = law.conductivity(composition);
            }
            for (std::size_t ix = 0; ix < row; ++ix) {
                for (std::size_t k = 0; k < composition.size(); ++k) composition[k] = c[k * size + top + ix];
                own_share_[ix] = 1.0;
                for (const double share : composition) own_share_[ix] -= share;
                if (surface_[ix].ions == SurfaceCell::Ions::equilibrium)
                    std::copy_n(surface_[ix].fraction.begin(), composition.size(), composition.begin());
                surface_sigma[ix] = law.conductivity(composition);
            }
        },
        transport_.law());

    std::fill(matrix_.center.begin(), matrix_.center.end(), 0.0);
    std::fill(rhs_.begin(), rhs_.end(), 0.0);
    for (int iy = 0; iy < ny; ++iy)
        for (int ix = 0; ix < nx; ++ix) {
            const std::size_t a = mesh_.index(ix, iy);
            if (ix + 1 < nx) {
                const double G =
                    mesh_.dy(iy) * series(mesh_.dx(ix), sigma_[a], mesh_.dx(ix + 1), sigma_[a + 1]) * distances_.x[a];
                conductance_x_[a] = G;
                matrix_.center[a] += G;
                matrix_.center[a + 1] += G;
                matrix_.east[a] = matrix_.west[a + 1] = -G;
            }
            if (iy + 1 < ny) {
                const std::size_t b = a + row;
                const double G =
                    mesh_.dx(ix) * series(mesh_.dy(iy), sigma_[a], mesh_.dy(iy + 1), sigma_[b]) * distances_.y[a];
                conductance_y_[a] = G;
                matrix_.center[a] += G;
                matrix_.center[b] += G;
                matrix_.north[a] = matrix_.south[b] = -G;
            }
        }
    for (int ix = 0; ix < nx; ++ix) {
        const auto jx = static_cast<std::size_t>(ix);
        if (back_ == Back::cathode) {
            conductance_bottom_[jx] = mesh_.dx(ix) * sigma_[jx] * distances_.bottom[jx];
            matrix_.center[jx] += conductance_bottom_[jx];
            rhs_[jx] -= conductance_bottom_[jx] * volts;
        }
        conductance_y_[top + jx] = 0.0;
        if (surface_[jx].contact == SurfaceCell::Contact::none) continue;
        // To a metal only the glass's own ions carry current: the half cell conducts with their part, σ/σ_B c_0.
        const double sigma = surface_[jx].contact == SurfaceCell::Contact::metal
                                 ? own_share_[jx]
                                 : 0.5 * (sigma_[top + jx] + surface_sigma[jx]);
        const double half_cell = std::max(sigma, 1e-9) * distances_.y[top + jx];
        const double G = mesh_.dx(ix) / (1.0 / half_cell + surface_[jx].resistance);
        conductance_y_[top + jx] = G;
        matrix_.center[top + jx] += G;
        rhs_[top + jx] += G * electrode_potential(jx);
    }
}

/// Shifts every row of the potential so that the same current flows through all rows: one tridiagonal system of row
/// sums, solved exactly. What the iteration left in the balance of anode and cathode is gone.
void DriftField::balance_rows(double volts) {
    const int nx = mesh_.nx();
    const auto ny = static_cast<std::size_t>(mesh_.ny()), row = static_cast<std::size_t>(nx);
    std::vector<double> lower(ny, 0.0), center(ny, 0.0), upper(ny, 0.0), rest(ny, 0.0);
    for (std::size_t iy = 0; iy < ny; ++iy)
        for (std::size_t ix = 0; ix < row; ++ix) {
            const std::size_t a = iy * row + ix;
            if (iy + 1 < ny) {
                const double G = conductance_y_[a], current = G * (potential_[a + row] - potential_[a]);
                center[iy] += G;
                center[iy + 1] += G;
                upper[iy] -= G;
                lower[iy + 1] -= G;
                rest[iy] += current;
                rest[iy + 1] -= current;
            } else {
                center[iy] += conductance_y_[a];
                rest[iy] += conductance_y_[a] * (electrode_potential(ix) - potential_[a]);
            }
            if (iy == 0) {
                center[0] += conductance_bottom_[ix];
                rest[0] -= conductance_bottom_[ix] * (potential_[ix] + volts);
            }
        }
    for (std::size_t i = 1; i < ny; ++i) {
        const double factor = lower[i] / center[i - 1];
        center[i] -= factor * upper[i - 1];
        rest[i] -= factor * rest[i - 1];
    }
    for (std::size_t i = ny; i-- > 0;) {
        if (i + 1 < ny) rest[i] -= upper[i] * rest[i + 1];
        rest[i] /= center[i];
        for (std::size_t ix = 0; ix < row; ++ix) potential_[i * row + ix] += rest[i];
    }
}

ConvergenceReport DriftField::solve(std::span<const double> c, double mobility, Drive drive, double tolerance,
                                    FaceCurrents& u) {
    const int nx = mesh_.nx(), ny = mesh_.ny();
    const auto row = static_cast<std::size_t>(nx);
    const std::size_t top = mesh_.size() - row;
    const double volts = drive.control == Drive::Control::voltage ? drive.value : 1.0;
    const double thickness = mesh_.y_faces().back() - mesh_.y_faces().front();
    if (voltage_ != 0.0) {
        for (double& value : potential_) value *= volts / voltage_;  // under ramps
    } else if (back_ == Back::cathode) {
        for (int iy = 0; iy < ny; ++iy)
            for (int ix = 0; ix < nx; ++ix)
                potential_[mesh_.index(ix, iy)] = volts * mesh_.y_centers()[static_cast<std::size_t>(iy)] / thickness;
    }
    voltage_ = volts;

    // A part of the current that a plain slab would carry under the narrowest column.
    double narrowest = mesh_.dx(0);
    for (int ix = 1; ix < nx; ++ix) narrowest = std::min(narrowest, mesh_.dx(ix));
    double largest = std::abs(volts);
    for (const SurfaceCell& cell : surface_) largest = std::max(largest, std::abs(cell.potential));
    const double enough = tolerance * std::max(largest, 1e-300) * narrowest / thickness;
    ConvergenceReport report;
    for (SurfaceCell& cell : surface_)
        cell.contact = transport_.surface()[static_cast<std::size_t>(&cell - surface_.data())].contact;
    for (int pass = 0; pass < most_rectifications; ++pass) {
        assemble(c, volts);
        solver_.factor(matrix_);
        report = solver_.solve_symmetric(rhs_, potential_, enough, unit_scale_, most_iterations);
        balance_rows(volts);
        // Current leaves the glass through a metal, but does not enter: such cells let none through.
        bool changed = false;
        for (std::size_t ix = 0; ix < row; ++ix)
            if (surface_[ix].contact == SurfaceCell::Contact::metal && potential_[top + ix] < electrode_potential(ix)) {
                surface_[ix].contact = SurfaceCell::Contact::none;
                changed = true;
            }
        if (!changed) break;
        if (pass + 1 == most_rectifications) return {StopReason::max_iterations, pass, report.residual};
    }
    // Rounding may keep an iteration from the last digits.
    if (report.residual <= 1e3 * enough) report.reason = StopReason::converged;

    anode_current_ = cathode_current_ = throughput_ = 0.0;
    std::fill(opening_currents_.begin(), opening_currents_.end(), 0.0);
    for (int ix = 0; ix < nx; ++ix) {
        const auto jx = static_cast<std::size_t>(ix);
        const double in = mobility * conductance_y_[top + jx] * (electrode_potential(jx) - potential_[top + jx]);
        anode_current_ += in;
        throughput_ += std::abs(in);
        cathode_current_ += mobility * conductance_bottom_[jx] * (potential_[jx] + volts);
        if (surface_[jx].opening >= 0) opening_currents_[static_cast<std::size_t>(surface_[jx].opening)] += in;
    }
    double factor = 1.0;
    if (drive.control == Drive::Control::current) {
        factor = anode_current_ > 0.0 ? drive.value / anode_current_ : 0.0;
        anode_current_ *= factor;
        cathode_current_ *= factor;
        throughput_ *= std::abs(factor);
        for (double& current : opening_currents_) current *= factor;
        for (double& value : potential_) value *= factor;
        voltage_ = factor;
    }
    for (int iy = 0; iy < ny; ++iy)
        for (int ix = 0; ix < nx; ++ix) {
            const std::size_t a = mesh_.index(ix, iy);
            const auto jx = static_cast<std::size_t>(ix);
            if (ix + 1 < nx)
                u.x[a] = -mobility * conductance_x_[a] * (potential_[a + 1] - potential_[a]) / mesh_.dy(iy);
            const double above = iy + 1 < ny ? potential_[a + row] : electrode_potential(jx);
            u.y[a] = -mobility * conductance_y_[a] * (above - potential_[a]) / mesh_.dx(ix);
            if (iy == 0)
                u.bottom[jx] = -mobility * conductance_bottom_[jx] * (potential_[a] + factor * volts) / mesh_.dx(ix);
        }
    return report;
}

}  // namespace vitral::exchange
