#include "diffusion/exchange/ion_transport.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::exchange {
namespace {

template <typename Law>
using Composition = std::array<double, static_cast<std::size_t>(Law::ions)>;

template <typename Law>
Composition<Law> composition_at(std::span<const double> c, std::size_t i, std::size_t size) {
    Composition<Law> out;
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = c[k * size + i];
    return out;
}

/// A cell's place on a line of cells: the next one has the number of the cell plus `step`.
struct Place {
    std::size_t step;
    int on_line, of;
};

/// The flux from cell a to the next on its line.
template <typename Law>
FaceFlux<Law::ions> face_flux(const Law& law, const std::vector<typename Law::Point>& points, std::size_t a,
                              const Place& place, double inverse_distance, double u) {
    const auto &from = points[a], &to = points[a + place.step];
    FaceFlux<Law::ions> F = law.flux(from, to, inverse_distance, u);
    if (u == 0.0) return F;
    if (u > 0.0 ? place.on_line == 0 : place.on_line + 2 == place.of) return F;  // nothing comes before the donor
    const auto& before = u > 0.0 ? points[a - place.step] : points[a + 2 * place.step];
    const auto correction = law.correction(from, to, before, inverse_distance, u);
    for (std::size_t i = 0; i < correction.size(); ++i) F.value[i] += correction[i];
    return F;
}

std::vector<bool> open_cells(const std::vector<SurfaceCell>& surface) {
    std::vector<bool> open;
    for (const SurfaceCell& cell : surface) open.push_back(cell.ions != SurfaceCell::Ions::sealed);
    return open;
}

/// x of the small system A x = b, one or two unknowns.
template <std::size_t K>
std::array<double, K> solve_small(const std::array<std::array<double, K>, K>& A, const std::array<double, K>& b) {
    if constexpr (K == 1) {
        return {b[0] / A[0][0]};
    } else {
        const double determinant = A[0][0] * A[1][1] - A[0][1] * A[1][0];
        return {(b[0] * A[1][1] - A[0][1] * b[1]) / determinant, (A[0][0] * b[1] - b[0] * A[1][0]) / determinant};
    }
}

}  // namespace

FaceCurrents::FaceCurrents(const SectionMesh& mesh)
    : x(mesh.size(), 0.0), y(mesh.size(), 0.0), bottom(static_cast<std::size_t>(mesh.nx()), 0.0) {}

IonTransport::IonTransport(const SectionMesh& mesh, std::vector<SurfaceCell> surface)
    : mesh_(mesh),
      surface_(std::move(surface)),
      distances_(mesh, open_cells(surface_)),
      areas_(mesh.size()),
      law_(BinaryLaw(1.0, 1.0)) {
    for (int iy = 0; iy < mesh.ny(); ++iy)
        for (int ix = 0; ix < mesh.nx(); ++ix) areas_[mesh.index(ix, iy)] = mesh.area(ix, iy);
}

void IonTransport::set_fraction(int ion, double fraction) {
    for (SurfaceCell& cell : surface_)
        if (cell.ions != SurfaceCell::Ions::sealed) cell.fraction[static_cast<std::size_t>(ion)] = fraction;
}

/// Flux upwards through the surface above cell ix, its derivative with the cell's concentrations (d_a; d_b is unused),
/// and the concentrations at the surface itself.
template <typename Law>
FaceFlux<Law::ions> IonTransport::through_surface(const Law& law, const typename Law::Point& inside,
                                                  const Composition<Law>& c, int ix, double u,
                                                  Composition<Law>& wall) const {
    constexpr auto K = static_cast<std::size_t>(Law::ions);
    const SurfaceCell& cell = surface_[static_cast<std::size_t>(ix)];
    const double inverse_distance = distances_.y[mesh_.index(ix, mesh_.ny() - 1)];
    const auto face = [&](const Composition<Law>& w) { return law.flux(inside, law.at(w), inverse_distance, u); };
    FaceFlux<Law::ions> F{};
    wall = c;
    switch (cell.ions) {
        case SurfaceCell::Ions::sealed:
            return F;
        case SurfaceCell::Ions::equilibrium:
            std::copy_n(cell.fraction.begin(), K, wall.begin());
            return face(wall);
        case SurfaceCell::Ions::film:
            F.value[static_cast<std::size_t>(cell.film_ion)] = u;
            break;
        case SurfaceCell::Ions::kinetic:
            break;
    }
    // The surface concentration w closes the balance of the wall: what the half cell takes up is what comes in,
    // rate (fraction - w) from a kinetic melt or the film's current. Newton's method.
    for (int iteration = 0; iteration < 30; ++iteration) {
        const FaceFlux<Law::ions> half = face(wall);
        Composition<Law> balance{};
        std::array<std::array<double, K>, K> slope{};
        for (std::size_t i = 0; i < K; ++i) {
            const bool film = cell.ions == SurfaceCell::Ions::film;
            balance[i] = half.value[i] - (film ? F.value[i] : -cell.rate * (cell.fraction[i] - wall[i]));
            for (std::size_t j = 0; j < K; ++j) slope[i][j] = half.d_b[i][j] - (!film && i == j ? cell.rate : 0.0);
        }
        const Composition<Law> step = solve_small(slope, balance);
        double largest = 0.0;
        for (std::size_t i = 0; i < K; ++i) {
            wall[i] -= step[i];
            largest = std::max(largest, std::abs(step[i]));
        }
        if (largest < 1e-15) break;
        if (cell.ions == SurfaceCell::Ions::kinetic && largest < 1e-13) break;
    }
    if (cell.ions == SurfaceCell::Ions::film) return F;
    const FaceFlux<Law::ions> half = face(wall);
    // dF/dc at the wall's balance: d_a + d_b dw/dc with dw/dc = -(d_b - rate)⁻¹ d_a.
    std::array<std::array<double, K>, K> slope{};
    for (std::size_t i = 0; i < K; ++i) {
        F.value[i] = -cell.rate * (cell.fraction[i] - wall[i]);
        for (std::size_t j = 0; j < K; ++j) slope[i][j] = half.d_b[i][j] - (i == j ? cell.rate : 0.0);
    }
    for (std::size_t j = 0; j < K; ++j) {
        Composition<Law> column;
        for (std::size_t i = 0; i < K; ++i) column[i] = -half.d_a[i][j];
        const Composition<Law> dw = solve_small(slope, column);
        for (std::size_t i = 0; i < K; ++i) F.d_a[i][j] = cell.rate * dw[i];
    }
    return F;
}

template <typename Law>
IonSums IonTransport::inflow_of(const Law& law, std::span<const double> c, const FaceCurrents& u,
                                std::span<double> into_cells) {
    constexpr auto K = static_cast<std::size_t>(Law::ions);
    std::vector<typename Law::Point>& points = points_of<Law>();
    const std::size_t size = mesh_.size(), nx = static_cast<std::size_t>(mesh_.nx());
    points.resize(size);
    law.evaluate(c, points);
    std::fill(into_cells.begin(), into_cells.end(), 0.0);
    const auto exchange = [&](std::size_t a, std::size_t b, double length, const FaceFlux<Law::ions>& F) {
        for (std::size_t i = 0; i < K; ++i) {
            into_cells[i * size + a] -= length * F.value[i];
            into_cells[i * size + b] += length * F.value[i];
        }
    };
    for (int iy = 0; iy < mesh_.ny(); ++iy) {
        const double dy = mesh_.dy(iy);
        for (int ix = 0; ix + 1 < mesh_.nx(); ++ix) {
            const std::size_t a = mesh_.index(ix, iy);
            exchange(a, a + 1, dy, face_flux(law, points, a, {1, ix, mesh_.nx()}, distances_.x[a], u.x[a]));
        }
        if (iy + 1 == mesh_.ny()) break;
        for (int ix = 0; ix < mesh_.nx(); ++ix) {
            const std::size_t a = mesh_.index(ix, iy);
            exchange(a, a + nx, mesh_.dx(ix), face_flux(law, points, a, {nx, iy, mesh_.ny()}, distances_.y[a], u.y[a]));
        }
    }
    IonSums total{};
    for (int ix = 0; ix < mesh_.nx(); ++ix) {
        const auto bottom = static_cast<std::size_t>(ix);
        const std::size_t top = mesh_.index(ix, mesh_.ny() - 1);
        Composition<Law> wall;
        const auto F = through_surface(law, points[top], composition_at<Law>(c, top, size), ix, u.y[top], wall);
        const auto empty = law.at({});
        const auto out = law.flux(empty, points[bottom], 0.0, u.bottom[bottom]);  // no diffusion: upwind
        for (std::size_t i = 0; i < K; ++i) {
            const double in = mesh_.dx(ix) * -F.value[i], leaving = mesh_.dx(ix) * out.value[i];
            into_cells[i * size + top] += in;
            into_cells[i * size + bottom] += leaving;
            total[i] += in + leaving;
        }
    }
    return total;
}

template <typename Law>
IonSums IonTransport::linearise_by(const Law& law, std::span<const double> c, const FaceCurrents& u, double tau,
                                   std::vector<kernels::FivePointMatrix>& blocks, std::span<double> into_cells) {
    constexpr auto K = static_cast<std::size_t>(Law::ions);
    std::vector<typename Law::Point>& points = points_of<Law>();
    const std::size_t size = mesh_.size(), nx = static_cast<std::size_t>(mesh_.nx());
    points.resize(size);
    law.evaluate(c, points);
    std::fill(into_cells.begin(), into_cells.end(), 0.0);
    for (std::size_t i = 0; i < K; ++i)
        for (std::size_t j = 0; j < K; ++j) {
            kernels::FivePointMatrix& A = blocks[i * K + j];
            for (auto* band : {&A.west, &A.east, &A.south, &A.north}) std::fill(band->begin(), band->end(), 0.0);
            if (i == j)
                A.center = areas_;
            else
                std::fill(A.center.begin(), A.center.end(), 0.0);
        }
    // The matrix is that of the flux without its correction: the steps are of second order with any matrix.
    for (int iy = 0; iy < mesh_.ny(); ++iy)
        for (int ix = 0; ix < mesh_.nx(); ++ix) {
            const std::size_t a = mesh_.index(ix, iy);
            const auto couple = [&](std::size_t b, double length, const FaceFlux<Law::ions>& F,
                                    std::vector<double> kernels::FivePointMatrix::*forward,
                                    std::vector<double> kernels::FivePointMatrix::*backward) {
                for (std::size_t i = 0; i < K; ++i) {
                    into_cells[i * size + a] -= length * F.value[i];
                    into_cells[i * size + b] += length * F.value[i];
                    for (std::size_t j = 0; j < K; ++j) {
                        kernels::FivePointMatrix& A = blocks[i * K + j];
                        const double from_a = tau * length * F.d_a[i][j], from_b = tau * length * F.d_b[i][j];
                        A.center[a] += from_a;
                        (A.*forward)[a] = from_b;
                        A.center[b] -= from_b;
                        (A.*backward)[b] = -from_a;
                    }
                }
            };
            if (ix + 1 < mesh_.nx())
                couple(a + 1, mesh_.dy(iy), face_flux(law, points, a, {1, ix, mesh_.nx()}, distances_.x[a], u.x[a]),
                       &kernels::FivePointMatrix::east, &kernels::FivePointMatrix::west);
            if (iy + 1 < mesh_.ny())
                couple(a + nx, mesh_.dx(ix), face_flux(law, points, a, {nx, iy, mesh_.ny()}, distances_.y[a], u.y[a]),
                       &kernels::FivePointMatrix::north, &kernels::FivePointMatrix::south);
        }
    losses_.clear();
    IonSums total{};
    for (int ix = 0; ix < mesh_.nx(); ++ix) {
        const auto bottom = static_cast<std::size_t>(ix);
        const std::size_t top = mesh_.index(ix, mesh_.ny() - 1);
        Composition<Law> wall;
        const auto F = through_surface(law, points[top], composition_at<Law>(c, top, size), ix, u.y[top], wall);
        const auto out = law.flux(law.at({}), points[bottom], 0.0, u.bottom[bottom]);
        Loss above{top, {}}, below{bottom, {}};
        for (std::size_t i = 0; i < K; ++i) {
            const double in = mesh_.dx(ix) * -F.value[i], leaving = mesh_.dx(ix) * out.value[i];
            into_cells[i * size + top] += in;
            into_cells[i * size + bottom] += leaving;
            total[i] += in + leaving;
            for (std::size_t j = 0; j < K; ++j) {
                above.rate[i][j] = mesh_.dx(ix) * F.d_a[i][j];
                below.rate[i][j] = -mesh_.dx(ix) * out.d_b[i][j];
                blocks[i * K + j].center[top] += tau * above.rate[i][j];
                blocks[i * K + j].center[bottom] += tau * below.rate[i][j];
            }
        }
        losses_.push_back(above);
        losses_.push_back(below);
    }
    return total;
}

IonSums IonTransport::inflow(std::span<const double> c, const FaceCurrents& u, std::span<double> into_cells) {
    if (const auto* binary = std::get_if<BinaryLaw>(&law_)) return inflow_of(*binary, c, u, into_cells);
    return inflow_of(std::get<TernaryLaw>(law_), c, u, into_cells);
}

IonSums IonTransport::linearise(std::span<const double> c, const FaceCurrents& u, double tau,
                                std::vector<kernels::FivePointMatrix>& blocks, std::span<double> into_cells) {
    if (const auto* binary = std::get_if<BinaryLaw>(&law_)) return linearise_by(*binary, c, u, tau, blocks, into_cells);
    return linearise_by(std::get<TernaryLaw>(law_), c, u, tau, blocks, into_cells);
}

void IonTransport::symmetrise(kernels::FivePointMatrix& A, std::span<double> inverse_diffusivity) const {
    const std::size_t size = mesh_.size(), nx = static_cast<std::size_t>(mesh_.nx());
    for (std::size_t i = 0; i < size; ++i) inverse_diffusivity[i] = 1.0 / binary_points_[i].diffusivity;
    for (std::size_t i = 0; i < size; ++i) {
        A.center[i] *= inverse_diffusivity[i];
        if (i >= 1) A.west[i] *= inverse_diffusivity[i - 1];
        if (i + 1 < size) A.east[i] *= inverse_diffusivity[i + 1];
        if (i >= nx) A.south[i] *= inverse_diffusivity[i - nx];
        if (i + nx < size) A.north[i] *= inverse_diffusivity[i + nx];
    }
}

IonSums IonTransport::inflow_change(std::span<const double> change) const {
    const auto K = static_cast<std::size_t>(ion_count(law_));
    IonSums sums{};
    for (const Loss& loss : losses_)
        for (std::size_t i = 0; i < K; ++i)
            for (std::size_t j = 0; j < K; ++j) sums[i] -= loss.rate[i][j] * change[j * mesh_.size() + loss.cell];
    return sums;
}

void IonTransport::narrowing(const FaceCurrents& u, std::span<double> rate) const {
    std::fill(rate.begin(), rate.end(), 0.0);
    if (!std::holds_alternative<BinaryLaw>(law_)) return;
    const std::size_t nx = static_cast<std::size_t>(mesh_.nx());
    const auto add = [&](std::size_t a, std::size_t b, double through) {
        const double half = 0.5 * through * (binary_points_[a].share_slope - binary_points_[b].share_slope);
        rate[a] += half;
        rate[b] += half;
    };
    for (int iy = 0; iy < mesh_.ny(); ++iy)
        for (int ix = 0; ix < mesh_.nx(); ++ix) {
            const std::size_t a = mesh_.index(ix, iy);
            if (ix + 1 < mesh_.nx()) add(a, a + 1, mesh_.dy(iy) * u.x[a]);
            if (iy + 1 < mesh_.ny()) add(a, a + nx, mesh_.dx(ix) * u.y[a]);
        }
    for (std::size_t i = 0; i < rate.size(); ++i) rate[i] = std::max(rate[i], 0.0) / areas_[i];
}

IonSums IonTransport::wall(std::span<const double> c, const FaceCurrents& u, int ix) const {
    const std::size_t top = mesh_.index(ix, mesh_.ny() - 1);
    return std::visit(
        [&](const auto& law) {
            using Law = std::decay_t<decltype(law)>;
            const auto inside = composition_at<Law>(c, top, mesh_.size());
            Composition<Law> wall;
            (void)through_surface(law, law.at(inside), inside, ix, u.y[top], wall);
            IonSums sums{};
            std::copy(wall.begin(), wall.end(), sums.begin());
            return sums;
        },
        law_);
}

}  // namespace vitral::exchange
